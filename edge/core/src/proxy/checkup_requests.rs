//! Requests a checkup after a failure that only a checkup can explain, so that the connection's status is right before
//! somebody looks at it.

use std::{cell::RefCell, collections::HashMap};

use api::{CallOutcome, Timestamp};

use crate::{
    ports::{Level, Log as _, PortFailure},
    proxy::{
        ProxyCaches, ProxyPorts,
        outcome::{EndedCall, Whose},
    },
};

/// The shortest time between two requests of an isolate for the same connection, in milliseconds: one minute.
const INTERVAL: i64 = 60_000;
/// The most connections that are remembered.
const MOST: usize = 1024;

/// When a checkup was last requested, by connection.
#[derive(Default)]
pub(super) struct CheckupRequests(RefCell<HashMap<Whose, Timestamp>>);

impl CheckupRequests {
    /// Whether a request is due; if so, it counts as made.
    fn is_due(&self, whose: &Whose, now: Timestamp) -> bool {
        let mut checkup_requests = self.0.borrow_mut();
        if checkup_requests.get(whose).is_some_and(|at| (0..INTERVAL).contains(&now.since(*at))) {
            return false;
        }
        if checkup_requests.len() >= MOST {
            checkup_requests.clear();
        }
        checkup_requests.insert(whose.clone(), now);
        true
    }
}

/// Whether a checkup can explain how the call ended: it was refused or diverted for a reason that lies in the connection,
/// or nobody answered. (A grant's keeper reports its end itself, and a used-up rate limit is no matter for more calls.)
fn is_explained_by_checkup(ended: &EndedCall) -> bool {
    ended.ending.cause.is_some()
        && match ended.ending.outcome {
            CallOutcome::Credential
            | CallOutcome::Scope
            | CallOutcome::IpAllowList
            | CallOutcome::NoAnswer
            | CallOutcome::NoToken
            | CallOutcome::NotJira => true,
            // Any other fault may be of this call alone.
            CallOutcome::JiraFault => matches!(ended.http_status, Some(502..=504)),
            CallOutcome::Succeeded | CallOutcome::RateLimit | CallOutcome::TooManyCalls | CallOutcome::Unknown(_) => {
                false
            }
        }
}

/// Requests a checkup after the response was sent, if it can explain how the call ended.
pub(super) fn send<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, ended: &EndedCall) {
    if !is_explained_by_checkup(ended) || !caches.checkup_requests.is_due(&ended.whose, ended.at) {
        return;
    }
    let (ports, whose) = (ports.clone(), ended.whose.clone());
    ports.clone().spawn(Box::pin(async move {
        if let Err(PortFailure(why)) = ports.request_checkup(&whose.0, &whose.1).await {
            ports.platform().log(
                Level::Warning,
                "proxy.checkup_not_requested",
                &[("connection", whose.1.as_str()), ("why", &why)],
            );
        }
    }));
}
