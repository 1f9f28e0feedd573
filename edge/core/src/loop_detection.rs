//! The header that marks our own calls, so that a call that comes back to us is recognised.
//!
//! Every outgoing call carries it, and every request that arrives with it is refused (508, RFC 5842, section 7.2). So
//! neither a connection nor a webhook can make Causeway call itself, whatever names, redirecting hosts or other
//! deployments lie between.

use http::{HeaderValue, Request};

/// The name of the header.
pub const HOP_HEADER: &str = "causeway-hop";
/// Its value in our calls. On arrival any value counts.
pub const HOP_VALUE: &str = "1";

/// Marks an outgoing call.
pub fn mark<B>(request: &mut Request<B>) {
    request.headers_mut().insert(HOP_HEADER, HeaderValue::from_static(HOP_VALUE));
}
