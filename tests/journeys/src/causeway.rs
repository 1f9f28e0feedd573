//! A whole Causeway: the Worker, and the Atlassian it talks to.

use std::path::Path;

use atlassian::{Model, Options};
use tempfile::TempDir;

use crate::browser::{Browser, Engine};
use crate::configuration::Configuration;
use crate::{Claims, Launcher, OtherIssuer, RecordingProxy, TlsFront, Visitor, Worker, checkout, free_port};

/// A Worker and a model of Atlassian that know each other. Nobody else uses them, so a test may count, move the clock
/// and break things. Both end, and their state is removed, when this is dropped.
#[derive(Debug)]
pub struct Causeway {
    /// The Worker.
    pub worker: Worker,
    /// The model of Atlassian, with every request it got.
    pub model: Model,
    /// Where people open it, without a slash at the end.
    pub public_url: String,
    configuration: Configuration,
    // Last, so that it is removed after the Worker has ended.
    place: TempDir,
}

impl Causeway {
    /// Starts both.
    ///
    /// # Panics
    /// If one does not start.
    pub async fn start() -> Self {
        Self::start_with(|configuration| configuration).await
    }

    /// Starts both, the Worker with `wrangler dev`: so that this way to start it is tested, too.
    ///
    /// # Panics
    /// If one does not start.
    pub async fn start_with_wrangler_dev() -> Self {
        let port = free_port();
        Self::start_at(Launcher::WranglerDev, port, port, |configuration| configuration).await
    }

    /// Starts both, the Worker with another configuration.
    ///
    /// # Panics
    /// If one does not start.
    pub async fn start_with(change: impl FnOnce(Configuration) -> Configuration) -> Self {
        let port = free_port();
        Self::start_at(Launcher::Miniflare, port, port, change).await
    }

    /// Starts the Worker with an issuer and OAuth server that is not ours. The model is there, and nobody asks it.
    ///
    /// # Panics
    /// If one does not start.
    pub async fn start_with_other_issuer(claims: Claims) -> (Self, OtherIssuer) {
        let port = free_port();
        let issuer = OtherIssuer::start(&format!("http://localhost:{port}"), claims).await;
        let names = ["OIDC_ISSUER", "ATLASSIAN_AUTH_URL", "ATLASSIAN_API_URL"];
        let at_issuer = |all: Configuration| names.into_iter().fold(all, |all, name| all.with(name, issuer.url()));
        (Self::start_at(Launcher::Miniflare, port, port, at_issuer).await, issuer)
    }

    /// Starts both, and people reach the Worker through `proxy`.
    ///
    /// # Panics
    /// If one does not start.
    pub async fn start_behind(proxy: &RecordingProxy) -> Self {
        Self::start_at(Launcher::Miniflare, proxy.port(), proxy.worker_port(), |configuration| configuration).await
    }

    /// Starts both, and people reach the Worker by https.
    ///
    /// # Panics
    /// If one does not start.
    pub async fn start_behind_tls(front: &TlsFront) -> Self {
        let public_url = format!("https://localhost:{}", front.port());
        Self::start_for(Launcher::Miniflare, public_url, front.worker_port(), |configuration| configuration).await
    }

    /// Starts both; the Worker counts the messages that it sends to Durable Objects, for
    /// [`Visitor::counted_messages`](crate::Visitor::counted_messages).
    ///
    /// # Panics
    /// If one does not start.
    pub async fn start_counting() -> Self {
        let port = free_port();
        let prepare = |settings: &Path| checkout::count_messages(settings);
        let public_url = format!("http://localhost:{port}");
        Self::start_prepared(Launcher::Miniflare, public_url, port, prepare, |configuration| configuration).await
    }

    async fn start_at(
        launcher: Launcher,
        public_port: u16,
        worker_port: u16,
        change: impl FnOnce(Configuration) -> Configuration,
    ) -> Self {
        Self::start_for(launcher, format!("http://localhost:{public_port}"), worker_port, change).await
    }

    async fn start_for(
        launcher: Launcher,
        public_url: String,
        worker_port: u16,
        change: impl FnOnce(Configuration) -> Configuration,
    ) -> Self {
        Self::start_prepared(launcher, public_url, worker_port, |_| (), change).await
    }

    async fn start_prepared(
        launcher: Launcher,
        public_url: String,
        worker_port: u16,
        prepare: impl FnOnce(&Path),
        change: impl FnOnce(Configuration) -> Configuration,
    ) -> Self {
        let forge_app = Some(checkout::forge_app());
        let options = Options { forge_app, ..Options::for_public_url(&public_url) };
        let model = Model::start(options).await.expect("the model starts");
        let configuration = change(of_a_laptop(&public_url, &model.url()));
        let place = tempfile::tempdir().expect("a temporary folder");
        let settings = checkout::copy_what_was_built(&place.path().join("built"));
        prepare(&settings);
        let worker = Worker::start(launcher, settings, place.path(), worker_port, configuration.clone()).await;
        Self { worker, model, public_url, configuration, place }
    }

    /// Opens a browser that nobody has used.
    pub async fn browser(&self) -> Browser {
        self.browser_of(Engine::Chromium).await
    }

    /// The same with another browser.
    pub async fn browser_of(&self, engine: Engine) -> Browser {
        Browser::open(engine, &self.public_url, &self.worker.log_file()).await
    }

    /// Somebody who speaks HTTP without a browser.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(&self.public_url)
    }

    /// What the Worker was started with.
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// The folder that holds everything the Worker keeps.
    pub fn place(&self) -> &Path {
        self.place.path()
    }
}

/// The Forge app that the model knows.
const FORGE_APP: &str = "ari:cloud:ecosystem::app/3f6f1c1e-0000-4000-8000-000000000000";

/// The example configuration at `public_url`, with the model at `model_url`.
fn of_a_laptop(public_url: &str, model_url: &str) -> Configuration {
    let model_url = model_url.trim_end_matches('/');
    Configuration::example()
        .with("PUBLIC_URL", public_url)
        .with("ATLASSIAN_AUTH_URL", model_url)
        .with("ATLASSIAN_API_URL", model_url)
        .with("OIDC_ISSUER", model_url)
        .with("FORGE_APP_ID", FORGE_APP)
        .with("FORGE_JWKS_URL", format!("{model_url}/forge/jwks.json"))
}
