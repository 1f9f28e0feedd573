//! `POST /api/v1/connections/{id}/revert`: restores the credential from before the last reauthorization, if it still works.
//!
//! The new credential was accepted by the site before it could be saved, and the previous one must be accepted before it
//! is restored, at its own site. So a connection never replaces a working credential with one that was not tried.

use api::{Connection, FailureCode, ProblemCode};

use crate::{
    atlassian,
    grant::{Credential, KeeperAnswer, KeeperCommand},
    http::{
        Edge, Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, tagged_reply},
    },
    organization::{PreviousCredential, RestorePreviousCredential},
};

/// Reverts a reauthorization, after the organization found a previous credential (409 without).
///
/// 1. The keeper gives a token (409 if the grant is dead, 503 if it has no token now).
/// 2. The site accepts the token (403 if its IP allowlist refuses Causeway, 409 if it refuses the token, 502 if it does
///    not answer).
/// 3. The organization restores the credential, unless the connection was reauthorized meanwhile (412).
///
/// A refusal changes nothing.
pub(super) async fn revert<P: Platform>(
    request: EndpointRequest<P, api::RevertConnection>,
    previous: PreviousCredential,
) -> Result<Reply<Connection>, RequestFailure> {
    request.edge.verify_previous_credential(&previous).await?;
    let saved =
        request.send(&RestorePreviousCredential { id: request.call.params.clone(), to: previous.grant }).await?;
    request.edge.notify_keepers(&saved).await?;
    Ok(tagged_reply(saved.connection))
}

impl<P: Platform> Edge<P> {
    async fn verify_previous_credential(&self, previous: &PreviousCredential) -> Result<(), RequestFailure> {
        let credential = self.previous_credential(previous).await?;
        let probed = match (&previous.auth, credential.bearer()) {
            (Some(auth), _) => self.identify(auth, &previous.site, &credential).await.map(drop),
            (None, Some(token)) => {
                let atlassian = self.configuration.atlassian()?;
                atlassian::probe(&*self.platform, &atlassian, previous.site.key(), token).await.map(drop)
            }
            (None, None) => Err(atlassian::failure(FailureCode::UNKNOWN, None)),
        };
        probed.map_err(|failure| {
            let code = match failure.code {
                FailureCode::IpAllowList => ProblemCode::IpAllowList,
                FailureCode::ProviderUnavailable | FailureCode::InstanceUnreachable => ProblemCode::UpstreamUnreachable,
                _ => ProblemCode::WayBackClosed,
            };
            let detail = format!("{} Nothing was changed.", failure.message);
            RequestFailure { cause: failure.details, ..RequestFailure::new(code, detail) }
        })
    }

    async fn previous_credential(&self, previous: &PreviousCredential) -> Result<Credential, RequestFailure> {
        let command = KeeperCommand::Token { seen: None, refused: false };
        let closed = |why: &str| RequestFailure::new(ProblemCode::WayBackClosed, format!("{why} Nothing was changed."));
        match self.platform.command(&self.organization, &previous.grant, command).await {
            Ok(KeeperAnswer::Token { token }) => Ok(token.credential),
            Ok(KeeperAnswer::Unauthorized { cause }) => Err(closed(cause.sentence())),
            Ok(KeeperAnswer::Gone) => Err(closed("The previous authorization was destroyed.")),
            Ok(KeeperAnswer::Unavailable { cause, retry_after, .. }) => {
                Err(RequestFailure::credential_unavailable(cause, retry_after))
            }
            other => Err(RequestFailure::keeper_unreachable(&other)),
        }
    }
}
