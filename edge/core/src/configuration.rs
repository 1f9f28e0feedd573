//! What the operator configured, read once and checked by name.
