//! *Where does Jira run?* For an address the edge finds out what runs there and which methods it supports.

use api::{ConnectMethod, Deployment, Instance, Kind, LookAt, LookAtInstance};
use leptos::{ev, prelude::*};

use super::{
    draft::CredentialDraft,
    method::{title, when_to_use},
    validation::completed,
};
use crate::{
    client::call,
    ui::{button::Button, choice::radio, field::TextField, focus, learn_more::help_on, mutation::Mutation, when},
};

/// The question, and the address field if the answer is an address. What was entered stays when the answer changes.
#[component]
pub(crate) fn WhereJiraRuns(draft: CredentialDraft) -> impl IntoView {
    let elsewhere = draft.elsewhere;
    let choose = move |there: bool| {
        elsewhere.set(there);
        let found = draft.found.get_untracked();
        draft.choose(if there { found.as_ref().and_then(strongest) } else { Some((Kind::CloudOauth2, None)) });
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
            {choice(true, "Jira Data Center, or Cloud with an API token", "You enter the address of Jira.")}
        </fieldset>
        {move || when(elsewhere.get(), || view! { <AtAddress draft /> }.into_any())}
    }
}

/// The strongest method that can be used there.
fn strongest(instance: &Instance) -> Option<super::validation::AuthMethod> {
    let first = instance.methods.iter().find(|method| method.unavailable.is_none());
    first.map(|method| (method.kind, method.form))
}

/// The address field, and what was found there.
#[component]
fn AtAddress(draft: CredentialDraft) -> impl IntoView {
    let (typed, found) = (draft.typed, draft.found);
    let missing = RwSignal::new(false);
    let mutation = Mutation::new();
    let looked_at = StoredValue::new(Some(typed.get_untracked()).filter(|typed| !typed.is_empty()));
    let look = move |()| {
        let address = completed(&typed.get_untracked());
        typed.set(address.clone());
        missing.set(address.is_empty());
        if address.is_empty() {
            focus("address");
        }
        if address.is_empty() || mutation.busy().get_untracked() {
            return;
        }
        looked_at.set_value(Some(address.clone()));
        found.set(None);
        draft.choose(None);
        mutation.run(async move { call::<LookAtInstance>(&(), &LookAt { address }).await }, move |instance| {
            draft.address.set(instance.address.clone());
            draft.choose(strongest(&instance));
            found.set(Some(instance));
        });
    };
    // What was found at one address says nothing about another.
    Effect::new(move |_| {
        let now = completed(&typed.get());
        if looked_at.with_value(|looked_at| looked_at.as_ref().is_some_and(|looked_at| *looked_at != now)) {
            looked_at.set_value(None);
            mutation.abandon();
            found.set(None);
            draft.choose(None);
        }
    });
    let enter = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            // Not the button of the form: what is there decides which fields follow.
            event.prevent_default();
            look(());
        }
    };
    let refused = move || mutation.error().map(|error| format!("{} {}", error.sentence(), error.remedy()));
    let error = Signal::derive(move || {
        let nothing = missing.get() && typed.with(|typed| typed.trim().is_empty());
        if nothing { Some("Enter the address of Jira.".to_owned()) } else { refused() }
    });
    let result = move || match found.get() {
        None => kept_method(draft),
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
        _ if mutation.busy().get() => "Checking the address…".to_owned(),
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
                on_leave=move |()| typed.update(|typed| *typed = completed(typed))
                kind="url"
            />
        </div>
        <div class="buttons"><Button id="look" on_press=look busy=mutation.busy()>"Check address"</Button></div>
        <p role="status" class="subtle assistive">{said}</p>
        {result}
    }
}

/// The method that was saved for later, until the address is checked again.
fn kept_method(draft: CredentialDraft) -> AnyView {
    let kept = draft.method.get().filter(|(kind, _)| *kind != Kind::CloudOauth2);
    kept.map_or_else(
        || ().into_any(),
        |method| {
            let words = format!("Connects with {}. Check the address to choose another method.", title(method));
            view! { <p>{words}</p> }.into_any()
        },
    )
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
            {when(closed, || view! { <p>"It tells its version only to callers with a credential, so some of these methods may not work there."</p> }.into_any())}
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
