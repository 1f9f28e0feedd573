//! What the organization decided, over HTTP.

use crate::http::routing::relayed;

relayed! { GetSettings EditSettings }
