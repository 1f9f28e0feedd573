//! What the edge needs from the world around it.
//!
//! Every port is a trait with one concern. Futures are not `Send`: a Worker has one thread, and the tests run on one.
//! A port's error says only that the world failed; what that means is decided by the caller.

#![expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]

use std::{fmt, time::Duration};

use api::Timestamp;
use futures::future::LocalBoxFuture;

/// The time of day.
pub trait Clock {
    /// Now, in milliseconds. In a Worker it stands still between two pieces of I/O.
    fn now(&self) -> Timestamp;
}

/// Randomness fit for keys.
pub trait Random {
    /// Fills `bytes` from a cryptographically secure source.
    fn fill(&self, bytes: &mut [u8]);
}

/// Waiting.
pub trait Timer {
    /// Comes back after `pause`.
    async fn sleep(&self, pause: Duration);
}

/// Work that goes on after the answer (`waitUntil`).
pub trait Spawner {
    /// Carries `work` on beside the request. It may be cut off at any await: nothing may depend on its end.
    fn spawn(&self, work: LocalBoxFuture<'static, ()>);
}

/// AES-256-GCM with a 96-bit nonce and a 128-bit tag after the ciphertext.
pub trait Aead {
    /// Encrypts `plain` and authenticates it with `additional`.
    async fn seal(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        additional: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, AeadFailure>;
    /// Decrypts, or refuses what was changed or belongs elsewhere.
    async fn open(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        additional: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, AeadFailure>;
}

/// The ciphertext does not open with this key, nonce and additional data; nothing more is ever known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AeadFailure;

/// HMAC with SHA-256 (RFC 2104).
pub trait Mac {
    /// The 32 bytes that authenticate `message`.
    async fn hmac_sha256(&self, key: &[u8], message: &[u8]) -> Result<Vec<u8>, MacFailure>;
}

/// The platform did not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MacFailure;

/// Outgoing HTTP for the edge's own calls (never for the proxy's, whose bodies stream). Redirects are not followed.
pub trait Http {
    /// Sends `request` once and reads the whole answer within `limits`. Any status is an answer.
    async fn send(
        &self,
        request: http::Request<Vec<u8>>,
        limits: HttpLimits,
    ) -> Result<http::Response<Vec<u8>>, HttpFailure>;
}

/// What an outgoing call may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// From sending to the last byte of the answer.
    pub time: Duration,
    /// The most bytes of body that are read; 0: the body is not asked for, however large it is.
    pub body_bytes: usize,
}

impl HttpLimits {
    /// 10 s and 64 KiB: for token endpoints.
    pub const TOKEN_ENDPOINT: Self = Self { time: Duration::from_secs(10), body_bytes: 64 * 1024 };
    /// 10 s and 1 MiB: for lists of sites and what is known about an account.
    pub const RESOURCE: Self = Self { time: Duration::from_secs(10), body_bytes: 1024 * 1024 };
    /// 10 s and no body: for receivers of webhooks, of whose answer only the status counts.
    pub const STATUS: Self = Self { time: Duration::from_secs(10), body_bytes: 0 };
}

/// No usable answer came. Whether the request was carried out is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpFailure {
    /// The time ran out.
    Timeout,
    /// The answer was larger than allowed.
    TooLarge,
    /// The connection failed or broke off. The text is for logs.
    Broken(String),
}

impl fmt::Display for HttpFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout => f.write_str("no answer in time"),
            Self::TooLarge => f.write_str("the answer was too large"),
            Self::Broken(why) => write!(f, "the connection failed: {why}"),
        }
    }
}

impl std::error::Error for HttpFailure {}

/// Another part of the edge, or its storage, did not do what it was asked to. The text is for logs and has no secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortFailure(pub String);

impl fmt::Display for PortFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PortFailure {}

/// Structured log lines. A line never carries a secret; texts from outside are escaped by the implementation.
pub trait Log {
    /// Writes one line: `event` is a stable name, `details` are pairs.
    fn log(&self, level: Level, event: &'static str, details: &[(&'static str, &str)]);
}

/// Who should read a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nobody, until something is looked into.
    Info,
    /// Whoever looks after the deployment, some day.
    Warning,
    /// The operator, now.
    Alert,
}
