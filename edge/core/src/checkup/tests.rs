//! Whole checkups over a world that answers as it is told.

mod cloud;
mod data_center;
mod world;

use api::{Account, Cause, Connection, ConnectionId, Kind, Name, Site, Status};
use futures::executor::block_on;
use http::Response;

use self::world::{World, next, resources, token};
use super::*;
use crate::{
    configuration::SCOPES,
    connection_status::CredentialState,
    fakes::{FakeClock, FakeResponse},
    grant::{AccessToken, Generation, KeeperAnswer},
    organization::StoredConnection,
    ports::HttpFailure,
};

pub(super) fn answer(status: u16, body: &str) -> Response<Vec<u8>> {
    answer_with(status, body, &[])
}

pub(super) fn answer_with(status: u16, body: &str, headers: &[(&str, &str)]) -> Response<Vec<u8>> {
    let answer =
        headers.iter().fold(Response::builder().status(status), |built, (name, value)| built.header(*name, *value));
    answer.body(body.as_bytes().to_vec()).expect("an answer")
}

fn subject() -> Subject {
    let now = FakeClock::default().now();
    let site = Site {
        cloud_id: Some("one".into()),
        name: "acme".into(),
        url: "https://acme.example".into(),
        avatar_url: None,
        version: None,
    };
    let (id, name) = (ConnectionId::parse("con_1").expect("an id"), Name::parse("Staging").expect("a name"));
    let connection = Connection {
        site: Some(site),
        status: Status::Authorized,
        account: Some(Account { account_id: "ada".into(), name: "Ada".into(), email: None }),
        scopes: SCOPES.iter().map(ToString::to_string).collect(),
        authorized_at: Some(now),
        ..StoredConnection::new(id, name, now).view(now)
    };
    Subject { connection, grant: GrantId::parse("grt_1").ok(), refusal: None, begun_at: None, events: None }
}

fn configured(name: &'static str) -> Option<String> {
    let value = match name {
        "ATLASSIAN_AUTH_URL" | "ATLASSIAN_API_URL" => "https://atlassian.example",
        "ATLASSIAN_CLIENT_ID" | "ATLASSIAN_CLIENT_SECRET" => "client",
        "SEALING_KEYS" => "k1:dGVzdHMgb2YgdGhlIGVkZ2UsIHNlYWxpbmcga2V5IDE=",
        _ => return None,
    };
    Some(value.to_owned())
}

fn run_for(subject: Subject, world: &World, configuration: &Configuration) -> (Vec<CheckupStep>, CheckupFindings) {
    let organization = OrganizationId::default();
    let cx = Context { world, configuration, organization: &organization };
    let mut checkup = Checkup::of(subject);
    let mut steps = Vec::new();
    while let Some(step) = block_on(checkup.next(&cx)) {
        steps.push(step);
    }
    (steps, checkup.findings(world.now()))
}

fn run(world: &World) -> (Vec<CheckupStep>, CheckupFindings) {
    run_for(subject(), world, &Configuration::read(configured))
}

fn outcomes(steps: &[CheckupStep]) -> String {
    let mark = |step: &CheckupStep| match step.outcome {
        StepOutcome::Passed => 'p',
        StepOutcome::Failed => 'F',
        StepOutcome::Skipped => '-',
    };
    steps.iter().map(mark).collect()
}

#[test]
fn a_connection_that_works_passes_every_step_in_order_without_a_refresh() {
    let world = World::new();
    let (steps, findings) = run(&world);
    assert_eq!(steps.iter().map(|step| step.name).collect::<Vec<_>>(), STEPS);
    assert_eq!(outcomes(&steps), "pppppppppp");
    assert_eq!(steps.iter().map(|step| step.millis).collect::<Vec<_>>(), [0, 20, 0, 20, 20, 0, 20, 0, 0, 0]);
    assert_eq!((findings.passed, findings.cause(), findings.credential), (true, None, Some(CredentialState::Works)));
    assert_eq!(
        *world.keeper_asked.borrow(),
        [(None, false)],
        "an ordinary question, which refreshes what expired only"
    );
}

#[test]
fn a_report_carries_neither_tokens_nor_addresses_of_people() {
    let world = World::new();
    *world.resources.borrow_mut() = resources("ada@example.com");
    let (steps, _) = run(&world);
    let report = format!("{steps:?}");
    assert!(!report.contains("SECRET") && !report.contains("ada@example.com"), "{report}");
}

#[test]
fn what_an_earlier_failure_makes_meaningless_is_skipped_with_the_reason() {
    let nothing = Configuration::read(|_| None);
    let world = World::new();
    let (steps, findings) = run_for(subject(), &world, &nothing);
    assert_eq!(outcomes(&steps), "F---------");
    assert!(world.asked.borrow().is_empty());
    assert_eq!((findings.credential, findings.trouble), (None, None), "nothing was learnt about the connection");
    assert!(steps[1].detail.contains("configuration"));

    let world = World::new();
    *world.gateway.borrow_mut() = FakeResponse::Failure(HttpFailure::Timeout);
    let (steps, findings) = run(&world);
    assert_eq!(outcomes(&steps), "pF--------");
    assert_eq!((findings.cause(), findings.credential), (Some(Cause::AtlassianUnreachable), None));

    let world = World::new();
    *world.keeper.borrow_mut() = vec![KeeperAnswer::Unauthorized { cause: Cause::GrantRefused }];
    let (steps, findings) = run(&world);
    assert_eq!(outcomes(&steps), "ppF------p", "the clock can still be judged");
    assert_eq!(findings.cause(), Some(Cause::GrantRefused));
}

#[test]
fn a_connection_without_a_credential_is_told_to_be_authorized() {
    let world = World::new();
    let mut subject = subject();
    subject.grant = None;
    subject.connection.status = Status::Unauthorized { cause: None, since: None, by: None };
    let (steps, findings) = run_for(subject, &world, &Configuration::read(configured));
    assert_eq!(outcomes(&steps), "ppF------p");
    assert_eq!(findings.credential, Some(CredentialState::Dead { cause: None }));
    assert_eq!(steps[2].remedy.as_deref(), Some("Authorize the connection."));
    assert!(world.keeper_asked.borrow().is_empty());
}
