//! The list of all endpoints: the router mounts it, the `OpenAPI` document describes it, the tests walk it.

use crate::{
    CHECKUP_PATH, CONNECTION_EXPORT_PATH, EXPORT_PATH, Endpoint, GATEWAY_PATH, Method, PROXY_PATH, ProblemCode,
    endpoint::Listed,
};

/// Expands `callback! { GetHealth GetSession … }` with the name of every endpoint, in the order of the document.
///
/// ```
/// macro_rules! count {
///     ($($endpoint:ident)*) => { [$(stringify!($endpoint)),*].len() };
/// }
/// assert_eq!(api::for_each_endpoint!(count), api::ENDPOINTS.len());
/// ```
///
/// The callback may be named by a path, as in `for_each_endpoint!(crate::mount)`. An endpoint that is missing here does
/// not compile where it is declared; one that a callback has no arm for does not compile there.
#[macro_export]
macro_rules! for_each_endpoint {
    ($($callback:tt)+) => {
        $($callback)+! {
            GetHealth
            GetSession
            SignOut
            CreateAuthorization
            GetAuthorization
            ChooseAuthorizationSite
            CancelAuthorization
            ListConnections
            CreateConnection
            GetConnection
            EditConnection
            GetAttention
            GetImpact
            UnauthorizeConnection
            DeleteConnection
            RestoreConnection
            RevertConnection
            RenewConnection
            ActivateConnection
            DeactivateConnection
            GetAccess
            EditAccess
            ListWorkspaces
            CreateWorkspace
            GetWorkspace
            EditWorkspace
            AddWorkspaceMember
            RemoveWorkspaceMember
            ListProjects
            CreateProject
            EditProject
            DeleteProject
            CheckProjects
            ListJiraProjects
            ListTasks
            PushTasks
            GetTask
            PutTask
            DeleteTask
            GetTaskTimeline
            RetryTask
            LinkTask
            UnlinkTask
            ResolveTask
            ListTaskChanges
            GetJiraMetadata
            GetMapping
            PutMapping
            SuggestMapping
            CheckMapping
            StartTrial
            ListTrials
            EndTrial
            CreateConnectionResync
            ListConnectionResyncs
            CreateResync
            ListResyncs
            GetResync
            ListResyncItems
            StartResync
            CancelResync
            ListMembers
            AddMember
            RemoveMember
            SignOutMember
            ReleaseAccount
            GetTimeline
            GetCalls
            GetAuditLog
            ListApiKeys
            CreateApiKey
            RotateApiKey
            RevokeApiKey
            ListWebhooks
            CreateWebhook
            EditWebhook
            DeleteWebhook
            TestWebhook
            ListDeliveries
            GetDelivery
            ResendDelivery
            LookAtInstance
            GenerateRsaKey
            CreateGuide
            VerifyAuthorization
            RotateKey
            AdoptKey
            DropNextKey
            ConfirmAddress
            DismissAddress
            GetGuide
            ListCharts
            CreateChart
            ListChartSites
            ListChartFields
            ListChartFilters
            CheckChartQuery
            PreviewChart
            GetChart
            EditChart
            DeleteChart
            RestoreChart
            ListChartVersions
            RenderChart
            ListChartDelegations
            CreateDelegation
            ListDelegations
            GetDelegation
            GrantDelegation
            PauseDelegation
            EndDelegation
            ListEmbeds
            CreateEmbed
            GetEmbed
            EditEmbed
            RotateEmbedKey
            DeleteEmbed
            GetSettings
            EditSettings
            ListViewers
            GetMyAccess
            AuthorizeViewer
            RemoveViewerGrant
        }
    };
}

macro_rules! list {
    ($($endpoint:ident)*) => {
        $(impl Listed for crate::$endpoint {})*

        /// The method and path of every endpoint.
        pub const ENDPOINTS: &[(Method, &str)] = &[$((crate::$endpoint::METHOD, crate::$endpoint::PATH)),*];

        /// Shows every endpoint to `visitor`, in the order of the document.
        pub fn visit_endpoints(visitor: &mut impl VisitEndpoint) {
            $(visitor.endpoint::<crate::$endpoint>();)*
        }
    };
}

for_each_endpoint!(list);

/// Looks at one endpoint after the other: see [`visit_endpoints`].
pub trait VisitEndpoint {
    /// Looks at `E`.
    fn endpoint<E: Endpoint>(&mut self);
}

/// An operation whose answer is no JSON document of ours: the checkup, the exports, and the proxy.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// The path with its parameters in braces.
    pub path: &'static str,
    /// Every problem that it can answer, by status.
    pub problems: &'static [ProblemCode],
}

/// The operations that are no endpoints.
pub const STREAMS: &[Stream] = &[CHECKUP, EXPORT, CONNECTION_EXPORT, PROXY, GATEWAY];

/// See [`CHECKUP_PATH`].
pub(crate) const CHECKUP: Stream = Stream {
    path: CHECKUP_PATH,
    problems: &[
        ProblemCode::NotSignedIn,
        ProblemCode::ApiKeyRefused,
        ProblemCode::Forbidden,
        ProblemCode::CrossSite,
        ProblemCode::NotFound,
        ProblemCode::ConnectionDeleted,
        ProblemCode::ConnectionDeactivated,
        ProblemCode::HeadersTooLarge,
        ProblemCode::Internal,
        ProblemCode::Misconfigured,
        ProblemCode::Unavailable,
    ],
};

/// See [`EXPORT_PATH`].
pub(crate) const EXPORT: Stream = Stream { path: EXPORT_PATH, problems: EXPORTS };

/// See [`CONNECTION_EXPORT_PATH`].
pub(crate) const CONNECTION_EXPORT: Stream = Stream { path: CONNECTION_EXPORT_PATH, problems: EXPORTS };

/// What an export can answer instead of a file.
const EXPORTS: &[ProblemCode] = &[
    ProblemCode::InvalidRequest,
    ProblemCode::NotSignedIn,
    ProblemCode::ApiKeyRefused,
    ProblemCode::Forbidden,
    ProblemCode::CrossSite,
    ProblemCode::HeadersTooLarge,
    ProblemCode::Internal,
    ProblemCode::Misconfigured,
    ProblemCode::Unavailable,
];

/// See [`PROXY_PATH`]. API keys need the scope `proxy`; a session is not accepted.
pub(crate) const PROXY: Stream = Stream { path: PROXY_PATH, problems: CALLS };

/// See [`GATEWAY_PATH`]. As [`PROXY`], and the key may reach several connections.
pub(crate) const GATEWAY: Stream = Stream { path: GATEWAY_PATH, problems: CALLS };

/// What a call to Jira can answer instead of Jira.
const CALLS: &[ProblemCode] = &[
    ProblemCode::InvalidRequest,
    ProblemCode::PathRefused,
    ProblemCode::NotSignedIn,
    ProblemCode::ApiKeyRefused,
    ProblemCode::Forbidden,
    ProblemCode::HttpsRequired,
    ProblemCode::ScopeMissing,
    ProblemCode::IpAllowList,
    ProblemCode::NotFound,
    ProblemCode::MethodRefused,
    ProblemCode::ConnectionAmbiguous,
    ProblemCode::ConnectionUnauthorized,
    ProblemCode::ConnectionDeactivated,
    ProblemCode::BodyTooLarge,
    ProblemCode::FormRefused,
    ProblemCode::AddressRefused,
    ProblemCode::TooManyCalls,
    ProblemCode::QuotaExhausted,
    ProblemCode::HeadersTooLarge,
    ProblemCode::Internal,
    ProblemCode::CredentialRefused,
    ProblemCode::UpstreamUnreachable,
    ProblemCode::UpstreamRedirected,
    ProblemCode::UpstreamSignIn,
    ProblemCode::OutcomeUnknown,
    ProblemCode::Misconfigured,
    ProblemCode::Unavailable,
    ProblemCode::CredentialUnavailable,
    ProblemCode::UpstreamTimeout,
];
