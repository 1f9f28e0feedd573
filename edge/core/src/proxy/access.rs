//! What an API key may do: asked of the organization, cached for at most ten seconds.
//!
//! A revocation takes effect within ten seconds. The age of an answer therefore counts from the moment of the request.
//! One second before it expires, one call renews it after its own response, so that no call waits for it.

use std::{cell::RefCell, collections::HashMap, time::Duration};

use api::Timestamp;

use crate::{
    ports::{Clock as _, Level, Log as _, PortFailure},
    proxy::{
        Access, ConnectionReference, GrantedAccess, ProxyCaches, ProxyPorts,
        admission::CallIdentity,
        refusal::CallRefusal,
        single_flight::{FlightPermit, SingleFlight},
        timeout::with_timeout,
    },
};

/// The lifetime of a cached grant of access, in milliseconds.
const GRANTED_LIVES: i64 = 10_000;
/// The age at which it is renewed ahead of need, in milliseconds.
const RENEW_AHEAD: i64 = 9_000;
/// The lifetime of a cached refusal, in milliseconds; short, so that a new key or connection soon works.
const REFUSED_LIVES: i64 = 2_000;
/// The time limit for the organization.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The most cached callers of each kind. Refusals are cached apart, so that guessed keys evict nothing.
const MOST: usize = 4096;

/// The cache.
#[derive(Default)]
pub(super) struct AccessCache {
    granted: RefCell<HashMap<CallIdentity, (GrantedAccess, Timestamp)>>,
    refused: RefCell<HashMap<CallIdentity, (CallRefusal, Timestamp)>>,
    single_flight: SingleFlight<CallIdentity>,
}

impl AccessCache {
    /// The cached answer for `caller`, if it has not expired.
    fn look(&self, caller: &CallIdentity, now: Timestamp) -> Option<Result<GrantedAccess, CallRefusal>> {
        let young = |asked_at: &Timestamp, is_usable: i64| (0..is_usable).contains(&now.since(*asked_at));
        if let Some((granted, asked_at)) = self.granted.borrow().get(caller)
            && young(asked_at, GRANTED_LIVES)
        {
            return Some(Ok(granted.clone()));
        }
        let refused = self.refused.borrow();
        let (refusal, asked_at) = refused.get(caller)?;
        young(asked_at, REFUSED_LIVES).then(|| Err(refusal.clone()))
    }

    /// The permit to renew the answer, if it is time and nobody else does.
    fn permit_to_renew(&self, caller: &CallIdentity, now: Timestamp) -> Option<FlightPermit<CallIdentity>> {
        let due = matches!(self.granted.borrow().get(caller), Some((_, at)) if now.since(*at) >= RENEW_AHEAD);
        if due { self.single_flight.take(caller, now) } else { None }
    }

    fn remember(&self, caller: &CallIdentity, found: &Result<GrantedAccess, CallRefusal>, asked_at: Timestamp) {
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

    /// Discards a cached grant of access that proved to be outdated.
    pub(super) fn forget(&self, caller: &CallIdentity) {
        self.granted.borrow_mut().remove(caller);
    }
}

fn insert<T>(
    map: &mut HashMap<CallIdentity, (T, Timestamp)>,
    caller: &CallIdentity,
    found: T,
    asked_at: Timestamp,
    is_usable: i64,
) {
    if map.len() >= MOST {
        map.retain(|_, (_, at)| (0..is_usable).contains(&asked_at.since(*at)));
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
    caller: &CallIdentity,
) -> Result<GrantedAccess, CallRefusal> {
    let look = || caches.access.look(caller, ports.platform().now());
    if let Some(known) = look() {
        if let Some(permit) = caches.access.permit_to_renew(caller, ports.platform().now()) {
            let (ports, caches, caller) = (ports.clone(), caches.clone(), caller.clone());
            ports.clone().spawn(Box::pin(async move {
                // On failure, the cached answer stays until it expires; the failure is logged.
                let _known_until_then = ask(&ports, &caches, &caller).await;
                drop(permit);
            }));
        }
        return known;
    }
    match caches.access.single_flight.join_or_begin(ports.platform(), caller, look).await {
        Ok(found) => found,
        Err(_turn) => ask(ports, caches, caller).await,
    }
}

async fn ask<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    caller: &CallIdentity,
) -> Result<GrantedAccess, CallRefusal> {
    let asked_at = ports.platform().now();
    let question = ports.access(&caller.key, &caller.connection);
    let silent = || Err(PortFailure("no answer within 5 s".to_owned()));
    let answer = with_timeout(ports.platform(), TIMEOUT, question).await.unwrap_or_else(silent).map_err(
        |PortFailure(why)| {
            let details = [("connection", caller.connection.as_str()), ("why", &why)];
            ports.platform().log(Level::Warning, "proxy.organization_unreachable", &details);
            CallRefusal::OrganizationUnreachable
        },
    )?;
    let found = match answer {
        Access::Granted(granted) => Ok(granted),
        Access::KeyRefused => Err(CallRefusal::KeyRefused),
        Access::ScopeMissing => Err(CallRefusal::KeyLacksScope),
        Access::NotFound => Err(match caller.connection {
            ConnectionReference::Id(_) => CallRefusal::NotFound,
            ConnectionReference::Site { .. } => CallRefusal::SiteNotFound,
        }),
        Access::CredentialRefused { cause, kind } => Err(CallRefusal::CredentialSuspended { cause, kind }),
        Access::Ambiguous { connections, more } => Err(CallRefusal::Ambiguous { connections, more }),
        Access::Deactivated => Err(CallRefusal::Deactivated),
        Access::Unauthorized { cause, kind } => Err(CallRefusal::Unauthorized { cause, kind }),
        // It concerns the client's address and not the key, so it is not remembered.
        Access::TooManyRequests => return Err(CallRefusal::TooManyRequests),
    };
    caches.access.remember(caller, &found, asked_at);
    found
}
