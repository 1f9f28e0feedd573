//! Where the access token comes from: the isolate, then the copy in KV, then the grant's keeper.
//!
//! KV may be slow, old or down: then the keeper is asked. A failure is never remembered, apart from Jira's refusal of a
//! token, so that a credential that Jira does not like costs one question a minute and isolate.

use std::{cell::RefCell, collections::HashMap, time::Duration};

use api::{Cause, GrantId, Timestamp};

use crate::{
    grant::{AccessToken, Generation, GrantKeepers, KeeperAnswer, KeeperCommand},
    organization_id::OrganizationId,
    ports::{Clock as _, Level, Log as _, PortFailure},
    proxy::{ProxyCaches, ProxyPorts, retry_after, single_flight::SingleFlight, timeout::with_timeout},
};

/// A token must live this long to be sent, in milliseconds.
const MARGIN: i64 = 5_000;
/// How often one isolate asks for a refresh ahead of need, in milliseconds.
const AHEAD_EVERY: i64 = 30_000;
/// For how long Jira's refusal of a token is remembered, in milliseconds. The keeper forces one refresh a minute at most.
const REFUSAL_LIVES: i64 = 60_000;
/// How long KV may take.
const COPY_TIMEOUT: Duration = Duration::from_secs(1);
/// How long the keeper may take; it gives the token endpoint 10 s.
const KEEPER_TIMEOUT: Duration = Duration::from_secs(15);
/// The most grants remembered.
const MOST: usize = 4096;

/// Whose token.
pub(super) type GrantKey = (OrganizationId, GrantId);

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenUnavailable {
    /// The keeper has no such grant: the connection has another one, or none.
    Gone,
    /// The grant is dead.
    Unauthorized(Cause),
    /// Not now.
    Unavailable { cause: Option<Cause>, retry_after: u32 },
    /// Jira refused it, and there is no newer one.
    Refused,
}

/// What the isolate remembers of a grant.
struct CachedToken {
    token: AccessToken,
    refreshed_ahead_at: Option<Timestamp>,
    refused: Option<(Generation, Timestamp)>,
}

/// What the isolate remembers.
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

    /// Takes a token, unless a newer one is held. Generations only grow.
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

    /// Whether a refresh is due, and this call is the one to ask for it.
    fn is_refresh_ahead_due(&self, grant_key: &GrantKey, now: Timestamp) -> bool {
        let mut cached = self.cached.borrow_mut();
        let Some(cached) = cached.get_mut(grant_key) else { return false };
        let asked = cached.refreshed_ahead_at.is_some_and(|at| now.since(at) < AHEAD_EVERY);
        if asked || now < cached.token.refresh_after {
            return false;
        }
        cached.refreshed_ahead_at = Some(now);
        true
    }

    /// Remembers that Jira refused this generation.
    fn mark_refused(&self, grant_key: &GrantKey, generation: Generation, now: Timestamp) {
        if let Some(cached) = self.cached.borrow_mut().get_mut(grant_key) {
            cached.refused = Some((generation, now));
        }
    }

    /// Whether Jira refused this generation a moment ago.
    fn is_refused(&self, grant_key: &GrantKey, generation: Generation, now: Timestamp) -> bool {
        let refused = self.cached.borrow().get(grant_key).and_then(|cached| cached.refused);
        refused.is_some_and(|(refused, at)| refused == generation && now.since(at) < REFUSAL_LIVES)
    }

    /// After Jira refused `generation`: a newer one is held (`Ok`), or there was none a moment ago (`Err`).
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
        (refused == generation && now.since(at) < REFUSAL_LIVES).then_some(Err(TokenUnavailable::Refused))
    }
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

/// After Jira refused the token of `generation`: comes back when a newer one is held.
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

/// Remembers that Jira refused even this token.
pub(super) fn refuse<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, grant_key: &GrantKey, generation: Generation) {
    caches.tokens.mark_refused(grant_key, generation, ports.platform().now());
}

/// What Jira refused and nothing refreshes is left alone for a while: each try may bring a CAPTCHA nearer.
pub(super) fn is_paused<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    grant_key: &GrantKey,
    token: &AccessToken,
) -> bool {
    token.is_static() && caches.tokens.is_refused(grant_key, token.generation, ports.platform().now())
}

/// Jira said for good that it does not take this: it is not sent any more, and the keeper is told after the answer.
pub(super) fn report_refused<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    grant_key: &GrantKey,
    (generation, cause): (Generation, Cause),
) {
    refuse(ports, caches, grant_key, generation);
    let (ports, grant_key) = (ports.clone(), grant_key.clone());
    ports.clone().spawn(Box::pin(async move {
        let command = KeeperCommand::Refuse { generation, cause };
        if let Err(PortFailure(why)) = ports.platform().command(&grant_key.0, &grant_key.1, command).await {
            ports.platform().log(
                Level::Warning,
                "proxy.refusal_not_reported",
                &[("grant", grant_key.1.as_str()), ("why", &why)],
            );
        }
    }));
}

/// Asks for the next token while this one still works, after the answer is on its way. Another isolate may have been
/// quicker: then the copy in KV is newer already.
fn refresh_ahead<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, grant_key: &GrantKey) {
    let (ports, caches, grant_key) = (ports.clone(), caches.clone(), grant_key.clone());
    ports.clone().spawn(Box::pin(async move {
        if copy(&ports, &caches, &grant_key).await.is_none() {
            // The token at hand still works; the failure is in the log, and the next call but 30 s asks again.
            let _still_works = ask(&ports, &caches, &grant_key, None).await;
        }
    }));
}

/// The copy in KV, if it lives and is newer than what the isolate holds.
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
        // Close to its end it is still the best there is: the keeper has tried to refresh it.
        Ok(KeeperAnswer::Token { token }) if ports.platform().now() < token.expires_at => {
            caches.tokens.take(grant_key, token.clone());
            return Ok(token);
        }
        Ok(KeeperAnswer::Gone) => TokenUnavailable::Gone,
        Ok(KeeperAnswer::Unauthorized { cause }) => TokenUnavailable::Unauthorized(cause),
        Ok(KeeperAnswer::Unavailable { cause, retry_after }) => {
            TokenUnavailable::Unavailable { cause: Some(cause), retry_after: retry_after::clamped(retry_after.into()) }
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
    TokenUnavailable::Unavailable { cause: None, retry_after: 1 }
}
