//! What tests and newcomers can change about how this Atlassian behaves. The defaults are the usual day.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::deliveries::WebhookDelivery;
use crate::rate_limit::RateLimit;

/// The scopes enabled for the app in the developer console.
const ENABLED_SCOPES: [&str; 8] = [
    "read:jira-work",
    "read:jira-user",
    "write:jira-work",
    "manage:jira-configuration",
    "manage:jira-project",
    "manage:jira-webhook",
    "read:me",
    "offline_access",
];

/// How the app was created, which decides what the consent page asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentMode {
    /// Resource-level: the person picks one site; the tokens reach only that one.
    #[default]
    OneSite,
    /// Resource-level, with a picker that takes several sites.
    SeveralSites,
    /// Account-level: one grant collects every site of the account.
    WholeAccount,
}

/// What strands people on a page that never redirects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// Nothing does.
    #[default]
    None,
    /// The app is not shared: only its owner, Ada, can authorize it.
    NotShared,
    /// An administrator blocked the app.
    BlockedByAdmin,
    /// A site administrator must authorize the app for the site first.
    SiteAdminMustAuthorize,
}

/// Which of its three ways of saying it the token endpoint chooses for a dead refresh token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalWords {
    /// `invalid_grant`, *Unknown or invalid refresh token.* As documented.
    #[default]
    UnknownOrInvalid,
    /// `unauthorized_client`, *`refresh_token` is invalid*. As production often says.
    RefreshTokenIsInvalid,
    /// `invalid_grant`, *Token has been expired or revoked.*
    ExpiredOrRevoked,
}

/// What accessible-resources answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resources {
    /// One entry per product of every site the token reaches.
    #[default]
    AsGranted,
    /// These sites, by cloudId, whatever was granted. None for an empty list.
    Only(Vec<String>),
    /// Exactly this JSON.
    Raw(Value),
}

/// What is wrong with the ID tokens of the issuer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdTokenFlaw {
    /// Nothing.
    #[default]
    None,
    /// The nonce is not the one that was sent.
    WrongNonce,
    /// Meant for another client.
    WrongAudience,
    /// Issued by somebody else.
    WrongIssuer,
    /// Expired an hour ago.
    Expired,
    /// Signed by nobody.
    WrongSignature,
}

/// Everything that can be set.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, none excludes another")]
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// What the consent page asks.
    pub consent_mode: ConsentMode,
    /// What strands people.
    pub obstacle: Obstacle,
    /// The scopes enabled for the app; asking for another strands people.
    pub enabled_scopes: Vec<String>,
    /// Scopes left out of every new grant although they were asked for.
    pub withheld_scopes: Vec<String>,
    /// Sends `Cross-Origin-Opener-Policy: same-origin` on the pages, which cuts a pop-up off from its opener.
    pub cuts_openers_off: bool,
    /// Seconds an access token lives.
    pub access_token_life: u64,
    /// Refresh answers carry no refresh token, and the old one stays in force.
    pub keeps_refresh_tokens: bool,
    /// How a dead refresh token is announced.
    pub refusal_words: RefusalWords,
    /// Checks the PKCE verifier if a challenge was sent. Whether Atlassian does is not known.
    pub verifies_pkce: bool,
    /// A second authorization by the same account ends the first token family. Whether Atlassian does is not known.
    pub newer_authorization_ends_older: bool,
    /// What accessible-resources answers.
    pub resources: Resources,
    /// Refuses Jira calls with 429 while it lasts.
    pub rate_limit: Option<RateLimit>,
    /// Points the app may spend in an hour, across all sites.
    pub points_per_hour: u64,
    /// Refuses bursts at one endpoint and too many writes to one issue, as Jira does. Off, as tests are quick.
    pub enforces_bursts: bool,
    /// How long the search index is behind what was written, in seconds.
    pub index_lag: u64,
    /// How long a transition takes, in seconds: another one of the same issue gets a 409 meanwhile.
    pub transition_seconds: u64,
    /// How long bulk operations and other tasks take, in seconds. If nothing, they are done when the answer has left.
    pub task_seconds: u64,
    /// When webhooks are sent.
    pub webhook_delivery: WebhookDelivery,
    /// What is wrong with the ID tokens.
    pub id_token_flaw: IdTokenFlaw,
    /// Sizes in bytes of the attachments, by id.
    pub attachments: BTreeMap<u64, u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            consent_mode: ConsentMode::default(),
            obstacle: Obstacle::default(),
            enabled_scopes: ENABLED_SCOPES.map(String::from).into(),
            withheld_scopes: Vec::new(),
            cuts_openers_off: false,
            access_token_life: 3600,
            keeps_refresh_tokens: false,
            refusal_words: RefusalWords::default(),
            verifies_pkce: true,
            newer_authorization_ends_older: false,
            resources: Resources::default(),
            rate_limit: None,
            points_per_hour: 65_000,
            enforces_bursts: false,
            index_lag: 0,
            transition_seconds: 0,
            task_seconds: 0,
            webhook_delivery: WebhookDelivery::default(),
            id_token_flaw: IdTokenFlaw::default(),
            attachments: [(10_001, 10_240), (10_002, 1_048_576), (10_003, 52_428_800)].into(),
        }
    }
}
