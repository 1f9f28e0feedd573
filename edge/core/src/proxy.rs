//! Calls to Jira through a connection: what is let through, what is tried again, what crosses.
//!
//! [`serve`] is the whole route. The Worker's shell finds out with [`Target::find`] whether a request is one of ours,
//! fills in a [`ProxyRequest`], and sends back the [`ProxyAnswer`] as it is. Bodies have an opaque type and are never
//! read here (except the first 4 KiB of a 401 or 403, through [`Upstream::peek`]), so in the Worker no body byte enters
//! WebAssembly.
//!
//! What an isolate remembers is in [`ProxyCaches`]. One request never awaits another: in a Worker a promise that belongs
//! to another request may never resume. Whoever has to wait for somebody else looks again by a timer of its own, and
//! whatever is held on behalf of a call is a lease, because a call whose client went away is never dropped.
//!
//! Out of scope: refreshing (the grant's keeper decides), who may call (the organization decides), other routes.

mod access;
mod admission;
mod answer;
mod caches;
mod checkup_requests;
mod concurrency;
mod headers;
mod path;
mod ports;
mod query;
mod rate_limits;
mod refusal;
mod replayable_body;
mod request;
mod response_class;
mod retry;
pub(crate) mod retry_after;
mod serve;
mod single_flight;
mod timeout;
mod tokens;
mod upstream_call;

pub use caches::ProxyCaches;
pub use ports::*;
pub use request::*;
pub use serve::serve;

#[cfg(test)]
mod fakes;
#[cfg(test)]
mod serve_tests;
