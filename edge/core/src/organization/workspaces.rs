//! Creates, renames, archives and restores workspaces, and manages their members.

use api::{
    AddWorkspaceMember, Affected, CreateWorkspace, EditWorkspace, GetWorkspace, List, ListWorkspaces,
    MemberOfWorkspace, MembershipChange, Name, NewWorkspace, Nothing, RemoveWorkspaceMember, Role, TimelineEvent,
    Timestamp, Workspace, WorkspaceChange, WorkspaceEdit, WorkspaceId, WorkspaceMember, WorkspaceMembership,
};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{
    email,
    folding::{folded, same_name},
    organization::{
        Answers, Needs, Refusal, StoredConnection, StoredMember, Turn, WorkspaceRole, affected, record, records,
        to_record,
    },
};

/// A workspace as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredWorkspace {
    v: u8,
    pub(super) id: WorkspaceId,
    pub(super) name: Name,
    created_at: Timestamp,
    #[serde(default)]
    pub(super) archived_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct MembershipRow {
    record: String,
    issue_tracking: i64,
}

#[derive(Deserialize)]
struct Count {
    n: u32,
}

impl Turn<'_> {
    pub(super) fn workspace(&self, id: &WorkspaceId) -> Result<StoredWorkspace, Refusal> {
        let found = record(self.sql, "SELECT record FROM workspaces WHERE id = ?", vec![id.as_str().into()])?;
        found.ok_or(Refusal::NotFound)
    }

    /// Lists the workspaces that are not archived, by name.
    pub(super) fn living_workspaces(&self) -> Result<Vec<StoredWorkspace>, Refusal> {
        Ok(records(self.sql, "SELECT record FROM workspaces WHERE archived = 0 ORDER BY name_key", vec![])?)
    }

    fn store_workspace(&self, workspace: &StoredWorkspace) -> Result<(), Refusal> {
        let archived = i64::from(workspace.archived_at.is_some());
        let name_key = same_name(workspace.name.as_str());
        let values = vec![
            workspace.id.as_str().into(),
            workspace.name.as_str().into(),
            name_key.into(),
            archived.into(),
            to_record(workspace)?,
        ];
        let upsert = "INSERT OR REPLACE INTO workspaces (id, name, name_key, archived, record) VALUES (?, ?, ?, ?, ?)";
        Ok(self.sql.run(upsert, values)?)
    }

    /// Refuses a name that another workspace has. The names of archived workspaces are free.
    fn check_workspace_name(&self, name: &Name, except: Option<&WorkspaceId>) -> Result<(), Refusal> {
        let by_name = "SELECT record FROM workspaces WHERE name_key = ? AND archived = 0";
        let found: Option<StoredWorkspace> = record(self.sql, by_name, vec![same_name(name.as_str()).into()])?;
        match found {
            Some(other) if Some(&other.id) != except => Err(Refusal::NameTaken),
            _ => Ok(()),
        }
    }

    fn record_workspace_event(&self, workspace: &StoredWorkspace, change: WorkspaceChange) -> Result<(), Refusal> {
        let workspace = workspace.name.to_string();
        self.record_event(None, self.who.actor(), TimelineEvent::WorkspaceChanged { workspace, change })
    }

    /// The workspace as the caller sees it. Only administrators see the e-mail addresses of its members.
    fn workspace_view(&self, workspace: StoredWorkspace) -> Result<Workspace, Refusal> {
        let role = self.role_in(&workspace)?;
        let id = || vec![workspace.id.as_str().into()];
        let granted = "SELECT record FROM connections WHERE deleted = 0 AND \
             id IN (SELECT connection FROM access WHERE workspace = ?) ORDER BY name_key";
        let connections: Vec<StoredConnection> = records(self.sql, granted, id())?;
        let projects: Vec<Count> = self.sql.rows("SELECT count(*) AS n FROM projects WHERE workspace = ?", id())?;
        Ok(Workspace {
            members: self.people(&workspace.id)?,
            connections: connections.iter().map(affected).collect::<Vec<Affected>>(),
            projects: projects.first().map_or(0, |row| row.n),
            may_track_issues: role == WorkspaceRole::TracksIssues,
            id: workspace.id,
            name: workspace.name,
            created_at: workspace.created_at,
            archived_at: workspace.archived_at,
        })
    }

    fn people(&self, workspace: &WorkspaceId) -> Result<Vec<WorkspaceMember>, Refusal> {
        let belonging = "SELECT record, issue_tracking FROM memberships JOIN members ON id = member \
             WHERE workspace = ? ORDER BY email";
        let rows: Vec<MembershipRow> = self.sql.rows(belonging, vec![workspace.as_str().into()])?;
        let mut people = Vec::new();
        for row in rows {
            let member: StoredMember = serde_json::from_str(&row.record)?;
            let role = self.role_of(&member)?.unwrap_or(Role::Member);
            let mut member = member.view(role);
            if !self.who.is_administrator() {
                if member.name.is_empty() {
                    // A member who never signed in has only an e-mail address, so there is nothing to show.
                    continue;
                }
                member.email = String::new();
            }
            people.push(WorkspaceMember { member, issue_tracking: row.issue_tracking > 0 });
        }
        Ok(people)
    }
}

/// Lists the workspaces that the caller sees, by name, archived ones last.
impl Answers for ListWorkspaces {
    type Outcome = List<Workspace>;

    fn needs((): &(), _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer((): (), _: Nothing, turn: &Turn<'_>) -> Result<List<Workspace>, Refusal> {
        let all = "SELECT record FROM workspaces ORDER BY archived, name_key, id";
        let mut found: Vec<StoredWorkspace> = records(turn.sql, all, vec![])?;
        found.sort_by_cached_key(|one| (one.archived_at.is_some(), folded(one.name.as_str())));
        let mut items = Vec::new();
        for workspace in found {
            match turn.workspace_view(workspace) {
                Err(Refusal::NotFound) => {}
                shown => items.push(shown?),
            }
        }
        Ok(List { items, next_cursor: None })
    }
}

/// Shows a workspace.
impl Answers for GetWorkspace {
    type Outcome = Workspace;

    fn needs(id: &WorkspaceId, _: &Nothing) -> Needs {
        Needs::Workspace(id.clone(), WorkspaceRole::Member)
    }

    fn answer(id: WorkspaceId, _: Nothing, turn: &Turn<'_>) -> Result<Workspace, Refusal> {
        turn.workspace_view(turn.workspace(&id)?)
    }
}

/// Creates a workspace.
impl Answers for CreateWorkspace {
    type Outcome = Workspace;

    fn needs((): &(), _: &NewWorkspace) -> Needs {
        Needs::Administrator
    }

    fn answer((): (), new: NewWorkspace, turn: &Turn<'_>) -> Result<Workspace, Refusal> {
        turn.check_workspace_name(&new.name, None)?;
        let id = turn.new_id();
        let created_at = turn.now;
        let workspace = StoredWorkspace { v: 1, id, name: new.name, created_at, archived_at: None };
        turn.store_workspace(&workspace)?;
        turn.record_workspace_event(&workspace, WorkspaceChange::Created)?;
        turn.take_in(&new.connections, &workspace)?;
        turn.workspace_view(workspace)
    }
}

/// Renames, archives or restores a workspace.
impl Answers for EditWorkspace {
    type Outcome = Workspace;

    fn needs(_: &WorkspaceId, _: &WorkspaceEdit) -> Needs {
        Needs::Administrator
    }

    fn answer(id: WorkspaceId, edit: WorkspaceEdit, turn: &Turn<'_>) -> Result<Workspace, Refusal> {
        let mut workspace = turn.workspace(&id)?;
        let was = workspace.clone();
        if let Some(name) = edit.name {
            workspace.name = name;
        }
        if let Some(archived) = edit.archived {
            workspace.archived_at = archived.then(|| was.archived_at.unwrap_or(turn.now));
        }
        if workspace.archived_at.is_none() {
            turn.check_workspace_name(&workspace.name, Some(&id))?;
        }
        turn.store_workspace(&workspace)?;
        if workspace.name != was.name {
            turn.record_workspace_event(&workspace, WorkspaceChange::Renamed)?;
        }
        match (was.archived_at, workspace.archived_at) {
            (None, Some(_)) => {
                turn.record_workspace_event(&workspace, WorkspaceChange::Archived)?;
                turn.revoke_all_access(&workspace)?;
                turn.end_rights_of_former_members(&id)?;
            }
            (Some(_), None) => turn.record_workspace_event(&workspace, WorkspaceChange::Restored)?,
            _ => {}
        }
        turn.workspace_view(workspace)
    }
}

/// Adds a member to a workspace, or changes the member's role there.
impl Answers for AddWorkspaceMember {
    type Outcome = Workspace;

    fn needs(_: &WorkspaceId, _: &WorkspaceMembership) -> Needs {
        Needs::Administrator
    }

    fn answer(id: WorkspaceId, membership: WorkspaceMembership, turn: &Turn<'_>) -> Result<Workspace, Refusal> {
        let workspace = turn.workspace(&id)?;
        turn.add_to_workspace(&workspace, &membership.email, membership.issue_tracking)?;
        turn.workspace_view(workspace)
    }
}

impl Turn<'_> {
    /// Adds somebody to a workspace, or changes their role there.
    pub(super) fn add_to_workspace(
        &self,
        workspace: &StoredWorkspace,
        email: &str,
        issue_tracking: bool,
    ) -> Result<StoredMember, Refusal> {
        let member = self.member_for(&address(email)?)?;
        if self.role_of(&member)?.is_none() {
            // A returning member must not get back rights from an earlier membership.
            self.end_rights(&member)?;
        }
        let pair = || vec![workspace.id.as_str().into(), member.id.as_str().into()];
        let before = "SELECT '' AS record, issue_tracking FROM memberships WHERE workspace = ? AND member = ?";
        let before: Vec<MembershipRow> = self.sql.rows(before, pair())?;
        let tracks = i64::from(issue_tracking);
        let change = match before.first() {
            None => Some(MembershipChange::Added),
            Some(before) if before.issue_tracking != tracks => Some(MembershipChange::Changed),
            Some(_) => None,
        };
        if let Some(change) = change {
            let mut values = pair();
            values.push(tracks.into());
            let upsert = "INSERT OR REPLACE INTO memberships (workspace, member, issue_tracking) VALUES (?, ?, ?)";
            self.sql.run(upsert, values)?;
            self.record_membership_event(workspace, &member, change)?;
        }
        Ok(member)
    }
}

/// The form in which members are stored.
fn address(text: &str) -> Result<String, Refusal> {
    let why = "This is not an e-mail address that can be used here: it needs a name, an @ and a domain, such as \
         ada@example.com, and only letters without accents.";
    let refused = || Refusal::Invalid(why.to_owned());
    email::canonical(text).ok_or_else(refused)
}

/// Removes a member from a workspace, and as admin of what only this workspace shared with the member. A member without
/// any role left is signed out.
impl Answers for RemoveWorkspaceMember {
    type Outcome = Nothing;

    fn needs(_: &MemberOfWorkspace, _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer(of: MemberOfWorkspace, _: Nothing, turn: &Turn<'_>) -> Result<Nothing, Refusal> {
        let workspace = turn.workspace(&of.id)?;
        let member = turn.member(&of.member)?;
        let pair = || vec![of.id.as_str().into(), of.member.as_str().into()];
        let there = "SELECT member FROM memberships WHERE workspace = ? AND member = ?";
        if turn.sql.rows::<IgnoredAny>(there, pair())?.is_empty() {
            return Err(Refusal::NotFound);
        }
        turn.sql.run("DELETE FROM memberships WHERE workspace = ? AND member = ?", pair())?;
        turn.record_membership_event(&workspace, &member, MembershipChange::Removed)?;
        match turn.role_of(&member)? {
            None => {
                turn.end_sessions(&of.member)?;
                turn.end_rights(&member)?;
            }
            Some(Role::Administrator) => {}
            Some(Role::Member | Role::Unknown(_)) => turn.end_rights_in(&of.id, &member)?,
        }
        Ok(Nothing {})
    }
}

impl Turn<'_> {
    pub(super) fn record_membership_event(
        &self,
        workspace: &StoredWorkspace,
        member: &StoredMember,
        change: MembershipChange,
    ) -> Result<(), Refusal> {
        let (workspace, member) = (workspace.name.to_string(), member.email.clone());
        let event = TimelineEvent::MembershipChanged { member, workspace, change };
        self.record_event(None, self.who.actor(), event)
    }
}

impl StoredWorkspace {
    pub(super) fn by_name(&self) -> api::WorkspaceName {
        api::WorkspaceName { id: self.id.clone(), name: self.name.clone() }
    }
}
