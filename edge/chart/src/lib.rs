//! Charts of Jira issues: the spec, the numbers, and how Jira is asked for them.
//!
//! The app, the edge and the tests share this crate, so that one spec means the same numbers and the same picture
//! everywhere. It does no I/O and knows no clock and no DOM: what time it is, and what Jira answered, are parameters.
//! Who may see a chart, and with whose access it is computed, is decided at the edge.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod buckets;
mod check;
mod compute;
mod data;
mod digest;
pub mod draw;
mod jql;
mod key;
mod limits;
mod object;
mod others;
mod plan;
#[cfg(feature = "openapi")]
mod schema;
mod spec;
mod values;
mod words;

pub use buckets::Span;
pub use check::Fault;
pub use compute::{BaseRefused, Failed, Jira, Moment, bases, compute};
pub use data::*;
pub use digest::Digests;
pub use jql::{Jql, NotJql, clause, quoted};
pub use key::{NotAKey, SegmentKey};
pub use limits::*;
pub use others::{OfPeople, ShownToOthers, holds_people};
pub use plan::{AT_ONCE, CALLS, Kinds, MOST_ISSUES, PAGE, Plan, TooLarge, calls, choose};
pub use spec::*;
pub use values::{FieldKind, FieldValue};
