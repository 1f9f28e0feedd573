//! The whole HTTP surface, natively.
