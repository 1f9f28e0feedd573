//! Whether this deployment can work.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, endpoint::endpoints, words::words};

words! {
    /// The verdict.
    closed HealthStatus {}
    /// Everything that was looked at is right.
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

/// How far sealing everything anew with the first key of `SEALING_KEYS` has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sealing {
    /// The name of the key that seals.
    pub key: String,
    /// When a look at everything that is stored found nothing that another key sealed: the others may go. Missing until
    /// then.
    #[serde(default)]
    pub finished_at: Option<Timestamp>,
    /// How many secrets did not open, and stay as they are.
    #[serde(default)]
    pub unopened: u32,
}

/// The state of the deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// The verdict.
    pub status: HealthStatus,
    /// The version that answers.
    pub version: String,
    /// What needs an operator.
    pub findings: Vec<Finding>,
    /// How far sealing anew has come, where there is something to seal.
    #[serde(default)]
    pub sealing: Option<Sealing>,
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
