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
        connections::tagged,
        failure::Failed,
        mount::{Asking, Reply},
    },
    organization::{FindWayBack, PreviousCredential, RevertConnection},
};

/// 1. There is something to go back to (409).
/// 2. Its keeper gives a token (409 if it is dead, 503 if not now), and the site answers to it (409, 403, 502).
/// 3. The connection takes it back, unless it was reauthorized meanwhile (412).
///
/// Whatever is refused leaves everything as it is.
pub(super) async fn revert<P: Platform>(asking: Asking<P, api::RevertConnection>) -> Result<Reply<Connection>, Failed> {
    let id = asking.params.clone();
    let back = asking.ask(&FindWayBack { id: id.clone() }).await?;
    asking.edge.try_way_back(&back).await?;
    let saved = asking.ask(&RevertConnection { id, to: back.grant }).await?;
    asking.edge.tell_keepers(&saved).await?;
    Ok(tagged(saved.connection))
}

impl<P: Platform> Edge<P> {
    async fn try_way_back(&self, back: &PreviousCredential) -> Result<(), Failed> {
        let credential = self.token_of(back).await?;
        let probed = match (&back.auth, credential.bearer()) {
            (Some(auth), _) => self.ask_who(auth, &back.site, &credential).await,
            (None, Some(token)) => {
                let atlassian = self.configuration.atlassian()?;
                atlassian::probe(&*self.platform, &atlassian, back.site.key(), token).await
            }
            (None, None) => Err(atlassian::failure(FailureCode::Unknown, None)),
        };
        probed.map(drop).map_err(|failure| {
            let code = match failure.code {
                FailureCode::IpAllowList => ProblemCode::IpAllowList,
                FailureCode::ProviderUnavailable | FailureCode::InstanceUnreachable => ProblemCode::UpstreamUnreachable,
                _ => ProblemCode::WayBackClosed,
            };
            let detail = format!("{} Nothing was changed.", failure.message);
            Failed { cause: failure.details, ..Failed::new(code, detail) }
        })
    }

    async fn token_of(&self, back: &PreviousCredential) -> Result<Credential, Failed> {
        let command = KeeperCommand::Token { seen: None, refused: false };
        let closed = |why: &str| Failed::new(ProblemCode::WayBackClosed, format!("{why} Nothing was changed."));
        match self.platform.command(&self.organization, &back.grant, command).await {
            Ok(KeeperAnswer::Token { token }) => Ok(token.credential),
            Ok(KeeperAnswer::Unauthorized { cause }) => Err(closed(cause.sentence())),
            Ok(KeeperAnswer::Gone) => Err(closed("The authorization before was destroyed.")),
            Ok(KeeperAnswer::Unavailable { cause, retry_after }) => Err(Failed::unavailable(cause, retry_after)),
            other => Err(Failed::keeper_silent(&other)),
        }
    }
}
