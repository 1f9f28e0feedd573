//! Members: everybody who may sign in, and why they may.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::EmailAddress;
use crate::{List, Member, MemberId, Nothing, Role, Timestamp, WorkspaceId, WorkspaceName, endpoint::endpoints};

/// A person who may sign in, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberDetails {
    /// The member's id.
    pub id: MemberId,
    /// The verified e-mail address, lower case.
    pub email: String,
    /// The name that the `OpenID` provider gave; empty before the first sign-in.
    pub name: String,
    /// The role of the member. Administrators are those whom the operator named in the setting `ADMINS`.
    pub role: Role,
    /// The workspaces that the member belongs to and that are not archived, by name.
    #[serde(default)]
    pub workspaces: Vec<MembershipDetails>,
    /// When the member last signed in; `null` if that is not known, or has not happened yet.
    pub last_signed_in_at: Option<Timestamp>,
}

/// That a member belongs to a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MembershipDetails {
    /// The workspace with its name.
    pub workspace: WorkspaceName,
    /// Whether the member has the role *issue tracking* there.
    pub issue_tracking: bool,
}

impl From<MemberDetails> for Member {
    fn from(MemberDetails { id, email, name, role, .. }: MemberDetails) -> Self {
        Self { id, email, name, role }
    }
}

/// Lets somebody sign in, as a member of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// The verified e-mail address that the person signs in with.
    #[cfg_attr(feature = "openapi", schema(value_type = EmailAddress))]
    pub email: String,
    /// The workspace that the person belongs to from now on.
    pub workspace: WorkspaceId,
    /// Whether the member has the role *issue tracking* there.
    #[serde(default)]
    pub issue_tracking: bool,
}

endpoints! {
    /// List everybody who may sign in.
    ///
    /// Only administrators may list members.
    ListMembers: Get "/api/v1/members" {
        answer: 200 List<MemberDetails>,
        problems: [],
    }

    /// End all sessions of a member.
    ///
    /// Only administrators may end the sessions of others.
    SignOutMember: Post "/api/v1/members/{id}/sign-out" {
        params: MemberId,
        answer: 204 Nothing,
        problems: [],
    }

    /// Release a member's account.
    ///
    /// A member is bound to the account that they first signed in with at the `OpenID` provider; the same e-mail address
    /// with another account is refused. After a release, the next account that has the address is bound. Ends all
    /// sessions of the member. Succeeds also if no account is bound.
    ReleaseAccount: Post "/api/v1/members/{id}/release-account" {
        params: MemberId,
        answer: 204 Nothing,
        problems: [],
    }

    /// Add a member to the organization.
    ///
    /// Administrators only. A member belongs to at least one workspace. For somebody who belongs to it already, the role
    /// changes.
    AddMember: Post "/api/v1/members" {
        request: NewMember,
        answer: 201 MemberDetails,
        problems: [],
    }

    /// Remove a member from the organization.
    ///
    /// Administrators only. The member leaves every workspace, is no admin of any connection any more, and is signed
    /// out. 409 `administrator_configured` for whom the operator named an administrator.
    RemoveMember: Delete "/api/v1/members/{id}" {
        params: MemberId,
        answer: 204 Nothing,
        problems: [AdministratorConfigured],
    }
}
