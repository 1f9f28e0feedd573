//! Running instances of the keeper, moved on step by step.

use std::{cell::RefCell, rc::Rc};

use edge_core::{
    grant::{Generation, Keeper, KeeperAnswer, KeeperCommand},
    ports::PortFailure,
};
use futures::{FutureExt, executor::LocalPool, task::LocalSpawnExt};

use crate::{
    outside::{Bounds, Claim, HOUR, MINUTE, Outside, SECOND},
    ports::{Call, Pending, Ports, Progress, Shared},
    setup,
};
/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// An isolate needs a token.
    Ask(usize),
    /// Jira refused the token of the first isolate.
    Refused,
    Retire,
    Alarm,
    /// To the next alarm, or by an hour.
    Leap,
    Outage,
    SetBack,
    Crash,
    Replace,
    /// The effect of that place in the list of those that are waited for.
    Effect(usize, Fate),
}

/// What becomes of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    Well,
    Refused,
    /// It is done, and said to be refused.
    DoneAndRefused,
    Stale,
    /// The request is with Atlassian; the answer is not with us yet.
    Arrives,
    Lost,
    Throttled,
}

/// A decision that is wrong on purpose, to see that the exploration finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// None: the keeper as it is.
    None,
    /// Step 4 stores no intent.
    IntentIsForgotten,
    /// Step 8 takes a lost answer for a refusal.
    LostIsRefused,
    /// Step 3 joins nothing.
    NothingIsJoined,
}

/// What is explored.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Atlassian's ten minutes; a Data Center site has none.
    pub has_leeway: bool,
    /// What is wrong with it, on purpose.
    pub mutation: Mutation,
}

type Answer<T> = Rc<RefCell<Option<Result<T, PortFailure>>>>;
type Slot<T> = Option<Answer<T>>;

/// The object, what it was replaced by, and who waits for them.
pub(crate) struct Running {
    pub(crate) shared: Rc<Shared>,
    pub(crate) setting: Setting,
    pool: LocalPool,
    /// The present instance, once it was needed.
    keeper: Option<Rc<Keeper<Ports>>>,
    /// Only if nothing is joined.
    second: Option<Rc<Keeper<Ports>>>,
    pub(crate) instance: usize,
    callers: [Slot<KeeperAnswer>; 2],
    retiring: Slot<KeeperAnswer>,
    alarm: Slot<()>,
    /// The last write was refused, so the keeper may hold what storage does not.
    pub(crate) unsaved: bool,
    /// The last answer that an isolate had.
    last_answer: Option<Result<KeeperAnswer, PortFailure>>,
}

impl Running {
    /// Nothing runs yet.
    pub(crate) fn over(outside: Outside, setting: Setting) -> Self {
        let shared = Shared { outside: RefCell::new(outside), pending: RefCell::default() };
        Self {
            shared: Rc::new(shared),
            setting,
            pool: LocalPool::new(),
            keeper: None,
            second: None,
            instance: 0,
            callers: [None, None],
            retiring: None,
            alarm: None,
            unsaved: false,
            last_answer: None,
        }
    }

    /// A grant that a connection holds, with nothing running.
    pub(crate) fn installed(outside: Outside, setting: Setting) -> Outside {
        let mut running = Self::over(outside, setting);
        let grant = setup::new_grant(&running.shared.outside.borrow(), setting.has_leeway);
        for command in [KeeperCommand::Install { grant: Box::new(grant) }, KeeperCommand::Activate] {
            running.retiring = Some(running.send(0, command));
            running.calm();
        }
        running.shared.outside.borrow().clone()
    }

    pub(crate) fn waits(&self) -> [bool; 2] {
        self.callers.each_ref().map(Option::is_some)
    }

    pub(crate) fn is_ringing(&self) -> bool {
        self.alarm.is_some()
    }

    pub(crate) fn is_replaced(&self) -> bool {
        self.instance > 0
    }

    /// Nothing is under way, nobody waits, and the keeper holds nothing that it could not read again: whether it goes on
    /// or is started anew makes no difference.
    pub(crate) fn rests(&self) -> bool {
        let nobody = self.callers.iter().all(Option::is_none) && self.retiring.is_none() && self.alarm.is_none();
        nobody && !self.unsaved && self.shared.pending.borrow().is_empty()
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.shared.pending.borrow().is_empty() && self.callers.iter().all(Option::is_none) && self.alarm.is_none()
    }

    pub(crate) fn step(&mut self, step: Step) {
        match step {
            Step::Ask(isolate) => {
                self.spend(|left| &mut left.asks);
                self.ask(isolate, false);
            }
            Step::Refused => {
                self.spend(|left| &mut left.refused);
                self.ask(0, true);
            }
            Step::Retire => {
                self.spend(|left| &mut left.retired);
                self.retiring = Some(self.send(0, KeeperCommand::Retire));
            }
            Step::Alarm => self.ring(),
            Step::Leap => {
                self.spend(|left| &mut left.leaps);
                let mut outside = self.shared.outside.borrow_mut();
                let later = outside.now + HOUR;
                outside.now = outside.alarm.map_or(later, |alarm| alarm.min(later)).max(outside.now);
            }
            Step::Outage => {
                self.spend(|left| &mut left.outages);
                self.shared.outside.borrow_mut().now += 11 * MINUTE;
            }
            Step::SetBack => {
                self.spend(|left| &mut left.set_back);
                self.shared.outside.borrow_mut().behind += 2 * MINUTE;
            }
            Step::Crash => {
                self.spend(|left| &mut left.crashes);
                self.crash();
            }
            Step::Replace => {
                self.spend(|left| &mut left.replaced);
                self.instance += 1;
                if self.alarm.take().is_some() {
                    let mut outside = self.shared.outside.borrow_mut();
                    outside.alarm = Some(outside.now);
                }
                (self.keeper, self.second, self.unsaved) = (None, None, false);
            }
            Step::Effect(place, fate) => self.decide(place, fate),
        }
        self.go_on();
    }

    pub(crate) fn spend(&self, which: impl FnOnce(&mut Bounds) -> &mut u8) {
        let mut outside = self.shared.outside.borrow_mut();
        let left = which(&mut outside.left);
        *left = left.saturating_sub(1);
    }

    fn ask(&mut self, isolate: usize, refused: bool) {
        let seen = self.shared.outside.borrow().known[isolate].map(Generation);
        self.callers[isolate] = Some(self.send(isolate, KeeperCommand::Token { seen, refused }));
    }

    fn ring(&mut self) {
        self.shared.outside.borrow_mut().alarm = None;
        let keeper = self.keeper(0);
        self.alarm = Some(self.spawn(async move { keeper.alarm().await }));
    }

    /// The process ends. The platform delivers an alarm again whose delivery did not end.
    pub(crate) fn crash(&mut self) {
        let mut outside = self.shared.outside.borrow().clone();
        if self.alarm.is_some() && outside.alarm.is_none() {
            outside.alarm = Some(outside.now);
        }
        *self = Self::over(outside, self.setting);
    }

    fn send(&mut self, isolate: usize, command: KeeperCommand) -> Answer<KeeperAnswer> {
        let keeper = self.keeper(isolate);
        self.spawn(async move { keeper.handle(command).await })
    }

    fn spawn<T: 'static>(&self, work: impl Future<Output = Result<T, PortFailure>> + 'static) -> Answer<T> {
        let answer = Rc::new(RefCell::new(None));
        let slot = Rc::clone(&answer);
        let work = work.map(move |outcome| drop(slot.replace(Some(outcome))));
        self.pool.spawner().spawn_local(work).expect("a running pool");
        answer
    }

    fn keeper(&mut self, isolate: usize) -> Rc<Keeper<Ports>> {
        let apart = isolate > 0 && self.setting.mutation == Mutation::NothingIsJoined;
        let keeper = if apart { &mut self.second } else { &mut self.keeper };
        let (shared, instance, spawner) = (Rc::clone(&self.shared), self.instance, self.pool.spawner());
        let started =
            keeper.get_or_insert_with(|| Keeper::new(setup::settings(), Rc::new(Ports { shared, instance, spawner })));
        Rc::clone(started)
    }

    /// Lets everything go on that waits for nothing, and judges what came of it.
    fn go_on(&mut self) {
        self.pool.run_until_stalled();
        if let Some(outcome) = taken(&mut self.alarm) {
            // The platform tries again.
            if outcome.is_err() {
                let mut outside = self.shared.outside.borrow_mut();
                outside.alarm = Some(outside.now + 2 * SECOND);
            }
        }
        drop(taken(&mut self.retiring));
        for (isolate, caller) in self.callers.iter_mut().enumerate() {
            if let Some(answer) = taken(caller) {
                self.shared.outside.borrow_mut().judge(isolate, &answer);
                self.last_answer = Some(answer);
            }
        }
        let in_flight = |instance: usize| {
            let is_one = |one: &&Pending| one.instance == instance && matches!(one.call, Call::Refresh { .. });
            self.shared.pending.borrow().iter().filter(is_one).count()
        };
        let most = (0..=self.instance).map(in_flight).max().unwrap_or_default();
        let mut outside = self.shared.outside.borrow_mut();
        outside.claim(Claim::OneRequestInFlight, most <= 1);
    }

    /// Everything goes well until nothing is under way.
    fn calm(&mut self) {
        self.go_on();
        loop {
            let fate = match self.shared.pending.borrow().first().map(|pending| &pending.call) {
                None => return,
                Some(Call::Refresh { progress: Progress::Sent, .. }) => Fate::Arrives,
                Some(_) => Fate::Well,
            };
            self.step(Step::Effect(0, fate));
        }
    }

    /// The process ends, and everything goes well for twenty minutes: is there a token, unless a person must consent
    /// again whatever we do?
    pub(crate) fn recovers(mut self) -> bool {
        // This end of the process is one more fault.
        self.shared.outside.borrow_mut().start.crashes += 1;
        self.crash();
        let end = self.shared.outside.borrow().now + 20 * MINUTE;
        loop {
            let due = self.shared.outside.borrow().alarm.filter(|alarm| *alarm <= end);
            let Some(at) = due else { break };
            let mut outside = self.shared.outside.borrow_mut();
            outside.now = outside.now.max(at);
            drop(outside);
            self.ring();
            self.calm();
        }
        self.shared.outside.borrow_mut().now = end;
        self.ask(0, false);
        self.calm();
        let works = matches!(self.last_answer, Some(Ok(KeeperAnswer::Token { .. })));
        let outside = self.shared.outside.borrow();
        let died = outside.family.dead && outside.left.outages == outside.start.outages;
        outside.broken.is_none() && (outside.is_retired || works != outside.is_over() && !died)
    }
}

fn taken<T>(slot: &mut Slot<T>) -> Option<Result<T, PortFailure>> {
    let answer = slot.as_ref()?.borrow_mut().take()?;
    *slot = None;
    Some(answer)
}
