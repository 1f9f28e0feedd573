//! Causeway's HTTP surface, apart from the proxy: JSON for the app and for programs, pages for a browser that is being
//! redirected to or from Atlassian, a Jira instance or the OpenID provider.
//!
//! The router is generic over the [`Platform`], so the whole surface is tested natively with `oneshot`. Every response
//! has a request id and security headers; every failure is a problem (RFC 9457), or a page with the same content.

mod api_keys;
mod application_links;
mod authorizations;
mod body;
mod callback;
mod caller;
mod charts;
mod checkup;
mod connection_resyncs;
mod connections;
mod cookies;
mod credential_authorizations;
mod credential_check;
mod drawing;
mod embeds;
mod etag;
mod export;
mod failure;
mod forge;
mod guard;
mod guides;
mod hashed_files;
mod health;
mod incoming;
mod instances;
mod isolate;
mod jira_events;
mod jira_projects;
mod json_body;
mod keepers;
mod key_set;
mod lifecycle;
mod mapping;
mod middleware;
mod navigation;
mod openid;
mod own_faults;
mod page;
mod proxy_access;
mod request_id;
mod resyncs;
mod return_to;
mod revert;
mod rotation;
mod routing;
mod rsa_keys;
mod sessions;
mod settings;
mod sign_in;
mod sign_in_cookie;
mod sign_in_outcome;
mod site_address;
mod start;
mod tasks;
mod timeline;
mod viewers;
mod webhooks;
mod workspaces;

#[cfg(test)]
mod tests;

use std::rc::Rc;

use axum::Router;
use send_wrapper::SendWrapper;

pub use charts::{DelegationMemory, RenderCopies};
pub use guard::ClientAddress;
pub use hashed_files::{HASHED_FILES, is_the_file};
pub use incoming::{IncomingRequest, not_served, representable, serve};
pub use isolate::Isolate;
pub use middleware::answer;
pub use proxy_access::authorize_call;
pub use rotation::switch_key;

use crate::{
    configuration::Configuration,
    delegation::DelegationKeepers,
    grant::GrantKeepers,
    oauth1::Rsa,
    organization::Organizations,
    organization_id::OrganizationId,
    ports::{Aead, Clock, Http, Log, Mac, Random, RateLimiter, Timer},
    project_keeper::ProjectKeepers,
    quota_ledger::QuotaLedgers,
};

/// The ports that the HTTP surface needs.
pub trait Platform:
    Clock
    + Timer
    + Random
    + Aead
    + Mac
    + Rsa
    + Http
    + GrantKeepers
    + ProjectKeepers
    + DelegationKeepers
    + RenderCopies
    + QuotaLedgers
    + Organizations
    + RateLimiter
    + Log
    + 'static
{
}
impl<P> Platform for P where
    P: Clock
        + Timer
        + Random
        + Aead
        + Mac
        + Rsa
        + Http
        + GrantKeepers
        + ProjectKeepers
        + DelegationKeepers
        + RenderCopies
        + QuotaLedgers
        + Organizations
        + RateLimiter
        + Log
        + 'static
{
}

/// The edge: its platform and its configuration.
pub struct Edge<P> {
    /// The platform's ports.
    pub platform: Rc<P>,
    /// What the operator configured.
    pub configuration: Rc<Configuration>,
    /// The organization that requests are for.
    pub organization: OrganizationId,
    /// What this isolate remembers between requests.
    pub isolate: Rc<Isolate>,
}

impl<P> Clone for Edge<P> {
    fn clone(&self) -> Self {
        Self {
            platform: Rc::clone(&self.platform),
            configuration: Rc::clone(&self.configuration),
            organization: self.organization.clone(),
            isolate: Rc::clone(&self.isolate),
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
    let routes = forge::routes(routes, edge);
    let routes = embeds::routes(routes, edge);
    let routes = jira_events::routes(routes, edge);
    routes.fallback(failure::not_found).method_not_allowed_fallback(failure::method_not_allowed)
}

/// The edge as a handler holds it. axum requires handlers that may move between threads; a Worker has one thread.
type SharedEdge<P> = SendWrapper<Edge<P>>;
