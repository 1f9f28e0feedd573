//! Members: why they may sign in, and how they are added and removed.

use api::{NewMember, RemoveMember};

use super::*;

fn members(fixture: &Fixture) -> Vec<api::MemberDetails> {
    fixture.ask(&fixture.ada(), &Call::<ListMembers>::new((), Nothing {})).expect("listed").items
}

fn add(fixture: &Fixture, email: &str, workspace: &WorkspaceId) -> Result<api::MemberDetails, Refusal> {
    let new = NewMember { email: email.to_owned(), workspace: workspace.clone(), issue_tracking: true };
    fixture.ask(&fixture.ada(), &Call::<api::AddMember>::new((), new))
}

fn remove(fixture: &Fixture, member: &MemberId) -> Result<Nothing, Refusal> {
    fixture.ask(&fixture.ada(), &Call::<RemoveMember>::new(member.clone(), Nothing {}))
}

#[test]
fn a_member_is_listed_with_the_workspaces_that_let_them_in_and_when_they_came() {
    let mut fixture = Fixture::new();
    let (web, old) = (workspace(&fixture, "Web"), workspace(&fixture, "Old"));
    fixture.let_in(&old, "max@example.com", false);
    let max = add(&fixture, " Max@Example.com", &web).expect("added");
    let names = |member: &api::MemberDetails| {
        member.workspaces.iter().map(|one| (one.workspace.name.to_string(), one.issue_tracking)).collect::<Vec<_>>()
    };
    assert_eq!(names(&max), [("Old".to_owned(), false), ("Web".to_owned(), true)]);
    assert_eq!((max.email.as_str(), max.last_signed_in_at), ("max@example.com", None));
    let archive = WorkspaceEdit { name: None, archived: Some(true) };
    fixture.ask(&fixture.ada(), &Call::<EditWorkspace>::new(old, archive)).expect("archived");
    fixture.pass(60);
    fixture.sign_in("max@example.com", "Max").expect("Max belongs");
    let listed = members(&fixture);
    let max = listed.iter().find(|member| member.email == "max@example.com").expect("listed");
    assert_eq!(names(max), [("Web".to_owned(), true)]);
    assert_eq!(max.last_signed_in_at, Some(fixture.now));
}

#[test]
fn somebody_is_added_only_to_a_workspace_that_is_there() {
    let fixture = Fixture::new();
    let gone = WorkspaceId::parse("wsp_gone").expect("an id");
    assert!(matches!(add(&fixture, "max@example.com", &gone), Err(Refusal::Invalid(_))));
    let web = workspace(&fixture, "Web");
    let Err(Refusal::Invalid(why)) = add(&fixture, "max", &web) else { panic!("that is no address") };
    assert!(!why.starts_with("email"), "it is written for people: {why}");
}

#[test]
fn who_is_removed_leaves_every_workspace_and_is_signed_out() {
    let fixture = Fixture::new();
    let (connection, web, max, _) = granted(&fixture);
    let other = workspace(&fixture, "Other");
    let id = add(&fixture, "max@example.com", &other).expect("added").id;
    let edit = ConnectionEdit { admins: Some(vec![id.clone()]), ..ConnectionEdit::default() };
    let version = Some(IfMatch::from(show(&fixture, &connection).version));
    let save = Call::<EditConnection> { params: connection.id.clone(), request: edit, if_match: version };
    fixture.ask(&fixture.ada(), &save).expect("saved");
    remove(&fixture, &id).expect("removed");
    assert!(members(&fixture).iter().all(|member| member.id != id));
    let session = Call::<GetSession>::new((), Nothing {});
    assert_eq!(fixture.ask(&max, &session), Err(Refusal::NotSignedIn));
    assert!(fixture.sign_in("max@example.com", "Max").is_err());
    assert_eq!(show(&fixture, &connection).admins, []);
    let left = fixture.ask(&fixture.ada(), &Call::<GetWorkspace>::new(web, Nothing {})).expect("found");
    assert!(left.members.iter().all(|one| one.member.id != id));
    assert_eq!(remove(&fixture, &id), Err(Refusal::NotFound), "nobody is removed twice");
}

#[test]
fn whom_the_operator_named_only_the_operator_removes() {
    let fixture = Fixture::new();
    let ada = members(&fixture).into_iter().find(|member| member.role == Role::Administrator).expect("Ada");
    assert_eq!(remove(&fixture, &ada.id), Err(Refusal::AdministratorConfigured));
}

#[test]
fn the_first_workspace_takes_in_the_connections_that_are_chosen() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let (one, two) = (fixture.connect(&ada, "One"), fixture.connect(&ada, "Two"));
    let make = |connections| {
        let new = NewWorkspace { name: name("Web"), connections };
        fixture.ask(&ada, &Call::<CreateWorkspace>::new((), new))
    };
    let gone = ConnectionId::parse("con_gone").expect("an id");
    assert!(matches!(make(vec![one.id.clone(), gone]), Err(Refusal::Invalid(_))));
    let web = make(vec![one.id.clone()]).expect("made");
    assert_eq!(web.connections.iter().map(|taken| &taken.id).collect::<Vec<_>>(), [&one.id]);
    assert_eq!(events(&fixture, &one), ["created", "access_changed"]);
    assert_eq!(events(&fixture, &two), ["created"]);
}
