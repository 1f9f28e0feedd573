//! The protocol of a grant (design 6), explored: the real keeper over ports whose every effect is a choice. `stateright`
//! takes each way through the choices within bounds: two isolates ask, answers are lost, KV lags and refuses, storage
//! refuses, the process ends between any two effects, a deployment replaces the object, the clock is set back, nothing
//! runs for longer than Atlassian's leeway.
//!
//! A state is what outlives the keeper, and the steps since the keeper last rested: those are taken again to get the
//! running keeper, because futures cannot be copied. Where nothing is under way, the keeper is started anew.
//!
//! Assumed: requests arrive at Atlassian in the order in which they were sent, and KV serves nothing that is older than
//! ninety seconds.

mod effects;
mod outside;
mod ports;
mod running;
mod setup;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use stateright::{Checker, HasDiscoveries, Model, Property};

pub use self::{
    outside::Bounds,
    running::{Mutation, Setting},
};
use self::{
    outside::{Claim, HOUR, MINUTE, Outside},
    ports::{Call, Progress},
    running::{Fate, Running, Step},
};

/// A state of the protocol.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Seen {
    base: Arc<Outside>,
    /// The steps since `base`.
    path: Vec<Step>,
    outside: Outside,
    /// What is waited for.
    pending: Vec<Call>,
    waits: [bool; 2],
    is_ringing: bool,
    is_idle: bool,
    is_replaced: bool,
}

impl Seen {
    fn resting(outside: Outside) -> Self {
        Self {
            base: Arc::new(outside.clone()),
            path: Vec::new(),
            outside,
            pending: Vec::new(),
            waits: [false; 2],
            is_ringing: false,
            is_idle: true,
            is_replaced: false,
        }
    }

    fn of(running: &Running, base: Arc<Outside>, path: Vec<Step>) -> Self {
        let mut outside = running.shared.outside.borrow().clone();
        if running.rests() {
            let is_armed = outside.alarm.is_some() || outside.left.alarms < outside.start.alarms;
            let holds = is_armed || !outside.has_intent();
            outside.claim(Claim::IntentsHaveAnAlarm, holds);
            return Self::resting(outside);
        }
        Self {
            base,
            path,
            outside,
            pending: running.shared.pending.borrow().iter().map(|pending| pending.call.clone()).collect(),
            waits: running.waits(),
            is_ringing: running.is_ringing(),
            is_idle: running.is_idle(),
            is_replaced: running.is_replaced(),
        }
    }

    fn running(&self, setting: Setting) -> Running {
        let mut running = Running::over((*self.base).clone(), setting);
        self.path.iter().for_each(|step| running.step(*step));
        running
    }

    fn steps(&self) -> Vec<Step> {
        let (outside, left) = (&self.outside, &self.outside.left);
        let fates = self
            .pending
            .iter()
            .enumerate()
            .flat_map(|(place, call)| fates(call, outside).into_iter().map(move |fate| Step::Effect(place, fate)));
        let is_due = outside.alarm.is_some_and(|alarm| alarm <= outside.now);
        let others = [
            (Step::Ask(0), left.asks > 0 && !self.waits[0]),
            (Step::Ask(1), left.asks > 0 && self.waits[0] && !self.waits[1]),
            (Step::Refused, left.refused > 0 && !self.waits[0] && outside.known[0].is_some()),
            (Step::Retire, left.retired > 0),
            (Step::Alarm, is_due && !self.is_ringing),
            (Step::Leap, left.leaps > 0 && self.is_idle && !is_due),
            (Step::Outage, left.outages > 0 && self.is_idle && outside.has_intent()),
            (Step::SetBack, left.set_back > 0 && self.is_idle),
            (Step::Crash, left.crashes > 0 && !self.path.is_empty()),
            (Step::Replace, left.replaced > 0 && !self.pending.is_empty() && !self.is_replaced),
        ];
        fates.chain(others.into_iter().filter(|(_, may)| *may).map(|(step, _)| step)).collect()
    }
}

/// What may become of an effect.
fn fates(call: &Call, outside: &Outside) -> Vec<Fate> {
    let left = &outside.left;
    let faults: &[(Fate, bool)] = match call {
        Call::Save(_) => &[(Fate::Refused, left.writes > 0), (Fate::DoneAndRefused, left.writes > 0)],
        Call::SetAlarm(_) => &[(Fate::Refused, left.alarms > 0)],
        Call::ReadCopy => {
            &[(Fate::Refused, left.kv > 0), (Fate::Stale, left.kv > 0 && outside.kv.stale(outside.now).is_some())]
        }
        Call::WriteCopy(_) => &[(Fate::Refused, left.kv > 0)],
        Call::Refresh { progress: Progress::Sent, .. } => {
            &[(Fate::Arrives, true), (Fate::Lost, left.lost > 0), (Fate::Throttled, left.lost > 0)]
        }
        Call::Refresh { .. } | Call::Probe(_) => &[(Fate::Lost, left.lost > 0)],
    };
    let well = !matches!(call, Call::Refresh { progress: Progress::Sent, .. });
    let may = faults.iter().filter(|(_, may)| *may).map(|(fate, _)| *fate);
    well.then_some(Fate::Well).into_iter().chain(may).collect()
}

/// What is explored, and within which bounds.
#[derive(Clone, Copy, Debug)]
pub struct Exploration {
    /// Whose protocol.
    pub setting: Setting,
    /// How much may happen.
    pub bounds: Bounds,
}

impl Model for Exploration {
    type State = Seen;
    type Action = Step;

    /// The access token has expired, and it lives, but it is time to refresh.
    fn init_states(&self) -> Vec<Seen> {
        let installed = Running::installed(Outside::new(self.setting.has_leeway, self.bounds), self.setting);
        let later = |millis| Outside { now: installed.now + millis, left: self.bounds, ..installed.clone() };
        [HOUR, 45 * MINUTE].map(|millis| Seen::resting(later(millis))).to_vec()
    }

    fn actions(&self, seen: &Seen, steps: &mut Vec<Step>) {
        if seen.outside.broken.is_none() {
            steps.extend(seen.steps());
        }
    }

    fn next_state(&self, seen: &Seen, step: Step) -> Option<Seen> {
        let mut running = seen.running(self.setting);
        running.step(step);
        let path = seen.path.iter().copied().chain([step]).collect();
        Some(Seen::of(&running, Arc::clone(&seen.base), path))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            claim("at most one token request in flight", |_, seen| seen.keeps(Claim::OneRequestInFlight)),
            claim("no older refresh token after a newer one", |_, seen| seen.keeps(Claim::NothingOlderAfterNewer)),
            claim("generations only grow", |_, seen| seen.keeps(Claim::GenerationsGrow)),
            claim("nobody must reauthorize without a definitive answer", |_, seen| seen.keeps(Claim::DefinitiveAnswer)),
            claim("failing KV or alarm fails no refresh", |_, seen| seen.keeps(Claim::OnlyTheNetworkFailsARefresh)),
            claim("what is dead or retired stays so", |_, seen| seen.keeps(Claim::NothingRises)),
            claim("a token that is served has not expired", |_, seen| seen.keeps(Claim::ServedTokensLive)),
            claim("a stored intent has an alarm", |_, seen| seen.keeps(Claim::IntentsHaveAnAlarm)),
            claim("one token request, and one more for each fault at most", |_, seen| {
                seen.keeps(Claim::RequestsAreBounded)
            }),
            claim("without leeway, no spent token is presented while the old one could tell", |_, seen| {
                seen.keeps(Claim::SpentTokensStay)
            }),
            claim("no connection is lost", |model, seen| {
                seen.outside.broken.is_some() || seen.running(model.setting).recovers()
            }),
        ]
    }
}

fn claim(name: &'static str, holds: fn(&Exploration, &Seen) -> bool) -> Property<Exploration> {
    Property::always(name, holds)
}

impl Seen {
    fn keeps(&self, claim: Claim) -> bool {
        self.outside.broken != Some(claim)
    }
}

impl Exploration {
    /// Explores for as long as that at most, prints what was explored, and tells how a claim was broken, if one was.
    ///
    /// # Panics
    /// If the keeper does.
    pub fn explore(self, name: &str, limit: Duration) -> Option<String> {
        let began = Instant::now();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let checker =
            self.checker().threads(threads).timeout(limit).finish_when(HasDiscoveries::Any).spawn_dfs().join();
        let took = began.elapsed();
        println!(
            "{name}: {} states, {} of them different, the longest way {} steps, {:.0} s{}, within {}",
            checker.state_count(),
            checker.unique_state_count(),
            checker.max_depth(),
            took.as_secs_f32(),
            if took < limit { "" } else { " and not to the end" },
            self.bounds,
        );
        let broken = checker.discoveries().into_iter().next();
        broken.map(|(claim, path)| format!("{claim}: {:?}", path.into_actions()))
    }
}
