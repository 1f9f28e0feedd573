//! Workspaces, their members and projects, and the access of connections to them, over HTTP. The organization answers.

use crate::http::routing::relayed;

relayed! {
    ListWorkspaces CreateWorkspace GetWorkspace EditWorkspace AddWorkspaceMember RemoveWorkspaceMember
    ListProjects CreateProject EditProject DeleteProject
    GetAccess EditAccess
    ListMembers SignOutMember
}
