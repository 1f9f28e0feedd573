//! What happens to a connection after it was made, over HTTP: unauthorized, deleted, restored, taken back, renewed.

use api::{
    ActivateConnection, Connection, ConnectionId, DeactivateConnection, DeleteConnection, GetImpact, Nothing,
    RenewConnection, RestoreConnection, RevertConnection, UnauthorizeConnection, Unauthorized,
};
use axum::Router;

use crate::{
    grant::{KeeperAnswer, KeeperCommand},
    http::{
        Edge, Platform,
        connections::tagged,
        failure::Failed,
        mount::{Asking, NOTHING, Reply, mount, relay},
        way_back,
    },
    organization::{
        self, Caller, EndAuthorization, FindImpact, FindRenewal, Refusal, ReportGrant, ShowConnection,
        SwitchConnection, ask,
    },
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let routes = relay::<P, GetImpact, _>(routes, edge, |id, query| FindImpact { id, action: query.action });
    let routes = mount::<P, UnauthorizeConnection, _>(routes, edge, unauthorize);
    let routes = mount::<P, DeleteConnection, _>(routes, edge, delete);
    let routes = mount::<P, RestoreConnection, _>(routes, edge, restore);
    let routes = mount::<P, RevertConnection, _>(routes, edge, way_back::revert);
    let routes = mount::<P, ActivateConnection, _>(routes, edge, activate);
    let routes = relay::<P, DeactivateConnection, _>(routes, edge, |id, _| SwitchConnection { id, on: false });
    mount::<P, RenewConnection, _>(routes, edge, renew)
}

/// What was not looked at while it was off is looked at now.
async fn activate<P: Platform>(asking: Asking<P, ActivateConnection>) -> Result<Reply<Connection>, Failed> {
    let id = asking.params.clone();
    asking.ask(&SwitchConnection { id: id.clone(), on: true }).await?;
    asking.edge.looked_at(&asking.caller, id).await
}

async fn unauthorize<P: Platform>(asking: Asking<P, UnauthorizeConnection>) -> Result<Reply<Unauthorized>, Failed> {
    let end = EndAuthorization { id: asking.params.clone(), reach: asking.request.reach };
    let ended = asking.ask(&end).await?;
    asking.edge.retire(ended.dropped).await;
    Ok(Unauthorized { connections: ended.connections }.into())
}

async fn delete<P: Platform>(asking: Asking<P, DeleteConnection>) -> Result<Reply<Nothing>, Failed> {
    let dropped = asking.ask(&organization::DeleteConnection { id: asking.params.clone() }).await?;
    asking.edge.retire(dropped).await;
    Ok(NOTHING.into())
}

/// What it is restored to is looked at, so that the answer says whether it is alive or needs authorizing.
async fn restore<P: Platform>(asking: Asking<P, RestoreConnection>) -> Result<Reply<Connection>, Failed> {
    let id = asking.params.clone();
    asking.ask(&organization::RestoreConnection { id: id.clone() }).await?;
    asking.edge.looked_at(&asking.caller, id).await
}

impl<P: Platform> Edge<P> {
    /// Looks at a connection, and answers what it is then.
    async fn looked_at(&self, caller: &Caller, id: ConnectionId) -> Result<Reply<Connection>, Failed> {
        self.examine(caller, &id).await;
        let show = ShowConnection { id };
        Ok(tagged(ask(&*self.platform, &self.organization, caller.clone(), &show).await?))
    }
}

/// 1. The connection has a credential (409).
/// 2. Its keeper refreshes it (409, 503).
/// 3. The organization hears the news, so that the answer shows the new horizon.
async fn renew<P: Platform>(asking: Asking<P, RenewConnection>) -> Result<Reply<Connection>, Failed> {
    let id = asking.params.clone();
    let grant = asking.ask(&FindRenewal { id: id.clone() }).await?;
    let edge = &asking.edge;
    match edge.platform.command(&edge.organization, &grant, KeeperCommand::Renew).await {
        Ok(KeeperAnswer::Renewed { report }) => asking.ask_as_edge(&ReportGrant { grant, report }).await?,
        Ok(KeeperAnswer::Unavailable { cause, retry_after }) => {
            return Err(Failed::unavailable(cause, retry_after));
        }
        Ok(KeeperAnswer::Unauthorized { .. } | KeeperAnswer::Gone) => {
            return Err(Refusal::ConnectionUnauthorized.into());
        }
        other => return Err(Failed::keeper_silent(&other)),
    }
    Ok(tagged(asking.ask(&ShowConnection { id }).await?))
}
