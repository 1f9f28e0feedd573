//! *Unauthorize connection*: shows what ends before it destroys credentials.

use api::{
    AffectedDelegation, AffectedViewer, GetImpact, Impact, ImpactAction, ImpactQuery, Reach, Unauthorize,
    UnauthorizeConnection,
};
use leptos::prelude::*;

use super::{
    checklist::remember,
    counting::{counted, projects_lost},
    lifecycle::{DialogTarget, Lifecycle},
};
use crate::{
    client::call,
    context::expect_context,
    ui::{
        button::{Button, Look},
        dialog::Dialog,
        focus,
        icon::Icon,
        isolated,
        mutation::Mutation,
        panel::panel,
        query::Query,
        when,
    },
};

/// The dialog, open while [`Lifecycle::unauthorizing`] holds a connection.
#[component]
pub(crate) fn UnauthorizeDialog() -> impl IntoView {
    let Lifecycle { unauthorizing, .. } = expect_context();
    // It belongs to the dialog, not to its content: closing the dialog must not lose the answer.
    let mutation = Mutation::new();
    let close = Callback::new(move |()| {
        mutation.clear();
        unauthorizing.set(None);
    });
    let question = move || match unauthorizing.get() {
        Some(target) => view! { <UnauthorizeQuestion target mutation on_close=close /> }.into_any(),
        None => ().into_any(),
    };
    view! {
        <Dialog
            open=Signal::derive(move || unauthorizing.get().is_some())
            on_close=close
            title="Unauthorize connection"
        >
            {question}
        </Dialog>
    }
}

/// Loads what would end, then asks.
#[component]
fn UnauthorizeQuestion(target: DialogTarget, mutation: Mutation, on_close: Callback<()>) -> impl IntoView {
    let lifecycle: Lifecycle = expect_context();
    let reach = RwSignal::new(Reach::Connection);
    let id = StoredValue::new(target.id);
    let impact: Query<Impact> = Query::new(move || async move {
        let query = ImpactQuery { action: ImpactAction::Unauthorize };
        call::<GetImpact>(&id.get_value(), &query).await
    });
    let count = Memo::new(move |_| match (impact.get(), reach.get()) {
        (Some(Ok(impact)), Reach::Consent) => impact.connections.len(),
        (Some(Ok(_)), Reach::Connection) => 1,
        _ => 0,
    });
    let unauthorize = move |()| {
        let (id, request) = (id.get_value(), Unauthorize { reach: reach.get_untracked() });
        mutation.run(async move { call::<UnauthorizeConnection>(&id, &request).await }, move |done| {
            lifecycle.unauthorizing.set(None);
            let words = format!("Unauthorized {}", counted(done.connections.len()));
            remember(&done.connections);
            lifecycle.checklist.set(done.connections);
            lifecycle.done(words, None);
            // The button that was pressed may be gone; the checklist is the place to go on.
            request_animation_frame(|| focus("checklist"));
        });
    };
    let words = move || match count.get() {
        0 => "Unauthorize".to_owned(),
        count => format!("Unauthorize {}", counted(count)),
    };
    view! {
        <p>
            "Causeway destroys its credential for " <strong><bdi>{target.name.to_string()}</bdi></strong>
            ". Calls through it fail until somebody authorizes it again."
        </p>
        {panel(impact, "Loading what shares the consent", move |impact| shared(impact, reach))}
        {mutation.failure()}
        <div class="buttons">
            <Button autofocus=true on_press=on_close>"Cancel"</Button>
            <Button
                look=Look::Danger
                on_press=unauthorize
                busy=mutation.busy()
                disabled=Signal::derive(move || count.get() == 0)
            >
                {words}
            </Button>
        </div>
    }
}

/// What shares the consent, the choice of how far to go, and where the consent itself is removed.
fn shared(impact: Impact, reach: RwSignal<Reach>) -> AnyView {
    let account = impact.account.map_or_else(|| "this account".to_owned(), |account| isolated(&account.name));
    let several = impact.connections.len() > 1 || !impact.viewers.is_empty();
    let charts = charts_lost(&impact.delegations);
    let viewers = viewers_lost(&impact.viewers);
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
                <legend>"What to unauthorize"</legend>
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
        {charts}
        {viewers}
    }
    .into_any()
}

/// The charts that others do not see any more.
fn charts_lost(delegations: &[AffectedDelegation]) -> AnyView {
    let line = |one: &AffectedDelegation| {
        let (title, access) = (one.chart_title.clone(), one.access.clone());
        view! { <li><bdi>{title}</bdi> <span class="subtle">" with the access of " <bdi>{access}</bdi></span></li> }
            .into_any()
    };
    let lines: Vec<AnyView> = delegations.iter().map(line).collect();
    when(!lines.is_empty(), || view! { <p>"Others do not see these charts any more:"</p> <ul>{lines}</ul> }.into_any())
}

/// What people let Causeway read by the same consent.
fn viewers_lost(viewers: &[AffectedViewer]) -> AnyView {
    let line = |one: &AffectedViewer| {
        let (member, site) = (one.member.clone(), one.site.clone());
        view! { <li><bdi>{member}</bdi> <bdi class="subtle">{site}</bdi></li> }.into_any()
    };
    let lines: Vec<AnyView> = viewers.iter().map(line).collect();
    when(!lines.is_empty(), || {
        view! { <p>"With everything of the account these people lose their access for charts:"</p> <ul>{lines}</ul> }
            .into_any()
    })
}

/// The consent at Atlassian: the connections that depend on it, and where it is removed.
fn consent(account: &str, consent_url: String, names: Vec<AnyView>) -> AnyView {
    view! {
        <p>{format!("These connections depend on the consent of {account}:")}</p>
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
