//! Delegations: who can give them, what pauses them, and which charts are shown with them.

use serde_json::json;

use super::*;
use crate::{
    authorization::{CallbackPath, Consent},
    grant::CloudClient,
};

/// A member who has signed in.
fn signed_in(fixture: &Fixture, email: &str, name: &str) -> Caller {
    let Ok(caller) = fixture.sign_in(email, name) else { panic!("{email} is not let in") };
    caller
}

/// What ends a delegation, and the cause that it is paused with.
type Way<'a> = (&'a dyn Fn(&Team), DelegationPause);

fn spec(jql: &str, title: &str) -> chart::Spec {
    let spec = json!({"source": {"jql": jql}, "mark": "tile", "says": {"title": title}});
    serde_json::from_value(spec).expect("a spec")
}

/// Becky and Max, who belong to a workspace, and a chart of Ada's. Becky lets Causeway read the site as her.
struct Team {
    fixture: Fixture,
    ada: Caller,
    becky: Caller,
    max: Caller,
    connection: Connection,
    chart: Chart,
}

fn team() -> Team {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let workspace = NewWorkspace { name: name("Web"), connections: vec![connection.id.clone()] };
    let workspace = fixture.ask(&ada, &Call::<CreateWorkspace>::new((), workspace)).expect("created");
    let member = |email: &str, called: &str| {
        fixture.let_in(&workspace.id, email, false);
        signed_in(&fixture, email, called)
    };
    let (becky, max) = (member("becky@example.com", "Becky Stone"), member("max@example.com", "Max"));
    let new = NewChart { site: "cloud-1".into(), spec: spec("project = A", "Open") };
    let chart = fixture.ask(&ada, &Call::<CreateChart>::new((), new)).expect("created");
    let team = Team { fixture, ada, becky, max, connection, chart };
    team.consent(&team.becky, "becky", CloudClient::Viewers);
    team
}

impl Team {
    /// Lets Causeway read the site as the caller, with an account at Atlassian.
    fn consent(&self, who: &Caller, account: &str, client: CloudClient) -> GrantId {
        let random = || Digest::of(&random_id(&self.fixture.random));
        let (ticket, state, cookie) = (random(), random(), random());
        let id: AuthorizationId = self.fixture.turn().new_id();
        let cloud_callback = CallbackPath::default();
        let begin = BeginViewerAuthorization {
            id: id.clone(),
            ticket: ticket.clone(),
            site: "cloud-1".into(),
            client,
            cloud_callback,
        };
        self.fixture.ask(who, &begin).expect("begun");
        self.fixture.ask(who, &RedeemTicket { ticket, state: state.clone(), cookie: cookie.clone() }).expect("left");
        let back = self.fixture.as_edge(&RedeemState { state, cookies: vec![cookie] }).expect("asked").expect("back");
        let account = api::Account { account_id: account.into(), name: account.into(), email: None };
        let consent = Consent { grant: back.grant.clone(), account: Some(account), scopes: vec![] };
        let site = fixture::site("cloud-1");
        self.fixture.as_edge(&SettleAuthorization { id, consent, site, ends_at: None }).expect("settled");
        back.grant
    }

    fn create(&self, who: &Caller, new: NewDelegation) -> Result<Delegation, Refusal> {
        self.fixture.ask(who, &Call::<CreateDelegation>::new(self.chart.id.clone(), new))
    }

    fn ask_becky(&self) -> Delegation {
        let new = NewDelegation { ask: Some("becky@example.com".into()), ..NewDelegation::default() };
        self.create(&self.ada, new).expect("asked")
    }

    fn grant(&self, who: &Caller, delegation: &Delegation) -> Result<Delegation, Refusal> {
        let meaning = self.shown(&delegation.chart_id).meaning;
        let granted = GrantedDelegation { meaning, expires_at: None };
        self.fixture.ask(who, &Call::<GrantDelegation>::new(delegation.id.clone(), granted))
    }

    fn end(&self, who: &Caller, delegation: &Delegation) -> Result<Delegation, Refusal> {
        self.fixture.ask(who, &Call::<EndDelegation>::new(delegation.id.clone(), Nothing {}))
    }

    fn shown(&self, chart: &ChartId) -> Chart {
        self.fixture.ask(&self.fixture.ada(), &Call::<GetChart>::new(chart.clone(), Nothing {})).expect("a chart")
    }

    fn change(&self, spec: chart::Spec) {
        let version = self.shown(&self.chart.id).version;
        let edit = Call::<EditChart> {
            params: self.chart.id.clone(),
            request: ChartEdit { spec },
            if_match: Some(version.into()),
        };
        self.fixture.ask(&self.fixture.ada(), &edit).expect("saved");
    }

    /// How the chart is shown to Max with the access of a delegation.
    fn render(&self, delegation: &Delegation) -> ChartToCompute {
        let request = NewRender { delegation_id: Some(delegation.id.clone()), ..NewRender::default() };
        let max = signed_in(&self.fixture, "max@example.com", "Max");
        self.fixture.ask(&max, &Call::<RenderChart>::new(self.chart.id.clone(), request)).expect("an answer")
    }

    /// The state that Max sees; `drawn` if the chart is shown.
    fn state(&self, delegation: &Delegation) -> RenderState {
        match self.render(delegation).delegated {
            Some(DelegatedRender::Allowed { .. }) => RenderState::Drawn,
            Some(DelegatedRender::Refused { state, .. }) => state,
            None => panic!("a delegation was asked for"),
        }
    }

    /// How a delegation stands.
    fn stands(&self, delegation: &Delegation) -> (DelegationState, Option<DelegationPause>) {
        let get = Call::<GetDelegation>::new(delegation.id.clone(), Nothing {});
        let found = self.fixture.ask(&self.fixture.ada(), &get).expect("there");
        (found.state, found.cause)
    }

    /// What the audit log tells of delegations, oldest first.
    fn told(&self) -> Vec<(String, DelegationChange, Option<DelegationPause>)> {
        let query = TimelineQuery { event: Some("delegation_changed".into()), ..TimelineQuery::default() };
        let entries = self.fixture.ask(&self.fixture.ada(), &Call::<GetAuditLog>::new((), query)).expect("a log").items;
        let told = entries.into_iter().rev().map(WrittenEntry::read).map(|entry| match entry.event {
            TimelineEvent::DelegationChanged { access, change, cause, .. } => (access, change, cause),
            other => panic!("{other:?}"),
        });
        told.collect()
    }
}

const PAUSED: DelegationState = DelegationState::Paused;

#[test]
fn who_gives_their_own_access_is_not_asked_first_and_others_see_the_chart() {
    let team = team();
    let given = team.create(&team.becky, NewDelegation::default()).expect("given");
    assert_eq!((given.state, given.is_current, given.may_grant), (DelegationState::Active, true, true));
    assert_eq!(given.access.account.as_deref(), Some("Becky Stone"));
    assert_eq!(given.expires_at, team.fixture.now.plus_seconds(90 * 86_400));
    let shown = team.render(&given);
    let access = shown.access.expect("access");
    assert_eq!((access.shown.kind, access.shown.until), (RenderAccessKind::Delegation, Some(given.expires_at)));
    assert_eq!(team.told(), [("Becky Stone".to_owned(), DelegationChange::Granted, None)]);
}

#[test]
fn nobody_gives_the_access_of_somebody_else_administrators_included() {
    let team = team();
    let asked = team.ask_becky();
    assert_eq!((asked.state, asked.may_grant), (DelegationState::Asked, false));
    for other in [&team.ada, &team.max] {
        assert!(matches!(team.grant(other, &asked), Err(Refusal::Forbidden | Refusal::NotFound)));
    }
    assert_eq!(team.state(&asked), RenderState::NotDelegatedHere, "until she says yes");
    let given = team.grant(&team.becky, &asked).expect("given");
    assert_eq!((given.state, team.state(&given)), (DelegationState::Active, RenderState::Drawn));
    let without = team.create(&team.max, NewDelegation::default());
    assert_eq!(without.err(), Some(Refusal::ConsentNeeded), "and who has no access has none to give");
}

#[test]
fn who_is_asked_can_decline_and_who_asked_can_withdraw() {
    let team = team();
    for who in [&team.becky, &team.ada] {
        let asked = team.ask_becky();
        assert_eq!(team.end(&team.max, &asked).err(), Some(Refusal::NotFound), "others do not know of it");
        assert_eq!(team.end(who, &asked).expect("ended").state, DelegationState::Ended);
        assert_eq!(team.grant(&team.becky, &asked).err(), Some(Refusal::DelegationOver));
    }
    let nobody = NewDelegation { ask: Some("nobody@example.com".into()), ..NewDelegation::default() };
    assert!(matches!(team.create(&team.ada, nobody), Err(Refusal::Invalid(_))));
}

#[test]
fn the_access_of_a_connection_is_given_by_those_who_manage_it_if_it_may_be_used_for_charts() {
    let team = team();
    let new = || NewDelegation { connection_id: Some(team.connection.id.clone()), ..NewDelegation::default() };
    assert_eq!(team.create(&team.ada, new()).err(), Some(Refusal::ChartsNotAllowed));
    let allow = |charts: bool| {
        let version = show(&team.fixture, &team.connection).version;
        let request = ConnectionEdit { charts: Some(charts), ..ConnectionEdit::default() };
        let edit =
            Call::<EditConnection> { params: team.connection.id.clone(), request, if_match: Some(version.into()) };
        team.fixture.ask(&team.ada, &edit).expect("saved");
    };
    allow(true);
    let asked = team.create(&team.max, new()).expect("asked");
    assert_eq!((asked.state, asked.may_grant), (DelegationState::Asked, false), "he only sees it");
    assert_eq!(team.grant(&team.becky, &asked).err(), Some(Refusal::NotFound));
    let given = team.grant(&team.ada, &asked).expect("given");
    assert_eq!(team.state(&given), RenderState::Drawn);
    let access = team.render(&given).access.expect("access");
    assert_eq!(access.shown.connection.as_ref().map(Name::as_str), Some("Staging"));
    allow(false);
    assert_eq!(team.stands(&given), (PAUSED, Some(DelegationPause::NotAllowed)));
    allow(true);
    assert_eq!(team.state(&given), RenderState::DelegationEnded, "it does not go on by itself");
    team.grant(&team.ada, &given).expect("given again");
    reauthorize(&team.fixture, &team.ada, &team.connection, "eve").expect("saved");
    assert_eq!(team.stands(&given), (PAUSED, Some(DelegationPause::AccountChanged)));
    team.grant(&team.ada, &given).expect("given again");
    let end = Unauthorize { reach: Reach::Connection };
    team.fixture.ask(&team.ada, &Call::<UnauthorizeConnection>::new(team.connection.id.clone(), end)).expect("ended");
    assert_eq!(team.stands(&given), (PAUSED, Some(DelegationPause::AccessEnded)));
}

#[test]
fn a_manager_of_a_connection_who_leaves_takes_the_yes_along() {
    let team = team();
    let becky = team.fixture.turn().member_at("becky@example.com").expect("asked").expect("there").id;
    let version = show(&team.fixture, &team.connection).version;
    let request = ConnectionEdit { charts: Some(true), admins: Some(vec![becky]), ..ConnectionEdit::default() };
    let edit = Call::<EditConnection> { params: team.connection.id.clone(), request, if_match: Some(version.into()) };
    team.fixture.ask(&team.ada, &edit).expect("saved");
    let new = NewDelegation { connection_id: Some(team.connection.id.clone()), ..NewDelegation::default() };
    let given = team.create(&team.becky, new).expect("given");
    assert_eq!(team.state(&given), RenderState::Drawn);
    let version = show(&team.fixture, &team.connection).version;
    let request = ConnectionEdit { admins: Some(vec![]), ..ConnectionEdit::default() };
    let edit = Call::<EditConnection> { params: team.connection.id.clone(), request, if_match: Some(version.into()) };
    team.fixture.ask(&team.ada, &edit).expect("saved");
    assert_eq!(team.stands(&given), (PAUSED, Some(DelegationPause::OwnerLeft)));
}

#[test]
fn a_delegation_pauses_when_its_owner_leaves_and_when_the_access_ends() {
    let leave = |team: &Team| {
        let becky = team.fixture.turn().member_at("becky@example.com").expect("asked").expect("there").id;
        team.fixture.ask(&team.ada, &Call::<RemoveMember>::new(becky, Nothing {})).expect("removed");
    };
    let remove = |team: &Team| {
        let own = team.fixture.ask(&team.becky, &Call::<GetMyAccess>::new((), Nothing {})).expect("access");
        let params = GrantOfViewer { id: own.viewer.expect("a viewer"), grant: own.grants[0].id.clone() };
        team.fixture.ask(&team.becky, &Call::<RemoveViewerGrant>::new(params, Nothing {})).expect("removed");
    };
    let die = |team: &Team| {
        let own = team.fixture.ask(&team.becky, &Call::<GetMyAccess>::new((), Nothing {})).expect("access");
        report(&team.fixture, &own.grants[0].id, refused(&team.fixture));
    };
    let change = |team: &Team| drop(team.consent(&team.becky, "eve", CloudClient::Viewers));
    let ways: [Way; 4] = [
        (&leave, DelegationPause::OwnerLeft),
        (&remove, DelegationPause::AccessEnded),
        (&die, DelegationPause::AccessEnded),
        (&change, DelegationPause::AccountChanged),
    ];
    for (happens, cause) in ways {
        let team = team();
        let given = team.create(&team.becky, NewDelegation::default()).expect("given");
        happens(&team);
        assert_eq!(team.stands(&given), (PAUSED, Some(cause)));
        assert_eq!(team.state(&given), RenderState::DelegationEnded);
        assert_eq!(
            team.told().pop().map(|(_, change, cause)| (change, cause)),
            Some((DelegationChange::Paused, Some(cause)))
        );
    }
    let team = team();
    let given = team.create(&team.becky, NewDelegation::default()).expect("given");
    team.consent(&team.becky, "becky", CloudClient::Viewers);
    assert_eq!(team.state(&given), RenderState::Drawn, "a consent of the same account is the same access");
}

#[test]
fn a_delegation_pauses_when_its_date_comes_and_goes_on_with_another_yes() {
    let mut team = team();
    let soon = team.fixture.now.plus_seconds(3600);
    let new = NewDelegation { expires_at: Some(soon), ..NewDelegation::default() };
    let given = team.create(&team.becky, new).expect("given");
    let asked =
        NewDelegation { expires_at: Some(soon), ask: Some("becky@example.com".into()), ..NewDelegation::default() };
    let asked = team.create(&team.ada, asked).expect("asked");
    assert_eq!(team.fixture.turn().housekeeping_due().expect("a time"), Some(soon));
    team.fixture.pass(3600);
    assert!(team.fixture.turn().sweep().into_iter().all(|(_, done)| done.is_ok()));
    assert_eq!(team.stands(&given), (PAUSED, Some(DelegationPause::Expired)));
    assert_eq!(team.stands(&asked).0, DelegationState::Ended, "and a question ends");
    let becky = signed_in(&team.fixture, "becky@example.com", "Becky Stone");
    let again = team.grant(&becky, &given).expect("given");
    assert_eq!(again.expires_at, team.fixture.now.plus_seconds(90 * 86_400));
    assert_eq!(team.state(&given), RenderState::Drawn);
}

#[test]
fn a_date_is_within_a_year_and_a_place_has_a_name() {
    let team = team();
    let refused = |change: &dyn Fn(&mut NewDelegation)| {
        let mut new = NewDelegation::default();
        change(&mut new);
        assert!(matches!(team.create(&team.becky, new), Err(Refusal::Invalid(_))));
    };
    let now = team.fixture.now;
    refused(&|new| new.expires_at = Some(now));
    refused(&|new| new.expires_at = Some(now.plus_seconds(367 * 86_400)));
    refused(&|new| new.audience = DelegationAudience::Anonymous);
    refused(&|new| new.placements.clear());
    refused(&|new| new.placements = vec![Placement { kind: PlacementKind::Page, id: None, title: None }]);
    refused(&|new| new.placements[0].id = Some("elsewhere".into()));
    refused(&|new| (new.ask, new.connection_id) = (Some("becky@example.com".into()), Some(team.connection.id.clone())));
    let year = NewDelegation { expires_at: Some(now.plus_seconds(366 * 86_400)), ..NewDelegation::default() };
    assert!(team.create(&team.becky, year).is_ok());
}

#[test]
fn a_new_look_asks_nobody_and_a_new_meaning_is_shown_after_another_yes() {
    let team = team();
    let given = team.create(&team.becky, NewDelegation::default()).expect("given");
    team.change(spec("project = A", "Still open"));
    assert_eq!(team.render(&given).spec.says.title, "Still open");
    team.change(spec("project = SECRET", "More"));
    let shown = team.render(&given);
    assert_eq!(shown.spec.source, chart::Source::Jql("project = A".into()), "the version that was agreed to goes on");
    assert!(matches!(shown.delegated, Some(DelegatedRender::Allowed { is_current: false, .. })));
    assert_eq!(team.told().pop().map(|(_, change, _)| change), Some(DelegationChange::Outdated));
    let seen = GrantedDelegation { meaning: given.meaning.clone(), expires_at: None };
    let late = team.fixture.ask(&team.becky, &Call::<GrantDelegation>::new(given.id.clone(), seen));
    assert_eq!(late.err(), Some(Refusal::EditConflict), "a yes is to what was seen");
    team.grant(&team.becky, &given).expect("given");
    assert_eq!(team.render(&given).spec.source, chart::Source::Jql("project = SECRET".into()));
}

#[test]
fn a_chart_that_means_another_thing_for_everybody_is_not_given() {
    let team = team();
    team.change(spec("assignee = currentUser()", "Mine"));
    let refused = team.create(&team.becky, NewDelegation::default());
    assert!(matches!(refused, Err(Refusal::Invalid(why)) if why.contains("currentUser()")));
}

#[test]
fn another_chart_is_not_shown_with_it_and_neither_is_one_elsewhere() {
    let team = team();
    let given = team.create(&team.becky, NewDelegation::default()).expect("given");
    let new = NewChart { site: "cloud-1".into(), spec: spec("project = B", "Other") };
    let other = team.fixture.ask(&team.ada, &Call::<CreateChart>::new((), new)).expect("created");
    let request = NewRender { delegation_id: Some(given.id), ..NewRender::default() };
    let shown = team.fixture.ask(&team.max, &Call::<RenderChart>::new(other.id, request)).expect("an answer");
    let not_here = Some(DelegatedRender::Refused { state: RenderState::NotDelegatedHere, cause: None });
    assert_eq!((shown.delegated, shown.access), (not_here.clone(), None));
    let page = Placement { kind: PlacementKind::Page, id: Some("cloud-1/42".into()), title: None };
    let elsewhere = NewDelegation { placements: vec![page], ..NewDelegation::default() };
    let elsewhere = team.create(&team.becky, elsewhere).expect("given");
    assert_eq!(team.render(&elsewhere).delegated, not_here);
}

#[test]
fn its_owner_sees_where_and_how_often_it_was_used_and_others_do_not() {
    let mut team = team();
    let given = team.create(&team.becky, NewDelegation::default()).expect("given");
    team.render(&given);
    team.render(&given);
    team.fixture.pass(601);
    team.render(&given);
    let uses = |who: &Caller| {
        let list = Call::<ListChartDelegations>::new(team.chart.id.clone(), Nothing {});
        team.fixture.ask(who, &list).expect("a list").items.remove(0).uses
    };
    let seen = uses(&team.becky);
    assert_eq!((seen[0].count, seen[0].readers, seen[0].last_used_at), (2, 1, team.fixture.now));
    assert_eq!(seen[0].placement, Placement::organization());
    assert_eq!(uses(&team.max), []);
}

#[test]
fn each_sees_the_delegations_that_concern_them() {
    let team = team();
    team.ask_becky();
    let list = |who: &Caller, mine: bool| {
        let query = ListDelegationsQuery { mine: Some(mine) };
        team.fixture.ask(who, &Call::<ListDelegations>::new((), query)).expect("a list").items.len()
    };
    assert_eq!(
        (list(&team.becky, true), list(&team.ada, false), list(&team.ada, true), list(&team.max, false)),
        (1, 1, 0, 0)
    );
}

#[test]
fn the_impact_of_unauthorizing_names_the_charts_and_viewers_that_fall_with_it_and_they_fall() {
    let team = team();
    let version = show(&team.fixture, &team.connection).version;
    let request = ConnectionEdit { charts: Some(true), ..ConnectionEdit::default() };
    let edit = Call::<EditConnection> { params: team.connection.id.clone(), request, if_match: Some(version.into()) };
    team.fixture.ask(&team.ada, &edit).expect("saved");
    let new = NewDelegation { connection_id: Some(team.connection.id.clone()), ..NewDelegation::default() };
    team.create(&team.ada, new).expect("given");
    // Becky's account is the one that authorized the connection, and the consent is to the same client.
    team.consent(&team.becky, "ada", CloudClient::First);
    let hers = team.create(&team.becky, NewDelegation::default()).expect("given");
    let find =
        Call::<GetImpact>::new(team.connection.id.clone(), ImpactQuery { action: api::ImpactAction::Unauthorize });
    let impact = team.fixture.ask(&team.ada, &find).expect("an impact");
    let falls: Vec<&str> = impact.delegations.iter().map(|one| one.access.as_str()).collect();
    assert_eq!(falls, ["Staging", "Becky Stone"]);
    assert_eq!(impact.viewers, [AffectedViewer { member: "becky@example.com".into(), site: "Site cloud-1".into() }]);
    let end = Unauthorize { reach: Reach::Consent };
    let ended = Call::<UnauthorizeConnection>::new(team.connection.id.clone(), end);
    assert_eq!(team.fixture.ask(&team.ada, &ended).expect("ended").dropped.len(), 2);
    assert_eq!(team.stands(&hers), (PAUSED, Some(DelegationPause::AccessEnded)));
    assert_eq!(team.told().iter().filter(|(_, change, _)| *change == DelegationChange::Paused).count(), 2);
}
