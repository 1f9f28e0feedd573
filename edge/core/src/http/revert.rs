//! `POST /api/v1/connections/{id}/revert`: back to the credential before the last reauthorization, if it still works.
//!
//! The new credential answered a call before it could be saved; the one before answers one here, before it is taken back.
//! So at no moment does a connection exchange a credential that works for one that nobody has tried.

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

/// 1. There is something to go back to (409).
/// 2. Its keeper gives a token (409 if it is dead, 503 if not now), and the site answers to it (409, 403, 502).
/// 3. The connection takes it back, unless it was reauthorized meanwhile (412).
///
/// Whatever is refused leaves everything as it is.
pub(super) async fn revert<P: Platform>(
    request: EndpointRequest<P, api::RevertConnection>,
    back: PreviousCredential,
) -> Result<Reply<Connection>, RequestFailure> {
    request.edge.verify_previous_credential(&back).await?;
    let saved = request.send(&RestorePreviousCredential { id: request.call.params.clone(), to: back.grant }).await?;
    request.edge.notify_keepers(&saved).await?;
    Ok(tagged_reply(saved.connection))
}

impl<P: Platform> Edge<P> {
    async fn verify_previous_credential(&self, back: &PreviousCredential) -> Result<(), RequestFailure> {
        let credential = self.previous_credential(back).await?;
        let probed = match (&back.auth, credential.bearer()) {
            (Some(auth), _) => self.identify(auth, &back.site, &credential).await,
            (None, Some(token)) => {
                let atlassian = self.configuration.atlassian()?;
                atlassian::probe(&*self.platform, &atlassian, back.site.key(), token).await
            }
            (None, None) => Err(atlassian::failure(FailureCode::UNKNOWN, None)),
        };
        probed.map(drop).map_err(|failure| {
            let code = match failure.code {
                FailureCode::IpAllowList => ProblemCode::IpAllowList,
                FailureCode::ProviderUnavailable | FailureCode::InstanceUnreachable => ProblemCode::UpstreamUnreachable,
                _ => ProblemCode::WayBackClosed,
            };
            let detail = format!("{} Nothing was changed.", failure.message);
            RequestFailure { cause: failure.details, ..RequestFailure::new(code, detail) }
        })
    }

    async fn previous_credential(&self, back: &PreviousCredential) -> Result<Credential, RequestFailure> {
        let command = KeeperCommand::Token { seen: None, refused: false };
        let closed = |why: &str| RequestFailure::new(ProblemCode::WayBackClosed, format!("{why} Nothing was changed."));
        match self.platform.command(&self.organization, &back.grant, command).await {
            Ok(KeeperAnswer::Token { token }) => Ok(token.credential),
            Ok(KeeperAnswer::Unauthorized { cause }) => Err(closed(cause.sentence())),
            Ok(KeeperAnswer::Gone) => Err(closed("The authorization before was destroyed.")),
            Ok(KeeperAnswer::Unavailable { cause, retry_after }) => {
                Err(RequestFailure::credential_unavailable(cause, retry_after))
            }
            other => Err(RequestFailure::keeper_unreachable(&other)),
        }
    }
}
