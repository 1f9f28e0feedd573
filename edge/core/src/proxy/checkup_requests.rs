//! Calls that failed in a way that only a checkup explains: the organization is told, so that the connection's status
//! says the truth before somebody looks.

use std::{cell::RefCell, collections::HashMap};

use api::{ConnectionId, Timestamp};

use crate::{
    organization_id::OrganizationId,
    ports::{Clock as _, Level, Log as _, PortFailure},
    proxy::{ProxyCaches, ProxyPorts, admission::CallIdentity, refusal::CallRefusal},
};

/// How often one isolate tells of a connection, in milliseconds: once a minute.
const INTERVAL: i64 = 60_000;
/// The most connections remembered.
const MOST: usize = 1024;

type Whose = (OrganizationId, ConnectionId);

/// When what was told.
#[derive(Default)]
pub(super) struct CheckupRequests(RefCell<HashMap<Whose, Timestamp>>);

impl CheckupRequests {
    /// Whether it is time to tell (again).
    fn is_due(&self, whose: &Whose, now: Timestamp) -> bool {
        let mut checkup_requests = self.0.borrow_mut();
        if checkup_requests.get(whose).is_some_and(|at| now.since(*at) < INTERVAL) {
            return false;
        }
        if checkup_requests.len() >= MOST {
            checkup_requests.clear();
        }
        checkup_requests.insert(whose.clone(), now);
        true
    }
}

/// The credential is refused although it is fresh, does not cover the call, the site's allow-list refuses, or the site
/// is somewhere else. (The end of a grant is told by its keeper.)
const fn is_explained_by_checkup(refusal: &CallRefusal) -> bool {
    matches!(
        refusal,
        CallRefusal::CredentialRefused
            | CallRefusal::Denied { .. }
            | CallRefusal::SiteMoved
            | CallRefusal::AddressRefused
            | CallRefusal::ScopeMissing
            | CallRefusal::IpAllowList
    )
}

/// Tells the organization after the answer is on its way, if a checkup would explain the refusal.
pub(super) fn send<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, caller: &CallIdentity, refusal: &CallRefusal) {
    let whose = (caller.organization.clone(), caller.connection.clone());
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
