//! The Durable Object `Organization`: its SQLite, and one alarm for housekeeping.

use std::cell::Cell;

use api::Timestamp;
use edge_core::{
    alarm::{reseal_due, run_due_checkups, send_due_deliveries},
    checkup::Context,
    configuration::Configuration,
    organization::{Organization as Decisions, Refusal, Sql, Value, destroy},
    organization_id::OrganizationId,
    ports::{Clock as _, Level, PortFailure},
};
use serde::de::DeserializeOwned;
use worker::{
    DurableObject, Env, Request, Response, Result, SqlCursor, SqlStorage, SqlStorageValue, State, durable_object,
    wasm_bindgen,
};

use crate::{
    configured::configuration,
    log,
    platform::{WorkersPlatform, failed},
};

/// One organization. Answers commands; see `edge_core::organization`.
#[durable_object]
pub struct Organization {
    state: State,
    tables: Tables,
    configuration: Configuration,
    platform: WorkersPlatform,
    prepared: Cell<bool>,
    /// When the alarm goes off, as far as this start of the object knows.
    alarm: Cell<Option<Timestamp>>,
}

impl DurableObject for Organization {
    fn new(state: State, env: Env) -> Self {
        let tables = Tables(state.storage().sql());
        Self {
            state,
            tables,
            configuration: configuration(&env),
            platform: WorkersPlatform::new(env),
            prepared: Cell::new(false),
            alarm: Cell::new(None),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let asked = request.text().await?;
        self.prepare()?;
        let answer = self.decisions().answer(&asked);
        // What was decided stands, whether or not the alarm could be set: the next command sets it.
        if let Err(error) = self.set_alarm().await {
            log::write(Level::Warning, "alarm_not_set", &[("cause", &error.to_string())]);
        }
        Response::ok(answer)
    }

    async fn alarm(&self) -> Result<Response> {
        self.alarm.set(None);
        self.prepare()?;
        self.decisions().sweep().map_err(refused)?;
        for grant in self.decisions().retiring().map_err(thrown)? {
            if destroy(&self.platform, &OrganizationId::default(), &grant).await {
                self.decisions().retired(&grant).map_err(thrown)?;
            }
        }
        let work = futures::future::join3(self.run_checkups(), self.send_deliveries(), self.reseal());
        let (checked, sent, resealed) = work.await;
        checked?;
        sent?;
        resealed?;
        self.set_alarm().await?;
        Response::empty()
    }
}

impl Organization {
    fn decisions(&self) -> Decisions<'_, Tables, WorkersPlatform> {
        Decisions {
            sql: &self.tables,
            random: &self.platform,
            now: self.platform.now(),
            administrators: self.configuration.administrators().unwrap_or_default(),
        }
    }

    /// The checkups that are due, a few of them; the next alarm runs the rest.
    async fn run_checkups(&self) -> Result<()> {
        run_due_checkups(&self.cx(&OrganizationId::default()), || self.decisions()).await.map_err(thrown)
    }

    /// The deliveries to webhooks that are due, a few of them; the next alarm sends the rest.
    async fn send_deliveries(&self) -> Result<()> {
        send_due_deliveries(&self.cx(&OrganizationId::default()), || self.decisions()).await.map_err(thrown)
    }

    /// What another key than the first sealed, a few of them; the next alarm goes on.
    async fn reseal(&self) -> Result<()> {
        reseal_due(&self.cx(&OrganizationId::default()), || self.decisions()).await.map_err(thrown)
    }

    const fn cx<'a>(&'a self, organization: &'a OrganizationId) -> Context<'a, WorkersPlatform> {
        Context { world: &self.platform, configuration: &self.configuration, organization }
    }

    /// Once for each start of the object.
    fn prepare(&self) -> Result<()> {
        if !self.prepared.get() {
            Decisions::<Tables, WorkersPlatform>::prepare(&self.tables).map_err(thrown)?;
            if let Ok(ring) = self.configuration.key_ring() {
                self.decisions().expect_keys(&ring.ids()).map_err(thrown)?;
            }
            self.prepared.set(true);
        }
        Ok(())
    }

    /// Brings the alarm forward, if housekeeping is due before it.
    async fn set_alarm(&self) -> Result<()> {
        let Some(due) = self.decisions().housekeeping_due().map_err(thrown)? else { return Ok(()) };
        if self.alarm.get().is_none() {
            self.alarm.set(self.state.storage().get_alarm().await?.map(Timestamp::from_millis));
        }
        if self.alarm.get().is_none_or(|set| due < set) {
            self.state.storage().set_alarm(due.since(self.platform.now()).max(0)).await?;
            self.alarm.set(Some(due));
        }
        Ok(())
    }
}

/// The platform answers a thrown error for us, and tries a failed alarm again.
fn thrown(failure: PortFailure) -> worker::Error {
    worker::Error::RustError(failure.0)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn refused(refusal: Refusal) -> worker::Error {
    worker::Error::RustError(format!("{refusal:?}"))
}

struct Tables(SqlStorage);

impl Sql for Tables {
    fn rows<T: DeserializeOwned>(
        &self,
        statement: &str,
        values: Vec<Value>,
    ) -> std::result::Result<Vec<T>, PortFailure> {
        self.cursor(statement, values)?.to_array().map_err(failed)
    }
}

impl Tables {
    /// Apart from what depends on the form of the rows.
    fn cursor(&self, statement: &str, values: Vec<Value>) -> std::result::Result<SqlCursor, PortFailure> {
        self.0.exec(statement, values.into_iter().map(bind).collect::<Vec<_>>()).map_err(failed)
    }
}

fn bind(value: Value) -> SqlStorageValue {
    match value {
        Value::Text(text) => SqlStorageValue::String(text),
        Value::Integer(number) => SqlStorageValue::Integer(number),
        Value::Null => SqlStorageValue::Null,
    }
}
