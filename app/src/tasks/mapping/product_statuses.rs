//! The statuses that tasks can have in the product: the mapping names them, and a task with another one is refused.

use api::{MappingPart, Name, StatusCategory};
use leptos::{ev, prelude::*};

use super::{
    draft::{add_statuses, remove_status, set_category},
    editor::Editor,
    findings,
};
use crate::ui::{
    button::{Button, Look},
    field::TextField,
    focus,
    table::{cell, row, table},
};

/// What a status may mean, and the words for it. The first is for nobody having said.
const MEANINGS: [(&str, &str, Option<StatusCategory>); 4] = [
    ("", "Not said", None),
    ("to_do", "Work has not begun", Some(StatusCategory::ToDo)),
    ("in_progress", "Work is under way", Some(StatusCategory::InProgress)),
    ("done", "Nothing is left to do", Some(StatusCategory::Done)),
];

/// The list, and the field that adds to it.
#[component]
pub(super) fn ProductStatuses(editor: Editor) -> impl IntoView {
    let names = editor.names();
    let typed = RwSignal::new(String::new());
    let add = move |()| {
        let text = typed.get_untracked();
        editor.change(|draft| add_statuses(draft, &text));
        typed.set(String::new());
        focus("new-statuses");
    };
    let listed = move || {
        let names = names.get();
        if names.is_empty() {
            return view! { <p class="subtle">"None yet. Causeway suggests their targets in Jira once they are named."</p> }.into_any();
        }
        let rows = names.into_iter().map(|name| line(editor, &name)).collect();
        table("Statuses of the product", &["Status", "What it means", "Actions"], rows)
    };
    view! {
        <section class="section" aria-labelledby="product-statuses">
            <h2 id="product-statuses">"Statuses of your product"</h2>
            {listed}
            {move || findings::at(editor, MappingPart::Statuses, None, None)}
            <form on:submit=|event: ev::SubmitEvent| event.prevent_default()>
                <TextField
                    id="new-statuses"
                    label="Add statuses"
                    help="As your product writes them, with commas between them: open, in progress, fixed."
                    value=typed
                    error=Signal::derive(|| None)
                    optional=true
                    on_leave=|()| ()
                />
                <div class="buttons"><Button id="add-status" submits=true on_press=add>"Add"</Button></div>
            </form>
        </section>
    }
}

fn line(editor: Editor, name: &Name) -> AnyView {
    let status = StoredValue::new(name.as_str().to_owned());
    let meaning = move |value: String| {
        let category = MEANINGS.iter().find(|(word, ..)| *word == value).and_then(|(.., category)| *category);
        editor.change(|draft| status.with_value(|status| set_category(draft, status, category)));
    };
    let current = move || {
        editor.draft.with(|draft| {
            let one =
                status.with_value(|status| draft.statuses.iter().find(|one| one.status.as_str() == status).cloned());
            one.and_then(|one| one.category)
        })
    };
    let option = |(value, words, category): (&'static str, &'static str, Option<StatusCategory>)| {
        view! { <option value=value prop:selected=move || current() == category>{words}</option> }.into_any()
    };
    let options: Vec<AnyView> = MEANINGS.into_iter().map(option).collect();
    let remove = move |()| {
        editor.change(|draft| status.with_value(|status| remove_status(draft, status)));
        focus("new-statuses");
    };
    let means = view! {
        <select class="select" aria-label=format!("What {name} means") on:change:target=move |event| meaning(event.target().value())>
            {options}
        </select>
        {move || status.with_value(|status| findings::at(editor, MappingPart::Statuses, None, Some(status)))}
    };
    let label = format!("Remove {name}");
    let actions = view! { <Button look=Look::Subtle label on_press=remove>"Remove"</Button> }.into_any();
    row(
        view! { <bdi>{name.to_string()}</bdi> }.into_any(),
        vec![cell("What it means", means.into_any())],
        Some(actions),
    )
}
