//! What a check found: all of it above the mapping, and each beside the line that it is about.

use api::{MappingFinding, MappingPart, MappingPlace};
use leptos::prelude::*;

use super::{draft::place_element, editor::Editor};
use crate::ui::{
    button::{Button, Look},
    focus,
    icon::Icon,
    note,
};

/// The list, after a check.
pub(super) fn findings(editor: Editor) -> AnyView {
    let shown = move || {
        let Some(check) = editor.check.get() else { return ().into_any() };
        let title = match (check.can_be_saved, check.findings.len()) {
            (true, 0) => "The mapping fits the Jira project",
            (true, _) => "The mapping can be saved, with this in mind",
            (false, _) => "The mapping cannot be saved yet",
        };
        let icon = if check.can_be_saved { Icon::Success } else { Icon::Failure };
        let lines: Vec<AnyView> = check.findings.into_iter().map(line).collect();
        view! {
            <section class="section notice" aria-labelledby="mapping-findings">
                <h2 id="mapping-findings" tabindex="-1" class="authorize-title">{icon.view()} {title}</h2>
                <ul>{lines}</ul>
            </section>
        }
        .into_any()
    };
    view! { <div role="status">{shown}</div> }.into_any()
}

fn line(finding: MappingFinding) -> AnyView {
    let place = finding.place;
    let label = format!("Go to it: {}", finding.sentence);
    view! {
        <li>
            {finding.sentence} " "
            <Button look=Look::Subtle label on_press=move |()| go_to(&place)>"Go to it"</Button>
        </li>
    }
    .into_any()
}

/// Focuses the line that a finding is about or, where it has none, what is nearest to it. What is folded away is opened.
fn go_to(place: &MappingPlace) {
    let (part, of) = (place.part.as_str(), place.issue_type.as_deref());
    let nearest = [
        place_element(part, of, place.item.as_deref()),
        place_element(part, of, None),
        place_element(MappingPart::IssueTypes.as_str(), of, None),
        format!("new-{part}"),
    ];
    let found = nearest.into_iter().find_map(|id| document().get_element_by_id(&id));
    if let Some(element) = found {
        if let Ok(Some(folded)) = element.closest("details:not([open])") {
            note(folded.set_attribute("open", ""), "the details were not opened");
        }
        focus(&element.id());
    }
}

/// What was found at a place, beside it.
pub(super) fn at(editor: Editor, part: MappingPart, issue_type: Option<&str>, item: Option<&str>) -> AnyView {
    let found = editor.found(part, issue_type, item);
    let line = |finding: MappingFinding| view! { <p class="field-error">{finding.sentence}</p> }.into_any();
    found.into_iter().map(line).collect::<Vec<_>>().into_any()
}
