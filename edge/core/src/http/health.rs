//! `/healthz`: whether this deployment is configured and works.
//!
//! Anybody may ask, so an isolate finds it out at most every five seconds, and it says only what an operator needs from
//! outside: the names of settings that are missing or malformed, never their values; what the operator was alerted to; and
//! the name of the sealing key, which is public, with how far resealing has come; and where the operator is reached, as the
//! operator configured it for people. It names no connection, person or address of a site.

use api::{Finding, GetHealth, Health, HealthStatus, Sealing, Timestamp};
use std::cell::{Cell, RefCell};

use http::StatusCode;

use crate::{
    http::{
        Edge, Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, public},
    },
    oauth1,
    organization::{GetSealing, ListAlerts},
    ports::{Aead, Mac},
    proxy::single_flight::SingleFlight,
    sealing::{self, KeyId},
    webhooks,
};

public! { GetHealth => show; }

/// The result of checking the platform's cryptography. Once it gave all published results, it is not checked again.
#[derive(Debug, Default)]
pub(super) struct Cryptography {
    is_verified: Cell<bool>,
}

/// How long an answer is given again, in milliseconds.
const KEPT: i64 = 5_000;

/// The last answer, and when it was found out. One request finds it out, others wait for that.
#[derive(Default)]
pub(super) struct HealthCache {
    last: RefCell<Option<(Health, Timestamp)>>,
    flight: SingleFlight<()>,
}

impl HealthCache {
    fn fresh(&self, now: Timestamp) -> Option<Health> {
        let kept = self.last.borrow();
        kept.as_ref().filter(|(_, at)| (0..KEPT).contains(&now.since(*at))).map(|(health, _)| health.clone())
    }
}

impl Cryptography {
    async fn findings(&self, world: &(impl Aead + Mac + oauth1::Rsa)) -> Vec<Finding> {
        if self.is_verified.get() {
            return Vec::new();
        }
        let sealing = sealing::vectors::self_check(world).await.err().map(|why| ("sealing", why.to_string()));
        let signing = "HMAC-SHA-256 does not give the published signature.";
        let signing = (!webhooks::self_check(world).await).then(|| ("signing", signing.to_owned()));
        let rsa = "RSA-SHA1 does not give the published signature. Calls over application links are refused.";
        let rsa = oauth1::vectors::self_check(world).await.err().map(|_| ("application links", rsa.to_owned()));
        let findings = [sealing, signing, rsa].into_iter().flatten();
        let findings: Vec<_> = findings.map(|(name, message)| Finding { name: name.to_owned(), message }).collect();
        self.is_verified.set(findings.is_empty());
        findings
    }
}

/// Reports what is misconfigured, whether sealing and signing give the published results, whether the organization
/// answers, and its alerts (503 if there is any finding); and what the operator should change.
async fn show<P: Platform>(request: EndpointRequest<P, GetHealth>) -> Result<Reply<Health>, RequestFailure> {
    let edge = &request.edge;
    let cache = &edge.isolate.health;
    let look = || cache.fresh(edge.platform.now());
    let health = match cache.flight.join_or_begin(&*edge.platform, &(), look).await {
        Ok(health) => health,
        Err(_permit) => edge.find_out_health(edge.platform.now()).await,
    };
    let status = (health.status != HealthStatus::Ok).then_some(StatusCode::SERVICE_UNAVAILABLE);
    Ok(Reply { status, ..Reply::from(health) })
}

impl<P: Platform> Edge<P> {
    async fn find_out_health(&self, now: Timestamp) -> Health {
        let (findings, sealing) = self.findings().await;
        let status = if findings.is_empty() { HealthStatus::Ok } else { HealthStatus::Degraded };
        let (version, advice) = (env!("CARGO_PKG_VERSION").to_owned(), self.configuration.advice());
        let support_url = self.configuration.operator().support_url.clone();
        let health = Health { status, version, findings, advice, sealing, support_url };
        self.isolate.health.last.replace(Some((health.clone(), now)));
        health
    }

    async fn findings(&self) -> (Vec<Finding>, Option<Sealing>) {
        let mut findings = self.configuration.findings();
        findings.extend(self.isolate.cryptography.findings(&*self.platform).await);
        match self.send(&ListAlerts {}).await {
            Ok(alerts) => findings.extend(alerts),
            Err(_) => findings.push(Finding {
                name: "organization".to_owned(),
                message:
                    "The organization's data cannot be reached. Try again; if it persists, look at the Worker's log."
                        .to_owned(),
            }),
        }
        let Some(sealing) = self.send(&GetSealing {}).await.unwrap_or_default() else { return (findings, None) };
        findings.extend((sealing.progress.unopened > 0).then(|| unopened(&sealing.progress)));
        if let Ok(ring) = self.configuration.key_ring() {
            findings.extend(sealing.earlier.iter().filter(|id| !ring.names(id)).map(nameless));
        }
        (findings, Some(sealing.progress))
    }
}

/// Secrets are told from guesses by the name of the key that they were issued under.
fn nameless(id: &KeyId) -> Finding {
    let message = format!(
        "API keys and links that were made under the sealing key {id} are refused, because SEALING_KEYS does not name it \
         any more. Put `{id}:`, the name without the key, at its end."
    );
    Finding { name: "SEALING_KEYS".to_owned(), message }
}

fn unopened(sealing: &Sealing) -> Finding {
    let message = format!(
        "{} stored secrets do not open with the keys in SEALING_KEYS. They are kept as they are: put the key back that is \
         missing. The Worker's log names them.",
        sealing.unopened
    );
    Finding { name: "SEALING_KEYS".to_owned(), message }
}
