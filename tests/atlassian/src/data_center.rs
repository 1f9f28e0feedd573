//! The Data Center side: Jira instances that a company runs itself, each at an address of its own with its people and
//! their passwords, application links (OAuth 1.0a), an OAuth 2.0 provider, and Basic with all that can go wrong with it.
//!
//! Out of scope: rights beyond who has an account and who administers, and the demand for https, which this Jira was
//! told to drop, as administrators can.

mod accounts;
mod admin_api;
mod at;
mod base_url;
mod caller;
mod handle;
mod installation;
mod instance;
mod log_in;
mod oauth1;
mod oauth2;
mod personal_access_tokens;
mod rest;
mod secure;
mod settings;

use axum::{Router, middleware};

pub(crate) use admin_api::AdminCommand;
pub(crate) use at::At;
pub use handle::DataCenter;
pub(crate) use installation::{DataCenters, Installation};
pub use instance::Instance;
pub use oauth1::ApplicationLink;
pub(crate) use oauth1::Nonces;
pub use oauth2::{IncomingLink, Oauth2Grant, Scope};
pub use settings::{InstanceSettings, WrongCredential};

use crate::fault_injection::{self, Watched};
use crate::listeners::Listener;
use crate::pages;
use crate::recorder::Endpoint;
use crate::world::Shared;

/// Everything at one address of an instance.
pub(crate) fn router(world: &Shared, instance: Instance, listener: Listener) -> Router {
    let at = At { world: world.clone(), instance, listener };
    let routes = Router::new()
        .merge(log_in::routes())
        .merge(oauth1::routes(&at))
        .merge(oauth2::routes())
        .merge(rest::routes())
        .merge(secure::routes());
    let routes = match instance.context_path() {
        "" => routes,
        context => Router::new().nest(context, routes),
    };
    let watched =
        Watched { world: world.clone(), at: world.address_of(listener), endpoint_of: Endpoint::of_data_center };
    routes
        .merge(pages::assets().with_state(world.clone()))
        .fallback(base_url::nothing_there)
        .layer(middleware::from_fn_with_state(at.clone(), base_url::redirect_if_moved))
        .with_state(at)
        .layer(middleware::from_fn_with_state(watched, fault_injection::record_and_inject_fault))
}
