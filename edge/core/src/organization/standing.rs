//! What somebody may do with a connection, and how much of it they see.
//!
//! Who has no standing with a connection is told what is told of one that does not exist.

use api::{Account, Cause, Connection, ConnectionId, KeyScope, Role, Status, WorkspaceName};
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    organization::{Condition, ConnectionRecord, Identity, KeyRecord, MemberRecord, Organization, Refusal, Sql, Value},
    ports::Random,
};

/// What somebody may do with a connection; each may also do what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AccessLevel {
    /// Knows its name and state: it is granted to a workspace of theirs.
    Sees,
    /// Reviews errors, tests and reauthorizes: has the role *issue tracking* in such a workspace.
    TracksIssues,
    /// Changes it in every way: is one of its admins. API keys, as far as their scopes go.
    Manages,
    /// Says who manages it and which workspaces it is granted to.
    Administers,
}

impl Identity {
    /// Whether this is an administrator of the organization.
    pub(super) fn is_administrator(&self) -> bool {
        matches!(self, Self::Member { member, .. } if member.role == Role::Administrator)
    }

    /// Only administrators may.
    pub(super) fn administers(&self) -> Result<(), Refusal> {
        if self.is_administrator() { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    /// The member who is no administrator, if it is one.
    pub(super) fn mere_member(&self) -> Option<&str> {
        match self {
            Self::Member { member, .. } if member.role == Role::Member => Some(member.id.as_str()),
            _ => None,
        }
    }

    /// Which connections somebody sees, as part of a `WHERE`; nothing for who sees all.
    pub(super) fn sees(&self) -> Result<Condition, Refusal> {
        let mut condition = Condition::default();
        match self {
            Self::Key(key) => {
                if let Some(some) = &key.shown.connections {
                    // One value for all of them: a Durable Object's statement takes a hundred.
                    let ids = serde_json::to_string(some).map_err(|error| Refusal::Storage(error.to_string()))?;
                    condition.and("id IN (SELECT value FROM json_each(?))", vec![ids.into()]);
                }
                if let Some(workspace) = &key.shown.workspace {
                    let granted = "id IN (SELECT connection FROM access WHERE workspace = ?)";
                    condition.and(granted, vec![workspace.id.as_str().into()]);
                }
            }
            other => {
                if let Some(member) = other.mere_member() {
                    let theirs = "(id IN (SELECT connection FROM connection_admins WHERE member = ?) OR (deleted = 0 AND \
                         id IN (SELECT a.connection FROM access AS a JOIN memberships AS m USING (workspace) WHERE m.member = ?)))";
                    condition.and(theirs, vec![member.into(), member.into()]);
                }
            }
        }
        Ok(condition)
    }
}

#[derive(Deserialize)]
struct Ties {
    manages: i64,
    tracks: Option<i64>,
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

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// What `who` may do with a connection; `None` if it is nothing to them.
    pub(super) fn standing(&self, who: &Identity, id: &ConnectionId) -> Result<Option<AccessLevel>, Refusal> {
        if let Identity::Key(key) = who {
            return Ok(self.reaches(key, id)?.then_some(AccessLevel::Manages));
        }
        let Some(member) = who.mere_member() else { return Ok(Some(AccessLevel::Administers)) };
        let ties = "SELECT (SELECT count(*) FROM connection_admins WHERE connection = ? AND member = ?) AS manages, \
             (SELECT max(m.issue_tracking) FROM access AS a JOIN memberships AS m USING (workspace) \
             WHERE a.connection = ? AND m.member = ?) AS tracks";
        let values = vec![id.as_str().into(), member.into(), id.as_str().into(), member.into()];
        let ties: Vec<Ties> = self.sql.rows(ties, values)?;
        Ok(ties.first().and_then(|ties| match (ties.manages, ties.tracks) {
            (0, None) => None,
            (0, Some(0)) => Some(AccessLevel::Sees),
            (0, Some(_)) => Some(AccessLevel::TracksIssues),
            _ => Some(AccessLevel::Manages),
        }))
    }

    /// Refuses who may not do with a connection what needs `least`. What they do not see does not exist for them.
    pub(super) fn require(&self, who: &Identity, id: &ConnectionId, least: AccessLevel) -> Result<(), Refusal> {
        match self.standing(who, id)? {
            None => Err(Refusal::NotFound),
            Some(standing) if standing < least => Err(Refusal::Forbidden),
            Some(_) => Ok(()),
        }
    }

    /// Whether a key may use a connection now.
    fn reaches(&self, key: &KeyRecord, id: &ConnectionId) -> Result<bool, Refusal> {
        if key.shown.connections.as_ref().is_some_and(|some| !some.contains(id)) {
            return Ok(false);
        }
        let Some(workspace) = &key.shown.workspace else { return Ok(true) };
        let granted = "SELECT connection FROM access WHERE workspace = ? AND connection = ?";
        let values = vec![workspace.id.as_str().into(), id.as_str().into()];
        let rows: Vec<IgnoredAny> = self.sql.rows(granted, values)?;
        Ok(!rows.is_empty())
    }

    /// A connection as `who` sees it now.
    pub(super) fn shown_to(&self, who: &Identity, connection: &ConnectionRecord) -> Result<Connection, Refusal> {
        let shown = self.all_shown_to(who, std::slice::from_ref(connection))?;
        shown.into_iter().next().ok_or(Refusal::NotFound)
    }

    /// The same for many. Those that are nothing to them are left out.
    pub(super) fn all_shown_to(
        &self,
        who: &Identity,
        connections: &[ConnectionRecord],
    ) -> Result<Vec<Connection>, Refusal> {
        let mut shown = Vec::new();
        for connection in connections {
            if let Some(standing) = self.standing(who, &connection.shown.id)? {
                let mut one = as_seen(connection.shown_at(self.now), standing);
                let may = |least| match who {
                    Identity::Key(key) => key.shown.scopes.contains(&KeyScope::ConnectionsWrite),
                    _ => standing >= least,
                };
                (one.may_manage, one.may_reauthorize) = (may(AccessLevel::Manages), may(AccessLevel::TracksIssues));
                shown.push(one);
            }
        }
        self.tell_workspaces(who, &mut shown)?;
        self.tell_admins(&mut shown)?;
        Ok(shown)
    }

    /// Names the members who manage connections. Their addresses are for those who manage them, too.
    fn tell_admins(&self, shown: &mut [Connection]) -> Result<(), Refusal> {
        let ids: Vec<&str> = shown.iter().map(|one| one.id.as_str()).collect();
        let managing = "SELECT connection, m.record AS member FROM connection_admins JOIN members AS m ON m.id = member \
             WHERE connection IN (SELECT value FROM json_each(?)) ORDER BY m.email";
        let managing: Vec<Managing> = self.sql.rows(managing, vec![as_list(&ids)?])?;
        for row in managing {
            let member: MemberRecord = serde_json::from_str(&row.member).map_err(unreadable)?;
            if let Some(one) = shown.iter_mut().find(|one| one.id == row.connection) {
                let named = one.may_manage || !member.name.is_empty();
                one.admin_names.extend(named.then(|| member.called()));
            }
        }
        Ok(())
    }

    /// Says which workspaces connections are granted to and how many projects use them, as far as `who` belongs there.
    fn tell_workspaces(&self, who: &Identity, shown: &mut [Connection]) -> Result<(), Refusal> {
        let ids: Vec<&str> = shown.iter().map(|one| one.id.as_str()).collect();
        let ids = serde_json::to_string(&ids).map_err(|error| Refusal::Storage(error.to_string()))?;
        let mut theirs = Condition::default();
        theirs.and("connection IN (SELECT value FROM json_each(?))", vec![ids.into()]);
        if let Some(member) = who.mere_member() {
            theirs.and("workspace IN (SELECT workspace FROM memberships WHERE member = ?)", vec![member.into()]);
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

/// A connection without what a standing does not show.
fn as_seen(shown: Connection, standing: AccessLevel) -> Connection {
    if standing >= AccessLevel::Manages {
        return shown;
    }
    let nameless = |account: Account| Account { email: None, ..account };
    let seen = Connection { account: shown.account.map(nameless), revert_to: None, admins: Vec::new(), ..shown };
    if standing == AccessLevel::TracksIssues {
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
        moved_to: None,
        owner_at_risk: None,
        ..seen
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn unreadable(error: serde_json::Error) -> Refusal {
    Refusal::Storage(error.to_string())
}

/// A value for every id of a list, as JSON text: a Durable Object's statement takes a hundred values.
pub(super) fn as_list<T: serde::Serialize>(ids: &[T]) -> Result<Value, Refusal> {
    serde_json::to_string(ids).map(Value::Text).map_err(|error| Refusal::Storage(error.to_string()))
}
