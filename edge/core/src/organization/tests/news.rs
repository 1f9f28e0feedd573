//! News of grants.

use super::*;

#[test]
fn a_grant_that_is_reported_dead_makes_its_connection_unauthorized() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let grant = grant_of(&fixture, &connection);
    let dead = GrantReport::Unauthorized { since: fixture.now, cause: Cause::GrantRefused };
    fixture.as_edge(&ReportGrant { grant: grant.clone(), report: dead }).expect("heard");
    let shown = fixture.ask(&ada, &Call::<GetConnection>::new(connection.id.clone(), Nothing {})).expect("there");
    assert_eq!(shown.status.state(), State::Unauthorized);
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    let admitted = fixture.ask(&caller, &AuthorizeCall { connection: connection.id });
    assert_eq!(
        admitted,
        Ok(Admitted::Unauthorized { cause: Some(Cause::GrantRefused), kind: CredentialKind::CloudOauth2 })
    );
}

#[test]
fn our_own_wrong_client_secret_alerts_the_operator_and_marks_no_connection() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let grant = grant_of(&fixture, &connection);
    let refused = GrantReport::Interrupted { since: fixture.now, cause: Cause::ClientRefused, status: None };
    fixture.as_edge(&ReportGrant { grant: grant.clone(), report: refused }).expect("heard");
    let shown = fixture.ask(&ada, &Call::<GetConnection>::new(connection.id, Nothing {})).expect("there");
    assert_eq!(shown.status, Status::Authorized);
    assert_eq!(fixture.as_edge(&ListAlerts {}).expect("alerts").len(), 1);

    let (at, generation) = (fixture.now, Generation(2));
    let well = GrantReport::Refreshed { at, generation, reauthorize_before: Some(at) };
    fixture.as_edge(&ReportGrant { grant, report: well }).expect("heard");
    assert!(fixture.as_edge(&ListAlerts {}).expect("alerts").is_empty());
}

#[test]
fn c5_late_news_of_the_grant_that_was_replaced_changes_nothing() {
    let mut fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let old = grant_of(&fixture, &connection);
    reauthorize(&fixture, &ada, &connection, "eve").expect("saved");
    let shown = show(&fixture, &connection);
    fixture.pass(1);
    report(&fixture, &old, refreshed(&fixture, 7));
    report(&fixture, &old, interrupted(&fixture, Cause::AtlassianUnreachable));
    assert_eq!(show(&fixture, &connection), shown);
    report(&fixture, &old, refused(&fixture));
    assert_eq!(
        show(&fixture, &connection),
        Connection { revert_until: None, revert_to: None, ..shown },
        "it cannot be gone back to"
    );
    assert_eq!(fixture.turn().retiring(), Ok(vec![old]));
}

#[test]
fn a_credential_is_gone_back_to_as_it_is_by_now() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let old = grant_of(&fixture, &connection);
    reauthorize(&fixture, &ada, &connection, "eve").expect("saved");
    report(&fixture, &old, interrupted(&fixture, Cause::AtlassianUnreachable));
    let back = revert(&fixture, &ada, &connection).expect("taken back");
    assert_eq!(back.connection.status.cause(), Some(Cause::AtlassianUnreachable));
    report(&fixture, &old, refreshed(&fixture, 2));
    assert_eq!(show(&fixture, &connection).status, Status::Authorized);
}

#[test]
fn c4_news_that_comes_after_the_end_brings_nothing_back() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let grant = grant_of(&fixture, &connection);
    fixture
        .ask(&ada, &Call::<UnauthorizeConnection>::new(connection.id.clone(), Unauthorize { reach: Reach::Connection }))
        .expect("ended");
    let ended = show(&fixture, &connection);
    for late in [refreshed(&fixture, 9), interrupted(&fixture, Cause::AtlassianUnreachable), refused(&fixture)] {
        report(&fixture, &grant, late);
    }
    assert_eq!(show(&fixture, &connection), ended);
    assert_eq!(claim(&fixture, &grant), Claim::Abandoned);
}

#[test]
fn a_grant_that_died_does_not_live_again_because_of_older_news() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let grant = grant_of(&fixture, &connection);
    report(&fixture, &grant, refused(&fixture));
    let dead = show(&fixture, &connection);
    report(&fixture, &grant, refreshed(&fixture, 3));
    assert_eq!(show(&fixture, &connection), dead);
}
