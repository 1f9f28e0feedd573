//! The Durable Object `GrantKeeper`: one grant's tokens and their rotation.

use std::{cell::OnceCell, rc::Rc, time::Duration};

use api::{GrantId, Timestamp};
use edge_core::{
    grant::{Claim, GrantOwner, GrantReport, Keeper, KeeperCommand, KeeperSettings, KeeperStore, TokenCopies},
    organization_id::OrganizationId,
    ports::{Aead, AeadFailure, Clock, Http, HttpFailure, HttpLimits, Level, Log, PortFailure, Random, Spawner, Timer},
};
use futures::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use worker::{DurableObject, Env, Request, Response, Result, State, Storage, durable_object, wasm_bindgen};

use crate::{
    configured::configuration,
    log,
    platform::{WorkersPlatform, failed},
};

/// Where the keeper's record lies in its storage.
const RECORD: &str = "record";
/// Where its place lies: an alarm comes without a request that would say it.
const PLACE: &str = "place";

/// The pause of the alarm while the configuration lacks something, in milliseconds: ten minutes.
const MISCONFIGURED_PAUSE: i64 = 600_000;

/// A command on its way, with the place of the grant.
#[derive(Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) organization: OrganizationId,
    pub(crate) grant: GrantId,
    pub(crate) command: KeeperCommand,
}

#[derive(Clone, Serialize, Deserialize)]
struct Place {
    organization: OrganizationId,
    grant: GrantId,
}

/// One grant. Answers commands; see `edge_core::grant`.
#[durable_object]
pub struct GrantKeeper {
    state: State,
    env: Env,
    keeper: OnceCell<Rc<Keeper<KeeperWorld>>>,
}

impl DurableObject for GrantKeeper {
    fn new(state: State, env: Env) -> Self {
        Self { state, env, keeper: OnceCell::new() }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let Asked { organization, grant, command } = serde_json::from_str(&request.text().await?)?;
        let place = Place { organization, grant };
        if matches!(command, KeeperCommand::Install { .. } | KeeperCommand::Retire) {
            self.state.storage().put(PLACE, serde_json::to_string(&place)?).await?;
        }
        match self.keeper(place)?.handle(command).await {
            Ok(answer) => Response::ok(serde_json::to_string(&answer)?),
            Err(failure) => Response::error(failure.0, 503),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        let Some(place) = self.state.storage().get::<String>(PLACE).await? else { return Response::empty() };
        match self.keeper(serde_json::from_str(&place)?) {
            // The platform tries a failed alarm again.
            Ok(keeper) => keeper.alarm().await.map_err(|failure| worker::Error::RustError(failure.0))?,
            // A few times only: an alarm that waits for the operator must not be lost.
            Err(error) => {
                log::write(Level::Alert, "keeper_misconfigured", &[("cause", &error.to_string())]);
                self.state.storage().set_alarm(MISCONFIGURED_PAUSE).await?;
            }
        }
        Response::empty()
    }
}

impl GrantKeeper {
    fn keeper(&self, place: Place) -> Result<Rc<Keeper<KeeperWorld>>> {
        if let Some(keeper) = self.keeper.get() {
            return Ok(Rc::clone(keeper));
        }
        let world = KeeperWorld { platform: WorkersPlatform::new(self.env.clone()), storage: self.state.storage() };
        let keeper = Keeper::new(settings(&self.env, place)?, Rc::new(world));
        Ok(Rc::clone(self.keeper.get_or_init(|| keeper)))
    }
}

/// A deployment that lacks what a keeper needs answers an error here, and nothing of the grant is touched.
fn settings(env: &Env, place: Place) -> Result<KeeperSettings> {
    let configuration = configuration(env);
    let missing = |finding: &api::Finding| worker::Error::RustError(finding.message.clone());
    // Connections of Data Center sites bring a client of their own.
    let client = configuration.atlassian().ok().and_then(|atlassian| atlassian.token_client().ok());
    let policy = configuration.address_policy();
    let ring = configuration.key_ring().map_err(missing)?.clone();
    Ok(KeeperSettings { client, policy, ring, organization: place.organization, grant: place.grant })
}

/// The world as a keeper finds it: the Worker's, and its own storage.
struct KeeperWorld {
    platform: WorkersPlatform,
    storage: Storage,
}

impl KeeperStore for KeeperWorld {
    async fn load(&self) -> Result<Option<String>, PortFailure> {
        self.storage.get(RECORD).await.map_err(failed)
    }

    async fn save(&self, record: &str) -> Result<(), PortFailure> {
        self.storage.put(RECORD, record).await.map_err(failed)
    }

    async fn erase(&self) -> Result<(), PortFailure> {
        self.storage.delete_all().await.map_err(failed)
    }

    async fn set_alarm(&self, at: Option<Timestamp>) -> Result<(), PortFailure> {
        match at {
            Some(at) => {
                let pause = at.since(self.now()).max(0);
                self.storage.set_alarm(pause).await.map_err(failed)
            }
            None => self.storage.delete_alarm().await.map_err(failed),
        }
    }
}

impl Spawner for KeeperWorld {
    /// A Durable Object lives on while something of it waits, so the work needs no request to hold on to.
    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        wasm_bindgen_futures::spawn_local(work);
    }
}

impl Clock for KeeperWorld {
    fn now(&self) -> Timestamp {
        self.platform.now()
    }
}

impl Random for KeeperWorld {
    fn fill(&self, bytes: &mut [u8]) {
        self.platform.fill(bytes);
    }
}

impl Timer for KeeperWorld {
    async fn sleep(&self, pause: Duration) {
        self.platform.sleep(pause).await;
    }
}

impl Log for KeeperWorld {
    fn log(&self, level: Level, event: &'static str, details: &[(&'static str, &str)]) {
        self.platform.log(level, event, details);
    }
}

impl Aead for KeeperWorld {
    async fn seal(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        additional: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, AeadFailure> {
        self.platform.seal(key, nonce, additional, plain).await
    }

    async fn open(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        additional: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, AeadFailure> {
        self.platform.open(key, nonce, additional, sealed).await
    }
}

impl Http for KeeperWorld {
    async fn send(
        &self,
        request: http::Request<Vec<u8>>,
        limits: HttpLimits,
    ) -> Result<http::Response<Vec<u8>>, HttpFailure> {
        self.platform.send(request, limits).await
    }
}

impl TokenCopies for KeeperWorld {
    async fn read(&self, organization: &OrganizationId, grant: &GrantId) -> Result<Option<String>, PortFailure> {
        self.platform.read(organization, grant).await
    }

    async fn write(&self, organization: &OrganizationId, grant: &GrantId, copy: &str) -> Result<(), PortFailure> {
        self.platform.write(organization, grant, copy).await
    }

    async fn remove(&self, organization: &OrganizationId, grant: &GrantId) -> Result<(), PortFailure> {
        self.platform.remove(organization, grant).await
    }
}

impl GrantOwner for KeeperWorld {
    async fn claim_of(&self, organization: &OrganizationId, grant: &GrantId) -> Result<Claim, PortFailure> {
        self.platform.claim_of(organization, grant).await
    }

    async fn report(
        &self,
        organization: &OrganizationId,
        grant: &GrantId,
        report: &GrantReport,
    ) -> Result<(), PortFailure> {
        self.platform.report(organization, grant, report).await
    }
}
