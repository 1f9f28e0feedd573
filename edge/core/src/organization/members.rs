//! Members: the administrators that the operator names, and the members of workspaces.

use api::{
    AddMember, List, ListMembers, Member, MemberDetails, MemberId, MembershipChange, MembershipDetails, Name,
    NewMember, Nothing, ReleaseAccount, RemoveMember, Role, SignOutMember, TimelineEvent, WorkspaceId, WorkspaceName,
};
use serde::Deserialize;

use crate::organization::{
    Answers, Needs, Refusal, StoredConnection, StoredMember, Turn, limits::SESSIONS, record, records, to_record,
    workspaces::StoredWorkspace,
};

#[derive(Deserialize)]
struct Count {
    n: i64,
}

impl Turn<'_> {
    /// Finds the member with this e-mail address, lower case.
    pub(super) fn member_at(&self, email: &str) -> Result<Option<StoredMember>, Refusal> {
        Ok(record(self.sql, "SELECT record FROM members WHERE email = ?", vec![email.into()])?)
    }

    pub(super) fn member(&self, id: &MemberId) -> Result<StoredMember, Refusal> {
        let found = record(self.sql, "SELECT record FROM members WHERE id = ?", vec![id.as_str().into()])?;
        found.ok_or(Refusal::NotFound)
    }

    /// Finds or creates the member with this e-mail address.
    pub(super) fn member_for(&self, email: &str) -> Result<StoredMember, Refusal> {
        if let Some(known) = self.member_at(email)? {
            return Ok(known);
        }
        let id = self.new_id();
        let member = StoredMember {
            v: 1,
            id,
            email: email.to_owned(),
            name: String::new(),
            account: None,
            last_signed_in_at: None,
        };
        self.store_member(&member)?;
        Ok(member)
    }

    pub(super) fn store_member(&self, member: &StoredMember) -> Result<(), Refusal> {
        let values = vec![member.id.as_str().into(), member.email.as_str().into(), to_record(member)?];
        Ok(self.sql.run("INSERT OR REPLACE INTO members (id, email, record) VALUES (?, ?, ?)", values)?)
    }

    /// The current role of a member; `None` for a person without access.
    pub(crate) fn role_of(&self, member: &StoredMember) -> Result<Option<Role>, Refusal> {
        if self.administrators.contains(&member.email) {
            return Ok(Some(Role::Administrator));
        }
        let belongs = "SELECT count(*) AS n FROM memberships JOIN workspaces ON id = workspace \
             WHERE member = ? AND archived = 0";
        let rows: Vec<Count> = self.sql.rows(belongs, vec![member.id.as_str().into()])?;
        Ok(rows.first().filter(|row| row.n > 0).map(|_| Role::Member))
    }

    /// Finds the member with this e-mail address, and the role. `None` for a person without access, about whom nothing
    /// is stored.
    pub(super) fn known_person(&self, email: &str) -> Result<Option<(StoredMember, Role)>, Refusal> {
        let member = match self.member_at(email)? {
            Some(member) => member,
            None if self.administrators.iter().any(|administrator| administrator == email) => self.member_for(email)?,
            None => return Ok(None),
        };
        Ok(self.role_of(&member)?.map(|role| (member, role)))
    }

    /// Ends the oldest sessions of a member, so that another one fits.
    pub(super) fn end_oldest_sessions(&self, id: &MemberId) -> Result<(), Refusal> {
        let oldest = "DELETE FROM sessions WHERE member = ? AND digest NOT IN \
             (SELECT digest FROM sessions WHERE member = ? ORDER BY expires_at DESC LIMIT ?)";
        let values = vec![id.as_str().into(), id.as_str().into(), i64::from(SESSIONS - 1).into()];
        Ok(self.sql.run(oldest, values)?)
    }

    /// Ends every session of a member.
    pub(super) fn end_sessions(&self, id: &MemberId) -> Result<(), Refusal> {
        Ok(self.sql.run("DELETE FROM sessions WHERE member = ?", vec![id.as_str().into()])?)
    }
}

impl Turn<'_> {
    /// Makes exactly these members the admins of a connection. Returns the event to record, if that is a change.
    pub(super) fn set_admins(
        &self,
        connection: &mut StoredConnection,
        admins: Vec<MemberId>,
    ) -> Result<Option<TimelineEvent>, Refusal> {
        let before = std::mem::take(&mut connection.details.admins);
        let id = connection.details.id.as_str();
        self.sql.run("DELETE FROM connection_admins WHERE connection = ?", vec![id.into()])?;
        for admin in &admins {
            self.member(admin).map_err(|refusal| match refusal {
                Refusal::NotFound => Refusal::Invalid("One of the chosen admins is no member any more.".to_owned()),
                other => other,
            })?;
            let insert = "INSERT OR IGNORE INTO connection_admins (connection, member) VALUES (?, ?)";
            self.sql.run(insert, vec![id.into(), admin.as_str().into()])?;
        }
        let names = |some: &[MemberId], but: &[MemberId]| {
            let news = some.iter().filter(|one| !but.contains(one));
            news.map(|one| self.member(one).map(StoredMember::display_name)).collect::<Result<Vec<_>, _>>()
        };
        let (added, removed) = (names(&admins, &before)?, names(&before, &admins)?);
        connection.details.admins = admins;
        let changed = !added.is_empty() || !removed.is_empty();
        Ok(changed.then_some(TimelineEvent::AdminsChanged { added, removed }))
    }
}

impl Turn<'_> {
    /// Removes a former member of a workspace as admin of the connections that only this workspace shared with the
    /// member.
    pub(super) fn end_rights_in(&self, workspace: &WorkspaceId, member: &StoredMember) -> Result<(), Refusal> {
        let managed = "SELECT record FROM connections WHERE id IN \
             (SELECT connection FROM connection_admins WHERE member = ?) AND id IN \
             (SELECT connection FROM access WHERE workspace = ?) AND id NOT IN \
             (SELECT a.connection FROM access AS a JOIN memberships AS m USING (workspace) WHERE m.member = ?)";
        let values = vec![member.id.as_str().into(), workspace.as_str().into(), member.id.as_str().into()];
        self.remove_admin(member, records(self.sql, managed, values)?)
    }

    /// Removes a member as admin of every connection, and destroys what lets Causeway read Jira as them. These rights end with the last membership: otherwise they would
    /// return with a later membership that was granted for another reason.
    pub(super) fn end_rights(&self, member: &StoredMember) -> Result<(), Refusal> {
        let managed = "SELECT record FROM connections WHERE id IN \
             (SELECT connection FROM connection_admins WHERE member = ?)";
        self.remove_admin(member, records(self.sql, managed, vec![member.id.as_str().into()])?)?;
        let rest = "DELETE FROM connection_admins WHERE member = ?";
        self.sql.run(rest, vec![member.id.as_str().into()])?;
        self.end_viewer(&member.id)
    }

    fn remove_admin(&self, member: &StoredMember, connections: Vec<StoredConnection>) -> Result<(), Refusal> {
        for mut connection in connections {
            let rest = connection.details.admins.iter().filter(|admin| **admin != member.id).cloned().collect();
            let event = self.set_admins(&mut connection, rest)?;
            connection.details.version += 1;
            self.store_connection(&connection)?;
            event.into_iter().try_for_each(|event| self.record_event(Some(&connection), self.who.actor(), event))?;
        }
        Ok(())
    }

    /// Removes the rights of the members of an archived workspace who have no role any more.
    pub(super) fn end_rights_of_former_members(&self, workspace: &WorkspaceId) -> Result<(), Refusal> {
        let members = "SELECT record FROM members WHERE id IN (SELECT member FROM memberships WHERE workspace = ?)";
        for member in records::<StoredMember>(self.sql, members, vec![workspace.as_str().into()])? {
            if self.role_of(&member)?.is_none() {
                self.end_rights(&member)?;
            }
        }
        Ok(())
    }
}

impl StoredMember {
    /// The name of the member, or the e-mail address before the first sign-in.
    pub(super) fn display_name(self) -> String {
        if self.name.is_empty() { self.email } else { self.name }
    }

    pub(super) fn view(self, role: Role) -> Member {
        Member { id: self.id, email: self.email, name: self.name, role }
    }
}

/// Lists everyone who may sign in, ordered by e-mail address.
impl Answers for ListMembers {
    type Outcome = List<MemberDetails>;

    fn needs((): &(), _: &Nothing) -> Needs {
        Needs::Administrator
    }

    /// An administrator who never signed in gets an id now, because the list needs one.
    fn answer((): (), _: Nothing, turn: &Turn<'_>) -> Result<List<MemberDetails>, Refusal> {
        for email in turn.administrators {
            turn.member_for(email)?;
        }
        let mut items = Vec::new();
        for member in records::<StoredMember>(turn.sql, "SELECT record FROM members ORDER BY email", vec![])? {
            items.extend(turn.member_details(member)?);
        }
        Ok(List { items, next_cursor: None })
    }
}

#[derive(Deserialize)]
struct MembershipRow {
    id: WorkspaceId,
    name: Name,
    issue_tracking: i64,
}

impl Turn<'_> {
    /// A member, with the workspaces that the member belongs to; `None` for a person without access.
    fn member_details(&self, member: StoredMember) -> Result<Option<MemberDetails>, Refusal> {
        let Some(role) = self.role_of(&member)? else { return Ok(None) };
        let belongs = "SELECT id, name, issue_tracking FROM memberships JOIN workspaces ON id = workspace \
             WHERE member = ? AND archived = 0 ORDER BY name_key";
        let rows: Vec<MembershipRow> = self.sql.rows(belongs, vec![member.id.as_str().into()])?;
        let workspace = |row: MembershipRow| MembershipDetails {
            workspace: WorkspaceName { id: row.id, name: row.name },
            issue_tracking: row.issue_tracking > 0,
        };
        Ok(Some(MemberDetails {
            id: member.id,
            email: member.email,
            name: member.name,
            role,
            workspaces: rows.into_iter().map(workspace).collect(),
            last_signed_in_at: member.last_signed_in_at,
        }))
    }
}

/// Adds a member to a workspace, and so to the organization.
impl Answers for AddMember {
    type Outcome = MemberDetails;

    fn needs((): &(), _: &NewMember) -> Needs {
        Needs::Administrator
    }

    fn answer((): (), new: NewMember, turn: &Turn<'_>) -> Result<MemberDetails, Refusal> {
        let unknown = || Refusal::Invalid("This workspace does not exist, or it is archived.".to_owned());
        let workspace = turn.living_workspaces()?.into_iter().find(|one| one.id == new.workspace);
        let member = turn.add_to_workspace(&workspace.ok_or_else(unknown)?, &new.email, new.issue_tracking)?;
        turn.member_details(member)?.ok_or(Refusal::NotFound)
    }
}

/// Removes a member from every workspace, archived ones included, as admin of every connection, and signs the member out.
impl Answers for RemoveMember {
    type Outcome = Nothing;

    fn needs(_: &MemberId, _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer(id: MemberId, _: Nothing, turn: &Turn<'_>) -> Result<Nothing, Refusal> {
        let member = turn.member(&id)?;
        match turn.role_of(&member)? {
            None => return Err(Refusal::NotFound),
            Some(Role::Administrator) => return Err(Refusal::AdministratorConfigured),
            Some(Role::Member | Role::Unknown(_)) => {}
        }
        let theirs = "SELECT record FROM workspaces WHERE id IN (SELECT workspace FROM memberships WHERE member = ?)";
        for workspace in records::<StoredWorkspace>(turn.sql, theirs, vec![id.as_str().into()])? {
            turn.record_membership_event(&workspace, &member, MembershipChange::Removed)?;
        }
        turn.sql.run("DELETE FROM memberships WHERE member = ?", vec![id.as_str().into()])?;
        turn.end_sessions(&id)?;
        turn.end_rights(&member)?;
        Ok(Nothing {})
    }
}

/// Signs a member out of all sessions.
impl Answers for SignOutMember {
    type Outcome = Nothing;

    fn needs(_: &MemberId, _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer(id: MemberId, _: Nothing, turn: &Turn<'_>) -> Result<Nothing, Refusal> {
        let member = turn.member(&id)?;
        turn.end_sessions(&id)?;
        turn.record_event(None, turn.who.actor(), TimelineEvent::SignedOut { member: member.email })?;
        Ok(Nothing {})
    }
}

/// Forgets which account at the OpenID provider a member signs in with, ends the member's sessions, and destroys what lets
/// Causeway read Jira as them: whoever has the address may be somebody else from now on.
impl Answers for ReleaseAccount {
    type Outcome = Nothing;

    fn needs(_: &MemberId, _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer(id: MemberId, _: Nothing, turn: &Turn<'_>) -> Result<Nothing, Refusal> {
        let member = turn.member(&id)?;
        if member.account.is_none() {
            return Ok(Nothing {});
        }
        turn.end_sessions(&id)?;
        turn.end_viewer(&id)?;
        turn.store_member(&StoredMember { account: None, ..member.clone() })?;
        turn.record_event(None, turn.who.actor(), TimelineEvent::AccountReleased { member: member.email })?;
        Ok(Nothing {})
    }
}
