//! The authorization request in the query of `authorize`, and its errors.

use serde::Deserialize;
use url::Url;

use super::super::At;
use super::{IncomingLink, Scope};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Parameters {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    scope: Option<String>,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

/// A valid authorization request.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) link: IncomingLink,
    pub(super) scope: Scope,
    pub(super) state: Option<String>,
    /// S256, base64url.
    pub(super) challenge: Option<String>,
    pub(super) back: Url,
}

/// Why a request is refused before the person decides.
#[derive(Debug)]
pub(super) enum Fault {
    /// There is no redirect, but a page with this sentence.
    Stranded(&'static str),
    /// An error response to the client, at this address.
    Told { back: Url, state: Option<String>, error: &'static str },
}

impl Question {
    /// Reads the query, and reports the most fundamental error first. Without a scope it is the link's.
    pub(super) fn read(at: &At, query: &str) -> Result<Self, Box<Fault>> {
        let stranded = |sentence| Box::new(Fault::Stranded(sentence));
        let parameters: Parameters =
            serde_urlencoded::from_str(query).map_err(|_| stranded("The address could not be read."))?;
        let link = at.read(|installation| installation.oauth2.links.of(&parameters.client_id).cloned());
        let link = link.ok_or_else(|| stranded("There is no client with this client_id."))?;
        let back = Url::parse(&parameters.redirect_uri).ok().filter(|_| parameters.redirect_uri == link.redirect_url);
        let back = back.ok_or_else(|| stranded("redirect_uri is not the one that was registered."))?;
        let told = |error| Box::new(Fault::Told { back: back.clone(), state: parameters.state.clone(), error });
        if parameters.response_type != "code" {
            return Err(told("unsupported_response_type"));
        }
        let scope = parameters.scope.as_deref().map_or(Some(link.permission), Scope::most_of);
        let scope = scope.filter(|scope| *scope <= link.permission).ok_or_else(|| told("invalid_scope"))?;
        if parameters.code_challenge.is_some() && parameters.code_challenge_method.as_deref() != Some("S256") {
            return Err(told("invalid_request"));
        }
        Ok(Self { link, scope, state: parameters.state, challenge: parameters.code_challenge, back })
    }
}
