//! What the proxy needs of the world beside the ports that all of the edge shares.

use api::{Cause, ConnectionId, GrantId};

use crate::{
    address::Policy,
    grant::{AccessToken, GrantKeepers},
    jira::JiraTarget,
    oauth1::Rsa,
    organization_id::OrganizationId,
    ports::{Clock, Log, PortFailure, Random, Spawner, Timer},
    proxy::{UpstreamAnswer, UpstreamRequest},
    secrets::PresentedKey,
};

/// Everything that [`serve`](crate::proxy::serve) needs. It is cloned into work that goes on after the response.
pub trait ProxyPorts:
    Upstream + AccessSource + CopyReader + CheckupRequester + KeyRotation + Spawner + Clone + 'static
{
    /// What implements the ports that all of the edge shares.
    type Platform: GrantKeepers + Clock + Timer + Random + Rsa + Log;

    /// The ports that all of the edge shares.
    fn platform(&self) -> &Self::Platform;
}

/// The way to Jira. Bodies stream through it unread.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait Upstream {
    /// The body of a call (a `ReadableStream`).
    type Body;
    /// The answer with its body (a `Response`).
    type AnswerBody;

    /// `ATLASSIAN_API_URL`, without a slash at its end. Empty while the configuration lacks something that calls need.
    fn api_url(&self) -> &str;

    /// Which addresses of instances may be called.
    fn address_policy(&self) -> Policy;

    /// Sends the call once and comes back at the first byte of the answer. Follows no redirect, keeps no cookie, uses no
    /// cache. Any status is an answer. Dropping the future aborts the call.
    async fn send(
        &self,
        request: UpstreamRequest<Self::Body>,
    ) -> Result<UpstreamAnswer<Self::AnswerBody>, UpstreamFailure>;

    /// Two bodies from one (`tee`), so that the second can be sent if Jira refuses the first unread. At most 1 MiB.
    fn copy(&self, body: Self::Body) -> (Self::Body, Self::Body);

    /// Up to `limit` bytes of the answer's body, read from a copy (`Response.clone`): `answer` stays whole. What cannot
    /// be read is empty.
    async fn peek(&self, answer: &Self::AnswerBody, limit: usize) -> Vec<u8>;

    /// Lets go of an answer that nobody will read (`body.cancel`), so that its connection is free again.
    fn discard(&self, answer: Self::AnswerBody);
}

/// No answer came from Jira. The texts are for logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpstreamFailure {
    /// The call certainly did not leave: no connection was made.
    NotSent(String),
    /// The call may have been carried out.
    Broken(String),
}

/// Asks the organization what a key may do.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait AccessSource {
    /// What the key may do with this connection, now. A key whose claim is forged is refused without a hop.
    async fn access(&self, key: &PresentedKey, connection: &ConnectionId) -> Result<Access, PortFailure>;
}

/// What a key may do with a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Call Jira.
    Granted(GrantedAccess),
    /// Nothing: the key is unknown, expired or revoked.
    KeyRefused,
    /// Nothing here: the key lacks the scope `proxy`.
    ScopeMissing,
    /// Nothing: there is no such connection, or not for this key.
    NotFound,
    /// Nothing now: the connection has no working credential.
    Unauthorized {
        /// What ended it; `None` if there was none yet.
        cause: Option<Cause>,
    },
    /// Nothing: the connection is switched off.
    Deactivated,
}

/// With what a call goes to which site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedAccess {
    /// The connection's grant.
    pub grant: GrantId,
    /// The way to the connection's site.
    pub target: JiraTarget,
}

/// Reads the copies of tokens in KV.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait CopyReader {
    /// The copy, opened; perhaps an old one. `None` if there is none, or it cannot be read: that never fails a call.
    async fn read_copy(&self, organization: &OrganizationId, grant: &GrantId) -> Option<AccessToken>;
}

/// Hears of a connection whose calls fail in a way that only a checkup explains.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait CheckupRequester {
    /// Asks the organization to have a checkup run soon. May be asked often; the organization decides how often one runs.
    async fn request_checkup(
        &self,
        organization: &OrganizationId,
        connection: &ConnectionId,
    ) -> Result<(), PortFailure>;
}

/// Puts the key that is to replace another one in its place.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait KeyRotation {
    /// Switches a connection over an application link to its next key, if it has one and its site takes it. An error says
    /// why it was not switched.
    async fn switch_key(&self, organization: &OrganizationId, connection: &ConnectionId) -> Result<(), PortFailure>;
}
