//! The Data Center side: Jira instances that a company runs itself, each at an address of its own with its people and
//! their passwords, application links (OAuth 1.0a), an OAuth 2.0 provider, and Basic with all that can go wrong with it.
//!
//! Out of scope: rights beyond who has an account and who administers, and the demand for https, which this Jira was
//! told to drop, as administrators can.

mod accounts;
mod at;
mod caller;
mod handle;
mod installation;
mod instance;
mod log_in;
mod oauth1;
mod oauth2;
mod orders;
mod personal_access_tokens;
mod rest;
mod settings;
mod whereabouts;

use axum::{Router, middleware};

pub(crate) use at::At;
pub use handle::DataCenter;
pub(crate) use installation::{DataCenters, Installation};
pub use instance::Instance;
pub use oauth1::ApplicationLink;
pub(crate) use oauth1::Nonces;
pub use oauth2::{IncomingLink, Oauth2Grant, Scope};
pub(crate) use orders::Order;
pub use settings::{InstanceSettings, WrongCredential};

use crate::doors::Door;
use crate::pages;
use crate::recorder::Endpoint;
use crate::striking::{self, Watched};
use crate::world::Shared;

/// Everything at one address of an instance.
pub(crate) fn router(world: &Shared, instance: Instance, door: Door) -> Router {
    let at = At { world: world.clone(), instance, door };
    let routes =
        Router::new().merge(log_in::routes()).merge(oauth1::routes(&at)).merge(oauth2::routes()).merge(rest::routes());
    let routes = match instance.context_path() {
        "" => routes,
        context => Router::new().nest(context, routes),
    };
    let watched = Watched { world: world.clone(), at: world.address_of(door), endpoint_of: Endpoint::of_data_center };
    routes
        .merge(pages::assets().with_state(world.clone()))
        .fallback(whereabouts::nothing_there)
        .layer(middleware::from_fn_with_state(at.clone(), whereabouts::answer_where_it_is))
        .with_state(at)
        .layer(middleware::from_fn_with_state(watched, striking::record_and_strike))
}
