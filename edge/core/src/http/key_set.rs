//! The keys that somebody signs tokens with, as they publish them (RFC 7517).

use openidconnect::{DiscoveryError, JsonWebKeySet, JsonWebKeySetUrl, core::CoreJsonWebKeySet};

use crate::ports::{Http, HttpLimits};

/// The least pause between two fetches of keys, in milliseconds: whoever presents a token could name keys that do not
/// exist.
pub(super) const PAUSE: i64 = 60_000;

/// Fetches keys, without those that the crate does not know. An error says why there are none.
pub(super) async fn fetch(http: &impl Http, url: &JsonWebKeySetUrl) -> Result<CoreJsonWebKeySet, String> {
    let send = |request| http.send(request, HttpLimits::RESOURCE);
    let keys = JsonWebKeySet::fetch_async(url, &send).await;
    keys.map_err(|error| match &error {
        DiscoveryError::Request(failure) => failure.to_string(),
        DiscoveryError::Parse(error) => error.inner().to_string(),
        DiscoveryError::Response(status, _, why) => format!("status {}, {why}", status.as_u16()),
        other => other.to_string(),
    })
}
