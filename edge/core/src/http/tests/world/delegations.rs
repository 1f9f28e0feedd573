//! The keepers of delegations: each a memory of its own, as the platform runs Durable Objects.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use futures::future::LocalBoxFuture;

use super::World;
use crate::{
    delegation::{DelegationIdentity, DelegationKeepers},
    http::{DelegationMemory, Edge},
    ports::{PortFailure, Spawner},
};

/// Every keeper, by the name of its object.
#[derive(Default)]
pub(in crate::http::tests) struct DelegationKeeperObjects {
    memories: RefCell<BTreeMap<String, DelegationMemory>>,
    /// How often one was asked.
    pub(in crate::http::tests) asked: Cell<u32>,
    /// What the last one was asked.
    pub(in crate::http::tests) last: RefCell<Option<(DelegationIdentity, String)>>,
}

impl DelegationKeeperObjects {
    /// Every object has ended, as the platform may end them at any time.
    pub(in crate::http::tests) fn end_all(&self) {
        self.memories.borrow_mut().clear();
    }
}

/// Background work that a keeper begins.
#[derive(Default)]
struct Begun(RefCell<Vec<LocalBoxFuture<'static, ()>>>);

impl Spawner for Begun {
    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        self.0.borrow_mut().push(work);
    }
}

impl DelegationKeepers for World {
    /// The background work is done as soon as the answer is there.
    async fn call_delegation(&self, identity: &DelegationIdentity, question: String) -> Result<String, PortFailure> {
        self.delegations.asked.set(self.delegations.asked.get() + 1);
        self.delegations.last.replace(Some((identity.clone(), question.clone())));
        let memory = self.delegations.memories.borrow_mut().entry(identity.object_name()).or_default().clone();
        let edge = Edge {
            platform: self.itself.upgrade().expect("keepers end with their world"),
            configuration: self.keepers.configuration(),
            organization: self.organization.clone(),
            isolate: Rc::default(),
        };
        let begun = Begun::default();
        let answer = memory.handle(&edge, &begun, &question).await;
        for work in begun.0.into_inner() {
            work.await;
        }
        Ok(answer)
    }
}
