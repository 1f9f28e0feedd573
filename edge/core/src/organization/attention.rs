//! Finds the connections of the organization that need attention. The answer has a bounded length.
//!
//! Storing a connection also writes columns that say whether it fails and when its credential ends. The search reads
//! indexes over the rows that fail or end soon, and not the thousands that work. A connection that was never
//! authorized, or that a member unauthorized or deactivated, needs no attention.

use api::{
    About, Attention, Cause, Connection, GetAttention, Horizon, Kind, Need, NeedAction, Nothing, State, Status, Story,
    Timestamp,
};
use serde::Deserialize;

use crate::organization::{Answers, CLIENT_REFUSED, Needs, Refusal, StoredConnection, Turn, Value, affected, records};

/// The most stories in an answer.
const STORIES: i64 = 5;
/// The most connections that are named in a story.
const MEMBERS: i64 = 10;
/// The most needs in an answer.
const NEEDS: i64 = 20;

/// Selects the stories. A story is three or more connections that fail for the same cause at one site or at all of
/// Atlassian, or two or more that lost the consent of one account. Losses more than an hour apart are separate stories.
const STORY_ROWS: &str = "WITH failures AS (\
     SELECT story, failing, failing_since, CASE WHEN failing = 'grant_refused' AND \
     failing_since - lag(failing_since) OVER (PARTITION BY story ORDER BY failing_since) > 3600000 THEN 1 ELSE 0 END AS apart \
     FROM connections WHERE story IS NOT NULL), \
     incidents AS (\
     SELECT story, failing, failing_since, sum(apart) OVER (PARTITION BY story ORDER BY failing_since) AS incident FROM failures), \
     told AS (\
     SELECT story, failing, min(failing_since) AS first, max(failing_since) AS last, count(*) AS total FROM incidents \
     GROUP BY story, incident, failing HAVING count(*) >= CASE failing WHEN 'grant_refused' THEN 2 ELSE 3 END) ";

/// The values of a connection's columns `failing`, `failing_since`, `story` and `horizon`. For a deleted or deactivated
/// connection all are null.
pub(super) fn columns(shown: &Connection) -> [Value; 4] {
    if shown.deleted.is_some() || shown.status.state() == State::Deactivated {
        return [Value::Null, Value::Null, Value::Null, Value::Null];
    }
    let lacks_scopes = shown.status.state() == State::Authorized && !shown.missing_scopes.is_empty();
    let cause = shown.status.cause().or(lacks_scopes.then_some(Cause::ScopesMissing));
    let since = shown.status.since().filter(|_| cause.is_some());
    let story = cause.filter(|_| since.is_some()).and_then(|cause| {
        let key = shared_key(shown, cause)?;
        Some(if key.is_empty() { cause.as_str().to_owned() } else { format!("{}/{key}", cause.as_str()) })
    });
    let millis = |at: Option<Timestamp>| at.map_or(Value::Null, |at| at.as_millis().into());
    let failing = cause.map(|cause| cause.as_str().to_owned());
    [failing.into(), millis(since), story.into(), millis(shown.reauthorize_before)]
}

/// The key that connections share when they fail for the same reason: of the site or of the account; empty if the
/// reason concerns all connections. `None` for a cause that concerns one connection only.
fn shared_key(shown: &Connection, cause: Cause) -> Option<&str> {
    match cause {
        Cause::AtlassianUnreachable | Cause::ClientRefused | Cause::RateLimited | Cause::Unsealable => Some(""),
        Cause::IpAllowList
        | Cause::SiteUnreachable
        | Cause::BasicDisabled
        | Cause::CredentialRefused
        | Cause::ClockSkew
        | Cause::SiteMoved
        | Cause::AddressRefused => shown.site.as_ref().map(api::Site::key),
        // Only with Cloud's OAuth 2.0 does one consent cover several connections.
        Cause::GrantRefused => {
            let account = shown.account.as_ref().filter(|_| shown.kind == Kind::CloudOauth2);
            account.map(|account| account.account_id.as_str())
        }
        Cause::RotationLost
        | Cause::SiteRefused
        | Cause::SiteGone
        | Cause::ScopesMissing
        | Cause::PasswordRefused
        | Cause::CaptchaRequired
        | Cause::TokenExpired
        | Cause::SignatureInvalid
        | Cause::ConsumerUnknown
        | Cause::OwnerDeactivated
        | Cause::Withheld
        | Cause::Unknown(_) => None,
    }
}

/// Finds the connections that need attention.
impl Answers for GetAttention {
    type Outcome = Attention;

    fn needs((): &(), _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer((): (), _: Nothing, turn: &Turn<'_>) -> Result<Attention, Refusal> {
        let (mut stories, in_stories) = turn.stories()?;
        let alert = turn.alert()?;
        let for_people = |story: &&Story| NeedAction::ending(story.cause).is_some();
        let in_answer: u32 = stories.iter().filter(for_people).map(|story| story.total).sum();
        let (needs, outside_stories) = turn.needs()?;
        let all = in_stories.saturating_add(outside_stories);
        let more = all.saturating_sub(in_answer).saturating_sub(u32::try_from(needs.len()).unwrap_or(u32::MAX));
        let total = all.saturating_add(u32::from(alert.is_some()));
        stories.splice(0..0, alert);
        Ok(Attention { stories, needs, total, more })
    }
}

/// A row of the stories: a story without its connections.
#[derive(Deserialize)]
struct StoryRow {
    story: String,
    failing: Cause,
    first: i64,
    last: i64,
    total: u32,
    /// The number of connections in all stories that only a person can repair.
    people: u32,
}

/// A row of the needs: a connection that needs attention.
#[derive(Deserialize)]
struct NeedRow {
    record: String,
    /// The number of all such connections, which may be more than the rows returned.
    total: u32,
}

#[derive(Deserialize)]
struct AlertRow {
    since: i64,
}

/// The causes that only a person can remove, as a list in SQL.
fn for_people() -> String {
    let causes = Cause::ALL.iter().filter(|cause| NeedAction::ending(**cause).is_some());
    causes.map(|cause| format!("'{}'", cause.as_str())).collect::<Vec<_>>().join(", ")
}

fn stories_sql() -> String {
    let people = for_people();
    format!(
        "{STORY_ROWS} SELECT *, sum(CASE WHEN failing IN ({people}) THEN total ELSE 0 END) OVER () AS people FROM told \
         ORDER BY failing IN ({people}) DESC, total DESC, first, story LIMIT ?"
    )
}

fn needs_sql() -> String {
    let people = for_people();
    format!(
        "{STORY_ROWS} SELECT record, count(*) OVER () AS total FROM connections AS c WHERE (failing IN ({people}) OR horizon <= ?) \
         AND NOT EXISTS (SELECT 1 FROM told WHERE told.story = c.story AND c.failing_since BETWEEN told.first AND told.last) \
         ORDER BY CASE WHEN state = 'unauthorized' THEN 0 WHEN state = 'interrupted' AND failing IN ({people}) THEN 1 \
         WHEN horizon <= ? THEN 2 WHEN failing = 'scopes_missing' THEN 3 ELSE 4 END, horizon, name_key, id LIMIT ?"
    )
}

impl Turn<'_> {
    /// The stories, and the number of their connections that only a person can repair.
    fn stories(&self) -> Result<(Vec<Story>, u32), Refusal> {
        let rows: Vec<StoryRow> = self.sql.rows(&stories_sql(), vec![STORIES.into()])?;
        let people = rows.first().map_or(0, |row| row.people);
        let mut stories = Vec::new();
        for row in rows {
            stories.extend(self.story(row)?);
        }
        Ok((stories, people))
    }

    fn story(&self, row: StoryRow) -> Result<Option<Story>, Refusal> {
        let members = "SELECT record FROM connections WHERE story = ? AND failing_since BETWEEN ? AND ? \
             ORDER BY name_key LIMIT ?";
        let values = vec![row.story.into(), row.first.into(), row.last.into(), MEMBERS.into()];
        let members: Vec<StoredConnection> = records(self.sql, members, values)?;
        let Some(first) = members.first().map(|member| &member.details) else { return Ok(None) };
        let about = match (row.failing, &first.account, &first.site) {
            (Cause::GrantRefused, Some(account), _) => About::Account(account.clone()),
            (Cause::AtlassianUnreachable | Cause::ClientRefused | Cause::RateLimited | Cause::Unsealable, ..) => {
                About::Everything
            }
            (_, _, Some(site)) => About::Site(site.clone()),
            _ => About::Everything,
        };
        let connections = members.iter().map(affected).collect();
        let since = Timestamp::from_millis(row.first);
        Ok(Some(Story { cause: row.failing, about, since, connections, total: row.total }))
    }

    /// The story of an alert that Atlassian refuses Causeway's own client. Only the operator can correct that, so it
    /// names no connection.
    fn alert(&self) -> Result<Option<Story>, Refusal> {
        let alert = "SELECT since FROM alerts WHERE name = ?";
        let alerts: Vec<AlertRow> = self.sql.rows(alert, vec![CLIENT_REFUSED.into()])?;
        Ok(alerts.first().map(|alert| Story {
            cause: Cause::ClientRefused,
            about: About::Everything,
            since: Timestamp::from_millis(alert.since),
            connections: Vec::new(),
            total: 0,
        }))
    }

    /// The connections that need attention and belong to no story, and their number.
    fn needs(&self) -> Result<(Vec<Need>, u32), Refusal> {
        let soon = |millis| Value::from(self.now.plus_millis(millis).as_millis());
        let values = vec![soon(Horizon::WARNS), soon(Horizon::PRESSES), NEEDS.into()];
        let found: Vec<NeedRow> = self.sql.rows(&needs_sql(), values)?;
        let total = found.first().map_or(0, |found| found.total);
        let mut needs = Vec::new();
        for found in found {
            let connection: StoredConnection = serde_json::from_str(&found.record)?;
            needs.extend(need(&connection, self.now));
        }
        Ok((needs, total))
    }
}

/// The action that a connection needs from a person, and why; `None` if it needs none.
fn need(connection: &StoredConnection, now: Timestamp) -> Option<Need> {
    let shown = connection.view(now);
    let horizon = shown.horizon(now).filter(|horizon| horizon.warns());
    let presses = horizon.filter(|horizon| *horizon > Horizon::Within30);
    let lacks_scopes = matches!(shown.status, Status::Authorized) && !shown.missing_scopes.is_empty();
    let cause = shown.status.cause().filter(|cause| NeedAction::ending(*cause).is_some());
    let because = |cause: Cause| (cause.sentence().to_owned(), cause.remedy(), NeedAction::ending(cause));
    let (why, remedy, action) = match (cause, presses, lacks_scopes) {
        (Some(cause), ..) => because(cause),
        (None, None, true) => because(Cause::ScopesMissing),
        _ => ending(horizon?, &shown),
    };
    Some(Need { connection: affected(connection), why, remedy: remedy.to_owned(), action: action? })
}

fn ending(horizon: Horizon, shown: &Connection) -> (String, &'static str, Option<NeedAction>) {
    let (remedy, action) = match shown.kind {
        _ if shown.renewable() => {
            ("Renew it now. If Atlassian refuses, reauthorize the connection.", NeedAction::Renew)
        }
        Kind::CloudOauth2 | Kind::DataCenterOauth2 => {
            ("Reauthorize the connection: a year after the consent, renewing is not enough.", NeedAction::Reauthorize)
        }
        Kind::Oauth1 => ("Reauthorize the connection: Jira's access token ends then.", NeedAction::Reauthorize),
        Kind::Unknown(_) => ("Reauthorize the connection.", NeedAction::Reauthorize),
        Kind::Basic => ("Make a new token in Jira, and reauthorize the connection with it.", NeedAction::Reauthorize),
    };
    (format!("{}.", horizon.title()), remedy, Some(action))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organization::fixture::Fixture;

    fn plan(statement: &str, values: Vec<Value>) -> String {
        let fixture = Fixture::new();
        let steps: Vec<serde_json::Value> =
            fixture.tables.rows(&format!("EXPLAIN QUERY PLAN {statement}"), values).expect("a plan");
        steps.iter().filter_map(|step| step["detail"].as_str()).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn connections_that_work_are_not_even_looked_at() {
        let needs = plan(&needs_sql(), vec![0.into(), 0.into(), 20.into()]);
        let stories = plan(&stories_sql(), vec![5.into()]);
        assert!(
            stories.contains("SEARCH connections USING COVERING INDEX connections_by_story (story>?)"),
            "{stories}"
        );
        for index in ["connections_failing (failing=?)", "connections_by_horizon (horizon<?)"] {
            assert!(needs.contains(index), "{index}: {needs}");
        }
        for plan in [needs, stories] {
            assert!(!plan.contains("SCAN c"), "{plan}");
        }
    }
}
