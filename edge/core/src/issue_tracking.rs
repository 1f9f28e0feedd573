//! Tasks in sync with issues of Jira: what is decided, and the words of Jira that it is decided from.
//!
//! Everything here is a pure function of what is remembered and what was seen; time is a parameter. Out of scope: storing,
//! sending, and when something is done.

pub mod causes;
pub mod coverage;
pub mod create;
pub mod decide;
pub mod document;
pub mod jira;
pub mod link;
pub mod resync;
pub mod suggestions;
pub mod transitions;
mod values;

pub use decide::{IssueLook, SyncStep, decide};
pub use link::{BaseStatuses, LinkOrigin, LinkState, ProductSide, PushedStatus};

#[cfg(test)]
mod tests;
