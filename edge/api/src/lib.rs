//! The contract of Causeway's HTTP interface.
//!
//! The app, the edge and the tests meet here: every path, payload, status and error code is said once. A route is an
//! implementation of [`Endpoint`]; the edge mounts it and the app calls it, so the two cannot drift apart. What is
//! persisted at the edge is not part of the contract and lives in `edge-core`.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod api_families;
mod api_keys;
mod attention;
mod authorizations;
mod callback;
mod calls;
mod charts;
mod checkup;
mod connection_list;
mod connections;
mod consumer_key;
mod credentials;
mod delegations;
mod deliveries;
mod diagnosis;
mod drafts;
mod embeds;
mod endpoint;
mod explanation;
mod export;
mod forge;
mod health;
mod help;
mod horizon;
mod ids;
mod instances;
mod lifecycle;
mod limits;
mod members;
mod name;
#[cfg(feature = "openapi")]
pub mod openapi;
mod problem;
mod projects;
mod routes;
mod sessions;
mod settings;
mod status;
mod tasks;
mod timeline;
mod timeline_query;
mod timestamp;
mod viewers;
mod webhooks;
mod words;
mod workspaces;

pub use api_families::*;
pub use api_keys::*;
pub use attention::*;
pub use authorizations::*;
pub use callback::*;
pub use calls::*;
pub use charts::*;
pub use checkup::*;
pub use connection_list::*;
pub use connections::*;
pub use consumer_key::*;
pub use credentials::*;
pub use delegations::*;
pub use deliveries::*;
pub use diagnosis::*;
pub use drafts::*;
pub use embeds::*;
pub use endpoint::{
    Endpoint, Form, List, Method, Nothing, PROOF_HEADER, PROOF_VALUE, Params, REQUEST_ID_HEADER, common_problems,
};
pub use explanation::{CredentialKind, Facts, explain};
pub use export::ExportFormat;
pub use forge::*;
pub use health::*;
pub use horizon::*;
pub use ids::*;
pub use instances::*;
pub use lifecycle::*;
pub use limits::*;
pub use members::*;
pub use name::*;
pub use problem::*;
pub use projects::*;
pub use routes::{ENDPOINTS, STREAMS, Stream, VisitEndpoint, visit_endpoints};
pub use sessions::*;
pub use settings::*;
pub use status::*;
pub use tasks::*;
pub use timeline::*;
pub use timeline_query::*;
pub use timestamp::*;
pub use viewers::*;
pub use webhooks::*;
pub use words::{UnknownFields, UnknownWord};
pub use workspaces::*;
