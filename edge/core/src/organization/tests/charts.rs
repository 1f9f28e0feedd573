//! Charts: who makes, sees and changes them, and with whose access they are computed.

use serde_json::json;

use super::*;
use crate::organization::ChartToCompute;

fn spec(title: &str) -> chart::Spec {
    let group = json!({"field": {"id": "status"}});
    let spec = json!({"source": {"jql": "project = A"}, "mark": "bar", "group": group, "says": {"title": title}});
    serde_json::from_value(spec).expect("a spec")
}

fn create(fixture: &Fixture, who: &Caller, title: &str) -> Result<Chart, Refusal> {
    fixture.ask(who, &Call::<CreateChart>::new((), NewChart { site: "cloud-1".into(), spec: spec(title) }))
}

fn edit(fixture: &Fixture, who: &Caller, chart: &Chart, spec: chart::Spec) -> Result<Chart, Refusal> {
    let (params, request) = (chart.id.clone(), ChartEdit { spec });
    fixture.ask(who, &Call::<EditChart> { params, request, if_match: Some(chart.version.into()) })
}

fn listed(fixture: &Fixture, who: &Caller, query: ListChartsQuery) -> Vec<String> {
    let found = fixture.ask(who, &Call::<ListCharts>::new((), query)).expect("a list");
    found.items.into_iter().map(|chart| chart.title).collect()
}

fn deleted() -> ListChartsQuery {
    ListChartsQuery { deleted: Some(true), ..ListChartsQuery::default() }
}

fn render(
    fixture: &Fixture,
    who: &Caller,
    chart: &Chart,
    with: Option<&Connection>,
) -> Result<ChartToCompute, Refusal> {
    let connection_id = with.map(|connection| connection.id.clone());
    let request = NewRender { connection_id, ..NewRender::default() };
    fixture.ask(who, &Call::<RenderChart>::new(chart.id.clone(), request))
}

fn allow(fixture: &Fixture, who: &Caller, connection: &Connection, charts: bool) -> Result<Connection, Refusal> {
    let version = show(fixture, connection).version;
    let request = ConnectionEdit { charts: Some(charts), ..ConnectionEdit::default() };
    let edit = Call::<EditConnection> { params: connection.id.clone(), request, if_match: Some(version.into()) };
    fixture.ask(who, &edit).map(|saved| saved.connection)
}

fn connect(fixture: &Fixture, who: &Caller, name: &str, cloud_id: &str) -> Connection {
    let authorization = fixture.authorize(who, name, cloud_id);
    let new = NewConnection {
        name: Name::parse(name).expect("a name"),
        authorization_id: Some(authorization),
        draft: None,
        workspaces: vec![],
    };
    fixture.ask(who, &Call::<CreateConnection>::new((), new)).expect("created").connection
}

/// An organization with connections to two sites, one of which Max sees through a workspace.
fn shared_with_another() -> (Fixture, Caller, Caller, [Connection; 2]) {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connections = [connect(&fixture, &ada, "Staging", "cloud-1"), connect(&fixture, &ada, "Other", "cloud-2")];
    let name = Name::parse("Web").expect("a name");
    let workspace = NewWorkspace { name, connections: vec![connections[0].id.clone()] };
    let workspace = fixture.ask(&ada, &Call::<CreateWorkspace>::new((), workspace)).expect("created");
    fixture.let_in(&workspace.id, "max@example.com", false);
    let Ok(max) = fixture.sign_in("max@example.com", "Max") else { panic!("Max may sign in") };
    (fixture, ada, max, connections)
}

fn shared() -> (Fixture, Caller, Caller, Connection) {
    let (fixture, ada, max, [connection, _]) = shared_with_another();
    (fixture, ada, max, connection)
}

#[test]
fn every_member_sees_a_chart_and_its_creator_and_administrators_change_it() {
    let (fixture, ada, max, _) = shared();
    let theirs = create(&fixture, &max, "Max's").expect("created");
    let hers = create(&fixture, &ada, "Ada's").expect("created");
    assert_eq!(listed(&fixture, &max, ListChartsQuery::default()), ["Ada's", "Max's"]);
    assert!(theirs.may_edit);
    assert_eq!(edit(&fixture, &max, &hers, spec("Mine")).err(), Some(Refusal::Forbidden));
    let changed = edit(&fixture, &ada, &theirs, spec("Corrected")).expect("an administrator may");
    assert_eq!((changed.version, changed.saved_by.as_str(), changed.created_by.as_str()), (2, "Ada", "Max"));
    assert_eq!(edit(&fixture, &max, &theirs, spec("Late")).err(), Some(Refusal::EditConflict));
}

#[test]
fn a_search_finds_titles_without_regard_to_case_and_accents() {
    let (fixture, ada, ..) = shared();
    create(&fixture, &ada, "Écho of work").expect("created");
    let q = |text: &str| ListChartsQuery { q: Some(text.into()), ..ListChartsQuery::default() };
    assert_eq!(listed(&fixture, &ada, q("ECHO")), ["Écho of work"]);
    assert_eq!(listed(&fixture, &ada, q("other")), [""; 0]);
}

#[test]
fn versions_are_kept_and_a_new_look_keeps_the_meaning() {
    let (fixture, ada, ..) = shared();
    let mut chart = create(&fixture, &ada, "One").expect("created");
    let meaning = chart.meaning.clone();
    for number in 2..=60 {
        chart = edit(&fixture, &ada, &chart, spec(&format!("Title {number}"))).expect("saved");
    }
    assert_eq!(chart.meaning, meaning);
    let versions = fixture.ask(&ada, &Call::<ListChartVersions>::new(chart.id.clone(), Nothing {})).expect("a list");
    let numbers: Vec<u64> = versions.items.iter().map(|one| one.version).collect();
    assert_eq!(numbers, (11..=60).rev().collect::<Vec<_>>());
    let mut other = spec("One");
    other.source = chart::Source::Jql("project = B".into());
    assert_ne!(edit(&fixture, &ada, &chart, other).expect("saved").meaning, meaning);
}

#[test]
fn a_deleted_chart_is_hidden_can_be_restored_and_is_purged_after_thirty_days() {
    let (mut fixture, ada, max, _) = shared();
    let chart = create(&fixture, &ada, "Gone").expect("created");
    fixture.ask(&ada, &Call::<DeleteChart>::new(chart.id.clone(), Nothing {})).expect("deleted");
    assert_eq!(listed(&fixture, &ada, ListChartsQuery::default()), [""; 0]);
    assert_eq!((listed(&fixture, &ada, deleted()), listed(&fixture, &max, deleted())), (vec!["Gone".into()], vec![]));
    let get = Call::<GetChart>::new(chart.id.clone(), Nothing {});
    assert_eq!(fixture.ask(&max, &get).err(), Some(Refusal::NotFound));
    assert_eq!(render(&fixture, &ada, &chart, None).err(), Some(Refusal::ChartDeleted));
    assert_eq!(edit(&fixture, &ada, &chart, spec("Late")).err(), Some(Refusal::ChartDeleted));
    fixture.ask(&ada, &Call::<RestoreChart>::new(chart.id.clone(), Nothing {})).expect("restored");
    assert!(fixture.ask(&max, &get).is_ok());
    fixture.ask(&ada, &Call::<DeleteChart>::new(chart.id.clone(), Nothing {})).expect("deleted");
    fixture.pass(30 * 86_400);
    let ada = fixture.ada();
    assert!(fixture.turn().sweep().into_iter().all(|(_, done)| done.is_ok()));
    assert_eq!(listed(&fixture, &ada, deleted()), [""; 0]);
    assert!(!fixture.tables.dump().contains("project = A"), "the versions are purged with it");
}

#[test]
fn a_spec_that_makes_no_sense_is_refused_with_the_place_and_stores_nothing() {
    let (fixture, ada, ..) = shared();
    let before = fixture.tables.dump();
    let refused = |change: &dyn Fn(&mut chart::Spec)| {
        let mut spec = spec("T");
        change(&mut spec);
        let new = NewChart { site: "cloud-1".into(), spec };
        match fixture.ask(&ada, &Call::<CreateChart>::new((), new)) {
            Err(Refusal::Invalid(why)) => why,
            other => panic!("{other:?}"),
        }
    };
    assert!(refused(&|spec| spec.says.title.clear()).starts_with("says.title: "));
    let open = |spec: &mut chart::Spec| spec.source = chart::Source::Jql("a = 1) OR (b = 2".into());
    assert!(refused(&open).starts_with("source: The brackets"));
    let filter = chart::Filter { id: "1".into(), name: None, jql: None };
    let unresolved = |spec: &mut chart::Spec| spec.source = chart::Source::Filter(filter.clone());
    assert!(refused(&unresolved).starts_with("source.filter.jql: "));
    assert_eq!(fixture.tables.dump(), before);
}

#[test]
fn a_chart_is_of_a_site_whose_connection_its_maker_sees() {
    let (fixture, ada, max, _) = shared();
    fixture.let_in(
        &fixture
            .ask(
                &ada,
                &Call::<CreateWorkspace>::new(
                    (),
                    NewWorkspace { name: Name::parse("Elsewhere").expect("a name"), connections: vec![] },
                ),
            )
            .expect("created")
            .id,
        "zoe@example.com",
        false,
    );
    let Ok(zoe) = fixture.sign_in("zoe@example.com", "Zoe") else { panic!("Zoe may sign in") };
    assert_eq!(create(&fixture, &zoe, "Blind").err(), Some(Refusal::NotFound));
    let sites = |who: &Caller| fixture.ask(who, &Call::<ListChartSites>::new((), Nothing {})).expect("a list").items;
    assert_eq!(sites(&zoe), []);
    assert_eq!(
        sites(&max).into_iter().map(|site| (site.key, site.connections)).collect::<Vec<_>>(),
        [("cloud-1".into(), vec![])]
    );
}

#[test]
fn the_access_of_a_connection_is_used_by_those_who_manage_it_if_that_is_allowed() {
    let (fixture, ada, max, [connection, other]) = shared_with_another();
    let chart = create(&fixture, &max, "Open").expect("created");
    assert_eq!(render(&fixture, &ada, &chart, Some(&connection)).err(), Some(Refusal::ChartsNotAllowed));
    assert_eq!(allow(&fixture, &max, &connection, true).err(), Some(Refusal::Forbidden));
    assert!(allow(&fixture, &ada, &connection, true).expect("saved").charts);
    assert_eq!(
        told(&fixture, &connection).pop().expect("an entry").event,
        TimelineEvent::ChartsAllowed { allowed: true }
    );
    let found = render(&fixture, &ada, &chart, Some(&connection)).expect("allowed").access.expect("access");
    assert_eq!(found.shown.connection.as_ref().map(Name::as_str), Some("Staging"));
    assert_eq!(render(&fixture, &max, &chart, Some(&connection)).err(), Some(Refusal::Forbidden), "he only sees it");
    assert_eq!(
        render(&fixture, &ada, &chart, None).expect("an answer").access,
        None,
        "nobody's access is taken silently"
    );
    allow(&fixture, &ada, &other, true).expect("saved");
    assert!(matches!(render(&fixture, &ada, &chart, Some(&other)), Err(Refusal::Invalid(_))), "it is to another site");
    allow(&fixture, &ada, &connection, false).expect("saved");
    assert_eq!(render(&fixture, &ada, &chart, Some(&connection)).err(), Some(Refusal::ChartsNotAllowed));
}

#[test]
fn no_key_allows_that_people_see_jira() {
    let (fixture, _, _, connection) = shared();
    let key = key(&fixture, &[KeyScope::ConnectionsWrite], None);
    assert_eq!(allow(&fixture, &key, &connection, true).err(), Some(Refusal::Forbidden));
    assert!(!show(&fixture, &connection).charts);
}

#[test]
fn a_key_reads_charts_with_its_scope_and_computes_none() {
    let (fixture, ada, ..) = shared();
    let chart = create(&fixture, &ada, "Open").expect("created");
    let reads = key(&fixture, &[KeyScope::ChartsRead], None);
    assert_eq!(listed(&fixture, &reads, ListChartsQuery::default()), ["Open"]);
    assert!(!fixture.ask(&reads, &Call::<GetChart>::new(chart.id.clone(), Nothing {})).expect("shown").may_edit);
    assert_eq!(render(&fixture, &reads, &chart, None).err(), Some(Refusal::Forbidden));
    let proxy = key(&fixture, &[KeyScope::Proxy], None);
    assert_eq!(
        fixture.ask(&proxy, &Call::<ListCharts>::new((), ListChartsQuery::default())).err(),
        Some(Refusal::Forbidden)
    );
}

#[test]
fn a_chart_of_a_data_center_is_shown_with_the_access_of_a_connection_and_says_so() {
    let (fixture, ada, max, connection) = shared();
    let mut stored = fixture.turn().connection(&connection.id).expect("there");
    stored.details.kind = Kind::DataCenterOauth2;
    let site = stored.details.site.as_mut().expect("a site");
    (site.cloud_id, site.url) = (None, "https://jira.example.com".to_owned());
    fixture.turn().store_connection(&stored).expect("stored");
    let key = "https://jira.example.com".to_owned();
    let new = NewChart { site: key.clone(), spec: spec("Open") };
    let chart = fixture.ask(&ada, &Call::<CreateChart>::new((), new)).expect("created");
    let preview = NewPreview {
        site: key,
        spec: spec("Open"),
        connection_id: None,
        params: std::collections::BTreeMap::new(),
        refresh: false,
    };
    let previewed = fixture.ask(&max, &Call::<PreviewChart>::new((), preview)).expect("an answer");
    for found in [render(&fixture, &max, &chart, None).expect("an answer"), previewed] {
        let Some(DelegatedRender::Refused { state, cause }) = found.delegated else { panic!("{:?}", found.delegated) };
        assert_eq!((state, found.access), (RenderState::NoOwnAccess, None));
        assert!(cause.is_some_and(|cause| cause.contains("Data Center") && cause.contains("connection")));
    }
    let ask = NewDelegation { ask: Some("ada@example.com".into()), ..NewDelegation::default() };
    for new in [ask, NewDelegation::default()] {
        let refused = fixture.ask(&max, &Call::<CreateDelegation>::new(chart.id.clone(), new));
        assert!(matches!(refused, Err(Refusal::Invalid(why)) if why.contains("Data Center")), "nobody has one to give");
    }
    let of_connection = NewDelegation { connection_id: Some(connection.id.clone()), ..NewDelegation::default() };
    let asked = fixture.ask(&max, &Call::<CreateDelegation>::new(chart.id.clone(), of_connection)).expect("asked");
    assert_eq!(
        (asked.state, asked.delegator),
        (DelegationState::Asked, None),
        "whoever manages the connection decides"
    );
    allow(&fixture, &ada, &connection, true).expect("saved");
    assert!(render(&fixture, &ada, &chart, Some(&connection)).expect("an answer").access.is_some());
}
