//! What the organization's alarm drives: checkups that are due, deliveries to webhooks, resealing, and
//! subscriptions to events of Jira.

mod checkups;
mod deliveries;
mod resealing;
mod subscriptions;

pub use checkups::run_due_checkups;
pub use deliveries::{AT_ONCE as DELIVERIES_AT_ONCE, send_due_deliveries};
pub use resealing::{AT_ONCE as RESEALED_AT_ONCE, reseal_due};
pub use subscriptions::keep_subscriptions;
