//! Connections: named pairings with one Jira instance.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::ApiFamilies;
use crate::{
    ApiFamily, AuthorizationId, BasicForm, CallSummary, ConnectionDraft, ConnectionId, ConnectionPage, CredentialShown,
    Deleted, Diagnosis, DraftShown, ListConnectionsQuery, MemberId, Name, Status, Timestamp, WorkspaceId,
    WorkspaceName,
    endpoint::endpoints,
    words::{object, words},
};

words! {
    /// How a connection authenticates.
    open Kind {
        /// What people call it.
        title: &'static str = "A kind of a newer version",
    }
    /// Atlassian Cloud, OAuth 2.0 (3LO).
    CloudOauth2 = "cloud_oauth2", "Jira Cloud, OAuth 2.0";
    /// Data Center, OAuth 2.0 with an incoming link of its own.
    DataCenterOauth2 = "data_center_oauth2", "Jira Data Center, OAuth 2.0";
    /// Data Center, OAuth 1.0a (RSA-SHA1) with an application link.
    Oauth1 = "oauth1", "Jira Data Center, OAuth 1.0a";
    /// Cloud or Data Center with a name and a password or token, or with a personal access token.
    Basic = "basic", "Basic or token";
}

/// The Jira instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Site {
    /// The cloudId, which identifies a Cloud site; `null` for Data Center. The other fields of a Cloud site are copies that
    /// are refreshed.
    #[serde(default)]
    pub cloud_id: Option<String>,
    /// The site's name.
    pub name: String,
    /// The address at which people open the site. It includes the context path and identifies a Data Center site.
    pub url: String,
    /// The `https` address of the site's avatar, if it has one.
    pub avatar_url: Option<String>,
    /// The version of Jira that a Data Center site runs.
    #[serde(default)]
    pub version: Option<String>,
}

impl Site {
    /// What identifies the site: the cloudId, or the base URL. It does not decide where a credential is sent: a Cloud site
    /// has an address, too.
    pub fn key(&self) -> &str {
        self.cloud_id.as_deref().unwrap_or(&self.url)
    }
}

/// The account behind a credential: Atlassian's, or the Jira instance's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Atlassian's id of the account, or the user's key at a Data Center site.
    pub account_id: String,
    /// The account's public name.
    pub name: String,
    /// The e-mail address, where the account shows it.
    pub email: Option<String>,
}

/// A connection, as shown to whoever may see it. It never contains a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Connection {
    /// The connection's id.
    pub id: ConnectionId,
    /// The name that people gave it.
    pub name: Name,
    /// How it authenticates.
    pub kind: Kind,
    /// The Jira instance.
    pub site: Option<Site>,
    /// Whether it works and, if not, why.
    pub status: Status,
    /// The account behind the credential.
    pub account: Option<Account>,
    /// The scopes granted.
    pub scopes: Vec<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last authorized by a person.
    pub authorized_at: Option<Timestamp>,
    /// When something last happened: saved, refreshed, called through, unauthorized.
    pub last_activity_at: Timestamp,
    /// When it must be reauthorized at the latest (the horizon), as far as that is known.
    pub reauthorize_before: Option<Timestamp>,
    /// When a checkup last tested it.
    #[serde(default)]
    pub checked_at: Option<Timestamp>,
    /// The scopes that Causeway needs and that were not granted.
    #[serde(default)]
    pub missing_scopes: Vec<String>,
    /// When and by whom it was deleted; `null` if it was not.
    #[serde(default)]
    pub deleted: Option<Deleted>,
    /// Until when the last reauthorization can be undone.
    #[serde(default)]
    pub revert_until: Option<Timestamp>,
    /// The account that undoing it would restore, where it is known.
    #[serde(default)]
    pub revert_to: Option<Account>,
    /// The address that undoing it would restore, if the credential before is for another one.
    #[serde(default)]
    pub revert_to_address: Option<String>,
    /// How it authenticates, without secrets; `null` for `cloud_oauth2`.
    #[serde(default)]
    pub credential: Option<CredentialShown>,
    /// The address that the site seems to have moved to, until an administrator confirms it.
    #[serde(default)]
    pub moved_to: Option<String>,
    /// Since when the account behind the credential has been deactivated. Somebody else should reauthorize it.
    #[serde(default)]
    pub owner_at_risk: Option<Timestamp>,
    /// The API families that its managers added, in addition to those that every connection passes on. Shown to those
    /// who may manage it.
    #[serde(default)]
    pub api_families: Vec<String>,
    /// Whether those who manage it may look at charts with its access.
    #[serde(default)]
    pub charts: bool,
    /// When Jira is asked again about a credential that is refused and kept; `null` otherwise.
    #[serde(default)]
    pub next_checkup_at: Option<Timestamp>,
    /// The calls of the last 24 hours; `null` if none was counted.
    #[serde(default)]
    pub calls: Option<CallSummary>,
    /// Why it does not work, or what of it does not; `null` if everything works. To those who may not see causes it says
    /// whom to ask.
    #[serde(default)]
    pub diagnosis: Option<Diagnosis>,
    /// What is known of it while it was never authorized; `null` afterwards.
    #[serde(default)]
    pub draft: Option<DraftShown>,
    /// The members who may manage it, besides the organization's administrators.
    #[serde(default)]
    pub admins: Vec<MemberId>,
    /// The names of these members. A member who never signed in is named by e-mail address, and only to those who may
    /// manage the connection.
    #[serde(default)]
    pub admin_names: Vec<String>,
    /// The workspaces that it is granted to.
    #[serde(default)]
    pub workspaces: Vec<WorkspaceName>,
    /// How many projects of these workspaces use it.
    #[serde(default)]
    pub projects: u32,
    /// Whether the caller may change it.
    #[serde(default)]
    pub may_manage: bool,
    /// Whether the caller may test and reauthorize it.
    #[serde(default)]
    pub may_reauthorize: bool,
    /// The number of the version. The `ETag` is this number in quotes.
    pub version: u64,
}

impl Kind {
    /// What people call it, with the form of the secret where that tells more.
    pub const fn title_with(self, form: Option<BasicForm>) -> &'static str {
        match (self, form) {
            (Self::Basic, Some(BasicForm::ApiToken)) => "Jira Cloud, API token",
            (Self::Basic, Some(BasicForm::ScopedApiToken)) => "Jira Cloud, API token with scopes",
            (Self::Basic, Some(BasicForm::Password)) => "Jira Data Center, password",
            (Self::Basic, Some(BasicForm::PersonalAccessToken)) => "Jira Data Center, personal access token",
            _ => self.title(),
        }
    }
}

impl Connection {
    /// How it authenticates, in the words of people.
    pub const fn kind_title(&self) -> &'static str {
        let form = match &self.credential {
            Some(CredentialShown::Basic { form, .. }) => Some(*form),
            _ => None,
        };
        self.kind.title_with(form)
    }
}

/// A new connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewConnection {
    /// The name, unique in the organization.
    pub name: Name,
    /// An authorization of this session whose status is `authorized`. Absent for a connection that is saved not
    /// authorized yet, with a `draft`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_id: Option<AuthorizationId>,
    /// What is known of a connection that is not authorized yet. Either this or `authorization_id` is given.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object")]
    pub draft: Option<ConnectionDraft>,
    /// The workspaces to grant it to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workspaces: Vec<WorkspaceId>,
}

/// Changes to a connection. Fields that are absent stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectionEdit {
    /// The new name of the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// An authorization of this session for this connection whose status is `authorized`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_id: Option<AuthorizationId>,
    /// What is known of it from now on, in place of the draft before. Only while it was never authorized, and not with
    /// an API key.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object")]
    pub draft: Option<ConnectionDraft>,
    /// The members who may manage it from now on, besides the administrators. Administrators only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admins: Option<Vec<MemberId>>,
    /// The API families that it passes on from now on, in addition to those that every connection passes on. At most
    /// 20. Not with an API key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ApiFamilies>))]
    pub api_families: Option<Vec<ApiFamily>>,
    /// Whether those who manage it may look at charts with its access from now on. Not with an API key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charts: Option<bool>,
}

/// The proxy, which passes calls on to Jira: `ANY /api/v1/connections/{id}/jira/{path}`. Not an [`crate::Endpoint`]: its bodies are Jira's.
pub const PROXY_PATH: &str = "/api/v1/connections/{id}/jira/{path}";

/// A call to Jira, of any method, under the path that Atlassian's gateway has for the site: whatever calls
/// `https://api.atlassian.com/ex/jira/{cloudId}` works with Causeway's host instead. See [`CONNECTION_HEADER`].
pub const GATEWAY_PATH: &str = "/ex/jira/{cloud_id}/{path}";

/// The header of a call that names its site only: the id of the connection to use, where the key may use several
/// connections to that site.
pub const CONNECTION_HEADER: &str = "x-causeway-connection";

endpoints! {
    /// List connections.
    ///
    /// Members see the connections of their workspaces and those that they manage. API keys need the scope
    /// `connections:read`.
    ListConnections: Get "/api/v1/connections" {
        request: ListConnectionsQuery,
        answer: 200 ConnectionPage,
        problems: [],
    }

    /// Create a connection.
    ///
    /// Takes over the credential of an authorization whose status is `authorized`, or keeps a `draft` without secrets:
    /// then the connection is unauthorized until somebody authorizes it. Administrators.
    CreateConnection: Post "/api/v1/connections" {
        request: NewConnection,
        answer: 201 Connection,
        problems: [NotFound, NameTaken, AuthorizationNotReady, WorkspaceRequired, KeyNotUsable, AddressRefused],
    }

    /// Show a connection.
    ///
    /// The answer carries an `ETag`. API keys need the scope `connections:read`.
    GetConnection: Get "/api/v1/connections/{id}" {
        params: ConnectionId,
        answer: 200 Connection,
        problems: [],
    }

    /// Update a connection.
    ///
    /// Needs `If-Match`: 428 without it, 412 when somebody else saved first. API keys need the scope
    /// `connections:write` and may only rename.
    EditConnection: Patch "/api/v1/connections/{id}" {
        params: ConnectionId,
        request: ConnectionEdit,
        answer: 200 Connection,
        if_match: required,
        problems: [NameTaken, AuthorizationNotReady, ConnectionDeleted, KeyNotUsable, AddressRefused],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_or_password_says_of_which_jira_it_is() {
        for form in BasicForm::ALL {
            let title = Kind::Basic.title_with(Some(*form));
            assert!(title.starts_with("Jira Cloud, ") || title.starts_with("Jira Data Center, "), "{title}");
            assert_eq!(Kind::Oauth1.title_with(Some(*form)), Kind::Oauth1.title());
        }
        assert_eq!(Kind::Basic.title_with(None), "Basic or token");
    }

    #[test]
    fn a_kind_is_called_in_addresses_what_the_wire_calls_it() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_string(kind).expect("JSON"), format!("\"{}\"", kind.as_str()));
        }
    }
}
