//! What happened, over HTTP: to a connection, and in the organization.

use crate::http::routing::relayed;

relayed! { GetTimeline GetAuditLog }
