//! How many tasks stop when projects lose their connection, said before it happens.

use api::{ConnectionId, ListProjects, ListTasks, ListTasksQuery, Name, Nothing, Project, WorkspaceId};
use leptos::prelude::*;

use crate::{
    client::{CallError, call},
    ui::{failure::failure_beside, isolated, query::Query},
};

/// The most projects whose tasks are counted: each costs a request.
const COUNTED: usize = 50;

/// Projects that lose their connection, and how many tasks each has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Stopping {
    projects: Vec<(Name, u32)>,
    /// How many projects were not counted.
    rest: usize,
}

impl Stopping {
    /// What stops, in a sentence; empty if nothing does.
    fn words(&self) -> String {
        let some: Vec<&(Name, u32)> = self.projects.iter().filter(|(_, tasks)| *tasks > 0).collect();
        let total: u32 = some.iter().map(|(_, tasks)| tasks).sum();
        if total == 0 && self.rest == 0 {
            return String::new();
        }
        let stop = if total == 1 { "1 task stops".to_owned() } else { format!("{total} tasks stop") };
        let mut parts: Vec<String> =
            some.iter().map(|(name, tasks)| format!("{tasks} of {}", isolated(name.as_str()))).collect();
        if self.rest > 0 {
            parts.push(format!("and those of {} more projects", self.rest));
        }
        format!(
            "{stop} following Jira: {}. They and their issues stay as they are, and go on if the connection is granted again.",
            parts.join(", ")
        )
    }
}

/// The sentence. `connection` limits it to the projects that use it; without it, all connected projects count.
#[component]
pub(crate) fn TasksThatStop(
    workspaces: Vec<WorkspaceId>,
    #[prop(optional_no_strip)] connection: Option<ConnectionId>,
) -> impl IntoView {
    let stopping = Query::new(move || count(workspaces.clone(), connection.clone()));
    move || match stopping.get() {
        None => view! { <p role="status">"Counting the tasks that stop …"</p> }.into_any(),
        Some(Ok(stopping)) => view! { <p role="status">{stopping.words()}</p> }.into_any(),
        Some(Err(error)) => {
            view! { <p>"How many tasks stop could not be read."</p> {failure_beside(Some(error))} }.into_any()
        }
    }
}

async fn count(workspaces: Vec<WorkspaceId>, connection: Option<ConnectionId>) -> Result<Stopping, CallError> {
    let loses = |project: &Project| {
        project
            .connection
            .as_ref()
            .is_some_and(|own| connection.as_ref().is_none_or(|connection| own.id == *connection))
    };
    let mut projects = Vec::new();
    for workspace in &workspaces {
        projects.extend(call::<ListProjects>(workspace, &Nothing {}).await?.items.into_iter().filter(loses));
    }
    let rest = projects.len().saturating_sub(COUNTED);
    let mut counted = Vec::new();
    for project in projects.into_iter().take(COUNTED) {
        let request = ListTasksQuery { limit: Some(1), ..ListTasksQuery::default() };
        let counts = call::<ListTasks>(&project.id, &request).await?.counts;
        counted.push((project.name, counts.total.saturating_sub(counts.unlinked)));
    }
    Ok(Stopping { projects: counted, rest })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(projects: &[(&str, u32)], rest: usize) -> String {
        let named = |(name, tasks): &(&str, u32)| (Name::parse(name).expect("a name"), *tasks);
        let stopping = Stopping { projects: projects.iter().map(named).collect(), rest };
        stopping.words().replace(['\u{2068}', '\u{2069}'], "")
    }

    #[test]
    fn what_stops_is_counted_by_project_and_nothing_is_said_if_nothing_does() {
        assert_eq!(words(&[("Shop", 0)], 0), "");
        assert!(
            words(&[("Shop", 37), ("Blog", 0), ("Wiki", 2)], 0)
                .starts_with("39 tasks stop following Jira: 37 of Shop, 2 of Wiki.")
        );
        assert!(words(&[("Shop", 1)], 0).starts_with("1 task stops following Jira: 1 of Shop."));
        assert!(words(&[("Shop", 3)], 4).contains("3 of Shop, and those of 4 more projects."));
    }
}
