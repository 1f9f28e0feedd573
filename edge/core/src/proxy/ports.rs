//! The ports of the proxy.

use api::{ApiFamily, Cause, ConnectionId, CredentialKind, GrantId, Timestamp};

use crate::{
    address::Policy,
    grant::{AccessToken, GrantKeepers},
    jira::{JiraTarget, SiteReference},
    oauth1::Rsa,
    organization::{AccessChanges, Epoch, NamedConnection, RecordCalls},
    organization_id::OrganizationId,
    ports::{Clock, Log, PortFailure, Random, Spawner, Timer},
    proxy::{UpstreamAnswer, UpstreamRequest},
    secrets::PresentedKey,
};

/// Everything that [`serve`](crate::proxy::serve) needs. It is cloned into work that goes on after the response.
pub trait ProxyPorts:
    Upstream + AccessSource + CopyReader + CheckupRequester + CallRecorder + KeyRotation + Spawner + Clone + 'static
{
    /// The implementation of the shared ports.
    type Platform: GrantKeepers + Clock + Timer + Random + Rsa + Log;

    /// The ports that all of the edge shares.
    fn platform(&self) -> &Self::Platform;
}

/// The connection to Jira. Bodies are streamed through it unread.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait Upstream {
    /// The type of a request body (a `ReadableStream`).
    type Body;
    /// The type of a response body (a `Response`).
    type AnswerBody;

    /// `ATLASSIAN_API_URL` without a trailing slash. Empty while the configuration lacks something that calls need.
    fn api_url(&self) -> &str;

    /// Which addresses of instances may be called.
    fn address_policy(&self) -> &Policy;

    /// Sends the call once and returns at the first byte of the response. Follows no redirect, keeps no cookie, uses no
    /// cache. Every status is a response. Dropping the future aborts a call whose body is watched; any other ends with the
    /// request that it belongs to, at the latest. The body is sent with its length if that
    /// is known, and [`UpstreamBody::ended`](crate::proxy::UpstreamBody) is told how that ended.
    async fn send(
        &self,
        request: UpstreamRequest<Self::Body>,
    ) -> Result<UpstreamAnswer<Self::AnswerBody>, UpstreamFailure>;

    /// Splits a body in two (`tee`), so that the second can be sent if Jira refuses the first unread. At most 1 MiB.
    fn copy(&self, body: Self::Body) -> (Self::Body, Self::Body);

    /// Up to `limit` bytes of the response body, read from a copy (`Response.clone`), so `answer` stays complete. Empty
    /// if it cannot be read.
    async fn peek(&self, answer: &Self::AnswerBody, limit: usize) -> Vec<u8>;

    /// Cancels a response that nobody will read (`body.cancel`), so that its connection becomes free.
    fn discard(&self, answer: Self::AnswerBody);
}

/// Jira did not respond. The texts are for logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpstreamFailure {
    /// The call was not sent: no connection was made.
    NotSent(String),
    /// The call may have been carried out.
    Broken(String),
    /// There was no response within [`UpstreamRequest::within`]. The call may have been carried out.
    Late,
}

/// Checks access at the organization.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait AccessSource {
    /// What the key may do with this connection, now. A key whose claim is forged is refused without a hop.
    async fn access(&self, key: &PresentedKey, connection: &ConnectionReference) -> Result<AccessAnswer, PortFailure>;

    /// What has changed since `since` that concerns what keys may do.
    async fn access_changes(&self, organization: &OrganizationId, since: Epoch) -> Result<AccessChanges, PortFailure>;
}

/// The organization's answer about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessAnswer {
    /// What the key may do.
    pub access: Access,
    /// When the key ends by itself, if it does.
    pub ends_at: Option<Timestamp>,
    /// The epoch of a grant of access; `None` for a refusal, and from an organization of an earlier version.
    pub epoch: Option<Epoch>,
}

impl From<Access> for AccessAnswer {
    /// An answer that nothing renews.
    fn from(access: Access) -> Self {
        Self { access, ends_at: None, epoch: None }
    }
}

/// How a call names its connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ConnectionReference {
    /// By its id.
    Id(ConnectionId),
    /// By its site: it is the only connection to that site that the key may use, or the chosen one of several.
    Site {
        /// The site.
        site: SiteReference,
        /// The connection that the caller chose, with [`api::CONNECTION_HEADER`].
        chosen: Option<ConnectionId>,
    },
}

impl ConnectionReference {
    /// For logs: the connection's id, or what names its site.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Id(id) => id.as_str(),
            Self::Site { site: SiteReference::CloudId(text) | SiteReference::ContextPath(text), .. } => text,
        }
    }
}

/// The access of a key to a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// It may call Jira.
    Granted(GrantedAccess),
    /// None: the key is unknown, expired or revoked.
    KeyRefused,
    /// None: the key lacks the scope `proxy`.
    ScopeMissing,
    /// None: the connection does not exist, or the key is limited to others.
    NotFound,
    /// None: the credential was refused, and is not used until Jira accepts it again.
    CredentialRefused {
        /// Why.
        cause: Cause,
        /// What the connection authenticates with.
        kind: CredentialKind,
    },
    /// None: the connection has no working credential.
    Unauthorized {
        /// What ended the credential; `None` if there was none yet.
        cause: Option<Cause>,
        /// What the connection authenticated with.
        kind: CredentialKind,
    },
    /// None: the connection is deactivated.
    Deactivated,
    /// Not found out: the client has presented too many keys that cannot be verified.
    TooManyRequests,
    /// None: the key may use several connections to the site, and none was chosen.
    Ambiguous {
        /// Some of them.
        connections: Vec<NamedConnection>,
        /// Whether there are more.
        more: bool,
    },
}

/// The credential and the target of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedAccess {
    /// The connection.
    pub connection: ConnectionId,
    /// The connection's grant.
    pub grant: GrantId,
    /// The connection's site.
    pub target: JiraTarget,
    /// The API families that the connection's managers added.
    pub families: Vec<ApiFamily>,
    /// What the connection authenticates with.
    pub kind: CredentialKind,
}

impl GrantedAccess {
    /// Whether the credential is that of Causeway's app at Atlassian: the app's quota counts only such calls.
    pub(super) fn is_app(&self) -> bool {
        self.kind == CredentialKind::CloudOauth2
    }
}

/// Reads the copies of tokens in KV.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait CopyReader {
    /// The access token of the copy, possibly stale. `None` if there is no copy or it cannot be read: that never fails
    /// a call.
    async fn read_copy(&self, organization: &OrganizationId, grant: &GrantId) -> Option<AccessToken>;
}

/// Requests checkups.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait CheckupRequester {
    /// Requests a checkup of the connection soon. May be called often; the organization limits how often one runs.
    async fn request_checkup(
        &self,
        organization: &OrganizationId,
        connection: &ConnectionId,
    ) -> Result<(), PortFailure>;
}

/// Records calls.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait CallRecorder {
    /// Records the calls that this isolate counted since the last time.
    async fn record_calls(&self, organization: &OrganizationId, calls: &RecordCalls) -> Result<(), PortFailure>;
}

/// Switches application links to their next key pair.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait KeyRotation {
    /// Switches the connection to its next key pair, if it has one and its site accepts it. The error says why it was
    /// not switched.
    async fn switch_key(&self, organization: &OrganizationId, connection: &ConnectionId) -> Result<(), PortFailure>;
}
