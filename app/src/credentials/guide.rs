//! The steps in Jira with the exact values to enter, and a link to them for whoever administers that Jira.

use api::{CreateGuide, Guide, GuideLink, Kind, NewGuide};
use leptos::prelude::*;

use super::{draft::CredentialDraft, rsa_key::public_key, validation::CredentialField};
use crate::{
    client::call,
    ui::{
        button::Button,
        copy_button::CopyButton,
        focus,
        icon::Icon,
        moment::{absolute, clock},
        mutation::Mutation,
    },
};

/// A value to enter exactly as it stands.
pub(super) fn exact(name: &'static str, value: impl Into<String>) -> AnyView {
    let value: String = value.into();
    view! {
        <div class="fact exact">
            <dt>{name}</dt>
            <dd><code>{value.clone()}</code> <CopyButton text=value what="Copy" named=name /></dd>
        </div>
    }
    .into_any()
}

/// The steps.
pub(super) fn steps(guide: &Guide) -> AnyView {
    if guide.kind == Kind::Oauth1 { for_oauth1(guide) } else { for_oauth2(guide) }
}

/// The first step of every guide.
fn application_links(address: &str) -> AnyView {
    let address = format!("{}/plugins/servlet/applinks/listApplicationLinks", address.trim_end_matches('/'));
    view! {
        <li>
            "As a Jira administrator, open "
            <a href=address target="_blank" rel="noopener noreferrer">
                "Settings → Applications → Application links" {Icon::External.view()}
                <span class="assistive">" (opens a new window)"</span>
            </a> " and choose " <em>"Create link"</em> "."
        </li>
    }
    .into_any()
}

fn for_oauth2(guide: &Guide) -> AnyView {
    view! {
        <ol class="guide">
            {application_links(&guide.address)}
            <li>"Choose " <em>"External application"</em> ", then " <em>"Incoming"</em> "."</li>
            <li>
                "Enter a name and the redirect URL, and choose the permission that the connection needs:"
                <dl class="facts">{exact("Name", "Causeway")} {exact("Redirect URL", guide.callback_url.clone())}</dl>
            </li>
            <li>"Save. Jira shows a client ID and a client secret: they are entered in Causeway. Send the secret in a way that you trust."</li>
        </ol>
    }
    .into_any()
}

fn for_oauth1(guide: &Guide) -> AnyView {
    let missing = |what| view! { <p class="subtle">{what}</p> }.into_any();
    let consumer_key = guide.consumer_key.clone().map_or_else(
        || missing("The consumer key is not chosen yet."),
        |key| {
            view! { <dl class="facts">{exact("Consumer key", key)} {exact("Consumer name", "Causeway")}</dl> }
                .into_any()
        },
    );
    let key = guide.public_key.clone().map_or_else(
        || missing("The key is not generated yet."),
        |pem| public_key("guide-public-key", "Public key to enter", pem),
    );
    view! {
        <ol class="guide">
            {application_links(&guide.address)}
            <li>
                "In Jira 9 and later choose " <em>"Atlassian product"</em> ", not " <em>"External application"</em>
                ". Enter the URL:" <dl class="facts">{exact("Application URL", guide.causeway_url.clone())}</dl>
            </li>
            <li>"Jira says that there was no response. That is expected: choose " <em>"Continue"</em> "."</li>
            <li>
                "Enter the name, choose the type " <em>"Generic Application"</em> ", tick " <em>"Create incoming link"</em>
                ", leave the rest empty and choose " <em>"Continue"</em> ":"
                <dl class="facts">{exact("Application name", "Causeway")}</dl>
            </li>
            <li>"Enter these, then choose " <em>"Continue"</em> ":" {consumer_key} {key}</li>
        </ol>
    }
    .into_any()
}

/// *Share guide*: creates a link that shows the guide and nothing else.
#[component]
pub(super) fn ShareGuide(draft: CredentialDraft) -> impl IntoView {
    let mutation = Mutation::new();
    let created = RwSignal::new(None::<GuideLink>);
    let shared = StoredValue::new(None::<Guide>);
    let share = move |()| {
        let written = untrack(|| draft.written());
        let Some((kind, _)) = written.method else { return };
        let oauth1 = kind == Kind::Oauth1;
        // A guide is created with fixed values, so they must be right now.
        let error = [CredentialField::Identity, CredentialField::Key]
            .into_iter()
            .find(|field| written.error_in(*field, clock()).is_some());
        if let Some(field) = error.filter(|_| oauth1) {
            draft.show_errors();
            return focus(field.id());
        }
        let request = NewGuide {
            kind,
            address: written.address,
            consumer_key: Some(written.identity.trim().to_owned()).filter(|_| oauth1),
            key_id: written.key.map(|key| key.id).filter(|_| oauth1),
            connection_id: draft.connection.get_value(),
        };
        shared.set_value(Some(untrack(|| draft.guide())));
        mutation.run(async move { call::<CreateGuide>(&(), &request).await }, move |link| created.set(Some(link)));
    };
    // A link shows the values of the moment at which it was created.
    Effect::new(move |_| {
        let now = draft.guide();
        if shared.with_value(|shared| shared.as_ref().is_some_and(|shared| *shared != now)) {
            shared.set_value(None);
            mutation.abandon();
            created.set(None);
        }
    });
    let link = move || match created.get() {
        None => ().into_any(),
        Some(GuideLink { url, expires_at }) => view! {
            <p>"Whoever has this link sees the guide, without signing in, until " {absolute(expires_at)} ":"</p>
            <p><code>{url.clone()}</code></p>
            <CopyButton text=url what="Copy link" />
        }
        .into_any(),
    };
    view! {
        <p class="subtle share">"Somebody else administers this Jira? Send them the guide."</p>
        <Button on_press=share busy=mutation.busy()>"Share guide"</Button>
        <div role="status">{mutation.failure()} {link}</div>
    }
}
