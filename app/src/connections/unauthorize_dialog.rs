//! *Unauthorize connection*: shows the reach before it destroys credentials.

use api::{
    AffectedProject, Connection, GetImpact, Impact, ImpactAction, ImpactQuery, Reach, Unauthorize,
    UnauthorizeConnection,
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    checklist::remember,
    lifecycle::{Lifecycle, isolated},
};
use crate::{
    client::{CallError, call},
    ui::{
        button::{Button, Look},
        dialog::Dialog,
        failure::failure_beside,
        fetched::Fetched,
        focus,
        icon::Icon,
        panel::panel,
        when,
    },
};

/// The dialog, shown while a connection is asked about.
#[component]
pub(super) fn UnauthorizeDialog() -> impl IntoView {
    let lifecycle: Lifecycle = expect_context();
    let asked = lifecycle.unauthorizing;
    view! {
        <Dialog
            open=Signal::derive(move || asked.get().is_some())
            on_close=move |()| asked.set(None)
            title="Unauthorize connection"
        >
            {move || asked.get().map_or_else(|| ().into_any(), |connection| view! { <Asking connection /> }.into_any())}
        </Dialog>
    }
    .into_any()
}

/// Asks what would end, then whether it shall.
#[component]
fn Asking(connection: Connection) -> impl IntoView {
    let lifecycle: Lifecycle = expect_context();
    let reach = RwSignal::new(Reach::Connection);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<CallError>);
    let id = StoredValue::new(connection.id);
    let impact: Fetched<Impact> = Fetched::ask(move || async move {
        let query = ImpactQuery { action: ImpactAction::Unauthorize };
        call::<GetImpact>(&id.get_value(), &query).await
    });
    let reached = move || match (impact.get(), reach.get()) {
        (Some(Ok(impact)), Reach::Consent) => impact.connections.len(),
        (Some(Ok(_)), Reach::Connection) => 1,
        _ => 0,
    };
    let count = Memo::new(move |_| reached());
    let close = move |()| lifecycle.unauthorizing.set(None);
    let unauthorize = move |()| {
        busy.set(true);
        spawn_local(async move {
            let request = Unauthorize { reach: reach.get_untracked() };
            let answer = call::<UnauthorizeConnection>(&id.get_value(), &request).await;
            busy.try_set(false);
            match answer {
                Ok(done) => {
                    close(());
                    let words = format!("Unauthorized {}", counted(done.connections.len()));
                    remember(&done.connections);
                    lifecycle.checklist.set(done.connections);
                    lifecycle.did(words, None);
                    // What was pressed may be gone; the checklist is where to go on.
                    request_animation_frame(|| focus("checklist"));
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    };
    let words = move || match count.get() {
        0 => "Unauthorize".to_owned(),
        count => format!("Unauthorize {}", counted(count)),
    };
    view! {
        <p>
            "Causeway destroys its credential for " <strong><bdi>{connection.name.to_string()}</bdi></strong>
            ". Calls through it fail until somebody authorizes it again."
        </p>
        {panel(impact, "Loading what shares the consent", move |impact| shared(impact, reach))}
        {move || failure_beside(failed.get())}
        <div class="buttons">
            <Button autofocus=true on_press=close>"Cancel"</Button>
            <Button
                look=Look::Danger
                on_press=unauthorize
                busy=busy
                disabled=Signal::derive(move || count.get() == 0)
            >
                {words}
            </Button>
        </div>
    }
    .into_any()
}

/// *1 connection*, *4 connections*.
pub(crate) fn counted(count: usize) -> String {
    if count == 1 { "1 connection".to_owned() } else { format!("{count} connections") }
}

/// What shares the consent, how far to go, and where the consent itself is removed.
fn shared(impact: Impact, reach: RwSignal<Reach>) -> AnyView {
    let account = impact.account.map_or_else(|| "this account".to_owned(), |account| isolated(&account.name));
    let several = impact.connections.len() > 1;
    let everything = format!("Everything that {account} authorized ({})", counted(impact.connections.len()));
    let choice = move |one: Reach, words: String| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="reach"
                    prop:checked=move || reach.get() == one
                    on:change=move |_| reach.set(one)
                />
                <span>{words}</span>
            </label>
        }
        .into_any()
    };
    let choices = || {
        view! {
            <fieldset class="field">
                <legend>"How far"</legend>
                {choice(Reach::Connection, "Only this connection. The others keep working.".to_owned())}
                {choice(Reach::Consent, everything)}
            </fieldset>
        }
        .into_any()
    };
    let names: Vec<AnyView> = impact
        .connections
        .into_iter()
        .map(|one| {
            let site = one.site.map(|site| site.url).unwrap_or_default();
            view! { <li><bdi>{one.name.to_string()}</bdi> " " <bdi class="subtle">{site}</bdi></li> }.into_any()
        })
        .collect();
    let consent = impact.consent_url.map(|consent_url| consent(&account, consent_url, names));
    let without = consent.is_none();
    view! {
        {when(several, choices)}
        {consent}
        {when(without, || view! { <p class="subtle">"What was made for it in Jira stays there: the link, token or password. Its owner removes that in Jira."</p> }.into_any())}
        {projects_lost(&impact.projects)}
    }
    .into_any()
}

/// The consent at Atlassian: what it stands behind, and where it is removed.
fn consent(account: &str, consent_url: String, names: Vec<AnyView>) -> AnyView {
    view! {
        <p>{format!("What the consent of {account} stands behind:")}</p>
        <ul>{names}</ul>
        <p class="subtle">
            {format!("The consent itself stays at Atlassian until {account} removes it there: ")}
            <a class="learn-more" href=consent_url target="_blank" rel="noopener noreferrer">
                "connected apps" {Icon::External.view()} <span class="assistive">" (opens a new window)"</span>
            </a>
        </p>
    }
    .into_any()
}

/// The projects that lose their connection, by name.
pub(super) fn projects_lost(projects: &[AffectedProject]) -> AnyView {
    let line = |project: &AffectedProject| {
        let (name, workspace) = (project.name.to_string(), project.workspace.to_string());
        view! { <li><bdi>{name}</bdi> " " <bdi class="subtle">{workspace}</bdi></li> }.into_any()
    };
    let lines: Vec<AnyView> = projects.iter().map(line).collect();
    when(!lines.is_empty(), || {
        view! { <p>"Projects whose issues cannot be reached through it any more:"</p> <ul class="choice-list">{lines}</ul> }.into_any()
    })
}
