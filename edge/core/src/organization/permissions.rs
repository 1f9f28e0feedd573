//! The permissions of callers: their level of access to connections, their role in workspaces, and what they see.
//!
//! No access answers 404, exactly as an unknown id does.

use api::{Account, Cause, Connection, ConnectionId, KeyScope, Role, Status, WorkspaceName};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::organization::{
    Identity, Refusal, StoredApiKey, StoredConnection, StoredMember, Turn, Value, WhereClause,
    workspaces::StoredWorkspace,
};

/// The level of access that a caller has to a connection. Each level includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessLevel {
    /// Sees its name and state: members of a workspace that the connection is granted to.
    Sees,
    /// Sees its errors, tests and reauthorizes it: members with the role *issue tracking* in such a workspace.
    Reauthorizes,
    /// Changes it in every other way: its admins, and API keys within their scopes.
    Manages,
    /// Decides who manages it and which workspaces it is granted to: administrators.
    Administers,
}

/// The role of a caller in a workspace. Each role includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceRole {
    /// A member of the workspace.
    Member,
    /// A member with the role *issue tracking*, or an administrator.
    TracksIssues,
}

/// The part of the organization that a caller sees. Every rule about visibility matches on this, so that a new kind of
/// caller sees nothing until each rule covers it.
#[derive(Clone, Copy)]
pub(super) enum Visibility<'a> {
    /// Everything: administrators, and the edge itself.
    Everything,
    /// The connections that are granted to workspaces of this member, and those that the member manages.
    OfMember(&'a str),
    /// The connections that this API key may use.
    OfKey(&'a StoredApiKey),
    /// Nothing: a member whose role this version does not know.
    Nothing,
}

impl Identity {
    pub(super) fn visibility(&self) -> Visibility<'_> {
        match self {
            Self::Edge => Visibility::Everything,
            Self::Member { member, .. } => match member.role {
                Role::Administrator => Visibility::Everything,
                Role::Member => Visibility::OfMember(member.id.as_str()),
                Role::Unknown(_) => Visibility::Nothing,
            },
            Self::Key(key) => Visibility::OfKey(key),
        }
    }

    /// Whether the caller is an administrator of the organization.
    pub(super) fn is_administrator(&self) -> bool {
        match self {
            Self::Member { member, .. } => match member.role {
                Role::Administrator => true,
                Role::Member | Role::Unknown(_) => false,
            },
            Self::Edge | Self::Key(_) => false,
        }
    }

    /// The condition for the connections that the caller sees. It is empty for a caller who sees all.
    pub(super) fn sees(&self) -> Result<WhereClause, Refusal> {
        let mut clause = WhereClause::default();
        match self.visibility() {
            Visibility::Everything => {}
            Visibility::Nothing => clause.and("0 = 1", vec![]),
            Visibility::OfKey(key) => {
                if let Some(some) = &key.details.connections {
                    // One value for all ids, because a statement of a Durable Object takes a hundred values at most.
                    clause.and("id IN (SELECT value FROM json_each(?))", vec![as_list(some)?]);
                }
                if let Some(workspace) = &key.details.workspace {
                    let granted = "id IN (SELECT connection FROM access WHERE workspace = ?)";
                    clause.and(granted, vec![workspace.id.as_str().into()]);
                }
            }
            Visibility::OfMember(member) => {
                let theirs = "(id IN (SELECT connection FROM connection_admins WHERE member = ?) OR (deleted = 0 AND \
                     id IN (SELECT a.connection FROM access AS a JOIN memberships AS m USING (workspace) WHERE m.member = ?)))";
                clause.and(theirs, vec![member.into(), member.into()]);
            }
        }
        Ok(clause)
    }
}

impl StoredApiKey {
    /// Refuses a key that lacks a scope.
    pub(super) fn has(&self, scope: KeyScope) -> Result<(), Refusal> {
        if self.details.scopes.contains(&scope) { Ok(()) } else { Err(Refusal::Forbidden) }
    }
}

#[derive(Deserialize)]
struct AccessRow {
    manages: i64,
    tracks: Option<i64>,
}

#[derive(Deserialize)]
struct MembershipRow {
    issue_tracking: i64,
}

#[derive(Deserialize)]
struct Granted {
    connection: ConnectionId,
    #[serde(flatten)]
    workspace: WorkspaceName,
}

#[derive(Deserialize)]
struct Managing {
    connection: ConnectionId,
    member: String,
}

#[derive(Deserialize)]
struct Used {
    connection: ConnectionId,
    n: u32,
}

impl Turn<'_> {
    /// The caller's level of access to a connection; `None` if the caller must not learn that it exists.
    pub(super) fn access_level(&self, id: &ConnectionId) -> Result<Option<AccessLevel>, Refusal> {
        match self.who.visibility() {
            Visibility::Everything => Ok(Some(AccessLevel::Administers)),
            Visibility::OfKey(key) => Ok(self.reaches(key, id)?.then_some(AccessLevel::Manages)),
            Visibility::OfMember(member) => self.level_of_member(member, id),
            Visibility::Nothing => Ok(None),
        }
    }

    fn level_of_member(&self, member: &str, id: &ConnectionId) -> Result<Option<AccessLevel>, Refusal> {
        let ties = "SELECT (SELECT count(*) FROM connection_admins WHERE connection = ? AND member = ?) AS manages, \
             (SELECT max(m.issue_tracking) FROM access AS a JOIN memberships AS m USING (workspace) \
             WHERE a.connection = ? AND m.member = ?) AS tracks";
        let values = vec![id.as_str().into(), member.into(), id.as_str().into(), member.into()];
        let rows: Vec<AccessRow> = self.sql.rows(ties, values)?;
        Ok(rows.first().and_then(|row| match (row.manages, row.tracks) {
            (0, None) => None,
            (0, Some(0)) => Some(AccessLevel::Sees),
            (0, Some(_)) => Some(AccessLevel::Reauthorizes),
            _ => Some(AccessLevel::Manages),
        }))
    }

    /// The caller's role in a workspace. A workspace in which the caller has no role answers 404.
    pub(super) fn role_in(&self, workspace: &StoredWorkspace) -> Result<WorkspaceRole, Refusal> {
        match self.who.visibility() {
            Visibility::Everything => Ok(WorkspaceRole::TracksIssues),
            Visibility::OfKey(_) | Visibility::Nothing => Err(Refusal::NotFound),
            Visibility::OfMember(member) => {
                let belongs = "SELECT issue_tracking FROM memberships WHERE workspace = ? AND member = ?";
                let values = vec![workspace.id.as_str().into(), member.into()];
                let rows: Vec<MembershipRow> = self.sql.rows(belongs, values)?;
                match rows.first() {
                    Some(row) if workspace.archived_at.is_none() => {
                        Ok(if row.issue_tracking > 0 { WorkspaceRole::TracksIssues } else { WorkspaceRole::Member })
                    }
                    _ => Err(Refusal::NotFound),
                }
            }
        }
    }

    /// Refuses a caller with less than `least` in the workspace.
    pub(super) fn require_role(&self, workspace: &StoredWorkspace, least: WorkspaceRole) -> Result<(), Refusal> {
        if self.role_in(workspace)? < least { Err(Refusal::Forbidden) } else { Ok(()) }
    }

    /// Refuses a caller with less than `least` access to the connection: 403, or 404 without any access.
    pub(super) fn require(&self, id: &ConnectionId, least: AccessLevel) -> Result<(), Refusal> {
        match self.access_level(id)? {
            None => Err(Refusal::NotFound),
            Some(level) if level < least => Err(Refusal::Forbidden),
            Some(_) => Ok(()),
        }
    }

    /// Whether a key may use a connection now.
    fn reaches(&self, key: &StoredApiKey, id: &ConnectionId) -> Result<bool, Refusal> {
        if key.details.connections.as_ref().is_some_and(|some| !some.contains(id)) {
            return Ok(false);
        }
        let Some(workspace) = &key.details.workspace else { return Ok(true) };
        let granted = "SELECT connection FROM access WHERE workspace = ? AND connection = ?";
        let values = vec![workspace.id.as_str().into(), id.as_str().into()];
        let rows: Vec<IgnoredAny> = self.sql.rows(granted, values)?;
        Ok(!rows.is_empty())
    }

    /// The connection in the contract's form, with the fields that the caller may see.
    pub(super) fn view_of(&self, connection: &StoredConnection) -> Result<Connection, Refusal> {
        let shown = self.views_of(std::slice::from_ref(connection))?;
        shown.into_iter().next().ok_or(Refusal::NotFound)
    }

    /// The connections as [`Turn::view_of`] shows them. Leaves out those to which the caller has no access.
    pub(super) fn views_of(&self, connections: &[StoredConnection]) -> Result<Vec<Connection>, Refusal> {
        let (mut shown, mut counted) = (Vec::new(), Vec::new());
        for connection in connections {
            if let Some(level) = self.access_level(&connection.details.id)? {
                let mut one = as_seen(connection.view(self.now), level);
                let may = |least| match self.who.visibility() {
                    Visibility::OfKey(key) => key.has(KeyScope::ConnectionsWrite).is_ok(),
                    Visibility::Everything | Visibility::OfMember(_) => level >= least,
                    Visibility::Nothing => false,
                };
                let least = connection.least_to_authorize();
                (one.may_manage, one.may_reauthorize) = (may(AccessLevel::Manages), may(least));
                counted.extend((level >= AccessLevel::Reauthorizes).then(|| one.id.clone()));
                shown.push(one);
            }
        }
        self.add_workspaces(&mut shown)?;
        self.add_admins(&mut shown)?;
        self.add_calls(&mut shown, &counted)?;
        for one in &mut shown {
            if let Some(connection) = connections.iter().find(|connection| connection.details.id == one.id) {
                one.diagnosis = self.diagnosis(connection, one)?;
            }
        }
        Ok(shown)
    }

    /// Adds the names of the members who manage connections. E-mail addresses are shown only to callers who manage the
    /// connection.
    fn add_admins(&self, shown: &mut [Connection]) -> Result<(), Refusal> {
        let ids: Vec<&str> = shown.iter().map(|one| one.id.as_str()).collect();
        let managing = "SELECT connection, m.record AS member FROM connection_admins JOIN members AS m ON m.id = member \
             WHERE connection IN (SELECT value FROM json_each(?)) ORDER BY m.email";
        let managing: Vec<Managing> = self.sql.rows(managing, vec![as_list(&ids)?])?;
        for row in managing {
            let member: StoredMember = serde_json::from_str(&row.member)?;
            if let Some(one) = shown.iter_mut().find(|one| one.id == row.connection) {
                let named = one.may_manage || !member.name.is_empty();
                one.admin_names.extend(named.then(|| member.display_name()));
            }
        }
        Ok(())
    }

    /// Adds the workspaces that connections are granted to, and the number of projects that use them. Members see only
    /// their own workspaces.
    fn add_workspaces(&self, shown: &mut [Connection]) -> Result<(), Refusal> {
        let ids: Vec<&str> = shown.iter().map(|one| one.id.as_str()).collect();
        let mut theirs = WhereClause::default();
        theirs.and("connection IN (SELECT value FROM json_each(?))", vec![as_list(&ids)?]);
        match self.who.visibility() {
            Visibility::Everything | Visibility::OfKey(_) => {}
            Visibility::Nothing => theirs.and("0 = 1", vec![]),
            Visibility::OfMember(member) => {
                theirs.and("workspace IN (SELECT workspace FROM memberships WHERE member = ?)", vec![member.into()]);
            }
        }
        let (clause, values) = theirs.clause();
        let granted = format!(
            "SELECT connection, w.id, w.name FROM access JOIN workspaces AS w ON w.id = workspace {clause} ORDER BY name_key"
        );
        let used = format!("SELECT connection, count(*) AS n FROM projects {clause} GROUP BY connection");
        let granted: Vec<Granted> = self.sql.rows(&granted, values.clone())?;
        let used: Vec<Used> = self.sql.rows(&used, values)?;
        for one in shown {
            let granted = granted.iter().filter(|granted| granted.connection == one.id);
            one.workspaces = granted.map(|granted| granted.workspace.clone()).collect();
            one.projects = used.iter().find(|used| used.connection == one.id).map_or(0, |used| used.n);
        }
        Ok(())
    }
}

/// The connection without the fields that the level does not show.
fn as_seen(shown: Connection, level: AccessLevel) -> Connection {
    if level >= AccessLevel::Manages {
        return shown;
    }
    let without_email = |account: Account| Account { email: None, ..account };
    let seen = Connection {
        account: shown.account.map(without_email),
        revert_to: None,
        revert_to_address: None,
        admins: Vec::new(),
        api_families: Vec::new(),
        charts: false,
        ..shown
    };
    if level == AccessLevel::Reauthorizes {
        return seen;
    }
    let status = match seen.status {
        Status::Interrupted { since, .. } => Status::Interrupted { cause: Cause::Withheld, since },
        Status::Unauthorized { cause, since, by } => {
            Status::Unauthorized { cause: cause.map(|_| Cause::Withheld), since, by }
        }
        other => other,
    };
    Connection {
        status,
        account: None,
        scopes: Vec::new(),
        missing_scopes: Vec::new(),
        reauthorize_before: None,
        revert_until: None,
        credential: None,
        draft: None,
        moved_to: None,
        owner_at_risk: None,
        next_checkup_at: None,
        calls: None,
        diagnosis: None,
        ..seen
    }
}

/// A list of ids as one value, JSON text: a statement of a Durable Object takes a hundred values at most.
pub(super) fn as_list<T: serde::Serialize>(ids: &[T]) -> Result<Value, Refusal> {
    Ok(serde_json::to_string(ids).map(Value::Text)?)
}
