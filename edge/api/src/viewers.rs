//! Viewers: people who let Causeway read a Jira site as them, so that charts show what they may see. They are members, or
//! read pages of Confluence or Jira with the Forge app.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::ChartSiteKey;
use crate::{
    Account, GrantId, List, MemberId, Nothing, Site, StartedAuthorization, Timestamp, ViewerId,
    endpoint::{Params, endpoints},
    words::words,
};

/// Where the owner of an Atlassian account removes the consent itself.
pub const CONSENT_URL: &str = "https://id.atlassian.com/manage-profile/apps";

words! {
    /// What was done to the access of a viewer.
    open ViewerChange {}
    /// The person let Causeway read the site as them.
    Authorized = "authorized";
    /// The access was removed, by the member or by an administrator.
    Removed = "removed";
    /// Atlassian ended the access, or nobody used it for too long.
    Ended = "ended";
}

/// Somebody who lets Causeway read Jira as them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Viewer {
    /// The viewer's id.
    pub id: ViewerId,
    /// Who the viewer is; `null` for somebody who looks at charts in Confluence or Jira, without being a member. Their
    /// grants name the account.
    pub member: Option<ViewerMember>,
    /// What they let Causeway read, one entry for each site.
    pub grants: Vec<ViewerGrant>,
}

impl Viewer {
    /// What lists are sorted by: the e-mail address of a member, or the name of the account.
    pub fn sort_key(&self) -> String {
        let account =
            || self.grants.iter().find_map(|grant| grant.account.as_ref()).map(|account| account.name.clone());
        self.member.as_ref().map(|member| member.email.clone()).or_else(account).unwrap_or_default()
    }
}

/// Who a viewer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewerMember {
    /// The member's id.
    pub id: MemberId,
    /// The verified e-mail address, lower case.
    pub email: String,
    /// The name that the `OpenID` provider gave.
    pub name: String,
}

/// That Causeway may read a site as somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewerGrant {
    /// The id of the grant.
    pub id: GrantId,
    /// The site that may be read.
    pub site: Site,
    /// The account at Atlassian that consented.
    pub account: Option<Account>,
    /// The scopes granted.
    pub scopes: Vec<String>,
    /// When the person consented.
    pub authorized_at: Timestamp,
    /// When a chart was last computed with it, to the minute; `null` for never.
    pub last_used_at: Option<Timestamp>,
    /// When it ended by itself; `null` if it works. Whoever looks at a chart is asked once more then.
    pub ended_at: Option<Timestamp>,
    /// The page at Atlassian where the account's owner removes the consent itself.
    pub consent_url: String,
}

/// What the caller lets Causeway read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyAccess {
    /// The caller as a viewer; `null` before the first consent.
    pub viewer: Option<ViewerId>,
    /// One entry for each site.
    pub grants: Vec<ViewerGrant>,
}

/// Begins a consent of the caller's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewViewerAuthorization {
    /// The site to read: its `key` in the list of sites, or that of a chart's site.
    #[cfg_attr(feature = "openapi", schema(value_type = ChartSiteKey))]
    pub site: String,
}

/// A grant of a viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantOfViewer {
    /// The viewer.
    pub id: ViewerId,
    /// The grant.
    pub grant: GrantId,
}

impl Params for GrantOfViewer {
    fn fill(&self, template: &str) -> String {
        template.replace("{id}", self.id.as_str()).replace("{grant}", self.grant.as_str())
    }

    fn read(values: &[&str]) -> Option<Self> {
        let &[id, grant] = values else { return None };
        Some(Self { id: ViewerId::parse(id).ok()?, grant: GrantId::parse(grant).ok()? })
    }

    #[cfg(feature = "openapi")]
    fn described() -> Vec<(&'static str, &'static str, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> {
        use utoipa::PartialSchema as _;
        vec![("id", "The id of the viewer.", ViewerId::schema()), ("grant", "The id of the grant.", GrantId::schema())]
    }
}

endpoints! {
    /// List those who let Causeway read Jira as them.
    ///
    /// Administrators. By e-mail address, or by name.
    ListViewers: Get "/api/v1/viewers" {
        answer: 200 List<Viewer>,
        problems: [],
    }

    /// List what the caller lets Causeway read.
    ///
    /// Every member, their own.
    GetMyAccess: Get "/api/v1/viewers/me" {
        answer: 200 MyAccess,
        problems: [],
    }

    /// Begin a consent to look at charts of a Jira Cloud site.
    ///
    /// Every member, for themselves: who begins it must finish it, in the same browser. It is saved by itself when it is
    /// `authorized`, in place of the consent for the same site before. Poll it as any authorization.
    AuthorizeViewer: Post "/api/v1/viewers/me/authorizations" {
        request: NewViewerAuthorization,
        answer: 201 StartedAuthorization,
        problems: [NotFound, TooManyAuthorizations],
    }

    /// Remove what somebody lets Causeway read.
    ///
    /// Its tokens are destroyed. Administrators, and every member their own. The consent itself is removed at Atlassian.
    RemoveViewerGrant: Delete "/api/v1/viewers/{id}/grants/{grant}" {
        params: GrantOfViewer,
        answer: 204 Nothing,
        problems: [],
    }
}
