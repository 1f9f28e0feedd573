//! What is known of a connection. Of one that is unauthorized it is told in the past.

use api::{Connection, CredentialKind, Status};
use leptos::prelude::*;

use crate::{
    authorize::{fact, site_and_account},
    ui::{copy_button::CopyButton, moment::in_full},
};

/// The list of facts.
pub(super) fn facts(connection: &Connection) -> AnyView {
    let admins = Some(connection.admin_names.join(", ")).filter(|names| !names.is_empty());
    let is_over = matches!(connection.status, Status::Unauthorized { .. });
    let (was_as, allowed, authorized) = if is_over {
        ("Was authorized as", "Allowed", "Was authorized")
    } else {
        ("Authorized as", "Allows", "Authorized")
    };
    let ends = if connection.renewable() { "Renewed by itself before" } else { "Reauthorize before" };
    let labels = (was_as, allowed);
    let address = connection.draft.as_ref().and_then(|draft| draft.address.clone());
    view! {
        <dl class="facts">
            {address.map(|address| fact("Address", view! { <bdi>{address}</bdi> }.into_any()))}
            {site_and_account(connection.site.clone(), connection.account.clone(), &connection.scopes, labels)}
            {fact("Kind", kind(connection).into_any())}
            {connection.authorized_at.map(|at| fact(authorized, in_full(at)))}
            {connection.reauthorize_before.map(|at| fact(ends, in_full(at)))}
            {admins.map(|names| fact("Connection admins", view! { <bdi>{names}</bdi> }.into_any()))}
            {fact("Connection ID", id(connection))}
        </dl>
    }
    .into_any()
}

fn id(connection: &Connection) -> AnyView {
    let id = connection.id.to_string();
    view! { <code>{id.clone()}</code> " " <CopyButton text=id what="Copy" named="the connection ID" /> }.into_any()
}

/// How it authenticates: of *Basic or token*, which of them.
fn kind(connection: &Connection) -> &'static str {
    match CredentialKind::of(connection.kind, connection.credential.as_ref()) {
        CredentialKind::ApiToken => "Jira Cloud, API token",
        CredentialKind::ScopedApiToken => "Jira Cloud, API token with scopes",
        CredentialKind::Password => "Jira Data Center, user name and password",
        CredentialKind::PersonalAccessToken => "Jira Data Center, personal access token",
        _ => connection.kind.title(),
    }
}
