//! Every endpoint, in one list: what the router mounts, the `OpenAPI` document describes and the tests try.

use crate::{
    ActivateConnection, AddWorkspaceMember, AdoptKey, CancelAuthorization, ChooseAuthorizationSite, ConfirmAddress,
    CreateApiKey, CreateAuthorization, CreateConnection, CreateGuide, CreateProject, CreateWebhook, CreateWorkspace,
    DeactivateConnection, DeleteConnection, DeleteProject, DeleteWebhook, DismissAddress, DropNextKey, EditAccess,
    EditConnection, EditProject, EditWebhook, EditWorkspace, Endpoint, GenerateRsaKey, GetAccess, GetAttention,
    GetAuditLog, GetAuthorization, GetConnection, GetGuide, GetHealth, GetImpact, GetSession, GetTimeline,
    GetWorkspace, ListApiKeys, ListConnections, ListDeliveries, ListMembers, ListProjects, ListWebhooks,
    ListWorkspaces, LookAtInstance, Method, RemoveWorkspaceMember, RenewConnection, ResendDelivery, RestoreConnection,
    RevertConnection, RevokeApiKey, RotateKey, SignOut, SignOutMember, TestWebhook, UnauthorizeConnection,
    VerifyAuthorization,
};

macro_rules! endpoints {
    ($($endpoint:ident: $summary:literal,)*) => {
        /// The method and path of every endpoint.
        pub const ENDPOINTS: &[(Method, &str)] = &[$(($endpoint::METHOD, $endpoint::PATH)),*];

        /// Describes every endpoint in `document`.
        #[cfg(feature = "openapi")]
        pub(crate) fn describe(document: &mut crate::openapi::Document) {
            $(document.add::<$endpoint>(stringify!($endpoint), $summary);)*
        }
    };
}

endpoints! {
    GetHealth: "Whether this deployment can work",
    GetSession: "Who is signed in",
    SignOut: "End the session",
    CreateAuthorization: "Begin an attempt to authorize",
    GetAuthorization: "How far an attempt has come",
    ChooseAuthorizationSite: "Choose one of several sites",
    CancelAuthorization: "End an attempt and destroy what it got",
    ListConnections: "List connections",
    CreateConnection: "Save a new connection",
    GetConnection: "Show a connection",
    EditConnection: "Save changes to a connection",
    GetAttention: "What needs a person, over all connections",
    GetImpact: "What unauthorizing or deleting would end",
    UnauthorizeConnection: "Unauthorize a connection, or all of one account",
    DeleteConnection: "Delete a connection; it can be restored for 30 days",
    RestoreConnection: "Restore a deleted connection",
    RevertConnection: "Take back the last reauthorization",
    RenewConnection: "Refresh the credential now",
    ActivateConnection: "Switch a connection on",
    DeactivateConnection: "Switch a connection off; its credential is kept",
    GetAccess: "Which workspaces a connection is granted to",
    EditAccess: "Grant a connection to exactly these workspaces",
    ListWorkspaces: "List workspaces",
    CreateWorkspace: "Make a workspace",
    GetWorkspace: "Show a workspace",
    EditWorkspace: "Rename, archive or bring back a workspace",
    AddWorkspaceMember: "Let somebody into a workspace, or change their role there",
    RemoveWorkspaceMember: "Take somebody out of a workspace",
    ListProjects: "List the projects of a workspace",
    CreateProject: "Make a project",
    EditProject: "Save changes to a project",
    DeleteProject: "Remove a project",
    ListMembers: "List everybody who may sign in",
    SignOutMember: "End all sessions of a member",
    GetTimeline: "What happened to a connection",
    GetAuditLog: "What happened in the organization",
    ListApiKeys: "List API keys",
    CreateApiKey: "Make an API key",
    RevokeApiKey: "Revoke an API key",
    ListWebhooks: "List webhooks",
    CreateWebhook: "Make a webhook",
    EditWebhook: "Save changes to a webhook",
    DeleteWebhook: "Delete a webhook and its deliveries",
    TestWebhook: "Send a test to a webhook",
    ListDeliveries: "List what was sent to a webhook",
    ResendDelivery: "Send a delivery again",
    LookAtInstance: "What runs at an address, and how it can be connected",
    GenerateRsaKey: "Make a key pair for OAuth 1.0a",
    CreateGuide: "Make a link to what a Jira administrator enters",
    VerifyAuthorization: "Exchange a verification code",
    RotateKey: "Make the key pair that is to replace one",
    AdoptKey: "Replace a key pair, if Jira takes the new one",
    DropNextKey: "Stay with the key pair that there is",
    ConfirmAddress: "Take the address that a site has moved to",
    DismissAddress: "Stop offering an address",
    GetGuide: "Show what a Jira administrator enters",
}
