//! Sealing: AES-256-GCM under a key ring, bound to the place where the record lies.
