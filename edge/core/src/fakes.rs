//! The ports in memory: a clock that tests advance, storage that fails before or after a write, KV that refuses, stalls
//! and lags, scripted HTTP, and a token endpoint that rotates like Atlassian's.
//!
//! For tests only (of this crate, and of others through the feature `fakes`). Every fake can be shared in an `Rc` and
//! inspected afterwards. Those with effects pass through [`Faults`], where a test can kill the edge between any two
//! effects.

#![cfg_attr(
    not(test),
    expect(clippy::expect_used, clippy::indexing_slicing, reason = "a fake that is misused fails its test")
)]
#![expect(clippy::missing_panics_doc, reason = "a fake that is misused fails its test")]

mod aead;
mod atlassian;
mod clock;
mod copies;
mod faults;
mod http;
mod ledger;
mod log;
mod mac;
mod owner;
mod random;
mod rate_limiter;
mod rsa;
mod store;

pub use aead::NativeAead;
pub use atlassian::{Mishap, Moment, TokenEndpoint};
pub use clock::FakeClock;
pub use copies::{ChaoticCopies, Kv};
pub use faults::Faults;
pub use http::{FakeResponse, ScriptedHttp};
pub use ledger::FakeLedger;
pub use log::{Line, LogRecorder};
pub use mac::NativeMac;
pub use owner::FakeOwner;
pub use random::SeededRandom;
pub use rate_limiter::FakeRateLimiter;
pub use rsa::NativeRsa;
pub use store::{FakeStore, WriteFault};
