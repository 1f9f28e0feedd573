//! `/healthz`: whether this deployment can work.

use api::{Finding, GetHealth, Health, HealthStatus, Sealing};
use axum::Router;
use http::StatusCode;

use crate::{
    http::{
        Edge, Platform,
        failure::Failed,
        mount::{Asking, Reply, mount},
    },
    organization::{FindAlerts, FindSealing},
    sealing, webhooks,
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    mount::<P, GetHealth, _>(routes, edge, show)
}

/// What is configured, whether sealing and signing give the published results, whether the organization answers, and its alerts.
async fn show<P: Platform>(asking: Asking<P, GetHealth>) -> Result<Reply<Health>, Failed> {
    let mut findings = asking.edge.configuration.findings();
    if let Err(why) = sealing::vectors::self_check(&*asking.edge.platform).await {
        findings.push(Finding { name: "sealing".to_owned(), message: why.to_string() });
    }
    if !webhooks::self_check(&*asking.edge.platform).await {
        let message = "HMAC-SHA-256 does not give the published signature.".to_owned();
        findings.push(Finding { name: "signing".to_owned(), message });
    }
    match asking.ask_as_edge(&FindAlerts {}).await {
        Ok(alerts) => findings.extend(alerts),
        Err(_) => findings.push(Finding {
            name: "organization".to_owned(),
            message: "The organization's data cannot be reached. Try again; if it stays, look at the Worker's log."
                .to_owned(),
        }),
    }
    let sealing = asking.ask_as_edge(&FindSealing {}).await.unwrap_or_default();
    findings.extend(sealing.as_ref().filter(|sealing| sealing.unopened > 0).map(unopened));
    let well = findings.is_empty();
    let status = if well { HealthStatus::Ok } else { HealthStatus::Degraded };
    let mut reply = Reply::from(Health { status, version: env!("CARGO_PKG_VERSION").to_owned(), findings, sealing });
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
