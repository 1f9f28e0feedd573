//! *Configure status mapping*: leads to the mapping of the project that is meant.

use api::{ListProjects, ListWorkspaces, Nothing, Project};
use leptos::prelude::*;

use crate::{
    client::{CallError, call},
    navigation::Link,
    route::{ProjectTab, Route},
    ui::{button::Look, isolated, learn_more::learn_more, panel::panel, query::Query},
};

/// The section.
#[component]
pub(super) fn StatusMapping() -> impl IntoView {
    let projects: Query<Vec<Project>> = Query::new(linked_projects);
    view! {
        <section class="section" aria-labelledby="jira-configuration">
            <h2 id="jira-configuration">"Jira configuration"</h2>
            <p>
                "Say which status in your product corresponds to which in Jira. Each project has a mapping of its own, because each Jira project has a workflow of its own. "
                {learn_more("/help/tasks/#mapping".to_owned())}
            </p>
            {panel(projects, "Loading projects", offered)}
        </section>
    }
}

/// The projects with a Jira project, of every workspace of the member.
async fn linked_projects() -> Result<Vec<Project>, CallError> {
    let mut linked = Vec::new();
    for workspace in call::<ListWorkspaces>(&(), &Nothing {}).await?.items {
        if workspace.archived_at.is_none() && workspace.projects > 0 {
            linked.extend(call::<ListProjects>(&workspace.id, &Nothing {}).await?.items.into_iter().filter(is_linked));
        }
    }
    Ok(linked)
}

/// Whether its tasks have somewhere to go.
fn is_linked(project: &Project) -> bool {
    project.connection.is_some() && project.jira_project.is_some()
}

fn mapping_of(project: &Project) -> String {
    Route::Project(project.workspace.id.clone(), project.id.clone(), ProjectTab::Mapping).path()
}

fn offered(projects: Vec<Project>) -> AnyView {
    match projects.as_slice() {
        [] => view! {
            <p>"No project is linked to a Jira project yet. A project belongs to a workspace: open one, and add a project with a connection and a Jira project."</p>
            <div class="buttons"><Link to=Route::Workspaces.path() class=Look::Primary.class()>"Go to workspaces"</Link></div>
        }
        .into_any(),
        [only] => view! {
            <div class="buttons"><Link to=mapping_of(only) class=Look::Primary.class()>"Configure status mapping"</Link></div>
            <p class="subtle">{of(only)}</p>
        }
        .into_any(),
        several => {
            let lines = several.iter().map(|project| {
                let (to, of) = (mapping_of(project), of(project));
                view! { <li><Link to>"Configure status mapping of " {of}</Link></li> }.into_any()
            });
            view! { <ul>{lines.collect::<Vec<_>>()}</ul> }.into_any()
        }
    }
}

/// *Shop in Web, with SHOP in Jira*.
fn of(project: &Project) -> String {
    let key = project.jira_project.as_deref().unwrap_or_default();
    let (name, workspace) = (isolated(project.name.as_str()), isolated(project.workspace.name.as_str()));
    format!("{name} in {workspace}, with {key} in Jira")
}
