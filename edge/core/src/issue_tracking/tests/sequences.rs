//! Sequences that nobody thought of: both sides change at any time, pushes are late, doubled and out of order, the feed is
//! read late, Causeway is stopped between any two requests, and a rule in Jira moves issues.

use api::{JiraId, Keep, Name, Timestamp};

use super::world::{at, id, issue, mapping, name, status};
use crate::issue_tracking::{
    IssueLook, LinkOrigin, LinkState, ProductSide, SyncStep, decide,
    jira::{JiraVersion, OfferedTransition},
    transitions::{LearnedWorkflow, MoveQuestion, NextLeg, next_leg},
};

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// The transitions of the toy: no way leads from *To Do* to *Done* directly.
const WAYS: [(&str, &str); 7] =
    [("10", "20"), ("20", "10"), ("20", "30"), ("30", "20"), ("30", "40"), ("40", "10"), ("20", "40")];

/// A push on its way.
#[derive(Clone)]
struct Push {
    status: Name,
    changed_at: Option<Timestamp>,
}

struct World {
    dice: Dice,
    now: i64,
    mapping: api::Mapping,
    /// The status of the issue.
    issue: JiraId,
    /// A rule in Jira that moves an issue on, once.
    rule: Option<(&'static str, &'static str)>,
    /// The status of the task in the product, and when it changed.
    task: Name,
    changed_at: Timestamp,
    /// Whether the product says when statuses changed. One that does not acknowledges what it is told.
    says_when: bool,
    pushes: Vec<Push>,
    feed: Vec<(Name, Timestamp)>,
    /// How much of the feed the product has read.
    read: usize,
    link: LinkState,
    learned: LearnedWorkflow,
    /// Requests that changed Jira, and changes that the product was told.
    writes: usize,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut mapping = mapping();
        let of_type = &mut mapping.issue_types[0];
        of_type.on_conflict = api::ConflictRule::ALL[dice.below(3)];
        of_type.on_reopen = api::ReopenRule::ALL[dice.below(3)];
        of_type.pass_through = [vec![], vec![id("20")], vec![id("20"), id("30")]][dice.below(3)].clone();
        let rule = [None, Some(("40", "10")), Some(("20", "30"))][dice.below(3)];
        let says_when = dice.once_in(2);
        let link = LinkState::new(LinkOrigin::Created, id("10000"), ProductSide::new(name("open"), None));
        Self {
            dice,
            now: 0,
            mapping,
            issue: id("10"),
            rule,
            task: name("open"),
            changed_at: at(0),
            says_when,
            pushes: Vec::new(),
            feed: Vec::new(),
            read: 0,
            link,
            learned: LearnedWorkflow::default(),
            writes: 0,
        }
    }

    fn offered(&self) -> Vec<OfferedTransition> {
        let ways = WAYS.iter().enumerate().filter(|(_, (from, _))| *from == self.issue.as_str());
        let offered = |(number, (_, to)): (usize, &(&str, &str))| OfferedTransition {
            id: number.to_string(),
            to: status(to),
            has_screen: false,
            fields: Vec::new(),
        };
        ways.map(offered).collect()
    }

    fn push(&mut self) {
        let push = Push { status: self.task.clone(), changed_at: self.says_when.then_some(self.changed_at) };
        let doubled = self.dice.once_in(4);
        self.pushes.extend(std::iter::repeat_n(push, if doubled { 2 } else { 1 }));
    }

    /// The product changes its task.
    fn change_task(&mut self) {
        let statuses = ["open", "in_progress", "fixed", "ignored"];
        let status = name(statuses[self.dice.below(statuses.len())]);
        if status != self.task {
            (self.task, self.changed_at) = (status, at(self.now));
            self.push();
        }
    }

    /// Somebody in Jira moves the issue.
    fn change_issue(&mut self) {
        let offered = self.offered();
        self.issue = offered[self.dice.below(offered.len())].to.id.clone();
    }

    /// A push arrives. Pushes of products that do not say when overtake each other only with what they already said.
    fn receive(&mut self) {
        if self.pushes.is_empty() {
            return;
        }
        let place = if self.says_when { self.dice.below(self.pushes.len()) } else { 0 };
        let push = self.pushes.remove(place);
        self.link.product.push(&push.status, push.changed_at);
    }

    /// The product reads the next change of the feed. One that knows when its statuses changed passes over changes that are
    /// older than its own.
    fn read_feed(&mut self) {
        if let Some((status, told_at)) = self.feed.get(self.read).cloned() {
            self.read += 1;
            let is_older = self.says_when && told_at < self.changed_at;
            if status != self.task && !is_older {
                (self.task, self.changed_at) = (status, told_at);
            }
            if !self.says_when || self.dice.once_in(2) {
                self.push();
            }
        }
    }

    /// One look of Causeway at the issue, and what follows. It may be stopped after any request.
    fn look(&mut self) -> SyncStep {
        let mut seen = issue("10");
        seen.status = status(self.issue.as_str());
        let step = decide(&self.link, &IssueLook::Found(seen.clone()), &self.mapping, at(self.now));
        match &step {
            SyncStep::Move { to } => self.go_on(&seen.status.id, to),
            SyncStep::Tell { status, .. } => {
                self.feed.push((status.clone(), at(self.now)));
                self.writes += 1;
                self.link.record(&step, Some(&seen), at(self.now));
            }
            _ => self.link.record(&step, Some(&seen), at(self.now)),
        }
        step
    }

    fn go_on(&mut self, from: &JiraId, to: &JiraId) {
        let offered = self.offered();
        self.learned.learn(from, &offered);
        let question = MoveQuestion {
            version: JiraVersion::Cloud,
            to,
            offered: &offered,
            learned: &self.learned,
            of_type: &self.mapping.issue_types[0],
            legs_left: self.link.legs_left(from),
            may_move: Some(true),
        };
        match next_leg(&question) {
            NextLeg::Block(blocked) => {
                let mut seen = issue("10");
                seen.status = status(from.as_str());
                self.link.record(&SyncStep::Block(blocked), Some(&seen), at(self.now));
            }
            NextLeg::Make { next, .. } => {
                self.link.begin_leg(from, &next, to, at(self.now));
                if self.dice.once_in(10) {
                    return; // Stopped before the request left.
                }
                self.issue = next;
                self.writes += 1;
                if let Some((_, moved_on)) = self.rule.filter(|(from, _)| *from == self.issue.as_str()) {
                    self.issue = id(moved_on);
                }
            }
        }
    }

    fn run(&mut self) {
        for _ in 0..self.dice.below(60) {
            self.now += 1 + i64::try_from(self.dice.below(120)).expect("small");
            match self.dice.below(8) {
                0 => self.change_task(),
                1 => self.change_issue(),
                2 | 3 => self.receive(),
                4 => self.read_feed(),
                5 if !self.says_when => {}
                5 => self.push(),
                _ => drop(self.look()),
            }
        }
    }

    /// Nobody changes anything any more, and all that is on its way arrives.
    fn settle(&mut self) -> SyncStep {
        for _ in 0..60 {
            self.now += 1;
            while !self.pushes.is_empty() {
                self.receive();
            }
            let step = self.look();
            while self.read < self.feed.len() {
                self.read_feed();
            }
            if self.pushes.is_empty()
                && !matches!(step, SyncStep::Move { .. } | SyncStep::Tell { .. } | SyncStep::Settle { .. })
            {
                return step;
            }
        }
        self.look()
    }

    fn agrees(&self) -> bool {
        let of_type = &self.mapping.issue_types[0];
        let base = self.link.base.as_ref().expect("a base");
        base.issue == self.issue && base.task == self.link.product.status && {
            let (out, inward) = (of_type.out(&base.task), of_type.inward(&base.issue));
            let is_left_done = of_type.on_reopen == api::ReopenRule::Leave && self.issue == id("40");
            out == Some(None) || out == Some(Some(&base.issue)) || inward == Some(Some(&base.task)) || is_left_done
        }
    }
}

#[test]
fn every_link_settles_and_a_quiet_system_writes_nothing() {
    let (mut in_sync, mut blocked, mut conflicts) = (0, 0, 0);
    for seed in 1..=3_000 {
        let mut world = World::new(seed);
        world.run();
        match world.settle() {
            SyncStep::InSync => {
                in_sync += 1;
                assert!(world.agrees(), "seed {seed}: {:?} at {}", world.link, world.issue);
                assert_eq!(world.task, world.link.product.status, "seed {seed}: the product stands for something else");
            }
            SyncStep::Block(_) => blocked += 1,
            SyncStep::Conflict => conflicts += 1,
            // The last look of a move that cannot go on.
            SyncStep::Move { .. } => blocked += usize::from(world.is_stuck(seed)),
            step => panic!("seed {seed} ends with {step:?}"),
        }
        let before = world.writes;
        for _ in 0..20 {
            world.now += 3_600;
            world.look();
        }
        assert_eq!(world.writes, before, "seed {seed} writes without an end");
    }
    assert!(in_sync > 1_000 && blocked > 50 && conflicts > 50, "{in_sync} {blocked} {conflicts}");
}

impl World {
    /// Whether no transition leads on, so that the run would block the task.
    fn is_stuck(&mut self, seed: u64) -> bool {
        let before = self.writes;
        assert!(matches!(self.look(), SyncStep::Move { .. }), "seed {seed}");
        assert_eq!(self.writes, before, "seed {seed} goes on moving");
        true
    }
}

#[test]
fn a_conflict_ends_when_a_person_chooses() {
    let mut ended = 0;
    for seed in 1..=1_000 {
        let mut world = World::new(seed);
        world.mapping.issue_types[0].on_conflict = api::ConflictRule::Block;
        world.rule = None;
        world.run();
        if world.settle() != SyncStep::Conflict {
            continue;
        }
        world.link.keep(if seed % 2 == 0 { Keep::Product } else { Keep::Jira });
        let step = world.settle();
        let is_stuck = matches!(step, SyncStep::Move { .. }) && world.is_stuck(seed);
        assert!(step == SyncStep::InSync || is_stuck, "seed {seed}: {step:?}");
        ended += 1;
    }
    assert!(ended > 20, "{ended}");
}
