//! Changes of a connection's state over HTTP: unauthorize, delete, restore, revert, activate, deactivate, renew.

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

/// Activates a connection, then runs a checkup, because none ran while it was deactivated.
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

/// Restores a connection, then runs a checkup, so that the response shows whether it must be reauthorized.
async fn restore<P: Platform>(
    request: EndpointRequest<P, RestoreConnection>,
    _: Connection,
) -> Result<Reply<Connection>, RequestFailure> {
    request.check_up_and_show(request.call.params.clone()).await
}

impl<P: Platform, E: Endpoint> EndpointRequest<P, E> {
    /// Runs a checkup, then responds with the connection.
    async fn check_up_and_show(&self, id: ConnectionId) -> Result<Reply<Connection>, RequestFailure> {
        self.edge.run_checkup(&self.caller, &id).await;
        let get = Call::<GetConnection>::new(id, NOTHING);
        Ok(tagged_reply(self.send(&get).await?))
    }
}

/// Refreshes a connection's grant now, after the organization found one (409 without).
///
/// 1. The keeper refreshes it (409 if it is dead, 503 if that is not possible now).
/// 2. The organization stores the keeper's report, so that the response shows the new horizon.
/// 3. The response is the connection.
async fn renew<P: Platform>(
    request: EndpointRequest<P, RenewConnection>,
    grant: GrantId,
) -> Result<Reply<Connection>, RequestFailure> {
    let edge = &request.edge;
    match edge.platform.command(&edge.organization, &grant, KeeperCommand::Renew).await {
        Ok(KeeperAnswer::Renewed { report }) => edge.send(&ReportGrant { grant, report }).await?,
        Ok(KeeperAnswer::Unavailable { cause, retry_after, .. }) => {
            return Err(RequestFailure::credential_unavailable(cause, retry_after));
        }
        Ok(KeeperAnswer::Unauthorized { .. } | KeeperAnswer::Gone) => {
            return Err(Refusal::ConnectionUnauthorized.into());
        }
        other => return Err(RequestFailure::keeper_unreachable(&other)),
    }
    let get = Call::<GetConnection>::new(request.call.params.clone(), NOTHING);
    Ok(tagged_reply(request.send(&get).await?))
}
