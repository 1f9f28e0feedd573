//! Workspaces: parts of the organization that connections are granted to. They hold projects, and have members.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::EmailAddress;
use crate::{
    Affected, Connection, ConnectionId, List, Member, MemberId, Name, Nothing, Timestamp, WorkspaceId,
    endpoint::{Params, endpoints},
};

/// A workspace with its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkspaceName {
    /// The workspace's id.
    pub id: WorkspaceId,
    /// The name of the workspace.
    pub name: Name,
}

/// A workspace. Administrators see all, members those that they belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Workspace {
    /// The workspace's id.
    pub id: WorkspaceId,
    /// Its name, unique among those that are not archived.
    pub name: Name,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was archived; `null` if it is not. Its projects are disconnected then, and nothing is lost.
    pub archived_at: Option<Timestamp>,
    /// The members who belong to it.
    pub members: Vec<WorkspaceMember>,
    /// The connections that are granted to it.
    pub connections: Vec<Affected>,
    /// How many projects it holds.
    pub projects: u32,
    /// Whether the caller has the role *issue tracking* here, or is an administrator.
    pub may_track_issues: bool,
}

/// A member who belongs to a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkspaceMember {
    /// The member who belongs to it.
    pub member: Member,
    /// The role *issue tracking*: may review errors and reauthorize the connections granted to the workspace.
    pub issue_tracking: bool,
}

/// A new workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewWorkspace {
    /// The name of the workspace.
    pub name: Name,
    /// The connections to grant to it, for example those that belonged to no workspace so far.
    #[serde(default)]
    pub connections: Vec<ConnectionId>,
}

impl NewWorkspace {
    /// A workspace to which no connection is granted yet.
    pub const fn named(name: Name) -> Self {
        Self { name, connections: Vec::new() }
    }
}

/// Changes to a workspace. Fields that are absent stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WorkspaceEdit {
    /// The new name of the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Whether the workspace is archived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}

/// Adds somebody to a workspace, or changes their role there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WorkspaceMembership {
    /// The verified e-mail address that the person signs in with. The person may be added before signing in for the first
    /// time.
    #[cfg_attr(feature = "openapi", schema(value_type = EmailAddress))]
    pub email: String,
    /// Whether the member has the role *issue tracking*.
    pub issue_tracking: bool,
}

/// The workspaces that a connection can be granted to, and the projects that use it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionAccess {
    /// Every workspace that is not archived.
    pub workspaces: Vec<WorkspaceAccess>,
}

/// Whether a connection is granted to a workspace, and which of its projects use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkspaceAccess {
    /// The workspace with its name.
    pub workspace: WorkspaceName,
    /// Whether the connection is granted to it.
    pub granted: bool,
    /// The names of its projects that use the connection.
    pub projects: Vec<Name>,
}

/// Grants a connection to exactly these workspaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewAccess {
    /// The workspaces; at least one, if the organization has any.
    pub workspaces: Vec<WorkspaceId>,
    /// Confirms that projects may lose the connection; 409 `confirmation_required` without it.
    #[serde(default)]
    pub confirmed: bool,
}

/// A workspace and one of its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberOfWorkspace {
    /// The workspace.
    pub id: WorkspaceId,
    /// The member.
    pub member: MemberId,
}

impl Params for MemberOfWorkspace {
    fn fill(&self, template: &str) -> String {
        template.replace("{id}", self.id.as_str()).replace("{member}", self.member.as_str())
    }

    fn read(values: &[&str]) -> Option<Self> {
        let &[id, member] = values else { return None };
        Some(Self { id: WorkspaceId::parse(id).ok()?, member: MemberId::parse(member).ok()? })
    }

    #[cfg(feature = "openapi")]
    fn described() -> Vec<(&'static str, &'static str, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> {
        use utoipa::PartialSchema as _;
        vec![
            ("id", "The id of the workspace.", WorkspaceId::schema()),
            ("member", "The id of the member.", MemberId::schema()),
        ]
    }
}

endpoints! {
    /// List workspaces.
    ///
    /// By name, archived ones last. Members see their own.
    ListWorkspaces: Get "/api/v1/workspaces" {
        answer: 200 List<Workspace>,
        problems: [],
    }

    /// Create a workspace.
    ///
    /// Only administrators may create workspaces. Once there is one, a connection must be granted to at least one
    /// workspace, and members see only the connections of theirs.
    CreateWorkspace: Post "/api/v1/workspaces" {
        request: NewWorkspace,
        answer: 201 Workspace,
        problems: [NameTaken, ConnectionDeleted],
    }

    /// Show a workspace.
    ///
    /// Members see their own workspaces.
    GetWorkspace: Get "/api/v1/workspaces/{id}" {
        params: WorkspaceId,
        answer: 200 Workspace,
        problems: [],
    }

    /// Rename, archive or restore a workspace.
    ///
    /// Only administrators may change workspaces.
    EditWorkspace: Patch "/api/v1/workspaces/{id}" {
        params: WorkspaceId,
        request: WorkspaceEdit,
        answer: 200 Workspace,
        problems: [NameTaken],
    }

    /// Add a member to a workspace, or change their role.
    ///
    /// Administrators only. For somebody who belongs to the workspace already, the role changes.
    AddWorkspaceMember: Post "/api/v1/workspaces/{id}/members" {
        params: WorkspaceId,
        request: WorkspaceMembership,
        answer: 200 Workspace,
        problems: [],
    }

    /// Remove a member from a workspace.
    ///
    /// Administrators only. Whoever belongs to no workspace any more is signed out.
    RemoveWorkspaceMember: Delete "/api/v1/workspaces/{id}/members/{member}" {
        params: MemberOfWorkspace,
        answer: 204 Nothing,
        problems: [],
    }

    /// List the workspaces that a connection is granted to.
    ///
    /// For those who manage the connection.
    GetAccess: Get "/api/v1/connections/{id}/access" {
        params: ConnectionId,
        answer: 200 ConnectionAccess,
        problems: [ConnectionDeleted],
    }

    /// Grant a connection to exactly these workspaces.
    ///
    /// Administrators. 409 `confirmation_required` if projects would lose the connection and this was not confirmed.
    EditAccess: Patch "/api/v1/connections/{id}/access" {
        params: ConnectionId,
        request: NewAccess,
        answer: 200 Connection,
        problems: [ConnectionDeleted, WorkspaceRequired, ConfirmationRequired],
    }
}
