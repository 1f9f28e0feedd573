//! What a key may do: asked of the organization, remembered for at most ten seconds.
//!
//! Ten seconds is the promise about revocation, so an answer's age counts from when the question was asked. A second
//! before that, one call asks again after its own answer is on its way, and no call waits for it.

use std::{cell::RefCell, collections::HashMap, time::Duration};

use api::Timestamp;

use crate::{
    ports::{Level, PortFailure},
    proxy::{
        Access, Granted, ProxyCaches, ProxyPorts,
        admission::Caller,
        refusal::Refusal,
        turns::{Turn, Turns},
        waiting::within,
    },
};

/// How old what is granted may be, in milliseconds.
const GRANTED_LIVES: i64 = 10_000;
/// From which age on it is asked again ahead of need, in milliseconds.
const ASK_AHEAD: i64 = 9_000;
/// How old what is refused may be, in milliseconds: a new key or connection should work soon.
const REFUSED_LIVES: i64 = 2_000;
/// How long the organization may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most callers remembered, of either sort. Refused ones are kept apart, so that guessing pushes nobody out.
const MOST: usize = 4096;

/// What the isolate remembers.
#[derive(Default)]
pub(super) struct AccessCache {
    granted: RefCell<HashMap<Caller, (Granted, Timestamp)>>,
    refused: RefCell<HashMap<Caller, (Refusal, Timestamp)>>,
    turns: Turns<Caller>,
}

impl AccessCache {
    /// What is remembered of `caller` and young enough.
    fn look(&self, caller: &Caller, now: Timestamp) -> Option<Result<Granted, Refusal>> {
        let young = |asked_at: &Timestamp, lives: i64| (0..lives).contains(&now.since(*asked_at));
        if let Some((granted, asked_at)) = self.granted.borrow().get(caller)
            && young(asked_at, GRANTED_LIVES)
        {
            return Some(Ok(granted.clone()));
        }
        let refused = self.refused.borrow();
        let (refusal, asked_at) = refused.get(caller)?;
        young(asked_at, REFUSED_LIVES).then(|| Err(refusal.clone()))
    }

    /// The right to ask again, if it is time and nobody else is about to.
    fn ask_ahead(&self, caller: &Caller, now: Timestamp) -> Option<Turn<Caller>> {
        let due = matches!(self.granted.borrow().get(caller), Some((_, at)) if now.since(*at) >= ASK_AHEAD);
        if due { self.turns.take(caller, now) } else { None }
    }

    fn remember(&self, caller: &Caller, found: &Result<Granted, Refusal>, asked_at: Timestamp) {
        match found {
            Ok(granted) => {
                self.refused.borrow_mut().remove(caller);
                insert(&mut self.granted.borrow_mut(), caller, granted.clone(), asked_at, GRANTED_LIVES);
            }
            Err(refusal) => {
                self.forget(caller);
                insert(&mut self.refused.borrow_mut(), caller, refusal.clone(), asked_at, REFUSED_LIVES);
            }
        }
    }

    /// Forgets what was granted: it has proved to be out of date.
    pub(super) fn forget(&self, caller: &Caller) {
        self.granted.borrow_mut().remove(caller);
    }
}

fn insert<T>(map: &mut HashMap<Caller, (T, Timestamp)>, caller: &Caller, found: T, asked_at: Timestamp, lives: i64) {
    if map.len() >= MOST {
        map.retain(|_, (_, at)| asked_at.since(*at) < lives);
    }
    if map.len() >= MOST {
        map.clear();
    }
    map.insert(caller.clone(), (found, asked_at));
}

/// What `caller` may do, at most ten seconds old.
pub(super) async fn access<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    caller: &Caller,
) -> Result<Granted, Refusal> {
    let look = || caches.access.look(caller, ports.now());
    if let Some(known) = look() {
        if let Some(turn) = caches.access.ask_ahead(caller, ports.now()) {
            let (ports, caches, caller) = (ports.clone(), caches.clone(), caller.clone());
            ports.clone().spawn(Box::pin(async move {
                // What was known stays known until it is ten seconds old; the failure is in the log.
                let _known_until_then = ask(&ports, &caches, &caller).await;
                drop(turn);
            }));
        }
        return known;
    }
    match caches.access.turns.look_or_take(ports, caller, look).await {
        Ok(found) => found,
        Err(_turn) => ask(ports, caches, caller).await,
    }
}

async fn ask<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, caller: &Caller) -> Result<Granted, Refusal> {
    let asked_at = ports.now();
    let question = ports.access(&caller.organization, &caller.key, &caller.connection);
    let silent = || Err(PortFailure("no answer within 5 s".to_owned()));
    let answer = within(ports, PATIENCE, question).await.unwrap_or_else(silent).map_err(|PortFailure(why)| {
        let details = [("connection", caller.connection.as_str()), ("why", &why)];
        ports.log(Level::Warning, "proxy.organization_silent", &details);
        Refusal::OrganizationSilent
    })?;
    let found = match answer {
        Access::Granted(granted) => Ok(granted),
        Access::KeyRefused => Err(Refusal::KeyRefused),
        Access::ScopeMissing => Err(Refusal::KeyLacksScope),
        Access::NotFound => Err(Refusal::NotFound),
        Access::Deactivated => Err(Refusal::Deactivated),
        Access::Unauthorized { cause } => Err(Refusal::Unauthorized { cause }),
    };
    caches.access.remember(caller, &found, asked_at);
    found
}
