//! Changes of a connection's state over HTTP: unauthorize, delete, restore, revert, activate, deactivate, renew.

use std::time::Duration;

use api::{
    ActivateConnection, Connection, ConnectionId, DeleteConnection, Endpoint, GetConnection, GrantId, Nothing,
    RenewConnection, RestoreConnection, UnauthorizeConnection, Unauthorized,
};
use axum::response::Response;

use crate::{
    grant::{KeeperAnswer, KeeperCommand},
    http::{
        Edge, Platform,
        failure::RequestFailure,
        revert,
        routing::{
            AuthenticatedRequest, EndpointRequest, HandlerFuture, NOTHING, Reply, Serve, finished, relayed,
            tagged_reply, write,
        },
    },
    issue_tracking::jira::{JiraRequest, delete_webhook},
    jira::{JiraMessage, send_within},
    organization::{Answers, Call, Caller, Ended, JiraAccess, Refusal, ReportGrant, Step, TakeWebhook},
    ports::{HttpLimits, Level},
    proxy::timeout::with_timeout,
};

/// The longest wait for Jira to remove a webhook.
const PATIENCE: Duration = Duration::from_secs(3);

relayed! { GetImpact DeactivateConnection }
finished! {
    RestoreConnection => restore;
    RevertConnection => revert::revert;
    ActivateConnection => activate;
    RenewConnection => renew;
}

impl<P: Platform> Serve<P> for UnauthorizeConnection {
    fn serve(request: AuthenticatedRequest<P>) -> HandlerFuture {
        Box::pin(unsubscribe_first(request, unauthorize))
    }
}

impl<P: Platform> Serve<P> for DeleteConnection {
    fn serve(request: AuthenticatedRequest<P>) -> HandlerFuture {
        Box::pin(unsubscribe_first(request, delete))
    }
}

/// Like [`finished!`], after Jira was asked to tell of no changes any more, which takes a credential.
async fn unsubscribe_first<P, E, F>(request: AuthenticatedRequest<P>, handler: F) -> Result<Response, RequestFailure>
where
    P: Platform,
    E: Answers + Endpoint<Params = ConnectionId>,
    Call<E>: Step<Answer = E::Outcome>,
    F: AsyncFnOnce(EndpointRequest<P, E>, E::Outcome) -> Result<Reply<E::Answer>, RequestFailure>,
{
    let request = request.read::<E>()?;
    request.edge.unsubscribe(&request.caller, &request.call.params).await;
    let outcome = request.send(&request.call).await?;
    write::<E>(handler(request, outcome).await?)
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

impl<P: Platform> Edge<P> {
    /// Asks Jira to tell of no changes of a connection any more, while the credential may still be used. If Jira does not
    /// answer, that ends by itself after thirty days.
    async fn unsubscribe(&self, caller: &Caller, connection: &ConnectionId) {
        if !self.configuration.hears_events() {
            return;
        }
        let take = TakeWebhook { connection: connection.clone() };
        let Ok(Some((access, webhook))) = self.send_as(caller, &take).await else { return };
        let removed = with_timeout(&*self.platform, PATIENCE, self.remove_webhook(&access, webhook)).await;
        if removed != Some(true) {
            let details = [("connection", connection.as_str())];
            self.platform.log(Level::Info, "subscription.not_removed", &details);
        }
    }

    async fn remove_webhook(&self, access: &JiraAccess, webhook: u64) -> bool {
        let Ok(token) = self.credential_of(&access.grant).await else { return false };
        let JiraRequest { method, path, body } = delete_webhook(webhook);
        let message = JiraMessage { method: &method, path: &path, body: body.as_ref() };
        let (world, credential) = (&*self.platform, Some(&token.credential));
        let limits = HttpLimits::RESOURCE;
        let sent = send_within(world, &self.configuration, &access.target, message, credential, limits).await;
        sent.is_ok_and(|answer| answer.status().is_success())
    }
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
