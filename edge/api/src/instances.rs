//! Finding out what runs at an address before anything is authorized, and the guide for the Jira administrator.

use serde::{Deserialize, Serialize};

use crate::{
    BasicForm, ConnectionId, Kind, RsaKeyId, Timestamp,
    endpoint::endpoints,
    words::{known, words},
};
#[cfg(feature = "openapi")]
use crate::{ConsumerKey, openapi::texts::JiraAddress};

/// The address of a Jira instance to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LookAt {
    /// A base URL with its context path. The address of one of Jira's pages is read as the base URL of that Jira.
    #[cfg_attr(feature = "openapi", schema(value_type = JiraAddress))]
    pub address: String,
}

/// What runs at an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Instance {
    /// The normalized address, which identifies the site of a connection.
    pub address: String,
    /// Whether it is Cloud or Data Center.
    pub deployment: Deployment,
    /// The instance's title.
    pub title: String,
    /// The version of Jira; for Cloud that of the build. Empty if it is told only to callers with a credential.
    pub version: String,
    /// The cloudId, for Cloud.
    pub cloud_id: Option<String>,
    /// The base URL that Jira itself reports, if it differs: there is a reverse proxy, or the site has moved.
    pub other_base_url: Option<String>,
    /// The ways to connect, the strongest first.
    pub methods: Vec<ConnectMethod>,
}

words! {
    /// Where a Jira instance runs.
    closed Deployment {}
    /// Jira Cloud, run by Atlassian.
    Cloud = "cloud";
    /// Jira Data Center, run by the customer.
    DataCenter = "data_center";
}

/// One way to connect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectMethod {
    /// The kind of connection.
    pub kind: Kind,
    /// The kind of secret, for `basic`.
    pub form: Option<BasicForm>,
    /// Why it cannot be used here, if it cannot.
    pub unavailable: Option<String>,
    /// What to know before choosing it, if anything.
    #[serde(default)]
    pub note: Option<String>,
}

/// Asks for a link to a guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewGuide {
    /// The kind of connection that the guide is for: `oauth1` or `data_center_oauth2`.
    #[serde(deserialize_with = "known")]
    pub kind: Kind,
    /// The base URL of Jira.
    #[cfg_attr(feature = "openapi", schema(value_type = JiraAddress))]
    pub address: String,
    /// The consumer key to enter, for `oauth1`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ConsumerKey>))]
    pub consumer_key: Option<String>,
    /// The key pair whose public key is to be entered, for `oauth1`.
    #[serde(default)]
    pub key_id: Option<RsaKeyId>,
    /// The connection that will be authorized. Whoever may reauthorize it may ask; for another address than its own, those
    /// who manage it. Without a connection, only administrators may ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
}

/// The link to a guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GuideLink {
    /// The whole address. Whoever has it sees the guide and nothing else.
    pub url: String,
    /// When it stops working: after seven days.
    pub expires_at: Timestamp,
}

/// The values that a Jira administrator enters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guide {
    /// The kind of connection that the guide is for.
    pub kind: Kind,
    /// The base URL of Jira.
    pub address: String,
    /// The address of Causeway, which Jira calls the application URL.
    pub causeway_url: String,
    /// The redirect address that Jira sends the browser back to.
    pub callback_url: String,
    /// The consumer key to enter.
    pub consumer_key: Option<String>,
    /// The public key to enter, as PEM.
    pub public_key: Option<String>,
    /// When the link stops working.
    pub expires_at: Timestamp,
}

/// The secret at the end of a guide's link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GuideToken(pub String);

impl crate::Params for GuideToken {
    fn fill(&self, template: &str) -> String {
        crate::endpoint::fill_one(template, &self.0)
    }

    fn read(values: &[&str]) -> Option<Self> {
        values.first().map(|token| Self((*token).to_owned()))
    }

    #[cfg(feature = "openapi")]
    fn described() -> Vec<(&'static str, &'static str, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> {
        use utoipa::PartialSchema as _;
        vec![("token", "What stands at the end of the link.", Self::schema())]
    }
}

endpoints! {
    /// Find out what runs at an address and how it can be connected.
    ///
    /// One bounded, anonymous request to `serverInfo`. Changes nothing; a `POST` because it calls out. 422
    /// `address_refused` or `instance_unreachable` says why nothing was found.
    LookAtInstance: Post "/api/v1/instances" {
        request: LookAt,
        answer: 200 Instance,
        problems: [AddressRefused, InstanceUnreachable],
    }

    /// Create a link to the values that a Jira administrator enters.
    ///
    /// The link works for seven days, for everybody who has it.
    CreateGuide: Post "/api/v1/guides" {
        request: NewGuide,
        answer: 201 GuideLink,
        problems: [NotFound, ConnectionDeleted, AddressRefused, KeyNotUsable, LimitReached],
    }

    /// Show the values that a Jira administrator enters.
    ///
    /// For anybody who has the link; 404 `guide_expired` otherwise.
    GetGuide: Get "/api/v1/guides/{token}" {
        params: GuideToken,
        answer: 200 Guide,
        access: anonymous,
        problems: [GuideExpired, Misconfigured],
    }
}
