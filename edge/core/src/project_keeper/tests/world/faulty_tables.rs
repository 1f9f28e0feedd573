//! Tables of which one statement can fail.

use std::cell::Cell;

use crate::{
    organization::{Row, Sql, Value, fixture::Tables},
    ports::PortFailure,
};

/// Tables of which one statement can fail.
pub(in super::super) struct FaultyTables {
    pub(in super::super) tables: Tables,
    /// How many statements are still carried out; `None` for all.
    pub(in super::super) left: Cell<Option<u32>>,
    pub(in super::super) run: Cell<u32>,
}

impl Sql for FaultyTables {
    fn query(&self, statement: &str, values: Vec<Value>) -> Result<Vec<Row>, PortFailure> {
        self.run.set(self.run.get() + 1);
        match self.left.get() {
            Some(0) => {
                self.left.set(None);
                return Err(PortFailure("the storage is full".to_owned()));
            }
            Some(left) => self.left.set(Some(left - 1)),
            None => {}
        }
        self.tables.query(statement, values)
    }

    fn transaction(&self, work: &mut dyn FnMut() -> bool) -> Result<(), PortFailure> {
        self.tables.transaction(work)
    }
}
