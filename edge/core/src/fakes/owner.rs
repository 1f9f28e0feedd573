//! The organization, as a grant's keeper sees it.

use std::{
    cell::{Cell, RefCell},
    future::pending,
    rc::Rc,
};

use api::GrantId;

use super::Faults;
use crate::{
    grant::{Claim, GrantOwner, GrantReport},
    organization_id::OrganizationId,
    ports::PortFailure,
};

/// Answers what it was told to answer, keeps what it was told.
#[derive(Debug)]
pub struct FakeOwner {
    /// What every grant's claim is.
    pub claim: Cell<Claim>,
    /// Refuse everything.
    pub down: Cell<bool>,
    /// Answer nothing.
    pub stalled: Cell<bool>,
    reports: RefCell<Vec<(GrantId, GrantReport)>>,
    faults: Rc<Faults>,
}

impl FakeOwner {
    /// Holds every grant, at first.
    pub fn new(faults: Rc<Faults>) -> Self {
        Self {
            claim: Cell::new(Claim::Held),
            down: Cell::new(false),
            stalled: Cell::new(false),
            reports: RefCell::default(),
            faults,
        }
    }

    /// What was reported about every grant.
    pub fn reports(&self) -> Vec<GrantReport> {
        self.reports.borrow().iter().map(|(_, report)| report.clone()).collect()
    }

    async fn reach(&self) -> Result<(), PortFailure> {
        self.faults.pass("owner: before").await;
        if self.stalled.get() {
            pending::<()>().await;
        }
        if self.down.get() { Err(PortFailure("the organization is down".to_owned())) } else { Ok(()) }
    }
}

impl GrantOwner for FakeOwner {
    async fn claim_of(&self, _: &OrganizationId, _: &GrantId) -> Result<Claim, PortFailure> {
        self.reach().await?;
        Ok(self.claim.get())
    }

    async fn report(&self, _: &OrganizationId, grant: &GrantId, report: &GrantReport) -> Result<(), PortFailure> {
        self.reach().await?;
        self.reports.borrow_mut().push((grant.clone(), report.clone()));
        self.faults.pass("owner: after the report").await;
        Ok(())
    }
}
