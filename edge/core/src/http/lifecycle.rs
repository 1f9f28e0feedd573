//! What happens to a connection after it was made, over HTTP: unauthorized, deleted, restored, taken back, renewed.

use api::{
    ActivateConnection, Connection, ConnectionId, DeleteConnection, Endpoint, GetConnection, GrantId, Nothing,
    RenewConnection, RestoreConnection, UnauthorizeConnection, Unauthorized,
};

use crate::{
    grant::{KeeperAnswer, KeeperCommand},
    http::{
        Platform,
        failure::RequestFailure,
        revert,
        routing::{EndpointRequest, NOTHING, Reply, finished, relayed, tagged_reply},
    },
    organization::{Call, Ended, Refusal, ReportGrant},
};

relayed! { GetImpact DeactivateConnection }
finished! {
    UnauthorizeConnection => unauthorize;
    DeleteConnection => delete;
    RestoreConnection => restore;
    RevertConnection => revert::revert;
    ActivateConnection => activate;
    RenewConnection => renew;
}

/// No checkup ran while it was off, so one runs now.
async fn activate<P: Platform>(
    request: EndpointRequest<P, ActivateConnection>,
    _: Connection,
) -> Result<Reply<Connection>, RequestFailure> {
    request.check_up_and_show(request.call.params.clone()).await
}

async fn unauthorize<P: Platform>(
    request: EndpointRequest<P, UnauthorizeConnection>,
    ended: Ended,
) -> Result<Reply<Unauthorized>, RequestFailure> {
    request.edge.retire(ended.dropped).await;
    Ok(Unauthorized { connections: ended.connections }.into())
}

async fn delete<P: Platform>(
    request: EndpointRequest<P, DeleteConnection>,
    dropped: Vec<GrantId>,
) -> Result<Reply<Nothing>, RequestFailure> {
    request.edge.retire(dropped).await;
    Ok(NOTHING.into())
}

/// A checkup runs on what was restored, so that the answer says whether it is alive or needs authorizing.
async fn restore<P: Platform>(
    request: EndpointRequest<P, RestoreConnection>,
    _: Connection,
) -> Result<Reply<Connection>, RequestFailure> {
    request.check_up_and_show(request.call.params.clone()).await
}

impl<P: Platform, E: Endpoint> EndpointRequest<P, E> {
    /// Runs a checkup, and answers what the connection is then.
    async fn check_up_and_show(&self, id: ConnectionId) -> Result<Reply<Connection>, RequestFailure> {
        self.edge.run_checkup(&self.caller, &id).await;
        let show = Call::<GetConnection>::new(id, NOTHING);
        Ok(tagged_reply(self.send(&show).await?))
    }
}

/// 1. The connection has a credential (409).
/// 2. Its keeper refreshes it (409, 503).
/// 3. The organization takes the report, so that the answer shows the new horizon.
async fn renew<P: Platform>(
    request: EndpointRequest<P, RenewConnection>,
    grant: GrantId,
) -> Result<Reply<Connection>, RequestFailure> {
    let edge = &request.edge;
    match edge.platform.command(&edge.organization, &grant, KeeperCommand::Renew).await {
        Ok(KeeperAnswer::Renewed { report }) => edge.send(&ReportGrant { grant, report }).await?,
        Ok(KeeperAnswer::Unavailable { cause, retry_after }) => {
            return Err(RequestFailure::credential_unavailable(cause, retry_after));
        }
        Ok(KeeperAnswer::Unauthorized { .. } | KeeperAnswer::Gone) => {
            return Err(Refusal::ConnectionUnauthorized.into());
        }
        other => return Err(RequestFailure::keeper_unreachable(&other)),
    }
    let show = Call::<GetConnection>::new(request.call.params.clone(), NOTHING);
    Ok(tagged_reply(request.send(&show).await?))
}
