//! Signing in and out.

use api::{Actor, Member, MemberId, Session, TimelineEvent, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{Command, Identity, MemberRecord, Needs, Organization, Refusal, Sql, record, to_record},
    ports::Random,
    secrets::Digest,
};

/// How long a person may take at the OpenID provider, in milliseconds: ten minutes.
const SIGN_IN_LIFE: i64 = 600_000;
/// How long a session lives, in milliseconds: twelve hours.
const SESSION_LIFE: i64 = 43_200_000;

/// How many sign-ins may be under way: anybody may begin one, and each takes a row for ten minutes.
const MOST_SIGN_INS: i64 = 5_000;

#[derive(Deserialize)]
struct Count {
    n: i64,
}

#[derive(Serialize, Deserialize)]
struct SignInRecord {
    v: u8,
    cookie: Digest,
    return_to: String,
    expires_at: Timestamp,
}

/// A session as stored, under the digest of its cookie.
#[derive(Serialize, Deserialize)]
pub(crate) struct SessionRecord {
    pub(crate) v: u8,
    pub(crate) member: MemberId,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// Remembers that a browser goes to the OpenID provider.
#[derive(Serialize, Deserialize)]
pub struct BeginSignIn {
    /// Of the state that goes along.
    pub state: Digest,
    /// Of the cookie that stays.
    pub cookie: Digest,
    /// Where the person wants to be afterwards: a path of ours.
    pub return_to: String,
}

impl Command for BeginSignIn {
    const NAME: &'static str = "begin_sign_in";
    const NEEDS: Needs = Needs::Edge;
    type Answer = ();

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, _: &Identity) -> Result<(), Refusal> {
        // Anybody may begin, so what is over goes at once and does not wait for the sweep.
        let over = vec![organization.now.as_millis().into()];
        organization.sql.run("DELETE FROM sign_ins WHERE expires_at <= ?", over)?;
        let under_way: Vec<Count> = organization.sql.rows("SELECT count(*) AS n FROM sign_ins", vec![])?;
        if under_way.first().is_some_and(|count| count.n >= MOST_SIGN_INS) {
            return Err(Refusal::Storage("too many sign-ins are under way".to_owned()));
        }
        let expires_at = organization.now.plus_millis(SIGN_IN_LIFE);
        let record = SignInRecord { v: 1, cookie: self.cookie, return_to: self.return_to, expires_at };
        let values = vec![self.state.as_str().into(), expires_at.as_millis().into(), to_record(&record)?];
        Ok(organization.sql.run("INSERT INTO sign_ins (state, expires_at, record) VALUES (?, ?, ?)", values)?)
    }
}

/// Spends the state of a browser that came back. Answers the path to go on to.
#[derive(Serialize, Deserialize)]
pub struct SpendSignIn {
    /// Of the state that came back.
    pub state: Digest,
    /// Of the cookie.
    pub cookie: Digest,
}

impl Command for SpendSignIn {
    const NAME: &'static str = "spend_sign_in";
    const NEEDS: Needs = Needs::Edge;
    type Answer = String;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, _: &Identity) -> Result<String, Refusal> {
        let key = || vec![self.state.as_str().into()];
        let found: Option<SignInRecord> =
            record(organization.sql, "SELECT record FROM sign_ins WHERE state = ?", key())?;
        organization.sql.run("DELETE FROM sign_ins WHERE state = ?", key())?;
        match found {
            Some(found) if found.cookie == self.cookie && organization.now < found.expires_at => Ok(found.return_to),
            _ => Err(Refusal::Spent),
        }
    }
}

/// Opens a session for a person whom the OpenID provider vouched for, if that person is somebody here.
#[derive(Serialize, Deserialize)]
pub struct OpenSession {
    /// The verified address, lower case.
    pub email: String,
    /// The name, as the provider gave it.
    pub name: String,
    /// Of the new cookie.
    pub session: Digest,
    /// Of the cookie that the browser had: that session ends.
    pub replaces: Option<Digest>,
}

/// Whether a session was opened.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opened {
    /// It was.
    Signed(Member),
    /// The person has no access; these administrators can be asked.
    Stranger {
        /// Their addresses.
        ask: Vec<String>,
    },
}

impl Command for OpenSession {
    const NAME: &'static str = "open_session";
    const NEEDS: Needs = Needs::Edge;
    type Answer = Opened;

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, _: &Identity) -> Result<Opened, Refusal> {
        let sql = organization.sql;
        if let Some(old) = &self.replaces {
            sql.run("DELETE FROM sessions WHERE digest = ?", vec![old.as_str().into()])?;
        }
        let Some((member, role)) = organization.somebody(&self.email)? else {
            return Ok(Opened::Stranger { ask: organization.administrators.to_vec() });
        };
        let member = MemberRecord { name: self.name, ..member };
        organization.keep_member(&member)?;
        let expires_at = organization.now.plus_millis(SESSION_LIFE);
        let session = SessionRecord {
            v: 1,
            member: member.id.clone(),
            created_at: organization.now,
            last_used_at: organization.now,
            expires_at,
        };
        let values = vec![
            self.session.as_str().into(),
            member.id.as_str().into(),
            expires_at.as_millis().into(),
            to_record(&session)?,
        ];
        sql.run("INSERT INTO sessions (digest, member, expires_at, record) VALUES (?, ?, ?, ?)", values)?;
        let actor = Actor::Member { name: member.name.clone(), email: member.email.clone() };
        organization.note(None, actor, TimelineEvent::SignedIn)?;
        Ok(Opened::Signed(member.shown(role)))
    }
}

/// Tells the browser who is signed in.
#[derive(Serialize, Deserialize)]
pub struct ShowSession {
    /// The organization's id, to be shown.
    pub organization: String,
}

impl Command for ShowSession {
    const NAME: &'static str = "show_session";
    const NEEDS: Needs = Needs::Session;
    type Answer = Session;

    fn run<S: Sql, R: Random>(self, _: &Organization<'_, S, R>, who: &Identity) -> Result<Session, Refusal> {
        match who {
            Identity::Member { member, expires_at, .. } => {
                Ok(Session { member: member.clone(), organization: self.organization, expires_at: *expires_at })
            }
            _ => Err(Refusal::Forbidden),
        }
    }
}

/// Ends a session. Ending one that is over succeeds.
#[derive(Serialize, Deserialize)]
pub struct CloseSession {
    /// Of its cookie.
    pub session: Digest,
}

impl Command for CloseSession {
    const NAME: &'static str = "close_session";
    const NEEDS: Needs = Needs::Edge;
    type Answer = ();

    fn run<S: Sql, R: Random>(self, organization: &Organization<'_, S, R>, _: &Identity) -> Result<(), Refusal> {
        Ok(organization.sql.run("DELETE FROM sessions WHERE digest = ?", vec![self.session.as_str().into()])?)
    }
}
