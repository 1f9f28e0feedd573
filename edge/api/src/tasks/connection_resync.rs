//! Resync of all projects of a connection: one resync for each of them, and one progress over all.

use serde::{Deserialize, Serialize};

use super::{Resync, ResyncCounts, ResyncDirection, ResyncMoves, ResyncResults, ResyncScope, ResyncState};
use crate::{ConnectionId, List, Name, ProjectId, Timestamp, WorkspaceId, endpoint::endpoints, words::known};

/// The most projects of a connection that are resynced together.
pub const RESYNCED_PROJECTS: usize = 200;

/// A resync of the projects of a connection to be planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewConnectionResync {
    /// Which tasks of each project it looks at. Tasks cannot be chosen by name here.
    #[serde(deserialize_with = "known")]
    pub scope: ResyncScope,
    /// Which side stands.
    #[serde(deserialize_with = "known")]
    pub direction: ResyncDirection,
    /// Whether each project is started as soon as its preview is ready. Otherwise each waits for its own start.
    #[serde(default)]
    pub start: bool,
}

/// A resync of the projects of a connection, with one progress over all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionResync {
    /// The id of the connection.
    pub connection: ConnectionId,
    /// Which tasks it looks at.
    pub scope: ResyncScope,
    /// Which side stands.
    pub direction: ResyncDirection,
    /// How far all of them have got: as far as the one that has got least far.
    pub state: ResyncState,
    /// How many tasks are looked at.
    pub total: u32,
    /// How many of them were looked at for the previews.
    pub looked_at: u32,
    /// What is planned.
    pub planned: ResyncCounts,
    /// How many issues go to which status.
    pub moves: Vec<ResyncMoves>,
    /// What was done.
    pub results: ResyncResults,
    /// About how many points of Atlassian's hourly quota all of them need.
    pub points: u32,
    /// About how many seconds the longest of them takes.
    pub seconds: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: String,
    /// The projects, by name.
    pub projects: Vec<ProjectResync>,
}

/// A project of such a resync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProjectResync {
    /// The project's id.
    pub id: ProjectId,
    /// The name of the project.
    pub name: Name,
    /// The id of its workspace.
    pub workspace: WorkspaceId,
    /// Its resync; `null` if none was planned, because another one of the project was running, or if it is kept no longer.
    pub resync: Option<Resync>,
}

endpoints! {
    /// Plan a resync of all projects of a connection.
    ///
    /// Who manages the connection, and API keys with `tasks:write`, while it is authorized or interrupted. Each project that
    /// has a Jira project and a mapping gets a resync of its own; one that runs already is left alone.
    CreateConnectionResync: Post "/api/v1/connections/{id}/resyncs" {
        params: ConnectionId,
        request: NewConnectionResync,
        answer: 201 ConnectionResync,
        problems: [ConnectionUnauthorized, ConnectionDeactivated],
    }

    /// Get the newest resync of all projects of a connection.
    ///
    /// Who manages the connection, and API keys with `tasks:read`. The list is empty if there was none.
    ListConnectionResyncs: Get "/api/v1/connections/{id}/resyncs" {
        params: ConnectionId,
        answer: 200 List<ConnectionResync>,
        problems: [],
    }
}
