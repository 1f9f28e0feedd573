//! The timeline of a connection, its calls, and the audit log of the organization, over HTTP.

use crate::http::routing::relayed;

relayed! { GetTimeline GetCalls GetAuditLog }
