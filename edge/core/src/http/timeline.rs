//! What happened, over HTTP: to a connection, and in the organization.

use api::{GetAuditLog, GetTimeline, List, TimelineEntry};
use axum::Router;

use crate::{
    http::{
        Edge, Platform,
        failure::Failed,
        mount::{Asking, Reply, mount},
    },
    organization::{FindAuditLog, FindTimeline},
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let routes = mount::<P, GetTimeline, _>(routes, edge, of_connection);
    mount::<P, GetAuditLog, _>(routes, edge, of_organization)
}

async fn of_connection<P: Platform>(asking: Asking<P, GetTimeline>) -> Result<Reply<List<TimelineEntry>>, Failed> {
    let find = FindTimeline { id: asking.params.clone(), query: asking.request.clone() };
    Ok(asking.ask(&find).await?.into())
}

async fn of_organization<P: Platform>(asking: Asking<P, GetAuditLog>) -> Result<Reply<List<TimelineEntry>>, Failed> {
    Ok(asking.ask(&FindAuditLog { query: asking.request.clone() }).await?.into())
}
