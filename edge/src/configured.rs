//! The configuration, from the Worker's variables and secrets, and what an isolate makes of it once.

use std::{cell::RefCell, rc::Rc};

use edge_core::{configuration::Configuration, http::Edge, organization_id::OrganizationId};
use worker::Env;

use crate::platform::WorkersPlatform;

thread_local! {
    /// The edge of this isolate. Its bindings and configuration do not change while the isolate lives.
    static EDGE: RefCell<Option<Edge<WorkersPlatform>>> = const { RefCell::new(None) };
}

/// Reads it all. Variables and secrets are read alike.
pub(crate) fn configuration(env: &Env) -> Configuration {
    Configuration::read(|name| env.var(name).ok().map(|value| value.to_string()))
}

/// The edge of this isolate, which router and proxy share.
pub(crate) fn edge(env: &Env) -> Edge<WorkersPlatform> {
    EDGE.with_borrow_mut(|edge| edge.get_or_insert_with(|| build(env)).clone())
}

fn build(env: &Env) -> Edge<WorkersPlatform> {
    let (configuration, platform) = (configuration(env), WorkersPlatform::new(env.clone()));
    configuration.report(&platform);
    Edge {
        configuration: Rc::new(configuration),
        platform: Rc::new(platform),
        organization: OrganizationId::default(),
        isolate: Rc::default(),
    }
}
