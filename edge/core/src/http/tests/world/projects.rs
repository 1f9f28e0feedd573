//! The keepers of projects: each a real [`ProjectObject`] over tables of its own, as the platform runs Durable Objects.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use api::Timestamp;

use super::World;
use crate::{
    configuration::Configuration,
    organization::{Sql, fixture::Tables},
    ports::PortFailure,
    project_keeper::{ProjectIdentity, ProjectKeepers, ProjectObject, ProjectWorld},
};

/// Every keeper, by the name of its object.
#[derive(Default)]
pub(super) struct ProjectKeeperObjects(RefCell<BTreeMap<String, Rc<Stored>>>);

/// What a keeper has stored.
struct Stored {
    tables: Tables,
    alarm: Cell<Option<Timestamp>>,
}

/// What a keeper reaches.
struct KeeperWorld {
    edge: Rc<World>,
    stored: Rc<Stored>,
}

impl ProjectWorld for KeeperWorld {
    type Platform = World;

    fn platform(&self) -> &World {
        &self.edge
    }

    fn sql(&self) -> &dyn Sql {
        &self.stored.tables
    }

    async fn alarm(&self) -> Result<Option<Timestamp>, PortFailure> {
        Ok(self.stored.alarm.get())
    }

    async fn set_alarm(&self, at: Option<Timestamp>) -> Result<(), PortFailure> {
        self.stored.alarm.set(at);
        Ok(())
    }

    async fn erase(&self) -> Result<(), PortFailure> {
        panic!("no project is deleted while its keeper runs")
    }
}

impl World {
    /// The keeper of a project. It is started anew for each command, over what it has stored.
    fn project_keeper(&self, name: &str) -> ProjectObject<KeeperWorld> {
        let mut objects = self.projects.0.borrow_mut();
        let new = || Rc::new(Stored { tables: Tables::empty(), alarm: Cell::new(None) });
        let stored = Rc::clone(objects.entry(name.to_owned()).or_insert_with(new));
        let edge = self.itself.upgrade().expect("the world is there");
        ProjectObject::new(KeeperWorld { edge, stored }, Configuration::read(super::configured))
    }

    /// Runs a statement of a test's own in the tables of every project's keeper.
    pub(in crate::http::tests) fn changes_tables_of_projects(&self, statement: &str) {
        for stored in self.projects.0.borrow().values() {
            stored.tables.run(statement, vec![]).expect("SQL");
        }
    }

    /// Delivers the alarm of every project's keeper, if it is set.
    pub(in crate::http::tests) async fn deliver_project_alarms(&self) {
        let names: Vec<String> = self.projects.0.borrow().keys().cloned().collect();
        for name in names {
            let keeper = self.project_keeper(&name);
            if keeper.world().stored.alarm.get().is_some() {
                Box::pin(keeper.on_alarm()).await;
            }
        }
    }
}

impl ProjectKeepers for World {
    async fn call_project(&self, identity: &ProjectIdentity, envelope: String, _: bool) -> Result<String, PortFailure> {
        Ok(self.project_keeper(&identity.object_name()).handle(&envelope).await)
    }
}
