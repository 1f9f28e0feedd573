//! The session: who is signed in.

use serde::{Deserialize, Serialize};

use crate::{MemberId, Nothing, Timestamp, endpoint::endpoints, words::words};

words! {
    /// The role of a member in the organization.
    open Role {}
    /// May do everything in the organization.
    Administrator = "administrator";
    /// May do what the roles in their workspaces allow.
    Member = "member";
}

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// The member's id.
    pub id: MemberId,
    /// The verified e-mail address, lower case.
    pub email: String,
    /// The name that the `OpenID` provider gave.
    pub name: String,
    /// The role of the member.
    pub role: Role,
}

impl Member {
    /// The name to show: the e-mail address, if the member never signed in and has no name yet.
    pub fn called(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }
}

/// The session of this browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The member who is signed in.
    pub member: Member,
    /// The organization's id.
    pub organization: String,
    /// When the session ends at the latest (12 hours after signing in).
    pub expires_at: Timestamp,
}

endpoints! {
    /// Show who is signed in.
    ///
    /// Answers 401 `not_signed_in` without a session.
    GetSession: Get "/api/v1/session" {
        answer: 200 Session,
        problems: [],
    }

    /// End the session.
    ///
    /// The session ends at the edge and in the browser. Succeeds without a session, too.
    SignOut: Post "/api/v1/sign-out" {
        answer: 204 Nothing,
        access: anonymous,
        problems: [],
    }
}
