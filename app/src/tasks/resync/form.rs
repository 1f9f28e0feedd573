//! What a new resync is asked: which tasks, and which side stands.

use api::{
    CreateResync, ListTasks, ListTasksQuery, NewResync, Project, ProjectId, ResyncDirection, ResyncScope, State,
    TaskCounts,
};
use leptos::prelude::*;

use super::{chosen_tasks::ChosenTasks, words::thousands};
use crate::{
    client::call,
    navigation::{Navigation, use_navigation},
    route::Route,
    tasks::place::ProjectPlace,
    ui::{
        button::{Button, Look},
        choice::radio,
        icon::Icon,
        isolated,
        learn_more::learn_more,
        mutation::Mutation,
        panel::panel,
        query::Query,
        when,
    },
};

const DIRECTIONS: [(ResyncDirection, &str, &str); 3] = [
    (
        ResyncDirection::Compare,
        "Neither: compare",
        "What one side changed is carried to the other. Conflicts are left.",
    ),
    (ResyncDirection::ProductWins, "The product wins", "Where the two do not agree, the issue follows its task."),
    (ResyncDirection::JiraWins, "Jira wins", "Where the two do not agree, the task follows its issue."),
];

/// Why a project cannot be resynced now; `None` if it can.
fn not_offered(project: &Project) -> Option<String> {
    let Some(connection) = &project.connection else {
        return Some(
            "The project has no connection. Choose one with Edit issue tracking connection, above.".to_owned(),
        );
    };
    let name = isolated(connection.name.as_str());
    match connection.state {
        _ if project.jira_project.is_none() => {
            Some("No Jira project is chosen yet. Choose one with Edit issue tracking connection, above.".to_owned())
        }
        State::Authorized | State::Interrupted => None,
        State::Deactivated => {
            Some(format!("{name} is deactivated. A resync needs a connection that is authorized or interrupted."))
        }
        _ => Some(format!("{name} is not authorized. A resync needs a connection that is authorized or interrupted.")),
    }
}

/// The form, or why there is none.
pub(super) fn new_resync(project: Project, place: ProjectPlace) -> AnyView {
    if !place.may {
        return view! { <p class="section">"Members with the role issue tracking start resyncs."</p> }.into_any();
    }
    if let Some(why) = not_offered(&project) {
        return view! { <p class="notice section" role="status">{Icon::Warning.view()} " " {why}</p> }.into_any();
    }
    let waits = project.connection.as_ref().is_some_and(|connection| connection.state == State::Interrupted);
    let id = project.id;
    let counts = Query::new(move || {
        let id = id.clone();
        let request = ListTasksQuery { limit: Some(1), ..ListTasksQuery::default() };
        async move { Ok(call::<ListTasks>(&id, &request).await?.counts) }
    });
    panel(counts, "Counting tasks", move |counts| view! { <Form place=place.clone() counts waits /> }.into_any())
}

/// How many tasks have failed, as a resync counts them.
const fn failed(counts: &TaskCounts) -> u32 {
    counts.blocked + counts.conflict + counts.missing + counts.moved + counts.retrying
}

#[component]
fn Form(
    place: ProjectPlace,
    counts: TaskCounts,
    /// Whether the connection is interrupted, so that a resync waits for it.
    waits: bool,
) -> impl IntoView {
    let navigation = use_navigation();
    let asked = untrack(|| ResyncScope::read(&navigation.param("scope")));
    let first = if failed(&counts) > 0 { ResyncScope::Failed } else { ResyncScope::All };
    let scope = RwSignal::new(if ResyncScope::ALL.contains(&asked) { asked } else { first });
    let direction = RwSignal::new(ResyncDirection::Compare);
    let chosen = RwSignal::new(Vec::<String>::new());
    let tried = RwSignal::new(false);
    let mutation = Mutation::new();
    let go = place.clone();
    let create = move |()| {
        tried.set(true);
        let external_ids =
            if scope.get_untracked() == ResyncScope::Chosen { chosen.get_untracked() } else { Vec::new() };
        if scope.get_untracked() == ResyncScope::Chosen && external_ids.is_empty() {
            return crate::ui::focus("chosen-tasks");
        }
        let new = NewResync { scope: scope.get_untracked(), direction: direction.get_untracked(), external_ids };
        create_resync(mutation, navigation, &go, new);
    };
    let scopes = [
        (ResyncScope::Failed, format!("Those that failed ({})", thousands(failed(&counts)))),
        (ResyncScope::All, format!("All ({})", thousands(counts.total))),
        (ResyncScope::Chosen, "Those that I choose".to_owned()),
    ];
    let scope_line = |(one, words): (ResyncScope, String)| {
        let is_chosen = Signal::derive(move || scope.get() == one);
        radio("resync-scope", words.into_any(), is_chosen, false, Callback::new(move |()| scope.set(one)))
    };
    let direction_line = |(one, words, help): (ResyncDirection, &'static str, &'static str)| {
        let is_chosen = Signal::derive(move || direction.get() == one);
        let words = view! { {words} <span class="status-more">{help}</span> }.into_any();
        radio("resync-direction", words, is_chosen, false, Callback::new(move |()| direction.set(one)))
    };
    let project: ProjectId = place.project;
    let choosing = move || {
        when(scope.get() == ResyncScope::Chosen, || {
            view! { <ChosenTasks project=project.clone() chosen tried /> }.into_any()
        })
    };
    view! {
        <section class="section" aria-labelledby="new-resync">
            <h2 id="new-resync">"New resync"</h2>
            <p class="subtle">
                "It compares tasks with their issues and lists what it would do. Nothing moves before you start it. "
                {learn_more("/help/tasks/#resync".to_owned())}
            </p>
            {when(waits, || view! { <p class="notice" role="status">{Icon::Warning.view()} " The connection is interrupted: the resync waits until it works again."</p> }.into_any())}
            <fieldset class="field"><legend>"Which tasks"</legend>{scopes.map(scope_line).into_iter().collect::<Vec<_>>()}</fieldset>
            {choosing}
            <fieldset class="field"><legend>"Which side stands"</legend>{DIRECTIONS.map(direction_line).into_iter().collect::<Vec<_>>()}</fieldset>
            {mutation.failure()}
            <div class="buttons">
                <Button id="preview-resync" look=Look::Primary on_press=create busy=mutation.busy()>"Preview"</Button>
            </div>
        </section>
    }
}

/// Plans a resync, and goes to its page.
pub(super) fn create_resync(mutation: Mutation, navigation: Navigation, place: &ProjectPlace, new: NewResync) {
    let (workspace, project) = (place.workspace.clone(), place.project.clone());
    let id = project.clone();
    mutation.run(async move { call::<CreateResync>(&id, &new).await }, move |resync| {
        navigation.go(&Route::Resync(workspace, project, resync.id).path());
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(connection: &str, jira_project: &str) -> Project {
        let json = format!(
            r#"{{"id":"prj_1","name":"Shop","workspace":{{"id":"wsp_1","name":"Web"}},"jira_project":{jira_project},
            "connection":{connection},"disconnected":null}}"#
        );
        serde_json::from_str(&json).expect("a project")
    }

    #[test]
    fn a_resync_is_offered_while_the_connection_is_authorized_or_interrupted_and_only_then() {
        for (state, offered) in
            [("authorized", true), ("interrupted", true), ("unauthorized", false), ("deactivated", false)]
        {
            let connection =
                format!(r#"{{"id":"con_1","name":"Staging","state":"{state}","cause":null,"may_reauthorize":true}}"#);
            assert_eq!(not_offered(&project(&connection, "\"SHOP\"")).is_none(), offered, "{state}");
            assert!(not_offered(&project(&connection, "null")).is_some(), "{state}, without a Jira project");
        }
        assert!(not_offered(&project("null", "null")).is_some());
    }
}
