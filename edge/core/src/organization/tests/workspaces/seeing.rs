//! What members see and may do, with the role and without.

use super::*;

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
    assert_eq!((seen.status.cause(), seen.account), (Some(Cause::Withheld), None));
    assert!(!seen.may_manage && !seen.may_reauthorize);
    let seen = see(&tess, &connection).expect("granted");
    assert_eq!(seen.status.cause(), Some(Cause::IpAllowList));
    assert_eq!(seen.account.map(|account| (account.name, account.email)), Some(("ada at Atlassian".into(), None)));
    assert!(!seen.may_manage && seen.may_reauthorize);
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
