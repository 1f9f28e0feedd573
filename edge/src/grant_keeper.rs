//! The Durable Object `GrantKeeper`: one grant's tokens and their rotation.

use std::{cell::OnceCell, rc::Rc};

use api::{GrantId, Timestamp};
use edge_core::{
    checkup::{Checkup, CheckupEnvelope, Context},
    grant::{GrantOwner, Keeper, KeeperCommand, KeeperEnvelope, KeeperPorts, KeeperSettings, KeeperStore, TokenCopies},
    organization_id::OrganizationId,
    ports::{Aead, Clock, Http, Level, Log, PortFailure, Random, Spawner, Timer},
};
use futures::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use worker::{DurableObject, Env, Request, Response, Result, State, Storage, durable_object, wasm_bindgen};

use crate::{
    configured::configuration,
    log,
    platform::{WorkersPlatform, failed},
};

/// The storage key of the keeper's record.
const RECORD: &str = "record";
/// The storage key of the keeper's identity, because an alarm comes without a request that carries it.
const IDENTITY: &str = "place";

/// The pause before the alarm is retried while the configuration is incomplete, in milliseconds: ten minutes.
const MISCONFIGURED_PAUSE: i64 = 600_000;

/// The identity of a keeper.
#[derive(Clone, Serialize, Deserialize)]
struct KeeperIdentity {
    organization: OrganizationId,
    grant: GrantId,
}

/// One grant. Answers commands (see `edge_core::grant`), and runs the checkups of its connection.
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
        let envelope = request.text().await?;
        let Ok(KeeperEnvelope { organization, grant, command }) = serde_json::from_str(&envelope) else {
            return self.checkup(serde_json::from_str(&envelope)?).await;
        };
        let identity = KeeperIdentity { organization, grant };
        if matches!(command, KeeperCommand::Install { .. } | KeeperCommand::Retire) {
            self.state.storage().put(IDENTITY, serde_json::to_string(&identity)?).await?;
        }
        match self.keeper(identity)?.handle(command).await {
            Ok(answer) => Response::ok(serde_json::to_string(&answer)?),
            Err(failure) => Response::error(failure.0, 503),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        let Some(identity) = self.state.storage().get::<String>(IDENTITY).await? else { return Response::empty() };
        match self.keeper(serde_json::from_str(&identity)?) {
            // The platform retries a failed alarm.
            Ok(keeper) => keeper.alarm().await.map_err(|failure| worker::Error::RustError(failure.0))?,
            // The platform retries only a few times, and an alarm that waits for the operator must not be lost.
            Err(error) => {
                log::write(Level::Alert, "keeper.misconfigured", &[("cause", &error.to_string())]);
                self.state.storage().set_alarm(MISCONFIGURED_PAUSE).await?;
            }
        }
        Response::empty()
    }
}

impl GrantKeeper {
    /// Runs a checkup here, so that it has the outgoing connections of this object. It asks the keeper for tokens as
    /// everybody does.
    async fn checkup(&self, envelope: CheckupEnvelope) -> Result<Response> {
        let CheckupEnvelope { organization, checkup } = envelope;
        let (world, configuration) = (WorkersPlatform::new(self.env.clone()), configuration(&self.env));
        let context = Context { world: &world, configuration: &configuration, organization: &organization };
        // Boxed, because a checkup is rare, and its size would otherwise be part of every command's future.
        let findings = Box::pin(Checkup::of(checkup).finish(&context)).await;
        Response::ok(serde_json::to_string(&findings)?)
    }

    fn keeper(&self, identity: KeeperIdentity) -> Result<Rc<Keeper<KeeperWorld>>> {
        if let Some(keeper) = self.keeper.get() {
            return Ok(Rc::clone(keeper));
        }
        let world = KeeperWorld { platform: WorkersPlatform::new(self.env.clone()), storage: self.state.storage() };
        let keeper = Keeper::new(settings(&self.env, identity)?, Rc::new(world));
        Ok(Rc::clone(self.keeper.get_or_init(|| keeper)))
    }
}

/// If the configuration lacks something that a keeper needs, this fails, and the grant is not touched.
fn settings(env: &Env, identity: KeeperIdentity) -> Result<KeeperSettings> {
    let configuration = configuration(env);
    let missing = |finding: &api::Finding| worker::Error::RustError(finding.message.clone());
    // Grants of Data Center sites have a client of their own.
    let client = configuration.atlassian().ok().and_then(|atlassian| atlassian.token_client().ok());
    let viewer_client = configuration.viewer_atlassian().ok().and_then(|atlassian| atlassian.token_client().ok());
    let policy = configuration.address_policy().clone();
    let ring = configuration.key_ring().map_err(missing)?.clone();
    let KeeperIdentity { organization, grant } = identity;
    Ok(KeeperSettings { client, viewer_client, policy, ring, organization, grant })
}

/// The ports of a keeper: the Worker's, and its own storage.
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
                let pause = at.since(self.platform.now()).max(0);
                self.storage.set_alarm(pause).await.map_err(failed)
            }
            None => self.storage.delete_alarm().await.map_err(failed),
        }
    }
}

/// A Durable Object stays alive while a future of it is pending, so the work needs no request.
pub(crate) struct LocalSpawner;

impl Spawner for LocalSpawner {
    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        wasm_bindgen_futures::spawn_local(work);
    }
}

impl KeeperPorts for KeeperWorld {
    fn clock(&self) -> &(impl Clock + Timer) {
        &self.platform
    }

    fn random(&self) -> &impl Random {
        &self.platform
    }

    fn aead(&self) -> &impl Aead {
        &self.platform
    }

    fn http(&self) -> &impl Http {
        &self.platform
    }

    fn copies(&self) -> &impl TokenCopies {
        &self.platform
    }

    fn owner(&self) -> &impl GrantOwner {
        &self.platform
    }

    fn log(&self) -> &impl Log {
        &self.platform
    }

    fn store(&self) -> &impl KeeperStore {
        self
    }

    fn spawner(&self) -> &impl Spawner {
        &LocalSpawner
    }
}
