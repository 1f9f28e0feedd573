//! The address of a Jira instance, as a person entered it: untrusted.
//!
//! Whoever can add a connection chooses what the edge calls. Without checks, they could make it call what only the edge
//! or its network can reach (server-side request forgery, CWE-918; OWASP's *SSRF prevention cheat sheet*). So an
//! address is parsed by the URL parser that browsers and Workers share (WHATWG URL), its host is checked **after**
//! parsing, when every spelling of an IP address has become the same number, and the parser's serialization is what is
//! stored and called, never the entered text: two parsers cannot disagree about it.
//!
//! Out of scope: public names that resolve to a private address, because nothing here resolves names. Cloudflare's
//! network reaches nobody's private addresses, and `workerd` on its own restricts resolved addresses to public ones
//! (`Network.allow` in `workerd.capnp`). `wrangler dev` does not, which is why it is for development only. Names that
//! embed a private address are refused all the same. An operator's own NAT64 and 6rd prefixes cannot be recognised from
//! outside.
//!
//! Also out of scope: other hosts of the deployment's own Cloudflare zone. Without a flag, a Worker's `fetch` to one of
//! them goes straight to its origin, past Access, firewall rules and other Workers. `global_fetch_strictly_public` in
//! `wrangler.toml` sends such calls through the front door, as anybody's
//! (<https://developers.cloudflare.com/workers/configuration/compatibility-flags/>). This deployment's own host is
//! refused here: see [`OwnHost`].
//!
//! An address is checked when it is saved **and** whenever it is used, because rules may become stricter. So an
//! [`Address`] can be serialized but not deserialized: storage gives a [`StoredAddress`], and only
//! [`StoredAddress::recheck`] makes it an [`Address`] again. Redirects are not followed anywhere.

mod cloud;
#[cfg(any(test, feature = "fakes"))]
pub mod corpus;
mod name;
mod own_host;
mod pasted;
mod path;
mod port;
mod refused;
mod special_purpose;
mod spelling;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

pub use own_host::OwnHost;
pub use refused::AddressRefused;
pub use special_purpose::SpecialPurpose;

/// What follows from the operator's configuration: which hosts may be called beyond the public internet (none, except on
/// a laptop), and which public one may not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether `localhost`, 127.0.0.0/8 and `::1` may be called, also without TLS. For development only.
    pub allow_loopback: bool,
    /// This deployment's own host, which is never called. `None` without a `PUBLIC_URL`.
    pub own_host: Option<OwnHost>,
}

/// The base address of a Jira instance that may be called: `https://`, a public host, a port unless it is 443, and the
/// context path, with no slash at the end. The host is in lower case and ASCII.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// Parses and checks a base address. For what a person typed or pasted, see [`Address::read`].
    pub fn check(text: &str, policy: &Policy) -> Result<Self, AddressRefused> {
        let text = text.trim();
        spelling::admit(text)?;
        let url = Url::parse(text).map_err(|_| AddressRefused::Malformed)?;
        let host = url.host().ok_or(AddressRefused::Malformed)?;
        if policy.own_host.as_ref().is_some_and(|own| own.serves(&url)) {
            return Err(AddressRefused::OwnHost);
        }
        if !(policy.allow_loopback && is_loopback(&host)) {
            admit(&host, url.scheme())?;
        }
        port::admit(url.port())?;
        path::admit(url.path())?;
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without its port: an ASCII name, an IPv4 address, or an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        let (_, rest) = self.0.split_once("://").unwrap_or_default();
        let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
        // The colon before a port stands after the bracket that ends an IPv6 address.
        match authority.rsplit_once(':') {
            Some((host, _)) if !authority.ends_with(']') => host,
            _ => authority,
        }
    }

    /// The URL of `path_and_query` (`/rest/api/2/serverInfo?…`) below the context path, unchanged. `None` if it does
    /// not begin with a slash or leads elsewhere, for example by a dot segment.
    pub fn join(&self, path_and_query: &str) -> Option<String> {
        let joined = format!("{}{path_and_query}", self.0);
        let stays = Url::parse(&joined)
            .is_ok_and(|url| url.as_str().strip_prefix(self.as_str()).is_some_and(|rest| rest.starts_with('/')));
        (stays && path_and_query.starts_with('/')).then_some(joined)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address from storage. It can be shown; before it is called, it must be checked again by the current rules. Any
/// text can be deserialized, so that stricter rules never make a record unreadable.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoredAddress(String);

impl StoredAddress {
    /// The stored text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks it again, before a call.
    pub fn recheck(&self, policy: &Policy) -> Result<Address, AddressRefused> {
        Address::check(&self.0, policy)
    }
}

impl From<Address> for StoredAddress {
    fn from(address: Address) -> Self {
        Self(address.0)
    }
}

impl From<String> for StoredAddress {
    /// From the text of a database column.
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for StoredAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn admit(host: &Host<&str>, scheme: &str) -> Result<(), AddressRefused> {
    let purpose = match *host {
        Host::Domain(name) => {
            name::admit(name)?;
            None
        }
        Host::Ipv4(address) => special_purpose::of_v4(address).map(|purpose| (address.into(), purpose)),
        Host::Ipv6(address) => special_purpose::of_v6(address).map(|purpose| (address.into(), purpose)),
    };
    match purpose {
        Some((address, purpose)) => Err(AddressRefused::NotPublic(address, purpose)),
        None if scheme != "https" => Err(AddressRefused::NotHttps),
        None => Ok(()),
    }
}

/// Whether it is this machine; by RFC 6761, section 6.3, every name under `localhost` is. Addresses embedded in IPv6 do
/// not count.
fn is_loopback(host: &Host<&str>) -> bool {
    match *host {
        Host::Domain(name) => name.rsplit('.').next() == Some("localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}
