//! Workspaces: who belongs, what they see, what is granted, and what becomes of projects.

use api::{
    NewAccess, NewProject, NewWorkspace, Project, ProjectConnection, Role, Workspace, WorkspaceEdit, WorkspaceId,
    WorkspaceMembership,
};

use super::*;

fn workspace(fixture: &Fixture, called: &str) -> WorkspaceId {
    fixture.ask(&fixture.ada(), &MakeWorkspace { new: NewWorkspace { name: name(called) } }).expect("made").id
}

fn access(
    fixture: &Fixture,
    of: &Connection,
    workspaces: &[&WorkspaceId],
    confirmed: bool,
) -> Result<Connection, Refusal> {
    let workspaces = workspaces.iter().map(|id| (*id).clone()).collect();
    let save = SaveAccess { id: of.id.clone(), access: NewAccess { workspaces, confirmed } };
    fixture.ask(&fixture.ada(), &save)
}

fn project(fixture: &Fixture, who: &Caller, workspace: &WorkspaceId, called: &str, with: &Connection) -> Project {
    let new = NewProject { name: name(called), connection_id: Some(with.id.clone()), jira_project: Some("ABC".into()) };
    fixture.ask(who, &MakeProject { workspace: workspace.clone(), new }).expect("made")
}

fn projects(fixture: &Fixture, workspace: &WorkspaceId) -> Vec<Project> {
    fixture.ask(&fixture.ada(), &FindProjects { workspace: workspace.clone() }).expect("found").items
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
    let new = NewConnection { name: name("Hidden"), authorization_id, workspaces: vec![other] };
    fixture.ask(&ada, &SaveNewConnection { new }).expect("saved").connection
}

#[test]
fn who_was_let_in_may_sign_in_and_who_belongs_nowhere_may_not() {
    let fixture = Fixture::new();
    let web = workspace(&fixture, "Web");
    assert!(fixture.sign_in("max@example.com", "Max").is_err());
    fixture.let_in(&web, "max@example.com", false);
    let max = fixture.sign_in("max@example.com", "Max").expect("Max belongs");
    let show = ShowSession { organization: "default".into() };
    let member = fixture.ask(&max, &show).expect("a session").member;
    let drop = DropMembership { id: web.clone(), member: member.id };
    fixture.ask(&fixture.ada(), &drop).expect("taken out");
    assert_eq!(fixture.ask(&max, &show), Err(Refusal::NotSignedIn));
    assert_eq!(fixture.ask(&fixture.ada(), &drop), Err(Refusal::NotFound));
    assert!(fixture.sign_in("max@example.com", "Max").is_err());
    for not_one in ["", "max", "@example.com", "max@", "m ax@example.com", &format!("{}@example.com", "m".repeat(300))]
    {
        let membership = WorkspaceMembership { email: not_one.to_owned(), issue_tracking: false };
        let refused = fixture.ask(&fixture.ada(), &AddMembership { id: web.clone(), membership });
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
    let members = fixture.ask(&fixture.ada(), &FindMembers {}).expect("found").items;
    let told: Vec<_> = members.iter().map(|member| (member.email.as_str(), member.role)).collect();
    let (administrator, member) = (Role::Administrator, Role::Member);
    assert_eq!(
        told,
        [("ada@example.com", administrator), ("max@example.com", member), ("new@example.com", administrator)]
    );
    assert_eq!(members, fixture.ask(&fixture.ada(), &FindMembers {}).expect("found").items);
    fixture.ask(&fixture.ada(), &SignMemberOut { id: members[1].id.clone() }).expect("signed out");
    for session in [one, two] {
        let show = ShowSession { organization: "default".into() };
        assert_eq!(fixture.ask(&session.expect("Max belongs"), &show), Err(Refusal::NotSignedIn));
    }
    assert!(fixture.sign_in("max@example.com", "Max").is_ok(), "but may come again");
}

#[test]
fn a_workspace_is_renamed_archived_and_brought_back() {
    let fixture = Fixture::new();
    let (connection, web, max, _) = granted(&fixture);
    project(&fixture, &fixture.ada(), &web, "Shop", &connection);
    let edit = |edit| fixture.ask(&fixture.ada(), &SaveWorkspace { id: web.clone(), edit });
    let taken = fixture.ask(&fixture.ada(), &MakeWorkspace { new: NewWorkspace { name: name("WEB") } });
    assert_eq!(taken, Err(Refusal::NameTaken));
    let renamed = edit(WorkspaceEdit { name: Some(name("Shop")), archived: None }).expect("renamed");
    assert_eq!((renamed.name, renamed.connections.len(), renamed.projects), (name("Shop"), 1, 1));
    let archived = edit(WorkspaceEdit { name: None, archived: Some(true) }).expect("archived");
    assert_eq!((archived.archived_at, archived.connections.len()), (Some(fixture.now), 0));
    assert_eq!(archived.members.len(), 2, "nobody is forgotten");
    let project = &projects(&fixture, &web)[0];
    assert_eq!(project.connection, None);
    assert_eq!(project.disconnected.as_ref().map(|lost| &lost.connection_name), Some(&connection.name));
    let show = ShowSession { organization: "default".into() };
    assert_eq!(fixture.ask(&max, &show), Err(Refusal::NotSignedIn), "who belongs nowhere else is nobody here");
    let other = workspace(&fixture, "Shop");
    assert_eq!(edit(WorkspaceEdit { name: None, archived: Some(false) }), Err(Refusal::NameTaken));
    let back = edit(WorkspaceEdit { name: Some(name("Web")), archived: Some(false) }).expect("back");
    assert_eq!((back.archived_at, back.projects), (None, 1));
    let all = fixture.ask(&fixture.ada(), &FindWorkspaces {}).expect("found").items;
    assert_eq!(all.iter().map(|one| &one.id).collect::<Vec<_>>(), [&other, &web]);
    let events = events(&fixture, &connection);
    assert_eq!(events, ["created", "access_changed", "project_disconnected", "access_changed"]);
}

#[test]
fn while_there_are_workspaces_a_connection_is_granted_to_one() {
    let fixture = Fixture::new();
    let (ada, connection) = (fixture.ada(), fixture.connect(&fixture.ada(), "Before there were any"));
    let web = workspace(&fixture, "Web");
    let save = |workspaces: Vec<WorkspaceId>| {
        let authorization_id = fixture.authorize(&ada, &crate::secrets::opaque(&fixture.random), "cloud-1");
        fixture.ask(&ada, &SaveNewConnection { new: NewConnection { name: name("New"), authorization_id, workspaces } })
    };
    assert_eq!(save(Vec::new()).err(), Some(Refusal::WorkspaceRequired));
    let unknown = WorkspaceId::parse("wsp_unknown").expect("an id");
    assert!(matches!(save(vec![web.clone(), unknown.clone()]).err(), Some(Refusal::Invalid(_))));
    let saved = save(vec![web.clone()]).expect("saved").connection;
    assert_eq!(saved.workspaces.iter().map(|one| &one.id).collect::<Vec<_>>(), [&web]);
    assert_eq!(access(&fixture, &connection, &[], true).err(), Some(Refusal::WorkspaceRequired));
    assert!(matches!(access(&fixture, &connection, &[&unknown], true).err(), Some(Refusal::Invalid(_))));
}

#[test]
fn taking_access_away_names_the_projects_and_waits_for_a_confirmation() {
    let fixture = Fixture::new();
    let (connection, web, ..) = granted(&fixture);
    let (mobile, ada) = (workspace(&fixture, "Mobile"), fixture.ada());
    project(&fixture, &ada, &web, "Shop", &connection);
    assert_eq!(show(&fixture, &connection).projects, 1);
    let find = FindAccess { id: connection.id.clone() };
    let told = fixture.ask(&ada, &find).expect("found").workspaces;
    let told: Vec<_> = told.iter().map(|one| (one.workspace.name.as_str(), one.granted, one.projects.len())).collect();
    assert_eq!(told, [("Mobile", false, 0), ("Web", true, 1)]);
    let refused = access(&fixture, &connection, &[&mobile], false).err();
    assert_eq!(refused, Some(Refusal::ConfirmationRequired("This would disconnect Shop (Web).".into())));
    assert!(projects(&fixture, &web)[0].connection.is_some(), "nothing was changed");
    let after = access(&fixture, &connection, &[&mobile], true).expect("confirmed");
    assert_eq!((after.workspaces[0].name.as_str(), after.projects), ("Mobile", 0));
    let lost = projects(&fixture, &web)[0].disconnected.clone().expect("disconnected");
    assert_eq!((lost.connection_name.as_str(), lost.at), ("Staging", fixture.now));
    let changed = told_last(&fixture, &connection);
    let (granted, taken) = (vec!["Mobile".to_owned()], vec!["Web".to_owned()]);
    assert_eq!(changed, TimelineEvent::AccessChanged { granted, taken });
    let impact = fixture.ask(&ada, &FindImpact { id: connection.id.clone(), action: api::ImpactAction::Delete });
    assert_eq!(impact.expect("found").projects, []);
}

fn told_last(fixture: &Fixture, connection: &Connection) -> TimelineEvent {
    told(fixture, connection).pop().expect("an entry").event
}

#[test]
fn an_impact_names_the_projects_and_a_purged_connection_leaves_them_disconnected() {
    let mut fixture = Fixture::new();
    let (connection, web, ..) = granted(&fixture);
    let ada = fixture.ada();
    project(&fixture, &ada, &web, "Shop", &connection);
    let impact = FindImpact { id: connection.id.clone(), action: api::ImpactAction::Delete };
    let named = fixture.ask(&ada, &impact).expect("found").projects;
    assert_eq!((named[0].name.as_str(), named[0].workspace.as_str()), ("Shop", "Web"));
    fixture.ask(&ada, &DeleteConnection { id: connection.id.clone() }).expect("deleted");
    assert_eq!(projects(&fixture, &web)[0].connection.as_ref().map(|one| one.state), Some(State::Unauthorized));
    fixture.pass(31 * 86_400);
    fixture.organization().sweep().expect("swept");
    let shop = &projects(&fixture, &web)[0];
    assert_eq!((&shop.connection, shop.disconnected.is_some()), (&None, true));
}

#[test]
fn a_project_uses_only_what_its_workspace_was_granted() {
    let fixture = Fixture::new();
    let (connection, web, max, tess) = granted(&fixture);
    let make = |who: &Caller, called: &str, connection_id: Option<ConnectionId>, key: Option<&str>| {
        let new = NewProject { name: name(called), connection_id, jira_project: key.map(str::to_owned) };
        fixture.ask(who, &MakeProject { workspace: web.clone(), new })
    };
    let other = ConnectionId::parse("con_other").expect("an id");
    assert!(matches!(make(&tess, "Shop", Some(other), None), Err(Refusal::Invalid(_))));
    for key in ["abc", "A-B", "1A", "", "_A"] {
        assert!(matches!(make(&tess, "Shop", None, Some(key)), Err(Refusal::Invalid(_))), "{key:?}");
    }
    assert_eq!(make(&max, "Shop", None, None).err(), Some(Refusal::Forbidden));
    let shop = make(&tess, "Shop", Some(connection.id.clone()), Some("ABC_1")).expect("made");
    assert_eq!(make(&tess, "shop", None, None).err(), Some(Refusal::NameTaken));
    let new = NewProject { name: name("Shop"), connection_id: None, jira_project: None };
    let save = SaveProject { id: shop.id.clone(), new };
    assert_eq!(fixture.ask(&max, &save).err(), Some(Refusal::Forbidden));
    assert_eq!(fixture.ask(&tess, &save).expect("saved").connection, None);
    assert_eq!(fixture.ask(&max, &DropProject { id: shop.id.clone() }).err(), Some(Refusal::Forbidden));
    fixture.ask(&tess, &DropProject { id: shop.id }).expect("removed");
    assert_eq!(projects(&fixture, &web), []);
}

#[test]
fn a_member_sees_what_is_granted_and_only_with_the_role_why_it_fails() {
    let fixture = Fixture::new();
    let (connection, web, max, tess) = granted(&fixture);
    let hidden = elsewhere(&fixture);
    project(&fixture, &tess, &web, "Shop", &connection);
    report(&fixture, &grant_of(&fixture, &connection), interrupted(&fixture, Cause::IpAllowList));
    let see = |who: &Caller, of: &Connection| fixture.ask(who, &ShowConnection { id: of.id.clone() });
    let seen = see(&max, &connection).expect("granted");
    assert_eq!((seen.name.as_str(), seen.status.state()), ("Staging", State::Interrupted));
    assert_eq!((seen.status.cause(), seen.account, seen.may_manage), (Some(Cause::Withheld), None, false));
    let seen = see(&tess, &connection).expect("granted");
    assert_eq!(seen.status.cause(), Some(Cause::IpAllowList));
    assert_eq!(seen.account.map(|account| (account.name, account.email)), Some(("ada at Atlassian".into(), None)));
    assert!(!seen.may_manage);
    assert_eq!(see(&max, &hidden).err(), Some(Refusal::NotFound));
    let list = |q: Option<&str>| {
        let query = ListConnectionsQuery { q: q.map(str::to_owned), ..Default::default() };
        fixture.ask(&max, &FindConnections { query }).expect("listed")
    };
    let page = list(None);
    assert_eq!((page.items.len(), page.counts.interrupted, page.counts.authorized), (1, 1, 0));
    assert_eq!((page.items[0].workspaces.len(), page.items[0].projects), (1, 1));
    assert_eq!(list(Some("atlassian")).items, [], "nobody finds an account that they do not see");
    let state = |who: &Caller| {
        let shop = fixture.ask(who, &FindProjects { workspace: web.clone() }).expect("theirs").items.remove(0);
        let ProjectConnection { state, cause, may_reauthorize, .. } = shop.connection.expect("connected");
        (state, cause, may_reauthorize)
    };
    assert_eq!(state(&max), (State::Interrupted, None, false));
    assert_eq!(state(&tess), (State::Interrupted, Some(Cause::IpAllowList), true));
    let theirs: Vec<Workspace> = fixture.ask(&max, &FindWorkspaces {}).expect("found").items;
    assert_eq!((theirs.len(), theirs[0].may_track_issues), (1, false));
    assert!(theirs[0].members.iter().all(|one| one.member.email.is_empty()), "addresses are for administrators");
    fixture.ask(&fixture.ada(), &DeleteConnection { id: connection.id.clone() }).expect("deleted");
    assert_eq!(see(&max, &connection).err(), Some(Refusal::NotFound));
    let query = ListConnectionsQuery { deleted: Some(true), ..Default::default() };
    assert_eq!(fixture.ask(&max, &FindConnections { query }).expect("listed").items, []);
}

#[test]
fn with_the_role_a_member_reauthorizes_and_tests_and_does_nothing_else() {
    let fixture = Fixture::new();
    let (connection, _, max, tess) = granted(&fixture);
    let begin = |connection| BeginAttempt { ticket: Digest::of("ticket"), connection };
    assert_eq!(fixture.ask(&max, &begin(Some(connection.id.clone()))).err(), Some(Refusal::Forbidden));
    assert_eq!(fixture.ask(&tess, &begin(None)).err(), Some(Refusal::Forbidden));
    assert_eq!(fixture.ask(&max, &BeginCheckup { connection: connection.id.clone() }).err(), Some(Refusal::Forbidden));
    assert!(fixture.ask(&tess, &BeginCheckup { connection: connection.id.clone() }).is_ok());
    let attempt = fixture.reauthorize(&tess, &connection, "tess");
    let save = |edit| SaveConnection { id: connection.id.clone(), version: connection.version + 1, edit };
    let both = ConnectionEdit { name: Some(name("Mine")), authorization_id: Some(attempt.clone()), admins: None };
    assert_eq!(fixture.ask(&tess, &save(both)).err(), Some(Refusal::Forbidden));
    let only = ConnectionEdit { authorization_id: Some(attempt), ..ConnectionEdit::default() };
    let saved = fixture.ask(&tess, &save(only)).expect("saved").connection;
    assert_eq!(saved.account.map(|account| account.name).as_deref(), Some("tess at Atlassian"));
    nothing_else(&fixture, &tess, &connection, &Refusal::Forbidden);
    nothing_else(&fixture, &max, &connection, &Refusal::Forbidden);
}

/// Everything that needs a connection's admin is refused.
fn nothing_else(fixture: &Fixture, who: &Caller, connection: &Connection, refusal: &Refusal) {
    let id = || connection.id.clone();
    let refused = Some(refusal.clone());
    let version = show(fixture, connection).version;
    let rename = ConnectionEdit { name: Some(name("Mine")), ..ConnectionEdit::default() };
    assert_eq!(fixture.ask(who, &SaveConnection { id: id(), version, edit: rename }).err(), refused);
    assert_eq!(fixture.ask(who, &EndAuthorization { id: id(), reach: Reach::Connection }).err(), refused);
    assert_eq!(fixture.ask(who, &DeleteConnection { id: id() }).err(), refused);
    assert_eq!(fixture.ask(who, &RestoreConnection { id: id() }).err(), refused);
    assert_eq!(fixture.ask(who, &SwitchConnection { id: id(), on: false }).err(), refused);
    assert_eq!(fixture.ask(who, &FindRenewal { id: id() }).err(), refused);
    assert_eq!(fixture.ask(who, &FindWayBack { id: id() }).err(), refused);
    assert_eq!(fixture.ask(who, &FindImpact { id: id(), action: api::ImpactAction::Delete }).err(), refused);
    assert_eq!(fixture.ask(who, &FindAccess { id: id() }).err(), refused);
    assert_eq!(fixture.ask(who, &FindRotation { id: id() }).err(), refused);
    assert_eq!(fixture.ask(who, &GiveUpNextKey { id: id() }).err(), refused);
    assert_eq!(fixture.ask(who, &FindTimeline { id: id(), query: TimelineQuery::default() }).err(), refused);
}

#[test]
fn e3_what_is_not_granted_does_not_exist_for_a_member() {
    let fixture = Fixture::new();
    let (_, _, max, tess) = granted(&fixture);
    let hidden = elsewhere(&fixture);
    let other = hidden.workspaces[0].id.clone();
    for who in [&max, &tess] {
        nothing_else(&fixture, who, &hidden, &Refusal::NotFound);
        let begin = BeginAttempt { ticket: Digest::of("ticket"), connection: Some(hidden.id.clone()) };
        assert_eq!(fixture.ask(who, &begin).err(), Some(Refusal::NotFound));
        let find = FindProjects { workspace: other.clone() };
        assert_eq!(fixture.ask(who, &find).err(), Some(Refusal::NotFound));
        assert_eq!(fixture.ask(who, &ShowWorkspace { id: other.clone() }).err(), Some(Refusal::NotFound));
    }
}

#[test]
fn an_admin_of_a_connection_manages_it_and_no_other() {
    let fixture = Fixture::new();
    let (connection, web, max, _) = granted(&fixture);
    let id = || connection.id.clone();
    let member = fixture.ask(&max, &ShowSession { organization: String::new() }).expect("a session").member.id;
    let hand = |version, admins| {
        let edit = ConnectionEdit { admins: Some(admins), ..ConnectionEdit::default() };
        SaveConnection { id: id(), version, edit }
    };
    let nobody = api::MemberId::parse("mem_nobody").expect("an id");
    let version = show(&fixture, &connection).version;
    let refused = fixture.ask(&fixture.ada(), &hand(version, vec![nobody])).err();
    assert!(matches!(refused, Some(Refusal::Invalid(_))));
    let saved = fixture.ask(&fixture.ada(), &hand(version, vec![member.clone()])).expect("handed over").connection;
    assert_eq!(saved.admins, [member]);
    let told = told_last(&fixture, &connection);
    assert_eq!(told, TimelineEvent::AdminsChanged { added: vec!["Max".into()], removed: Vec::new() });
    let theirs = fixture.ask(&max, &ShowConnection { id: id() }).expect("theirs");
    assert!(theirs.may_manage && theirs.account.is_some());
    let rename = ConnectionEdit { name: Some(name("Mine")), ..ConnectionEdit::default() };
    let edit = SaveConnection { id: id(), version: theirs.version, edit: rename };
    let version = fixture.ask(&max, &edit).expect("renamed").connection.version;
    assert_eq!(fixture.ask(&max, &hand(version, Vec::new())).err(), Some(Refusal::Forbidden), "not who manages it");
    assert_eq!(
        fixture.ask(&max, &SwitchConnection { id: id(), on: false }).map(|c| c.status.state()),
        Ok(State::Deactivated)
    );
    assert!(fixture.ask(&max, &SwitchConnection { id: id(), on: true }).is_ok());
    assert!(fixture.ask(&max, &FindAccess { id: id() }).is_ok());
    let grant = SaveAccess { id: id(), access: NewAccess { workspaces: vec![web.clone()], confirmed: true } };
    assert_eq!(fixture.ask(&max, &grant).err(), Some(Refusal::Forbidden));
    let other = elsewhere(&fixture);
    nothing_else(&fixture, &max, &other, &Refusal::NotFound);
    let impact = FindImpact { id: id(), action: api::ImpactAction::Unauthorize };
    assert_eq!(fixture.ask(&max, &impact).expect("found").connections.len(), 1, "others' connections are not named");
    let all = EndAuthorization { id: id(), reach: Reach::Consent };
    assert_eq!(fixture.ask(&max, &all).err(), Some(Refusal::Forbidden), "nor ended");
    assert!(fixture.ask(&max, &EndAuthorization { id: id(), reach: Reach::Connection }).is_ok());
    assert!(fixture.ask(&max, &DeleteConnection { id: id() }).is_ok());
    let deleted = ListConnectionsQuery { deleted: Some(true), ..Default::default() };
    assert_eq!(fixture.ask(&max, &FindConnections { query: deleted }).expect("listed").items.len(), 1);
    assert!(fixture.ask(&max, &RestoreConnection { id: id() }).is_ok());
}

#[test]
fn what_is_the_organizations_is_for_administrators() {
    let fixture = Fixture::new();
    let (connection, web, max, tess) = granted(&fixture);
    for who in [&max, &tess] {
        let refused = Some(Refusal::Forbidden);
        let new = NewWorkspace { name: name("Mine") };
        assert_eq!(fixture.ask(who, &MakeWorkspace { new }).err(), refused);
        let edit = WorkspaceEdit { name: None, archived: Some(true) };
        assert_eq!(fixture.ask(who, &SaveWorkspace { id: web.clone(), edit }).err(), refused);
        let membership = WorkspaceMembership { email: "eve@example.com".into(), issue_tracking: true };
        assert_eq!(fixture.ask(who, &AddMembership { id: web.clone(), membership }).err(), refused);
        let member = api::MemberId::parse("mem_1").expect("an id");
        assert_eq!(fixture.ask(who, &DropMembership { id: web.clone(), member: member.clone() }).err(), refused);
        assert_eq!(fixture.ask(who, &FindMembers {}).err(), refused);
        assert_eq!(fixture.ask(who, &SignMemberOut { id: member }).err(), refused);
        assert_eq!(fixture.ask(who, &FindAttention {}).err(), refused);
        assert_eq!(fixture.ask(who, &FindApiKeys {}).err(), refused);
        assert_eq!(fixture.ask(who, &FindWebhooks {}).err(), refused);
        assert_eq!(fixture.ask(who, &FindAuditLog { query: TimelineQuery::default() }).err(), refused);
        let access = NewAccess { workspaces: vec![web.clone()], confirmed: true };
        assert_eq!(fixture.ask(who, &SaveAccess { id: connection.id.clone(), access }).err(), refused);
    }
}

#[test]
fn a_key_of_a_workspace_uses_exactly_what_is_granted_to_it_now() {
    let fixture = Fixture::new();
    let (connection, web, ..) = granted(&fixture);
    let other = workspace(&fixture, "Other");
    let bound = |to: &WorkspaceId, name_: &str| {
        let scopes = vec![KeyScope::Proxy, KeyScope::ConnectionsRead];
        let new =
            NewApiKey { name: name(name_), scopes, connections: None, workspace: Some(to.clone()), expires_at: None };
        let digest = Digest::of(name_);
        fixture.ask(&fixture.ada(), &MakeApiKey { new, digest: digest.clone() }).map(|_| Caller::ApiKey(digest))
    };
    let unknown = WorkspaceId::parse("wsp_unknown").expect("an id");
    assert!(matches!(bound(&unknown, "CI"), Err(Refusal::Invalid(_))));
    let (ours, theirs) = (bound(&web, "CI").expect("made"), bound(&other, "Others' CI").expect("made"));
    let call = |key: &Caller| fixture.ask(key, &AdmitCall { connection: connection.id.clone() });
    let listed = |key: &Caller| {
        let query = ListConnectionsQuery::default();
        fixture.ask(key, &FindConnections { query }).expect("listed").items.len()
    };
    assert!(matches!(call(&ours), Ok(Admitted::To { .. })));
    assert_eq!((call(&theirs).err(), listed(&ours), listed(&theirs)), (Some(Refusal::NotFound), 1, 0));
    access(&fixture, &connection, &[&other], true).expect("moved");
    assert!(matches!(call(&theirs), Ok(Admitted::To { .. })));
    assert_eq!((call(&ours).err(), listed(&ours), listed(&theirs)), (Some(Refusal::NotFound), 0, 1));
    let edit = WorkspaceEdit { name: None, archived: Some(true) };
    fixture.ask(&fixture.ada(), &SaveWorkspace { id: other, edit }).expect("archived");
    assert_eq!(call(&theirs).err(), Some(Refusal::NotFound));
}
