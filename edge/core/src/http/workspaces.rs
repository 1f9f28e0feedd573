//! Workspaces, their members and projects, and the access of connections to them, over HTTP. The organization answers.

use api::{
    AddWorkspaceMember, CreateProject, CreateWorkspace, DeleteProject, EditAccess, EditProject, EditWorkspace,
    GetAccess, GetWorkspace, ListMembers, ListProjects, ListWorkspaces, MemberOfWorkspace, RemoveWorkspaceMember,
    SignOutMember,
};
use axum::Router;

use crate::{
    http::{Edge, Platform, mount::relay},
    organization::{
        AddMembership, DropMembership, DropProject, FindAccess, FindMembers, FindProjects, FindWorkspaces, MakeProject,
        MakeWorkspace, SaveAccess, SaveProject, SaveWorkspace, ShowWorkspace, SignMemberOut,
    },
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let routes = relay::<P, ListWorkspaces, _>(routes, edge, |(), _| FindWorkspaces {});
    let routes = relay::<P, CreateWorkspace, _>(routes, edge, |(), new| MakeWorkspace { new });
    let routes = relay::<P, GetWorkspace, _>(routes, edge, |id, _| ShowWorkspace { id });
    let routes = relay::<P, EditWorkspace, _>(routes, edge, |id, edit| SaveWorkspace { id, edit });
    let routes = relay::<P, AddWorkspaceMember, _>(routes, edge, |id, membership| AddMembership { id, membership });
    let routes = relay::<P, RemoveWorkspaceMember, _>(routes, edge, leave);
    let routes = relay::<P, ListProjects, _>(routes, edge, |workspace, _| FindProjects { workspace });
    let routes = relay::<P, CreateProject, _>(routes, edge, |workspace, new| MakeProject { workspace, new });
    let routes = relay::<P, EditProject, _>(routes, edge, |id, new| SaveProject { id, new });
    let routes = relay::<P, DeleteProject, _>(routes, edge, |id, _| DropProject { id });
    let routes = relay::<P, GetAccess, _>(routes, edge, |id, _| FindAccess { id });
    let routes = relay::<P, EditAccess, _>(routes, edge, |id, access| SaveAccess { id, access });
    let routes = relay::<P, ListMembers, _>(routes, edge, |(), _| FindMembers {});
    relay::<P, SignOutMember, _>(routes, edge, |id, _| SignMemberOut { id })
}

fn leave(of: MemberOfWorkspace, _: api::Nothing) -> DropMembership {
    DropMembership { id: of.id, member: of.member }
}
