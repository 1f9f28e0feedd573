//! The consent page, and the error pages that do not redirect.

use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};

use super::log_in;
use super::question::{Question, Stranded};
use crate::pages::page;
use crate::people::Person;
use crate::settings::ConsentMode;
use crate::sites::Site;
use crate::world::World;

/// The app's name, as registered in the developer console.
const APP: &str = "Causeway";

/// The page with site picker, scopes, *Accept* and *Cancel*.
pub(super) fn consent(
    world: &World,
    query: &str,
    question: &Question,
    person: Person,
    complaint: Option<&str>,
) -> Response {
    let (mode, sites) = world.read(|state| {
        let sites: Vec<Site> = state.sites_of(person).into_iter().cloned().collect();
        (state.settings.consent_mode, sites)
    });
    let must_pick = mode != ConsentMode::WholeAccount;
    let content = html! {
        p.subtle {
            "You are signed in as " strong { (person.name()) } " · "
            a href=(log_in::address(&format!("/authorize?{query}"))) { "Switch account" }
        }
        @if let Some(complaint) = complaint { p.error role="alert" { (complaint) } }
        form method="post" action="/authorize/decision" {
            input type="hidden" name="question" value=(query);
            div id="picker" { (picker(mode, &sites)) }
            details {
                summary { (APP) " would like to" }
                ul { @for scope in &question.scopes { li { (in_plain_words(scope)) " " code.subtle { (scope) } } } }
            }
            p.subtle { "You can remove this access later in your account settings, under Connected apps." }
            div.actions {
                button type="submit" name="decision" value="cancel" { "Cancel" }
                button.primary id="accept" type="submit" name="decision" value="accept" disabled[must_pick] {
                    "Accept"
                }
            }
        }
    };
    let title = format!("{APP} is requesting access to your Atlassian account");
    page(world, StatusCode::OK, &title, false, &content)
}

fn picker(mode: ConsentMode, sites: &[Site]) -> Markup {
    html! {
        @if sites.is_empty() && mode != ConsentMode::WholeAccount {
            p role="status" { "You do not have access to a Jira site that this app could use." }
        } @else {
            @match mode {
                ConsentMode::OneSite => (one_of(sites)),
                ConsentMode::SeveralSites => (several_of(sites)),
                ConsentMode::WholeAccount => (all_of(sites)),
            }
        }
    }
}

fn one_of(sites: &[Site]) -> Markup {
    html! {
        label.field for="site" { "Use app on" }
        select id="site" name="site" {
            option value="" { "Choose a site" }
            @for site in sites { option value=(site.id) { (site.name) " (" (host(site)) ")" } }
        }
    }
}

fn several_of(sites: &[Site]) -> Markup {
    html! {
        fieldset {
            legend { "Use app on" }
            @for site in sites {
                label { input type="checkbox" name="site" value=(site.id); (site.name) " (" (host(site)) ")" }
            }
        }
    }
}

fn all_of(sites: &[Site]) -> Markup {
    html! {
        p { "The app will reach every site of your account:" }
        ul { @for site in sites { li { (site.name) " (" (host(site)) ")" } } }
    }
}

fn host(site: &Site) -> &str {
    site.url.strip_prefix("https://").unwrap_or(&site.url)
}

fn in_plain_words(scope: &str) -> &str {
    match scope {
        "read:jira-work" => "View issues and projects",
        "read:jira-user" => "View users",
        "write:jira-work" => "Create and edit issues",
        "manage:jira-project" => "Manage Jira's projects",
        "manage:jira-webhook" => "Register webhooks",
        "manage:jira-configuration" => "Manage Jira's configuration",
        "offline_access" => "Stay connected while you are away",
        "read:me" => "View your profile",
        other => other,
    }
}

/// A page that never redirects.
pub(super) fn stranded(world: &World, stranded: &Stranded) -> Response {
    let (status, title, explanation) = words(stranded);
    let content = html! {
        p { (explanation) }
        details { summary { "Details" } p { "Redirects from this page: none. The app that sent you here is not told." } }
    };
    page(world, status, title, false, &content)
}

fn words(stranded: &Stranded) -> (StatusCode, &'static str, String) {
    let (bad, forbidden) = (StatusCode::BAD_REQUEST, StatusCode::FORBIDDEN);
    match stranded {
        Stranded::Malformed(what) => (bad, "Something went wrong", what.clone()),
        Stranded::UnknownApp => (bad, "Something went wrong", "There is no app with this client_id.".into()),
        Stranded::RedirectMismatch { given } => {
            (bad, "Something went wrong", format!("redirect_uri is not registered for client: {given}"))
        }
        Stranded::ScopeNotEnabled { scope } => {
            (bad, "Something went wrong", format!("The app has requested a scope that is not enabled for it: {scope}"))
        }
        Stranded::NotShared => (
            forbidden,
            "You don't have access to this app",
            format!("This app is in development - only the owner of {APP} may grant it access to their account."),
        ),
        Stranded::BlockedByAdmin => (
            forbidden,
            "App is blocked by an admin",
            format!("{APP} was blocked by an administrator of your organization. Ask them to allow it."),
        ),
        Stranded::SiteAdminMustAuthorize { site } => (
            forbidden,
            "Your site admin must authorize this app",
            format!("Your site admin must authorize this app for the site {site}."),
        ),
    }
}
