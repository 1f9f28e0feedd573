//! The sealed copy of a grant's tokens in KV: `{"v":1,"generation":…,"access_expires_at":…,"refresh_after":…,"access":…,
//! "refresh":…}`.
//!
//! The proxy opens its access token everywhere without a hop to the keeper; the keeper reads it back whole when its own
//! storage failed. Nobody needs to trust KV: what was not sealed for this grant and generation does not open.

use serde::{Deserialize, Serialize};

use super::{AccessToken, Generation, Token, record::Tokens};
use crate::{
    organization_id::OrganizationId,
    ports::Aead,
    sealing::{self, KeyRing, OpenError, Place, Sealed},
};
use api::GrantId;

/// The version of the stored form.
const VERSION: u32 = 1;

/// Which of a grant's secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Access,
    Refresh,
}

/// Where a token of a grant is sealed for.
pub(super) fn place<'a>(
    organization: &'a OrganizationId,
    grant: &'a GrantId,
    generation: Generation,
    field: Field,
) -> Place<'a> {
    let field = match field {
        Field::Access => "access_token",
        Field::Refresh => "refresh_token",
    };
    Place { organization, owner: grant.as_str(), generation: generation.0, field }
}

#[derive(Serialize, Deserialize)]
struct Copy {
    v: u32,
    #[serde(flatten)]
    tokens: Tokens,
}

/// The copy as it is stored.
pub(super) fn write(tokens: &Tokens) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Copy { v: VERSION, tokens: tokens.clone() })
}

/// The tokens of a copy, still sealed; `None` if it is not a copy of a version known here.
pub(super) fn read(text: &str) -> Option<Tokens> {
    let copy: Copy = serde_json::from_str(text).ok()?;
    (copy.v == VERSION).then_some(copy.tokens)
}

/// The access token of the copy that KV holds of `grant`: for whoever calls Jira.
pub async fn open_copy(
    aead: &impl Aead,
    ring: &KeyRing,
    organization: &OrganizationId,
    grant: &GrantId,
    text: &str,
) -> Result<AccessToken, OpenError> {
    let tokens = read(text).ok_or(OpenError::Malformed)?;
    let place = place(organization, grant, tokens.generation, Field::Access);
    let token = open_token(aead, ring, &place, &tokens.access).await?;
    Ok(access_token(&tokens, token))
}

/// An access token with what the record knows of it.
pub(super) const fn access_token(tokens: &Tokens, token: Token) -> AccessToken {
    AccessToken {
        token,
        generation: tokens.generation,
        expires_at: tokens.access_expires_at,
        refresh_after: tokens.refresh_after,
    }
}

/// Opens one token.
pub(super) async fn open_token(
    aead: &impl Aead,
    ring: &KeyRing,
    place: &Place<'_>,
    sealed: &Sealed,
) -> Result<Token, OpenError> {
    let plain = sealing::open(aead, ring, place, sealed).await?;
    String::from_utf8(plain).ok().and_then(Token::parse).ok_or(OpenError::Malformed)
}
