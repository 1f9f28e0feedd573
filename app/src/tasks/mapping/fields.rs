//! Values for fields: those that Jira wants for a new issue, and those that a transition wants.

use api::{FieldForm, JiraField, JiraId, JiraIssueType, MappingPart};
use leptos::prelude::*;

use super::{
    draft::{place_element, set_field, set_transition_field},
    editor::Editor,
    findings,
    issue_type::{change_type, of_type},
};
use crate::ui::{
    button::{Button, Look},
    focus, isolated, when,
};

/// What Causeway fills in from the task itself.
const FILLED: [&str; 6] = ["summary", "description", "project", "issuetype", "priority", "labels"];

/// The field whose values transitions want most often.
const RESOLUTION: &str = "resolution";

/// Whether a person has to give the field a value.
fn is_wanted(field: &JiraField) -> bool {
    field.is_required && !field.has_default && !FILLED.contains(&field.id.as_str())
}

/// Whether a value can be given at all.
fn can_be_given(field: &JiraField) -> bool {
    field.form != FieldForm::Other && !FILLED.contains(&field.id.as_str())
}

/// The value of a field, as a list where its values are known.
fn control(
    element: String,
    field: &JiraField,
    label: String,
    current: Signal<String>,
    on_change: Callback<String>,
) -> AnyView {
    if field.options.is_empty() {
        return view! {
            <input
                class="field-input"
                id=element
                aria-label=label
                autocomplete="off"
                prop:value=move || current.get()
                on:change:target=move |event| on_change.run(event.target().value())
            />
        }
        .into_any();
    }
    let option = |(id, words): (String, String)| {
        let value = id.clone();
        view! { <option value=value prop:selected=move || current.with(|current| *current == id)>{words}</option> }
            .into_any()
    };
    let known = field.options.iter().map(|one| (one.id.to_string(), one.name.clone()));
    let options: Vec<AnyView> =
        std::iter::once((String::new(), "No value".to_owned())).chain(known).map(option).collect();
    view! {
        <select class="select" id=element aria-label=label on:change:target=move |event| on_change.run(event.target().value())>
            {options}
        </select>
    }
    .into_any()
}

/// Values for fields of new issues: those that Jira wants, those that have one, and a list to add others from.
pub(super) fn new_issue_fields(editor: Editor, of: &JiraIssueType) -> AnyView {
    let id = StoredValue::new(of.id.clone());
    let all = StoredValue::new(of.fields.clone());
    let added = RwSignal::new(Vec::<JiraId>::new());
    let has_value = Memo::new(move |_| {
        id.with_value(|id| of_type(editor, id, |of| of.fields.iter().map(|one| one.field.clone()).collect::<Vec<_>>()))
    });
    let is_shown = move |field: &JiraField| {
        is_wanted(field)
            || has_value.with(|given| given.contains(&field.id))
            || added.with(|added| added.contains(&field.id))
    };
    // A field whose value was taken out stays on the screen until the screen is left.
    let shown = Memo::new(move |before: Option<&Vec<JiraId>>| {
        let kept = before.cloned().unwrap_or_default();
        let is_shown = |field: &&JiraField| is_shown(field) || kept.contains(&field.id);
        all.with_value(|all| all.iter().filter(is_shown).map(|field| field.id.clone()).collect::<Vec<_>>())
    });
    let lines = move || {
        let shown = shown.get();
        let fields =
            all.with_value(|all| all.iter().filter(|field| shown.contains(&field.id)).cloned().collect::<Vec<_>>());
        fields.into_iter().map(|field| new_issue_field(editor, id, &field)).collect::<Vec<_>>()
    };
    let others = move || {
        let shown = shown.get();
        let rest = all.with_value(|all| {
            all.iter().filter(|field| can_be_given(field) && !shown.contains(&field.id)).cloned().collect::<Vec<_>>()
        });
        when(!rest.is_empty(), || adding(rest, added))
    };
    view! {
        <h3>"Values for new issues"</h3>
        <p class="subtle">"The task gives title, description, priority and labels. Other fields that Jira wants get a value here."</p>
        {lines}
        {others}
    }
    .into_any()
}

fn new_issue_field(editor: Editor, id: StoredValue<JiraId>, field: &JiraField) -> AnyView {
    let (of, form) = (StoredValue::new(field.id.clone()), field.form);
    let current = Signal::derive(move || {
        id.with_value(|id| {
            of_type(editor, id, |mapped| {
                let given = mapped.fields.iter().find(|one| of.with_value(|of| one.field == *of));
                given.and_then(|one| one.values.first()).map(|value| value.as_str().to_owned()).unwrap_or_default()
            })
        })
    });
    let change = move |value: String| {
        id.with_value(|id| {
            change_type(editor, id, |mapped| of.with_value(|of| set_field(&mut mapped.fields, of, form, &value)));
        });
    };
    let element =
        id.with_value(|id| place_element(MappingPart::Fields.as_str(), Some(id.as_str()), Some(field.id.as_str())));
    let wanted = is_wanted(field);
    let found = move || {
        let (id, of) = (id.get_value(), of.get_value());
        findings::at(editor, MappingPart::Fields, Some(id.as_str()), Some(of.as_str()))
    };
    let content = if can_be_given(field) {
        control(element, field, field.name.clone(), current, Callback::new(change))
    } else {
        view! { <p>"Causeway cannot fill in a field of this form: make it optional in Jira, or give it a default there."</p> }.into_any()
    };
    let name = field.name.clone();
    view! {
        <div class="field">
            <span class="field-label" aria-hidden="true"><bdi>{name}</bdi> {when(wanted, || " (Jira wants it)".into_any())}</span>
            {content}
            {found}
        </div>
    }
    .into_any()
}

/// A list of the other fields.
fn adding(rest: Vec<JiraField>, added: RwSignal<Vec<JiraId>>) -> AnyView {
    let add = move |value: String| {
        if let Some(id) = JiraId::parse(&value) {
            added.update(|added| added.push(id));
        }
    };
    let option = |field: JiraField| view! { <option value=field.id.to_string()>{field.name}</option> }.into_any();
    let options: Vec<AnyView> = rest.into_iter().map(option).collect();
    view! {
        <div class="field">
            <label>
                <span class="field-label">"Another field"</span>
                <select class="select" on:change:target=move |event| add(event.target().value())>
                    <option value="">"Choose …"</option> {options}
                </select>
            </label>
        </div>
    }
    .into_any()
}

/// Values for fields that transitions want, such as a resolution.
pub(super) fn transition_fields(editor: Editor, of: &JiraIssueType) -> AnyView {
    let id = StoredValue::new(of.id.clone());
    let of = StoredValue::new(of.clone());
    let given = Memo::new(move |_| id.with_value(|id| of_type(editor, id, |of| of.transition_fields.clone())));
    let field_of = move |field: &JiraId| asked_for(editor, of, field.as_str());
    let name_of = move |field: &JiraId| field_of(field).map_or_else(|| field.to_string(), |one| one.name);
    let line = move |one: api::TransitionField| {
        let status =
            of.with_value(|of| of.status(&one.to).map_or_else(|| one.to.to_string(), |status| status.name.clone()));
        let value = one.value.values.first().map(|value| value.as_str().to_owned()).unwrap_or_default();
        let options = field_of(&one.value.field).map(|field| field.options).unwrap_or_default();
        let named = options.into_iter().find(|option| option.id.as_str() == value).map(|option| option.name);
        let shown = named.unwrap_or_else(|| value.clone());
        let words =
            format!("To {}: {} is {}", isolated(&status), isolated(&name_of(&one.value.field)), isolated(&shown));
        let label = format!("Remove: {words}");
        let remove = move |()| {
            id.with_value(|id| {
                change_type(editor, id, |of| {
                    of.transition_fields.retain(|other| *other != one);
                });
            });
            focus(&new_field_element(&id.get_value()));
        };
        view! { <li>{words} " " <Button look=Look::Subtle label on_press=remove>"Remove"</Button></li> }.into_any()
    };
    let lines = move || given.get().into_iter().map(line).collect::<Vec<_>>();
    view! {
        <fieldset class="field">
            <legend>"Values that a transition wants"</legend>
            <p class="field-help">"For example a resolution, which Jira wants when an issue is done."</p>
            <ul>{lines}</ul>
            {new_transition_field(editor, of)}
            {move || id.with_value(|id| findings::at(editor, MappingPart::TransitionFields, Some(id.as_str()), None))}
        </fieldset>
    }
    .into_any()
}

/// A field that a transition may ask for. Screens for new issues seldom have the resolution.
fn asked_for(editor: Editor, of: StoredValue<JiraIssueType>, id: &str) -> Option<JiraField> {
    let of_type = of.with_value(|of| of.field(id).cloned());
    let of_transitions =
        || editor.jira.with_value(|jira| jira.transition_fields.iter().find(|field| field.id.as_str() == id).cloned());
    of_type.or_else(of_transitions)
}

fn new_field_element(id: &JiraId) -> String {
    place_element(MappingPart::TransitionFields.as_str(), Some(id.as_str()), None)
}

fn new_transition_field(editor: Editor, of: StoredValue<JiraIssueType>) -> AnyView {
    let id = of.with_value(|of| of.id.clone());
    let element = new_field_element(&id);
    let id = StoredValue::new(id);
    let (status, field, value) =
        (RwSignal::new(String::new()), RwSignal::new(RESOLUTION.to_owned()), RwSignal::new(String::new()));
    let statuses: Vec<AnyView> = of.with_value(|of| {
        of.statuses
            .iter()
            .map(|one| view! { <option value=one.id.to_string()>{one.name.clone()}</option> }.into_any())
            .collect()
    });
    let fields: Vec<AnyView> = of.with_value(|of| {
        let others = of.fields.iter().filter(|one| can_be_given(one) && one.id.as_str() != RESOLUTION);
        others.map(|one| view! { <option value=one.id.to_string()>{one.name.clone()}</option> }.into_any()).collect()
    });
    let chosen = move || asked_for(editor, of, &field.get());
    let value_list = move || {
        let unknown = || JiraField {
            id: JiraId::parse(RESOLUTION).unwrap_or_else(|| id.get_value()),
            name: "Resolution".to_owned(),
            is_required: false,
            has_default: false,
            form: FieldForm::Option,
            options: Vec::new(),
        };
        let field = chosen().unwrap_or_else(unknown);
        let help = when(field.options.is_empty() && field.form == FieldForm::Option, || {
            view! { <p class="field-help">"The id of the value in Jira, for example 10000."</p> }.into_any()
        });
        let current = Signal::derive(move || value.get());
        view! { {control(String::new(), &field, "Value".to_owned(), current, Callback::new(move |text| value.set(text)))} {help} }.into_any()
    };
    let add = move |()| {
        let form = untrack(chosen).map_or(FieldForm::Option, |field| field.form);
        let (to, of) = (JiraId::parse(&status.get_untracked()), JiraId::parse(&field.get_untracked()));
        let (Some(to), Some(of)) = (to, of) else { return id.with_value(|id| focus(&new_field_element(id))) };
        let text = value.get_untracked();
        id.with_value(|id| {
            change_type(editor, id, |mapped| {
                set_transition_field(&mut mapped.transition_fields, &to, &of, form, &text);
            });
        });
        value.set(String::new());
    };
    view! {
        <div class="filter-bar">
            <select class="select" id=element aria-label="To the status" on:change:target=move |event| status.set(event.target().value())>
                <option value="">"To the status …"</option> {statuses}
            </select>
            <select class="select" aria-label="Field" on:change:target=move |event| field.set(event.target().value())>
                <option value=RESOLUTION>"Resolution"</option> {fields}
            </select>
            <span>{value_list}</span>
            <Button on_press=add>"Add value"</Button>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(id: &str, more: &str) -> JiraField {
        let json = format!(
            r#"{{"id":"{id}","name":"F","is_required":true,"has_default":false,"form":"option","options":[]{more}}}"#
        );
        serde_json::from_str(&json).expect("a field")
    }

    #[test]
    fn what_the_task_gives_is_not_asked_for() {
        assert!(!is_wanted(&field("summary", "")) && is_wanted(&field("customfield_1", "")));
    }

    #[test]
    fn a_field_of_a_form_without_values_is_wanted_but_cannot_be_given() {
        let mut field = field("customfield_1", "");
        field.form = FieldForm::Other;
        assert!(is_wanted(&field) && !can_be_given(&field));
    }
}
