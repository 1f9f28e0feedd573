//! Subscriptions to events of Jira: which connections have one, what it asks for, and whom an event concerns.
//!
//! A connection whose projects have tasks in sync has one dynamic webhook at Jira, of Cloud's OAuth 2.0 alone. Its events only
//! make project keepers look earlier than they would by themselves; nothing rests on them. The alarm makes, refreshes and
//! removes them ([`keep_subscriptions`](crate::alarm::keep_subscriptions)), with calls that are made only while the
//! connection may be used.

use std::collections::BTreeSet;

use api::{ConnectionId, GrantId, JiraProjectState, Kind, ProjectId, State, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    checkup::EventsWanted,
    configuration::EVENTS_SCOPE,
    issue_tracking::jira::SubscriptionSpec,
    organization::{
        AccessLevel, JiraAccess, Needs, Refusal, Step, StoredConnection, Turn, Value, projects::StoredProject, record,
        to_record,
    },
    ports::PortFailure,
};

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;
/// How long before its end a subscription is refreshed, in milliseconds. It lives for thirty days, so that is after ten, and
/// there are twenty left for what goes wrong.
pub const REFRESHED_BEFORE: i64 = 20 * DAY;
/// The pause after a call without an answer, in milliseconds: an hour.
const RETRY: i64 = DAY / 24;
/// The pause before a subscription is looked at whose connection is about to change, in milliseconds: a minute.
const AFTER_CHANGE: i64 = 60_000;
/// What a row's standing is while events are switched off.
const OFF: &str = "off";
/// The most project keepers that hear of one event.
const HEARING: usize = 20;
/// The most webhooks that one event is sent for. An account has five in a site.
const MATCHED: usize = 25;

/// A subscription as stored. Version 1.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct StoredSubscription {
    v: u8,
    /// When it ends, unless it is refreshed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ends_at: Option<Timestamp>,
    /// Why Jira refused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

/// A subscription that is to be made what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionToKeep {
    /// How to ask the Jira of its connection.
    pub access: JiraAccess,
    /// Its webhook, if it is known to have one.
    pub webhook: Option<u64>,
    /// What it should ask for; `None` for nothing.
    pub spec: Option<SubscriptionSpec>,
    /// The webhooks of other connections to the site.
    pub others: Vec<u64>,
    /// What the row's `due_at` is until the outcome is stored.
    claimed: i64,
}

/// What became of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubscriptionOutcome {
    /// Jira sends events.
    Subscribed {
        /// Its webhook.
        webhook: u64,
        /// When it ends.
        ends_at: Timestamp,
    },
    /// There is none, and none is wanted.
    Removed,
    /// Jira makes none, and says why.
    Refused(String),
    /// Jira has not answered, or the connection may not be used any more.
    NotAnswered,
}

#[derive(Deserialize)]
struct DueRow {
    connection: ConnectionId,
    webhook: Option<u64>,
}

#[derive(Deserialize)]
struct WebhookRow {
    webhook: Option<u64>,
}

#[derive(Deserialize)]
struct ConnectionRow {
    connection: ConnectionId,
}

#[derive(Deserialize)]
struct Moment {
    at: Option<i64>,
}

impl StoredConnection {
    /// What the subscription depends on of the connection: with another one, it is looked at again.
    fn standing(&self) -> String {
        let is_usable = !matches!(self.details.status.state(), State::Unauthorized | State::Deactivated)
            && self.details.deleted.is_none();
        let grant = self.grant.as_ref().filter(|_| is_usable && self.refusal.is_none()).map_or("", GrantId::as_str);
        format!("{grant} {}", self.has_events_scope())
    }

    fn has_events_scope(&self) -> bool {
        self.details.scopes.iter().any(|scope| scope == EVENTS_SCOPE)
    }
}

impl Turn<'_> {
    /// Looks at every subscription if events were switched on or off since.
    pub fn expect_events(&self, are_on: bool) -> Result<(), PortFailure> {
        let now = || Value::from(self.now.as_millis());
        if !are_on {
            return self.sql.run("UPDATE subscriptions SET due_at = ? WHERE webhook IS NOT NULL", vec![now()]);
        }
        self.sql.run("UPDATE subscriptions SET due_at = ? WHERE standing = ?", vec![now(), OFF.into()])?;
        let missing = "INSERT OR IGNORE INTO subscriptions (connection, standing, due_at, record) \
             SELECT DISTINCT connection, '', ?, '{\"v\":1}' FROM projects WHERE connection IS NOT NULL";
        self.sql.run(missing, vec![now()])
    }

    /// Looks at the subscription of a connection soon, because what it should ask for may have changed.
    pub(super) fn subscribe_soon(&self, connection: &ConnectionId) -> Result<(), Refusal> {
        let upsert = "INSERT INTO subscriptions (connection, standing, due_at, record) VALUES (?, '', ?, '{\"v\":1}') \
             ON CONFLICT (connection) DO UPDATE SET due_at = excluded.due_at";
        Ok(self.sql.run(upsert, vec![connection.as_str().into(), self.now.as_millis().into()])?)
    }

    /// Looks at the subscription of a connection soon if its credential is another one. Called whenever a connection is stored.
    pub(super) fn subscribe_anew(&self, connection: &StoredConnection) -> Result<(), Refusal> {
        let standing = connection.standing();
        let values =
            vec![self.now.as_millis().into(), connection.details.id.as_str().into(), standing.into(), OFF.into()];
        let update = "UPDATE subscriptions SET due_at = ? WHERE connection = ? AND standing <> ? AND standing <> ?";
        Ok(self.sql.run(update, values)?)
    }

    pub(super) fn forget_subscription(&self, connection: &ConnectionId) -> Result<(), PortFailure> {
        self.sql.run("DELETE FROM subscriptions WHERE connection = ?", vec![connection.as_str().into()])
    }

    /// When the next subscription is looked at.
    pub(super) fn next_subscription_at(&self) -> Result<Option<Timestamp>, PortFailure> {
        let next = "SELECT min(due_at) AS at FROM subscriptions WHERE due_at IS NOT NULL";
        let rows: Vec<Moment> = self.sql.rows(next, vec![])?;
        Ok(rows.first().and_then(|row| row.at).map(Timestamp::from_millis))
    }

    /// Takes the subscriptions that are due, at most `most`. Each is due again in an hour, so that one which is interrupted is
    /// not repeated at once.
    pub fn take_due_subscriptions(&self, most: usize, are_on: bool) -> Result<Vec<SubscriptionToKeep>, Refusal> {
        let due = "SELECT connection, webhook FROM subscriptions WHERE due_at <= ? ORDER BY due_at LIMIT ?";
        let values = vec![self.now.as_millis().into(), i64::try_from(most).unwrap_or(i64::MAX).into()];
        let mut taken = Vec::new();
        for DueRow { connection: id, webhook } in self.sql.rows(due, values)? {
            let found = match self.connection(&id) {
                Err(Refusal::NotFound) => None,
                found => Some(found?),
            };
            let Some(connection) = found.filter(|one| one.details.kind == Kind::CloudOauth2) else {
                self.forget_subscription(&id)?;
                continue;
            };
            let standing = if are_on { connection.standing() } else { OFF.to_owned() };
            let claimed = self.now.plus_millis(RETRY).as_millis();
            let values = vec![standing.into(), claimed.into(), id.as_str().into()];
            self.sql.run("UPDATE subscriptions SET standing = ?, due_at = ? WHERE connection = ?", values)?;
            let spec = if are_on { self.wanted_events(&id)? } else { None };
            let access = self.jira_access(&connection);
            match access.ok().filter(|_| connection.details.deleted.is_none()) {
                Some(access) if webhook.is_some() || (spec.is_some() && connection.has_events_scope()) => {
                    let others = self.other_webhooks(&id)?;
                    taken.push(SubscriptionToKeep { access, webhook, spec, others, claimed });
                }
                // A deactivated connection keeps what it has, and a credential that ended takes the right to remove it along.
                access => {
                    let keeps = access.is_none() && connection.details.status.state() == State::Deactivated;
                    self.rest_subscription(&id, keeps)?;
                }
            }
        }
        Ok(taken)
    }

    /// Nothing can be done for a subscription until its connection changes.
    fn rest_subscription(&self, connection: &ConnectionId, keeps_webhook: bool) -> Result<(), Refusal> {
        let rest = if keeps_webhook {
            "UPDATE subscriptions SET due_at = NULL WHERE connection = ?"
        } else {
            "UPDATE subscriptions SET due_at = NULL, webhook = NULL, record = '{\"v\":1}' WHERE connection = ?"
        };
        Ok(self.sql.run(rest, vec![connection.as_str().into()])?)
    }

    /// Whether a subscription that was taken may still be worked on with the same credential.
    pub fn subscription_stands(&self, taken: &SubscriptionToKeep) -> bool {
        let connection = self.living_connection(&taken.access.connection);
        connection.and_then(|connection| self.jira_access(&connection)).is_ok_and(|access| access == taken.access)
    }

    /// Stores what became of a subscription. What changed meanwhile stays due.
    pub fn record_subscription(
        &self,
        taken: &SubscriptionToKeep,
        outcome: &SubscriptionOutcome,
    ) -> Result<(), Refusal> {
        let is_new = !self.subscription_stands(taken);
        let (webhook, stored, due) = match outcome {
            SubscriptionOutcome::NotAnswered => return Ok(()),
            // The credential is another one, and so is what it can see.
            _ if is_new => return Ok(()),
            SubscriptionOutcome::Subscribed { webhook, ends_at } => {
                let due = ends_at.plus_millis(-REFRESHED_BEFORE).max(self.now.plus_millis(DAY));
                let stored = StoredSubscription { v: 1, ends_at: Some(*ends_at), refused: None };
                (i64::try_from(*webhook).ok(), stored, Some(due))
            }
            SubscriptionOutcome::Removed => (None, StoredSubscription { v: 1, ..StoredSubscription::default() }, None),
            SubscriptionOutcome::Refused(why) => {
                let stored = StoredSubscription { v: 1, ends_at: None, refused: Some(why.clone()) };
                (None, stored, Some(self.now.plus_millis(DAY)))
            }
        };
        let values = vec![
            webhook.map_or(Value::Null, Value::Integer),
            to_record(&stored)?,
            taken.claimed.into(),
            due.map_or(Value::Null, |due| due.as_millis().into()),
            taken.access.connection.as_str().into(),
        ];
        let update = "UPDATE subscriptions SET webhook = ?, record = ?, \
             due_at = CASE WHEN due_at = ? THEN ? ELSE due_at END WHERE connection = ?";
        Ok(self.sql.run(update, values)?)
    }

    /// What Jira should tell of for the projects of a connection; `None` if no tasks are in sync over it. A Jira project that
    /// the account does not see is left out, because Jira refuses a query that names it.
    fn wanted_events(&self, connection: &ConnectionId) -> Result<Option<SubscriptionSpec>, Refusal> {
        let (mut projects, mut comments) = (BTreeSet::new(), false);
        for project in self.projects_using(std::slice::from_ref(connection), None)? {
            let Some(mapping) = self.mapping_that_stands(&project.id)? else { continue };
            comments |= mapping.comments_from_jira;
            projects.extend(project.seen_jira_project());
        }
        let projects: Vec<String> = projects.into_iter().collect();
        Ok((!projects.is_empty()).then_some(SubscriptionSpec { projects, comments }))
    }

    fn other_webhooks(&self, connection: &ConnectionId) -> Result<Vec<u64>, Refusal> {
        let others = "SELECT webhook FROM subscriptions WHERE webhook IS NOT NULL AND connection <> ?";
        let rows: Vec<WebhookRow> = self.sql.rows(others, vec![connection.as_str().into()])?;
        Ok(rows.into_iter().filter_map(|row| row.webhook).collect())
    }

    /// Until when Jira tells of changes over a connection.
    pub(super) fn hears_until(&self, connection: &ConnectionId) -> Result<Option<Timestamp>, Refusal> {
        Ok(self.subscription(connection)?.and_then(|stored| stored.ends_at).filter(|end| *end > self.now))
    }

    /// What became of asking Jira to tell of changes over a connection; `None` if nothing wants that.
    pub(super) fn events_wanted(&self, connection: &StoredConnection) -> Result<Option<EventsWanted>, Refusal> {
        let id = &connection.details.id;
        if connection.details.kind != Kind::CloudOauth2 || self.wanted_events(id)?.is_none() {
            return Ok(None);
        }
        let refused = self.subscription(id)?.and_then(|stored| stored.refused);
        Ok(Some(EventsWanted { until: self.hears_until(id)?, refused }))
    }

    fn subscription(&self, connection: &ConnectionId) -> Result<Option<StoredSubscription>, Refusal> {
        let by_connection = "SELECT record FROM subscriptions WHERE connection = ?";
        Ok(record(self.sql, by_connection, vec![connection.as_str().into()])?)
    }
}

impl StoredProject {
    /// The key of its Jira project, unless the account was shown none.
    fn seen_jira_project(&self) -> Option<String> {
        let is_hidden = self.jira_check.as_ref().is_some_and(|stored| stored.check.state == JiraProjectState::NotFound);
        self.jira_project.clone().filter(|_| !is_hidden)
    }
}

/// Finds out which projects an event of Jira's may concern. Webhooks of two sites can have the same id, so these can be too
/// many; their keepers know better.
#[derive(Serialize, Deserialize)]
pub struct FindNudged {
    /// The webhooks that the event was sent for.
    pub webhooks: Vec<u64>,
    /// The key of the Jira project, if the event says it.
    pub jira_project: Option<String>,
}

impl Step for FindNudged {
    type Answer = Vec<ProjectId>;

    const IS_QUESTION: bool = true;

    fn run(self, turn: &Turn<'_>) -> Result<Vec<ProjectId>, Refusal> {
        let webhooks: Vec<u64> = self.webhooks.into_iter().take(MATCHED).collect();
        let matched = "SELECT connection FROM subscriptions \
             WHERE webhook IS NOT NULL AND webhook IN (SELECT value FROM json_each(?))";
        let rows: Vec<ConnectionRow> = turn.sql.rows(matched, vec![to_record(&webhooks)?])?;
        let connections: Vec<ConnectionId> = rows.into_iter().map(|row| row.connection).collect();
        if connections.is_empty() {
            return Ok(Vec::new());
        }
        let concerned = turn.projects_using(&connections, None)?.into_iter().filter(|project| {
            project.jira_project.is_some()
                && self.jira_project.as_ref().is_none_or(|key| project.jira_project.as_ref() == Some(key))
        });
        Ok(concerned.take(HEARING).map(|project| project.id).collect())
    }
}

/// Takes the webhook of a connection that is about to lose its credential, so that it can be removed while that may still be
/// used. If the connection keeps its credential after all, it soon gets another one.
#[derive(Serialize, Deserialize)]
pub struct TakeWebhook {
    /// The connection.
    pub connection: ConnectionId,
}

impl Step for TakeWebhook {
    type Answer = Option<(JiraAccess, u64)>;

    fn needs(&self) -> Needs {
        Needs::connection(&self.connection, AccessLevel::Manages, None)
    }

    fn run(self, turn: &Turn<'_>) -> Result<Option<(JiraAccess, u64)>, Refusal> {
        let of_connection = "SELECT webhook FROM subscriptions WHERE connection = ?";
        let rows: Vec<WebhookRow> = turn.sql.rows(of_connection, vec![self.connection.as_str().into()])?;
        let Some(webhook) = rows.first().and_then(|row| row.webhook) else { return Ok(None) };
        let Ok(access) = turn.jira_access(&turn.living_connection(&self.connection)?) else { return Ok(None) };
        let values = vec![turn.now.plus_millis(AFTER_CHANGE).as_millis().into(), self.connection.as_str().into()];
        let take = "UPDATE subscriptions SET webhook = NULL, due_at = ?, record = '{\"v\":1}' WHERE connection = ?";
        turn.sql.run(take, values)?;
        Ok(Some((access, webhook)))
    }
}
