//! *Add project* and *Edit issue tracking connection*.

use api::{
    Cause, ConnectionId, CreateProject, EditProject, Name, NewProject, ProblemCode, Project, ProjectConnection, State,
    Workspace,
};
use leptos::prelude::*;

use super::jira_project_field::{JiraProjectChoice, JiraProjectField};
use crate::{
    client::call,
    navigation::Link,
    route::{Route, Tab},
    ui::{
        button::{Button, Look},
        field::{TextField, focus_first_error},
        learn_more::learn_more,
        mutation::Mutation,
    },
};

/// The form, empty or for an existing project.
#[component]
pub(crate) fn ProjectForm(
    /// The workspace of the project.
    workspace: Workspace,
    /// The project to edit.
    #[prop(optional_no_strip)]
    before: Option<Project>,
    /// Called with the saved project.
    on_saved: Callback<Project>,
    /// Called when the person cancels.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let current = before.as_ref().and_then(|project| project.connection.clone());
    let name = RwSignal::new(before.as_ref().map(|project| project.name.to_string()).unwrap_or_default());
    let jira_project = JiraProjectChoice::new(before.as_ref().and_then(|project| project.jira_project.clone()));
    let chosen = RwSignal::new(current.as_ref().map(|connection| connection.id.to_string()).unwrap_or_default());
    let left = RwSignal::new(false);
    let mutation = Mutation::new();
    let (id, project) = (workspace.id.clone(), before.map(|project| project.id));
    let save = move |()| {
        left.set(true);
        let (Ok(name), Ok(jira_project)) = (Name::parse(&name.get_untracked()), jira_project.key()) else {
            return focus_first_error();
        };
        let connection_id = ConnectionId::parse(chosen.get_untracked()).ok();
        let new = NewProject { name, connection_id, jira_project };
        let (id, project) = (id.clone(), project.clone());
        let saved = async move {
            match project {
                None => call::<CreateProject>(&id, &new).await,
                Some(project) => call::<EditProject>(&project, &new).await,
            }
        };
        mutation.run(saved, move |project| on_saved.run(project));
    };
    let name_error = Signal::derive(move || {
        let refused = || Name::parse(&name.get()).err().filter(|_| left.get()).map(|refused| refused.to_string());
        mutation.refused(ProblemCode::NameTaken).or_else(refused)
    });
    let connection = Signal::derive(move || ConnectionId::parse(chosen.get()).ok());
    let option = |id: String, name: String| {
        let selected = chosen.with_untracked(|chosen| *chosen == id);
        view! { <option value=id selected=selected>{name}</option> }.into_any()
    };
    let granted =
        workspace.connections.iter().map(|one| option(one.id.to_string(), one.name.to_string())).collect::<Vec<_>>();
    view! {
        {current.and_then(|connection| in_trouble(&connection))}
        <TextField id="project-name" label="Name" help="What people call the project." value=name error=name_error on_leave=|()| () />
        <div class="field">
            <label class="field-label" for="project-connection">"Connection"</label>
            <select
                class="select"
                id="project-connection"
                on:change:target=move |event| chosen.set(event.target().value())
            >
                {option(String::new(), "None".to_owned())} {granted}
            </select>
            <p class="field-help">"Those that are granted to this workspace."</p>
        </div>
        <JiraProjectField choice=jira_project connection />
        {mutation.failure_except(ProblemCode::NameTaken)}
        <div class="buttons">
            <Button on_press=on_cancel>"Cancel"</Button>
            <Button look=Look::Primary submits=true on_press=save busy=mutation.busy()>"Save"</Button>
        </div>
    }
}

/// *Review error message* and *Reauthorize*, for members who may reauthorize.
fn in_trouble(connection: &ProjectConnection) -> Option<AnyView> {
    if connection.state == State::Authorized || !connection.may_reauthorize {
        return None;
    }
    let error = connection.cause.map(|cause| {
        let words = format!("{} {} ", Cause::sentence(cause), cause.remedy());
        view! {
            <details class="details">
                <summary>"Review error message"</summary>
                <p>{words} {learn_more(cause.help_path())}</p>
            </details>
        }
        .into_any()
    });
    // A deactivated connection needs no new authorization.
    let off = connection.state == State::Deactivated;
    let (tab, act) = if off { (Tab::Overview, "See connection") } else { (Tab::Setup, "Reauthorize") };
    let to = Route::Connection(connection.id.clone(), tab).path();
    let notice = view! {
        <section class="notice">
            <p><bdi>{connection.name.to_string()}</bdi> {if off { " is deactivated: its administrators can activate it." } else { " does not work." }}</p>
            {error}
            <div class="buttons"><Link to class=Look::Default.class()>{act}</Link></div>
        </section>
    };
    Some(notice.into_any())
}
