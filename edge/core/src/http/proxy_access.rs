//! What an API key may do in the proxy: the check that the proxy makes when it remembers none.

use api::ApiFamily;

use crate::{
    http::{Edge, Platform, guard::ClientAddress},
    organization::{Admitted, AuthorizeCall, AuthorizeSiteCall, Caller, Refusal},
    ports::PortFailure,
    proxy::{Access, ConnectionReference, GrantedAccess},
    secrets::PresentedKey,
};

/// What the key may do with a connection, now, or with the only one to a site. A forged key is refused without a hop; one that cannot be verified is
/// counted by `client` first.
pub async fn authorize_call<P: Platform>(
    edge: &Edge<P>,
    key: &PresentedKey,
    client: Option<&ClientAddress>,
    connection: &ConnectionReference,
) -> Result<Access, PortFailure> {
    let edge = match edge.for_credential(&key.claim, &key.digest, client).await {
        Ok(Some(edge)) => edge,
        Ok(None) => return Ok(Access::KeyRefused),
        Err(failure) if failure.code == api::ProblemCode::TooManyRequests => return Ok(Access::TooManyRequests),
        Err(failure) => return Err(PortFailure(failure.cause.unwrap_or(failure.detail))),
    };
    let caller = Caller::ApiKey(key.digest.clone());
    let decision = match connection.clone() {
        ConnectionReference::Id(connection) => edge.send_as(&caller, &AuthorizeCall { connection }).await,
        ConnectionReference::Site { site, chosen } => {
            edge.send_as(&caller, &AuthorizeSiteCall { site, connection: chosen }).await
        }
    };
    match decision {
        Ok(Admitted::To { connection, grant, target, families, kind }) => {
            let families = ApiFamily::known(&families);
            Ok(Access::Granted(GrantedAccess { connection, grant, target, families, kind }))
        }
        Ok(Admitted::Ambiguous { connections, more }) => Ok(Access::Ambiguous { connections, more }),
        Ok(Admitted::Unauthorized { cause, kind }) => Ok(Access::Unauthorized { cause, kind }),
        Ok(Admitted::CredentialRefused { cause, kind }) => Ok(Access::CredentialRefused { cause, kind }),
        Ok(Admitted::Deactivated) => Ok(Access::Deactivated),
        Err(Refusal::ApiKeyRefused) => Ok(Access::KeyRefused),
        Err(Refusal::Forbidden) => Ok(Access::ScopeMissing),
        Err(Refusal::NotFound) => Ok(Access::NotFound),
        Err(other) => Err(PortFailure(format!("{other:?}"))),
    }
}
