//! What the edge decides.
