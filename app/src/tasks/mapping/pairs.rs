//! Statuses in pairs: each of one side, and the one of the other side that it leads to. What has no target comes first.

use api::{JiraIssueType, MappingPart};
use leptos::prelude::*;

use super::{
    draft::{Direction, Line, Target, lines, set_target, target},
    editor::Editor,
    findings,
};
use crate::ui::{
    button::Button,
    focus, follow, isolated,
    table::{cell, row, table},
    when,
};

/// What can be chosen: a value, and its words.
type Choices = Vec<(String, String)>;

/// The lines of a type in one direction.
pub(super) fn pairs(editor: Editor, of: &JiraIssueType, direction: Direction) -> AnyView {
    let names = editor.names();
    let of = StoredValue::new(of.clone());
    let listed = move || {
        let statuses: Choices = match direction {
            Direction::Out => {
                of.with_value(|of| of.statuses.iter().map(|one| (one.id.to_string(), one.name.clone())).collect())
            }
            Direction::In => names.get().into_iter().map(|name| (name.to_string(), name.to_string())).collect(),
        };
        // Both directions follow the statuses of the product. Targets do not reorder the lines while somebody is at them.
        follow(names);
        let lines = of.with_value(|of| editor.draft.with_untracked(|draft| lines(draft, of, direction)));
        if lines.is_empty() {
            return view! { <p class="subtle">"Name the statuses of your product first."</p> }.into_any();
        }
        let (caption, heads) = match direction {
            Direction::Out => ("From the product to Jira", ["In the product", "Jira's issue goes to", "Suggestion"]),
            Direction::In => ("From Jira to the product", ["In Jira", "The product is told", "Suggestion"]),
        };
        let rows = lines.into_iter().map(|line| pair(editor, line, &statuses, of, heads[1])).collect();
        table(caption, &heads, rows)
    };
    view! { {listed} }.into_any()
}

fn pair(editor: Editor, line: Line, statuses: &Choices, of: StoredValue<JiraIssueType>, head: &'static str) -> AnyView {
    let name = name(&line, of);
    let element = line.element();
    let (part, leave) =
        if line.out { (MappingPart::Out, "Leave it where it is") } else { (MappingPart::In, "Leave it as it is") };
    let label = if line.out {
        format!("Where issues go when a task becomes {name}")
    } else {
        format!("What the product is told when an issue becomes {name}")
    };
    let line = StoredValue::new(line);
    let current = move || editor.draft.with(|draft| line.with_value(|line| target(draft, line)));
    let mut choices = vec![(Target::Undecided, "Choose …".to_owned()), (Target::Leave, leave.to_owned())];
    choices.extend(statuses.iter().map(|(id, name)| (Target::To(id.clone()), name.clone())));
    let option = |(target, words): (Target, String)| {
        let value = target.value();
        view! { <option value=value prop:selected=move || current() == target>{words}</option> }.into_any()
    };
    let options: Vec<AnyView> = choices.into_iter().map(option).collect();
    let choose = move |value: String| {
        editor.change(|draft| line.with_value(|line| set_target(draft, line, &Target::read(&value))));
    };
    let found =
        move || line.with_value(|line| findings::at(editor, part, Some(line.issue_type.as_str()), Some(&line.status)));
    let list = view! {
        <span class="pair" class:pair-open=move || current() == Target::Undecided>
            <span aria-hidden="true">"→"</span>
            <select class="select" id=element aria-label=label on:change:target=move |event| choose(event.target().value())>
                {options}
            </select>
        </span>
        {found}
    };
    let names = statuses.clone();
    let suggestion = move || suggested(editor, line, &names);
    let cells = vec![cell(head, list.into_any()), cell("Suggestion", suggestion.into_any())];
    row(view! { <bdi>{name}</bdi> }.into_any(), cells, None)
}

/// The name of the line's own status.
fn name(line: &Line, of: StoredValue<JiraIssueType>) -> String {
    let of_jira = || {
        of.with_value(|of| of.statuses.iter().find(|one| one.id.as_str() == line.status).map(|one| one.name.clone()))
    };
    if line.out { line.status.clone() } else { of_jira().unwrap_or_else(|| line.status.clone()) }
}

/// What Causeway suggests for the line, with the button that takes it.
fn suggested(editor: Editor, line: StoredValue<Line>, statuses: &Choices) -> AnyView {
    let found = line.with_value(|line| editor.open().into_iter().find(|(of, _)| of == line));
    let Some((_, target)) = found else { return "None".into_any() };
    let Target::To(id) = &target else { return "None".into_any() };
    let words = statuses.iter().find(|(one, _)| one == id).map_or_else(|| id.clone(), |(_, name)| name.clone());
    let label = format!("Accept {}", isolated(&words));
    let accept = move |()| {
        editor.change(|draft| line.with_value(|line| set_target(draft, line, &target)));
        line.with_value(|line| focus(&line.element()));
    };
    when(editor.may, || view! { <bdi>{words}</bdi> " " <Button label on_press=accept>"Accept"</Button> }.into_any())
}
