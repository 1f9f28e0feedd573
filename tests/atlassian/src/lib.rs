//! A running model of Atlassian: consent and token endpoint, accessible resources, Jira with workflows, permissions and
//! webhooks, Data Center instances with all their ways to authorize, and an OIDC issuer to sign in with.
//!
//! It behaves as Atlassian documents; where the documentation is silent, as integrations have seen in production; where
//! neither says, in the stricter way, or by a [`Settings`] field. Tests control it through [`Model`]: they move its
//! clock, inject faults and read every request afterwards. The binary serves the same model, with its controls on the
//! page `/model`.
//!
//! What it models of Jira, what it does not, and how faults are ordered is in its README.
//!
//! Out of scope: any security of its own. It listens on loopback and is never part of a deployment.

mod answers;
mod api_tokens;
mod authorize;
mod clock;
mod codes;
mod commands;
mod consents;
mod control;
mod data_center;
mod deliveries;
mod families;
mod fault_injection;
mod faults;
mod forge;
mod jira;
mod listeners;
mod model;
mod oidc;
mod options;
mod pages;
mod people;
mod random;
mod rate_limit;
mod recorder;
mod resources;
mod server;
mod settings;
mod signing;
mod site_host;
pub mod sites;
mod state;
mod state_file;
mod time_zone;
mod token_endpoint;
mod world;

pub use clock::Moment;
pub use consents::Consent;
pub use data_center::{
    ApplicationLink, DataCenter, IncomingLink, Instance, InstanceSettings, Oauth2Grant, Scope, WrongCredential,
};
pub use deliveries::{Delivery, DeliveryOrder, WebhookDelivery};
pub use families::{ABSOLUTE_LIFE, Death, Family, IDLE_LIFE, LEEWAY, Pair};
pub use faults::{Fault, Hold, Kind, Stage};
pub use forge::Viewing;
pub use listeners::Listener;
pub use model::Model;
pub use options::Options;
pub use people::{Person, Profile};
pub use rate_limit::{RateLimit, Reason};
pub use recorder::{Endpoint, Outcome, Recorded};
pub use settings::{ConsentMode, IdTokenFlaw, Obstacle, RefusalWords, Resources, Settings};
