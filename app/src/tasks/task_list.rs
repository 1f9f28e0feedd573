//! The tasks of a project, each with both sides.

use api::{Task, TaskIssue, TaskPage};
use leptos::prelude::*;

use super::{
    place::ProjectPlace,
    states::{meaning, words},
};
use crate::{
    navigation::{Link, use_navigation},
    ui::{
        button::Button,
        icon::Icon,
        lozenge::lozenge,
        moment::moment,
        table::{cell, row, table},
        when,
    },
};

/// The list. `is_filtered` says whether there may be others.
pub(super) fn listed(page: TaskPage, place: &ProjectPlace, is_filtered: bool, on_more: Callback<()>) -> AnyView {
    if page.items.is_empty() {
        return none(is_filtered);
    }
    let rows = page.items.into_iter().map(|task| line(task, place)).collect();
    let more = page.next_cursor.is_some();
    view! {
        {table("Tasks", &["Task", "In the product", "In Jira", "State", "Changed"], rows)}
        {when(more, || view! { <div class="buttons"><Button id="more-tasks" on_press=on_more>"Show more"</Button></div> }.into_any())}
    }
    .into_any()
}

fn none(is_filtered: bool) -> AnyView {
    let navigation = use_navigation();
    view! {
        <section class="empty">
            <h2>"No task matches"</h2>
            {when(is_filtered, || view! { <div class="buttons"><Button on_press=move |()| navigation.push_query("")>"Clear filters"</Button></div> }.into_any())}
        </section>
    }
    .into_any()
}

fn line(task: Task, place: &ProjectPlace) -> AnyView {
    let (tone, word) = words(task.state);
    let about = view! {
        <Link to=place.task(&task.external_id) class="row-link"><bdi>{task.title}</bdi></Link>
        <bdi class="status-more">{task.external_id}</bdi>
    };
    let why = task.blocked.map_or_else(|| meaning(task.state).to_owned(), |blocked| blocked.sentence);
    let next = task.next_at.map(|at| view! { " Next attempt " {moment(at)} "." });
    let state = view! { {lozenge(tone, word)} <span class="status-more">{why} {next}</span> };
    let cells = vec![
        cell("In the product", view! { <bdi>{task.status.to_string()}</bdi> }.into_any()),
        cell("In Jira", task.issue.map_or_else(|| "No issue yet".into_any(), |issue| of_issue(&issue))),
        cell("State", state.into_any()),
        cell("Changed", moment(task.updated_at)),
    ];
    row(about.into_any(), cells, None)
}

/// The issue's status, and its key as a link.
fn of_issue(issue: &TaskIssue) -> AnyView {
    let status = issue.status.as_ref().map(|status| status.name.clone());
    view! { {status.map(|name| view! { <bdi>{name}</bdi> " " })} {issue_link(issue)} }.into_any()
}

/// A link to the issue in Jira.
pub(super) fn issue_link(issue: &TaskIssue) -> AnyView {
    outside(issue.url.clone(), issue.key.clone())
}

/// A link that leaves Causeway. An address of another scheme is shown as text: it came from outside.
pub(super) fn outside(url: String, words: String) -> AnyView {
    if !is_web(&url) {
        return view! { <bdi>{words}</bdi> }.into_any();
    }
    view! {
        <a href=url target="_blank" rel="noopener noreferrer">
            <bdi>{words}</bdi> {Icon::External.view()} <span class="assistive">" (opens a new window)"</span>
        </a>
    }
    .into_any()
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_become_links() {
        assert!(is_web("https://scanner.example/1") && is_web("http://localhost/1"));
        for other in ["javascript:alert(1)", "data:text/html,x", " https://x", "HTTPS"] {
            assert!(!is_web(other), "{other}");
        }
    }
}
