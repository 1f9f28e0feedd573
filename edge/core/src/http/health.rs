//! `/healthz`: whether this deployment is configured and works.

use api::{Finding, GetHealth, Health, HealthStatus, Sealing};
use std::cell::Cell;

use http::StatusCode;

use crate::{
    http::{
        Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, public},
    },
    oauth1,
    organization::{GetSealing, ListAlerts},
    ports::{Aead, Mac},
    sealing, webhooks,
};

public! { GetHealth => show; }

/// The result of checking the platform's cryptography. Once it gave all published results, it is not checked again.
#[derive(Debug, Default)]
pub struct Cryptography {
    is_verified: Cell<bool>,
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
    let mut findings = request.edge.configuration.findings();
    findings.extend(request.edge.cryptography.findings(&*request.edge.platform).await);
    match request.edge.send(&ListAlerts {}).await {
        Ok(alerts) => findings.extend(alerts),
        Err(_) => findings.push(Finding {
            name: "organization".to_owned(),
            message: "The organization's data cannot be reached. Try again; if it stays, look at the Worker's log."
                .to_owned(),
        }),
    }
    let sealing = request.edge.send(&GetSealing {}).await.unwrap_or_default();
    findings.extend(sealing.as_ref().filter(|sealing| sealing.unopened > 0).map(unopened));
    let well = findings.is_empty();
    let status = if well { HealthStatus::Ok } else { HealthStatus::Degraded };
    let (version, advice) = (env!("CARGO_PKG_VERSION").to_owned(), request.edge.configuration.advice());
    let mut reply = Reply::from(Health { status, version, findings, advice, sealing });
    reply.status = (!well).then_some(StatusCode::SERVICE_UNAVAILABLE);
    Ok(reply)
}

fn unopened(sealing: &Sealing) -> Finding {
    let message = format!(
        "{} stored secrets do not open with the keys in SEALING_KEYS. They are kept as they are: put the key back that is \
         missing. The Worker's log names them.",
        sealing.unopened
    );
    Finding { name: "SEALING_KEYS".to_owned(), message }
}
