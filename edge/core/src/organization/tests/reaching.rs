//! Unauthorizing and its reach.

use super::*;

fn end(fixture: &Fixture, connection: &Connection, reach: Reach) -> Ended {
    let end = Call::<UnauthorizeConnection>::new(connection.id.clone(), Unauthorize { reach });
    fixture.ask(&fixture.ada(), &end).expect("ended")
}

fn impact(fixture: &Fixture, connection: &Connection) -> api::Impact {
    let find = Call::<GetImpact>::new(connection.id.clone(), ImpactQuery { action: api::ImpactAction::Unauthorize });
    fixture.ask(&fixture.ada(), &find).expect("an impact")
}

fn names(connections: &[Connection]) -> Vec<&str> {
    connections.iter().map(|connection| connection.name.as_str()).collect()
}

/// Ada's A, B and C, of which B is deleted and C was reauthorized by Eve an hour ago; and Ada's D.
fn several(fixture: &mut Fixture) -> Vec<Connection> {
    let ada = fixture.ada();
    let all: Vec<Connection> = ["A", "B", "C", "D"].iter().map(|name| fixture.connect(&ada, name)).collect();
    fixture.ask(&ada, &Call::<DeleteConnection>::new(all[1].id.clone(), Nothing {})).expect("deleted");
    reauthorize(fixture, &ada, &all[2], "eve").expect("saved");
    fixture.pass(3600 - 1);
    all
}

#[test]
fn the_impact_names_what_shares_the_consent_this_one_first() {
    let mut fixture = Fixture::new();
    let all = several(&mut fixture);
    let impact = impact(&fixture, &all[3]);
    assert_eq!(impact.connections.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["D", "A"]);
    assert_eq!(impact.account.expect("an account").account_id, "ada");
    assert_eq!(impact.consent_url.as_deref(), Some("https://id.atlassian.com/manage-profile/apps"));
}

#[test]
fn what_stands_on_no_consent_shares_its_end_with_nothing() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let [cloud, link, token] = ["Cloud", "Link", "Token"].map(|name| fixture.connect(&ada, name));
    for (one, kind) in [(&link, api::Kind::Oauth1), (&token, api::Kind::Basic)] {
        let organization = fixture.turn();
        let mut record = organization.living_connection(&one.id).expect("it is there");
        record.details.kind = kind;
        organization.store_connection(&record).expect("kept");
    }
    let named = |of: &Connection| impact(&fixture, of).connections.into_iter().map(|c| c.id).collect::<Vec<_>>();
    assert_eq!(named(&cloud), std::slice::from_ref(&cloud.id), "the same account gave them, but not by a consent");
    assert_eq!(named(&link), std::slice::from_ref(&link.id));
    assert_eq!(impact(&fixture, &link).consent_url, None, "there is nothing of it at Atlassian");
    let ended = end(&fixture, &link, Reach::Consent);
    assert_eq!(names(&ended.connections), ["Link"]);
    assert_eq!(show(&fixture, &cloud).status, Status::Authorized);
}

#[test]
fn what_ends_is_what_the_impact_named() {
    let mut fixture = Fixture::new();
    let all = several(&mut fixture);
    let grants = [grant_of(&fixture, &all[3]), grant_of(&fixture, &all[0])];
    let named: Vec<_> = impact(&fixture, &all[3]).connections.into_iter().map(|c| c.id).collect();
    let ended = end(&fixture, &all[3], Reach::Consent);
    assert_eq!(ended.connections.iter().map(|c| c.id.clone()).collect::<Vec<_>>(), named);
    assert_eq!(ended.dropped, grants);
    let by = Status::Unauthorized { cause: None, since: Some(fixture.now), by: Some("Ada".into()) };
    assert!(ended.connections.iter().all(|connection| connection.status == by));
    assert_eq!(show(&fixture, &all[2]).status, Status::Authorized, "Eve's consent stays");
    let caller = key(&fixture, &[KeyScope::Proxy], None);
    for grey in [&all[3], &all[0]] {
        let admitted = fixture.ask(&caller, &AuthorizeCall { connection: grey.id.clone() });
        assert_eq!(
            admitted,
            Ok(Admitted::Unauthorized { cause: None, kind: CredentialKind::CloudOauth2 }),
            "calls are refused at once"
        );
    }
}

#[test]
fn only_one_connection_ends_when_that_is_asked() {
    let mut fixture = Fixture::new();
    let all = several(&mut fixture);
    let grant = grant_of(&fixture, &all[3]);
    let ended = end(&fixture, &all[3], Reach::Connection);
    assert_eq!((names(&ended.connections), ended.dropped), (vec!["D"], vec![grant.clone()]));
    assert!(fixture.turn().retiring().expect("asked").contains(&grant), "it is destroyed until confirmed");
    assert_eq!(show(&fixture, &all[0]).status, Status::Authorized);
    let again = end(&fixture, &all[3], Reach::Connection);
    assert_eq!((again.connections, again.dropped), (ended.connections, vec![]), "twice is no harm");
}

#[test]
fn what_can_be_gone_back_to_ends_with_the_rest() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let old = grant_of(&fixture, &connection);
    reauthorize(&fixture, &ada, &connection, "eve").expect("saved");
    let new = grant_of(&fixture, &connection);
    assert_eq!(end(&fixture, &connection, Reach::Connection).dropped, [new.clone(), old.clone()]);
    let refused = revert(&fixture, &ada, &connection);
    assert_eq!(refused.err(), Some(Refusal::NothingToRevert));
    assert_eq!((claim(&fixture, &old), claim(&fixture, &new)), (Claim::Abandoned, Claim::Abandoned));
}

#[test]
fn the_end_of_a_consent_reaches_what_others_could_go_back_to() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let (one, two) = (fixture.connect(&ada, "One"), fixture.connect(&ada, "Two"));
    let old = grant_of(&fixture, &two);
    reauthorize(&fixture, &ada, &two, "eve").expect("saved");
    assert!(end(&fixture, &one, Reach::Consent).dropped.contains(&old));
    let two = show(&fixture, &two);
    assert_eq!((two.status, two.revert_until), (Status::Authorized, None));
}

#[test]
fn why_a_credential_ended_before_stays_said() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    report(&fixture, &grant_of(&fixture, &connection), refused(&fixture));
    let before = show(&fixture, &connection).status;
    let ended = end(&fixture, &connection, Reach::Consent);
    assert_eq!(ended.connections[0].status, before);
}

#[test]
fn without_a_credential_there_is_no_account_and_nothing_to_share() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let (one, _two) = (fixture.connect(&ada, "One"), fixture.connect(&ada, "Two"));
    end(&fixture, &one, Reach::Connection);
    let impact = impact(&fixture, &one);
    assert_eq!((impact.account, impact.connections.len()), (None, 1));
}
