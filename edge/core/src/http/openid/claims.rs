//! Who the claims are about, and whether the provider vouches for the e-mail address.

use serde_json::{Map, Value};

use super::failure::account_refused;
use crate::{
    configuration::{ClaimMissing, Oidc},
    email,
    excerpt::excerpt,
    http::failure::RequestFailure,
    organization::ProviderAccount,
};

pub(super) type Claims = Map<String, Value>;

/// The standard claim by which a provider vouches for an address, and that of Microsoft Entra ID.
/// Sources: `OpenID` Connect Core 1.0, section 5.1; Microsoft, *Optional claims reference*, `xms_edov`.
const VOUCHING: [&str; 2] = ["email_verified", "xms_edov"];

/// The most characters of a value that a refusal shows.
const LONGEST: usize = 100;

/// A person whom the provider authenticated and whose e-mail address counts.
pub(in crate::http) struct Person {
    pub(in crate::http) account: ProviderAccount,
    /// The address, in its canonical form.
    pub(in crate::http) email: String,
    /// The name, or the address if the provider gives no name.
    pub(in crate::http) name: String,
}

/// Whether the ID token says too little. Some providers return the claims of a scope only from the userinfo endpoint
/// (section 5.4).
pub(super) fn need_user_info(claims: &Claims, oidc: &Oidc<'_>) -> bool {
    let is_vouched_for = VOUCHING.iter().any(|name| claims.contains_key(*name));
    !claims.contains_key("email")
        || !is_vouched_for
        || oidc.required_claims.names().any(|name| !claims.contains_key(name))
}

/// Adds what the ID token does not say. What vouches for one address is not taken for another.
pub(super) fn add_user_info(claims: &mut Claims, user_info: Claims) {
    let address = |claims: &Claims| claims.get("email").and_then(Value::as_str).map(str::to_owned);
    let is_same = match address(claims) {
        None => {
            claims.retain(|name, _| !VOUCHING.contains(&name.as_str()));
            true
        }
        Some(own) => address(&user_info).and_then(|other| email::canonical(&other)) == email::canonical(&own),
    };
    for (name, value) in user_info {
        if is_same || !VOUCHING.contains(&name.as_str()) {
            claims.entry(name).or_insert(value);
        }
    }
}

/// 1. Every required claim is what it must be. 2. There is an address. 3. The provider vouches for it. 4. It is one that
///    Causeway can use. (403)
///
/// `trusts_email` says whether an address counts of which the provider does not say whether it is verified.
pub(super) fn person(claims: &Claims, oidc: &Oidc<'_>, trusts_email: bool) -> Result<Person, RequestFailure> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    if let Some(missing) = oidc.required_claims.missing_in(claims) {
        return Err(account_refused(claim_missing(&missing, claims.get(&missing.name))));
    }
    let Some(address) = text("email") else { return Err(account_refused(no_address(text("preferred_username")))) };
    let shown = excerpt(address, LONGEST);
    match vouched(claims) {
        Some(true) => {}
        Some(false) => {
            let why = format!(
                "The OpenID provider says that the e-mail address {shown} is not verified. You verify it there, often with \
                 a link that the provider sends to the address, or whoever manages your accounts does. Then sign in again."
            );
            return Err(account_refused(why));
        }
        None if trusts_email => {}
        None => {
            return Err(account_refused(format!(
                "The OpenID provider does not say whether the e-mail address {shown} is verified: it sends no \
                 email_verified. The operator must have it sent, or set OIDC_TRUST_EMAIL."
            )));
        }
    }
    let unusable = || account_refused(format!("Causeway cannot use the e-mail address {shown}: it must be ASCII."));
    let email = email::canonical(address).ok_or_else(unusable)?;
    let name = text("name").map_or_else(|| email.clone(), |name| excerpt(name, 255));
    let subject = text("sub").unwrap_or_default().to_owned();
    Ok(Person { account: ProviderAccount { issuer: oidc.issuer.to_owned(), subject }, email, name })
}

/// Whether the provider vouches for the address; `None` if it says nothing. Its word against the address counts more
/// than its word for it.
fn vouched(claims: &Claims) -> Option<bool> {
    let said: Vec<bool> = VOUCHING.iter().filter_map(|name| claims.get(*name)).filter_map(boolean).collect();
    if said.is_empty() { None } else { Some(said.iter().all(|yes| *yes)) }
}

/// A boolean, also as text or number: Cognito and Apple write text, Microsoft Entra ID numbers.
fn boolean(claim: &Value) -> Option<bool> {
    match claim {
        Value::Bool(boolean) => Some(*boolean),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            _ => Some(false),
        },
        Value::Number(number) => Some(number.as_u64() == Some(1)),
        Value::Null => None,
        Value::Array(_) | Value::Object(_) => Some(false),
    }
}

fn claim_missing(missing: &ClaimMissing, found: Option<&Value>) -> String {
    let (name, expected) = (&missing.name, missing.expected.join("` or `"));
    let found = match found {
        None | Some(Value::Null) => format!("this one has no `{name}`"),
        Some(Value::String(text)) => format!("that of this one is `{}`", excerpt(text, LONGEST)),
        Some(other) => format!("that of this one is `{}`", excerpt(&other.to_string(), LONGEST)),
    };
    format!("Only accounts whose claim `{name}` is `{expected}` may sign in here; {found}.")
}

fn no_address(username: Option<&str>) -> String {
    let whose = username.map(|name| format!(" {}", excerpt(name, LONGEST))).unwrap_or_default();
    format!("The OpenID provider sent no e-mail address for the account{whose}.")
}
