//! What concerns the connection soon, or only for a while: its end, scopes that were not granted, the authorization before.

use api::{Connection, Kind, Responsible, State, Timestamp};
use leptos::prelude::*;

use crate::{
    authorize::missing_list,
    connections::lifecycle::Lifecycle,
    ui::{
        button::Button,
        isolated,
        learn_more::learn_more,
        moment::{in_full, moment},
        when,
    },
};

/// A warning that the authorization ends soon, and what to do before.
pub(super) fn horizon(connection: &Connection, now: Timestamp, lifecycle: Lifecycle) -> AnyView {
    let near = connection.horizon(now).filter(|near| near.warns());
    let (Some(near), Some(before)) = (near, connection.reauthorize_before) else { return ().into_any() };
    let id = connection.id.clone();
    let (words, renew) = if connection.renewable() {
        let renew = move |()| lifecycle.renew(&id);
        let button = when(Lifecycle::may_manage(connection.may_manage), || {
            view! { <Button on_press=renew>"Renew now"</Button> }.into_any()
        });
        (
            "Renew it: Atlassian then gives new tokens, which moves the end. If Atlassian refuses, reauthorize the connection. ",
            Some(button),
        )
    } else if connection.kind == Kind::CloudOauth2 {
        ("A year after the consent, renewing is not enough: reauthorize the connection before then. ", None)
    } else {
        ("It cannot be extended: reauthorize the connection before then, where there is a token with a new one. ", None)
    };
    view! {
        <section class="section notice" aria-labelledby="horizon">
            <h2 id="horizon">{near.title()}</h2>
            <p>"The authorization ends " {in_full(before)} "."</p>
            <p><strong>"What to do: "</strong> {words} {learn_more("/help/tokens/#horizon".to_owned())}</p>
            <p><strong>"Who: "</strong> {Responsible::Reauthorizer.title()}</p>
            {renew}
        </section>
    }
    .into_any()
}

/// What fails because scopes were not granted, where the box tells of something else.
pub(super) fn missing(connection: &Connection) -> AnyView {
    let is_told = connection.diagnosis.is_some() && connection.status.state() == State::Authorized;
    let stands = connection.status.state() != State::Unauthorized;
    when(stands && !is_told && !connection.missing_scopes.is_empty(), || {
        view! {
            <section class="section notice" aria-labelledby="missing">
                <h2 id="missing">"What was not granted"</h2>
                {missing_list(&connection.missing_scopes)}
                <p>{learn_more("/help/scopes/".to_owned())}</p>
            </section>
        }
        .into_any()
    })
}

/// For ten minutes after a reauthorization: a button that goes back to the authorization before.
pub(super) fn revert(connection: &Connection, now: Timestamp, lifecycle: Lifecycle) -> AnyView {
    let Some(until) = connection.revert_until.filter(|until| *until > now) else { return ().into_any() };
    let id = connection.id.clone();
    let before = connection.revert_to.as_ref();
    let before = before.map_or_else(|| "the account before".to_owned(), |account| isolated(&account.name));
    let current =
        connection.account.as_ref().map_or_else(|| "another account".to_owned(), |account| isolated(&account.name));
    let address = connection.revert_to_address.as_ref().map(|address| {
        view! { <p>"It is for " <bdi><code>{address.clone()}</code></bdi> ". Going back sends the credential and every call there again."</p> }.into_any()
    });
    view! {
        <section class="section notice" aria-labelledby="way-back">
            <h2 id="way-back">"Reauthorized"</h2>
            <p>{format!("Calls are now made as {current}. The authorization before it is kept, and ends ")} {moment(until)} "."</p>
            {address}
            {when(Lifecycle::may_manage(connection.may_manage), || view! { <Button on_press=move |()| lifecycle.revert(&id)>{format!("Go back to {before}")}</Button> }.into_any())}
        </section>
    }
    .into_any()
}
