//! Whether a connection works and, if not, why and what to do.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// The state of a connection. `since` is when it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Status {
    /// The credential works.
    Authorized,
    /// The credential stands, calls fail.
    Interrupted {
        /// Why calls fail.
        cause: Cause,
        /// Since when.
        since: Timestamp,
    },
    /// There is no working credential.
    Unauthorized {
        /// What ended the credential; `null` if there was none yet.
        cause: Option<Cause>,
        /// Since when; `null` if there was none yet.
        since: Option<Timestamp>,
    },
}

/// The states without what they carry: for filters, counts and icons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// See [`Status::Authorized`].
    Authorized,
    /// See [`Status::Interrupted`].
    Interrupted,
    /// See [`Status::Unauthorized`].
    Unauthorized,
}

impl Status {
    /// The state alone.
    pub const fn state(&self) -> State {
        match self {
            Self::Authorized => State::Authorized,
            Self::Interrupted { .. } => State::Interrupted,
            Self::Unauthorized { .. } => State::Unauthorized,
        }
    }

    /// The cause, if there is one.
    pub const fn cause(&self) -> Option<Cause> {
        match self {
            Self::Interrupted { cause, .. } => Some(*cause),
            Self::Unauthorized { cause, .. } => *cause,
            Self::Authorized => None,
        }
    }
}

/// Why a connection does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Atlassian refused the refresh token: the consent was removed, the password changed, or it lay idle too long.
    GrantRefused,
    /// An answer with the next refresh token was lost for longer than Atlassian lets a client ask again (ten minutes).
    RotationLost,
    /// Atlassian's token endpoint does not answer as it should.
    AtlassianUnreachable,
    /// Atlassian refuses Causeway's own client id or secret.
    ClientRefused,
    /// The site's IP allow-list refuses Causeway's addresses.
    IpAllowList,
    /// The sealed credential cannot be opened: its sealing key is not in `SEALING_KEYS` any more.
    Unsealable,
    /// A cause that this version does not know.
    #[serde(other)]
    Unknown,
}

impl Cause {
    /// What happened, in one sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::GrantRefused => {
                "Atlassian ended this authorization: the consent was removed, the password was changed, or it was unused for 90 days."
            }
            Self::RotationLost => {
                "Atlassian's answer with the next token was lost, and could not be asked for again within ten minutes."
            }
            Self::AtlassianUnreachable => "Atlassian's sign-in service is not answering.",
            Self::ClientRefused => "Atlassian refuses Causeway's own client ID or secret.",
            Self::IpAllowList => "The site's IP allowlist refuses calls from Causeway.",
            Self::Unsealable => "The stored credential was sealed with a key that is no longer configured.",
            Self::Unknown => "A newer version of Causeway noted a cause that this one does not know.",
        }
    }

    /// What to do about it, and who.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::GrantRefused | Self::RotationLost => "Reauthorize the connection.",
            Self::AtlassianUnreachable => "Nothing for you to do: Causeway keeps trying and recovers by itself.",
            Self::ClientRefused => {
                "The operator of Causeway must correct ATLASSIAN_CLIENT_ID and ATLASSIAN_CLIENT_SECRET. Nobody needs to reauthorize."
            }
            Self::Unknown => "Load the page again. If it stays, reauthorize the connection.",
            Self::IpAllowList => "An Atlassian administrator must add Causeway's addresses to the site's IP allowlist.",
            Self::Unsealable => {
                "The operator of Causeway must put the removed key back into SEALING_KEYS. Otherwise reauthorize the connection."
            }
        }
    }
}
