//! Where Jira runs, looked at before anything is authorized; and the guide for whoever administers it.

use serde::{Deserialize, Serialize};

use crate::{
    BasicForm, ConnectionId, Kind, RsaKeyId, Timestamp,
    endpoint::endpoints,
    words::{known, words},
};

/// Asks what runs at an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LookAt {
    /// A base URL with its context path.
    pub address: String,
}

/// What runs at an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Instance {
    /// The address as it was understood: what a connection will be keyed by.
    pub address: String,
    /// Cloud or Data Center.
    pub deployment: Deployment,
    /// The instance's title.
    pub title: String,
    /// The version of Jira; for Cloud a build's.
    pub version: String,
    /// The cloudId, for Cloud.
    pub cloud_id: Option<String>,
    /// The base URL that Jira itself believes in, if it is another one: a reverse proxy, or a move.
    pub other_base_url: Option<String>,
    /// The ways to connect, the strongest first.
    pub methods: Vec<ConnectMethod>,
}

words! {
    /// Where Jira runs.
    closed Deployment {}
    /// At Atlassian.
    Cloud = "cloud";
    /// With the customer.
    DataCenter = "data_center";
}

/// One way to connect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectMethod {
    /// The kind of connection.
    pub kind: Kind,
    /// What the secret is, for `basic`.
    pub form: Option<BasicForm>,
    /// Why it cannot be used here, if it cannot.
    pub unavailable: Option<String>,
    /// What to know before choosing it, if there is something.
    #[serde(default)]
    pub note: Option<String>,
}

/// Asks for a guide's link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewGuide {
    /// For which way to connect: `oauth1` or `data_center_oauth2`.
    #[serde(deserialize_with = "known")]
    pub kind: Kind,
    /// Where Jira runs.
    pub address: String,
    /// The consumer key to enter, for `oauth1`.
    #[serde(default)]
    pub consumer_key: Option<String>,
    /// The key pair whose public key is to be entered, for `oauth1`.
    #[serde(default)]
    pub key_id: Option<RsaKeyId>,
    /// The connection that is to be authorized, by whoever may reauthorize it; at another address than its own, by who
    /// manages it. Without one: administrators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
}

/// A guide's link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GuideLink {
    /// The whole address. Whoever has it sees the guide, and nothing else.
    pub url: String,
    /// When it stops working: after seven days.
    pub expires_at: Timestamp,
}

/// The values that a Jira administrator enters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guide {
    /// For which way to connect.
    pub kind: Kind,
    /// Where Jira runs.
    pub address: String,
    /// Causeway's own address: the application's URL.
    pub causeway_url: String,
    /// Where Jira sends the browser back.
    pub callback_url: String,
    /// The consumer key to enter.
    pub consumer_key: Option<String>,
    /// The public key to enter, as PEM.
    pub public_key: Option<String>,
    /// When the link stops working.
    pub expires_at: Timestamp,
}

/// What stands at the end of a guide's link: 43 characters that nobody guesses.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(examples("3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789a")))]
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
        problems: [NotFound, ConnectionDeleted, AddressRefused, KeyNotUsable],
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
