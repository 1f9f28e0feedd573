//! What an API key may do in the proxy: the check that the proxy makes when it remembers none.

use api::{ApiFamily, ConnectionId};

use crate::{
    http::{Edge, Platform, guard::ClientAddress},
    organization::{Admitted, AuthorizeCall, Caller, Refusal},
    ports::PortFailure,
    proxy::{Access, GrantedAccess},
    secrets::PresentedKey,
};

/// What the key may do with a connection, now. A forged key is refused without a hop; one that cannot be verified is
/// counted by `client` first.
pub async fn authorize_call<P: Platform>(
    edge: &Edge<P>,
    key: &PresentedKey,
    client: Option<&ClientAddress>,
    connection: &ConnectionId,
) -> Result<Access, PortFailure> {
    let edge = match edge.for_credential(&key.claim, &key.digest, client).await {
        Ok(Some(edge)) => edge,
        Ok(None) => return Ok(Access::KeyRefused),
        Err(failure) if failure.code == api::ProblemCode::TooManyRequests => return Ok(Access::TooManyRequests),
        Err(failure) => return Err(PortFailure(failure.cause.unwrap_or(failure.detail))),
    };
    let authorize = AuthorizeCall { connection: connection.clone() };
    match edge.send_as(&Caller::ApiKey(key.digest.clone()), &authorize).await {
        Ok(Admitted::To { grant, target, families, is_app }) => {
            Ok(Access::Granted(GrantedAccess { grant, target, families: ApiFamily::known(&families), is_app }))
        }
        Ok(Admitted::Unauthorized { cause }) => Ok(Access::Unauthorized { cause }),
        Ok(Admitted::CredentialRefused { cause }) => Ok(Access::CredentialRefused { cause }),
        Ok(Admitted::Deactivated) => Ok(Access::Deactivated),
        Err(Refusal::ApiKeyRefused) => Ok(Access::KeyRefused),
        Err(Refusal::Forbidden) => Ok(Access::ScopeMissing),
        Err(Refusal::NotFound) => Ok(Access::NotFound),
        Err(other) => Err(PortFailure(format!("{other:?}"))),
    }
}
