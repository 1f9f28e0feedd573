//! Workspaces: made, renamed, archived, brought back; and who belongs to each.

use api::{
    Affected, List, MemberId, Name, NewWorkspace, Nothing, Role, TimelineEvent, Timestamp, Workspace, WorkspaceEdit,
    WorkspaceId, WorkspaceMember, WorkspaceMembership,
};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{
    organization::{
        Command, ConnectionRecord, Identity, MemberRecord, Needs, Organization, Refusal, Sql, reach, record, records,
        to_record,
    },
    ports::Random,
    secrets::random_id,
};

/// A workspace as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct WorkspaceRecord {
    v: u8,
    pub(super) id: WorkspaceId,
    pub(super) name: Name,
    created_at: Timestamp,
    #[serde(default)]
    pub(super) archived_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Belonging {
    record: String,
    issue_tracking: i64,
}

#[derive(Deserialize)]
struct Count {
    n: u32,
}

/// What somebody is in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Belongs to it.
    Member,
    /// Has the role *issue tracking* there, or is an administrator.
    TracksIssues,
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    pub(super) fn workspace(&self, id: &WorkspaceId) -> Result<WorkspaceRecord, Refusal> {
        let found = record(self.sql, "SELECT record FROM workspaces WHERE id = ?", vec![id.as_str().into()])?;
        found.ok_or(Refusal::NotFound)
    }

    /// Every workspace that is not archived, by name.
    pub(super) fn living_workspaces(&self) -> Result<Vec<WorkspaceRecord>, Refusal> {
        Ok(records(self.sql, "SELECT record FROM workspaces WHERE archived = 0 ORDER BY name_key", vec![])?)
    }

    /// What `who` is in a workspace. Where they are nothing, there is nothing for them.
    pub(super) fn part_in(&self, who: &Identity, workspace: &WorkspaceRecord) -> Result<Part, Refusal> {
        let Some(member) = who.mere_member() else { return Ok(Part::TracksIssues) };
        let belongs = "SELECT '' AS record, issue_tracking FROM memberships WHERE workspace = ? AND member = ?";
        let rows: Vec<Belonging> = self.sql.rows(belongs, vec![workspace.id.as_str().into(), member.into()])?;
        match rows.first() {
            Some(row) if workspace.archived_at.is_none() => {
                Ok(if row.issue_tracking > 0 { Part::TracksIssues } else { Part::Member })
            }
            _ => Err(Refusal::NotFound),
        }
    }

    fn keep_workspace(&self, workspace: &WorkspaceRecord) -> Result<(), Refusal> {
        let archived = i64::from(workspace.archived_at.is_some());
        let name_key = workspace.name.as_str().to_lowercase();
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

    /// Refuses a name that another workspace has. Archived ones have none.
    fn workspace_name_is_free(&self, name: &Name, except: Option<&WorkspaceId>) -> Result<(), Refusal> {
        let by_name = "SELECT record FROM workspaces WHERE name_key = ? AND archived = 0";
        let found: Option<WorkspaceRecord> = record(self.sql, by_name, vec![name.as_str().to_lowercase().into()])?;
        match found {
            Some(other) if Some(&other.id) != except => Err(Refusal::NameTaken),
            _ => Ok(()),
        }
    }

    fn note_workspace(&self, workspace: &WorkspaceRecord, who: &Identity, change: &str) -> Result<(), Refusal> {
        let (workspace, change) = (workspace.name.to_string(), change.to_owned());
        self.note(None, who.actor(), TimelineEvent::WorkspaceChanged { workspace, change })
    }

    /// A workspace as `who` sees it. The addresses of its people are for administrators.
    fn workspace_shown(&self, who: &Identity, workspace: WorkspaceRecord) -> Result<Workspace, Refusal> {
        let part = self.part_in(who, &workspace)?;
        let id = || vec![workspace.id.as_str().into()];
        let granted = "SELECT record FROM connections WHERE deleted = 0 AND \
             id IN (SELECT connection FROM access WHERE workspace = ?) ORDER BY name_key";
        let connections: Vec<ConnectionRecord> = records(self.sql, granted, id())?;
        let projects: Vec<Count> = self.sql.rows("SELECT count(*) AS n FROM projects WHERE workspace = ?", id())?;
        Ok(Workspace {
            members: self.people(who, &workspace.id)?,
            connections: connections.iter().map(reach::affected).collect::<Vec<Affected>>(),
            projects: projects.first().map_or(0, |row| row.n),
            may_track_issues: part == Part::TracksIssues,
            id: workspace.id,
            name: workspace.name,
            created_at: workspace.created_at,
            archived_at: workspace.archived_at,
        })
    }

    fn people(&self, who: &Identity, workspace: &WorkspaceId) -> Result<Vec<WorkspaceMember>, Refusal> {
        let belonging = "SELECT record, issue_tracking FROM memberships JOIN members ON id = member \
             WHERE workspace = ? ORDER BY email";
        let rows: Vec<Belonging> = self.sql.rows(belonging, vec![workspace.as_str().into()])?;
        let mut people = Vec::new();
        for row in rows {
            let member: MemberRecord =
                serde_json::from_str(&row.record).map_err(|error| Refusal::Storage(error.to_string()))?;
            let role = self.role_of(&member)?.unwrap_or(Role::Member);
            let mut member = member.shown(role);
            if !who.is_administrator() {
                if member.name.is_empty() {
                    // Who never signed in is known by nothing but the address.
                    continue;
                }
                member.email = String::new();
            }
            people.push(WorkspaceMember { member, issue_tracking: row.issue_tracking > 0 });
        }
        Ok(people)
    }
}

/// Finds the workspaces that somebody sees, by name, archived ones last.
#[derive(Serialize, Deserialize)]
pub struct FindWorkspaces {}

impl Command for FindWorkspaces {
    const NAME: &'static str = "find_workspaces";
    const NEEDS: Needs = Needs::Session;
    type Answer = List<Workspace>;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<List<Workspace>, Refusal> {
        let all = "SELECT record FROM workspaces ORDER BY archived, name_key, id";
        let mut items = Vec::new();
        for workspace in records(organization.sql, all, vec![])? {
            match organization.workspace_shown(who, workspace) {
                Err(Refusal::NotFound) => {}
                shown => items.push(shown?),
            }
        }
        Ok(List { items, next_cursor: None })
    }
}

/// Shows a workspace.
#[derive(Serialize, Deserialize)]
pub struct ShowWorkspace {
    /// The workspace.
    pub id: WorkspaceId,
}

impl Command for ShowWorkspace {
    const NAME: &'static str = "show_workspace";
    const NEEDS: Needs = Needs::Session;
    type Answer = Workspace;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Workspace, Refusal> {
        organization.workspace_shown(who, organization.workspace(&self.id)?)
    }
}

/// Makes a workspace.
#[derive(Serialize, Deserialize)]
pub struct MakeWorkspace {
    /// What was sent.
    pub new: NewWorkspace,
}

impl Command for MakeWorkspace {
    const NAME: &'static str = "make_workspace";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Workspace;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Workspace, Refusal> {
        organization.workspace_name_is_free(&self.new.name, None)?;
        let id = WorkspaceId::parse(format!("wsp_{}", random_id(organization.random)))
            .map_err(|error| Refusal::Storage(error.to_string()))?;
        let created_at = organization.now;
        let workspace = WorkspaceRecord { v: 1, id, name: self.new.name, created_at, archived_at: None };
        organization.keep_workspace(&workspace)?;
        organization.note_workspace(&workspace, who, "created")?;
        organization.workspace_shown(who, workspace)
    }
}

/// Renames, archives or brings back a workspace.
#[derive(Serialize, Deserialize)]
pub struct SaveWorkspace {
    /// The workspace.
    pub id: WorkspaceId,
    /// What was sent.
    pub edit: WorkspaceEdit,
}

impl Command for SaveWorkspace {
    const NAME: &'static str = "save_workspace";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Workspace;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Workspace, Refusal> {
        let mut workspace = organization.workspace(&self.id)?;
        let was = workspace.clone();
        if let Some(name) = self.edit.name {
            workspace.name = name;
        }
        if let Some(archived) = self.edit.archived {
            workspace.archived_at = archived.then(|| was.archived_at.unwrap_or(organization.now));
        }
        if workspace.archived_at.is_none() {
            organization.workspace_name_is_free(&workspace.name, Some(&self.id))?;
        }
        organization.keep_workspace(&workspace)?;
        if workspace.name != was.name {
            organization.note_workspace(&workspace, who, "renamed")?;
        }
        match (was.archived_at, workspace.archived_at) {
            (None, Some(_)) => {
                organization.note_workspace(&workspace, who, "archived")?;
                organization.take_all_access(&workspace, who)?;
            }
            (Some(_), None) => organization.note_workspace(&workspace, who, "restored")?,
            _ => {}
        }
        organization.workspace_shown(who, workspace)
    }
}

/// Lets somebody into a workspace, or changes their role there.
#[derive(Serialize, Deserialize)]
pub struct AddMembership {
    /// The workspace.
    pub id: WorkspaceId,
    /// What was sent.
    pub membership: WorkspaceMembership,
}

impl Command for AddMembership {
    const NAME: &'static str = "add_membership";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Workspace;

    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Workspace, Refusal> {
        let workspace = organization.workspace(&self.id)?;
        let member = organization.member_for(&address(&self.membership.email)?)?;
        let pair = || vec![self.id.as_str().into(), member.id.as_str().into()];
        let before = "SELECT '' AS record, issue_tracking FROM memberships WHERE workspace = ? AND member = ?";
        let before: Vec<Belonging> = organization.sql.rows(before, pair())?;
        let tracks = i64::from(self.membership.issue_tracking);
        let change = match before.first() {
            None => Some("added"),
            Some(before) if before.issue_tracking != tracks => Some("changed"),
            Some(_) => None,
        };
        if let Some(change) = change {
            let mut values = pair();
            values.push(tracks.into());
            let upsert = "INSERT OR REPLACE INTO memberships (workspace, member, issue_tracking) VALUES (?, ?, ?)";
            organization.sql.run(upsert, values)?;
            organization.note_membership(&workspace, &member, who, change)?;
        }
        organization.workspace_shown(who, workspace)
    }
}

/// An address in lower case, as sign-ins are known by, if it can be one.
fn address(text: &str) -> Result<String, Refusal> {
    let text = text.trim().to_lowercase();
    let parted = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if parted && text.len() <= 254 && !text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Ok(text)
    } else {
        Err(Refusal::Invalid("email is an e-mail address.".to_owned()))
    }
}

/// Takes somebody out of a workspace. Who belongs nowhere any more is signed out.
#[derive(Serialize, Deserialize)]
pub struct DropMembership {
    /// The workspace.
    pub id: WorkspaceId,
    /// The member.
    pub member: MemberId,
}

impl Command for DropMembership {
    const NAME: &'static str = "drop_membership";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Nothing;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, who: &Identity) -> Result<Nothing, Refusal> {
        let workspace = organization.workspace(&self.id)?;
        let member = organization.member(&self.member)?;
        let pair = || vec![self.id.as_str().into(), self.member.as_str().into()];
        let there = "SELECT member FROM memberships WHERE workspace = ? AND member = ?";
        if organization.sql.rows::<IgnoredAny>(there, pair())?.is_empty() {
            return Err(Refusal::NotFound);
        }
        organization.sql.run("DELETE FROM memberships WHERE workspace = ? AND member = ?", pair())?;
        organization.note_membership(&workspace, &member, who, "removed")?;
        if organization.role_of(&member)?.is_none() {
            organization.end_sessions(&self.member)?;
        }
        Ok(Nothing {})
    }
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    fn note_membership(
        &self,
        workspace: &WorkspaceRecord,
        member: &MemberRecord,
        who: &Identity,
        change: &str,
    ) -> Result<(), Refusal> {
        let (workspace, member) = (workspace.name.to_string(), member.email.clone());
        let event = TimelineEvent::MembershipChanged { member, workspace, change: change.to_owned() };
        self.note(None, who.actor(), event)
    }
}

impl WorkspaceRecord {
    pub(super) fn by_name(&self) -> api::WorkspaceName {
        api::WorkspaceName { id: self.id.clone(), name: self.name.clone() }
    }
}
