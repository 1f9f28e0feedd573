//! Signs members in and out.

use api::{Actor, GetSession, Member, MemberId, Nothing, Session, TimelineEvent, Timestamp};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{
    excerpt,
    organization::{Answers, Identity, Needs, ProviderAccount, Refusal, Step, StoredMember, Turn, to_record},
    secrets::Digest,
};

/// How long a spent state is remembered, in milliseconds: as long as the cookie that belongs to it opens.
pub(crate) const SIGN_IN_LIFE: i64 = 600_000;
/// How long a session lives, in milliseconds: twelve hours.
const SESSION_LIFE: i64 = 43_200_000;

/// A session as stored, under the digest of its cookie.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredSession {
    pub(crate) v: u8,
    pub(crate) member: MemberId,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// Asks whether a sign-in was finished already. Stores nothing: anybody may come back with a state of ours.
#[derive(Serialize, Deserialize)]
pub struct CheckSignIn {
    /// The digest of the state in the callback.
    pub state: Digest,
}

impl Step for CheckSignIn {
    /// Whether the state is spent.
    type Answer = bool;

    fn run(self, turn: &Turn<'_>) -> Result<bool, Refusal> {
        turn.is_spent(&self.state)
    }
}

impl Turn<'_> {
    fn is_spent(&self, state: &Digest) -> Result<bool, Refusal> {
        let spent = "SELECT state FROM spent_sign_ins WHERE state = ?";
        Ok(!self.sql.rows::<IgnoredAny>(spent, vec![state.as_str().into()])?.is_empty())
    }

    fn spend(&self, state: &Digest) -> Result<(), Refusal> {
        let values = vec![state.as_str().into(), self.now.plus_millis(SIGN_IN_LIFE).as_millis().into()];
        Ok(self.sql.run("INSERT INTO spent_sign_ins (state, expires_at) VALUES (?, ?)", values)?)
    }
}

/// Opens a session for a person whom the OpenID provider authenticated, if that person is a member.
#[derive(Serialize, Deserialize)]
pub struct OpenSession {
    /// The digest of the sign-in's state, which is spent with this.
    pub state: Digest,
    /// The account that the person signed in with.
    pub account: ProviderAccount,
    /// The verified address, in its canonical form.
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
    /// The address belongs to a member who signs in with another account. These administrators can release it.
    OtherAccount {
        /// The e-mail addresses of the administrators.
        ask: Vec<String>,
    },
    /// The state was spent meanwhile.
    Spent,
}

impl Step for OpenSession {
    type Answer = Opened;

    /// 1. The state is spent. 2. The person is a member. 3. The member signs in with this account, or with none yet.
    ///
    /// Only the configured provider signs anybody in, so an account of another issuer is from before the operator
    /// configured this one: it is replaced.
    fn run(self, turn: &Turn<'_>) -> Result<Opened, Refusal> {
        let sql = turn.sql;
        if turn.is_spent(&self.state)? {
            return Ok(Opened::Spent);
        }
        turn.spend(&self.state)?;
        if let Some(old) = &self.replaces {
            sql.run("DELETE FROM sessions WHERE digest = ?", vec![old.as_str().into()])?;
        }
        let Some((member, role)) = turn.known_person(&self.email)? else {
            return Ok(Opened::Stranger { ask: turn.administrators.to_vec() });
        };
        let is_other = |known: &ProviderAccount| known.issuer == self.account.issuer && *known != self.account;
        if member.account.as_ref().is_some_and(is_other) {
            return Ok(Opened::OtherAccount { ask: turn.administrators.to_vec() });
        }
        let member = StoredMember {
            name: excerpt::name(&self.name),
            account: Some(self.account),
            last_signed_in_at: Some(turn.now),
            ..member
        };
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
