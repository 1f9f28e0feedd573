//! Notices on which an administrator must decide: the site has moved, the owner is at risk, a new key is ready to sign.

use api::{AdoptKey, Connection, CredentialShown, DismissAddress, DropNextKey, RotateKey};
use leptos::prelude::*;

use super::lifecycle::Lifecycle;
use crate::{
    credentials::public_key,
    navigation::Link,
    route::{Route, Tab},
    ui::{
        button::{Button, Look},
        isolated,
        learn_more::learn_more,
        moment::moment,
        when,
    },
};

/// The site seems to have another address.
pub(super) fn moved(connection: &Connection, lifecycle: Lifecycle) -> AnyView {
    let Some(address) = connection.moved_to.clone() else { return ().into_any() };
    let old = connection.site.as_ref().map(|site| site.url.clone()).unwrap_or_default();
    let (one, other) = (connection.id.clone(), connection.id.clone());
    let shown = address.clone();
    let confirm = move |()| lifecycle.confirm_address(&one, &shown);
    let dismiss = move |()| lifecycle.command::<DismissAddress>(&other, |_| "The address stays as it is".to_owned());
    view! {
        <section class="section notice notice-warning" aria-labelledby="moved">
            <h2 id="moved">"The site seems to have moved"</h2>
            <p>"From " <bdi><code>{old}</code></bdi> " to " <bdi><code>{address}</code></bdi> ". Calls go to the old address until you confirm the new one. Confirming sends the credential there: ask a Jira administrator if you do not know the address."</p>
            <p>"Confirming changes nothing in Jira. " {learn_more("/help/ways-to-connect/#moved".to_owned())}</p>
            <div class="buttons">
                <Button id="confirm-address" on_press=confirm>"Confirm new address"</Button>
                <Button look=Look::Subtle on_press=dismiss>"Keep the old address"</Button>
            </div>
        </section>
    }
    .into_any()
}

/// The account behind the credential is deactivated in Jira.
pub(super) fn owner_at_risk(connection: &Connection) -> AnyView {
    let Some(since) = connection.owner_at_risk else { return ().into_any() };
    let account = connection.account.as_ref().map_or_else(|| "The account".to_owned(), |one| isolated(&one.name));
    let setup = format!("{}?credentials=new", Route::Connection(connection.id.clone(), Tab::Setup).path());
    view! {
        <section class="section notice notice-warning" aria-labelledby="owner">
            <h2 id="owner">"Owner at risk"</h2>
            <p>{account} " is deactivated in Jira, as was noticed " {moment(since)} ". What it authorized stops working sooner or later. Reauthorize as another account, and the connection keeps its name, its access and its history."</p>
            <div class="buttons"><Link to=setup class=Look::Default.class()>"Hand over"</Link></div>
        </section>
    }
    .into_any()
}

/// The key that signs calls, and its successor.
pub(super) fn signing_key(connection: &Connection, lifecycle: Lifecycle) -> AnyView {
    let Some(CredentialShown::Oauth1 { consumer_key, key, next_key }) = connection.credential.clone() else {
        return ().into_any();
    };
    let rotates = next_key.is_some();
    let id = StoredValue::new(connection.id.clone());
    let rotate = move |()| {
        id.with_value(|id| {
            lifecycle
                .command::<RotateKey>(id, |_| "Generated a new key. The old one signs until you switch".to_owned());
        });
    };
    let adopt = move |()| {
        id.with_value(|id| lifecycle.command::<AdoptKey>(id, |_| "The new key signs from now on".to_owned()));
    };
    let keep = move |()| {
        id.with_value(|id| lifecycle.command::<DropNextKey>(id, |_| "The old key stays".to_owned()));
    };
    let next = next_key.map(|next| {
        view! {
            <p>"Put the new key into the application link in Jira, then switch. A call that comes first switches by itself, so both keys are good until the new one has worked."</p>
            {public_key("next-public-key", "New public key", next.public_key)}
            <div class="buttons">
                <Button id="adopt-key" look=Look::Primary on_press=adopt>"Switch to new key"</Button>
                <Button on_press=keep>"Keep the old one"</Button>
            </div>
        }
        .into_any()
    });
    view! {
        <section class="section" aria-labelledby="signing-key">
            <h2 id="signing-key">"Signing key"</h2>
            <p>"Consumer key: " <code>{consumer_key}</code> ". Key generated " {moment(key.created_at)} "."</p>
            {public_key("present-public-key", if rotates { "Old public key" } else { "Public key" }, key.public_key)}
            {when(!rotates, || view! { <div class="buttons"><Button id="rotate-key" on_press=rotate>"Generate new key"</Button></div> }.into_any())}
            {next}
        </section>
    }
    .into_any()
}
