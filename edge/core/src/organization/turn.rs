//! One turn of the organization: one caller, one time, one transaction.

use api::{Id, Timestamp};

use crate::{
    configuration::OperatorInfo,
    organization::{Identity, IfMatch, Refusal, Sql, migrate},
    organization_id::OrganizationId,
    ports::{PortFailure, Random},
    secrets::random_id,
};

/// The context of a handler: the caller, the time, and the tables.
///
/// The dispatcher creates one for each command and runs the handler in a transaction (see [`Turn::transaction`]), so a
/// handler may refuse after it has written: the refusal rolls back.
#[derive(Clone)]
pub struct Turn<'a> {
    /// The organization that the tables belong to.
    pub organization: &'a OrganizationId,
    /// The caller. Alarms run as [`Identity::Edge`].
    pub who: Identity,
    /// Which version an edit may replace, where the request carries `If-Match`.
    pub expected_version: Option<IfMatch>,
    /// The time of the turn.
    pub now: Timestamp,
    /// The organization's tables.
    pub sql: &'a dyn Sql,
    /// The source of random ids.
    pub random: &'a dyn Random,
    /// The verified e-mail addresses of the administrators, lower case, as the operator currently configures them.
    pub administrators: &'a [String],
    /// What the operator tells people.
    pub operator: &'a OperatorInfo,
}

impl Turn<'_> {
    /// Migrates the tables to this version.
    pub fn prepare(sql: &dyn Sql) -> Result<(), PortFailure> {
        migrate(sql)
    }

    /// Runs `work` in one transaction: an error or a panic rolls everything back.
    pub fn transaction<T, E: From<PortFailure>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let (mut work, mut outcome) = (Some(work), None);
        self.sql.transaction(&mut || {
            outcome = work.take().map(|work| work());
            matches!(outcome, Some(Ok(_)))
        })?;
        outcome.unwrap_or_else(|| Err(PortFailure("the transaction was not run".to_owned()).into()))
    }

    /// Creates a random id.
    pub(super) fn new_id<I: Id>(&self) -> I {
        I::from_opaque(&random_id(self.random))
    }

    /// Refuses an edit that may not replace the version `current`.
    pub(super) fn check_version(&self, current: u64) -> Result<(), Refusal> {
        match &self.expected_version {
            Some(expected) if expected.allows(current) => Ok(()),
            _ => Err(Refusal::EditConflict),
        }
    }
}
