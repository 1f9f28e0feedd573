//! Workspaces: who belongs, what they see, what is granted, and what becomes of projects.

mod granting;
mod people;
mod seeing;

use api::{
    NewAccess, NewProject, NewWorkspace, Project, ProjectConnection, Role, Workspace, WorkspaceEdit, WorkspaceId,
    WorkspaceMembership,
};

use super::*;

fn workspace(fixture: &Fixture, called: &str) -> WorkspaceId {
    fixture.ask(&fixture.ada(), &Call::<CreateWorkspace>::new((), NewWorkspace::named(name(called)))).expect("made").id
}

fn access(
    fixture: &Fixture,
    of: &Connection,
    workspaces: &[&WorkspaceId],
    confirmed: bool,
) -> Result<Connection, Refusal> {
    let workspaces = workspaces.iter().map(|id| (*id).clone()).collect();
    let save = Call::<EditAccess>::new(of.id.clone(), NewAccess { workspaces, confirmed });
    fixture.ask(&fixture.ada(), &save)
}

fn project(fixture: &Fixture, who: &Caller, workspace: &WorkspaceId, called: &str, with: &Connection) -> Project {
    let new = NewProject { name: name(called), connection_id: Some(with.id.clone()), jira_project: Some("ABC".into()) };
    fixture.ask(who, &Call::<CreateProject>::new(workspace.clone(), new)).expect("made").project
}

fn projects(fixture: &Fixture, workspace: &WorkspaceId) -> Vec<Project> {
    fixture.ask(&fixture.ada(), &Call::<ListProjects>::new(workspace.clone(), Nothing {})).expect("found").items
}

/// A connection granted to a workspace, with Max, who belongs there, and Tess, who tracks issues there.
fn granted(fixture: &Fixture) -> (Connection, WorkspaceId, Caller, Caller) {
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let web = workspace(fixture, "Web");
    access(fixture, &connection, &[&web], false).expect("granted");
    fixture.let_in(&web, "max@example.com", false);
    fixture.let_in(&web, "Tess@Example.com ", true);
    let max = fixture.sign_in("max@example.com", "Max").expect("Max belongs");
    let tess = fixture.sign_in("tess@example.com", "Tess").expect("Tess belongs");
    (connection, web, max, tess)
}

/// A connection that is granted to another workspace.
fn elsewhere(fixture: &Fixture) -> Connection {
    let (ada, other) = (fixture.ada(), workspace(fixture, "Other"));
    let authorization_id = fixture.authorize(&ada, "elsewhere", "cloud-1");
    let new = NewConnection {
        name: name("Hidden"),
        authorization_id: Some(authorization_id),
        draft: None,
        workspaces: vec![other],
    };
    fixture.ask(&ada, &Call::<CreateConnection>::new((), new)).expect("saved").connection
}

#[test]
fn who_was_let_in_may_sign_in_and_who_belongs_nowhere_may_not() {
    let fixture = Fixture::new();
    let web = workspace(&fixture, "Web");
    assert!(fixture.sign_in("max@example.com", "Max").is_err());
    fixture.let_in(&web, "max@example.com", false);
    let max = fixture.sign_in("max@example.com", "Max").expect("Max belongs");
    let show = Call::<GetSession>::new((), Nothing {});
    let member = fixture.ask(&max, &show).expect("a session").member;
    let drop = Call::<RemoveWorkspaceMember>::new(MemberOfWorkspace { id: web.clone(), member: member.id }, Nothing {});
    fixture.ask(&fixture.ada(), &drop).expect("taken out");
    assert_eq!(fixture.ask(&max, &show), Err(Refusal::NotSignedIn));
    assert_eq!(fixture.ask(&fixture.ada(), &drop), Err(Refusal::NotFound));
    assert!(fixture.sign_in("max@example.com", "Max").is_err());
    for not_one in ["", "max", "@example.com", "max@", "m ax@example.com", &format!("{}@example.com", "m".repeat(300))]
    {
        let membership = WorkspaceMembership { email: not_one.to_owned(), issue_tracking: false };
        let refused = fixture.ask(&fixture.ada(), &Call::<AddWorkspaceMember>::new(web.clone(), membership));
        assert!(matches!(refused, Err(Refusal::Invalid(_))), "{not_one:?}");
    }
}

#[test]
fn members_are_listed_and_signed_out_everywhere() {
    let mut fixture = Fixture::new();
    fixture.administrators.push("new@example.com".to_owned());
    let web = workspace(&fixture, "Web");
    fixture.let_in(&web, "max@example.com", false);
    let (one, two) = (fixture.sign_in("max@example.com", "Max"), fixture.sign_in("max@example.com", "Max"));
    let members = fixture.ask(&fixture.ada(), &Call::<ListMembers>::new((), Nothing {})).expect("found").items;
    let told: Vec<_> = members.iter().map(|member| (member.email.as_str(), member.role)).collect();
    let (administrator, member) = (Role::Administrator, Role::Member);
    assert_eq!(
        told,
        [("ada@example.com", administrator), ("max@example.com", member), ("new@example.com", administrator)]
    );
    assert_eq!(members, fixture.ask(&fixture.ada(), &Call::<ListMembers>::new((), Nothing {})).expect("found").items);
    fixture.ask(&fixture.ada(), &Call::<SignOutMember>::new(members[1].id.clone(), Nothing {})).expect("signed out");
    for session in [one, two] {
        let show = Call::<GetSession>::new((), Nothing {});
        assert_eq!(fixture.ask(&session.expect("Max belongs"), &show), Err(Refusal::NotSignedIn));
    }
    assert!(fixture.sign_in("max@example.com", "Max").is_ok(), "but may come again");
}

#[test]
fn a_workspace_is_renamed_archived_and_brought_back() {
    let fixture = Fixture::new();
    let (connection, web, max, _) = granted(&fixture);
    project(&fixture, &fixture.ada(), &web, "Shop", &connection);
    let edit = |edit| fixture.ask(&fixture.ada(), &Call::<EditWorkspace>::new(web.clone(), edit));
    let taken = fixture.ask(&fixture.ada(), &Call::<CreateWorkspace>::new((), NewWorkspace::named(name("WEB"))));
    assert_eq!(taken, Err(Refusal::NameTaken));
    let renamed = edit(WorkspaceEdit { name: Some(name("Shop")), archived: None }).expect("renamed");
    assert_eq!((renamed.name, renamed.connections.len(), renamed.projects), (name("Shop"), 1, 1));
    let archived = edit(WorkspaceEdit { name: None, archived: Some(true) }).expect("archived");
    assert_eq!((archived.archived_at, archived.connections.len()), (Some(fixture.now), 0));
    assert_eq!(archived.members.len(), 2, "nobody is forgotten");
    let project = &projects(&fixture, &web)[0];
    assert_eq!(project.connection, None);
    assert_eq!(project.disconnected.as_ref().map(|lost| &lost.connection_name), Some(&connection.name));
    let show = Call::<GetSession>::new((), Nothing {});
    assert_eq!(fixture.ask(&max, &show), Err(Refusal::NotSignedIn), "who belongs nowhere else is nobody here");
    let other = workspace(&fixture, "Shop");
    assert_eq!(edit(WorkspaceEdit { name: None, archived: Some(false) }), Err(Refusal::NameTaken));
    let back = edit(WorkspaceEdit { name: Some(name("Web")), archived: Some(false) }).expect("back");
    assert_eq!((back.archived_at, back.projects), (None, 1));
    let all = fixture.ask(&fixture.ada(), &Call::<ListWorkspaces>::new((), Nothing {})).expect("found").items;
    assert_eq!(all.iter().map(|one| &one.id).collect::<Vec<_>>(), [&other, &web]);
    let events = events(&fixture, &connection);
    assert_eq!(events, ["created", "access_changed", "project_disconnected", "access_changed"]);
}

fn told_last(fixture: &Fixture, connection: &Connection) -> TimelineEvent {
    told(fixture, connection).pop().expect("an entry").event
}
