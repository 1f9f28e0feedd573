//! Projects of workspaces, and the projects of Jira that their issues go to.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::ProjectKey;
use crate::{
    Cause, ConnectionId, List, Name, Nothing, ProjectId, State, Timestamp, WorkspaceId, WorkspaceName,
    endpoint::endpoints, words::words,
};

/// A project of a workspace, and the state of its connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Project {
    /// The project's id.
    pub id: ProjectId,
    /// Its name, unique in the workspace.
    pub name: Name,
    /// The workspace that holds it.
    pub workspace: WorkspaceName,
    /// The key of the Jira project that its issues go to, for example `ABC`.
    pub jira_project: Option<String>,
    /// What Jira said when it was last asked for that project, through the connection that the project uses now and as
    /// the account that it has now; `null` if it was not asked since.
    pub jira_check: Option<JiraProjectCheck>,
    /// The connection that it uses, and its state.
    pub connection: Option<ProjectConnection>,
    /// Which connection it lost, and when; `null` if it lost none.
    pub disconnected: Option<Disconnected>,
}

/// The connection of a project, as far as every member of the workspace may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProjectConnection {
    /// The connection's id.
    pub id: ConnectionId,
    /// The name of the connection.
    pub name: Name,
    /// The state of the connection.
    pub state: State,
    /// Why it does not work; only for those who may reauthorize it.
    pub cause: Option<Cause>,
    /// Whether the caller may review the error and reauthorize the connection.
    pub may_reauthorize: bool,
    /// Until when Jira tells Causeway of changes, unless that is renewed; `null` if Causeway only looks for them by itself.
    #[serde(default)]
    pub hears_until: Option<Timestamp>,
}

/// A connection that a project lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Disconnected {
    /// The connection's name at the time.
    pub connection_name: Name,
    /// When the project lost it.
    pub at: Timestamp,
}

/// A new project, or all of its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    /// The name of the project.
    pub name: Name,
    /// The connection, one of those granted to the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
    /// The key of the Jira project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ProjectKey>))]
    pub jira_project: Option<String>,
}

words! {
    /// Whether a Jira project can be used through a connection.
    open JiraProjectState {}
    /// Jira shows the project to the account of the connection.
    Found = "found";
    /// Jira has no such project, or the account may not see it. Jira does not tell these apart.
    NotFound = "not_found";
    /// Jira could not be asked.
    NotAnswered = "not_answered";
}

/// What Jira said of the Jira project of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JiraProjectCheck {
    /// Whether it can be used.
    pub state: JiraProjectState,
    /// The name of the project in Jira, if Jira told it.
    pub name: Option<String>,
    /// Why Jira could not be asked, in a sentence for people; `null` if it answered.
    pub why: Option<String>,
    /// When Jira was asked.
    pub at: Timestamp,
}

/// A project of Jira.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JiraProject {
    /// The key of the project, for example `ABC`.
    pub key: String,
    /// The name of the project.
    pub name: String,
}

/// Projects of Jira.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JiraProjects {
    /// The projects that the account of the connection sees and that match, fifty at most.
    pub items: Vec<JiraProject>,
    /// Whether more projects match than are listed.
    pub more: bool,
}

/// Which projects of Jira to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct JiraProjectsQuery {
    /// A part of the key or the name, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}

endpoints! {
    /// List the projects of a workspace.
    ///
    /// For members of the workspace.
    ListProjects: Get "/api/v1/workspaces/{id}/projects" {
        params: WorkspaceId,
        answer: 200 List<Project>,
        problems: [],
    }

    /// Create a project.
    ///
    /// Administrators, and members with the role *issue tracking*. A workspace has 500 projects at most.
    CreateProject: Post "/api/v1/workspaces/{id}/projects" {
        params: WorkspaceId,
        request: NewProject,
        answer: 201 Project,
        problems: [NameTaken, LimitReached],
    }

    /// Update a project.
    ///
    /// Replaces name, connection and Jira project. Administrators, and members with the role *issue tracking*.
    EditProject: Patch "/api/v1/projects/{id}" {
        params: ProjectId,
        request: NewProject,
        answer: 200 Project,
        problems: [NameTaken],
    }

    /// Delete a project.
    ///
    /// Administrators, and members with the role *issue tracking*.
    DeleteProject: Delete "/api/v1/projects/{id}" {
        params: ProjectId,
        answer: 204 Nothing,
        problems: [],
    }

    /// Ask Jira again whether the Jira projects of a workspace can be used.
    ///
    /// Administrators, and members with the role *issue tracking*. Twenty projects at most are asked for, first those
    /// whose answer is missing or oldest; an answer of the last minute stands. Answers every project of the workspace.
    CheckProjects: Post "/api/v1/workspaces/{id}/projects/check" {
        params: WorkspaceId,
        answer: 200 List<Project>,
        problems: [],
    }

    /// List the projects of Jira that a connection can use.
    ///
    /// For those who may reauthorize the connection. Jira is asked when this is called, as the account of the connection.
    ListJiraProjects: Get "/api/v1/connections/{id}/jira-projects" {
        params: ConnectionId,
        request: JiraProjectsQuery,
        answer: 200 JiraProjects,
        problems: [
            ConnectionDeleted, ConnectionUnauthorized, ConnectionDeactivated, AddressRefused, IpAllowList, ScopeMissing,
            CredentialRefused, CredentialUnavailable, UpstreamUnreachable,
        ],
    }
}
