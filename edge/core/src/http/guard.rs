//! Bounds what requests cost that prove nothing about their sender.
//!
//! A credential that verifies itself costs a guesser everything and us one HMAC: a forged one is refused at the edge. What
//! is left is counted by client address with the platform's rate limits, before any hop: pages that anybody may open,
//! requests without a credential, and credentials that cannot be verified because they are older than the check. A
//! credential that the organization has accepted is not counted, so many servers may share an address.
//!
//! A limiter that fails, or does not answer, admits: it protects the product and must not stop it.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    net::IpAddr,
    time::Duration,
};

use api::{ProblemCode, Timestamp};
use http::{HeaderMap, Uri, header};

use crate::{
    http::{Edge, Platform, cookies, failure::RequestFailure},
    organization::{Caller, Refusal},
    ports::{Level, RateLimit},
    proxy::timeout::with_timeout,
    secrets::Digest,
};

/// The header in which Cloudflare names the client. A client cannot set it itself.
/// Source: <https://developers.cloudflare.com/fundamentals/reference/http-headers/>.
const CLIENT: &str = "cf-connecting-ip";
/// The longest wait for a limiter, which is a local counter of the platform.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long an accepted credential is not counted, in milliseconds: an hour.
const ACCEPTED_LIVES: i64 = 3_600_000;
/// The most credentials that are remembered.
const MOST: usize = 4096;

/// The address that a client is counted by: an IPv4 address, or the network of 64 bits of an IPv6 address, because a
/// customer of a provider has all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientAddress(String);

impl ClientAddress {
    /// Reads the address from the headers of a request. `None`, which is not limited, without the header and on this
    /// machine: Cloudflare always names a client, and never that.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        Self::parse(headers.get(CLIENT)?.to_str().ok()?)
    }

    /// Reads the address from headers in the form of the proxy.
    pub fn of_pairs(headers: &[(String, String)]) -> Option<Self> {
        let (_, client) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(CLIENT))?;
        Self::parse(client)
    }

    /// Reads the text of an address.
    pub fn parse(text: &str) -> Option<Self> {
        let address = text.trim().parse::<IpAddr>().ok()?.to_canonical();
        if address.is_loopback() {
            return None;
        }
        Some(Self(match address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }))
    }
}

/// The old credentials that were presented to this isolate.
#[derive(Debug, Default)]
pub(super) struct Guard {
    /// When the organization accepted each; `None` until it has.
    unverified: RefCell<HashMap<Digest, Option<Timestamp>>>,
    /// Those that were issued here, but that the organization does not accept: they ended, or were revoked.
    refused: RefCell<HashSet<Digest>>,
    is_failure_logged: Cell<bool>,
}

impl Guard {
    /// Whether the organization has accepted a credential within the last hour.
    fn is_accepted(&self, credential: &Digest, now: Timestamp) -> bool {
        let accepted_at = self.unverified.borrow().get(credential).copied().flatten();
        accepted_at.is_some_and(|at| (0..ACCEPTED_LIVES).contains(&now.since(at)))
    }

    /// Whether the organization refused a credential when it was last asked.
    pub(super) fn was_refused(&self, credential: &Digest) -> bool {
        self.refused.borrow().contains(credential)
    }

    fn expect_answer_for(&self, credential: &Digest) {
        let mut unverified = self.unverified.borrow_mut();
        if unverified.len() >= MOST {
            unverified.retain(|_, accepted_at| accepted_at.is_some());
        }
        if unverified.len() >= MOST {
            unverified.clear();
        }
        unverified.insert(credential.clone(), None);
    }

    fn learn(&self, credential: &Digest, accepted: bool, now: Timestamp) {
        let (mut unverified, mut refused) = (self.unverified.borrow_mut(), self.refused.borrow_mut());
        if accepted {
            refused.remove(credential);
        } else {
            if refused.len() >= MOST {
                refused.clear();
            }
            refused.insert(credential.clone());
        }
        if !accepted {
            unverified.remove(credential);
        } else if let Some(accepted_at) = unverified.get_mut(credential) {
            *accepted_at = Some(now);
        }
    }
}

impl<P: Platform> Edge<P> {
    /// Counts a credential that could not be verified (429 if its client has presented too many), unless the organization
    /// has accepted it before.
    pub(super) async fn count_unverified(
        &self,
        credential: &Digest,
        client: Option<&ClientAddress>,
    ) -> Result<(), RequestFailure> {
        if self.isolate.guard.is_accepted(credential, self.platform.now()) {
            return Ok(());
        }
        self.count(RateLimit::UnverifiedCredentials, "credential", client).await?;
        self.isolate.guard.expect_answer_for(credential);
        Ok(())
    }

    /// Remembers whether the organization knows the caller's credential.
    pub(super) fn learn<T>(&self, caller: &Caller, answer: &Result<T, Refusal>) {
        let (Caller::ApiKey(credential) | Caller::Session(credential)) = caller else { return };
        match answer {
            Err(Refusal::NotSignedIn | Refusal::ApiKeyRefused) => {
                self.isolate.guard.learn(credential, false, self.platform.now());
            }
            Err(Refusal::Internal(_) | Refusal::Storage(_)) => {}
            _ => self.isolate.guard.learn(credential, true, self.platform.now()),
        }
    }

    /// Counts a request that anybody can make (429). What a page of another site embeds or fetches is refused uncounted
    /// (403), so that it does not use up what the people behind that address may do.
    pub(super) async fn count_visit(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), RequestFailure> {
        match visited(uri.path(), headers) {
            Some(_) if is_embedded_elsewhere(headers) => Err(RequestFailure::new(
                ProblemCode::CrossSite,
                "Pages of other sites may lead here, but not embed or fetch this.",
            )),
            Some((limit, area)) => self.count(limit, area, ClientAddress::of(headers).as_ref()).await,
            None => Ok(()),
        }
    }

    /// Counts a request of a client (429).
    pub(super) async fn count(
        &self,
        limit: RateLimit,
        area: &'static str,
        client: Option<&ClientAddress>,
    ) -> Result<(), RequestFailure> {
        let Some(ClientAddress(client)) = client else { return Ok(()) };
        let key = format!("{area} {client}");
        let counted = with_timeout(&*self.platform, PATIENCE, self.platform.count(limit, &key)).await;
        match counted {
            Some(Ok(false)) => Err(RequestFailure::new(ProblemCode::TooManyRequests, TOO_MANY)),
            Some(Ok(true)) => Ok(()),
            Some(Err(failure)) => {
                self.limiter_failed(&failure.0);
                Ok(())
            }
            None => {
                self.limiter_failed("no answer");
                Ok(())
            }
        }
    }

    /// Logs it once for each isolate.
    fn limiter_failed(&self, cause: &str) {
        if !self.isolate.guard.is_failure_logged.replace(true) {
            self.platform.log(Level::Warning, "rate_limit.unavailable", &[("cause", cause)]);
        }
    }
}

const TOO_MANY: &str = "Too many requests like this one come from your address.";

/// The limit for a request to a path that anybody may call, and what it is counted with. `None` for requests with a
/// credential, which is judged by itself, and for the health check, whose answer is kept.
fn visited(path: &str, headers: &HeaderMap) -> Option<(RateLimit, &'static str)> {
    let is_beneath =
        |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let has_credential =
        || headers.contains_key(header::AUTHORIZATION) || cookies::secret(headers, cookies::SESSION).is_some();
    if is_beneath("/sign-in") {
        Some((RateLimit::Pages, "sign-in"))
    } else if is_beneath("/oauth") {
        Some((RateLimit::Pages, "oauth"))
    } else if path.starts_with("/api/v1/guides/") {
        Some((RateLimit::Pages, "guides"))
    } else if is_beneath("/api") && !has_credential() {
        Some((RateLimit::Anonymous, "api"))
    } else {
        None
    }
}

/// Whether a page of another site embeds or fetches this, as an image for example. Links, redirects, forms and pop-ups
/// are documents. Source: <https://www.w3.org/TR/fetch-metadata/>.
fn is_embedded_elsewhere(headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|sent| sent == value);
    is("sec-fetch-site", "cross-site") && headers.contains_key("sec-fetch-dest") && !is("sec-fetch-dest", "document")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> Option<String> {
        ClientAddress::parse(text).map(|ClientAddress(client)| client)
    }

    #[test]
    fn an_ipv6_client_is_its_network_and_this_machine_is_nobody() {
        assert_eq!(client("203.0.113.7").as_deref(), Some("203.0.113.7"));
        assert_eq!(client("::ffff:203.0.113.7").as_deref(), Some("203.0.113.7"));
        assert_eq!(client("2001:db8:1:2:3:4:5:6"), client("2001:db8:1:2::1"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        for nobody in ["127.0.0.1", "::1", "", "unknown", "203.0.113.7, 10.0.0.1"] {
            assert_eq!(client(nobody), None, "{nobody}");
        }
    }

    #[test]
    fn what_is_remembered_of_guesses_is_bounded_and_evicts_no_accepted_credential() {
        let (guard, now) = (Guard::default(), Timestamp::from_millis(1_000_000));
        let good = Digest::of("good");
        guard.expect_answer_for(&good);
        guard.learn(&good, true, now);
        for guess in 0..2 * MOST {
            guard.expect_answer_for(&Digest::of(&guess.to_string()));
        }
        assert!(guard.unverified.borrow().len() <= MOST);
        assert!(guard.is_accepted(&good, now));
        assert!(
            !guard.is_accepted(&good, now.plus_millis(ACCEPTED_LIVES))
                && !guard.is_accepted(&good, now.plus_millis(-1))
        );
        guard.learn(&good, false, now);
        assert!(!guard.is_accepted(&good, now), "it was revoked");
    }
}
