//! Embeds: charts in pages of others.
//!
//! An embed shows one chart, read-only and with somebody's delegated access, in pages of the origins that it names and
//! nowhere else. A *published* one is for everybody who can open such a page. For a *signed* one the server behind the page
//! signs a token for each reader ([`EMBED_TOKEN_SECONDS`] at most), with a key that only this embed has.

use serde::{Deserialize, Serialize};

#[cfg(feature = "openapi")]
use crate::openapi::texts::{EmailAddress, EmbedOrigins, LockedParams, OverlapSeconds};
use crate::{
    ChartId, ConnectionId, Delegation, DelegationShows, EmbedId, List, Nothing, Timestamp,
    endpoint::endpoints,
    words::{known, words},
};

/// The most embeds of a chart.
pub const EMBEDS: u32 = 20;
/// The most origins of an embed.
pub const EMBED_ORIGINS: usize = 10;
/// The most characters of an origin: a scheme, a host of 253 at most, and a port.
pub const EMBED_ORIGIN_CHARACTERS: usize = 267;
/// What the key of an embed begins with; base64url of 32 bytes follows.
pub const EMBED_KEY_PREFIX: &str = "cwe_";
/// The longest life of a token that a host signs, in seconds: ten minutes.
pub const EMBED_TOKEN_SECONDS: i64 = 600;

words! {
    /// For whom an embed is.
    open EmbedKind {}
    /// For everybody who can open a page of its origins.
    Published = "published";
    /// For whoever the server behind the page signs a token for.
    Signed = "signed";
}

words! {
    /// How an embed stands.
    open EmbedState {}
    /// It is shown.
    Active = "active";
    /// Somebody paused it. It is shown nowhere until somebody resumes it.
    Paused = "paused";
}

words! {
    /// What was done to an embed.
    open EmbedChange {}
    /// The embed was created.
    Created = "created";
    /// Its origins or its locked parameters were changed.
    Changed = "changed";
    /// The embed was paused.
    Paused = "paused";
    /// The embed is shown again.
    Resumed = "resumed";
    /// The embed got a new key.
    KeyRotated = "key_rotated";
    /// The embed ended for good.
    Ended = "ended";
}

/// A chart in pages of others. Its key is never part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Embed {
    /// The embed's id. Its page is `/embed/{id}`.
    pub id: EmbedId,
    /// The chart that is shown.
    pub chart_id: ChartId,
    /// The title of the chart.
    pub chart_title: String,
    /// For whom it is.
    pub kind: EmbedKind,
    /// The origins whose pages may show it.
    pub origins: Vec<String>,
    /// The parameters of the chart that each token must have a value for. Tokens can have no others.
    pub locked_params: Vec<String>,
    /// How it stands.
    pub state: EmbedState,
    /// Whether it is not shown because the organization does not allow charts without signing in.
    pub is_withheld: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// The name of the member who created it.
    pub created_by: String,
    /// When it was last shown, to ten minutes; `null` if it never was.
    pub last_used_at: Option<Timestamp>,
    /// The key of a signed embed; `null` for a published one.
    pub key: Option<EmbedKey>,
    /// With whose access it is shown; `null` if nobody gave theirs or was asked for it.
    pub delegation: Option<Delegation>,
    /// Whether the caller may change it.
    pub may_edit: bool,
}

/// What there is to know about the key of an embed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmbedKey {
    /// When it was generated.
    pub created_at: Timestamp,
    /// When the key from before stops working; `null` if there is none.
    pub previous_until: Option<Timestamp>,
}

/// Which embeds to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct ListEmbedsQuery {
    /// The chart whose embeds to list. Left out: those of all charts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart_id: Option<ChartId>,
}

/// A new embed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewEmbed {
    /// The chart to show.
    pub chart_id: ChartId,
    /// For whom it is. It stays so.
    #[serde(deserialize_with = "known")]
    pub kind: EmbedKind,
    /// The origins whose pages may show it: `https`, a host, and a port unless it is the usual one; nothing else.
    #[cfg_attr(feature = "openapi", schema(value_type = EmbedOrigins))]
    pub origins: Vec<String>,
    /// The parameters of the chart that each token must have a value for; only for signed embeds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = LockedParams))]
    pub locked_params: Vec<String>,
    /// Whose access it is to be shown with. Left out: that is decided later, with a delegation for this embed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<EmbedAccess>,
}

/// Whose access an embed is to be shown with: the caller's own, unless something else is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EmbedAccess {
    /// The connection whose access it is. Left out: that of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
    /// The e-mail address of the member who is asked for theirs. Left out: it is the caller's own, or the connection's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EmailAddress>))]
    pub ask: Option<String>,
    /// What readers see beside numbers.
    #[serde(default)]
    pub shows: DelegationShows,
    /// When it ends by itself, a year from now at most; left out: 90 days from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A new embed: the only time its key is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedEmbed {
    /// The embed, as it is listed.
    pub embed: Embed,
    /// The key of a signed embed: `cwe_` and the base64url of 32 bytes. Its text, as it stands, signs tokens (HS256). It is
    /// stored sealed. `null` for a published embed.
    pub key: Option<String>,
}

/// Changes to an embed. Fields that are absent stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EmbedEdit {
    /// The origins whose pages may show it from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EmbedOrigins>))]
    pub origins: Option<Vec<String>>,
    /// The parameters of the chart that each token must have a value for from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<LockedParams>))]
    pub locked_params: Option<Vec<String>>,
    /// Whether it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known")]
    pub state: Option<EmbedState>,
}

/// How to rotate the key of an embed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EmbedKeyRotation {
    /// For how many seconds the old key keeps working, up to a day; 0: it ends at once.
    #[cfg_attr(feature = "openapi", schema(value_type = OverlapSeconds))]
    pub overlap_seconds: u32,
}

/// A new key: the only time it is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RotatedEmbedKey {
    /// The key: `cwe_` and the base64url of 32 bytes.
    pub key: String,
}

endpoints! {
    /// List embeds.
    ///
    /// Every member of the organization. The newest first.
    ListEmbeds: Get "/api/v1/embeds" {
        request: ListEmbedsQuery,
        answer: 200 List<Embed>,
        problems: [NotFound],
    }

    /// Show a chart in pages of others.
    ///
    /// Whoever may change the chart. It is shown once somebody gives their access to it: with `access` the caller's own or a
    /// connection's is given at once, and somebody else is asked for theirs. For published embeds the organization must allow
    /// charts without signing in. The answer is the only one that shows the key.
    CreateEmbed: Post "/api/v1/embeds" {
        request: NewEmbed,
        answer: 201 CreatedEmbed,
        problems: [
            NotFound, ChartDeleted, ChartsNotAllowed, ConsentNeeded, ConnectionDeleted, ConnectionUnauthorized,
            ConnectionDeactivated, LimitReached, Misconfigured,
        ],
    }

    /// Show an embed.
    ///
    /// Every member of the organization may see it.
    GetEmbed: Get "/api/v1/embeds/{id}" {
        params: EmbedId,
        answer: 200 Embed,
        problems: [],
    }

    /// Change an embed, pause it, or resume it.
    ///
    /// Whoever may change the chart. It holds everywhere within ten seconds.
    EditEmbed: Patch "/api/v1/embeds/{id}" {
        params: EmbedId,
        request: EmbedEdit,
        answer: 200 Embed,
        problems: [],
    }

    /// Rotate the key of an embed.
    ///
    /// Whoever may change the chart; only signed embeds have a key. The answer is the only one that shows the new key. The
    /// old one works for as long as asked for; one from an earlier rotation ends at once.
    RotateEmbedKey: Post "/api/v1/embeds/{id}/key" {
        params: EmbedId,
        request: EmbedKeyRotation,
        answer: 201 RotatedEmbedKey,
        problems: [],
    }

    /// End an embed.
    ///
    /// Whoever may change the chart. It cannot be restored, and the access that was given for it alone ends, too. Open pages
    /// notice within ten seconds.
    DeleteEmbed: Delete "/api/v1/embeds/{id}" {
        params: EmbedId,
        answer: 204 Nothing,
        problems: [],
    }
}
