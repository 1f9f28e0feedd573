//! Requests a checkup after a failure that only a checkup can explain, so that the connection's status is right before
//! somebody looks at it.

use std::{cell::RefCell, collections::HashMap};

use api::{ConnectionId, Timestamp};

use crate::{
    organization_id::OrganizationId,
    ports::{Clock as _, Level, Log as _, PortFailure},
    proxy::{ProxyCaches, ProxyPorts, refusal::CallRefusal},
};

/// The shortest time between two requests of an isolate for the same connection, in milliseconds: one minute.
const INTERVAL: i64 = 60_000;
/// The most connections that are remembered.
const MOST: usize = 1024;

type Whose = (OrganizationId, ConnectionId);

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

/// Whether a checkup can explain the refusal: a fresh credential is refused or lacks a scope, an IP allow-list refuses,
/// the site has moved, or something in front of it answers or refuses. (A grant's keeper reports its end itself.)
const fn is_explained_by_checkup(refusal: &CallRefusal) -> bool {
    matches!(
        refusal,
        CallRefusal::CredentialRefused
            | CallRefusal::Denied { .. }
            | CallRefusal::SiteMoved
            | CallRefusal::SignInPage
            | CallRefusal::CertificateRefused
            | CallRefusal::AddressRefused
            | CallRefusal::ScopeMissing
            | CallRefusal::IpAllowList
    )
}

/// Requests a checkup after the response was sent, if it can explain the refusal.
pub(super) fn send<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, whose: Whose, refusal: &CallRefusal) {
    if !is_explained_by_checkup(refusal) || !caches.checkup_requests.is_due(&whose, ports.platform().now()) {
        return;
    }
    let ports = ports.clone();
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
