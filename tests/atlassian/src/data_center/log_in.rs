//! The log-in page of an instance: user name, password, and a CAPTCHA after too many failures. A good log-in there also
//! cures the CAPTCHA for the REST API.

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use maud::{Markup, html};
use serde::Deserialize;

use super::At;
use super::accounts::SignIn;
use crate::pages::page;
use crate::people::Person;
use crate::random;

/// What the CAPTCHA of the model wants to be typed.
const CAPTCHA: &str = "granite";

pub(super) fn routes() -> Router<At> {
    Router::new()
        .route("/", get(|State(at): State<At>| async move { at.redirect("/secure/Dashboard.jspa") }))
        .route("/login.jsp", get(show).post(log_in))
        .route("/secure/Dashboard.jspa", get(dashboard))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Destination {
    os_destination: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LogIn {
    #[serde(rename = "os_username")]
    name: String,
    #[serde(rename = "os_password")]
    password: String,
    #[serde(rename = "os_captcha")]
    captcha: String,
    #[serde(rename = "os_destination")]
    next: String,
}

/// The person whose cookie this is, while their account is active.
pub(super) fn person(at: &At, headers: &HeaderMap) -> Option<Person> {
    let name = cookie_name(at);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split("; ")).filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(known, _)| *known == name)?;
    at.read(|installation| {
        let person = installation.sessions.get(value).copied()?;
        installation.accounts.is_active(person).then_some(person)
    })
}

/// To the log-in page, and from there on to `next`, a path on this instance after its context path.
pub(super) fn first(at: &At, next: &str) -> Response {
    at.redirect(&address(next))
}

/// The address of the log-in page that goes on to `next`, without the context path.
pub(super) fn address(next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("os_destination", next).finish();
    format!("/login.jsp?permissionViolation=true&{query}")
}

/// One name for each instance: cookies do not tell ports apart.
fn cookie_name(at: &At) -> String {
    format!("JSESSIONID.{}", at.instance.slug())
}

async fn show(State(at): State<At>, Query(Destination { os_destination }): Query<Destination>) -> Response {
    form(&at, StatusCode::OK, &os_destination, None, false)
}

async fn log_in(State(at): State<At>, Form(typed): Form<LogIn>) -> Response {
    let solved = typed.captcha.trim().eq_ignore_ascii_case(CAPTCHA);
    let (outcome, challenged) = at.change(|installation| {
        let captcha_after = installation.settings.captcha_after;
        let outcome = installation.accounts.log_in(&typed.name, &typed.password, solved, captcha_after);
        let named = installation.accounts.all().iter().find(|account| account.person.slug() == typed.name);
        (outcome, named.is_some_and(|account| account.is_challenged(captcha_after)))
    });
    match outcome {
        SignIn::Is(person) => welcome(&at, person, &typed.next),
        SignIn::Challenged => {
            let complaint = "You have failed too often. Type the word below as well, to show that you are a person.";
            form(&at, StatusCode::OK, &typed.next, Some(complaint), true)
        }
        SignIn::Failed => {
            let complaint = "Sorry, your username and password are incorrect - please try again.";
            form(&at, StatusCode::OK, &typed.next, Some(complaint), challenged)
        }
    }
}

fn welcome(at: &At, person: Person, destination: &str) -> Response {
    let cookie = random::opaque(24);
    at.change(|installation| installation.sessions.insert(cookie.clone(), person));
    let set = format!("{}={cookie}; Path={}; HttpOnly; SameSite=Lax", cookie_name(at), at.path("/"));
    let stays_here = destination.starts_with("/plugins/servlet/") || destination.starts_with("/rest/oauth2/");
    let next = at.path(if stays_here { destination } else { "/secure/Dashboard.jspa" });
    ([(header::SET_COOKIE, set)], Redirect::to(&next)).into_response()
}

fn form(at: &At, status: StatusCode, next: &str, complaint: Option<&str>, challenged: bool) -> Response {
    let content = html! {
        @if let Some(complaint) = complaint { p.error role="alert" { (complaint) } }
        form method="post" action=(at.path("/login.jsp")) {
            input type="hidden" name="os_destination" value=(next);
            label.field for="login-form-username" { "Username" }
            input id="login-form-username" type="text" name="os_username" autocomplete="username" required;
            label.field for="login-form-password" { "Password" }
            input id="login-form-password" type="password" name="os_password" autocomplete="current-password" required;
            @if challenged {
                label.field for="login-form-captcha" { "Type the word “" (CAPTCHA) "”" }
                input id="login-form-captcha" type="text" name="os_captcha" autocomplete="off";
            }
            div.actions { button.primary type="submit" { "Log in" } }
        }
        (who_there_is(at))
    };
    page(&at.world, status, &format!("Log in to {}", at.instance.title()), false, &content)
}

/// Passwords of the model only, which is why they may be shown.
fn who_there_is(at: &At) -> Markup {
    let accounts = at.read(|installation| installation.accounts.clone());
    html! {
        details {
            summary { "Who has an account at this model" }
            table {
                thead { tr { th { "Username" } th { "Password, of this model only" } th { "Account" } } }
                tbody {
                    @for account in accounts.all() {
                        tr {
                            td { code { (account.person.slug()) } }
                            td { code { (account.password) } }
                            td { (if account.active { "Active" } else { "Inactive" }) }
                        }
                    }
                }
            }
        }
    }
}

async fn dashboard(State(at): State<At>, headers: HeaderMap) -> Response {
    let Some(person) = person(&at, &headers) else { return first(&at, "") };
    let content = html! { p { "You are logged in as " strong { (person.name()) } "." } };
    page(&at.world, StatusCode::OK, at.instance.title(), false, &content)
}
