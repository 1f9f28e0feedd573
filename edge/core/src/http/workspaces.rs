//! Workspaces, their members and projects, and which connections they may use, over HTTP. The organization answers.

use crate::http::routing::relayed;

relayed! {
    ListWorkspaces CreateWorkspace GetWorkspace EditWorkspace AddWorkspaceMember RemoveWorkspaceMember
    ListProjects DeleteProject
    GetAccess EditAccess
    ListMembers AddMember RemoveMember SignOutMember ReleaseAccount
}
