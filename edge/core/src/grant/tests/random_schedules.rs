//! Hundreds of random days: calls, alarms, time, faults and crashes in any order. What design calls *always true* is
//! checked after every step; a failure names its seed and repeats.

use std::time::Duration;

use super::world::{Edge, Grant, WANT, World, refused};
use crate::{
    fakes::{FakeResponse, Kv, Mishap, Moment, WriteFault},
    grant::{KeeperAnswer, KeeperCommand, record::Record},
    ports::HttpFailure,
};

const DAYS: u64 = 300;
const STEPS: usize = 60;

/// One day: what is known of it from outside.
struct Day<'w> {
    world: &'w World,
    grant: &'w Grant,
    seed: u64,
    newest: u64,
}

#[test]
fn whatever_happens_in_whatever_order_no_grant_is_lost_and_no_rule_is_broken() {
    for seed in 0..DAYS {
        let world = World::with_seed(seed);
        let grant = world.active_grant("f");
        let mut day = Day { world: &world, grant: &grant, seed, newest: 1 };
        let mut edge = world.start(&grant);
        for _ in 0..STEPS {
            day.something_happens(&edge);
            if world.faults.killed() || world.random.below(12) == 0 {
                drop(edge);
                world.faults.revive();
                edge = world.start(&grant);
            }
            day.check();
        }
        day.ends(&edge);
    }
}

impl Day<'_> {
    fn something_happens(&mut self, edge: &Edge<'_>) {
        let random = &self.world.random;
        match random.below(14) {
            0..=2 => self.ask(edge, WANT),
            3 => self.ask(edge, refused(self.newest)),
            4 => drop((0..random.below(5)).map(|_| edge.begin(WANT)).collect::<Vec<_>>()),
            5 => drop(edge.ring()),
            6 => edge.live(i64::try_from(random.below(120)).expect("seconds")),
            7 => edge.live(i64::try_from(random.below(1800)).expect("seconds")),
            8 => self.world.copies.mood.set(self.some_kv()),
            9 => self.grant.store.faults.borrow_mut().push_back(self.some_write_fault()),
            10 => self.ask(edge, KeeperCommand::Renew),
            12 => self.key_is_renewed(edge),
            11 => self.world.atlassian.mishaps.borrow_mut().push_back(self.some_mishap()),
            _ => self.world.faults.kill_at(usize::try_from(random.below(12)).expect("a step")),
        }
    }

    /// The next edge has a new sealing key; this one seals anew with the one it has.
    fn key_is_renewed(&self, edge: &Edge<'_>) {
        if !self.world.keys.borrow().contains("k2") {
            self.world.renew_key();
        }
        drop(edge.try_ask(KeeperCommand::Reseal));
    }

    fn ask(&self, edge: &Edge<'_>, command: KeeperCommand) {
        if let Some(Ok(answer)) = edge.try_ask(command) {
            self.check_answer(&answer);
        }
    }

    fn check_answer(&self, answer: &KeeperAnswer) {
        match answer {
            KeeperAnswer::Token { token } => {
                assert!(token.expires_at > self.world.now(), "seed {}: {answer:?}", self.seed);
            }
            KeeperAnswer::Unauthorized { .. } => {
                assert!(!self.world.atlassian.is_alive("f"), "seed {}: told to reauthorize for nothing", self.seed);
            }
            KeeperAnswer::Unavailable { retry_after, .. } => {
                assert!((1..=301).contains(retry_after), "seed {}", self.seed);
            }
            KeeperAnswer::Renewed { .. } => {}
            KeeperAnswer::Done | KeeperAnswer::Gone | KeeperAnswer::Resealed => {
                panic!("seed {}: {answer:?}", self.seed)
            }
        }
    }

    fn check(&mut self) {
        let seed = self.seed;
        assert!(self.world.atlassian.most_at_once() <= 1, "seed {seed}: two requests at once");
        assert!(!self.world.atlassian.went_backwards(), "seed {seed}: an older token was presented after a newer one");
        let record: Record =
            serde_json::from_str(&self.grant.store.record().expect("a record")).expect("a readable record");
        if let Some(generation) = record.stored().map(|stored| stored.tokens.generation) {
            assert!(generation.0 >= self.newest, "seed {seed}: generation {} after {}", generation.0, self.newest);
            self.newest = generation.0;
        }
    }

    /// All is well again: within minutes the grant works, or it is known to be dead because it is.
    fn ends(&mut self, edge: &Edge<'_>) {
        self.world.copies.mood.set(Kv::Works);
        self.world.atlassian.mishaps.borrow_mut().clear();
        self.grant.store.faults.borrow_mut().clear();
        self.world.faults.revive();
        edge.live(1200);
        let answer = edge.ask_token();
        self.check();
        self.check_answer(&answer);
        let alive = self.world.atlassian.is_alive("f");
        let works = matches!(answer, KeeperAnswer::Token { .. });
        assert_eq!(works, alive, "seed {}: {answer:?}", self.seed);
    }

    fn some_kv(&self) -> Kv {
        match self.world.random.below(6) {
            0 => Kv::Refuses,
            1 => Kv::RefusesWrites,
            2 => Kv::Stalls,
            3 => Kv::Lags(Duration::from_secs(self.world.random.below(120))),
            _ => Kv::Works,
        }
    }

    fn some_write_fault(&self) -> WriteFault {
        [WriteFault::None, WriteFault::Before, WriteFault::After][self.pick(3)]
    }

    fn some_mishap(&self) -> Mishap {
        let moment = [Moment::BeforeCommit, Moment::AfterCommit][self.pick(2)];
        let replies = [
            FakeResponse::Failure(HttpFailure::Broken("reset".to_owned())),
            FakeResponse::Silence,
            FakeResponse::html(502, "<html>Bad Gateway</html>"),
            FakeResponse::json(200, r#"{"access_token":"cut sho"#),
            FakeResponse::html(403, "<html>Forbidden</html>"),
        ];
        let reply = replies.get(self.pick(replies.len())).cloned().expect("one of them");
        Mishap { moment, reply }
    }

    fn pick(&self, end: usize) -> usize {
        usize::try_from(self.world.random.below(end as u64)).expect("a small number")
    }
}
