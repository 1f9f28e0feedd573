//! The ledger of points, as a keeper reaches it.

use super::Platform;
use crate::{ports::*, quota_ledger::QuotaLedgers};

impl QuotaLedgers for Platform {
    async fn call_ledger(&self, command: String) -> Result<String, PortFailure> {
        self.faults.pass("ledger: before").await;
        let answer = self.ledger.answer(&command, self.clock.now()).await;
        self.faults.pass("ledger: after").await;
        answer
    }
}
