//! What a Durable Object has of the platform: the Worker's ports, its own SQLite database, and its alarm.

use api::Timestamp;
use edge_core::{
    organization::{Row, Sql, Value},
    organization_object::ObjectWorld,
    ports::{Clock as _, PortFailure},
    project_keeper::ProjectWorld,
};
use js_sys::Reflect;
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use worker::{Env, SqlStorage, SqlStorageValue, State, Storage};

use crate::platform::{WorkersPlatform, failed};

/// The ports of the object: the Worker's, and its own storage.
pub(crate) struct World {
    platform: WorkersPlatform,
    storage: Storage,
    tables: Tables,
}

impl World {
    pub(crate) fn new(state: State, env: Env) -> Self {
        let (storage, sql) = (state.storage(), state.storage().sql());
        let object = state._inner();
        // A missing property is `undefined`; the first transaction then fails with a message about it.
        let transactions = Reflect::get(object.as_ref(), &"storage".into()).unwrap_or(JsValue::UNDEFINED);
        let tables = Tables { sql, storage: transactions.unchecked_into() };
        Self { platform: WorkersPlatform::new(env), storage, tables }
    }
}

impl ObjectWorld for World {
    type Platform = WorkersPlatform;

    fn platform(&self) -> &WorkersPlatform {
        &self.platform
    }

    fn sql(&self) -> &dyn Sql {
        &self.tables
    }

    async fn alarm(&self) -> std::result::Result<Option<Timestamp>, PortFailure> {
        Ok(self.storage.get_alarm().await.map_err(failed)?.map(Timestamp::from_millis))
    }

    async fn set_alarm(&self, at: Option<Timestamp>) -> std::result::Result<(), PortFailure> {
        match at {
            Some(at) => self.storage.set_alarm(at.since(self.platform.now()).max(0)).await.map_err(failed),
            None => self.storage.delete_alarm().await.map_err(failed),
        }
    }
}

impl ProjectWorld for World {
    type Platform = WorkersPlatform;

    fn platform(&self) -> &WorkersPlatform {
        &self.platform
    }

    fn sql(&self) -> &dyn Sql {
        &self.tables
    }

    async fn alarm(&self) -> std::result::Result<Option<Timestamp>, PortFailure> {
        ObjectWorld::alarm(self).await
    }

    async fn set_alarm(&self, at: Option<Timestamp>) -> std::result::Result<(), PortFailure> {
        ObjectWorld::set_alarm(self, at).await
    }

    async fn erase(&self) -> std::result::Result<(), PortFailure> {
        self.storage.delete_all().await.map_err(failed)
    }
}

#[wasm_bindgen]
extern "C" {
    /// `ctx.storage`, for a method that the `worker` crate does not bind.
    type TransactionalStorage;

    /// Commits if `work` returns, and rolls back if it throws. `sql.exec` refuses `SAVEPOINT`.
    /// Source: <https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#transactionsync>.
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &TransactionalStorage,
        work: &mut dyn FnMut() -> std::result::Result<(), JsValue>,
    ) -> std::result::Result<JsValue, JsValue>;
}

struct Tables {
    sql: SqlStorage,
    storage: TransactionalStorage,
}

impl Sql for Tables {
    fn query(&self, statement: &str, values: Vec<Value>) -> std::result::Result<Vec<Row>, PortFailure> {
        let values = values.into_iter().map(bind).collect::<Vec<_>>();
        self.sql.exec(statement, values).map_err(failed)?.to_array().map_err(failed)
    }

    fn transaction(&self, work: &mut dyn FnMut() -> bool) -> std::result::Result<(), PortFailure> {
        let mut refused = false;
        let mut work_or_throw = || {
            refused = !work();
            // The thrown value only makes the platform roll back.
            if refused { Err(JsValue::NULL) } else { Ok(()) }
        };
        let committed = self.storage.transaction_sync(&mut work_or_throw);
        match committed {
            Ok(_) => Ok(()),
            Err(_) if refused => Ok(()),
            Err(error) => Err(PortFailure(format!("the transaction failed: {error:?}"))),
        }
    }
}

fn bind(value: Value) -> SqlStorageValue {
    match value {
        Value::Text(text) => SqlStorageValue::String(text),
        Value::Integer(number) => SqlStorageValue::Integer(number),
        Value::Null => SqlStorageValue::Null,
    }
}
