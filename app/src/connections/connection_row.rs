//! A row of the grid: what it shows of a connection, and what decides about its actions.
//!
//! A type of its own because the grid reads less than an [`api::Connection`] holds. Dialogs and screens that need more
//! load the connection.

use api::{BasicForm, Connection, ConnectionId, CredentialShown, Deleted, Horizon, Kind, Name, Status, Timestamp};

/// What the grid knows of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts: any combination is possible")]
pub(crate) struct ConnectionRow {
    pub(super) id: ConnectionId,
    pub(super) name: Name,
    pub(super) kind: Kind,
    /// The form of its secret, if it is a password or token.
    pub(super) form: Option<BasicForm>,
    pub(super) site: Option<RowSite>,
    /// The address that is known of a connection without a site: it was never authorized.
    pub(super) drafted: Option<String>,
    pub(super) status: Status,
    /// The name of the account that calls are made as.
    pub(super) account: Option<String>,
    pub(super) last_activity_at: Timestamp,
    pub(super) authorized_at: Option<Timestamp>,
    pub(super) checked_at: Option<Timestamp>,
    pub(super) reauthorize_before: Option<Timestamp>,
    /// Whether scopes that Causeway asks for were not granted.
    pub(super) lacks_scopes: bool,
    /// Why it does not work, in a few words.
    pub(super) headline: Option<String>,
    /// What to do about it.
    pub(super) remedy: Option<String>,
    /// The calls that fail in a row.
    pub(super) failing: Option<RowFailing>,
    /// The calls of the last hours that succeeded and failed, oldest first.
    pub(super) calls: Option<(Vec<u32>, Vec<u32>)>,
    pub(super) deleted: Option<Deleted>,
    /// Whether the site seems to have moved to another address.
    pub(super) moved: bool,
    /// Whether the account behind the credential is deactivated in Jira.
    pub(super) owner_at_risk: bool,
    /// The names of the workspaces that it is granted to.
    pub(super) workspaces: Vec<String>,
    /// How many projects use it.
    pub(super) projects: u32,
    /// Whether this member may change it, as far as the connection itself says. Administrators may change all.
    pub(super) may_manage: bool,
    /// Whether this member may test it and authorize it again.
    pub(super) may_reauthorize: bool,
}

/// Calls that fail in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowFailing {
    pub(super) since: Timestamp,
    pub(super) failed: u32,
    pub(super) of: u32,
}

/// The site of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowSite {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) avatar_url: Option<String>,
}

impl ConnectionRow {
    /// How near the end of its credential is; `None` without a credential.
    pub(super) fn horizon(&self, now: Timestamp) -> Option<Horizon> {
        Horizon::ahead(self.reauthorize_before, &self.status, self.deleted.is_some(), now)
    }

    /// Whether renewing moves that end.
    pub(super) fn renewable(&self) -> bool {
        Horizon::moves(self.kind, self.authorized_at, self.reauthorize_before)
    }

    /// The accessible name of its menu.
    pub(super) fn menu_label(&self) -> String {
        format!("Actions for {}", self.name)
    }
}

impl From<&Connection> for ConnectionRow {
    fn from(connection: &Connection) -> Self {
        Self {
            id: connection.id.clone(),
            name: connection.name.clone(),
            kind: connection.kind,
            form: match &connection.credential {
                Some(CredentialShown::Basic { form, .. }) => Some(*form),
                _ => None,
            },
            site: connection.site.as_ref().map(|site| RowSite {
                name: site.name.clone(),
                url: site.url.clone(),
                avatar_url: site.avatar_url.clone(),
            }),
            drafted: connection.draft.as_ref().and_then(|draft| draft.address.clone()),
            status: connection.status.clone(),
            account: connection.account.as_ref().map(|account| account.name.clone()),
            last_activity_at: connection.last_activity_at,
            authorized_at: connection.authorized_at,
            checked_at: connection.checked_at,
            reauthorize_before: connection.reauthorize_before,
            lacks_scopes: !connection.missing_scopes.is_empty(),
            headline: connection.diagnosis.as_ref().map(|diagnosis| diagnosis.headline.clone()),
            remedy: connection.diagnosis.as_ref().map(|diagnosis| diagnosis.remedy.clone()),
            failing: connection.calls.as_ref().and_then(|calls| calls.failing).map(|failing| RowFailing {
                since: failing.since,
                failed: failing.failed,
                of: failing.of,
            }),
            calls: connection.calls.as_ref().map(|calls| (calls.succeeded.clone(), calls.failed.clone())),
            deleted: connection.deleted.clone(),
            moved: connection.moved_to.is_some(),
            owner_at_risk: connection.owner_at_risk.is_some(),
            workspaces: connection.workspaces.iter().map(|workspace| workspace.name.to_string()).collect(),
            projects: connection.projects,
            may_manage: connection.may_manage,
            may_reauthorize: connection.may_reauthorize,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A row as tests need it: authorized on Cloud, and everything else empty.
    pub(in crate::connections) fn row(name: &str, status: Status) -> ConnectionRow {
        ConnectionRow {
            id: ConnectionId::parse("con_1").expect("an id"),
            name: Name::parse(name).expect("a name"),
            kind: Kind::CloudOauth2,
            form: None,
            site: None,
            drafted: None,
            status,
            account: None,
            last_activity_at: Timestamp::EPOCH,
            authorized_at: None,
            checked_at: None,
            reauthorize_before: None,
            lacks_scopes: false,
            headline: None,
            remedy: None,
            failing: None,
            calls: None,
            deleted: None,
            moved: false,
            owner_at_risk: false,
            workspaces: Vec::new(),
            projects: 0,
            may_manage: false,
            may_reauthorize: false,
        }
    }

    /// A status as the edge writes it.
    pub(in crate::connections) fn status(json: &str) -> Status {
        serde_json::from_str(json).expect("a status")
    }

    /// A deletion as the edge writes it.
    pub(in crate::connections) fn deleted() -> Deleted {
        let json = r#"{"at":"2026-01-01T00:00:00Z","by":"Ada","purge_at":"2026-02-01T00:00:00Z"}"#;
        serde_json::from_str(json).expect("a deletion")
    }
}
