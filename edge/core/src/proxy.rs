//! The proxy: calls to Jira through a connection.
//!
//! [`serve`] is the whole of its routes. The Worker's shell uses [`Target::find`] to recognise a proxy request, fills in a
//! [`ProxyRequest`], and sends back the [`ProxyAnswer`] unchanged. Bodies have an opaque type and are not read here
//! (except the first 4 KiB of a 401, a 403 or a web page, through [`Upstream::peek`]), so in the Worker no byte of a body enters
//! WebAssembly.
//!
//! What an isolate caches is in [`ProxyCaches`]. A request never awaits another one, because in a Worker a promise that
//! belongs to another request may never resolve: it polls with a timer of its own. And whatever is held for a call is a
//! lease, because a call whose client disconnected may never be dropped.
//!
//! How calls end is counted, and recorded at the organization in batches, after the responses.
//!
//! Out of scope: refreshing (the grant's keeper), access control (the organization), and other routes.

mod access;
mod access_cache;
mod admission;
mod answer;
mod caches;
mod call_counts;
mod checkup_requests;
mod concurrency;
mod content_disposition;
mod families;
mod headers;
mod location;
mod outcome;
mod path;
mod ports;
mod presented_key;
mod query;
mod rate_limits;
mod refusal;
mod refused_calls;
mod replayable_body;
mod request;
mod response_class;
mod retry;
pub(crate) mod retry_after;
mod serve;
pub(crate) mod single_flight;
pub(crate) mod timeout;
mod tokens;
mod upload;
mod upstream_call;

pub use caches::ProxyCaches;
pub use headers::FIXED_HEADERS;
pub use ports::*;
pub use request::*;
pub use serve::serve;

#[cfg(test)]
mod fakes;
#[cfg(test)]
mod fuzzed;
#[cfg(test)]
mod serve_tests;
