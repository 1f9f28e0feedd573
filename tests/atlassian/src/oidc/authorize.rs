//! The issuer's page: sign in as somebody, or cancel.

use axum::Router;
use axum::extract::{Form, OriginalUri, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::StatusCode;
use maud::html;
use serde::Deserialize;
use url::Url;

use super::SignIn;
use crate::codes::Code;
use crate::pages::{page, people_to_choose};
use crate::people::Person;
use crate::random;
use crate::world::{Shared, World};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/oidc/authorize", get(show)).route("/oidc/authorize/decision", post(decide))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Question {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    scope: String,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Decision {
    question: String,
    #[serde(default)]
    person: String,
}

/// An unknown client or redirect is told to the person only; everything else goes back to the client.
async fn show(State(world): State<Shared>, OriginalUri(uri): OriginalUri) -> Response {
    let query = uri.query().unwrap_or_default();
    let (question, back) = match read(&world, query) {
        Ok(read) => read,
        Err(sentence) => {
            return page(
                &world,
                StatusCode::BAD_REQUEST,
                "Sign-in is not possible",
                false,
                &html! { p { (sentence) } },
            );
        }
    };
    if let Some(error) = question.error() {
        return answer(back, &question, &[("error", error)]);
    }
    let content = html! {
        p { "Choose as whom to sign in. Causeway learns the name and the e-mail address." }
        form method="post" action="/oidc/authorize/decision" {
            input type="hidden" name="question" value=(query);
            (people_to_choose(&world))
            div.actions { button type="submit" name="person" value="" { "Cancel" } }
        }
    };
    page(&world, StatusCode::OK, "Sign in as", false, &content)
}

async fn decide(State(world): State<Shared>, Form(decision): Form<Decision>) -> Response {
    let (question, back) = match read(&world, &decision.question) {
        Ok(read) => read,
        Err(sentence) => return (StatusCode::BAD_REQUEST, sentence).into_response(),
    };
    if let Some(error) = question.error() {
        return answer(back, &question, &[("error", error)]);
    }
    let Some(person) = Person::by_slug(&decision.person) else {
        return answer(back, &question, &[("error", "access_denied")]);
    };
    let code = random::opaque(32);
    world.change(|state| {
        let scopes = question.scope.split_whitespace().map(String::from).collect();
        let stands_for = SignIn { person, nonce: question.nonce.clone(), scopes };
        let (redirect_uri, challenge) = (question.redirect_uri.clone(), question.code_challenge.clone());
        state.sign_in_codes.keep(code.clone(), Code { redirect_uri, challenge, issued: state.clock.now(), stands_for });
    });
    answer(back, &question, &[("code", &code)])
}

fn read(world: &World, query: &str) -> Result<(Question, Url), &'static str> {
    let question: Question = serde_urlencoded::from_str(query).map_err(|_| "The parameters cannot be read.")?;
    if question.client_id != world.options.oidc_client_id {
        return Err("There is no client with this client_id.");
    }
    match Url::parse(&question.redirect_uri) {
        Ok(url) if question.redirect_uri == world.options.sign_in_callback_url => Ok((question, url)),
        _ => Err("redirect_uri is not registered for this client."),
    }
}

impl Question {
    fn error(&self) -> Option<&'static str> {
        let has_openid = self.scope.split_whitespace().any(|scope| scope == "openid");
        let method = self.code_challenge_method.as_deref();
        if self.response_type != "code" {
            Some("unsupported_response_type")
        } else if !has_openid {
            Some("invalid_scope")
        } else if self.code_challenge.is_some() && method != Some("S256") {
            Some("invalid_request")
        } else {
            None
        }
    }
}

fn answer(mut back: Url, question: &Question, parameters: &[(&str, &str)]) -> Response {
    back.query_pairs_mut().extend_pairs(parameters);
    if let Some(state) = &question.state {
        back.query_pairs_mut().append_pair("state", state);
    }
    Redirect::to(back.as_str()).into_response()
}
