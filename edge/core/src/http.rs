//! Causeway's HTTP surface, apart from the proxy: JSON for the app and for programs, pages for a browser that is being
//! redirected to or from Atlassian, a Jira instance or the OpenID provider.
//!
//! The router is generic over the [`Platform`], so the whole surface is tested natively with `oneshot`. Every response
//! has a request id and security headers; every failure is a problem (RFC 9457), or a page with the same content.

mod api_keys;
mod application_links;
mod authorizations;
mod callback;
mod caller;
mod checkup;
mod connections;
mod cookies;
mod credential_authorizations;
mod credential_check;
mod etag;
mod export;
mod failure;
mod guides;
mod health;
mod instances;
mod json_body;
mod keepers;
mod lifecycle;
mod middleware;
mod navigation;
mod openid;
mod own_faults;
mod page;
mod request_id;
mod return_to;
mod revert;
mod rotation;
mod routing;
mod rsa_keys;
mod sessions;
mod sign_in;
mod site_address;
mod start;
mod timeline;
mod webhooks;
mod workspaces;

#[cfg(test)]
mod tests;

use std::rc::Rc;

use axum::Router;
use send_wrapper::SendWrapper;

pub use health::Cryptography;
pub use middleware::answer;
pub use rotation::switch_key;

use crate::{
    configuration::Configuration,
    grant::GrantKeepers,
    oauth1::Rsa,
    organization::Organizations,
    organization_id::OrganizationId,
    ports::{Aead, Clock, Http, Log, Mac, Random},
};

/// The ports that the HTTP surface needs.
pub trait Platform: Clock + Random + Aead + Mac + Rsa + Http + GrantKeepers + Organizations + Log + 'static {}
impl<P: Clock + Random + Aead + Mac + Rsa + Http + GrantKeepers + Organizations + Log + 'static> Platform for P {}

/// The edge: its platform and its configuration.
pub struct Edge<P> {
    /// The platform's ports.
    pub platform: Rc<P>,
    /// What the operator configured.
    pub configuration: Rc<Configuration>,
    /// The organization that requests are for.
    pub organization: OrganizationId,
    /// What `/healthz` has checked of the platform's cryptography.
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

/// The routes. Requests reach them through [`answer`], which sets the request id and the security headers.
pub fn router<P: Platform>(edge: &Edge<P>) -> Router {
    macro_rules! mount_each {
        ($($endpoint:ident)*) => {{
            let routes = Router::new();
            $(let routes = routing::mount::<P, api::$endpoint>(routes, edge);)*
            routes
        }};
    }
    let routes = api::for_each_endpoint!(mount_each);
    let routes = checkup::routes(routes, edge);
    let routes = export::routes(routes, edge);
    let routes = sign_in::routes(routes, edge);
    let routes = start::routes(routes, edge);
    let routes = callback::routes(routes, edge);
    routes.fallback(failure::not_found).method_not_allowed_fallback(failure::method_not_allowed)
}

/// The edge as a handler holds it. axum requires handlers that may move between threads; a Worker has one thread.
type SharedEdge<P> = SendWrapper<Edge<P>>;
