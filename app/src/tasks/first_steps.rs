//! The way to the first task: connection, Jira project, mapping, key, push. Each step says whether it is done.

use api::{
    CreateApiKey, CreatedApiKey, GetMapping, KeyScope, Name, NewApiKey, Nothing, Project, ProjectMapping, State,
};
use leptos::prelude::*;

use super::{
    first_task::{PushKey, push_command},
    place::ProjectPlace,
};
use crate::{
    calling::origin,
    client::call,
    context::expect_context,
    navigation::Link,
    route::Route,
    session::CurrentSession,
    ui::{
        button::{Button, Look},
        copy_button::CopyButton,
        isolated,
        learn_more::learn_more,
        lozenge::{Tone, lozenge},
        mutation::Mutation,
        panel::panel,
        query::Query,
        shown_once::ShownOnce,
        when,
    },
};

/// The steps.
#[component]
pub(super) fn FirstSteps(project: Project, place: ProjectPlace) -> impl IntoView {
    let id = project.id.clone();
    let mapping: Query<ProjectMapping> = Query::new(move || {
        let id = id.clone();
        async move { call::<GetMapping>(&id, &Nothing {}).await }
    });
    view! {
        <section class="section calling" aria-labelledby="first-steps">
            <h2 id="first-steps">"No tasks yet"</h2>
            <p>"Your product pushes its tasks here, and they become issues in Jira. " {learn_more("/help/tasks/#start".to_owned())}</p>
            {panel(mapping, "Loading the mapping", move |mapping| steps(&project, &place, &mapping))}
        </section>
    }
}

fn steps(project: &Project, place: &ProjectPlace, mapping: &ProjectMapping) -> AnyView {
    let works = project.connection.as_ref().is_some_and(|connection| connection.state == State::Authorized);
    let linked = project.connection.is_some() && project.jira_project.is_some();
    let mapped = mapping.revision > 0;
    let open_mapping = when(!mapped && linked && place.may, || {
        view! { <div class="buttons"><Link to=place.mapping() class=Look::Primary.class()>"Open mapping"</Link></div> }
            .into_any()
    });
    let status =
        mapping.mapping.as_ref().and_then(|mapping| mapping.statuses.first()).map(|one| one.status.to_string());
    let push = when(mapped && linked, || {
        let (project, status) = (project.clone(), status.unwrap_or_else(|| "open".to_owned()));
        view! { <Push project status /> }.into_any()
    });
    view! {
        <ol>
            {step(works, "Connect Jira", ().into_any())}
            {step(linked, "Choose the Jira project", when(!linked, || "With Edit issue tracking connection, above.".into_any()))}
            {step(mapped, "Accept the mapping of statuses", open_mapping)}
            {step(false, "Push the first task", push)}
        </ol>
        {when(mapped && linked, || view! { <p role="status" class="subtle">"Waiting for the first task. It appears here by itself."</p> }.into_any())}
    }
    .into_any()
}

fn step(done: bool, words: &'static str, content: AnyView) -> AnyView {
    let said = when(done, || lozenge(Tone::Success, "Done"));
    view! { <li><p>{words} " " {said}</p> {content}</li> }.into_any()
}

/// A key, and the command that uses it.
#[component]
fn Push(project: Project, status: String) -> impl IntoView {
    let session: CurrentSession = expect_context();
    let administrator = untrack(|| session.is_administrator());
    let created = RwSignal::new(None::<CreatedApiKey>);
    let project = StoredValue::new(project);
    move || {
        let command = |key| project.with_value(|project| push_command(&origin(), &project.id, &status, &key));
        match created.get() {
            Some(key) => {
                let shown = command(PushKey::Literal(key.key.clone()));
                view! {
                    <ShownOnce
                        title="API key created"
                        what="API key"
                        copy="Copy key"
                        note="Copy it now. It is stored nowhere and cannot be shown again."
                        text=key.key
                        on_done=move |()| created.set(None)
                    >
                        {in_a_terminal(shown)}
                    </ShownOnce>
                }
                .into_any()
            }
            None => view! {
                {when(administrator, || view! { <CreateKey project=project.get_value() created /> }.into_any())}
                {when(!administrator, || view! { <p>"An administrator creates an API key that may read and write tasks, and gives it to you."</p> }.into_any())}
                {in_a_terminal(command(PushKey::Environment))}
            }
            .into_any(),
        }
    }
}

fn in_a_terminal(command: String) -> AnyView {
    view! {
        <p>"Paste it into a terminal:"</p>
        <pre tabindex="0" aria-label="Command that pushes a task" translate="no">{command.clone()}</pre>
        <CopyButton text=command what="Copy command" />
    }
    .into_any()
}

/// One click: a key that may read and write the tasks of this workspace, and nothing else.
#[component]
fn CreateKey(project: Project, created: RwSignal<Option<CreatedApiKey>>) -> impl IntoView {
    let mutation = Mutation::new();
    let workspace = isolated(project.workspace.name.as_str());
    let create = move |()| {
        // A name has 255 characters at most, and the project's own may have as many.
        let name = Name::parse(&format!("Tasks of {}", project.name)).unwrap_or_else(|_| project.name.clone());
        let request = NewApiKey {
            name,
            scopes: vec![KeyScope::TasksRead, KeyScope::TasksWrite],
            connections: None,
            workspace: Some(project.workspace.id.clone()),
            expires_at: None,
        };
        mutation.run(async move { call::<CreateApiKey>(&(), &request).await }, move |key| created.set(Some(key)));
    };
    view! {
        <p>
            {format!("Your product needs an API key. The new one may read and write the tasks of {workspace}, and does not expire; ")}
            <Link to=Route::ApiKeys.path()>"API keys"</Link> " offers more choices."
        </p>
        <div class="buttons"><Button id="create-task-key" look=Look::Primary on_press=create busy=mutation.busy()>"Create API key"</Button></div>
        {mutation.failure()}
    }
}
