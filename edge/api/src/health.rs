//! Whether this deployment can work.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, endpoint::endpoints, words::words};

words! {
    /// Whether the deployment can work.
    closed HealthStatus {}
    /// Every check passed.
    Ok = "ok";
    /// Something needs an operator; `findings` says what.
    Degraded = "degraded";
}

/// Something that needs an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// The configuration value or part, for example `SEALING_KEYS`.
    pub name: String,
    /// What is wrong with it and what to do. Never its value.
    pub message: String,
}

/// How far resealing everything with the first key of `SEALING_KEYS` has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sealing {
    /// The name of the key that seals.
    pub key: String,
    /// When everything was found to be sealed with that key, so that the others can be removed; `null` until then.
    #[serde(default)]
    pub finished_at: Option<Timestamp>,
    /// How many secrets could not be opened. They stay as they are.
    #[serde(default)]
    pub unopened: u32,
}

/// The state of the deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// Whether the deployment can work.
    pub status: HealthStatus,
    /// The version that is running.
    pub version: String,
    /// The findings that an operator must resolve.
    pub findings: Vec<Finding>,
    /// What an operator should change, although the deployment works.
    #[serde(default)]
    pub advice: Vec<Finding>,
    /// How far resealing has come, if there is something to seal.
    #[serde(default)]
    pub sealing: Option<Sealing>,
    /// Where the operator can be reached, if the operator configured it: an `https` or `mailto` address.
    #[serde(default)]
    pub support_url: Option<String>,
}

endpoints! {
    /// Report whether this deployment can work.
    ///
    /// 200 when `ok`, 503 with the same body when `degraded`. Anonymous.
    GetHealth: Get "/healthz" {
        answer: 200 Health,
        access: anonymous,
        problems: [],
    }
}
