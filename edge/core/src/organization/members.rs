//! The people who may sign in: the administrators whom the operator names, and whoever belongs to a workspace.

use api::{List, Member, MemberId, Nothing, Role, TimelineEvent};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{
        Command, ConnectionRecord, Identity, MemberRecord, Needs, Organization, Refusal, Sql, record, records,
        to_record,
    },
    ports::Random,
    secrets::random_id,
};

#[derive(Deserialize)]
struct Count {
    n: i64,
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// The member with this address, lower case.
    pub(super) fn member_at(&self, email: &str) -> Result<Option<MemberRecord>, Refusal> {
        Ok(record(self.sql, "SELECT record FROM members WHERE email = ?", vec![email.into()])?)
    }

    pub(super) fn member(&self, id: &MemberId) -> Result<MemberRecord, Refusal> {
        let found = record(self.sql, "SELECT record FROM members WHERE id = ?", vec![id.as_str().into()])?;
        found.ok_or(Refusal::NotFound)
    }

    /// The member with this address; one who never signed in gets an id now.
    pub(super) fn member_for(&self, email: &str) -> Result<MemberRecord, Refusal> {
        if let Some(known) = self.member_at(email)? {
            return Ok(known);
        }
        let id = MemberId::parse(format!("mem_{}", random_id(self.random)))
            .map_err(|error| Refusal::Storage(error.to_string()))?;
        let member = MemberRecord { v: 1, id, email: email.to_owned(), name: String::new() };
        self.keep_member(&member)?;
        Ok(member)
    }

    pub(super) fn keep_member(&self, member: &MemberRecord) -> Result<(), Refusal> {
        let values = vec![member.id.as_str().into(), member.email.as_str().into(), to_record(member)?];
        Ok(self.sql.run("INSERT OR REPLACE INTO members (id, email, record) VALUES (?, ?, ?)", values)?)
    }

    /// The role that somebody has today, if they have one.
    pub(crate) fn role_of(&self, member: &MemberRecord) -> Result<Option<Role>, Refusal> {
        if self.administrators.contains(&member.email) {
            return Ok(Some(Role::Administrator));
        }
        let belongs = "SELECT count(*) AS n FROM memberships JOIN workspaces ON id = workspace \
             WHERE member = ? AND archived = 0";
        let rows: Vec<Count> = self.sql.rows(belongs, vec![member.id.as_str().into()])?;
        Ok(rows.first().filter(|row| row.n > 0).map(|_| Role::Member))
    }

    /// Who has this address, and the role that they have. Nothing is remembered of who is nobody here.
    pub(super) fn somebody(&self, email: &str) -> Result<Option<(MemberRecord, Role)>, Refusal> {
        let member = match self.member_at(email)? {
            Some(member) => member,
            None if self.administrators.iter().any(|administrator| administrator == email) => self.member_for(email)?,
            None => return Ok(None),
        };
        Ok(self.role_of(&member)?.map(|role| (member, role)))
    }

    /// Ends every session of a member.
    pub(super) fn end_sessions(&self, id: &MemberId) -> Result<(), Refusal> {
        Ok(self.sql.run("DELETE FROM sessions WHERE member = ?", vec![id.as_str().into()])?)
    }
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Lets these members, and only these, manage a connection. Answers what is to be written down, if that is a change.
    pub(super) fn hand_to(
        &self,
        connection: &mut ConnectionRecord,
        admins: Vec<MemberId>,
    ) -> Result<Option<TimelineEvent>, Refusal> {
        let before = std::mem::take(&mut connection.shown.admins);
        let id = connection.shown.id.as_str();
        self.sql.run("DELETE FROM connection_admins WHERE connection = ?", vec![id.into()])?;
        for admin in &admins {
            let unknown = |_| Refusal::Invalid("admins names somebody who is no member.".to_owned());
            self.member(admin).map_err(unknown)?;
            let insert = "INSERT OR IGNORE INTO connection_admins (connection, member) VALUES (?, ?)";
            self.sql.run(insert, vec![id.into(), admin.as_str().into()])?;
        }
        let names = |some: &[MemberId], but: &[MemberId]| {
            let news = some.iter().filter(|one| !but.contains(one));
            news.map(|one| self.member(one).map(MemberRecord::called)).collect::<Result<Vec<_>, _>>()
        };
        let (added, removed) = (names(&admins, &before)?, names(&before, &admins)?);
        connection.shown.admins = admins;
        let changed = !added.is_empty() || !removed.is_empty();
        Ok(changed.then_some(TimelineEvent::AdminsChanged { added, removed }))
    }
}

impl MemberRecord {
    /// What people know this member by.
    pub(super) fn called(self) -> String {
        if self.name.is_empty() { self.email } else { self.name }
    }

    pub(super) fn shown(self, role: Role) -> Member {
        Member { id: self.id, email: self.email, name: self.name, role }
    }
}

/// Finds everybody who may sign in, by address.
#[derive(Serialize, Deserialize)]
pub struct FindMembers {}

impl Command for FindMembers {
    const NAME: &'static str = "find_members";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = List<Member>;

    /// An administrator who never signed in gets the id that they will have: the operator named them, not a request.
    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        _: &Identity,
    ) -> Result<List<Member>, Refusal> {
        for email in organization.administrators {
            organization.member_for(email)?;
        }
        let mut items = Vec::new();
        for member in records::<MemberRecord>(organization.sql, "SELECT record FROM members ORDER BY email", vec![])? {
            items.extend(organization.role_of(&member)?.map(|role| member.shown(role)));
        }
        Ok(List { items, next_cursor: None })
    }
}

/// Ends all sessions of a member.
#[derive(Serialize, Deserialize)]
pub struct SignMemberOut {
    /// The member.
    pub id: MemberId,
}

impl Command for SignMemberOut {
    const NAME: &'static str = "sign_member_out";
    const NEEDS: Needs = Needs::Administrator;
    type Answer = Nothing;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, _: &Identity) -> Result<Nothing, Refusal> {
        organization.member(&self.id)?;
        organization.end_sessions(&self.id)?;
        Ok(Nothing {})
    }
}
