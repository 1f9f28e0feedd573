//! `/model`: the controls over HTTP. `POST /model/commands` takes a command as JSON; `/model` is a page of buttons that
//! send one each, so that a newcomer can play.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::commands::Command;
use crate::families::Family;
use crate::faults::{Fault, Kind};
use crate::pages::page;
use crate::people::Person;
use crate::rate_limit::{RateLimit, Reason};
use crate::recorder::{Endpoint, Recorded};
use crate::world::{Shared, World};

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/model", get(show))
        .route("/model/play", post(play))
        .route("/model/commands", post(command))
        .route("/model/state", get(state))
        .route("/model/requests", get(requests))
}

#[derive(Debug, Deserialize)]
struct Played {
    command: String,
}

/// 204, or 400 with a sentence.
async fn command(State(world): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Commands are application/json.").into_response();
    }
    carry_out(&world, &body).map_or_else(
        |sentence| (StatusCode::BAD_REQUEST, Json(json!({ "error": sentence }))).into_response(),
        |()| StatusCode::NO_CONTENT.into_response(),
    )
}

async fn play(State(world): State<Shared>, Form(Played { command }): Form<Played>) -> Response {
    carry_out(&world, command.as_bytes()).map_or_else(
        |sentence| (StatusCode::BAD_REQUEST, sentence).into_response(),
        |()| Redirect::to("/model").into_response(),
    )
}

fn carry_out(world: &World, json: &[u8]) -> Result<(), String> {
    let command: Command = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    command.carry_out(world)
}

/// What the model is like now. Tokens are not shown.
async fn state(State(world): State<Shared>) -> Json<Value> {
    let faults = world.faults.waiting();
    let token_requests = world.recorder.token_requests();
    Json(world.read(|state| {
        let families: Vec<Value> = state.families.all().iter().map(family).collect();
        json!({
            "now": state.now().as_rfc3339(),
            "ahead_seconds": state.clock.ahead().as_secs(),
            "settings": state.settings,
            "sites": state.sites,
            "people": state.people,
            "consents": state.consents,
            "families": families,
            "faults": faults,
            "token_requests": token_requests,
        })
    }))
}

fn family(family: &Family) -> Value {
    json!({
        "person": family.person,
        "sites": family.sites,
        "scopes": family.scopes,
        "generation": family.pairs.len(),
        "born": family.born.as_rfc3339(),
        "last_refreshed": family.last_refreshed.as_rfc3339(),
        "ended": family.ended.map(|(when, cause)| json!({ "when": when.as_rfc3339(), "cause": cause })),
    })
}

/// The newest requests first, without headers and bodies, which may hold tokens.
async fn requests(State(world): State<Shared>) -> Json<Value> {
    let newest_first = world.recorder.requests().into_iter().rev().take(500);
    Json(newest_first.map(|request| brief(&request)).collect())
}

fn brief(request: &Recorded) -> Value {
    json!({
        "endpoint": request.endpoint,
        "method": request.method.as_str(),
        "path": request.path,
        "body_length": request.body_length,
        "outcome": request.outcome,
    })
}

async fn show(State(world): State<Shared>) -> Response {
    let content = html! {
        p {
            "Here you are Atlassian. What you order takes effect at once. "
            a href="/model/state" { "State" } " and " a href="/model/requests" { "requests" } " as JSON."
        }
        (now(&world))
        (buttons(&world))
        h2 { "Token families" }
        (families(&world))
    };
    page(&world, StatusCode::OK, "Control the model", true, &content)
}

fn now(world: &World) -> Markup {
    let (now, ahead) = world.read(|state| (state.now().as_rfc3339(), state.clock.ahead().as_secs()));
    html! {
        p {
            "It is " strong { (now) } " here, " (ahead / 60) " minutes ahead of the real time. The token endpoint was reached "
            strong { (world.recorder.token_requests()) } " times; " (world.faults.waiting().len()) " faults are waiting."
        }
    }
}

fn buttons(world: &World) -> Markup {
    let sites = world.read(|state| state.sites.clone());
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
            (button("Lose the next token answer", &order(Fault::after(Endpoint::Token, Kind::Reset))))
            (button("Token endpoint answers 503", &order(Fault::before(Endpoint::Token, Kind::status(503, "{}")).until_cleared())))
            (button("Jira answers 503", &order(Fault::before(Endpoint::Jira, Kind::status(503, "{}")).until_cleared())))
            (button("Everything works again", &Command::ClearFaults))
        }
        h2 { "Limits" }
        div.play {
            (button("Jira answers 429", &rate_limit(Some(&RateLimit::because_of(Reason::Burst, 30)))))
            (button("No more 429", &rate_limit(None)))
        }
        h2 { "People" }
        div.play {
            @for person in [Person::Ada, Person::Bob, Person::Max] {
                (button(&format!("{} removes the consent", person.name()), &Command::RevokeConsent { person }))
            }
            (button("Log everybody out of Atlassian", &Command::LogEverybodyOut))
        }
        h2 { "Consent page" }
        div.play {
            @for (label, name, value) in CONSENT_CHOICES { (button(label, &setting(name, json!(value)))) }
            (button("Cut openers off", &setting("cuts_openers_off", json!(true))))
            (button("Leave openers alone", &setting("cuts_openers_off", json!(false))))
        }
        h2 { "Sites" }
        @for site in &sites {
            p { strong { (site.name) } " " span.subtle { (site.url) } }
            div.play {
                (button(
                    if site.ip_allow_list { "Remove the IP allow-list" } else { "Set an IP allow-list" },
                    &Command::SetIpAllowList { site: site.id.clone(), refuses: !site.ip_allow_list },
                ))
                (button("Rename", &renamed(&site.id, &site.name, &site.url)))
            }
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

fn order(fault: Fault) -> Command {
    Command::OrderFault { fault }
}

fn setting(name: &str, value: Value) -> Command {
    Command::ChangeSettings { settings: [(name.to_owned(), value)].into_iter().collect() }
}

fn rate_limit(limit: Option<&RateLimit>) -> Command {
    setting("rate_limit", json!(limit))
}

fn renamed(site: &str, name: &str, url: &str) -> Command {
    let url = url.replace(".atlassian.net", "-renamed.atlassian.net");
    Command::RenameSite { site: site.to_owned(), name: format!("{name} (renamed)"), url }
}

fn button(label: &str, command: &Command) -> Markup {
    html! {
        form method="post" action="/model/play" {
            button type="submit" name="command" value=(json!(command).to_string()) { (label) }
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
