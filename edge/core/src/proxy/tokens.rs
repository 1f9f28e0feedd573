//! Access tokens, from the isolate's cache, the copy in KV, or the grant's keeper.
//!
//! If KV is slow, stale or down, the keeper is asked. Failures are not cached, except Jira's refusal of a token, so
//! that a refused credential costs one request to the keeper per minute and isolate.

use std::{cell::RefCell, collections::HashMap, time::Duration};

use api::{Cause, GrantId, Timestamp};

use crate::{
    grant::{AccessToken, Generation, GrantKeepers, KeeperAnswer, KeeperCommand},
    organization_id::OrganizationId,
    ports::{Clock as _, Level, Log as _, PortFailure},
    proxy::{ProxyCaches, ProxyPorts, retry_after, single_flight::SingleFlight, timeout::with_timeout},
};

/// The shortest remaining lifetime of a token that is sent, in milliseconds.
const MARGIN: i64 = 5_000;
/// The shortest time between two refreshes ahead of need of one isolate, in milliseconds.
const AHEAD_EVERY: i64 = 30_000;
/// How long Jira's refusal of a token is cached, in milliseconds. The keeper forces at most one refresh per minute.
const REFUSAL_LIVES: i64 = 60_000;
/// The time limit for KV.
const COPY_TIMEOUT: Duration = Duration::from_secs(1);
/// The time limit for the keeper, which gives the token endpoint 10 s.
const KEEPER_TIMEOUT: Duration = Duration::from_secs(15);
/// The most cached grants.
const MOST: usize = 4096;

/// The grant that a token belongs to.
pub(super) type GrantKey = (OrganizationId, GrantId);

/// Why no token is available.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenUnavailable {
    /// The keeper does not know the grant: the connection has another one, or none.
    Gone,
    /// The grant is dead.
    Unauthorized(Cause),
    /// Temporarily. `status` is what the token endpoint answered, if it did.
    Unavailable { cause: Option<Cause>, status: Option<u16>, retry_after: u32 },
    /// Jira refused the token, and there is no newer one.
    Refused,
}

/// The cached token of a grant.
struct CachedToken {
    token: AccessToken,
    refreshed_ahead_at: Option<Timestamp>,
    refused: Option<(Generation, Timestamp)>,
}

/// The cache.
#[derive(Default)]
pub(super) struct TokenCache {
    cached: RefCell<HashMap<GrantKey, CachedToken>>,
    single_flight: SingleFlight<GrantKey>,
}

impl TokenCache {
    fn valid(&self, grant_key: &GrantKey, now: Timestamp) -> Option<AccessToken> {
        self.cached.borrow().get(grant_key).map(|cached| &cached.token).filter(|token| is_usable(token, now)).cloned()
    }

    fn generation(&self, grant_key: &GrantKey) -> Option<Generation> {
        self.cached.borrow().get(grant_key).map(|cached| cached.token.generation)
    }

    /// Stores a token, unless a newer one is cached. Generations only grow.
    fn take(&self, grant_key: &GrantKey, token: AccessToken) {
        let mut cached = self.cached.borrow_mut();
        match cached.get_mut(grant_key) {
            Some(cached) if cached.token.generation > token.generation => {}
            Some(cached) => cached.token = token,
            None => {
                if cached.len() >= MOST {
                    cached.clear();
                }
                cached.insert(grant_key.clone(), CachedToken { token, refreshed_ahead_at: None, refused: None });
            }
        }
    }

    fn forget(&self, grant_key: &GrantKey) {
        self.cached.borrow_mut().remove(grant_key);
    }

    /// Whether a refresh ahead of need is due, and this call should request it.
    fn is_refresh_ahead_due(&self, grant_key: &GrantKey, now: Timestamp) -> bool {
        let mut cached = self.cached.borrow_mut();
        let Some(cached) = cached.get_mut(grant_key) else { return false };
        let asked = cached.refreshed_ahead_at.is_some_and(|at| is_recent(at, now, AHEAD_EVERY));
        if asked || now < cached.token.refresh_after {
            return false;
        }
        cached.refreshed_ahead_at = Some(now);
        true
    }

    /// Records that Jira refused this generation.
    fn mark_refused(&self, grant_key: &GrantKey, generation: Generation, now: Timestamp) {
        if let Some(cached) = self.cached.borrow_mut().get_mut(grant_key) {
            cached.refused = Some((generation, now));
        }
    }

    /// The cached answer after Jira refused `generation`: a newer one exists (`Ok`), or there was none a moment ago
    /// (`Err`).
    fn after_refusal(
        &self,
        grant_key: &GrantKey,
        generation: Generation,
        now: Timestamp,
    ) -> Option<Result<(), TokenUnavailable>> {
        let cached = self.cached.borrow();
        let cached = cached.get(grant_key)?;
        if cached.token.generation > generation {
            return Some(Ok(()));
        }
        let (refused, at) = cached.refused?;
        (refused == generation && is_recent(at, now, REFUSAL_LIVES)).then_some(Err(TokenUnavailable::Refused))
    }
}

/// Whether `at` was less than `span` milliseconds ago. A time to come was not: the clock was set back since.
fn is_recent(at: Timestamp, now: Timestamp, span: i64) -> bool {
    (0..span).contains(&now.since(at))
}

fn is_usable(token: &AccessToken, now: Timestamp) -> bool {
    now.plus_millis(MARGIN) < token.expires_at
}

/// A token to send now.
pub(super) async fn current<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    grant_key: &GrantKey,
) -> Result<AccessToken, TokenUnavailable> {
    let look = || caches.tokens.valid(grant_key, ports.platform().now());
    let token = match caches.tokens.single_flight.join_or_begin(ports.platform(), grant_key, look).await {
        Ok(token) => token,
        Err(_turn) => match copy(ports, caches, grant_key).await {
            Some(token) => token,
            None => ask(ports, caches, grant_key, None).await?,
        },
    };
    if caches.tokens.is_refresh_ahead_due(grant_key, ports.platform().now()) {
        refresh_ahead(ports, caches, grant_key);
    }
    Ok(token)
}

/// Replaces the token of `generation` that Jira refused. Returns when a newer one is cached.
pub(super) async fn replace<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    grant_key: &GrantKey,
    generation: Generation,
) -> Result<(), TokenUnavailable> {
    let look = || caches.tokens.after_refusal(grant_key, generation, ports.platform().now());
    let _turn = match caches.tokens.single_flight.join_or_begin(ports.platform(), grant_key, look).await {
        Ok(found) => return found,
        Err(permit) => permit,
    };
    let newer = |token: &AccessToken| token.generation > generation;
    if copy(ports, caches, grant_key).await.as_ref().is_some_and(newer) {
        return Ok(());
    }
    if newer(&ask(ports, caches, grant_key, Some(generation)).await?) {
        return Ok(());
    }
    refuse(ports, caches, grant_key, generation);
    Err(TokenUnavailable::Refused)
}

/// Records that Jira refused this token too.
pub(super) fn refuse<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, grant_key: &GrantKey, generation: Generation) {
    caches.tokens.mark_refused(grant_key, generation, ports.platform().now());
}

/// Requests the next token after the response, while the current one still works. If another isolate was quicker, the
/// copy in KV is already newer.
fn refresh_ahead<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, grant_key: &GrantKey) {
    let (ports, caches, grant_key) = (ports.clone(), caches.clone(), grant_key.clone());
    ports.clone().spawn(Box::pin(async move {
        if copy(&ports, &caches, &grant_key).await.is_none() {
            // The current token still works; the failure is logged, and a call after 30 s tries again.
            let _still_works = ask(&ports, &caches, &grant_key, None).await;
        }
    }));
}

/// The token of the copy in KV, if it is usable and newer than the cached one.
async fn copy<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, grant_key: &GrantKey) -> Option<AccessToken> {
    let token = with_timeout(ports.platform(), COPY_TIMEOUT, ports.read_copy(&grant_key.0, &grant_key.1)).await??;
    let newer = caches.tokens.generation(grant_key).is_none_or(|cached| token.generation > cached);
    if !newer || !is_usable(&token, ports.platform().now()) {
        return None;
    }
    caches.tokens.take(grant_key, token.clone());
    Some(token)
}

async fn ask<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    grant_key: &GrantKey,
    refused: Option<Generation>,
) -> Result<AccessToken, TokenUnavailable> {
    let seen = refused.or_else(|| caches.tokens.generation(grant_key));
    let command = KeeperCommand::Token { seen, refused: refused.is_some() };
    let silent = || Err(PortFailure("no answer within 15 s".to_owned()));
    let answer =
        with_timeout(ports.platform(), KEEPER_TIMEOUT, ports.platform().command(&grant_key.0, &grant_key.1, command))
            .await;
    let unavailable = match answer.unwrap_or_else(silent) {
        // Close to its expiry it is still the best available: the keeper has tried to refresh it.
        Ok(KeeperAnswer::Token { token }) if ports.platform().now() < token.expires_at => {
            caches.tokens.take(grant_key, token.clone());
            return Ok(token);
        }
        Ok(KeeperAnswer::Gone) => TokenUnavailable::Gone,
        Ok(KeeperAnswer::Unauthorized { cause }) => TokenUnavailable::Unauthorized(cause),
        Ok(KeeperAnswer::Unavailable { cause, retry_after, status }) => {
            let retry_after = retry_after::clamped(retry_after.into());
            TokenUnavailable::Unavailable { cause: Some(cause), status, retry_after }
        }
        Ok(KeeperAnswer::Token { .. }) => keeper_failed(ports, grant_key, "the keeper gave a token that has expired"),
        Ok(KeeperAnswer::Done | KeeperAnswer::Renewed { .. } | KeeperAnswer::Resealed) => {
            keeper_failed(ports, grant_key, "the keeper gave no token")
        }
        Err(PortFailure(why)) => keeper_failed(ports, grant_key, &why),
    };
    if matches!(unavailable, TokenUnavailable::Gone | TokenUnavailable::Unauthorized(_)) {
        caches.tokens.forget(grant_key);
    }
    Err(unavailable)
}

fn keeper_failed<P: ProxyPorts>(ports: &P, grant_key: &GrantKey, why: &str) -> TokenUnavailable {
    ports.platform().log(Level::Warning, "proxy.keeper_unreachable", &[("grant", grant_key.1.as_str()), ("why", why)]);
    TokenUnavailable::Unavailable { cause: None, status: None, retry_after: 1 }
}
