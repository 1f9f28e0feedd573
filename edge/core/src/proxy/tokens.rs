//! Where the access token comes from: the isolate, then the copy in KV, then the grant's keeper.
//!
//! KV may be slow, old or down: then the keeper is asked. A failure is never remembered, apart from Jira's refusal of a
//! token, so that a credential that Jira does not like costs one question a minute and isolate.

use std::{cell::RefCell, collections::HashMap, time::Duration};

use api::{Cause, GrantId, Timestamp};

use crate::{
    grant::{AccessToken, Generation, KeeperAnswer, KeeperCommand},
    organization_id::OrganizationId,
    ports::{GrantKeepers, Level, PortFailure},
    proxy::{ProxyCaches, ProxyPorts, retry_after, turns::Turns, waiting::within},
};

/// A token must live this long to be sent, in milliseconds.
const MARGIN: i64 = 5_000;
/// How often one isolate asks for a refresh ahead of need, in milliseconds.
const AHEAD_EVERY: i64 = 30_000;
/// For how long Jira's refusal of a token is remembered, in milliseconds. The keeper forces one refresh a minute at most.
const REFUSAL_LIVES: i64 = 60_000;
/// How long KV may take.
const COPY_PATIENCE: Duration = Duration::from_secs(1);
/// How long the keeper may take; it gives the token endpoint 10 s.
const KEEPER_PATIENCE: Duration = Duration::from_secs(15);
/// The most grants remembered.
const MOST: usize = 4096;

/// Whose token.
pub(super) type Holder = (OrganizationId, GrantId);

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoToken {
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
struct Held {
    token: AccessToken,
    asked_ahead_at: Option<Timestamp>,
    refused: Option<(Generation, Timestamp)>,
}

/// What the isolate remembers.
#[derive(Default)]
pub(super) struct TokenCache {
    held: RefCell<HashMap<Holder, Held>>,
    turns: Turns<Holder>,
}

impl TokenCache {
    fn valid(&self, holder: &Holder, now: Timestamp) -> Option<AccessToken> {
        self.held.borrow().get(holder).map(|held| &held.token).filter(|token| lives(token, now)).cloned()
    }

    fn generation(&self, holder: &Holder) -> Option<Generation> {
        self.held.borrow().get(holder).map(|held| held.token.generation)
    }

    /// Takes a token, unless a newer one is held. Generations only grow.
    fn take(&self, holder: &Holder, token: AccessToken) {
        let mut held = self.held.borrow_mut();
        match held.get_mut(holder) {
            Some(held) if held.token.generation > token.generation => {}
            Some(held) => held.token = token,
            None => {
                if held.len() >= MOST {
                    held.clear();
                }
                held.insert(holder.clone(), Held { token, asked_ahead_at: None, refused: None });
            }
        }
    }

    fn forget(&self, holder: &Holder) {
        self.held.borrow_mut().remove(holder);
    }

    /// Whether a refresh is due, and this call is the one to ask for it.
    fn asks_ahead(&self, holder: &Holder, now: Timestamp) -> bool {
        let mut held = self.held.borrow_mut();
        let Some(held) = held.get_mut(holder) else { return false };
        let asked = held.asked_ahead_at.is_some_and(|at| now.since(at) < AHEAD_EVERY);
        if asked || now < held.token.refresh_after {
            return false;
        }
        held.asked_ahead_at = Some(now);
        true
    }

    /// Remembers that Jira refused this generation.
    fn mark_refused(&self, holder: &Holder, generation: Generation, now: Timestamp) {
        if let Some(held) = self.held.borrow_mut().get_mut(holder) {
            held.refused = Some((generation, now));
        }
    }

    /// Whether Jira refused this generation a moment ago.
    fn is_refused(&self, holder: &Holder, generation: Generation, now: Timestamp) -> bool {
        let refused = self.held.borrow().get(holder).and_then(|held| held.refused);
        refused.is_some_and(|(refused, at)| refused == generation && now.since(at) < REFUSAL_LIVES)
    }

    /// After Jira refused `generation`: a newer one is held (`Ok`), or there was none a moment ago (`Err`).
    fn after_refusal(&self, holder: &Holder, generation: Generation, now: Timestamp) -> Option<Result<(), NoToken>> {
        let held = self.held.borrow();
        let held = held.get(holder)?;
        if held.token.generation > generation {
            return Some(Ok(()));
        }
        let (refused, at) = held.refused?;
        (refused == generation && now.since(at) < REFUSAL_LIVES).then_some(Err(NoToken::Refused))
    }
}

fn lives(token: &AccessToken, now: Timestamp) -> bool {
    now.plus_millis(MARGIN) < token.expires_at
}

/// A token to send now.
pub(super) async fn current<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    holder: &Holder,
) -> Result<AccessToken, NoToken> {
    let look = || caches.tokens.valid(holder, ports.now());
    let token = match caches.tokens.turns.look_or_take(ports, holder, look).await {
        Ok(token) => token,
        Err(_turn) => match copy(ports, caches, holder).await {
            Some(token) => token,
            None => ask(ports, caches, holder, None).await?,
        },
    };
    if caches.tokens.asks_ahead(holder, ports.now()) {
        renew_ahead(ports, caches, holder);
    }
    Ok(token)
}

/// After Jira refused the token of `generation`: comes back when a newer one is held.
pub(super) async fn replace<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    holder: &Holder,
    generation: Generation,
) -> Result<(), NoToken> {
    let look = || caches.tokens.after_refusal(holder, generation, ports.now());
    let _turn = match caches.tokens.turns.look_or_take(ports, holder, look).await {
        Ok(found) => return found,
        Err(turn) => turn,
    };
    let newer = |token: &AccessToken| token.generation > generation;
    if copy(ports, caches, holder).await.as_ref().is_some_and(newer) {
        return Ok(());
    }
    if newer(&ask(ports, caches, holder, Some(generation)).await?) {
        return Ok(());
    }
    refuse(ports, caches, holder, generation);
    Err(NoToken::Refused)
}

/// Remembers that Jira refused even this token.
pub(super) fn refuse<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, holder: &Holder, generation: Generation) {
    caches.tokens.mark_refused(holder, generation, ports.now());
}

/// What Jira refused and nothing refreshes is left alone for a while: each try may bring a CAPTCHA nearer.
pub(super) fn rests<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, holder: &Holder, token: &AccessToken) -> bool {
    token.is_static() && caches.tokens.is_refused(holder, token.generation, ports.now())
}

/// Jira said for good that it does not take this: it is not sent any more, and the keeper is told after the answer.
pub(super) fn tell_refused<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    holder: &Holder,
    (generation, cause): (Generation, Cause),
) {
    refuse(ports, caches, holder, generation);
    let (ports, holder) = (ports.clone(), holder.clone());
    ports.clone().spawn(Box::pin(async move {
        let command = KeeperCommand::Refuse { generation, cause };
        if let Err(PortFailure(why)) = GrantKeepers::command(&ports, &holder.0, &holder.1, command).await {
            ports.log(Level::Warning, "proxy.refusal_untold", &[("grant", holder.1.as_str()), ("why", &why)]);
        }
    }));
}

/// Asks for the next token while this one still works, after the answer is on its way. Another isolate may have been
/// quicker: then the copy in KV is newer already.
fn renew_ahead<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, holder: &Holder) {
    let (ports, caches, holder) = (ports.clone(), caches.clone(), holder.clone());
    ports.clone().spawn(Box::pin(async move {
        if copy(&ports, &caches, &holder).await.is_none() {
            // The token at hand still works; the failure is in the log, and the next call but 30 s asks again.
            let _still_works = ask(&ports, &caches, &holder, None).await;
        }
    }));
}

/// The copy in KV, if it lives and is newer than what the isolate holds.
async fn copy<P: ProxyPorts>(ports: &P, caches: &ProxyCaches, holder: &Holder) -> Option<AccessToken> {
    let token = within(ports, COPY_PATIENCE, ports.read_copy(&holder.0, &holder.1)).await??;
    let newer = caches.tokens.generation(holder).is_none_or(|held| token.generation > held);
    if !newer || !lives(&token, ports.now()) {
        return None;
    }
    caches.tokens.take(holder, token.clone());
    Some(token)
}

async fn ask<P: ProxyPorts>(
    ports: &P,
    caches: &ProxyCaches,
    holder: &Holder,
    refused: Option<Generation>,
) -> Result<AccessToken, NoToken> {
    let seen = refused.or_else(|| caches.tokens.generation(holder));
    let command = KeeperCommand::Token { seen, refused: refused.is_some() };
    let silent = || Err(PortFailure("no answer within 15 s".to_owned()));
    let answer = within(ports, KEEPER_PATIENCE, GrantKeepers::command(ports, &holder.0, &holder.1, command)).await;
    let no_token = match answer.unwrap_or_else(silent) {
        // Close to its end it is still the best there is: the keeper has tried to refresh it.
        Ok(KeeperAnswer::Token { token }) if ports.now() < token.expires_at => {
            caches.tokens.take(holder, token.clone());
            return Ok(token);
        }
        Ok(KeeperAnswer::Gone) => NoToken::Gone,
        Ok(KeeperAnswer::Unauthorized { cause }) => NoToken::Unauthorized(cause),
        Ok(KeeperAnswer::Unavailable { cause, retry_after }) => {
            NoToken::Unavailable { cause: Some(cause), retry_after: retry_after::tell(retry_after.into()) }
        }
        Ok(KeeperAnswer::Token { .. }) => unusable(ports, holder, "the keeper gave a token that has expired"),
        Ok(KeeperAnswer::Done | KeeperAnswer::Renewed { .. } | KeeperAnswer::Resealed) => {
            unusable(ports, holder, "the keeper gave no token")
        }
        Err(PortFailure(why)) => unusable(ports, holder, &why),
    };
    if matches!(no_token, NoToken::Gone | NoToken::Unauthorized(_)) {
        caches.tokens.forget(holder);
    }
    Err(no_token)
}

fn unusable<P: ProxyPorts>(ports: &P, holder: &Holder, why: &str) -> NoToken {
    ports.log(Level::Warning, "proxy.keeper_silent", &[("grant", holder.1.as_str()), ("why", why)]);
    NoToken::Unavailable { cause: None, retry_after: 1 }
}
