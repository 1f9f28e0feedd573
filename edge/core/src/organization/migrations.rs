//! The schema of the organization's tables, and the migrations from every older version.
//!
//! Each row holds its entity as versioned JSON in `record`, and beside it the columns for lookups, uniqueness and
//! order. So a new field needs no migration, but a new column does. Databases of every version exist: a released
//! migration is never changed, only followed by another.

use serde::Deserialize;

use crate::{organization::Sql, organization_id::OrganizationId, ports::PortFailure};

/// The statements of each version, in order. Version 1 was released before versions were stored, so its statements
/// tolerate existing tables.
const MIGRATIONS: &[&[&str]] = &[
    VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5, VERSION_6, VERSION_7, VERSION_8, VERSION_9, VERSION_10,
    VERSION_11, VERSION_12, VERSION_13, VERSION_14, VERSION_15, VERSION_16, VERSION_17, VERSION_18, VERSION_19,
    VERSION_20, VERSION_21, VERSION_22, VERSION_23, VERSION_24,
];

const VERSION_1: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS members (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, record TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS sign_ins (state TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, record TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS sign_ins_by_end ON sign_ins (expires_at)",
    "CREATE TABLE IF NOT EXISTS sessions (digest TEXT PRIMARY KEY, member TEXT NOT NULL, expires_at INTEGER NOT NULL, record TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS attempts (id TEXT PRIMARY KEY, session TEXT NOT NULL, ticket TEXT NOT NULL UNIQUE, state TEXT UNIQUE, grant_id TEXT UNIQUE, expires_at INTEGER NOT NULL, record TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS connections (id TEXT PRIMARY KEY, name_key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, state TEXT NOT NULL, search TEXT NOT NULL, cloud_id TEXT, grant_id TEXT UNIQUE, last_activity INTEGER NOT NULL, record TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS connections_by_activity ON connections (last_activity, id)",
    "CREATE TABLE IF NOT EXISTS api_keys (id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, record TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS retiring (grant_id TEXT PRIMARY KEY, since INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS alerts (name TEXT PRIMARY KEY, since INTEGER NOT NULL, message TEXT NOT NULL)",
];

/// Deletion, reverting and the timeline. A name is unique among the connections that are not deleted. SQLite expresses
/// that only in a partial index, so the table is created anew.
const VERSION_2: &[&str] = &[
    "CREATE TABLE connections_2 (id TEXT PRIMARY KEY, name_key TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, search TEXT NOT NULL, cloud_id TEXT, account_id TEXT, grant_id TEXT UNIQUE, previous_account_id TEXT, previous_grant_id TEXT UNIQUE, deleted INTEGER NOT NULL DEFAULT 0, purge_at INTEGER, last_activity INTEGER NOT NULL, record TEXT NOT NULL)",
    "INSERT INTO connections_2 (id, name_key, kind, state, search, cloud_id, account_id, grant_id, last_activity, record) \
     SELECT id, name_key, kind, state, search, cloud_id, CASE state WHEN 'unauthorized' THEN NULL ELSE json_extract(record, '$.shown.account.account_id') END, grant_id, last_activity, record FROM connections",
    "DROP TABLE connections",
    "ALTER TABLE connections_2 RENAME TO connections",
    "CREATE UNIQUE INDEX connections_names ON connections (name_key) WHERE deleted = 0",
    "CREATE INDEX connections_by_name ON connections (deleted, name_key, id)",
    "CREATE INDEX connections_by_activity ON connections (deleted, last_activity, id)",
    "CREATE INDEX connections_by_state ON connections (deleted, state, name_key, id)",
    "CREATE INDEX connections_by_account ON connections (account_id) WHERE account_id IS NOT NULL",
    "CREATE INDEX connections_by_previous_account ON connections (previous_account_id) WHERE previous_account_id IS NOT NULL",
    "CREATE INDEX connections_by_site ON connections (cloud_id)",
    "CREATE INDEX connections_to_purge ON connections (purge_at) WHERE purge_at IS NOT NULL",
    "ALTER TABLE retiring ADD COLUMN due INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE timeline (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, connection TEXT, event TEXT NOT NULL, search TEXT NOT NULL, record TEXT NOT NULL)",
    "CREATE INDEX timeline_by_connection ON timeline (connection, id)",
    "CREATE INDEX timeline_by_event ON timeline (event, id)",
    "CREATE INDEX timeline_by_age ON timeline (at)",
    "CREATE TABLE key_uses (connection TEXT NOT NULL, api_key TEXT NOT NULL, PRIMARY KEY (connection, api_key)) WITHOUT ROWID",
];

/// Checkups. Existing connections are checked soon.
const VERSION_3: &[&str] = &[
    "CREATE TABLE checkups (connection TEXT PRIMARY KEY, due_at INTEGER NOT NULL, passed INTEGER) WITHOUT ROWID",
    "CREATE INDEX checkups_by_due ON checkups (due_at)",
    "INSERT INTO checkups (connection, due_at) SELECT id, last_activity FROM connections WHERE state <> 'unauthorized' AND deleted = 0",
];

/// Webhooks and their deliveries. A delivery without `due_at` is finished.
const VERSION_4: &[&str] = &[
    "CREATE TABLE webhooks (id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE deliveries (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, webhook TEXT NOT NULL, at INTEGER NOT NULL, due_at INTEGER, record TEXT NOT NULL)",
    "CREATE INDEX deliveries_by_webhook ON deliveries (webhook, number)",
    "CREATE INDEX deliveries_by_due ON deliveries (due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX deliveries_by_webhook_and_due ON deliveries (webhook, due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX deliveries_by_age ON deliveries (at)",
];

/// Columns for the connections that need attention: the cause, the key of shared failures, the end of the credential.
const VERSION_5: &[&str] = &[
    "ALTER TABLE connections ADD COLUMN failing TEXT",
    "ALTER TABLE connections ADD COLUMN failing_since INTEGER",
    "ALTER TABLE connections ADD COLUMN story TEXT",
    "ALTER TABLE connections ADD COLUMN horizon INTEGER",
    "UPDATE connections SET failing = coalesce(json_extract(record, '$.shown.status.cause'), \
     CASE WHEN state = 'authorized' AND (SELECT count(*) FROM json_each(record, '$.shown.scopes') WHERE value IN \
     ('read:jira-work', 'read:jira-user', 'write:jira-work', 'offline_access', 'read:me')) < 5 THEN 'scopes_missing' END), \
     failing_since = CAST(strftime('%s', json_extract(record, '$.shown.status.since')) AS INTEGER) * 1000, \
     horizon = CASE WHEN state <> 'unauthorized' THEN CAST(strftime('%s', json_extract(record, '$.shown.reauthorize_before')) AS INTEGER) * 1000 END WHERE deleted = 0",
    "UPDATE connections SET story = CASE \
     WHEN failing IN ('atlassian_unreachable', 'client_refused', 'rate_limited', 'unsealable') THEN failing \
     WHEN failing IN ('ip_allow_list', 'site_unreachable') THEN failing || '/' || cloud_id \
     WHEN failing = 'grant_refused' THEN failing || '/' || json_extract(record, '$.shown.account.account_id') END \
     WHERE failing_since IS NOT NULL",
    "CREATE INDEX connections_by_story ON connections (story, failing_since, failing) WHERE story IS NOT NULL",
    "CREATE INDEX connections_failing ON connections (failing) WHERE failing IS NOT NULL",
    "CREATE INDEX connections_by_horizon ON connections (horizon) WHERE horizon IS NOT NULL",
];

/// Key pairs for OAuth 1.0a, and guides for Jira administrators.
const VERSION_6: &[&str] = &[
    "CREATE TABLE rsa_keys (id TEXT PRIMARY KEY, connection TEXT, free_since INTEGER, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX rsa_keys_by_connection ON rsa_keys (connection) WHERE connection IS NOT NULL",
    "CREATE INDEX rsa_keys_free ON rsa_keys (free_since) WHERE free_since IS NOT NULL",
    "CREATE TABLE guides (token TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX guides_by_end ON guides (expires_at)",
];

/// Workspaces with their members, connections and projects; and the admins of connections.
const VERSION_7: &[&str] = &[
    "CREATE TABLE workspaces (id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL, archived INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE UNIQUE INDEX workspaces_names ON workspaces (name_key) WHERE archived = 0",
    "CREATE TABLE memberships (workspace TEXT NOT NULL, member TEXT NOT NULL, issue_tracking INTEGER NOT NULL, PRIMARY KEY (workspace, member)) WITHOUT ROWID",
    "CREATE INDEX memberships_by_member ON memberships (member)",
    "CREATE TABLE access (connection TEXT NOT NULL, workspace TEXT NOT NULL, PRIMARY KEY (connection, workspace)) WITHOUT ROWID",
    "CREATE INDEX access_by_workspace ON access (workspace)",
    "CREATE TABLE projects (id TEXT PRIMARY KEY, workspace TEXT NOT NULL, name_key TEXT NOT NULL, connection TEXT, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE UNIQUE INDEX projects_names ON projects (workspace, name_key)",
    "CREATE INDEX projects_by_connection ON projects (connection) WHERE connection IS NOT NULL",
    "CREATE TABLE connection_admins (connection TEXT NOT NULL, member TEXT NOT NULL, PRIMARY KEY (connection, member)) WITHOUT ROWID",
    "CREATE INDEX connection_admins_by_member ON connection_admins (member)",
    "CREATE INDEX sessions_by_member ON sessions (member)",
];

/// The progress of resealing: one row, once there is a sealing key.
const VERSION_8: &[&str] =
    &["CREATE TABLE resealing (id INTEGER PRIMARY KEY CHECK (id = 1), due_at INTEGER, record TEXT NOT NULL)"];

/// The object stores its organization. Before this version there was one organization, which had members as soon as
/// anyone had signed in. Rows that cannot be parsed are recorded for the operator. Lookups that lacked an index get
/// one.
const VERSION_9: &[&str] = &[
    "CREATE TABLE organization (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL)",
    "INSERT INTO organization (one, id) SELECT 1, 'default' WHERE EXISTS (SELECT 1 FROM members)",
    "CREATE TABLE unreadable (name TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, why TEXT NOT NULL, PRIMARY KEY (name, id)) WITHOUT ROWID",
    "CREATE INDEX sessions_by_end ON sessions (expires_at)",
    "CREATE INDEX attempts_by_end ON attempts (expires_at)",
    "CREATE INDEX attempts_by_session ON attempts (session, expires_at)",
    "CREATE INDEX retiring_by_due ON retiring (due)",
    "CREATE INDEX key_uses_by_key ON key_uses (api_key)",
];

/// Only finished sign-ins are stored. `sign_ins` stays for older versions, should a deployment be taken back.
const VERSION_10: &[&str] = &[
    "CREATE TABLE spent_sign_ins (state TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX spent_sign_ins_by_end ON spent_sign_ins (expires_at)",
];

/// The context path of instances that are called directly, by which a call can name them. For the others it is null.
const VERSION_11: &[&str] = &[
    "ALTER TABLE connections ADD COLUMN context_path TEXT",
    "UPDATE connections SET context_path = substr(json_extract(record, '$.shown.site.url'), \
     instr(json_extract(record, '$.shown.site.url'), '://') + 3) \
     WHERE kind <> 'cloud_oauth2' AND json_extract(record, '$.shown.site.url') IS NOT NULL AND NOT \
     (json_extract(record, '$.shown.site.cloud_id') IS NOT NULL AND \
     coalesce(json_extract(record, '$.shown.credential.form'), '') = 'scoped_api_token')",
    "UPDATE connections SET context_path = CASE instr(context_path, '/') WHEN 0 THEN '' \
     ELSE substr(context_path, instr(context_path, '/')) END WHERE context_path IS NOT NULL",
    "CREATE INDEX connections_by_context_path ON connections (context_path) WHERE context_path IS NOT NULL",
];

/// Columns for what is limited: the slot of a pending authorization, and the connections that guides and key pairs were
/// made for, empty for a new one. Connections are sorted without accents from now on; those that exist are when they are
/// next stored.
const VERSION_12: &[&str] = &[
    "ALTER TABLE attempts ADD COLUMN slot INTEGER",
    "UPDATE attempts SET slot = CASE WHEN json_valid(record) AND json_extract(record, '$.stage.stage') NOT IN ('saved', 'failed') \
     THEN json_extract(record, '$.slot') END",
    "ALTER TABLE guides ADD COLUMN connection TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX guides_by_connection ON guides (connection, expires_at)",
    "ALTER TABLE rsa_keys ADD COLUMN made_for TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX rsa_keys_free_by_connection ON rsa_keys (made_for) WHERE free_since IS NOT NULL",
    "ALTER TABLE connections ADD COLUMN sort_key TEXT NOT NULL DEFAULT ''",
    "UPDATE connections SET sort_key = name_key",
    "DROP INDEX connections_by_name",
    "CREATE INDEX connections_by_name ON connections (deleted, sort_key, id)",
    "DROP INDEX connections_by_state",
    "CREATE INDEX connections_by_state ON connections (deleted, state, sort_key, id)",
];

/// Calls through connections: how many ended how in each hour, the last ones that failed, what sites said about their rate
/// limits, and which API keys called in this hour.
const VERSION_13: &[&str] = &[
    "CREATE TABLE calls (connection TEXT NOT NULL, hour INTEGER NOT NULL, outcome TEXT NOT NULL, count INTEGER NOT NULL, \
     slowest INTEGER NOT NULL, last_at INTEGER NOT NULL, PRIMARY KEY (connection, hour, outcome)) WITHOUT ROWID",
    "CREATE INDEX calls_by_hour ON calls (hour)",
    "CREATE TABLE failed_calls (id INTEGER PRIMARY KEY, connection TEXT NOT NULL, at INTEGER NOT NULL, record TEXT NOT NULL)",
    "CREATE INDEX failed_calls_by_connection ON failed_calls (connection, at)",
    "CREATE INDEX failed_calls_by_time ON failed_calls (at)",
    "CREATE TABLE rate_limits (owner TEXT PRIMARY KEY, at INTEGER NOT NULL, record TEXT NOT NULL)",
    "CREATE TABLE call_spenders (owner TEXT NOT NULL, hour INTEGER NOT NULL, connection TEXT NOT NULL, api_key TEXT NOT NULL, \
     name TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (owner, hour, connection, api_key)) WITHOUT ROWID",
    "CREATE INDEX call_spenders_by_hour ON call_spenders (hour)",
    "CREATE INDEX call_spenders_by_connection ON call_spenders (connection)",
];

/// Columns that the list of connections is sorted by. Names are sorted with their accents until they are next stored.
const VERSION_14: &[&str] = &[
    "ALTER TABLE connections ADD COLUMN kind_key TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE connections ADD COLUMN site_key TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE connections ADD COLUMN account_key TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE connections ADD COLUMN ends_at INTEGER",
    "UPDATE connections SET kind_key = CASE kind WHEN 'cloud_oauth2' THEN 'jira cloud, oauth 2.0' \
     WHEN 'data_center_oauth2' THEN 'jira data center, oauth 2.0' WHEN 'oauth1' THEN 'jira data center, oauth 1.0a' \
     WHEN 'basic' THEN CASE json_extract(record, '$.shown.credential.form') WHEN 'api_token' THEN 'jira cloud, api token' \
     WHEN 'scoped_api_token' THEN 'jira cloud, api token with scopes' WHEN 'password' THEN 'jira data center, password' \
     WHEN 'personal_access_token' THEN 'jira data center, personal access token' ELSE 'basic or token' END \
     ELSE 'a kind of a newer version' END, \
     site_key = substr(lower(coalesce(json_extract(record, '$.shown.site.name'), '')), 1, 60), \
     account_key = substr(lower(coalesce(json_extract(record, '$.shown.account.name'), '')), 1, 60), \
     ends_at = CASE WHEN state <> 'unauthorized' THEN CAST(strftime('%s', json_extract(record, '$.shown.reauthorize_before')) AS INTEGER) * 1000 END \
     WHERE json_valid(record)",
];

/// The digest of an API key from before it was rotated, and who did what the timeline tells.
const VERSION_15: &[&str] = &[
    "ALTER TABLE api_keys ADD COLUMN previous_digest TEXT",
    "CREATE UNIQUE INDEX api_keys_by_previous_digest ON api_keys (previous_digest) WHERE previous_digest IS NOT NULL",
    "ALTER TABLE timeline ADD COLUMN actor TEXT NOT NULL DEFAULT ''",
    FIND_ACTORS,
    "CREATE INDEX timeline_by_actor ON timeline (actor, id)",
];

/// Mappings of projects, each revision of them, and how far webhooks were told of what happened to a project's tasks.
const VERSION_16: &[&str] = &[
    "CREATE TABLE mappings (project TEXT NOT NULL, revision INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (project, revision)) WITHOUT ROWID",
    "CREATE TABLE task_feeds (project TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID",
];

/// Fills in who did what the timeline told before there was a column for it.
const FIND_ACTORS: &str = "UPDATE timeline SET actor = CASE WHEN json_valid(record) THEN \
     coalesce(lower(json_extract(record, '$.actor.email')), json_extract(record, '$.actor.kind'), '') ELSE '' END";

/// Charts with their versions, and what lets Causeway read Jira as those who look at them.
const VERSION_17: &[&str] = &[
    "CREATE TABLE charts (id TEXT PRIMARY KEY, title_key TEXT NOT NULL, deleted INTEGER NOT NULL, purge_at INTEGER, creator TEXT NOT NULL, summary TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX charts_by_title ON charts (deleted, title_key, id)",
    "CREATE INDEX charts_to_purge ON charts (purge_at) WHERE purge_at IS NOT NULL",
    "CREATE TABLE chart_versions (chart TEXT NOT NULL, version INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (chart, version)) WITHOUT ROWID",
    "CREATE TABLE viewers (id TEXT PRIMARY KEY, member TEXT NOT NULL UNIQUE, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE viewer_grants (grant_id TEXT PRIMARY KEY, viewer TEXT NOT NULL, site TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE UNIQUE INDEX viewer_grants_by_viewer ON viewer_grants (viewer, site)",
];

/// Installations of the Forge app, the readers who let Causeway read Jira as them there, and the invocations that may come
/// only once.
const VERSION_18: &[&str] = &[
    "CREATE TABLE forge_installations (id TEXT PRIMARY KEY, seen_at INTEGER, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX forge_installations_by_seen ON forge_installations (seen_at) WHERE seen_at IS NOT NULL",
    "CREATE TABLE forge_viewers (id TEXT PRIMARY KEY, installation TEXT NOT NULL, account TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE UNIQUE INDEX forge_viewers_by_account ON forge_viewers (installation, account)",
    "CREATE TABLE spent_invocations (id TEXT PRIMARY KEY, ends_at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX spent_invocations_by_end ON spent_invocations (ends_at)",
];

/// The newest resync of all projects of a connection.
const VERSION_19: &[&str] =
    &["CREATE TABLE connection_resyncs (connection TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID"];

/// Delegations with where they were used, and the grants of viewers by account.
const VERSION_20: &[&str] = &[
    "CREATE TABLE delegations (id TEXT PRIMARY KEY, chart TEXT NOT NULL, delegator TEXT, connection TEXT, state TEXT NOT NULL, due_at INTEGER, asked_at INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX delegations_by_chart ON delegations (chart, asked_at)",
    "CREATE INDEX delegations_by_delegator ON delegations (delegator) WHERE delegator IS NOT NULL",
    "CREATE INDEX delegations_by_connection ON delegations (connection) WHERE connection IS NOT NULL",
    "CREATE INDEX delegations_by_due ON delegations (due_at) WHERE due_at IS NOT NULL",
    "CREATE TABLE delegation_uses (delegation TEXT NOT NULL, place TEXT NOT NULL, reader TEXT NOT NULL, looks INTEGER NOT NULL, last_at INTEGER NOT NULL, PRIMARY KEY (delegation, place, reader)) WITHOUT ROWID",
    "CREATE INDEX viewer_grants_by_account ON viewer_grants (json_extract(record, '$.account.account_id'))",
];

/// Subscriptions to events of Jira. `standing` is what of the connection a subscription was last looked at with.
const VERSION_21: &[&str] = &[
    "CREATE TABLE subscriptions (connection TEXT PRIMARY KEY, standing TEXT NOT NULL, webhook INTEGER, due_at INTEGER, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX subscriptions_by_due ON subscriptions (due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX subscriptions_by_webhook ON subscriptions (webhook) WHERE webhook IS NOT NULL",
    "CREATE INDEX subscriptions_by_standing ON subscriptions (standing)",
];

/// What changes that concerns calls of API keys (see `access_changes.rs`). A migration that makes one of these tables anew
/// makes its triggers anew, too.
const VERSION_22: &[&str] = &[
    "ALTER TABLE connections ADD COLUMN admission TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE access_changes (epoch INTEGER PRIMARY KEY, connection TEXT, digest TEXT)",
    "CREATE TRIGGER access_changes_kept AFTER INSERT ON access_changes BEGIN \
     DELETE FROM access_changes WHERE epoch <= new.epoch - 500; END",
    "CREATE TRIGGER connection_added AFTER INSERT ON connections BEGIN \
     INSERT INTO access_changes (connection) VALUES (new.id); END",
    "CREATE TRIGGER connection_changed AFTER UPDATE OF admission, cloud_id, context_path, deleted ON connections \
     WHEN old.admission IS NOT new.admission OR old.cloud_id IS NOT new.cloud_id \
     OR old.context_path IS NOT new.context_path OR old.deleted IS NOT new.deleted BEGIN \
     INSERT INTO access_changes (connection) VALUES (new.id); END",
    "CREATE TRIGGER connection_removed AFTER DELETE ON connections BEGIN \
     INSERT INTO access_changes (connection) VALUES (old.id); END",
    "CREATE TRIGGER access_given AFTER INSERT ON access BEGIN \
     INSERT INTO access_changes (connection) VALUES (new.connection); END",
    "CREATE TRIGGER access_withdrawn AFTER DELETE ON access BEGIN \
     INSERT INTO access_changes (connection) VALUES (old.connection); END",
    // All of a key counts but when it was last used, which is written once a minute.
    "CREATE TRIGGER api_key_changed AFTER UPDATE ON api_keys WHEN old.digest IS NOT new.digest \
     OR old.previous_digest IS NOT new.previous_digest \
     OR CASE WHEN json_valid(old.record) AND json_valid(new.record) THEN \
     json_remove(old.record, '$.shown.last_used_at', '$.shown.previous.last_used_at') IS NOT \
     json_remove(new.record, '$.shown.last_used_at', '$.shown.previous.last_used_at') ELSE 1 END BEGIN \
     INSERT INTO access_changes (digest) VALUES (old.digest); \
     INSERT INTO access_changes (digest) SELECT old.previous_digest WHERE old.previous_digest IS NOT NULL; END",
    "CREATE TRIGGER api_key_revoked AFTER DELETE ON api_keys BEGIN \
     INSERT INTO access_changes (digest) VALUES (old.digest); \
     INSERT INTO access_changes (digest) SELECT old.previous_digest WHERE old.previous_digest IS NOT NULL; END",
    "INSERT INTO access_changes (connection) VALUES (NULL)",
];

/// When a checkup was last brought forward because another connection recovered from what both failed for.
const VERSION_23: &[&str] = &["ALTER TABLE checkups ADD COLUMN hurried_at INTEGER"];

/// Embeds of charts, and what the organization decided for all its members.
const VERSION_24: &[&str] = &[
    "CREATE TABLE embeds (id TEXT PRIMARY KEY, chart TEXT NOT NULL, created_at INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX embeds_by_chart ON embeds (chart, created_at)",
    "CREATE TABLE settings (one INTEGER PRIMARY KEY CHECK (one = 1), record TEXT NOT NULL)",
];

#[derive(Deserialize)]
struct Newest {
    version: i64,
}

/// Runs the migrations that are newer than the database, in order. A Durable Object writes all of one turn or nothing,
/// so no migration stays half done.
pub(super) fn migrate(sql: &dyn Sql) -> Result<(), PortFailure> {
    sql.run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)", vec![])?;
    let newest: Vec<Newest> = sql.rows("SELECT coalesce(max(version), 0) AS version FROM schema_version", vec![])?;
    let done = newest.first().map_or(0, |row| row.version);
    for (version, statements) in (1_i64..).zip(MIGRATIONS).filter(|(version, _)| *version > done) {
        statements.iter().try_for_each(|statement| sql.run(statement, vec![]))?;
        sql.run("INSERT INTO schema_version (version) VALUES (?)", vec![version.into()])?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Whether the database has never been migrated, so that nothing is stored in it.
pub(crate) fn is_new(sql: &dyn Sql) -> Result<bool, PortFailure> {
    let tables: Vec<Named> = sql.rows("SELECT name FROM sqlite_master WHERE type = 'table'", vec![])?;
    Ok(!tables.iter().any(|table| table.name == "schema_version"))
}

#[derive(Deserialize)]
struct Stored {
    id: OrganizationId,
}

/// The organization that these tables belong to, if it is stored.
pub(crate) fn stored_id(sql: &dyn Sql) -> Result<Option<OrganizationId>, PortFailure> {
    let stored: Vec<Stored> = sql.rows("SELECT id FROM organization", vec![])?;
    Ok(stored.into_iter().next().map(|stored| stored.id))
}

/// Stores the organization that these tables belong to, because an alarm does not name it.
pub(crate) fn learn_id(sql: &dyn Sql, id: &OrganizationId) -> Result<(), PortFailure> {
    sql.run("INSERT OR IGNORE INTO organization (one, id) VALUES (1, ?)", vec![id.as_str().into()])
}

/// Creates a database of version 1, as it was before versions were stored.
#[cfg(test)]
pub(super) fn make_version_1(sql: &dyn Sql) -> Result<(), PortFailure> {
    VERSION_1.iter().try_for_each(|statement| sql.run(statement, vec![]))
}

/// Runs the migration that adds the context paths of instances.
#[cfg(test)]
pub(super) fn find_context_paths(sql: &dyn Sql) -> Result<(), PortFailure> {
    VERSION_11.iter().try_for_each(|statement| sql.run(statement, vec![]))
}

/// Runs the part of a migration that finds who did what the timeline tells.
#[cfg(test)]
pub(super) fn find_actors(sql: &dyn Sql) -> Result<(), PortFailure> {
    sql.run(FIND_ACTORS, vec![])
}
