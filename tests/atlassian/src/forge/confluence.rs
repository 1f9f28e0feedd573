//! The pages of Confluence on which the app is shown: who may read them, and the token by which a remote asks as the reader.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::model::Model;
use crate::people::Person;
use crate::random;
use crate::resources::{bearer, unauthorized};
use crate::sites::HARBOUR;
use crate::world::{Shared, World};

/// What is known of pages, and which tokens act as readers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Pages {
    /// Who may read a page. Everybody may read one that is not here.
    readers: BTreeMap<String, BTreeSet<Person>>,
    tokens: BTreeMap<String, Person>,
}

impl Pages {
    /// Every token that acts as a reader.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = &String> {
        self.tokens.keys()
    }
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/ex/confluence/{cloud_id}/wiki/api/v2/{resource}/{id}", get(page))
}

/// A token that acts as somebody, as the platform sends it to a remote whose endpoint asks for one.
pub(super) fn token_of_reader(world: &World, person: Person) -> String {
    let known = world.read(|state| {
        let mut tokens = state.pages.tokens.iter();
        tokens.find(|(_, owner)| **owner == person).map(|(token, _)| token.clone())
    });
    known.unwrap_or_else(|| {
        let token = random::opaque(24);
        world.change(|state| state.pages.tokens.insert(token.clone(), person));
        token
    })
}

async fn page(
    State(world): State<Shared>,
    Path((cloud_id, resource, id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let reader = bearer(&headers).and_then(|token| world.read(|state| state.pages.tokens.get(token).copied()));
    let Some(reader) = reader else { return unauthorized("Unauthorized") };
    let is_readable = world.read(|state| state.pages.readers.get(&id).is_none_or(|readers| readers.contains(&reader)));
    if cloud_id != HARBOUR || resource != "pages" || !is_readable {
        let error = json!({ "status": 404, "code": "NOT_FOUND", "title": "Not Found", "detail": null });
        return (StatusCode::NOT_FOUND, Json(json!({ "errors": [error] }))).into_response();
    }
    let page = json!({ "id": id, "status": "current", "title": "Our shipments", "spaceId": "1", "parentId": null });
    Json(page).into_response()
}

impl Model {
    /// The token that acts as somebody, as a remote gets it.
    pub fn readers_token(&self, person: Person) -> String {
        token_of_reader(&self.world, person)
    }

    /// Lets nobody but these people read a page.
    pub fn restricts_page(&self, page: &str, readers: &[Person]) {
        let readers = readers.iter().copied().collect();
        self.world.change(|state| state.pages.readers.insert(page.to_owned(), readers));
    }
}
