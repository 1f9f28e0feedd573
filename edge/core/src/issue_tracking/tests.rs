//! Decisions as they are documented, all there are, and in sequences that nobody thought of.

pub(super) mod world;
