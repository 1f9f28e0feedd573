//! The timeline of a connection and the audit log of the organization, over HTTP.

use crate::http::routing::relayed;

relayed! { GetTimeline GetAuditLog }
