//! The Durable Object `Organization`: its SQLite, and one alarm that sweeps.

use std::cell::Cell;

use edge_core::{
    configuration::Configuration,
    organization::{Organization as Decisions, Sql, Value},
    ports::{Clock as _, PortFailure},
};
use serde::de::DeserializeOwned;
use worker::{
    DurableObject, Env, Request, Response, Result, SqlStorage, SqlStorageValue, State, durable_object, wasm_bindgen,
};

use crate::{
    configured::configuration,
    platform::{WorkersPlatform, failed},
};

/// The pause before the first sweep, in milliseconds: an hour.
const FIRST_SWEEP: i64 = 3_600_000;

/// One organization. Answers commands; see `edge_core::organization`.
#[durable_object]
pub struct Organization {
    state: State,
    tables: Tables,
    configuration: Configuration,
    platform: WorkersPlatform,
    prepared: Cell<bool>,
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
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let asked = request.text().await?;
        self.prepare().await?;
        Response::ok(self.decisions().answer(&asked))
    }

    async fn alarm(&self) -> Result<Response> {
        self.prepare().await?;
        if let Some(at) = self.decisions().sweep().map_err(|failure| worker::Error::RustError(failure.0))? {
            self.state.storage().set_alarm(at.as_millis() - self.platform.now().as_millis()).await?;
        } else {
            self.prepared.set(false);
        }
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

    /// Once for each start of the object: the tables are there, and an alarm is set.
    async fn prepare(&self) -> Result<()> {
        if self.prepared.get() {
            return Ok(());
        }
        Decisions::<Tables, WorkersPlatform>::prepare(&self.tables)
            .map_err(|failure| worker::Error::RustError(failure.0))?;
        if self.state.storage().get_alarm().await?.is_none() {
            self.state.storage().set_alarm(FIRST_SWEEP).await?;
        }
        self.prepared.set(true);
        Ok(())
    }
}

struct Tables(SqlStorage);

impl Sql for Tables {
    fn rows<T: DeserializeOwned>(&self, statement: &str, values: Vec<Value>) -> Result<Vec<T>, PortFailure> {
        let values = values.into_iter().map(bind).collect::<Vec<_>>();
        self.0.exec(statement, values).and_then(|cursor| cursor.to_array()).map_err(failed)
    }
}

fn bind(value: Value) -> SqlStorageValue {
    match value {
        Value::Text(text) => SqlStorageValue::String(text),
        Value::Integer(number) => SqlStorageValue::Integer(number),
        Value::Null => SqlStorageValue::Null,
    }
}
