//! Decisions as they are documented, all there are, and in sequences that nobody thought of.

mod decision_table;
mod sequences;
pub(super) mod world;
