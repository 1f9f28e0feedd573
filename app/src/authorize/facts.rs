//! Who gave the consent, for which site, for which scopes; and what saving it changes.

use api::{Account, Changes, Site, Timestamp};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::scopes::{missing_list, plain, scope_list};
use crate::ui::{avatar::avatar, isolated, when};

/// The rows of the box with site, account and scopes.
pub(super) fn who_and_where(site: Option<Site>, account: Option<Account>, scopes: &[String]) -> AnyView {
    site_and_account(site, account, scopes, ("Authorized as", "Allows"))
}

/// The same, with the names of the rows of the account and of the scopes.
pub(crate) fn site_and_account(
    site: Option<Site>,
    account: Option<Account>,
    scopes: &[String],
    (as_whom, allows): (&'static str, &'static str),
) -> AnyView {
    let site = site.map(|site| {
        let words = view! {
            <span class="who">
                {avatar(&site.name, site.avatar_url.as_deref())}
                <span><bdi>{site.name}</bdi><br /><bdi class="subtle">{site.url}</bdi></span>
            </span>
        };
        fact("Site", words.into_any())
    });
    let account = account.map(|account| fact(as_whom, named(&account)));
    let scopes = (!scopes.is_empty()).then(|| fact(allows, scope_list(scopes)));
    view! { {site} {account} {scopes} }.into_any()
}

/// A row of a list of facts.
pub(crate) fn fact(name: &'static str, value: AnyView) -> AnyView {
    view! { <div class="fact"><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}

fn named(account: &Account) -> AnyView {
    let email = account.email.clone().unwrap_or_default();
    view! { <bdi>{account.name.clone()}</bdi> " " <bdi class="subtle">{email}</bdi> }.into_any()
}

/// A time of today, without the date.
pub(super) fn clock_time(at: Timestamp) -> AnyView {
    let date = js_sys::Date::new(&JsValue::from_str(&at.to_string()));
    let words = String::from(date.to_locale_time_string("default"));
    view! { <time datetime=at.to_string()>{words}</time> }.into_any()
}

/// What saving a reauthorization changes. `address` is that of the site after saving.
pub(super) fn changes(changes: Changes, address: &str) -> AnyView {
    let account = account_change(changes.account_before.as_ref(), changes.account_after.as_ref());
    let site = changes.address_before.map_or_else(
        || "The site stays the same.".to_owned(),
        |before| {
            format!(
                "The address changes from {} to {}: the credential and every call go there from then on.",
                isolated(&before),
                isolated(address)
            )
        },
    );
    let listed = |scopes: &[String]| scopes.iter().map(|scope| plain(scope)).collect::<Vec<_>>().join(", ");
    let gained = listed(&changes.scopes_gained);
    let lost = listed(&changes.scopes_lost);
    view! {
        <h3>"What saving changes"</h3>
        <ul>
            <li>{site}</li>
            <li>{account}</li>
            {when(!gained.is_empty(), || view! { <li>{format!("New permissions: {gained}.")}</li> }.into_any())}
            {when(!lost.is_empty(), || view! { <li>{format!("Permissions that end: {lost}.")}</li> }.into_any())}
        </ul>
    }
    .into_any()
}

fn account_change(before: Option<&Account>, after: Option<&Account>) -> String {
    let name = |account: Option<&Account>, nobody: &str| {
        account.map_or_else(|| nobody.to_owned(), |account| isolated(&account.name))
    };
    match (before, after) {
        (_, None) => "Jira does not say whose the new credential is.".to_owned(),
        (Some(before), Some(after)) if before.account_id == after.account_id => {
            "The account stays the same.".to_owned()
        }
        _ => format!("The account changes from {} to {}.", name(before, "nobody"), name(after, "nobody")),
    }
}

/// The scopes that were not granted, before such a credential is saved.
pub(super) fn not_granted(scopes: &[String]) -> AnyView {
    when(!scopes.is_empty(), || view! { <h3>"What was not granted"</h3> {missing_list(scopes)} }.into_any())
}
