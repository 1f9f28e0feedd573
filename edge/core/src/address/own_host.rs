//! The host of this deployment itself.
//!
//! A call to it would come back to Causeway: one connection hidden inside another one, or a loop.

use url::{Host, Url};

use super::is_loopback;

/// The host at which this deployment is reached: that of `PUBLIC_URL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnHost {
    name: String,
    /// On this machine several servers share a host, so there the port counts.
    port: Option<u16>,
}

impl OwnHost {
    /// The host of `public_url`; `None` if it has none.
    pub fn of(public_url: &Url) -> Option<Self> {
        let host = public_url.host()?;
        let port = if is_loopback(&host) { public_url.port_or_known_default() } else { None };
        Some(Self { name: name_of(&host), port })
    }

    /// Whether a call to `url` would reach this deployment: by the same name, or as another version of the same script
    /// under `workers.dev`, which is `<version>-<name>.<account>.workers.dev`.
    /// Source: <https://developers.cloudflare.com/workers/configuration/previews/>.
    pub(super) fn serves(&self, url: &Url) -> bool {
        let Some(name) = url.host().as_ref().map(name_of) else { return false };
        if self.port.is_some() {
            return name == self.name && url.port_or_known_default() == self.port;
        }
        let prefix = name.strip_suffix(&self.name);
        prefix.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('-') && self.name.ends_with(".workers.dev"))
    }
}

/// The host in the parser's serialization, without the dot that may end a name.
fn name_of<T: AsRef<str>>(host: &Host<T>) -> String {
    match host {
        Host::Domain(name) => name.as_ref().trim_end_matches('.').to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    }
}
