//! The settings of the operator's own Forge app, which shows charts in Confluence and Jira.

use api::Finding;
use url::Url;

use super::{Configuration, development::Deployed, finding, secure_url};

/// What the id of every Forge app begins with.
const APP: &str = "ari:cloud:ecosystem::app/";
/// Where Atlassian publishes the keys that sign invocation tokens.
/// Source: Atlassian, *Forge remote essentials*, on validating the invocation token.
const KEYS: &str = "https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json";

/// What invocation tokens of the app are checked against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forge {
    /// The id of the app, which tokens name as their audience.
    pub app_id: String,
    /// Where the keys are that sign its tokens.
    pub keys_url: Url,
    /// The environment that is deployed, in lower case.
    pub environment: String,
    /// The cloudIds of the sites where the app may be used although no connection leads there.
    pub sites: Vec<String>,
}

impl Configuration {
    /// What invocation tokens are checked against, or what is missing or malformed.
    pub fn forge(&self) -> Result<&Forge, &Finding> {
        match (self.forge_findings.first(), &self.forge) {
            (Some(malformed), _) => Err(malformed),
            (None, Ok(forge)) => Ok(forge),
            (None, Err(missing)) => Err(missing),
        }
    }
}

/// The settings, and everything in them that is malformed. Without an app there is nothing to check.
pub(super) fn read(
    get: impl Fn(&'static str) -> Option<String>,
    deployed: Deployed,
) -> (Result<Forge, Finding>, Vec<Finding>) {
    let Some(app_id) = get("FORGE_APP_ID") else {
        return (Err(finding("FORGE_APP_ID", "is missing.")), Vec::new());
    };
    let keys = get("FORGE_JWKS_URL").unwrap_or_else(|| KEYS.to_owned());
    let keys_url = secure_url("FORGE_JWKS_URL", &keys).and_then(|url| deployed.reachable("FORGE_JWKS_URL", url));
    let environment = get("FORGE_ENVIRONMENT").unwrap_or_else(|| "production".to_owned()).to_ascii_lowercase();
    let listed = get("FORGE_SITES").unwrap_or_default();
    let sites: Vec<String> = listed.split(',').map(|site| site.trim().to_owned()).filter(|s| !s.is_empty()).collect();
    let mut malformed = Vec::new();
    if !app_id.strip_prefix(APP).is_some_and(is_id) {
        malformed
            .push(finding("FORGE_APP_ID", "must be the id that `forge register` gave: ari:cloud:ecosystem::app/…"));
    }
    if !["development", "staging", "production"].contains(&environment.as_str()) {
        malformed.push(finding("FORGE_ENVIRONMENT", "must be development, staging or production."));
    }
    if !sites.iter().all(|site| is_id(site)) {
        malformed.push(finding("FORGE_SITES", "must be cloudIds, separated by commas."));
    }
    match keys_url {
        Ok(keys_url) => (Ok(Forge { app_id, keys_url, environment, sites }), malformed),
        Err(why) => {
            malformed.push(why.clone());
            (Err(why), malformed)
        }
    }
}

/// Whether this could be a UUID, as Atlassian's ids are.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
