//! *Where does Jira run?* For an address the edge finds out what runs there and which methods it supports.

use api::{ConnectMethod, Deployment, Instance, Kind, LookAt, LookAtInstance};
use leptos::{ev, prelude::*};

use super::{
    draft::CredentialDraft,
    method::{title, when_to_use},
};
use crate::{
    client::call,
    ui::{button::Button, choice::radio, field::TextField, learn_more::help_on, mutation::Mutation, when},
};

/// The question, and the address field if the answer is an address.
#[component]
pub(crate) fn WhereJiraRuns(draft: CredentialDraft) -> impl IntoView {
    let elsewhere = RwSignal::new(false);
    let choose = move |there: bool| {
        elsewhere.set(there);
        draft.choose((!there).then_some((Kind::CloudOauth2, None)));
    };
    let choice = move |there: bool, words: &'static str, help: &'static str| {
        let words = view! { {words} <br /> <span class="subtle">{help}</span> }.into_any();
        let chosen = Signal::derive(move || elsewhere.get() == there);
        radio("where", words, chosen, false, Callback::new(move |()| choose(there)))
    };
    view! {
        <fieldset class="field">
            <legend>"Where does Jira run?"</legend>
            {choice(false, "Jira Cloud", "You sign in at Atlassian and choose the site there.")}
            {choice(true, "At an address", "Jira Data Center, or a Cloud site with an API token.")}
        </fieldset>
        {move || when(elsewhere.get(), || view! { <AtAddress draft /> }.into_any())}
    }
}

/// The address field, and what was found there.
#[component]
fn AtAddress(draft: CredentialDraft) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let missing = RwSignal::new(false);
    let mutation = Mutation::new();
    let found = RwSignal::new(None::<Instance>);
    let looked_at = StoredValue::new(None::<String>);
    let look = move |()| {
        let address = typed.get_untracked().trim().to_owned();
        missing.set(address.is_empty());
        if address.is_empty() || mutation.busy().get_untracked() {
            return;
        }
        looked_at.set_value(Some(address.clone()));
        found.set(None);
        draft.choose(None);
        mutation.run(async move { call::<LookAtInstance>(&(), &LookAt { address }).await }, move |instance| {
            draft.address.set(instance.address.clone());
            let first = instance.methods.iter().find(|method| method.unavailable.is_none());
            draft.choose(first.map(|method| (method.kind, method.form)));
            found.set(Some(instance));
        });
    };
    // What was found at one address says nothing about another.
    Effect::new(move |_| {
        let now = typed.get().trim().to_owned();
        if looked_at.with_value(|looked_at| looked_at.as_ref().is_some_and(|looked_at| *looked_at != now)) {
            looked_at.set_value(None);
            mutation.abandon();
            found.set(None);
            draft.choose(None);
        }
    });
    let enter = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            look(());
        }
    };
    let error = Signal::derive(move || missing.get().then(|| "Enter the address of Jira.".to_owned()));
    let result = move || match found.get() {
        None => ().into_any(),
        Some(instance) => {
            let take = Callback::new(move |address| {
                typed.set(address);
                found.set(None);
                look(());
            });
            shown(instance, draft, take)
        }
    };
    let said = move || match found.get() {
        _ if mutation.busy().get() => "Looking at the address…".to_owned(),
        Some(instance) => format!("Found {}.", named(&instance)),
        None => String::new(),
    };
    view! {
        <div on:keydown=enter>
            <TextField
                id="address"
                label="Address of Jira"
                help="As people open it, for example https://jira.example.com/jira."
                value=typed
                error
                on_leave=|()| ()
                kind="url"
            />
        </div>
        <div class="buttons"><Button id="look" on_press=look busy=mutation.busy()>"Look"</Button></div>
        <p role="status" class="subtle">{said}</p>
        {mutation.failure()}
        {result}
    }
}

/// The product and version found.
fn named(instance: &Instance) -> String {
    match instance.deployment {
        Deployment::Cloud => "Jira Cloud".to_owned(),
        Deployment::DataCenter => format!("Jira Data Center {}", instance.version).trim_end().to_owned(),
    }
}

/// What was found, and the methods that it supports.
fn shown(instance: Instance, draft: CredentialDraft, take: Callback<String>) -> AnyView {
    let what = named(&instance);
    let closed = instance.version.is_empty();
    let other = instance.other_base_url.map(|other| {
        let address = other.clone();
        view! {
            <p>"Jira itself says that it is at " <bdi><code>{other}</code></bdi> ". If people open it there, use that address: signatures and return addresses go by it."</p>
            <Button on_press=move |()| take.run(address.clone())>"Use that address"</Button>
        }
        .into_any()
    });
    let methods: Vec<AnyView> = instance.methods.into_iter().map(|method| offer(method, draft)).collect();
    view! {
        <section class="notice found" aria-labelledby="found">
            <h2 id="found">{what}</h2>
            <p><bdi>{instance.title}</bdi> " answers at " <bdi><code>{instance.address}</code></bdi> "."</p>
            {when(closed, || view! { <p>"It tells its version only to callers with a credential, so some of these ways may not work there."</p> }.into_any())}
            {other}
        </section>
        <fieldset class="field">
            <legend>"How to connect, the strongest way first"</legend>
            {methods}
        </fieldset>
        <p>{help_on("Compare the ways to connect", "/help/ways-to-connect/#compare".to_owned())}</p>
    }
    .into_any()
}

/// A method to choose, or why it is unavailable.
fn offer(method: ConnectMethod, draft: CredentialDraft) -> AnyView {
    let way = (method.kind, method.form);
    let disabled = method.unavailable.is_some();
    let words = view! {
        <strong>{title(way)}</strong>
        <br />
        {method.note.map(|note| view! { <span>{note}</span> <br /> }.into_any())}
        <span class="subtle">{method.unavailable.unwrap_or_else(|| when_to_use(way).to_owned())}</span>
    }
    .into_any();
    let chosen = Signal::derive(move || draft.method.get() == Some(way));
    radio("method", words, chosen, disabled, Callback::new(move |()| draft.choose(Some(way))))
}
