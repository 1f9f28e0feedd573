//! Identifies the caller of a command.

use api::{Member, MemberId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    organization::{Refusal, SessionEnd, StoredApiKey, StoredSession, Turn, record, to_record},
    secrets::Digest,
};

/// How long a session lives unused, in milliseconds: one hour.
const SESSION_IDLE: i64 = 3_600_000;
/// The age at which "last used" is written again, in milliseconds: a minute.
const TOUCH: i64 = 60_000;

/// The credential by which a command identifies its caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// No credential.
    Nobody,
    /// The cookie of a session.
    Session(Digest),
    /// An API key.
    ApiKey(Digest),
    /// Another part of the edge, which acts for itself and not for a user.
    Edge,
}

impl Caller {
    /// Refuses a request without any credential, which needs no hop.
    pub fn require_any(&self) -> Result<(), Refusal> {
        if *self == Self::Nobody { Err(Refusal::NotSignedIn) } else { Ok(()) }
    }
}

/// The caller, once identified.
#[derive(Clone, Debug)]
pub enum Identity {
    /// Another part of the edge, which acts for itself.
    Edge,
    /// A member with a session.
    Member {
        /// The member, with the role at the time of the command.
        member: Member,
        /// The session.
        session: Digest,
        /// When the session ends at the latest.
        expires_at: Timestamp,
    },
    /// An API key.
    Key(Box<StoredApiKey>),
}

impl Identity {
    /// The session, if the caller has one.
    pub fn session(&self) -> Result<&Digest, Refusal> {
        match self {
            Self::Member { session, .. } => Ok(session),
            _ => Err(Refusal::Forbidden),
        }
    }
}

/// A member as stored. The role is not stored: it is computed from the operator's current list of administrators and
/// from the memberships in workspaces.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredMember {
    pub(crate) v: u8,
    pub(crate) id: MemberId,
    pub(crate) email: String,
    /// The name from the OpenID provider; empty before the first sign-in.
    pub(crate) name: String,
    /// The account that this person signs in with. `None` before the first sign-in, for those who last signed in before
    /// accounts were stored, and after an administrator released it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<ProviderAccount>,
    /// When this person last signed in. Versions before this one did not write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_signed_in_at: Option<Timestamp>,
}

/// An account at the OpenID provider. An address may be given to somebody else; an account never is (OpenID Connect Core
/// 1.0, section 5.7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderAccount {
    /// The issuer, as the operator configured it.
    pub issuer: String,
    /// The `sub` claim.
    pub subject: String,
}

impl Turn<'_> {
    /// Identifies the caller. Permissions are checked after that.
    pub(super) fn identify(&self, caller: &Caller) -> Result<Identity, Refusal> {
        match caller {
            Caller::Nobody => Err(Refusal::NotSignedIn),
            Caller::Edge => Ok(Identity::Edge),
            Caller::Session(digest) => self.member_of(digest),
            Caller::ApiKey(digest) => Ok(Identity::Key(Box::new(self.key_of(digest)?))),
        }
    }

    fn member_of(&self, digest: &Digest) -> Result<Identity, Refusal> {
        let session: Option<StoredSession> =
            record(self.sql, "SELECT record FROM sessions WHERE digest = ?", vec![digest.as_str().into()])?;
        let mut session = session.ok_or(Refusal::NotSignedIn)?;
        if self.now >= session.expires_at {
            return Err(Refusal::SessionOver(SessionEnd::Age));
        }
        if self.now.since(session.last_used_at) >= SESSION_IDLE {
            return Err(Refusal::SessionOver(SessionEnd::Disuse));
        }
        let member: Option<StoredMember> =
            record(self.sql, "SELECT record FROM members WHERE id = ?", vec![session.member.as_str().into()])?;
        let member = member.ok_or(Refusal::NotSignedIn)?;
        let role = self.role_of(&member)?.ok_or(Refusal::NotSignedIn)?;
        if !(0..TOUCH).contains(&self.now.since(session.last_used_at)) {
            session.last_used_at = self.now;
            let values = vec![to_record(&session)?, digest.as_str().into()];
            self.sql.run("UPDATE sessions SET record = ? WHERE digest = ?", values)?;
        }
        let member = member.view(role);
        Ok(Identity::Member { member, session: digest.clone(), expires_at: session.expires_at })
    }
}
