//! What a site last said about its rate limit, and who called it in this hour.
//!
//! All connections of Causeway's app to a site share one limit; any other credential has a limit of its own.

use std::collections::HashMap;

use api::{ConnectionId, Kind, SiteRateLimit, Spender, Timestamp};
use serde::Deserialize;

use super::{HOUR, KeyCalls, ObservedRateLimit, step_of};
use crate::{
    organization::{AccessLevel, Refusal, StoredApiKey, StoredConnection, Turn, Value, record, to_record},
    secrets::Digest,
};

/// The most API keys that are named.
const NAMED: usize = 10;
/// What API keys are called together, whose names the caller may not see.
const OTHERS: &str = "Other API keys";

#[derive(Deserialize)]
struct SpenderRow {
    connection: ConnectionId,
    name: String,
    count: u32,
}

impl StoredConnection {
    /// Whose rate limit the calls through the connection count against: the site's for the app, or the connection's.
    fn limit_owner(&self) -> &str {
        let site = self.details.site.as_ref().filter(|_| self.details.kind == Kind::CloudOauth2);
        site.map_or(self.details.id.as_str(), api::Site::key)
    }
}

impl Turn<'_> {
    /// Stores what a site said, unless something newer is stored.
    pub(super) fn store_rate_limit(
        &self,
        connection: &StoredConnection,
        observed: &ObservedRateLimit,
    ) -> Result<(), Refusal> {
        let store = "INSERT INTO rate_limits (owner, at, record) VALUES (?, ?, ?) \
             ON CONFLICT (owner) DO UPDATE SET at = excluded.at, record = excluded.record WHERE excluded.at >= at";
        let values = vec![connection.limit_owner().into(), observed.at.as_millis().into(), to_record(observed)?];
        Ok(self.sql.run(store, values)?)
    }

    /// Forgets the calls of API keys in hours that are over.
    pub(super) fn forget_spenders(&self) -> Result<(), Refusal> {
        let over = "DELETE FROM call_spenders WHERE hour < ?";
        Ok(self.sql.run(over, vec![step_of(self.now, HOUR).as_millis().into()])?)
    }

    /// Adds calls of API keys. A key that was revoked meanwhile has no name any more, and is left out.
    pub(super) fn add_spenders(
        &self,
        connection: &StoredConnection,
        calls: &[KeyCalls],
        keys: &HashMap<&Digest, Option<StoredApiKey>>,
    ) -> Result<(), Refusal> {
        for KeyCalls { hour, key, count } in calls {
            let Some(Some(key)) = keys.get(key) else { continue };
            let add = "INSERT INTO call_spenders (owner, hour, connection, api_key, name, count) VALUES (?, ?, ?, ?, ?, ?) \
                 ON CONFLICT (owner, hour, connection, api_key) DO UPDATE SET \
                 count = count + excluded.count, name = excluded.name";
            let values = vec![
                connection.limit_owner().into(),
                hour.as_millis().into(),
                connection.details.id.as_str().into(),
                key.details.id.as_str().into(),
                key.details.name.as_str().into(),
                i64::from(*count).into(),
            ];
            self.sql.run(add, values)?;
        }
        Ok(())
    }

    /// What the site of a connection last said about its rate limit, and who called it since the hour began.
    pub(super) fn rate_limit_of(&self, connection: &StoredConnection) -> Result<Option<SiteRateLimit>, Refusal> {
        let owner = || Value::from(connection.limit_owner());
        let said = "SELECT record FROM rate_limits WHERE owner = ?";
        let Some(said) = record::<ObservedRateLimit>(self.sql, said, vec![owner()])? else { return Ok(None) };
        Ok(Some(SiteRateLimit {
            at: said.at,
            limit: said.limit,
            remaining: said.remaining,
            resets_at: said.resets_at,
            limited_until: said.limited_until.filter(|until| *until > self.now),
            spenders: self.spenders(owner())?,
        }))
    }

    /// Until when calls through the connection wait or are refused, as its calls have found out.
    pub(in crate::organization) fn limited_until(
        &self,
        connection: &StoredConnection,
    ) -> Result<Option<Timestamp>, Refusal> {
        let owner = Value::from(connection.limit_owner());
        let said = "SELECT record FROM rate_limits WHERE owner = ?";
        let said: Option<ObservedRateLimit> = record(self.sql, said, vec![owner])?;
        Ok(said.and_then(|said| said.limited_until))
    }

    /// Who called, most calls first. Keys that called through connections which the caller does not manage are counted
    /// together.
    fn spenders(&self, owner: Value) -> Result<Vec<Spender>, Refusal> {
        let called = "SELECT connection, name, count FROM call_spenders WHERE owner = ? AND hour = ? \
             ORDER BY count DESC, name, connection";
        let hour = step_of(self.now, HOUR).as_millis();
        let rows: Vec<SpenderRow> = self.sql.rows(called, vec![owner, hour.into()])?;
        let (mut named, mut others) = (Vec::new(), 0_u32);
        for SpenderRow { connection, name, count } in rows {
            let is_seen = self.access_level(&connection)? >= Some(AccessLevel::Manages);
            if is_seen && named.len() < NAMED - 1 {
                named.push(Spender { name, connection: Some(connection), calls: count });
            } else {
                others = others.saturating_add(count);
            }
        }
        if others > 0 {
            named.push(Spender { name: OTHERS.to_owned(), connection: None, calls: others });
            named.sort_by_key(|spender| std::cmp::Reverse(spender.calls));
        }
        Ok(named)
    }
}
