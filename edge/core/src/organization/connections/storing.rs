//! How connections are read from the tables and written to them.

use api::{Account, ConnectionId};

use super::{ConnectionDetails, StoredConnection, VERSION};
use crate::{
    folding::{folded, same_name, searchable},
    jira::JiraTarget,
    organization::{Refusal, Turn, Value, attention, ordering, record, to_record},
};

/// The age at which "last activity" is written again, in milliseconds: a minute.
const TOUCH: i64 = 60_000;

impl Turn<'_> {
    /// Finds a connection, deleted or not. A connection whose purge is due is not found, even before it is purged.
    pub(crate) fn connection(&self, id: &ConnectionId) -> Result<StoredConnection, Refusal> {
        let by_id = "SELECT record FROM connections WHERE id = ?";
        let found: Option<StoredConnection> = record(self.sql, by_id, vec![id.as_str().into()])?;
        let purged = |found: &StoredConnection| found.details.deleted.as_ref().is_some_and(|d| d.purge_at <= self.now);
        found.filter(|found| !purged(found)).ok_or(Refusal::NotFound)
    }

    /// Finds a connection that is not deleted.
    pub(crate) fn living_connection(&self, id: &ConnectionId) -> Result<StoredConnection, Refusal> {
        let connection = self.connection(id)?;
        if connection.details.deleted.is_some() { Err(Refusal::ConnectionDeleted) } else { Ok(connection) }
    }

    /// Inserts or updates a connection, and enqueues the webhook deliveries that the change calls for.
    pub(crate) fn store_connection(&self, connection: &StoredConnection) -> Result<(), Refusal> {
        self.announce(connection)?;
        let connection = StoredConnection { v: VERSION, ..connection.clone() };
        let shown = &connection.details;
        let id_of = |account: Option<&Account>| account.map(|account| account.account_id.clone());
        let replaced = connection.replaced.as_ref().map(|replaced| &replaced.credential);
        let purge_at = shown.deleted.as_ref().map(|deleted| deleted.purge_at.as_millis());
        let view = connection.view(self.now);
        let [failing, failing_since, story, horizon] = attention::columns(&view);
        let target = JiraTarget::of(&view);
        let admission = to_record(&connection.admission(target.clone()))?;
        let context_path = target.as_ref().and_then(JiraTarget::context_path).map(str::to_owned);
        let columns: [(&str, Value); 20] = [
            ("id", shown.id.as_str().into()),
            ("name_key", same_name(shown.name.as_str()).into()),
            ("sort_key", folded(shown.name.as_str()).into()),
            ("kind", shown.kind.as_str().into()),
            ("state", shown.status.state().as_str().into()),
            ("search", searched(shown).into()),
            ("cloud_id", shown.site.as_ref().map(|site| site.key().to_owned()).into()),
            ("context_path", context_path.into()),
            (
                "account_id",
                id_of(connection.credential().as_ref().and_then(|credential| credential.account.as_ref())).into(),
            ),
            ("grant_id", connection.grant.as_ref().map(ToString::to_string).into()),
            ("previous_account_id", id_of(replaced.and_then(|credential| credential.account.as_ref())).into()),
            ("previous_grant_id", replaced.map(|credential| credential.grant.to_string()).into()),
            ("purge_at", purge_at.map_or(Value::Null, Value::Integer)),
            ("last_activity", shown.last_activity_at.as_millis().into()),
            ("failing", failing),
            ("failing_since", failing_since),
            ("story", story),
            ("horizon", horizon),
            ("admission", admission),
            ("record", to_record(&connection)?),
        ];
        let columns: Vec<(&str, Value)> = columns.into_iter().chain(ordering::columns(&view)).collect();
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let updates: Vec<String> = names.iter().skip(1).map(|name| format!("{name} = excluded.{name}")).collect();
        let deleted = i32::from(shown.deleted.is_some());
        let upsert = format!(
            "INSERT INTO connections (deleted, {}) VALUES ({deleted}, {}) \
             ON CONFLICT (id) DO UPDATE SET deleted = excluded.deleted, {}",
            names.join(", "),
            vec!["?"; names.len()].join(", "),
            updates.join(", "),
        );
        self.sql.run(&upsert, columns.into_iter().map(|(_, value)| value).collect())?;
        self.subscribe_anew(&connection)?;
        self.schedule_checkup(&connection)?;
        self.settle_delegations_of_connection(&shown.id)
    }

    /// Records that a connection was used, to the minute. Nothing else of it is written, and nobody is told.
    pub(in crate::organization) fn record_activity(&self, connection: &mut StoredConnection) -> Result<(), Refusal> {
        if (0..TOUCH).contains(&self.now.since(connection.details.last_activity_at)) {
            return Ok(());
        }
        connection.details.last_activity_at = self.now;
        connection.v = VERSION;
        let id = connection.details.id.as_str().into();
        let values = vec![self.now.as_millis().into(), to_record(&*connection)?, id];
        Ok(self.sql.run("UPDATE connections SET last_activity = ?, record = ? WHERE id = ?", values)?)
    }

    /// Refuses a name that another connection has. The names of deleted connections are free.
    pub(in crate::organization) fn check_name(&self, name: &str, except: Option<&ConnectionId>) -> Result<(), Refusal> {
        let by_name = "SELECT record FROM connections WHERE name_key = ? AND deleted = 0";
        let found: Option<StoredConnection> = record(self.sql, by_name, vec![same_name(name).into()])?;
        match found {
            Some(other) if Some(&other.details.id) != except => Err(Refusal::NameTaken),
            _ => Ok(()),
        }
    }
}

fn searched(shown: &ConnectionDetails) -> String {
    let site = shown.site.as_ref().map(|site| format!("{}\n{}", site.name, site.url));
    let site = site.or_else(|| shown.draft.as_ref().and_then(|draft| draft.address.clone()));
    let account = shown.account.as_ref().map(|a| format!("{}\n{}", a.name, a.email.as_deref().unwrap_or_default()));
    searchable(&format!("{}\n{}\n{}", shown.name, site.unwrap_or_default(), account.unwrap_or_default()))
}
