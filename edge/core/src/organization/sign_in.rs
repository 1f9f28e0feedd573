//! Signs members in and out.

use api::{Actor, GetSession, Member, MemberId, Nothing, Session, TimelineEvent, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    excerpt::{LONGEST_NAME, excerpt},
    organization::{Answers, Identity, Needs, Refusal, Step, StoredMember, Turn, record, to_record},
    secrets::Digest,
};

/// How long a person may take at the OpenID provider, in milliseconds: ten minutes.
const SIGN_IN_LIFE: i64 = 600_000;
/// How long a session lives, in milliseconds: twelve hours.
const SESSION_LIFE: i64 = 43_200_000;

/// The most pending sign-ins: anyone may begin one, and each occupies a row for ten minutes.
const MOST_SIGN_INS: i64 = 5_000;

#[derive(Deserialize)]
struct Count {
    n: i64,
}

/// A sign-in as stored while the browser is at the OpenID provider, under the digest of its state.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredSignIn {
    v: u8,
    cookie: Digest,
    return_to: String,
    expires_at: Timestamp,
}

/// A session as stored, under the digest of its cookie.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredSession {
    pub(crate) v: u8,
    pub(crate) member: MemberId,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// Begins a sign-in: stores it while the browser is at the OpenID provider.
#[derive(Serialize, Deserialize)]
pub struct BeginSignIn {
    /// The digest of the state.
    pub state: Digest,
    /// The digest of the browser's cookie.
    pub cookie: Digest,
    /// The path to return to after the sign-in.
    pub return_to: String,
}

impl Step for BeginSignIn {
    type Answer = ();

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        // Anyone may begin a sign-in, so expired ones are deleted here and not only in the hourly sweep.
        let over = vec![turn.now.as_millis().into()];
        turn.sql.run("DELETE FROM sign_ins WHERE expires_at <= ?", over)?;
        let under_way: Vec<Count> = turn.sql.rows("SELECT count(*) AS n FROM sign_ins", vec![])?;
        if under_way.first().is_some_and(|count| count.n >= MOST_SIGN_INS) {
            return Err(Refusal::TooManySignIns);
        }
        let expires_at = turn.now.plus_millis(SIGN_IN_LIFE);
        let record = StoredSignIn { v: 1, cookie: self.cookie, return_to: self.return_to, expires_at };
        let values = vec![self.state.as_str().into(), expires_at.as_millis().into(), to_record(&record)?];
        Ok(turn.sql.run("INSERT INTO sign_ins (state, expires_at, record) VALUES (?, ?, ?)", values)?)
    }
}

/// Redeems the state of a browser that has returned from the OpenID provider.
#[derive(Serialize, Deserialize)]
pub struct RedeemSignIn {
    /// The digest of the state in the callback.
    pub state: Digest,
    /// The digest of the browser's cookie.
    pub cookie: Digest,
}

impl Step for RedeemSignIn {
    /// The path to return to; `None` for a state that is unknown, redeemed already, expired, or from another browser.
    /// This is not a refusal, because a refusal rolls back and would make the state valid again.
    type Answer = Option<String>;

    fn run(self, turn: &Turn<'_>) -> Result<Option<String>, Refusal> {
        let key = || vec![self.state.as_str().into()];
        let found: Option<StoredSignIn> = record(turn.sql, "SELECT record FROM sign_ins WHERE state = ?", key())?;
        turn.sql.run("DELETE FROM sign_ins WHERE state = ?", key())?;
        let is_valid = |found: &StoredSignIn| found.cookie == self.cookie && turn.now < found.expires_at;
        Ok(found.filter(is_valid).map(|found| found.return_to))
    }
}

/// Opens a session for a person whom the OpenID provider authenticated, if that person is a member.
#[derive(Serialize, Deserialize)]
pub struct OpenSession {
    /// The verified address, lower case.
    pub email: String,
    /// The name from the OpenID provider.
    pub name: String,
    /// The digest of the new cookie.
    pub session: Digest,
    /// The digest of the browser's previous cookie, whose session ends.
    pub replaces: Option<Digest>,
}

/// The result of opening a session.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opened {
    /// A session was opened.
    Signed(Member),
    /// The person has no access. These administrators can grant it.
    Stranger {
        /// The e-mail addresses of the administrators.
        ask: Vec<String>,
    },
}

impl Step for OpenSession {
    type Answer = Opened;

    fn run(self, turn: &Turn<'_>) -> Result<Opened, Refusal> {
        let sql = turn.sql;
        if let Some(old) = &self.replaces {
            sql.run("DELETE FROM sessions WHERE digest = ?", vec![old.as_str().into()])?;
        }
        let Some((member, role)) = turn.known_person(&self.email)? else {
            return Ok(Opened::Stranger { ask: turn.administrators.to_vec() });
        };
        let member = StoredMember { name: excerpt(&self.name, LONGEST_NAME), ..member };
        turn.store_member(&member)?;
        turn.end_oldest_sessions(&member.id)?;
        let expires_at = turn.now.plus_millis(SESSION_LIFE);
        let session =
            StoredSession { v: 1, member: member.id.clone(), created_at: turn.now, last_used_at: turn.now, expires_at };
        let values = vec![
            self.session.as_str().into(),
            member.id.as_str().into(),
            expires_at.as_millis().into(),
            to_record(&session)?,
        ];
        sql.run("INSERT INTO sessions (digest, member, expires_at, record) VALUES (?, ?, ?, ?)", values)?;
        let actor = Actor::Member { name: member.name.clone(), email: member.email.clone() };
        turn.record_event(None, actor, TimelineEvent::SignedIn)?;
        Ok(Opened::Signed(member.view(role)))
    }
}

/// Shows the member who is signed in.
impl Answers for GetSession {
    type Outcome = Session;

    fn needs((): &(), _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer((): (), _: Nothing, turn: &Turn<'_>) -> Result<Session, Refusal> {
        match &turn.who {
            Identity::Member { member, expires_at, .. } => Ok(Session {
                member: member.clone(),
                organization: turn.organization.to_string(),
                expires_at: *expires_at,
            }),
            Identity::Edge | Identity::Key(_) => Err(Refusal::Forbidden),
        }
    }
}

/// Ends a session. Succeeds also if the session has ended already.
#[derive(Serialize, Deserialize)]
pub struct CloseSession {
    /// The digest of its cookie.
    pub session: Digest,
}

impl Step for CloseSession {
    type Answer = ();

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        Ok(turn.sql.run("DELETE FROM sessions WHERE digest = ?", vec![self.session.as_str().into()])?)
    }
}
