//! Causeway's HTTP surface, apart from the proxy: JSON for the app and for machines, pages for a browser on its way to
//! and from Atlassian or the OpenID provider.
//!
//! The router is generic over the [`Platform`], so the whole surface is tested natively with `oneshot`. Every answer
//! carries a request id and security headers; every failure is a problem, or a page with the same content.

mod api_keys;
mod authorizations;
mod brought;
mod callback;
mod caller;
mod checkup;
mod connections;
mod cookies;
mod export;
mod failure;
mod frame;
mod guides;
mod health;
mod instances;
mod keepers;
mod lifecycle;
mod links;
mod mount;
mod moving;
mod navigation;
mod openid;
mod page;
mod return_to;
mod rotation;
mod rsa_keys;
mod sessions;
mod sign_in;
mod start;
mod timeline;
mod trying;
mod way_back;
mod webhooks;
mod workspaces;

#[cfg(test)]
mod tests;

use std::rc::Rc;

use axum::Router;
use send_wrapper::SendWrapper;

pub use frame::answer;
pub use health::Cryptography;
pub use rotation::switch_key;

use crate::{
    configuration::Configuration,
    grant::GrantKeepers,
    oauth1::Rsa,
    organization::Organizations,
    organization_id::OrganizationId,
    ports::{Aead, Clock, Http, Log, Mac, Random},
};

/// The world that the HTTP surface runs in.
pub trait Platform: Clock + Random + Aead + Mac + Rsa + Http + GrantKeepers + Organizations + Log + 'static {}
impl<P: Clock + Random + Aead + Mac + Rsa + Http + GrantKeepers + Organizations + Log + 'static> Platform for P {}

/// The edge: its world and its configuration.
pub struct Edge<P> {
    /// The world.
    pub platform: Rc<P>,
    /// What the operator configured.
    pub configuration: Rc<Configuration>,
    /// Whose data this deployment holds.
    pub organization: OrganizationId,
    /// What `/healthz` has found out about the platform's cryptography.
    pub cryptography: Rc<Cryptography>,
}

impl<P> Clone for Edge<P> {
    fn clone(&self) -> Self {
        Self {
            platform: Rc::clone(&self.platform),
            configuration: Rc::clone(&self.configuration),
            organization: self.organization.clone(),
            cryptography: Rc::clone(&self.cryptography),
        }
    }
}

/// The routes. Give requests to it through [`answer`].
pub fn router<P: Platform>(edge: &Edge<P>) -> Router {
    let routes = health::routes(Router::new(), edge);
    let routes = sessions::routes(routes, edge);
    let routes = authorizations::routes(routes, edge);
    let routes = connections::routes(routes, edge);
    let routes = checkup::routes(routes, edge);
    let routes = lifecycle::routes(routes, edge);
    let routes = timeline::routes(routes, edge);
    let routes = export::routes(routes, edge);
    let routes = api_keys::routes(routes, edge);
    let routes = webhooks::routes(routes, edge);
    let routes = instances::routes(routes, edge);
    let routes = rsa_keys::routes(routes, edge);
    let routes = rotation::routes(routes, edge);
    let routes = moving::routes(routes, edge);
    let routes = guides::routes(routes, edge);
    let routes = workspaces::routes(routes, edge);
    let routes = sign_in::routes(routes, edge);
    let routes = start::routes(routes, edge);
    let routes = callback::routes(routes, edge);
    routes.fallback(failure::not_found).method_not_allowed_fallback(failure::method_not_allowed)
}

/// Hands the edge to a handler that axum wants to send between threads; a Worker has one.
type Held<P> = SendWrapper<Edge<P>>;
