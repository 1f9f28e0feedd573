//! The Worker's shell: the only user of the `worker` crate.
