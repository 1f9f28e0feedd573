//! The edge with a configuration, and who is signed in to it.

use std::{cell::RefCell, rc::Rc};

use axum::body::{Body, to_bytes};
use http::Request;

use super::{Answered, Browser, PUBLIC_URL, World};
use crate::{
    configuration::Configuration,
    http::{Edge, answer, router},
    organization::{OpenSession, Opened, fixture::account_of},
    organization_id::OrganizationId,
    ports::Spawner,
    secrets::{Digest, Secret},
};

/// The edge, configured.
pub(in crate::http::tests) struct Deployment {
    pub(in crate::http::tests) world: Rc<World>,
    pub(in crate::http::tests) edge: Edge<World>,
}

pub(in crate::http::tests) fn configured(name: &'static str) -> Option<String> {
    let value = match name {
        "PUBLIC_URL" => PUBLIC_URL,
        "ATLASSIAN_AUTH_URL" => "https://auth.atlassian.example",
        "ATLASSIAN_API_URL" => "https://api.atlassian.example",
        "ATLASSIAN_CLIENT_ID" => "client",
        "ATLASSIAN_CLIENT_SECRET" => "CLIENT-SECRET",
        "ATLASSIAN_VIEWER_CLIENT_ID" => "viewer-client",
        "ATLASSIAN_VIEWER_CLIENT_SECRET" => "VIEWER-SECRET",
        "ATLASSIAN_CALLBACK_PATH" => "/oauth/callback/cloud",
        "OIDC_ISSUER" => "https://id.example",
        "OIDC_CLIENT_ID" => "causeway",
        "OIDC_CLIENT_SECRET" => "OIDC-SECRET",
        "ADMINS" => "ada@example.com",
        "SEALING_KEYS" => "k1:dGVzdHMgb2YgdGhlIGVkZ2UsIHNlYWxpbmcga2V5IDE=",
        _ => return None,
    };
    Some(value.to_owned())
}

impl Deployment {
    pub(in crate::http::tests) fn new() -> Self {
        Self::with(configured)
    }

    pub(in crate::http::tests) fn with(get: impl Fn(&'static str) -> Option<String>) -> Self {
        let world = Rc::new_cyclic(World::new);
        let edge = Edge {
            platform: Rc::clone(&world),
            configuration: Rc::new(Configuration::read(get)),
            organization: OrganizationId::default(),
            isolate: Rc::default(),
        };
        let deployment = Self { world, edge };
        deployment.run();
        deployment
    }

    /// Makes this the deployment that runs: keepers read its configuration.
    pub(in crate::http::tests) fn run(&self) {
        self.world.keepers.deploy(&self.edge.configuration);
    }

    /// The same deployment, after the operator removed one value of its configuration.
    pub(in crate::http::tests) fn without(&self, missing: &'static str) -> Self {
        self.reconfigured(missing, None)
    }

    /// The same deployment, after the operator set one value of its configuration to another one, or removed it.
    pub(in crate::http::tests) fn reconfigured(&self, changed: &'static str, value: Option<&'static str>) -> Self {
        let get = |name| if name == changed { value.map(str::to_owned) } else { configured(name) };
        let configuration = Configuration::read(get);
        self.configured_as(configuration)
    }

    /// The same deployment with another configuration.
    pub(in crate::http::tests) fn configured_as(&self, configuration: Configuration) -> Self {
        let edge = Edge { configuration: Rc::new(configuration), isolate: Rc::default(), ..self.edge.clone() };
        Self { world: Rc::clone(&self.world), edge }
    }

    pub(in crate::http::tests) async fn send(&self, request: Request<Body>) -> Answered {
        self.run();
        let answer = answer(&self.edge, router(&self.edge), Rc::new(WhoeverWaits), request).await;
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        Answered { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    /// A browser in which Ada is signed in.
    pub(in crate::http::tests) async fn ada(&self) -> Browser<'_> {
        self.signed_in("ada@example.com", "Ada Admin").await
    }

    /// A browser in which somebody is signed in who may be.
    pub(in crate::http::tests) async fn signed_in(&self, email: &str, name: &str) -> Browser<'_> {
        let session = Secret::generate(&*self.world);
        let open = OpenSession {
            state: session.digest(),
            account: account_of(email),
            email: email.into(),
            name: name.into(),
            session: session.digest(),
            replaces: None,
        };
        let opened = self.edge.send(&open).await.expect("storage works");
        assert!(matches!(opened, Opened::Signed(_)));
        let browser = Browser { deployment: self, cookies: RefCell::default() };
        browser.cookies.borrow_mut().insert("__Host-session".into(), session.expose().into());
        browser
    }

    /// A browser in which nobody is signed in.
    pub(in crate::http::tests) fn stranger(&self) -> Browser<'_> {
        Browser { deployment: self, cookies: RefCell::default() }
    }
}

/// Work is driven by whoever waits for it.
pub(in crate::http::tests) struct WhoeverWaits;

impl Spawner for WhoeverWaits {
    fn spawn(&self, _: futures::future::LocalBoxFuture<'static, ()>) {}
}

/// What is stored of a session whose cookie this is.
pub(in crate::http::tests) fn stored(secret: &str) -> String {
    Digest::of(secret).as_str().to_owned()
}
