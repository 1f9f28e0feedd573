//! The sealed copy of a grant's tokens in KV:
//! `{"v":1,"generation":…,"access_expires_at":…,"refresh_after":…,"access":…, "refresh":…}`. Version 2 holds
//! credentials other than a bearer token that is refreshed at Atlassian.
//!
//! The proxy opens the access token anywhere without a hop to the keeper; the keeper reads the copy if its own storage
//! failed. KV need not be trusted: what was not sealed for this grant and generation does not open.

use serde::{Deserialize, Serialize};

use super::{
    AccessToken, CloudClient, Credential, Generation, Renewal, Token,
    record::{Form, Tokens, VERSIONS},
};
use crate::{
    organization_id::OrganizationId,
    ports::Aead,
    sealing::{self, KeyRing, OpenError, Sealed, SealingContext},
};
use api::GrantId;

/// Which secret of a grant. The two forms are sealed under different names, so one cannot be taken for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Access(Form),
    Refresh(Form),
}

/// The sealing context of a grant's token.
pub(super) fn sealing_context<'a>(
    organization: &'a OrganizationId,
    grant: &'a GrantId,
    generation: Generation,
    field: Field,
) -> SealingContext<'a> {
    let field = match field {
        Field::Access(Form::Bare) => "access_token",
        Field::Access(Form::Whole) => "credential",
        Field::Refresh(Form::Bare) => "refresh_token",
        Field::Refresh(Form::Whole) => "renewal",
    };
    SealingContext { organization, owner: grant.as_str(), generation: generation.0, field }
}

#[derive(Serialize, Deserialize)]
struct Copy {
    v: u32,
    #[serde(flatten)]
    tokens: Tokens,
}

/// Serializes the copy.
pub(super) fn write(tokens: &Tokens) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Copy { v: tokens.version(), tokens: tokens.clone() })
}

/// Parses a copy; the tokens are still sealed. `None` if its version is unknown.
pub(super) fn read(text: &str) -> Option<Tokens> {
    let copy: Copy = serde_json::from_str(text).ok()?;
    VERSIONS.contains(&copy.v).then_some(copy.tokens)
}

/// Opens the access token of the copy in KV.
pub async fn open_copy(
    aead: &impl Aead,
    ring: &KeyRing,
    organization: &OrganizationId,
    grant: &GrantId,
    text: &str,
) -> Result<AccessToken, OpenError> {
    let tokens = read(text).ok_or(OpenError::Malformed)?;
    let sealing_context = sealing_context(organization, grant, tokens.generation, Field::Access(tokens.access_form));
    let credential = open_credential(aead, ring, &sealing_context, &tokens).await?;
    Ok(access_token(&tokens, credential))
}

/// A credential with its metadata from the record.
pub(super) const fn access_token(tokens: &Tokens, credential: Credential) -> AccessToken {
    AccessToken {
        credential,
        generation: tokens.generation,
        expires_at: tokens.access_expires_at,
        refresh_after: tokens.refresh_after,
    }
}

/// Opens the credential.
pub(super) async fn open_credential(
    aead: &impl Aead,
    ring: &KeyRing,
    sealing_context: &SealingContext<'_>,
    tokens: &Tokens,
) -> Result<Credential, OpenError> {
    let plain = sealing::open(aead, ring, sealing_context, &tokens.access).await?;
    match tokens.access_form {
        Form::Bare => bare(plain).map(Credential::Bearer),
        Form::Whole => serde_json::from_slice(&plain).map_err(|_| OpenError::Malformed),
    }
}

/// Opens the refresh token with its provider.
pub(super) async fn open_renewal(
    aead: &impl Aead,
    ring: &KeyRing,
    sealing_context: &SealingContext<'_>,
    (sealed, form): (&Sealed, Form),
) -> Result<Renewal, OpenError> {
    let plain = sealing::open(aead, ring, sealing_context, sealed).await?;
    match form {
        Form::Bare => {
            bare(plain).map(|refresh_token| Renewal { refresh_token, provider: None, client: CloudClient::default() })
        }
        Form::Whole => serde_json::from_slice(&plain).map_err(|_| OpenError::Malformed),
    }
}

fn bare(plain: Vec<u8>) -> Result<Token, OpenError> {
    String::from_utf8(plain).ok().and_then(Token::parse).ok_or(OpenError::Malformed)
}

/// The form and the plaintext of a credential.
pub(super) fn credential_text(credential: &Credential) -> Result<(Form, String), serde_json::Error> {
    match credential {
        Credential::Bearer(token) => Ok((Form::Bare, token.expose().to_owned())),
        other => Ok((Form::Whole, serde_json::to_string(other)?)),
    }
}

/// The form and the plaintext of a renewal.
pub(super) fn renewal_text(renewal: &Renewal) -> Result<(Form, String), serde_json::Error> {
    match renewal.provider {
        None => Ok((Form::Bare, renewal.refresh_token.expose().to_owned())),
        Some(_) => Ok((Form::Whole, serde_json::to_string(renewal)?)),
    }
}
