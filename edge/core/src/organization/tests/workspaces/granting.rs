//! What is granted to a workspace, and what becomes of its projects.

use super::*;

#[test]
fn while_there_are_workspaces_a_connection_is_granted_to_one() {
    let fixture = Fixture::new();
    let (ada, connection) = (fixture.ada(), fixture.connect(&fixture.ada(), "Before there were any"));
    let web = workspace(&fixture, "Web");
    let save = |workspaces: Vec<WorkspaceId>| {
        let authorization_id = fixture.authorize(&ada, &crate::secrets::random_id(&fixture.random), "cloud-1");
        fixture.ask(
            &ada,
            &Call::<CreateConnection>::new(
                (),
                NewConnection { name: name("New"), authorization_id: Some(authorization_id), draft: None, workspaces },
            ),
        )
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
    let find = Call::<GetAccess>::new(connection.id.clone(), Nothing {});
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
    let impact = fixture
        .ask(&ada, &Call::<GetImpact>::new(connection.id.clone(), ImpactQuery { action: api::ImpactAction::Delete }));
    assert_eq!(impact.expect("found").projects, []);
}

#[test]
fn an_impact_names_the_projects_and_a_purged_connection_leaves_them_disconnected() {
    let mut fixture = Fixture::new();
    let (connection, web, ..) = granted(&fixture);
    let ada = fixture.ada();
    project(&fixture, &ada, &web, "Shop", &connection);
    let impact = Call::<GetImpact>::new(connection.id.clone(), ImpactQuery { action: api::ImpactAction::Delete });
    let named = fixture.ask(&ada, &impact).expect("found").projects;
    assert_eq!((named[0].name.as_str(), named[0].workspace.as_str()), ("Shop", "Web"));
    fixture.ask(&ada, &Call::<DeleteConnection>::new(connection.id.clone(), Nothing {})).expect("deleted");
    assert_eq!(projects(&fixture, &web)[0].connection.as_ref().map(|one| one.state), Some(State::Unauthorized));
    fixture.pass(31 * 86_400);
    fixture.turn().sweep();
    let shop = &projects(&fixture, &web)[0];
    assert_eq!((&shop.connection, shop.disconnected.is_some()), (&None, true));
}

#[test]
fn a_project_uses_only_what_its_workspace_was_granted() {
    let fixture = Fixture::new();
    let (connection, web, max, tess) = granted(&fixture);
    let make = |who: &Caller, called: &str, connection_id: Option<ConnectionId>, key: Option<&str>| {
        let new = NewProject { name: name(called), connection_id, jira_project: key.map(str::to_owned) };
        fixture.ask(who, &Call::<CreateProject>::new(web.clone(), new)).map(|saved| saved.project)
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
    let save = Call::<EditProject>::new(shop.id.clone(), new);
    assert_eq!(fixture.ask(&max, &save).err(), Some(Refusal::Forbidden));
    assert_eq!(fixture.ask(&tess, &save).expect("saved").project.connection, None);
    assert_eq!(
        fixture.ask(&max, &Call::<DeleteProject>::new(shop.id.clone(), Nothing {})).err(),
        Some(Refusal::Forbidden)
    );
    fixture.ask(&tess, &Call::<DeleteProject>::new(shop.id, Nothing {})).expect("removed");
    assert_eq!(projects(&fixture, &web), []);
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
        fixture.ask(&fixture.ada(), &StoreApiKey { new, secret: secret(&digest) }).map(|_| Caller::ApiKey(digest))
    };
    let unknown = WorkspaceId::parse("wsp_unknown").expect("an id");
    assert!(matches!(bound(&unknown, "CI"), Err(Refusal::Invalid(_))));
    let (ours, theirs) = (bound(&web, "CI").expect("made"), bound(&other, "Others' CI").expect("made"));
    let call = |key: &Caller| fixture.ask(key, &AuthorizeCall { connection: connection.id.clone() });
    let listed = |key: &Caller| {
        let query = ListConnectionsQuery::default();
        fixture.ask(key, &Call::<ListConnections>::new((), query)).expect("listed").items.len()
    };
    assert!(matches!(call(&ours), Ok(Admitted::To { .. })));
    assert_eq!((call(&theirs).err(), listed(&ours), listed(&theirs)), (Some(Refusal::NotFound), 1, 0));
    access(&fixture, &connection, &[&other], true).expect("moved");
    assert!(matches!(call(&theirs), Ok(Admitted::To { .. })));
    assert_eq!((call(&ours).err(), listed(&ours), listed(&theirs)), (Some(Refusal::NotFound), 0, 1));
    let edit = WorkspaceEdit { name: None, archived: Some(true) };
    fixture.ask(&fixture.ada(), &Call::<EditWorkspace>::new(other, edit)).expect("archived");
    assert_eq!(call(&theirs).err(), Some(Refusal::NotFound));
}
