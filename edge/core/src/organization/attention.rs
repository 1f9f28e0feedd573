//! Finds the connections of the organization that need attention. The answer has a bounded length.
//!
//! Storing a connection also writes columns that say whether it fails and when its credential ends. The search reads
//! indexes over the rows that fail or end soon, and not the thousands that work. A connection that was never
//! authorized, or that a member unauthorized or deactivated, needs no attention.

mod statements;

use api::{
    About, Affected, Attention, Cause, Connection, CredentialKind, Diagnosis, GetAttention, Horizon, Kind, Need,
    NeedAction, Nothing, Responsible, SeveralSites, State, Status, Story, Timestamp,
};
use serde::Deserialize;

use crate::organization::{
    Answers, CLIENT_REFUSED, Needs, Refusal, StoredConnection, Turn, Value, affected,
    attention::statements::{is_of_a_site, needs_sql, stories_sql},
    diagnosis::cause_of,
    records,
};

/// The most stories in an answer.
const STORIES: i64 = 5;
/// The most connections that are named in a story.
const MEMBERS: i64 = 10;
/// The most needs in an answer.
const NEEDS: i64 = 20;
/// The most sites that are named in a story.
const SITES: i64 = 3;

/// The values of a connection's columns `failing`, `failing_since`, `story` and `horizon`. For a deleted or deactivated
/// connection all are null.
pub(super) fn columns(shown: &Connection) -> [Value; 4] {
    if shown.deleted.is_some() || shown.status.state() == State::Deactivated {
        return [Value::Null, Value::Null, Value::Null, Value::Null];
    }
    let lacks_scopes = shown.status.state() == State::Authorized && !shown.missing_scopes.is_empty();
    let cause = shown.status.cause().or(lacks_scopes.then_some(Cause::ScopesMissing));
    let since = shown.status.since().filter(|_| cause.is_some());
    let story = cause.filter(|_| since.is_some()).and_then(|cause| story_of(shown, cause));
    let millis = |at: Option<Timestamp>| at.map_or(Value::Null, |at| at.as_millis().into());
    let failing = cause.map(|cause| cause.as_str().to_owned());
    [failing.into(), millis(since), story.into(), millis(shown.reauthorize_before)]
}

/// The name of what connections share that fail for this cause; `None` if it concerns this one alone.
pub(super) fn story_of(shown: &Connection, cause: Cause) -> Option<String> {
    let key = shared_key(shown, cause)?;
    Some(if key.is_empty() { cause.as_str().to_owned() } else { format!("{}/{key}", cause.as_str()) })
}

/// The key that connections share when they fail for the same reason: of the site or of the account; empty if the
/// reason concerns all connections. `None` for a cause that concerns one connection only.
fn shared_key(shown: &Connection, cause: Cause) -> Option<&str> {
    match cause {
        Cause::AtlassianUnreachable | Cause::ClientRefused | Cause::Unsealable => Some(""),
        Cause::IpAllowList
        | Cause::SiteUnreachable
        | Cause::RateLimited
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
        let (needs, outside_stories) = turn.needs()?;
        let told: u32 = stories.iter().map(|story| story.total).sum();
        let listed = told.saturating_add(u32::try_from(needs.len()).unwrap_or(u32::MAX));
        let (people, all) = (
            in_stories.people.saturating_add(outside_stories.people),
            in_stories.all.saturating_add(outside_stories.all),
        );
        // Connections that fail because of the alert tell it themselves.
        let is_told = stories.iter().any(|story| story.cause == Cause::ClientRefused);
        let alert = turn.alert()?.filter(|_| !is_told);
        let total = people.saturating_add(u32::from(alert.is_some()));
        stories.splice(0..0, alert);
        Ok(Attention { stories, needs, total, waiting: all.saturating_sub(people), more: all.saturating_sub(listed) })
    }
}

/// How many connections there are of a sort.
#[derive(Clone, Copy, Default)]
struct Counts {
    /// All.
    all: u32,
    /// Those that only a person can repair.
    people: u32,
}

/// A row of the stories: a story without its connections.
#[derive(Deserialize)]
struct StoryRow {
    /// The key that its connections share; the cause, if it is of several sites.
    story: String,
    failing: Cause,
    first: i64,
    last: i64,
    total: u32,
    sites: u32,
    is_wide: i64,
    /// The number of connections in all stories.
    everyone: u32,
    /// The number of those that only a person can repair.
    people: u32,
}

/// A row of the needs: a connection that needs attention, or waits.
#[derive(Deserialize)]
struct NeedRow {
    record: String,
    /// The number of all such connections, which may be more than the rows returned.
    everyone: u32,
    /// The number of those that only a person can repair.
    people: u32,
}

#[derive(Deserialize)]
struct AlertRow {
    since: i64,
}

#[derive(Deserialize)]
struct SiteName {
    name: Option<String>,
}

impl Turn<'_> {
    /// The stories, and the number of their connections.
    fn stories(&self) -> Result<(Vec<Story>, Counts), Refusal> {
        let rows: Vec<StoryRow> = self.sql.rows(&stories_sql(), vec![STORIES.into()])?;
        let counts = rows.first().map_or(Counts::default(), |row| Counts { all: row.everyone, people: row.people });
        let mut stories = Vec::new();
        for row in rows {
            stories.extend(self.story(&row)?);
        }
        Ok((stories, counts))
    }

    fn story(&self, row: &StoryRow) -> Result<Option<Story>, Refusal> {
        let (condition, mut values) = row.condition();
        values.push(MEMBERS.into());
        let members = format!("SELECT record FROM connections WHERE {condition} ORDER BY name_key LIMIT ?");
        let members: Vec<StoredConnection> = records(self.sql, &members, values)?;
        let Some(first) = members.first() else { return Ok(None) };
        let about = match (row.failing, &first.details.account, &first.details.site) {
            _ if row.is_wide > 0 => About::Sites(self.several_sites(row)?),
            (Cause::GrantRefused, Some(account), _) => About::Account(account.clone()),
            (cause, _, Some(site)) if is_of_a_site(cause) => About::Site(site.clone()),
            _ => About::Everything,
        };
        let said = self.explained_story(row, first, &members)?;
        let connections = members.iter().map(affected).collect();
        let since = Timestamp::from_millis(row.first);
        Ok(Some(Story {
            cause: row.failing,
            about,
            since,
            headline: said.headline,
            why: said.why,
            remedy: said.remedy,
            who: said.who,
            support_url: said.support_url,
            connections,
            total: row.total,
        }))
    }

    /// What is said of a story: what is said of each of its connections, if that is the same, else what is true of all.
    fn explained_story(
        &self,
        row: &StoryRow,
        first: &StoredConnection,
        members: &[StoredConnection],
    ) -> Result<Diagnosis, Refusal> {
        let kind = first.details.credential_kind();
        let are_alike = members.iter().all(|member| member.details.credential_kind() == kind);
        let own = self.views_of(members)?.into_iter().map(|shown| shown.diagnosis).reduce(|one, other| {
            let are_equal = one.as_ref().map(|said| &said.why) == other.as_ref().map(|said| &said.why);
            one.filter(|_| are_equal)
        });
        let kind = if are_alike { kind } else { CredentialKind::Unknown };
        Ok(own.flatten().unwrap_or_else(|| self.explained(row.failing, kind)))
    }

    /// The names of the first sites of an outage.
    fn several_sites(&self, row: &StoryRow) -> Result<SeveralSites, Refusal> {
        let (condition, mut values) = row.condition();
        values.push(SITES.into());
        let names = format!(
            "SELECT DISTINCT json_extract(record, '$.shown.site.name') AS name FROM connections WHERE {condition} \
             ORDER BY name LIMIT ?"
        );
        let names: Vec<SiteName> = self.sql.rows(&names, values)?;
        let names = names.into_iter().filter_map(|site| site.name).collect();
        Ok(SeveralSites { names, total: row.sites })
    }

    /// The story of an alert that Atlassian refuses Causeway's own client. Only the operator can correct that, so it
    /// names no connection.
    fn alert(&self) -> Result<Option<Story>, Refusal> {
        let alert = "SELECT since FROM alerts WHERE name = ?";
        let alerts: Vec<AlertRow> = self.sql.rows(alert, vec![CLIENT_REFUSED.into()])?;
        let said = self.explained(Cause::ClientRefused, CredentialKind::CloudOauth2);
        Ok(alerts.first().map(|alert| Story {
            cause: Cause::ClientRefused,
            about: About::Everything,
            since: Timestamp::from_millis(alert.since),
            headline: said.headline,
            why: said.why,
            remedy: said.remedy,
            who: said.who,
            support_url: said.support_url,
            connections: Vec::new(),
            total: 0,
        }))
    }

    /// The connections that need attention or wait, and belong to no story, and their number.
    fn needs(&self) -> Result<(Vec<Need>, Counts), Refusal> {
        let soon = |millis| Value::from(self.now.plus_millis(millis).as_millis());
        let (warns, presses) = (soon(Horizon::WARNS), soon(Horizon::PRESSES));
        let values = vec![warns.clone(), warns.clone(), presses, warns, NEEDS.into()];
        let found: Vec<NeedRow> = self.sql.rows(&needs_sql(), values)?;
        let counts = found.first().map_or(Counts::default(), |row| Counts { all: row.everyone, people: row.people });
        let mut needs = Vec::new();
        for found in found {
            let connection: StoredConnection = serde_json::from_str(&found.record)?;
            needs.extend(self.need(&connection)?);
        }
        Ok((needs, counts))
    }

    /// The action that a connection needs from a person, and why; `None` if it needs none.
    fn need(&self, connection: &StoredConnection) -> Result<Option<Need>, Refusal> {
        let shown = self.view_of(connection)?;
        let horizon = shown.horizon(self.now).filter(|horizon| horizon.warns());
        let presses = horizon.filter(|horizon| *horizon > Horizon::Within30);
        let cause = cause_of(&shown);
        let is_for_people = |cause: &Cause| NeedAction::ending(*cause).is_some();
        let lacks_scopes = shown.status == Status::Authorized;
        let because = cause.filter(|cause| is_for_people(cause) && !(lacks_scopes && presses.is_some()));
        Ok(match (because, horizon, shown.diagnosis.clone()) {
            (None, Some(horizon), _) => Some(ending(horizon, affected(connection), &shown)),
            (_, _, Some(Diagnosis { why, remedy, who, .. })) => {
                let action = because.and_then(NeedAction::ending).unwrap_or(NeedAction::Wait);
                Some(Need { connection: affected(connection), why, remedy, who, action })
            }
            _ => None,
        })
    }
}

impl StoryRow {
    /// The condition that its connections meet, and its values. Where a story is of several sites, they have the keys that
    /// begin with its cause.
    fn condition(&self) -> (&'static str, Vec<Value>) {
        let between = [self.first.into(), self.last.into()];
        if self.is_wide > 0 {
            let keys = [format!("{}/", self.story).into(), format!("{}0", self.story).into()];
            ("story > ? AND story < ? AND failing_since BETWEEN ? AND ?", keys.into_iter().chain(between).collect())
        } else {
            let key: Value = self.story.as_str().into();
            ("story = ? AND failing_since BETWEEN ? AND ?", std::iter::once(key).chain(between).collect())
        }
    }
}

/// The need of a connection whose credential ends soon.
fn ending(horizon: Horizon, connection: Affected, shown: &Connection) -> Need {
    let (remedy, action, who) = match shown.kind {
        _ if shown.renewable() => (
            "Renew it now. If Atlassian refuses, reauthorize the connection.",
            NeedAction::Renew,
            Responsible::Reauthorizer,
        ),
        Kind::CloudOauth2 | Kind::DataCenterOauth2 => (
            "Reauthorize the connection: a year after the consent, renewing is not enough.",
            NeedAction::Reauthorize,
            Responsible::Reauthorizer,
        ),
        Kind::Oauth1 => (
            "Reauthorize the connection: Jira's access token ends then.",
            NeedAction::Reauthorize,
            Responsible::Reauthorizer,
        ),
        Kind::Unknown(_) => ("Reauthorize the connection.", NeedAction::Reauthorize, Responsible::Reauthorizer),
        Kind::Basic => (
            "Create a new token in Jira, and reauthorize the connection with it.",
            NeedAction::Reauthorize,
            Responsible::AccountOwner,
        ),
    };
    Need { connection, why: format!("{}.", horizon.title()), remedy: remedy.to_owned(), who, action }
}
