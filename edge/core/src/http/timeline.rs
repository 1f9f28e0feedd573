//! What happened, over HTTP: to a connection, and in the organization.

use api::{GetAuditLog, GetTimeline};
use axum::Router;

use crate::{
    http::{Edge, Platform, mount::relay},
    organization::{FindAuditLog, FindTimeline},
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let routes = relay::<P, GetTimeline, _>(routes, edge, |id, query| FindTimeline { id, query });
    relay::<P, GetAuditLog, _>(routes, edge, |(), query| FindAuditLog { query })
}
