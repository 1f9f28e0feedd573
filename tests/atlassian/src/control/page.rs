//! The page of buttons at `/model`.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};
use serde_json::{Value, json};

use crate::commands::Command;
use crate::faults::{Fault, Kind};
use crate::listeners::Listener;
use crate::pages;
use crate::people::Person;
use crate::rate_limit::{RateLimit, Reason};
use crate::recorder::Endpoint;
use crate::sites::Site;
use crate::world::{Shared, World};

pub(super) async fn show(State(world): State<Shared>) -> Response {
    let content = html! {
        p {
            "Here you are Atlassian. What you order takes effect at once. "
            a href="/model/data-center" { "Jira Data Center" } " has a page of its own. "
            a href="/model/state" { "State" } " and " a href="/model/requests" { "requests" } " as JSON."
        }
        (now(&world))
        (buttons(&world))
        (super::board::index_and_webhooks(&world))
        h2 { "Token families" }
        (families(&world))
        (super::board::last_requests(&world))
    };
    pages::page(&world, StatusCode::OK, "Control the model", true, &content)
}

fn now(world: &World) -> Markup {
    let (now, ahead) = world.read(|state| (state.now().as_rfc3339(), state.clock.ahead().as_secs()));
    html! {
        p {
            "It is " strong { (now) } " here, " (ahead / 60) " minutes ahead of the real time. The token endpoint was reached "
            strong { (world.recorder.count(Endpoint::Token)) } " times; " "faults that are waiting: " (world.faults.waiting().len()) "."
        }
    }
}

fn buttons(world: &World) -> Markup {
    let (sites, settings) = world.read(|state| (state.sites.clone(), json!(state.settings)));
    html! {
        h2 { "Time" }
        div.play {
            (button("61 minutes later", &Command::AdvanceClock { seconds: 61 * 60 }))
            (button("11 minutes later", &Command::AdvanceClock { seconds: 11 * 60 }))
            (button("One day later", &Command::AdvanceClock { seconds: 24 * 3600 }))
            (button("91 days later", &Command::AdvanceClock { seconds: 91 * 24 * 3600 }))
        }
        h2 { "Faults" }
        div.play {
            (button("Lose the next token answer", &inject_fault(Fault::after(Endpoint::Token, Kind::Reset))))
            (button("Token endpoint answers 503", &inject_fault(Fault::before(Endpoint::Token, Kind::status(503, "{}")).until_cleared())))
            (button("Jira answers 503", &inject_fault(Fault::before(Endpoint::Jira, Kind::status(503, "{}")).until_cleared())))
            (button("Let slow answers go", &Command::Release))
            (button("Everything works again", &Command::ClearFaults))
        }
        (super::faults::section(world))
        h2 { "Limits" }
        div.play {
            (button("Jira answers 429", &rate_limit(Some(&RateLimit::because_of(Reason::Burst, 30)))))
            (button("No more 429", &rate_limit(None)))
        }
        div.play {
            (choice(&settings, "Bursts are refused", "enforces_bursts", &json!(true)))
            (choice(&settings, "Bursts are let pass", "enforces_bursts", &json!(false)))
        }
        div.play {
            (choice(&settings, "Transitions take no time", "transition_seconds", &json!(0)))
            (choice(&settings, "Transitions take ten minutes: others get a 409", "transition_seconds", &json!(600)))
        }
        div.play {
            (choice(&settings, "Bulk operations take no time", "task_seconds", &json!(0)))
            (choice(&settings, "Bulk operations take ten minutes", "task_seconds", &json!(600)))
        }
        h2 { "People" }
        div.play {
            @for person in [Person::Ada, Person::Bob, Person::Max] {
                (button(&format!("{} removes the consent", person.name()), &Command::RevokeConsent { person }))
            }
            (button("Log everybody out of Atlassian", &Command::LogEverybodyOut))
        }
        h2 { "API tokens, of this model only" }
        (api_tokens(world))
        h2 { "Consent page" }
        div.play {
            @for (label, name, value) in CONSENT_CHOICES { (choice(&settings, label, name, &json!(value))) }
            (choice(&settings, "Cut openers off", "cuts_openers_off", &json!(true)))
            (choice(&settings, "Leave openers alone", "cuts_openers_off", &json!(false)))
        }
        h2 { "Sites" }
        @for site in &sites {
            p { strong { (site.name) } " " span.subtle { (site.url) } }
            div.play {
                (button(
                    if site.ip_allow_list { "Remove the IP allow-list" } else { "Set an IP allow-list" },
                    &Command::SetIpAllowList { site: site.id.clone(), refuses: !site.ip_allow_list },
                ))
                (button("Rename", &renamed(site)))
            }
            (super::board::links(world, site))
        }
    }
}

const CONSENT_CHOICES: [(&str, &str, &str); 7] = [
    ("One site", "consent_mode", "one_site"),
    ("Several sites", "consent_mode", "several_sites"),
    ("Whole account", "consent_mode", "whole_account"),
    ("Nobody is stranded", "obstacle", "none"),
    ("App not shared", "obstacle", "not_shared"),
    ("App blocked by an admin", "obstacle", "blocked_by_admin"),
    ("Site admin must authorize", "obstacle", "site_admin_must_authorize"),
];

/// A button for a value of a setting, pressed if that is the value in force.
pub(super) fn choice(settings: &Value, label: &str, name: &str, value: &Value) -> Markup {
    pressable(label, &setting(name, value.clone()), Some(settings[name] == *value))
}

fn inject_fault(fault: Fault) -> Command {
    Command::OrderFault { fault }
}

fn setting(name: &str, value: Value) -> Command {
    Command::ChangeSettings { settings: [(name.to_owned(), value)].into_iter().collect() }
}

fn rate_limit(limit: Option<&RateLimit>) -> Command {
    setting("rate_limit", json!(limit))
}

/// Renames it, or back, so that the button can be pressed twice.
fn renamed(site: &Site) -> Command {
    let (name, url) = match site.name.strip_suffix(" (renamed)") {
        Some(name) => (name.to_owned(), site.url.replace("-renamed.", ".")),
        None => (format!("{} (renamed)", site.name), site.url.replace(".atlassian.net", "-renamed.atlassian.net")),
    };
    Command::RenameSite { site: site.id.clone(), name, url }
}

fn button(label: &str, command: &Command) -> Markup {
    pressable(label, command, None)
}

fn pressable(label: &str, command: &Command, pressed: Option<bool>) -> Markup {
    html! {
        form method="post" action="/model/play" {
            button type="submit" name="command" value=(json!(command)) aria-pressed=[pressed] { (label) }
        }
    }
}

/// Tokens of the model only, which is why they may be shown.
fn api_tokens(world: &World) -> Markup {
    let tokens = world.read(|state| state.api_tokens.all().to_vec());
    let scoped = Some(vec!["read:jira-work".into(), "read:jira-user".into(), "write:jira-work".into()]);
    html! {
        div.play {
            @for person in [Person::Ada, Person::Bob, Person::Max] {
                @for (kind, scopes) in [("", None), (" with scopes", scoped.clone())] {
                    (button(
                        &format!("API token of {}{kind}", person.name()),
                        &Command::CreateApiToken { person, scopes, days: Some(90) },
                    ))
                }
            }
        }
        @for token in tokens.iter().filter(|token| !token.revoked) {
            p {
                (token.person.name()) (if token.scopes.is_some() { ", with scopes" } else { "" }) ": " code { (token.token) }
                ", expires " (token.expires.as_rfc3339())
            }
            (button("Revoke", &Command::RevokeApiToken { token: token.token.clone() }))
        }
        p.subtle {
            "Hosts of the sites: "
            @for listener in Listener::ALL {
                @if let Listener::Site(site) = listener {
                    (world.read(|state| state.site(site).map(|site| site.name.clone()).unwrap_or_default()))
                    " " code { (world.address_of(listener)) } " "
                }
            }
        }
    }
}

fn families(world: &World) -> Markup {
    let families = world.read(|state| state.families.all().to_vec());
    html! {
        @if families.is_empty() { p { "Nobody has authorized the app yet." } }
        @else {
            table {
                thead { tr { th { "Person" } th { "Generation" } th { "Last refreshed" } th { "State" } } }
                tbody {
                    @for family in families.iter().rev() {
                        tr {
                            td { (family.person.name()) }
                            td { (family.pairs.len()) }
                            td { (family.last_refreshed.as_rfc3339()) }
                            td { (family.ended.map_or("Living".into(), |(_, cause)| format!("Ended: {cause:?}"))) }
                        }
                    }
                }
            }
        }
    }
}
