//! Every order of questions, answers and changes: nothing that ended more than ten seconds ago is used.

use std::collections::HashMap;

use api::{ConnectionId, CredentialKind, GrantId};
use proptest::prelude::*;

use super::*;
use crate::{
    jira::{JiraTarget, SiteReference},
    organization::AccessChange,
    secrets::PresentedKey,
};

/// How many changes the organization of the test can tell.
const KEPT: usize = 3;
const KEYS: usize = 2;
const CONNECTIONS: usize = 2;

/// A key, and a connection by its id or by its site.
type Who = (usize, usize, bool);

#[derive(Clone, Copy, Debug)]
enum Event {
    Passes(i64),
    KeyChanges(usize),
    ConnectionChanges(usize),
    /// The object restarts, or an earlier version has been at work.
    AnythingMayHaveChanged,
    Asks(Who),
    AsksForChanges(Who),
    /// The organization answers one of the questions; the answer is on its way.
    Answers(prop::sample::Index),
    Arrives(prop::sample::Index),
    IsLost(prop::sample::Index),
}

fn who() -> impl Strategy<Value = Who> {
    (0..KEYS, 0..CONNECTIONS, any::<bool>())
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0_i64..4_000).prop_map(Event::Passes),
        1 => (0..KEYS).prop_map(Event::KeyChanges),
        1 => (0..CONNECTIONS).prop_map(Event::ConnectionChanges),
        1 => Just(Event::AnythingMayHaveChanged),
        4 => who().prop_map(Event::Asks),
        4 => who().prop_map(Event::AsksForChanges),
        6 => any::<prop::sample::Index>().prop_map(Event::Answers),
        6 => any::<prop::sample::Index>().prop_map(Event::Arrives),
        1 => any::<prop::sample::Index>().prop_map(Event::IsLost),
    ]
}

fn caller((key, connection, by_site): Who) -> CallIdentity {
    let key = PresentedKey::parse(&format!("cw_{}", ["A", "E"][key].repeat(43))).expect("a key");
    let connection = if by_site {
        ConnectionReference::Site { site: SiteReference::CloudId(format!("cloud-{connection}")), chosen: None }
    } else {
        ConnectionReference::Id(id(connection))
    };
    CallIdentity { organization: OrganizationId::default(), key, connection }
}

fn id(connection: usize) -> ConnectionId {
    ConnectionId::parse(format!("con_{connection}")).expect("an id")
}

enum Question {
    Access { who: Who, answer: Option<(Epoch, u32)> },
    Changes { confirmation: Confirmation, reply: Option<AccessChanges> },
}

struct World {
    cache: AccessCache,
    now: Timestamp,
    epoch: Epoch,
    log: Vec<(Epoch, Option<AccessChange>)>,
    /// The versions of what each may do, and until when each version was right.
    versions: HashMap<Who, Vec<Option<Timestamp>>>,
    asked: Vec<(Timestamp, Question)>,
}

impl World {
    fn new() -> Self {
        let all = (0..KEYS).flat_map(|key| (0..CONNECTIONS).flat_map(move |one| [(key, one, false), (key, one, true)]));
        Self {
            cache: AccessCache::default(),
            now: Timestamp::from_millis(1_795_323_600_000),
            epoch: Epoch(1),
            log: vec![(Epoch(1), None)],
            versions: all.map(|who| (who, vec![None])).collect(),
            asked: Vec::new(),
        }
    }

    fn change(&mut self, change: Option<AccessChange>, is_concerned: impl Fn(Who) -> bool) {
        self.epoch = Epoch(self.epoch.0 + 1);
        self.log.push((self.epoch, change));
        for (who, versions) in &mut self.versions {
            if is_concerned(*who) {
                *versions.last_mut().expect("a version") = Some(self.now);
                versions.push(None);
            }
        }
    }

    fn version(&self, who: Who) -> u32 {
        u32::try_from(self.versions[&who].len()).expect("few")
    }

    fn changes_since(&self, since: Epoch) -> AccessChanges {
        let kept = &self.log[self.log.len().saturating_sub(KEPT)..];
        let is_known = kept.first().is_some_and(|(oldest, _)| oldest.0 <= since.0 + 1);
        let later = kept.iter().filter(|(epoch, _)| *epoch > since).map(|(_, change)| change.clone());
        AccessChanges { epoch: self.epoch, changes: if is_known { later.collect() } else { None } }
    }

    fn answer(&mut self, at: usize) {
        let (epoch, versions) = (self.epoch, &self.versions);
        let reply = match &self.asked[at].1 {
            Question::Changes { confirmation, reply: None } => Some(self.changes_since(confirmation.since)),
            _ => None,
        };
        match &mut self.asked[at].1 {
            Question::Access { who, answer: answer @ None } => {
                *answer = Some((epoch, u32::try_from(versions[who].len()).expect("few")));
            }
            Question::Changes { reply: unanswered @ None, .. } => *unanswered = reply,
            _ => {}
        }
    }

    fn arrive(&mut self, at: usize) {
        let is_answered = match &self.asked[at].1 {
            Question::Access { answer, .. } => answer.is_some(),
            Question::Changes { reply, .. } => reply.is_some(),
        };
        if !is_answered {
            return;
        }
        match self.asked.remove(at) {
            (asked_at, Question::Access { who, answer: Some((epoch, version)) }) => {
                let access = GrantedAccess {
                    connection: id(who.1),
                    grant: GrantId::parse(format!("grt_{version}")).expect("an id"),
                    target: JiraTarget::Gateway { cloud_id: "cloud".to_owned() },
                    families: Vec::new(),
                    kind: CredentialKind::CloudOauth2,
                };
                let answer = Answer { access, ends_at: None, epoch: Some(epoch), asked_at };
                self.cache.remember(&caller(who), &Ok(answer), asked_at, self.now);
            }
            (asked_at, Question::Changes { confirmation, reply: Some(reply) }) => {
                let organization = OrganizationId::default();
                self.cache.confirm(&organization, confirmation.since, &reply, asked_at, self.now);
            }
            _ => unreachable!("it was answered"),
        }
    }

    fn happens(&mut self, event: Event) {
        let asked = self.asked.len();
        match event {
            Event::Passes(millis) => self.now = self.now.plus_millis(millis),
            Event::KeyChanges(key) => {
                let change = AccessChange::Key(caller((key, 0, false)).key.digest);
                self.change(Some(change), |who| who.0 == key);
            }
            // Which connection a call goes through that names a site may depend on any of them.
            Event::ConnectionChanges(one) => {
                self.change(Some(AccessChange::Connection(id(one))), |who| who.1 == one || who.2);
            }
            Event::AnythingMayHaveChanged => self.change(None, |_| true),
            Event::Asks(who) => self.asked.push((self.now, Question::Access { who, answer: None })),
            Event::AsksForChanges(who) => {
                let is_due = self.cache.look(&caller(who), self.now).is_some_and(|known| known.is_due);
                let confirmation = is_due.then(|| self.cache.confirmation(&OrganizationId::default(), self.now));
                if let Some(confirmation) = confirmation.flatten() {
                    self.asked.push((self.now, Question::Changes { confirmation, reply: None }));
                }
            }
            Event::Answers(at) if asked > 0 => self.answer(at.index(asked)),
            Event::Arrives(at) if asked > 0 => self.arrive(at.index(asked)),
            Event::IsLost(at) if asked > 0 => drop(self.asked.remove(at.index(asked))),
            Event::Answers(_) | Event::Arrives(_) | Event::IsLost(_) => {}
        }
    }

    /// Whatever is used was right at some moment of the last ten seconds.
    fn check(&self) -> Result<(), TestCaseError> {
        for who in self.versions.keys() {
            let Some(Known { found: Ok(used), .. }) = self.cache.look(&caller(*who), self.now) else { continue };
            let version: usize = used.grant.as_str().trim_start_matches("grt_").parse().expect("a number");
            let ended_at = self.versions[who][version - 1];
            let ended_ago = ended_at.map(|at| self.now.since(at));
            prop_assert!(ended_ago.is_none_or(|ago| ago < 10_000), "{who:?} ended {ended_ago:?} ms ago");
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn in_any_order_of_questions_answers_and_changes_nothing_is_used_that_ended_ten_seconds_ago(
        events in prop::collection::vec(event(), 1..80),
    ) {
        let mut world = World::new();
        for event in events {
            world.happens(event);
            world.check()?;
        }
    }
}

#[test]
fn the_exploration_reaches_answers_that_are_renewed_and_answers_that_are_not() {
    let mut world = World::new();
    let (one, two) = ((0, 0, false), (1, 1, false));
    let is_known = |world: &World, who| world.cache.look(&caller(who), world.now).is_some_and(|one| one.found.is_ok());
    for who in [one, two] {
        world.happens(Event::Asks(who));
        world.answer(0);
        world.arrive(0);
    }
    world.happens(Event::Passes(6_000));
    world.happens(Event::KeyChanges(0));
    world.happens(Event::AsksForChanges(two));
    world.answer(0);
    world.arrive(0);
    assert!(!is_known(&world, one), "it concerns this key");
    world.happens(Event::Passes(9_999));
    assert!(is_known(&world, two), "and not the other, which is renewed");
    world.happens(Event::Passes(1));
    assert!(!is_known(&world, two));
    assert_eq!(world.version(one), 2);
}

#[test]
fn a_late_reply_ends_nothing_and_renews_nothing_that_is_newer() {
    let mut world = World::new();
    let who = (0, 0, false);
    let ask = |world: &mut World| {
        world.happens(Event::Asks(who));
        let last = world.asked.len() - 1;
        world.answer(last);
        world.arrive(last);
    };
    ask(&mut world);
    world.happens(Event::Passes(5_000));
    world.happens(Event::AsksForChanges(who));
    world.answer(0);
    // A second question is asked after the first one's permit has lapsed, and answered first.
    world.happens(Event::ConnectionChanges(0));
    world.happens(Event::Passes(2_500));
    world.happens(Event::AsksForChanges(who));
    world.answer(1);
    world.arrive(1);
    assert!(world.cache.look(&caller(who), world.now).is_none(), "it has changed");
    ask(&mut world);
    world.arrive(0);
    assert!(world.cache.look(&caller(who), world.now).is_some());
    world.happens(Event::Passes(9_999));
    assert!(world.cache.look(&caller(who), world.now).is_some(), "the late reply did not make it older");
}
