//! What all pages share: the frame that says they are a model, style, pictures, and the log-in page.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use maud::{DOCTYPE, Markup, html};

use crate::people::Person;
use crate::world::{Shared, World};

pub(crate) fn routes() -> Router<Shared> {
    assets().route("/", get(|| async { axum::response::Redirect::to("/model") }))
}

/// Style and pictures, which every address of the model serves for its pages.
pub(crate) fn assets() -> Router<Shared> {
    Router::new()
        .route("/assets/model.css", get(|| async { asset("text/css", include_str!("assets/model.css")) }))
        .route("/assets/consent.js", get(|| async { asset("text/javascript", include_str!("assets/consent.js")) }))
        .route("/avatars/people/{slug}", get(person_avatar))
        .route("/avatars/sites/{site}", get(site_avatar))
        .route("/avatars/projects/{key}", get(project_avatar))
        .route("/icons/{name}", get(icon))
}

/// A whole page. `wide` is for tables.
pub(crate) fn page(world: &World, status: StatusCode, title: &str, wide: bool, content: &Markup) -> Response {
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Model of Atlassian" }
                link rel="stylesheet" href="/assets/model.css";
                link rel="icon" href="/icons/model.svg";
            }
            body {
                p.model { strong { "This is a model of Atlassian" } ", for development and tests. Nothing here is real." }
                main.wide[wide] { h1 { (title) } (content) }
                script src="/assets/consent.js" defer {}
            }
        }
    };
    let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    let mut response = (status, html, document.into_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    if world.read(|state| state.settings.cuts_openers_off) {
        headers.insert("cross-origin-opener-policy", http::HeaderValue::from_static("same-origin"));
    }
    response
}

/// The people to choose from, each a button that submits `person`.
pub(crate) fn people_to_choose(world: &World) -> Markup {
    html! {
        @for person in Person::ALL {
            button.person type="submit" name="person" value=(person.slug()) {
                img src={ "/avatars/people/" (person.slug()) } alt="" width="32" height="32";
                span {
                    (person.name())
                    small { (world.read(|state| state.profile(person).email)) }
                    small { (person.part()) }
                }
            }
        }
    }
}

fn asset(content_type: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, content_type)], text).into_response()
}

async fn person_avatar(Path(slug): Path<String>) -> Response {
    Person::by_slug(&slug).map_or_else(not_found, |person| {
        svg(&html! {
            circle cx="24" cy="24" r="24" fill=(person.color()) {}
            (letters(&person.initials()))
        })
    })
}

async fn site_avatar(State(world): State<Shared>, Path(site): Path<String>) -> Response {
    let name = world.read(|state| state.site(&site).map(|site| site.name.clone()));
    name.map_or_else(not_found, |name| square("#1d7afc", &name.chars().take(1).collect::<String>()))
}

async fn project_avatar(Path(key): Path<String>) -> Response {
    square("#22a06b", &key.chars().filter(char::is_ascii_alphanumeric).take(3).collect::<String>())
}

async fn icon(Path(name): Path<String>) -> Response {
    square("#8590a2", &name.chars().take(1).collect::<String>().to_uppercase())
}

fn square(color: &str, text: &str) -> Response {
    svg(&html! { rect width="48" height="48" rx="8" fill=(color) {} (letters(text)) })
}

fn letters(text: &str) -> Markup {
    html! {
        text x="24" y="31" text-anchor="middle" font-family="system-ui, sans-serif" font-size="18" fill="#fff" { (text) }
    }
}

fn svg(drawing: &Markup) -> Response {
    let picture =
        html! { svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48" { (drawing) } };
    ([(header::CONTENT_TYPE, "image/svg+xml")], picture.into_string()).into_response()
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "Not found").into_response()
}
