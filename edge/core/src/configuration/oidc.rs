//! The settings for signing in at the OpenID provider.

use serde_json::Value;

/// The values that signing in needs.
pub struct Oidc<'a> {
    /// The issuer, exactly as the provider spells it.
    pub issuer: &'a str,
    /// The client id.
    pub client_id: &'a str,
    /// The client secret; `None` for a public client.
    pub client_secret: Option<&'a str>,
    /// How the client authenticates at the token endpoint.
    pub client_auth: ClientAuth,
    /// What the claims of everybody who signs in must be.
    pub required_claims: &'a RequiredClaims,
    /// Whether an address counts although the provider does not say whether it is verified.
    pub trusts_email: bool,
}

/// How the client authenticates at the token endpoint (`OpenID` Connect Core 1.0, section 9): `OIDC_CLIENT_AUTH`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientAuth {
    /// As the discovery document says.
    #[default]
    Discovered,
    /// `client_secret_basic`.
    Basic,
    /// `client_secret_post`.
    Post,
    /// `none`: a public client, which PKCE alone protects.
    Public,
}

impl ClientAuth {
    pub(super) fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            None => Some(Self::Discovered),
            Some("client_secret_basic") => Some(Self::Basic),
            Some("client_secret_post") => Some(Self::Post),
            Some("none") => Some(Self::Public),
            Some(_) => None,
        }
    }
}

/// What claims must be, by name: `OIDC_REQUIRED_CLAIMS`, such as `hd=example.com,groups=jira`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequiredClaims(Vec<(String, String)>);

/// A claim that is not what it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimMissing {
    /// The claim's name.
    pub name: String,
    /// The values of which it must have one.
    pub expected: Vec<String>,
}

impl RequiredClaims {
    /// Pairs `name=value`, separated by commas. `None` if one is malformed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let pair = |part: &str| {
            let (name, value) = part.split_once('=')?;
            let (name, value) = (name.trim(), value.trim());
            (!name.is_empty() && !value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
        };
        text.split(',').map(pair).collect::<Option<Vec<_>>>().map(Self)
    }

    /// The values of which the claim must have one; empty if it may be anything.
    pub fn values_of(&self, claim: &str) -> Vec<&str> {
        self.0.iter().filter(|(name, _)| name == claim).map(|(_, value)| value.as_str()).collect()
    }

    /// The names of the claims.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The first claim that is not what it must be. Every name must fit; of several values for one name, one must.
    pub fn missing_in(&self, claims: &serde_json::Map<String, Value>) -> Option<ClaimMissing> {
        let fits = |name: &str, value: &str| claims.get(name).is_some_and(|claim| is(claim, value));
        let (name, _) = self.0.iter().find(|(name, _)| !self.values_of(name).iter().any(|value| fits(name, value)))?;
        let expected = self.values_of(name).into_iter().map(str::to_owned).collect();
        Some(ClaimMissing { name: name.clone(), expected })
    }
}

/// Whether a claim is `value`, or a list that contains it. Providers write booleans and numbers also as strings.
fn is(claim: &Value, value: &str) -> bool {
    match claim {
        Value::String(text) => text == value,
        Value::Bool(boolean) => value == if *boolean { "true" } else { "false" },
        Value::Number(number) => number.to_string() == value,
        Value::Array(items) => items.iter().any(|item| !item.is_array() && is(item, value)),
        Value::Null | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn missing(required: &str, claims: &Value) -> Option<String> {
        let required = RequiredClaims::parse(required).expect("pairs");
        required.missing_in(claims.as_object().expect("an object")).map(|missing| missing.name)
    }

    #[test]
    fn every_named_claim_must_fit_and_one_of_several_values_is_enough() {
        let claims = json!({"hd": "example.com", "groups": ["dev", "jira"], "staff": true, "level": 3, "tid": "two"});
        for fitting in ["hd=example.com", "groups=jira", "staff=true", "level=3", "tid=one, tid=two, hd=example.com"] {
            assert_eq!(missing(fitting, &claims), None, "{fitting}");
        }
        let wrong =
            [("hd=example.org", "hd"), ("hd=example.com,groups=ops", "groups"), ("staff=false", "staff"), ("x=1", "x")];
        for (required, name) in wrong {
            assert_eq!(missing(required, &claims).as_deref(), Some(name), "{required}");
        }
    }

    #[test]
    fn a_claim_without_a_value_is_malformed() {
        for bad in ["hd", "hd=", "=x", "hd=a,,x=b", ""] {
            assert_eq!(RequiredClaims::parse(bad), None, "{bad}");
        }
    }
}
