//! The page at `/model/data-center`: buttons for the admin API of each instance.

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::StatusCode;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::{Played, apply};
use crate::commands::Command;
use crate::data_center::{AdminCommand, Installation, Instance, Scope};
use crate::listeners::Listener;
use crate::pages;
use crate::world::{Shared, World};

const PAGE: &str = "/model/data-center";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(PAGE, get(show))
        .route("/model/data-center/play", post(play))
        .route("/model/data-center/{instance}/{order}", post(filled_in))
}

async fn show(State(world): State<Shared>) -> Response {
    let content = html! {
        p { "Here you administer Jira Data Center. " a href="/model" { "Back to Cloud" } }
        @for instance in Instance::ALL { (section(&world, instance)) }
    };
    pages::page(&world, StatusCode::OK, "Control the Data Center instances", true, &content)
}

async fn play(State(world): State<Shared>, Form(Played { command, .. }): Form<Played>) -> Response {
    answer(apply(&world, command.as_bytes()))
}

/// A form: its fields are those of the command.
async fn filled_in(
    State(world): State<Shared>,
    Path((instance, order)): Path<(String, String)>,
    Form(mut fields): Form<Map<String, Value>>,
) -> Response {
    fields.insert("do".into(), json!(order));
    let command = json!({ "do": "at_instance", "instance": instance, "order": fields });
    answer(apply(&world, command.to_string().as_bytes()))
}

fn answer(done: Result<(), String>) -> Response {
    done.map_or_else(
        |sentence| (StatusCode::BAD_REQUEST, sentence).into_response(),
        |()| Redirect::to(PAGE).into_response(),
    )
}

fn section(world: &World, instance: Instance) -> Markup {
    let installation = world.read(|state| state.data_centers.of(instance).clone());
    let (base, new) = (world.base_url(instance), world.address_of(Listener::NewAddress(instance)));
    html! {
        h2 { (instance.title()) " · Jira " (installation.settings.version) }
        p { "Base URL: " a href=(base) { (base) } }
        div.play {
            @let (label, moved) = if installation.moved { ("Move back", false) } else { ("Move to a new address", true) };
            (button(instance, &format!("{label} ({new})"), AdminCommand::SetMoved { moved }))
            (button(instance, "Log everybody out", AdminCommand::LogEverybodyOut))
        }
        div.play { @for (label, name, value) in choices() { (choice(instance, &installation, label, name, &value)) } }
        (people(instance, &installation))
        (application_links(instance, &installation))
        (incoming_links(instance, &installation))
        (personal_access_tokens(instance, &installation))
    }
}

/// Label, setting and value of each button.
fn choices() -> [(&'static str, &'static str, Value); 16] {
    [
        ("Version 9.12.15", "version", json!("9.12.15")),
        ("Version 10.3.2", "version", json!("10.3.2")),
        ("Version 11.1.0", "version", json!("11.1.0")),
        ("Passwords as the version has it", "basic_authentication", Value::Null),
        ("Passwords off", "basic_authentication", json!(false)),
        ("Passwords on", "basic_authentication", json!(true)),
        ("Wrong credentials are nobody", "wrong_credential", json!("answer_of_nobody")),
        ("Wrong credentials are refused", "wrong_credential", json!("refused")),
        ("Clock right", "clock_skew_seconds", json!(0)),
        ("Clock 20 minutes ahead", "clock_skew_seconds", json!(1200)),
        ("Reverse proxy set up", "sees_itself_as", Value::Null),
        ("Reverse proxy not set up", "sees_itself_as", json!("http://jira.internal:8080")),
        ("Application links work", "application_links_broken", json!(false)),
        ("Application links broken", "application_links_broken", json!(true)),
        ("OAuth 2.0 tokens live 1 hour", "access_token_life", json!(3600)),
        ("OAuth 2.0 tokens live 1 minute", "access_token_life", json!(60)),
    ]
}

fn choice(instance: Instance, installation: &Installation, label: &str, name: &str, value: &Value) -> Markup {
    let pressed = json!(installation.settings)[name] == *value;
    let settings = [(name.to_owned(), value.clone())].into_iter().collect();
    pressable(instance, label, AdminCommand::ChangeSettings { settings }, Some(pressed))
}

fn button(instance: Instance, label: &str, order: AdminCommand) -> Markup {
    pressable(instance, label, order, None)
}

fn pressable(instance: Instance, label: &str, order: AdminCommand, pressed: Option<bool>) -> Markup {
    let command = json!(Command::AtInstance { instance, order });
    html! {
        form method="post" action="/model/data-center/play" {
            button type="submit" name="command" value=(command) aria-pressed=[pressed] { (label) }
        }
    }
}

fn people(instance: Instance, installation: &Installation) -> Markup {
    html! {
        h3 { "People" }
        @for account in installation.accounts.all() {
            p { code { (account.person.slug()) } " · password, of this model only: " code { (account.password) } }
            div.play {
                @let label = if account.active { "Deactivate" } else { "Activate" };
                (button(instance, label, AdminCommand::SetActive { person: account.person, active: !account.active }))
                (button(instance, "Revoke OAuth access", AdminCommand::RevokeAccess { person: account.person }))
                @for (days, how_long) in [(1, "a day"), (90, "90 days")] {
                    (button(
                        instance,
                        &format!("Personal access token for {how_long}"),
                        AdminCommand::CreatePersonalAccessToken { person: account.person, days: Some(days) },
                    ))
                }
            }
        }
    }
}

fn application_links(instance: Instance, installation: &Installation) -> Markup {
    let id = |name: &str| format!("{}-{name}", instance.slug());
    html! {
        h3 { "Application links (OAuth 1.0a)" }
        @for link in installation.oauth1.links.all() {
            p { strong { (link.consumer_name) } " · consumer key " code { (link.consumer_key) } }
            (button(instance, "Remove", AdminCommand::RemoveApplicationLink { consumer_key: link.consumer_key.clone() }))
        }
        details {
            summary { "Create incoming link" }
            form method="post" action={ (PAGE) "/" (instance.slug()) "/register_application_link" } {
                label.field for=(id("consumer-key")) { "Consumer key" }
                input id=(id("consumer-key")) type="text" name="consumer_key" required;
                label.field for=(id("consumer-name")) { "Consumer name" }
                input id=(id("consumer-name")) type="text" name="consumer_name" required;
                label.field for=(id("public-key")) { "Public key" }
                textarea id=(id("public-key")) name="public_key" rows="8" required {}
                div.actions { button.primary type="submit" { "Continue" } }
            }
        }
    }
}

fn incoming_links(instance: Instance, installation: &Installation) -> Markup {
    let id = |name: &str| format!("{}-{name}", instance.slug());
    html! {
        h3 { "External applications (OAuth 2.0)" }
        @for link in installation.oauth2.links.all() {
            p { strong { (link.name) } " · " (link.permission) " · " (link.redirect_url) }
            p { "Client ID " code { (link.client_id) } }
            p { "Client secret " code { (link.client_secret) } }
            (button(instance, "Remove", AdminCommand::RemoveIncomingLink { client_id: link.client_id.clone() }))
        }
        details {
            summary { "Create link: External application, Incoming" }
            form method="post" action={ (PAGE) "/" (instance.slug()) "/create_incoming_link" } {
                label.field for=(id("name")) { "Name" }
                input id=(id("name")) type="text" name="name" required;
                label.field for=(id("redirect-url")) { "Redirect URL" }
                input id=(id("redirect-url")) type="text" name="redirect_url" required;
                label.field for=(id("permission")) { "Permission" }
                select id=(id("permission")) name="permission" {
                    @for scope in Scope::ALL { option value=(scope) { (scope) } }
                }
                div.actions { button.primary type="submit" { "Save" } }
            }
        }
    }
}

fn personal_access_tokens(instance: Instance, installation: &Installation) -> Markup {
    html! {
        h3 { "Personal access tokens" }
        @for token in installation.personal_access_tokens.all().iter().filter(|token| !token.revoked) {
            p {
                (token.person.slug()) " · " code { (token.token) } " · "
                (token.expires.map_or("never expires".into(), |expires| format!("expires {}", expires.as_rfc3339())))
            }
            (button(instance, "Revoke", AdminCommand::RevokePersonalAccessToken { token: token.token.clone() }))
        }
    }
}
