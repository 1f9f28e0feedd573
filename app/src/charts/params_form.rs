//! What people who look at the chart may narrow it by: each is one of some values of a field.

use chart::{Field, Param, Spec};
use leptos::prelude::*;

use super::draft::{Draft, can_split};
use crate::ui::button::{Button, Look};

/// A name that no other parameter has, made of the field's name: letters, digits and `_` in lower case.
fn free_name(params: &[Param], field: &Field) -> String {
    let plain: String =
        field.label().to_lowercase().chars().map(|one| if one.is_ascii_alphanumeric() { one } else { '_' }).collect();
    let plain = plain.trim_matches('_').chars().take(30).collect::<String>();
    let begins = plain.starts_with(|first: char| first.is_ascii_lowercase());
    let plain = if begins { plain } else { format!("by_{plain}") };
    let is_free = |name: &String| params.iter().all(|param| param.name != *name);
    let numbered = (2..).map(|number| format!("{plain}_{number}"));
    std::iter::once(plain.clone()).chain(numbered).find(is_free).unwrap_or_default()
}

/// One value in each line; lines without a word are left out.
fn values_of(typed: &str) -> Vec<String> {
    typed.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn set_field(spec: &mut Spec, at: usize, field: Field) {
    let others: Vec<Param> =
        spec.params.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, param)| param.clone()).collect();
    let name = free_name(&others, &field);
    if let Some(param) = spec.params.get_mut(at) {
        (param.name, param.field) = (name, field);
    }
}

/// The form, folded away.
#[component]
pub(super) fn ParamsForm(draft: Draft) -> impl IntoView {
    let spec = draft.spec;
    let many = Memo::new(move |_| spec.with(|spec| spec.params.len()));
    let rows = move || (0..many.get()).map(|at| row(draft, at)).collect::<Vec<_>>();
    let add = move |()| {
        let field = draft.field("status").0;
        let field = Field { name: field.name.or_else(|| Some("Status".to_owned())), ..field };
        spec.update(|spec| {
            let name = free_name(&spec.params, &field);
            spec.params.push(Param { name, field, values: Vec::new() });
        });
    };
    let is_open = many.get_untracked() > 0;
    view! {
        <details class="details" open=is_open>
            <summary>"Choices for readers"</summary>
            <p class="field-help">"Whoever looks at the chart may narrow it to one of these values."</p>
            {rows}
            <Button on_press=add>"Add choice"</Button>
        </details>
    }
}

fn row(draft: Draft, at: usize) -> AnyView {
    let spec = draft.spec;
    let begin = spec.with_untracked(|spec| spec.params.get(at).cloned());
    let Some(begin) = begin else { return ().into_any() };
    let field = Signal::derive(move || {
        spec.with(|spec| spec.params.get(at).map(|param| param.field.id.clone()).unwrap_or_default())
    });
    let choose = move |id: String| {
        let field = draft.field(&id).0;
        spec.update(|spec| set_field(spec, at, field));
    };
    let options = draft.options("Choose a field", can_split, field);
    let option = move |(own, words): (String, String)| {
        let this = own.clone();
        view! { <option value=own selected=move || field.get() == this>{words}</option> }.into_any()
    };
    let options = move || options.get().into_iter().filter(|(id, _)| !id.is_empty()).map(option).collect::<Vec<_>>();
    let write = move |typed: String| {
        spec.update(|spec| {
            if let Some(param) = spec.params.get_mut(at) {
                param.values = values_of(&typed);
            }
        });
    };
    let remove = move |()| {
        spec.update(|spec| {
            if at < spec.params.len() {
                spec.params.remove(at);
            }
        });
    };
    let fault = draft.fault(format!("params[{at}].values"));
    let (select, values) = (format!("chart-param-{at}"), format!("chart-param-{at}-values"));
    let (error, help) = (format!("{values}-error"), format!("{values}-help"));
    let described = format!("{error} {help}");
    view! {
        <fieldset class="charts-param">
            <legend class="assistive">{format!("Choice {}", at + 1)}</legend>
            <div class="field">
                <label class="field-label" for=select.clone()>"Field"</label>
                <select class="select" id=select on:change:target=move |event| choose(event.target().value())>{options}</select>
            </div>
            <div class="field">
                <label class="field-label" for=values.clone()>"Values"</label>
                <textarea
                    class="field-input"
                    id=values
                    rows="3"
                    autocomplete="off"
                    aria-describedby=described
                    aria-invalid=move || fault.get().is_some().then_some("true")
                    prop:value=begin.values.join("\n")
                    on:input:target=move |event| write(event.target().value())
                ></textarea>
                <div class="field-notes">
                    <p class="field-error" id=error aria-live="polite">{move || fault.get().unwrap_or_default()}</p>
                    <p class="field-help" id=help>"One in each line, as JQL takes it: a name or an id."</p>
                </div>
            </div>
            <Button look=Look::Subtle label=format!("Remove choice {}", at + 1) on_press=remove>"Remove"</Button>
        </fieldset>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::draft::empty_spec;

    fn field(id: &str, name: &str) -> Field {
        Field { id: id.to_owned(), name: Some(name.to_owned()) }
    }

    #[test]
    fn a_choice_is_named_after_its_field_and_no_two_names_are_alike() {
        let mut spec = empty_spec();
        "Test".clone_into(&mut spec.says.title);
        for field in [
            field("status", "Status"),
            field("a", "Status"),
            field("b", "Größe & Co"),
            field("c", "2nd line"),
            field("d", "状態"),
        ] {
            let name = free_name(&spec.params, &field);
            spec.params.push(Param { name, field, values: vec!["1".to_owned()] });
        }
        let names: Vec<&str> = spec.params.iter().map(|param| param.name.as_str()).collect();
        assert_eq!(names, ["status", "status_2", "gr__e___co", "by_2nd_line", "by_"]);
        let of_params = spec.faults().into_iter().filter(|fault| fault.path.starts_with("params"));
        assert_eq!(of_params.collect::<Vec<_>>(), []);
    }

    #[test]
    fn another_field_keeps_the_values_and_may_keep_its_own_name() {
        let mut spec = empty_spec();
        spec.params.push(Param {
            name: "status".to_owned(),
            field: field("status", "Status"),
            values: vec!["Done".to_owned()],
        });
        set_field(&mut spec, 0, field("status", "Status"));
        assert_eq!(spec.params[0].name, "status");
        set_field(&mut spec, 0, field("priority", "Priority"));
        assert_eq!((spec.params[0].name.as_str(), spec.params[0].values.len()), ("priority", 1));
    }

    #[test]
    fn values_are_lines_without_the_space_around_them() {
        assert_eq!(values_of(" To Do \n\n Done\n"), ["To Do", "Done"]);
    }
}
