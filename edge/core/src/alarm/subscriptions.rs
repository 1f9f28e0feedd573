//! Keeps the subscriptions to events of Jira: makes those that are missing, refreshes them after ten days, and removes those
//! that nobody needs. The organization's alarm drives it.
//!
//! What Jira lists decides, not what is stored: a webhook whose registration had no answer is found and taken over, and one
//! that is gone is made again. Whatever fails is tried again later, and says nothing about the credential.

use http::StatusCode;

use crate::{
    checkup::Context,
    excerpt::excerpt,
    grant::{AccessToken, GrantKeepers, KeeperAnswer, KeeperCommand},
    issue_tracking::jira::{
        JiraRequest, ListedWebhook, SubscriptionSpec, delete_webhook, list_webhooks, read_refreshed, read_registered,
        refresh_webhook,
    },
    jira::{self, JiraMessage},
    oauth1::Rsa,
    organization::{REFRESHED_BEFORE, SubscriptionOutcome, SubscriptionToKeep, Turn},
    ports::{Clock, Http, HttpLimits, Level, Log, PortFailure, Random},
};

/// The most subscriptions for each alarm. Each is three calls at most, one after the other.
const AT_ONCE: usize = 2;
/// How long a webhook lives that was just made, in milliseconds: thirty days. Source: Atlassian, *Webhooks*.
const LIFE: i64 = 30 * 86_400_000;
/// The most characters of Jira's words that are kept.
const WORDS: usize = 200;

/// Looks at the subscriptions that are due. `turn` begins a turn at the time of the call, because time passes between calls.
pub async fn keep_subscriptions<'a, W>(cx: &Context<'_, W>, turn: impl Fn() -> Turn<'a>) -> Result<(), PortFailure>
where
    W: Http + Clock + GrantKeepers + Rsa + Random + Log,
{
    let address = cx.configuration.events_url();
    let failed = |refusal| PortFailure(format!("{refusal:?}"));
    let begun = turn();
    let due = begun.transaction(|| begun.take_due_subscriptions(AT_ONCE, address.is_some())).map_err(failed)?;
    for taken in due {
        let asked = Asked { cx, taken: &taken, may: &|| turn().subscription_stands(&taken) };
        let outcome = asked.keep(address.as_deref()).await.unwrap_or(SubscriptionOutcome::NotAnswered);
        if !matches!(outcome, SubscriptionOutcome::Subscribed { .. } | SubscriptionOutcome::Removed) {
            let details = [("connection", taken.access.connection.as_str()), ("cause", &format!("{outcome:?}"))];
            cx.world.log(Level::Info, "subscription.not_kept", &details);
        }
        let ended = turn();
        ended.transaction(|| ended.record_subscription(&taken, &outcome)).map_err(failed)?;
    }
    Ok(())
}

/// A subscription with what it takes to ask Jira about it.
struct Asked<'a, W> {
    cx: &'a Context<'a, W>,
    taken: &'a SubscriptionToKeep,
    /// Whether the credential may still be used.
    may: &'a dyn Fn() -> bool,
}

impl<W: Http + Clock + GrantKeepers + Rsa + Random + Log> Asked<'_, W> {
    /// 1. List the account's webhooks. 2. Refresh the one that is right, or remove the one that is not. 3. Make one if there is
    ///    none. `None` if Jira has no answer.
    async fn keep(&self, address: Option<&str>) -> Option<SubscriptionOutcome> {
        let token = self.token().await?;
        let listed = self.ask(&token, list_webhooks()).await?;
        if matches!(listed.0, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Some(SubscriptionOutcome::Refused("The account may not register webhooks.".to_owned()));
        }
        let listed = ListedWebhook::read_all(&listed.1).filter(|_| listed.0 == StatusCode::OK)?;
        let known = listed.iter().find(|one| Some(one.id) == self.taken.webhook);
        let (Some(spec), Some(address)) = (&self.taken.spec, address) else {
            if let Some(known) = known {
                self.remove(&token, known.id).await?;
            }
            return Some(SubscriptionOutcome::Removed);
        };
        // One that was made and whose answer was lost is as good.
        let is_free = |one: &&ListedWebhook| !self.taken.others.contains(&one.id) && one.is(spec, address);
        let right = known.filter(|one| one.is(spec, address)).or_else(|| listed.iter().find(is_free));
        if let Some(right) = right {
            return self.refresh(&token, right).await;
        }
        if let Some(known) = known {
            self.remove(&token, known.id).await?;
        }
        self.register(&token, spec, address).await
    }

    async fn refresh(&self, token: &AccessToken, webhook: &ListedWebhook) -> Option<SubscriptionOutcome> {
        let now = self.cx.world.now();
        let ends_at = match webhook.ends_at() {
            Some(end) if end.since(now) > REFRESHED_BEFORE => end,
            end => {
                let (status, body) = self.ask(token, refresh_webhook(webhook.id)).await?;
                // One that could not be refreshed goes on to its end.
                read_refreshed(&body).filter(|_| status == StatusCode::OK).or(end)?
            }
        };
        Some(SubscriptionOutcome::Subscribed { webhook: webhook.id, ends_at })
    }

    async fn register(
        &self,
        token: &AccessToken,
        spec: &SubscriptionSpec,
        address: &str,
    ) -> Option<SubscriptionOutcome> {
        let (status, body) = self.ask(token, spec.register(address)).await?;
        let ends_at = self.cx.world.now().plus_millis(LIFE);
        match read_registered(&body) {
            Some(Ok(webhook)) => Some(SubscriptionOutcome::Subscribed { webhook, ends_at }),
            Some(Err(why)) => Some(SubscriptionOutcome::Refused(excerpt(&why, WORDS))),
            None if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => {
                Some(SubscriptionOutcome::Refused(format!("Jira answered {}.", status.as_u16())))
            }
            None => None,
        }
    }

    async fn remove(&self, token: &AccessToken, webhook: u64) -> Option<()> {
        let (status, _) = self.ask(token, delete_webhook(webhook)).await?;
        (status.is_success() || status == StatusCode::NOT_FOUND).then_some(())
    }

    async fn token(&self) -> Option<AccessToken> {
        let command = KeeperCommand::Token { seen: None, refused: false };
        match self.cx.world.command(self.cx.organization, &self.taken.access.grant, command).await {
            Ok(KeeperAnswer::Token { token }) => Some(token),
            _ => None,
        }
    }

    /// Asks Jira, unless the connection may not be used any more.
    async fn ask(&self, token: &AccessToken, request: JiraRequest) -> Option<(StatusCode, Vec<u8>)> {
        if !(self.may)() {
            return None;
        }
        let JiraRequest { method, path, body } = request;
        let message = JiraMessage { method: &method, path: &path, body: body.as_ref() };
        let (target, credential) = (&self.taken.access.target, Some(&token.credential));
        let sent =
            jira::send_within(self.cx.world, self.cx.configuration, target, message, credential, HttpLimits::RESOURCE);
        let answer = sent.await.ok()?;
        Some((answer.status(), answer.into_body()))
    }
}
