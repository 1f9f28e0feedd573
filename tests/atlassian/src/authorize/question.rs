//! The authorization request in the query of `/authorize`, and its errors.

use serde::Deserialize;
use url::Url;

use crate::world::World;

/// The parameters as received.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Parameters {
    audience: Option<String>,
    client_id: Option<String>,
    scope: Option<String>,
    redirect_uri: Option<String>,
    state: Option<String>,
    response_type: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

/// A valid authorization request.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// As received: the token request must repeat it exactly.
    pub(super) redirect_uri: String,
    pub(super) back: Url,
    pub(super) scopes: Vec<String>,
    pub(super) state: Option<String>,
    /// S256, base64url.
    pub(super) challenge: Option<String>,
}

/// Why Atlassian shows an error page that does not redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stranded {
    Malformed(String),
    UnknownApp,
    RedirectMismatch { given: String },
    ScopeNotEnabled { scope: String },
    NotShared,
    BlockedByAdmin,
    SiteAdminMustAuthorize { site: String },
}

impl Question {
    /// Reads the query of `/authorize`, and reports the most fundamental error first.
    pub(super) fn read(query: &str, world: &World) -> Result<Self, Stranded> {
        let parameters: Parameters =
            serde_urlencoded::from_str(query).map_err(|error| Stranded::Malformed(error.to_string()))?;
        if parameters.client_id.as_deref() != Some(&world.options.client_id) {
            return Err(Stranded::UnknownApp);
        }
        let (redirect_uri, back) = registered(parameters.redirect_uri, &world.options.callback_urls)?;
        exactly("audience", parameters.audience.as_deref(), "api.atlassian.com")?;
        exactly("response_type", parameters.response_type.as_deref(), "code")?;
        let scopes = world.read(|state| enabled(parameters.scope.as_deref(), &state.settings.enabled_scopes))?;
        if parameters.code_challenge.is_some() {
            exactly("code_challenge_method", parameters.code_challenge_method.as_deref(), "S256")?;
        }
        Ok(Self { redirect_uri, back, scopes, state: parameters.state, challenge: parameters.code_challenge })
    }
}

fn registered(given: Option<String>, callback_urls: &[String]) -> Result<(String, Url), Stranded> {
    let given = given.unwrap_or_default();
    match Url::parse(&given) {
        Ok(url) if callback_urls.contains(&given) => Ok((given, url)),
        _ => Err(Stranded::RedirectMismatch { given }),
    }
}

fn exactly(name: &str, given: Option<&str>, wanted: &str) -> Result<(), Stranded> {
    if given == Some(wanted) {
        return Ok(());
    }
    let given = given.unwrap_or("missing");
    Err(Stranded::Malformed(format!("{name} must be {wanted} and is {given}.")))
}

fn enabled(asked: Option<&str>, enabled: &[String]) -> Result<Vec<String>, Stranded> {
    let scopes: Vec<String> = asked.unwrap_or_default().split_whitespace().map(String::from).collect();
    if scopes.is_empty() {
        return Err(Stranded::Malformed("scope is missing.".into()));
    }
    match scopes.iter().find(|scope| !enabled.contains(scope)) {
        Some(scope) => Err(Stranded::ScopeNotEnabled { scope: scope.clone() }),
        None => Ok(scopes),
    }
}
