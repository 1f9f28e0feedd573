//! An outage ends, and the statuses of all connections that it interrupted are right again: over the real tables and the
//! real schedule, with time that passes only while everybody waits.

use std::{cell::Cell, time::Duration};

use api::{Cause, ConnectionId, GrantId, Name, Status, Timestamp};
use futures::FutureExt as _;
use http::{Request, Response};

use super::*;
use crate::{
    configuration::Configuration,
    connection_status::{ConnectionHealth, CredentialState},
    failure_facts::FailureFacts,
    fakes::{FakeClock, LogRecorder, SeededRandom},
    grant::{KeeperAnswer, KeeperCommand},
    oauth1::{KeyPair, PrivateKey, RsaFailure},
    organization::{
        StoredConnection,
        fixture::{Fixture, site},
    },
    organization_id::OrganizationId,
    ports::{HttpFailure, HttpLimits, Timer},
};

/// How long a checkup takes, in milliseconds: of what works, and of what does not answer.
const QUICK: u64 = 2_000;
const SLOW: u64 = 20_000;

/// Every object of every grant, and Atlassian, which is down for a while.
struct World {
    clock: FakeClock,
    log: LogRecorder,
    random: SeededRandom,
    down_until: Cell<Timestamp>,
    run: Cell<usize>,
    running: Cell<usize>,
    most_running: Cell<usize>,
}

impl CheckupRunner for World {
    async fn run_checkup(
        &self,
        _: &OrganizationId,
        grant: &GrantId,
        subject: &Subject,
    ) -> Result<CheckupFindings, PortFailure> {
        self.run.set(self.run.get() + 1);
        self.running.set(self.running.get() + 1);
        self.most_running.set(self.most_running.get().max(self.running.get()));
        let is_down = self.now() < self.down_until.get();
        self.clock.sleep(Duration::from_millis(if is_down { SLOW } else { QUICK })).await;
        self.running.set(self.running.get() - 1);
        let cause = Cause::AtlassianUnreachable;
        Ok(CheckupFindings {
            grant: Some(grant.clone()),
            credential: Some(if is_down { CredentialState::Unavailable { cause } } else { CredentialState::Works }),
            is_refused: false,
            trouble: is_down.then_some(cause),
            site: None,
            scopes: None,
            owner_active: None,
            moved_to: None,
            facts: FailureFacts::default(),
            passed: !is_down,
            begun_at: subject.begun_at,
        })
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Log for World {
    fn log(&self, level: Level, event: &'static str, details: &[(&'static str, &str)]) {
        self.log.log(level, event, details);
    }
}

impl Random for World {
    fn fill(&self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }
}

impl Http for World {
    async fn exchange(&self, _: Request<Vec<u8>>, _: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
        panic!("the organization's object calls nobody itself")
    }
}

impl GrantKeepers for World {
    async fn command(&self, _: &OrganizationId, _: &GrantId, _: KeeperCommand) -> Result<KeeperAnswer, PortFailure> {
        panic!("the checkup asks for tokens where it runs")
    }
}

impl Rsa for World {
    async fn generate(&self) -> Result<KeyPair, RsaFailure> {
        panic!("no key is made")
    }

    async fn sign_sha1(&self, _: &PrivateKey, _: &[u8]) -> Result<Vec<u8>, RsaFailure> {
        panic!("nothing is signed here")
    }
}

/// An organization whose connections an outage has interrupted together.
struct Outage {
    fixture: Fixture,
    world: World,
    configuration: Configuration,
}

impl Outage {
    /// One that has lasted for `lasted`, and ends `left` later.
    fn of(connections: usize, lasted: Duration, left: Duration) -> Self {
        let clock = FakeClock::default();
        let began_at = clock.now();
        clock.advance(lasted);
        let down_until = clock.now().plus_seconds(left.as_secs().try_into().expect("not that long"));
        let world = World {
            clock,
            log: LogRecorder::default(),
            random: SeededRandom::new(3),
            down_until: Cell::new(down_until),
            run: Cell::default(),
            running: Cell::default(),
            most_running: Cell::default(),
        };
        let outage = Self { fixture: Fixture::new(), world, configuration: Configuration::read(|_| None) };
        let turn = outage.turn();
        let stored = turn.transaction(|| {
            (0..connections).try_for_each(|number| turn.store_connection(&interrupted(number, began_at)))
        });
        stored.expect("stored");
        outage
    }

    fn turn(&self) -> Turn<'_> {
        Turn { now: self.world.now(), ..self.fixture.turn() }
    }

    fn interrupted(&self) -> usize {
        let failing = "SELECT count(*) AS n FROM connections WHERE state = 'interrupted'";
        let rows: Vec<serde_json::Value> = self.fixture.tables.rows(failing, vec![]).expect("a count");
        rows[0]["n"].as_u64().and_then(|n| n.try_into().ok()).expect("a number")
    }

    /// Runs alarms until all statuses are right. Answers how long after the end of the outage that is.
    fn live_until_all_is_right(&self) -> Duration {
        loop {
            self.one_alarm();
            let late = self.world.now().since(self.world.down_until.get());
            if self.interrupted() == 0 {
                return Duration::from_millis(late.max(0).unsigned_abs());
            }
            assert!(late < 86_400_000, "a day later {} are wrong", self.interrupted());
            self.pass_until(self.turn().next_checkup_at().expect("read").expect("something is due"));
        }
    }

    fn pass_until(&self, at: Timestamp) {
        self.world.clock.advance(Duration::from_millis(at.since(self.world.now()).max(0).unsigned_abs()));
    }

    fn one_alarm(&self) {
        let organization = &self.fixture.organization;
        let cx = Context { world: &self.world, configuration: &self.configuration, organization };
        let mut alarm = Box::pin(run_due_checkups(&cx, || self.turn()));
        let waker = futures::task::noop_waker();
        let mut context = std::task::Context::from_waker(&waker);
        while alarm.poll_unpin(&mut context).is_pending() {
            self.pass_until(self.world.clock.next_awakening().expect("somebody waits"));
        }
    }
}

fn interrupted(number: usize, since: Timestamp) -> StoredConnection {
    let id = ConnectionId::parse(format!("con_{number}")).expect("an id");
    let mut connection = StoredConnection::new(id, Name::parse(&format!("Site {number}")).expect("a name"), since);
    let cause = Cause::AtlassianUnreachable;
    connection.details.site = Some(site("cloud-1"));
    connection.details.status = Status::Interrupted { cause, since };
    connection.known =
        Some(ConnectionHealth { credential: CredentialState::Unavailable { cause }, trouble: None, calls: None });
    connection.grant = Some(GrantId::parse(format!("grt_{number}")).expect("an id"));
    connection
}

#[test]
fn ten_thousand_statuses_are_right_again_minutes_after_an_outage_of_two_hours() {
    let outage = Outage::of(10_000, Duration::from_hours(2), Duration::from_secs(30));
    // Before, each waits for two hours more; the last that was checked during the outage is the first again.
    let first = ConnectionId::parse("con_0").expect("an id");
    outage.turn().check_no_later(&first, outage.world.now()).expect("due");
    outage.one_alarm();
    assert_eq!((outage.world.run.get(), outage.interrupted()), (1, 10_000));
    let took = outage.live_until_all_is_right();
    println!("10,000 statuses are right {} s after the outage, {} checkups", took.as_secs(), outage.world.run.get());
    assert!(took < Duration::from_mins(10), "{took:?}");
    assert!(outage.world.run.get() < 10_100, "each is checked once: {}", outage.world.run.get());
    assert_eq!(outage.world.most_running.get(), AT_ONCE);
}

#[test]
fn a_long_outage_causes_few_checkups_and_is_over_for_all_minutes_after_it_is_over() {
    let outage = Outage::of(60, Duration::from_secs(1), Duration::from_hours(6));
    let took = outage.live_until_all_is_right();
    assert!(took < Duration::from_mins(10), "{took:?}");
    // Each after as long again as it has lasted, and one of them in five minutes.
    let run = outage.world.run.get();
    assert!(run < 60 * 12, "{run} checkups of 60 connections in six hours");
}

#[test]
fn who_recovers_by_itself_takes_the_others_along() {
    let outage = Outage::of(3, Duration::from_hours(2), Duration::from_secs(0));
    let turn = outage.turn();
    let before = turn.next_checkup_at().expect("read").expect("due");
    assert!(before.since(turn.now) > 3_600_000, "each waits for hours");
    let recovered = turn.transaction(|| {
        let connection = turn.living_connection(&ConnectionId::parse("con_1").expect("an id"))?;
        let report = crate::grant::GrantReport::Refreshed {
            at: turn.now,
            generation: crate::grant::Generation(2),
            reauthorize_before: None,
        };
        crate::organization::Step::run(
            crate::organization::ReportGrant { grant: connection.grant.expect("a grant"), report },
            &turn,
        )
    });
    recovered.expect("heard");
    let after = turn.next_checkup_at().expect("read").expect("due");
    assert!(after.since(turn.now) <= 120_000, "{} ms", after.since(turn.now));
    assert!(outage.live_until_all_is_right() < Duration::from_mins(3));
}
