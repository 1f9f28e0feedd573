//! What an isolate remembers of what API keys may do.
//!
//! An answer holds for ten seconds from when it was asked for. The organization counts what changes such answers in an
//! epoch, so one small question renews all of them: if the epoch of an answer is still that of the organization, the
//! answer was right when the question was asked. Otherwise the reply says which keys and connections have changed, and
//! what concerns them is asked again when it is needed. Nothing is ever used that was last known to be right more than
//! ten seconds ago, also when the organization does not answer. That a key ends by itself is part of its answer.

use std::{cell::RefCell, collections::HashMap};

use api::Timestamp;

use crate::{
    organization::{AccessChanges, Changed, Epoch},
    organization_id::OrganizationId,
    proxy::{
        ConnectionReference, GrantedAccess,
        admission::CallIdentity,
        refusal::CallRefusal,
        single_flight::{FlightPermit, SingleFlight},
    },
};

/// How long after it was last known to be right a grant of access is used, in milliseconds.
const GRANTED_LIVES: i64 = 10_000;
/// The age at which the epoch is asked for, in milliseconds: early enough to ask again if no answer comes.
const CONFIRM_AFTER: i64 = 5_000;
/// The pause before it is asked for again, in milliseconds.
const TRY_AGAIN: i64 = 1_000;
/// The lifetime of a cached refusal, in milliseconds; short, so that a new key or connection soon works.
const REFUSED_LIVES: i64 = 2_000;
/// The most grants of access that are remembered of an organization.
const MOST_GRANTED: usize = 16_384;
/// The most refusals. They are cached apart, so that guessed keys evict nothing.
const MOST_REFUSED: usize = 4096;

/// The cache.
#[derive(Default)]
pub(super) struct AccessCache {
    organizations: RefCell<HashMap<OrganizationId, Remembered>>,
    refused: RefCell<HashMap<CallIdentity, (CallRefusal, Timestamp)>>,
    pub(super) single_flight: SingleFlight<CallIdentity>,
    confirmations: SingleFlight<OrganizationId>,
}

/// What is remembered of an organization.
#[derive(Default)]
struct Remembered {
    granted: HashMap<CallIdentity, Answer>,
    /// The epoch, and a moment after which it was still that one.
    confirmed: Option<(Epoch, Timestamp)>,
    /// When the epoch was last asked for by itself.
    tried_at: Option<Timestamp>,
}

/// The organization's answer about a caller who may call.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) access: GrantedAccess,
    /// When the key ends by itself.
    pub(super) ends_at: Option<Timestamp>,
    /// The epoch of the answer; `None` from an organization of an earlier version.
    pub(super) epoch: Option<Epoch>,
    /// When it was asked for.
    pub(super) asked_at: Timestamp,
}

impl Answer {
    fn is_usable(&self, confirmed: Option<(Epoch, Timestamp)>, now: Timestamp) -> bool {
        let held_at = match confirmed {
            Some((epoch, at)) if self.epoch == Some(epoch) => at.max(self.asked_at),
            _ => self.asked_at,
        };
        (0..GRANTED_LIVES).contains(&now.since(held_at)) && self.ends_at.is_none_or(|end| now < end)
    }

    /// Whether it is time to ask what has changed. An answer of a later epoch says that something has.
    fn is_to_be_confirmed(&self, confirmed: Option<(Epoch, Timestamp)>, now: Timestamp) -> bool {
        confirmed.is_some_and(|(epoch, at)| {
            !(0..CONFIRM_AFTER).contains(&now.since(at)) || self.epoch.is_some_and(|own| own > epoch)
        })
    }
}

/// What is known of a caller.
pub(super) struct Known {
    pub(super) found: Result<GrantedAccess, CallRefusal>,
    /// Whether it is time to ask what has changed.
    pub(super) is_due: bool,
}

/// The question for what has changed, to be asked by whoever holds it.
pub(super) struct Confirmation {
    pub(super) since: Epoch,
    _permit: FlightPermit<OrganizationId>,
}

impl AccessCache {
    /// What is known of `caller`, if it is still usable.
    pub(super) fn look(&self, caller: &CallIdentity, now: Timestamp) -> Option<Known> {
        if let Some(remembered) = self.organizations.borrow().get(&caller.organization)
            && let Some(answer) = remembered.granted.get(caller)
            && answer.is_usable(remembered.confirmed, now)
        {
            let is_due = answer.is_to_be_confirmed(remembered.confirmed, now);
            return Some(Known { found: Ok(answer.access.clone()), is_due });
        }
        let refused = self.refused.borrow();
        let (refusal, asked_at) = refused.get(caller)?;
        let is_usable = (0..REFUSED_LIVES).contains(&now.since(*asked_at));
        is_usable.then(|| Known { found: Err(refusal.clone()), is_due: false })
    }

    /// The question for what has changed in an organization, unless somebody else asks or has just asked it.
    pub(super) fn confirmation(&self, organization: &OrganizationId, now: Timestamp) -> Option<Confirmation> {
        let mut organizations = self.organizations.borrow_mut();
        let remembered = organizations.get_mut(organization)?;
        let (since, _) = remembered.confirmed?;
        if remembered.tried_at.is_some_and(|tried| (0..TRY_AGAIN).contains(&now.since(tried))) {
            return None;
        }
        let permit = self.confirmations.take(organization, now)?;
        remembered.tried_at = Some(now);
        Some(Confirmation { since, _permit: permit })
    }

    /// Takes the reply to the question what has changed since an epoch, which was asked at `asked_at`.
    pub(super) fn confirm(
        &self,
        organization: &OrganizationId,
        since: Epoch,
        reply: &AccessChanges,
        asked_at: Timestamp,
        now: Timestamp,
    ) {
        if let Some(remembered) = self.organizations.borrow_mut().get_mut(organization) {
            remembered.confirm(since, reply, asked_at, now);
        }
    }

    /// Takes the answer to a question that was asked at `asked_at`.
    pub(super) fn remember(
        &self,
        caller: &CallIdentity,
        found: &Result<Answer, CallRefusal>,
        asked_at: Timestamp,
        now: Timestamp,
    ) {
        match found {
            Ok(answer) => {
                self.refused.borrow_mut().remove(caller);
                let mut organizations = self.organizations.borrow_mut();
                organizations.entry(caller.organization.clone()).or_default().take(caller, answer, now);
            }
            Err(refusal) => {
                self.forget(caller);
                let mut refused = self.refused.borrow_mut();
                if refused.len() >= MOST_REFUSED {
                    refused.retain(|_, (_, at)| (0..REFUSED_LIVES).contains(&asked_at.since(*at)));
                }
                if refused.len() >= MOST_REFUSED {
                    refused.clear();
                }
                refused.insert(caller.clone(), (refusal.clone(), asked_at));
            }
        }
    }

    /// Discards a cached grant of access that proved to be outdated.
    pub(super) fn forget(&self, caller: &CallIdentity) {
        if let Some(remembered) = self.organizations.borrow_mut().get_mut(&caller.organization) {
            remembered.granted.remove(caller);
        }
    }
}

impl Remembered {
    fn take(&mut self, caller: &CallIdentity, answer: &Answer, now: Timestamp) {
        if self.granted.len() >= MOST_GRANTED {
            let confirmed = self.confirmed;
            self.granted.retain(|_, answer| answer.is_usable(confirmed, now));
        }
        if self.granted.len() >= MOST_GRANTED {
            self.granted.clear();
        }
        self.granted.insert(caller.clone(), answer.clone());
        match (answer.epoch, self.confirmed) {
            (Some(epoch), None) => self.confirmed = Some((epoch, answer.asked_at)),
            // That the epoch is the same renews everything else.
            (Some(epoch), Some((known, at))) if epoch == known => {
                self.confirmed = Some((epoch, later(at, answer.asked_at, now)));
            }
            // What has changed between the two is not known yet.
            _ => {}
        }
    }

    fn confirm(&mut self, since: Epoch, reply: &AccessChanges, asked_at: Timestamp, now: Timestamp) {
        let Some((known, at)) = self.confirmed else { return };
        if reply.epoch == known {
            self.confirmed = Some((known, later(at, asked_at, now)));
            return;
        }
        if since != known {
            // Another reply was quicker, and this one says nothing about what is remembered since.
            return;
        }
        let Some(changes) = &reply.changes else {
            self.granted.retain(|_, answer| answer.epoch == Some(reply.epoch));
            self.confirmed = Some((reply.epoch, asked_at));
            return;
        };
        let about = Changed::of(changes);
        self.granted.retain(|caller, answer| {
            let Some(epoch) = answer.epoch else { return false };
            if epoch >= reply.epoch {
                return true;
            }
            let names_site = matches!(caller.connection, ConnectionReference::Site { .. });
            let holds = epoch >= since && !about.concerns(&caller.key.digest, &answer.access.connection, names_site);
            if holds {
                answer.epoch = Some(reply.epoch);
            }
            holds
        });
        self.confirmed = Some((reply.epoch, asked_at));
    }
}

/// The later of two moments that have passed. One that is still to come was taken before the clock was set back.
fn later(known: Timestamp, new: Timestamp, now: Timestamp) -> Timestamp {
    if known > now { new } else { known.max(new) }
}

#[cfg(test)]
mod tests;
