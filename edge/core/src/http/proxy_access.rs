//! What an API key may do in the proxy: the check that the proxy makes when it remembers none.

use api::ApiFamily;

use crate::{
    http::{Edge, Platform, guard::ClientAddress},
    organization::{Admitted, AuthorizeCall, AuthorizeSiteCall, Caller, Refusal},
    ports::PortFailure,
    proxy::{Access, AccessAnswer, ConnectionReference, GrantedAccess},
    secrets::PresentedKey,
};

/// What the key may do with a connection, now, or with the only one to a site. A forged key is refused without a hop; one that cannot be verified is
/// counted by `client` first.
pub async fn authorize_call<P: Platform>(
    edge: &Edge<P>,
    key: &PresentedKey,
    client: Option<&ClientAddress>,
    connection: &ConnectionReference,
) -> Result<AccessAnswer, PortFailure> {
    let edge = match edge.for_credential(&key.claim, &key.digest, client).await {
        Ok(Some(edge)) => edge,
        Ok(None) => return Ok(Access::KeyRefused.into()),
        Err(failure) if failure.code == api::ProblemCode::TooManyRequests => {
            return Ok(Access::TooManyRequests.into());
        }
        Err(failure) => return Err(PortFailure(failure.cause.unwrap_or(failure.detail))),
    };
    let caller = Caller::ApiKey(key.digest.clone());
    let decision = match connection.clone() {
        ConnectionReference::Id(connection) => edge.send_as(&caller, &AuthorizeCall { connection }).await,
        ConnectionReference::Site { site, chosen } => {
            edge.send_as(&caller, &AuthorizeSiteCall { site, connection: chosen }).await
        }
    };
    Ok(match decision {
        Ok(Admitted::To { connection, grant, target, families, kind, key_ends_at: ends_at, epoch }) => {
            let families = ApiFamily::known(&families);
            let access = Access::Granted(GrantedAccess { connection, grant, target, families, kind });
            AccessAnswer { access, ends_at, epoch }
        }
        Ok(Admitted::Ambiguous { connections, more }) => Access::Ambiguous { connections, more }.into(),
        Ok(Admitted::Unauthorized { cause, kind }) => Access::Unauthorized { cause, kind }.into(),
        Ok(Admitted::CredentialRefused { cause, kind }) => Access::CredentialRefused { cause, kind }.into(),
        Ok(Admitted::Deactivated) => Access::Deactivated.into(),
        Err(Refusal::ApiKeyRefused) => Access::KeyRefused.into(),
        Err(Refusal::Forbidden) => Access::ScopeMissing.into(),
        Err(Refusal::NotFound) => Access::NotFound.into(),
        Err(other) => return Err(PortFailure(format!("{other:?}"))),
    })
}
