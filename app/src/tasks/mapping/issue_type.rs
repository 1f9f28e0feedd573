//! One type of issue: its statuses both ways, values for fields, statuses on the way, and rules.

use api::{ConflictRule, IssueTypeMapping, JiraId, JiraIssueType, MappingPart, ReopenRule};
use leptos::prelude::*;

use super::{
    draft::{Direction, place_element},
    editor::Editor,
    fields::{new_issue_fields, transition_fields},
    findings,
    pairs::pairs,
};
use crate::ui::choice::{choice, radio, tick};

/// The section.
#[component]
pub(super) fn IssueType(editor: Editor, id: JiraId) -> impl IntoView {
    let found = editor.jira.with_value(|jira| jira.issue_type(&id).cloned());
    let Some(of) = found else { return gone(editor, &id) };
    let heading = place_element(MappingPart::IssueTypes.as_str(), Some(of.id.as_str()), None);
    let labelled = heading.clone();
    let name = of.name.clone();
    view! {
        <section class="section" aria-labelledby=labelled>
            <h2 id=heading tabindex="-1"><bdi>{name}</bdi></h2>
            {move || findings::at(editor, MappingPart::IssueTypes, None, Some(id.as_str()))}
            <h3>"From the product to Jira"</h3>
            {pairs(editor, &of, Direction::Out)}
            <h3>"From Jira to the product"</h3>
            {pairs(editor, &of, Direction::In)}
            {new_issue_fields(editor, &of)}
            <details class="details">
                <summary>"Values on the way, and rules"</summary>
                {transition_fields(editor, &of)}
                {pass_through(editor, &of)}
                {rules(editor, &of)}
            </details>
        </section>
    }
    .into_any()
}

/// The Jira project does not have this type any more.
fn gone(editor: Editor, id: &JiraId) -> AnyView {
    let id = id.clone();
    let words =
        format!("The Jira project has no type of issue with the id {id} any more, or the account may not create it.");
    let remove = move |()| editor.change(|draft| super::draft::tick_type(draft, &id, false));
    view! {
        <section class="section notice">
            <p>{words}</p>
            <crate::ui::button::Button on_press=remove>"Remove it from the mapping"</crate::ui::button::Button>
        </section>
    }
    .into_any()
}

/// Changes the mapping of a type.
pub(super) fn change_type(editor: Editor, id: &JiraId, change: impl FnOnce(&mut IssueTypeMapping)) {
    editor.change(|draft| {
        if let Some(one) = draft.issue_types.iter_mut().find(|one| one.issue_type == *id) {
            change(one);
        }
    });
}

/// Reads something of the mapping of a type.
pub(super) fn of_type<T: Default>(editor: Editor, id: &JiraId, read: impl FnOnce(&IssueTypeMapping) -> T) -> T {
    editor.draft.with(|draft| draft.issue_types.iter().find(|one| one.issue_type == *id).map(read).unwrap_or_default())
}

/// The statuses that an issue may be moved through.
fn pass_through(editor: Editor, of: &JiraIssueType) -> AnyView {
    let id = StoredValue::new(of.id.clone());
    let line = |status: &api::JiraStatus| {
        let one = StoredValue::new(status.id.clone());
        let ticked = Signal::derive(move || {
            id.with_value(|id| of_type(editor, id, |of| one.with_value(|one| of.pass_through.contains(one))))
        });
        let change = move |ticked| {
            id.with_value(|id| change_type(editor, id, |of| tick(&mut of.pass_through, one.get_value(), ticked)));
        };
        let name = status.name.clone();
        let found = move || {
            let (id, one) = (id.get_value(), one.get_value());
            findings::at(editor, MappingPart::PassThrough, Some(id.as_str()), Some(one.as_str()))
        };
        view! { {choice(view! { <bdi>{name}</bdi> }.into_any(), ticked, Callback::new(change))} {found} }.into_any()
    };
    let lines: Vec<AnyView> = of.statuses.iter().map(line).collect();
    view! {
        <fieldset class="field">
            <legend>"Statuses that an issue may be moved through"</legend>
            <p class="field-help">"Where the workflow has no direct way to the target. Four steps at most."</p>
            {lines}
        </fieldset>
    }
    .into_any()
}

/// What happens when both sides changed, and when a task opens again.
fn rules(editor: Editor, of: &JiraIssueType) -> AnyView {
    let id = StoredValue::new(of.id.clone());
    let conflicts = [
        (ConflictRule::Block, "A person chooses"),
        (ConflictRule::ProductWins, "The issue follows the product"),
        (ConflictRule::JiraWins, "The product follows Jira"),
    ];
    let reopening = [
        (ReopenRule::Block, "A person chooses"),
        (ReopenRule::Reopen, "The issue is opened again"),
        (ReopenRule::Leave, "The issue stays done"),
    ];
    let conflict = |(rule, words): (ConflictRule, &'static str)| {
        let chosen = Signal::derive(move || id.with_value(|id| of_type(editor, id, |of| of.on_conflict == rule)));
        let choose = move |()| id.with_value(|id| change_type(editor, id, |of| of.on_conflict = rule));
        radio(format!("conflict-{}", id.get_value()), words.into_any(), chosen, false, Callback::new(choose))
    };
    let reopen = |(rule, words): (ReopenRule, &'static str)| {
        let chosen = Signal::derive(move || id.with_value(|id| of_type(editor, id, |of| of.on_reopen == rule)));
        let choose = move |()| id.with_value(|id| change_type(editor, id, |of| of.on_reopen = rule));
        radio(format!("reopen-{}", id.get_value()), words.into_any(), chosen, false, Callback::new(choose))
    };
    view! {
        <fieldset class="field"><legend>"When both sides changed"</legend>{conflicts.map(conflict).into_iter().collect::<Vec<_>>()}</fieldset>
        <fieldset class="field"><legend>"When a task opens again whose issue is done"</legend>{reopening.map(reopen).into_iter().collect::<Vec<_>>()}</fieldset>
        {move || id.with_value(|id| findings::at(editor, MappingPart::Rules, Some(id.as_str()), None))}
    }
    .into_any()
}
