//! What members see and may do, with the role and without.

use super::*;
use crate::authorization::CallbackPath;

#[test]
fn a_member_sees_what_is_granted_and_only_with_the_role_why_it_fails() {
    let fixture = Fixture::new();
    let (connection, web, max, tess) = granted(&fixture);
    let hidden = elsewhere(&fixture);
    project(&fixture, &tess, &web, "Shop", &connection);
    report(&fixture, &grant_of(&fixture, &connection), interrupted(&fixture, Cause::IpAllowList));
    let see = |who: &Caller, of: &Connection| fixture.ask(who, &Call::<GetConnection>::new(of.id.clone(), Nothing {}));
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
        fixture.ask(&max, &Call::<ListConnections>::new((), query)).expect("listed")
    };
    let page = list(None);
    assert_eq!((page.items.len(), page.counts.interrupted, page.counts.authorized), (1, 1, 0));
    assert_eq!((page.items[0].workspaces.len(), page.items[0].projects), (1, 1));
    assert_eq!(list(Some("atlassian")).items, [], "nobody finds an account that they do not see");
    let state = |who: &Caller| {
        let shop =
            fixture.ask(who, &Call::<ListProjects>::new(web.clone(), Nothing {})).expect("theirs").items.remove(0);
        let ProjectConnection { state, cause, may_reauthorize, .. } = shop.connection.expect("connected");
        (state, cause, may_reauthorize)
    };
    assert_eq!(state(&max), (State::Interrupted, None, false));
    assert_eq!(state(&tess), (State::Interrupted, Some(Cause::IpAllowList), true));
    let theirs: Vec<Workspace> = fixture.ask(&max, &Call::<ListWorkspaces>::new((), Nothing {})).expect("found").items;
    assert_eq!((theirs.len(), theirs[0].may_track_issues), (1, false));
    assert!(theirs[0].members.iter().all(|one| one.member.email.is_empty()), "addresses are for administrators");
    fixture.ask(&fixture.ada(), &Call::<DeleteConnection>::new(connection.id.clone(), Nothing {})).expect("deleted");
    assert_eq!(see(&max, &connection).err(), Some(Refusal::NotFound));
    let query = ListConnectionsQuery { deleted: Some(true), ..Default::default() };
    assert_eq!(fixture.ask(&max, &Call::<ListConnections>::new((), query)).expect("listed").items, []);
}

#[test]
fn with_the_role_a_member_reauthorizes_and_tests_and_does_nothing_else() {
    let fixture = Fixture::new();
    let (connection, _, max, tess) = granted(&fixture);
    let begin = |connection| BeginAuthorization {
        id: AuthorizationId::from_opaque(&random_id(&fixture.random)),
        ticket: Digest::of("ticket"),
        connection,
        kind: Kind::CloudOauth2,
        auth: None,
        cloud_callback: CallbackPath::default(),
    };
    assert_eq!(fixture.ask(&max, &begin(Some(connection.id.clone()))).err(), Some(Refusal::Forbidden));
    assert_eq!(fixture.ask(&tess, &begin(None)).err(), Some(Refusal::Forbidden));
    assert_eq!(fixture.ask(&max, &BeginCheckup { connection: connection.id.clone() }).err(), Some(Refusal::Forbidden));
    assert!(fixture.ask(&tess, &BeginCheckup { connection: connection.id.clone() }).is_ok());
    let attempt = fixture.reauthorize(&tess, &connection, "tess");
    let save = |edit| Call::<EditConnection> {
        params: connection.id.clone(),
        request: edit,
        if_match: Some((connection.version + 1).into()),
    };
    let both = ConnectionEdit {
        name: Some(name("Mine")),
        authorization_id: Some(attempt.clone()),
        ..ConnectionEdit::default()
    };
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
    assert_eq!(
        fixture
            .ask(who, &Call::<EditConnection> { params: id(), request: rename, if_match: Some(version.into()) })
            .err(),
        refused
    );
    assert_eq!(
        fixture.ask(who, &Call::<UnauthorizeConnection>::new(id(), Unauthorize { reach: Reach::Connection })).err(),
        refused
    );
    assert_eq!(fixture.ask(who, &Call::<DeleteConnection>::new(id(), Nothing {})).err(), refused);
    assert_eq!(fixture.ask(who, &Call::<RestoreConnection>::new(id(), Nothing {})).err(), refused);
    assert_eq!(fixture.ask(who, &Call::<DeactivateConnection>::new(id(), Nothing {})).err(), refused);
    assert_eq!(fixture.ask(who, &Call::<RenewConnection>::new(id(), Nothing {})).err(), refused);
    assert_eq!(fixture.ask(who, &Call::<RevertConnection>::new(id(), Nothing {})).err(), refused);
    assert_eq!(
        fixture.ask(who, &Call::<GetImpact>::new(id(), ImpactQuery { action: api::ImpactAction::Delete })).err(),
        refused
    );
    assert_eq!(fixture.ask(who, &Call::<GetAccess>::new(id(), Nothing {})).err(), refused);
    assert_eq!(fixture.ask(who, &PrepareKeyRotation { id: id() }).err(), refused);
    assert_eq!(fixture.ask(who, &Call::<DropNextKey>::new(id(), Nothing {})).err(), refused);
    assert_eq!(fixture.ask(who, &Call::<GetTimeline>::new(id(), TimelineQuery::default())).err(), refused);
}

#[test]
fn e3_what_is_not_granted_does_not_exist_for_a_member() {
    let fixture = Fixture::new();
    let (_, _, max, tess) = granted(&fixture);
    let hidden = elsewhere(&fixture);
    let other = hidden.workspaces[0].id.clone();
    for who in [&max, &tess] {
        nothing_else(&fixture, who, &hidden, &Refusal::NotFound);
        let begin = BeginAuthorization {
            id: AuthorizationId::from_opaque(&random_id(&fixture.random)),
            ticket: Digest::of("ticket"),
            connection: Some(hidden.id.clone()),
            kind: Kind::CloudOauth2,
            auth: None,
            cloud_callback: CallbackPath::default(),
        };
        assert_eq!(fixture.ask(who, &begin).err(), Some(Refusal::NotFound));
        let find = Call::<ListProjects>::new(other.clone(), Nothing {});
        assert_eq!(fixture.ask(who, &find).err(), Some(Refusal::NotFound));
        assert_eq!(
            fixture.ask(who, &Call::<GetWorkspace>::new(other.clone(), Nothing {})).err(),
            Some(Refusal::NotFound)
        );
    }
}

#[test]
fn an_admin_of_a_connection_manages_it_and_no_other() {
    let fixture = Fixture::new();
    let (connection, web, max, _) = granted(&fixture);
    let id = || connection.id.clone();
    let member = fixture.ask(&max, &Call::<GetSession>::new((), Nothing {})).expect("a session").member.id;
    let hand = |version: u64, admins| {
        let edit = ConnectionEdit { admins: Some(admins), ..ConnectionEdit::default() };
        Call::<EditConnection> { params: id(), request: edit, if_match: Some(version.into()) }
    };
    let nobody = api::MemberId::parse("mem_nobody").expect("an id");
    let version = show(&fixture, &connection).version;
    let refused = fixture.ask(&fixture.ada(), &hand(version, vec![nobody])).err();
    assert!(matches!(refused, Some(Refusal::Invalid(_))));
    let saved = fixture.ask(&fixture.ada(), &hand(version, vec![member.clone()])).expect("handed over").connection;
    assert_eq!(saved.admins, [member]);
    let told = told_last(&fixture, &connection);
    assert_eq!(told, TimelineEvent::AdminsChanged { added: vec!["Max".into()], removed: Vec::new() });
    let theirs = fixture.ask(&max, &Call::<GetConnection>::new(id(), Nothing {})).expect("theirs");
    assert!(theirs.may_manage && theirs.account.is_some());
    let rename = ConnectionEdit { name: Some(name("Mine")), ..ConnectionEdit::default() };
    let edit = Call::<EditConnection> { params: id(), request: rename, if_match: Some(theirs.version.into()) };
    let version = fixture.ask(&max, &edit).expect("renamed").connection.version;
    assert_eq!(fixture.ask(&max, &hand(version, Vec::new())).err(), Some(Refusal::Forbidden), "not who manages it");
    assert_eq!(
        fixture.ask(&max, &Call::<DeactivateConnection>::new(id(), Nothing {})).map(|c| c.status.state()),
        Ok(State::Deactivated)
    );
    assert!(fixture.ask(&max, &Call::<ActivateConnection>::new(id(), Nothing {})).is_ok());
    assert!(fixture.ask(&max, &Call::<GetAccess>::new(id(), Nothing {})).is_ok());
    let grant = Call::<EditAccess>::new(id(), NewAccess { workspaces: vec![web.clone()], confirmed: true });
    assert_eq!(fixture.ask(&max, &grant).err(), Some(Refusal::Forbidden));
    let other = elsewhere(&fixture);
    nothing_else(&fixture, &max, &other, &Refusal::NotFound);
    let impact = Call::<GetImpact>::new(id(), ImpactQuery { action: api::ImpactAction::Unauthorize });
    assert_eq!(fixture.ask(&max, &impact).expect("found").connections.len(), 1, "others' connections are not named");
    let all = Call::<UnauthorizeConnection>::new(id(), Unauthorize { reach: Reach::Consent });
    assert_eq!(fixture.ask(&max, &all).err(), Some(Refusal::Forbidden), "nor ended");
    assert!(
        fixture.ask(&max, &Call::<UnauthorizeConnection>::new(id(), Unauthorize { reach: Reach::Connection })).is_ok()
    );
    assert!(fixture.ask(&max, &Call::<DeleteConnection>::new(id(), Nothing {})).is_ok());
    let deleted = ListConnectionsQuery { deleted: Some(true), ..Default::default() };
    assert_eq!(fixture.ask(&max, &Call::<ListConnections>::new((), deleted)).expect("listed").items.len(), 1);
    assert!(fixture.ask(&max, &Call::<RestoreConnection>::new(id(), Nothing {})).is_ok());
}

#[test]
fn what_is_the_organizations_is_for_administrators() {
    let fixture = Fixture::new();
    let (connection, web, max, tess) = granted(&fixture);
    for who in [&max, &tess] {
        let refused = Some(Refusal::Forbidden);
        let new = NewWorkspace::named(name("Mine"));
        assert_eq!(fixture.ask(who, &Call::<CreateWorkspace>::new((), new)).err(), refused);
        let edit = WorkspaceEdit { name: None, archived: Some(true) };
        assert_eq!(fixture.ask(who, &Call::<EditWorkspace>::new(web.clone(), edit)).err(), refused);
        let membership = WorkspaceMembership { email: "eve@example.com".into(), issue_tracking: true };
        assert_eq!(fixture.ask(who, &Call::<AddWorkspaceMember>::new(web.clone(), membership)).err(), refused);
        let member = api::MemberId::parse("mem_1").expect("an id");
        assert_eq!(
            fixture
                .ask(
                    who,
                    &Call::<RemoveWorkspaceMember>::new(
                        MemberOfWorkspace { id: web.clone(), member: member.clone() },
                        Nothing {}
                    )
                )
                .err(),
            refused
        );
        assert_eq!(fixture.ask(who, &Call::<ListMembers>::new((), Nothing {})).err(), refused);
        assert_eq!(fixture.ask(who, &Call::<SignOutMember>::new(member, Nothing {})).err(), refused);
        assert_eq!(fixture.ask(who, &Call::<GetAttention>::new((), Nothing {})).err(), refused);
        assert_eq!(fixture.ask(who, &Call::<ListApiKeys>::new((), Nothing {})).err(), refused);
        assert_eq!(fixture.ask(who, &Call::<ListWebhooks>::new((), Nothing {})).err(), refused);
        assert_eq!(fixture.ask(who, &Call::<GetAuditLog>::new((), TimelineQuery::default())).err(), refused);
        let access = NewAccess { workspaces: vec![web.clone()], confirmed: true };
        assert_eq!(fixture.ask(who, &Call::<EditAccess>::new(connection.id.clone(), access)).err(), refused);
    }
}
