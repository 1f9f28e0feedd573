//! *Access*: which workspaces may use a connection, what API keys may call through it, and who may manage it.

use api::{
    Connection, ConnectionAccess, ConnectionEdit, ConnectionId, EditAccess, EditConnection, GetAccess, GetConnection,
    ListMembers, Member, Name, NewAccess, Nothing, Role, WorkspaceAccess, WorkspaceId,
};
use leptos::prelude::*;

use super::{api_families::ApiFamilies, charts_setting::ChartsSetting};
use crate::{
    client::{call, call_if_match},
    context::expect_context,
    navigation::{Link, use_navigation},
    route::Route,
    session::CurrentSession,
    tasks::TasksThatStop,
    ui::{
        button::{Button, Look},
        choice::{choice, tick},
        confirm_dialog::ConfirmDialog,
        flags::Flags,
        isolated,
        mutation::Mutation,
        panel::panel,
        query::Query,
        when,
    },
};

/// The tab.
#[component]
pub(super) fn AccessTab(id: ConnectionId) -> impl IntoView {
    let session: CurrentSession = expect_context();
    let administrator = Memo::new(move |_| session.is_administrator());
    let asked = id.clone();
    let access: Query<ConnectionAccess> = Query::new(move || {
        let id = asked.clone();
        async move { call::<GetAccess>(&id, &Nothing {}).await }
    });
    let which = id.clone();
    // Saving the access raises the version with which the admins below are saved.
    let saved = RwSignal::new(None::<Connection>);
    let on_saved = Callback::new(move |connection| {
        access.reload();
        saved.set(Some(connection));
    });
    let shown = move |now: ConnectionAccess| {
        let (id, administrator) = (which.clone(), administrator.get_untracked());
        view! { <Workspaces id now=now.workspaces administrator on_saved /> }.into_any()
    };
    view! {
        <div class="in-order">
            <section class="section" aria-labelledby="access">
                <h2 id="access">"Workspaces"</h2>
                <p class="subtle">"The projects of these workspaces may use the connection."</p>
                {panel(access, "Loading access", shown)}
            </section>
            <ApiFamilies id=id.clone() saved />
            <ChartsSetting id=id.clone() saved />
            {move || {
                let id = id.clone();
                when(administrator.get(), || view! { <Admins id saved /> }.into_any())
            }}
        </div>
    }
    .into_any()
}

/// The projects that lose the connection if only the `chosen` workspaces keep it: workspace and project name.
fn disconnected(now: &[WorkspaceAccess], chosen: &[WorkspaceId]) -> Vec<(Name, Name)> {
    let taken = now.iter().filter(|access| access.granted && !chosen.contains(&access.workspace.id));
    let projects = |access: &WorkspaceAccess| {
        let workspace = access.workspace.name.clone();
        access.projects.clone().into_iter().map(move |project| (workspace.clone(), project))
    };
    taken.flat_map(projects).collect()
}

/// The workspaces that lose the connection if only the `chosen` ones keep it, and whose projects use it.
fn losing(now: &[WorkspaceAccess], chosen: &[WorkspaceId]) -> Vec<WorkspaceId> {
    let taken = |access: &&WorkspaceAccess| {
        access.granted && !access.projects.is_empty() && !chosen.contains(&access.workspace.id)
    };
    now.iter().filter(taken).map(|access| access.workspace.id.clone()).collect()
}

/// The workspaces, each with its projects that use the connection.
#[component]
fn Workspaces(
    id: ConnectionId,
    now: Vec<WorkspaceAccess>,
    administrator: bool,
    on_saved: Callback<Connection>,
) -> impl IntoView {
    let (flags, navigation) = (expect_context::<Flags>(), use_navigation());
    if now.is_empty() {
        return view! {
            <p>"There are no workspaces yet, so the whole organization may use it. " <Link to=Route::Workspaces.path()>"Go to workspaces"</Link></p>
        }
        .into_any();
    }
    let granted = now.iter().filter(|access| access.granted).map(|access| access.workspace.id.clone());
    let chosen = RwSignal::new(granted.collect::<Vec<_>>());
    let asked = RwSignal::new(None::<Vec<(Name, Name)>>);
    let (connection, before) = (StoredValue::new(id.clone()), StoredValue::new(now.clone()));
    // A connection older than the first workspace has none. That is not an error until somebody tries to save it.
    let tried = RwSignal::new(false);
    let none = Memo::new(move |_| chosen.with(Vec::is_empty));
    on_cleanup(move || navigation.set_unsaved(false));
    let mutation = Mutation::new();
    let give = Callback::new(move |confirmed: bool| {
        let (id, access) = (id.clone(), NewAccess { workspaces: chosen.get_untracked(), confirmed });
        mutation.run(async move { call::<EditAccess>(&id, &access).await }, move |connection| {
            asked.set(None);
            navigation.set_unsaved(false);
            flags.done("Saved the access".to_owned());
            on_saved.run(connection);
        });
    });
    let line = |access: &WorkspaceAccess| {
        let id = access.workspace.id.clone();
        let change = move |ticked| {
            chosen.update(|chosen| tick(chosen, id.clone(), ticked));
            tried.set(true);
            navigation.set_unsaved(true);
        };
        let name = view! { <bdi>{access.workspace.name.to_string()}</bdi> }.into_any();
        let projects = access.projects.iter().map(|name| view! { <li><bdi>{name.to_string()}</bdi></li> }.into_any());
        let projects: Vec<AnyView> = projects.collect();
        let used = (!projects.is_empty()).then(|| view! { <ul>{projects}</ul> });
        view! { <fieldset class="access" disabled=!administrator>{choice(name, access.granted, Callback::new(change))} {used}</fieldset> }
            .into_any()
    };
    let lines: Vec<AnyView> = now.iter().map(line).collect();
    let save = move |()| {
        tried.set(true);
        let lost = chosen.with_untracked(|chosen| disconnected(&now, chosen));
        if none.get_untracked() {
        } else if lost.is_empty() {
            give.run(false);
        } else {
            asked.set(Some(lost));
        }
    };
    let count = move || match asked.with(|asked| asked.as_ref().map_or(0, Vec::len)) {
        1 => "Disconnect 1 project".to_owned(),
        count => format!("Disconnect {count} projects"),
    };
    view! {
        {lines}
        <p class="field-error" role="alert">{move || if none.get() && tried.get() { "Choose at least one workspace." } else { "" }}</p>
        {move || when(asked.with(Option::is_none), || mutation.failure())}
        {when(administrator, || view! { <div class="buttons"><Button look=Look::Primary on_press=save busy=mutation.busy()>"Save access"</Button></div> }.into_any())}
        <ConfirmDialog target=asked title="Take access away" verb=Signal::derive(count) mutation on_confirm=move |_| give.run(true)>
            <p>"These projects lose the connection:"</p>
            <ul>{move || asked.get().unwrap_or_default().into_iter().map(project).collect::<Vec<_>>()}</ul>
            {move || asked.with(Option::is_some).then(|| {
                let workspaces = before.with_value(|now| chosen.with_untracked(|chosen| losing(now, chosen)));
                view! { <TasksThatStop workspaces connection=Some(connection.get_value()) /> }
            })}
        </ConfirmDialog>
    }
    .into_any()
}

fn project((workspace, name): (Name, Name)) -> AnyView {
    view! { <li><bdi>{name.to_string()}</bdi> " in " {isolated(workspace.as_str())}</li> }.into_any()
}

/// The members who may manage the connection, besides the administrators.
#[component]
fn Admins(id: ConnectionId, saved: RwSignal<Option<Connection>>) -> impl IntoView {
    let both: Query<(Connection, Vec<Member>)> = Query::new(move || {
        let id = id.clone();
        async move {
            let connection = call::<GetConnection>(&id, &Nothing {}).await?;
            Ok((connection, call::<ListMembers>(&(), &Nothing {}).await?.items.into_iter().map(Member::from).collect()))
        }
    });
    let version = RwSignal::new(0);
    let read = StoredValue::new(Vec::new());
    let shown = move |(connection, members): (Connection, Vec<Member>)| {
        version.set(connection.version);
        read.set_value(connection.admins.clone());
        view! { <AdminChoice connection members version on_saved=move |()| both.reload() /> }.into_any()
    };
    // If only the access was saved above, the admins can be saved with the new version: nobody else has edited them.
    Effect::new(move |_| {
        if let Some(now) = saved.get()
            && read.with_value(|read| *read == now.admins)
        {
            version.set(now.version);
        }
    });
    view! {
        <section class="section" aria-labelledby="admins">
            <h2 id="admins">"Connection admins"</h2>
            <p class="subtle">"They may manage this connection. Administrators may manage all."</p>
            {panel(both, "Loading members", shown)}
        </section>
    }
    .into_any()
}

#[component]
fn AdminChoice(
    connection: Connection,
    members: Vec<Member>,
    version: RwSignal<u64>,
    #[prop(into)] on_saved: Callback<()>,
) -> impl IntoView {
    let flags: Flags = expect_context();
    let chosen = RwSignal::new(connection.admins);
    let mutation = Mutation::new();
    let line = |member: Member| {
        let (id, name) = (member.id, member.name);
        let ticked = chosen.with_untracked(|chosen| chosen.contains(&id));
        let change = move |ticked| chosen.update(|chosen| tick(chosen, id.clone(), ticked));
        let words = view! { <bdi>{name}</bdi> " " <bdi class="subtle">{member.email}</bdi> }.into_any();
        choice(words, ticked, Callback::new(change))
    };
    let lines: Vec<AnyView> = members.into_iter().filter(|member| member.role == Role::Member).map(line).collect();
    if lines.is_empty() {
        return view! { <p>"There is nobody to choose: add members to a workspace first."</p> }.into_any();
    }
    let id = connection.id;
    let save = move |()| {
        let edit = ConnectionEdit { admins: Some(chosen.get_untracked()), ..ConnectionEdit::default() };
        let (id, version) = (id.clone(), version.get_untracked());
        mutation.run(async move { call_if_match::<EditConnection>(&id, &edit, version).await }, move |_| {
            flags.done("Saved the connection admins".to_owned());
            on_saved.run(());
        });
    };
    view! {
        <fieldset class="field"><legend>"Members"</legend>{lines}</fieldset>
        {mutation.failure()}
        <div class="buttons"><Button on_press=save busy=mutation.busy()>"Save admins"</Button></div>
    }
    .into_any()
}
