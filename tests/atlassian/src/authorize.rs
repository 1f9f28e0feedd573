//! `GET /authorize`: from the app's authorization request to the person's decision. An invalid request ends on a page
//! that never redirects, as at Atlassian.

mod log_in;
mod pages;
mod question;

use axum::extract::{OriginalUri, RawForm, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, http::HeaderMap};
use url::Url;

use crate::codes::Code;
use crate::families::{Birth, Death};
use crate::people::Person;
use crate::random;
use crate::settings::{ConsentMode, Obstacle};
use crate::state::State as Remembered;
use crate::world::{Shared, World};
use question::{Question, Stranded};

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/authorize", get(ask)).route("/authorize/decision", post(decide)).merge(log_in::routes())
}

/// 1. An invalid request: an error page (400).
/// 2. Nobody is logged in: the log-in page.
/// 3. An obstacle: an error page (403).
/// 4. The consent page.
async fn ask(State(world): State<Shared>, OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    let query = uri.query().unwrap_or_default();
    let question = match Question::read(query, &world) {
        Ok(question) => question,
        Err(stranded) => return pages::stranded(&world, &stranded),
    };
    let Some(person) = log_in::person(&world, &headers) else {
        return log_in::first(&format!("/authorize?{query}"));
    };
    match world.read(|state| obstacle(state, person, None)) {
        Some(stranded) => pages::stranded(&world, &stranded),
        None => pages::consent(&world, query, &question, person, None),
    }
}

/// The form of the consent page: the authorization request, the sites and the decision. All of it is checked again.
async fn decide(State(world): State<Shared>, headers: HeaderMap, RawForm(form): RawForm) -> Response {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&form).into_owned().collect();
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let query = field("question");
    let question = match Question::read(query, &world) {
        Ok(question) => question,
        Err(stranded) => return pages::stranded(&world, &stranded),
    };
    let Some(person) = log_in::person(&world, &headers) else {
        return log_in::first(&format!("/authorize?{query}"));
    };
    if field("decision") != "accept" {
        return back_to_the_app(&question, &DENIED);
    }
    let picked: Vec<String> = fields.iter().filter(|(name, _)| name == "site").map(|(_, site)| site.clone()).collect();
    let sites = match world.read(|state| sites_granted(state, person, &picked)) {
        Ok(sites) => sites,
        Err(complaint) => return pages::consent(&world, query, &question, person, Some(complaint)),
    };
    if let Some(stranded) = world.read(|state| obstacle(state, person, Some(&sites))) {
        return pages::stranded(&world, &stranded);
    }
    let code = world.change(|state| grant(state, person, &sites, &question));
    back_to_the_app(&question, &[("code", &code)])
}

const DENIED: [(&str, &str); 2] =
    [("error", "access_denied"), ("error_description", "User did not authorize the request")];

fn back_to_the_app(question: &Question, answer: &[(&str, &str)]) -> Response {
    let mut target = question.back.clone();
    target.query_pairs_mut().extend_pairs(answer);
    if let Some(state) = &question.state {
        target.query_pairs_mut().append_pair("state", state);
    }
    Redirect::to(target.as_str()).into_response()
}

/// What the consent reaches; a complaint for the page if the person has not picked what can be picked.
fn sites_granted(state: &Remembered, person: Person, picked: &[String]) -> Result<Vec<String>, &'static str> {
    let reachable: Vec<String> = state.sites_of(person).into_iter().map(|site| site.id.clone()).collect();
    match state.settings.consent_mode {
        ConsentMode::WholeAccount => Ok(reachable),
        _ if picked.is_empty() || picked.iter().any(|site| !reachable.contains(site)) => Err("Choose a site."),
        ConsentMode::OneSite if picked.len() > 1 => Err("Choose one site."),
        ConsentMode::OneSite | ConsentMode::SeveralSites => Ok(picked.to_vec()),
    }
}

/// What keeps this person from authorizing. Without sites, only what is known before they are picked.
fn obstacle(state: &Remembered, person: Person, sites: Option<&[String]>) -> Option<Stranded> {
    match state.settings.obstacle {
        Obstacle::None => None,
        Obstacle::NotShared => (!person.owns_the_app()).then_some(Stranded::NotShared),
        Obstacle::BlockedByAdmin => Some(Stranded::BlockedByAdmin),
        Obstacle::SiteAdminMustAuthorize if person.administers_sites() => None,
        Obstacle::SiteAdminMustAuthorize => {
            let closed = sites?.iter().find(|site| !state.consents.an_administrator_allowed(site))?;
            Some(Stranded::SiteAdminMustAuthorize { site: state.site(closed)?.url.clone() })
        }
    }
}

/// Keeps the consent and a code for it.
fn grant(state: &mut Remembered, person: Person, sites: &[String], question: &Question) -> String {
    let now = state.now();
    let withheld = &state.settings.withheld_scopes;
    let scopes: Vec<String> = question.scopes.iter().filter(|scope| !withheld.contains(scope)).cloned().collect();
    if state.settings.newer_authorization_ends_older {
        state.end_families_of(person, Death::AuthorizedAgain);
    }
    state.consents.give(person, &scopes, sites, now);
    let code = random::opaque(48);
    let stands_for = Birth { person, sites: sites.to_vec(), scopes };
    let redirect_uri = question.redirect_uri.clone();
    state
        .codes
        .keep(code.clone(), Code { redirect_uri, challenge: question.challenge.clone(), issued: now, stands_for });
    code
}

/// A consent as the page would have recorded it, for tests that are not about the page.
pub(crate) fn grant_without_a_browser(world: &World, person: Person, sites: &[&str]) -> String {
    let sites: Vec<String> = sites.iter().map(|site| (*site).to_owned()).collect();
    let scopes = world.read(|state| state.settings.enabled_scopes.clone());
    let redirect_uri = world.options.callback_urls.first().cloned().unwrap_or_default();
    let back = Url::parse(&redirect_uri).expect("the registered callback is a URL");
    let question = Question { redirect_uri, back, scopes, state: None, challenge: None };
    world.change(|state| grant(state, person, &sites, &question))
}
