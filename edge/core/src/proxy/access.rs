//! What an API key may do: asked of the organization, or remembered ([`AccessCache`](super::access_cache::AccessCache)).
//!
//! A revocation takes effect within ten seconds. The age of an answer therefore counts from the moment of the request.

use std::time::Duration;

use crate::{
    ports::{Clock as _, Level, Log as _, PortFailure},
    proxy::{
        Access, ConnectionReference, GrantedAccess, ProxyCaches, ProxyPorts,
        access_cache::{Answer, Confirmation},
        admission::CallIdentity,
        refusal::CallRefusal,
        timeout::with_timeout,
    },
};

/// The time limit for the organization.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What `caller` may do, as it was at most ten seconds ago.
pub(super) async fn access<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    caller: &CallIdentity,
) -> Result<GrantedAccess, CallRefusal> {
    let now = ports.platform().now();
    if let Some(known) = caches.access.look(caller, now) {
        if known.is_due
            && let Some(confirmation) = caches.access.confirmation(&caller.organization, now)
        {
            confirm(ports, caches, caller, confirmation);
        }
        return known.found;
    }
    let look = || caches.access.look(caller, ports.platform().now()).map(|known| known.found);
    match caches.access.single_flight.join_or_begin(ports.platform(), caller, look).await {
        Ok(found) => found,
        Err(_turn) => ask(ports, caches, caller).await,
    }
}

/// Asks after the response what has changed. On failure, what is remembered stays until it is too old.
fn confirm<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, caller: &CallIdentity, confirmation: Confirmation) {
    let (ports, caches, organization) = (ports.clone(), caches.clone(), caller.organization.clone());
    ports.clone().spawn(Box::pin(async move {
        let asked_at = ports.platform().now();
        let question = ports.access_changes(&organization, confirmation.since);
        match with_timeout(ports.platform(), TIMEOUT, question).await.unwrap_or_else(silent) {
            Ok(reply) => {
                caches.access.confirm(&organization, confirmation.since, &reply, asked_at, ports.platform().now());
            }
            Err(PortFailure(why)) => {
                let details = [("organization", organization.as_str()), ("why", &why)];
                ports.platform().log(Level::Warning, "proxy.organization_unreachable", &details);
            }
        }
        drop(confirmation);
    }));
}

fn silent<T>() -> Result<T, PortFailure> {
    Err(PortFailure("no answer within 5 s".to_owned()))
}

async fn ask<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    caller: &CallIdentity,
) -> Result<GrantedAccess, CallRefusal> {
    let asked_at = ports.platform().now();
    let question = ports.access(&caller.key, &caller.connection);
    let answer = with_timeout(ports.platform(), TIMEOUT, question).await.unwrap_or_else(silent).map_err(
        |PortFailure(why)| {
            let details = [("connection", caller.connection.as_str()), ("why", &why)];
            ports.platform().log(Level::Warning, "proxy.organization_unreachable", &details);
            CallRefusal::OrganizationUnreachable
        },
    )?;
    let found = match answer.access {
        Access::Granted(access) => Ok(Answer { access, ends_at: answer.ends_at, epoch: answer.epoch, asked_at }),
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
    caches.access.remember(caller, &found, asked_at, ports.platform().now());
    found.map(|answer| answer.access)
}
