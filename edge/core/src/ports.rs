//! What the edge needs from the platform.
//!
//! Every port is a trait with one concern. Futures are not `Send`, because a Worker has one thread and so do the tests.
//! A port's error says only that the platform failed; the caller decides what that means.

#![expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]

use std::{fmt, time::Duration};

use api::Timestamp;
use futures::future::LocalBoxFuture;

/// The time of day.
pub trait Clock {
    /// Now, in milliseconds. In a Worker, the clock stands still between I/O operations.
    fn now(&self) -> Timestamp;
}

/// Randomness for keys.
pub trait Random {
    /// Fills `bytes` from a cryptographically secure source.
    fn fill(&self, bytes: &mut [u8]);
}

/// Timers.
pub trait Timer {
    /// Resolves after `pause`.
    async fn sleep(&self, pause: Duration);
}

/// Work that continues after the response (`waitUntil`).
pub trait Spawner {
    /// Runs `work` beside the request. The platform may cancel it at any await point: nothing may depend on its
    /// completion.
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
    /// Decrypts; fails if the ciphertext was modified or belongs to other additional data.
    async fn open(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        additional: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, AeadFailure>;
}

/// The ciphertext does not open with this key, nonce and additional data. AES-GCM never says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AeadFailure;

/// HMAC with SHA-256 (RFC 2104).
pub trait Mac {
    /// The 32 bytes that authenticate `message`.
    async fn hmac_sha256(&self, key: &[u8], message: &[u8]) -> Result<Vec<u8>, MacFailure>;
}

/// The platform failed to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MacFailure;

/// Rate limits: counters of the platform, each for one Cloudflare location.
/// Source: <https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/>.
pub trait RateLimiter {
    /// Counts one request of `key` against `limit`. `false` if the limit is used up in this period.
    async fn count(&self, limit: RateLimit, key: &str) -> Result<bool, PortFailure>;
}

/// A rate limit. The numbers, with their reasons, are in `wrangler.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateLimit {
    /// Credentials that cannot be verified at the edge and that the organization has not accepted yet: each costs a hop.
    UnverifiedCredentials,
    /// Pages that anybody may open: each costs a hop, a call to a provider, or a sealed secret.
    Pages,
    /// Requests to the API without a credential.
    Anonymous,
}

impl RateLimit {
    /// The name of its binding in `wrangler.toml`.
    pub const fn binding(self) -> &'static str {
        match self {
            Self::UnverifiedCredentials => "LIMIT_UNVERIFIED_CREDENTIALS",
            Self::Pages => "LIMIT_PAGES",
            Self::Anonymous => "LIMIT_ANONYMOUS",
        }
    }
}

/// HTTP client for the edge's own calls. (The proxy streams bodies and has its own port.) Redirects are not followed.
pub trait Http {
    /// What [`send`](Self::send) does, for the platform to implement. Nobody else calls it.
    async fn exchange(
        &self,
        request: http::Request<Vec<u8>>,
        limits: HttpLimits,
    ) -> Result<http::Response<Vec<u8>>, HttpFailure>;

    /// Sends `request` once, with Causeway's `User-Agent`, and reads the response within `limits`. Every status is a
    /// response.
    async fn send(
        &self,
        mut request: http::Request<Vec<u8>>,
        limits: HttpLimits,
    ) -> Result<http::Response<Vec<u8>>, HttpFailure> {
        let agent = http::HeaderValue::from_static(crate::USER_AGENT);
        request.headers_mut().insert(http::header::USER_AGENT, agent);
        self.exchange(request, limits).await
    }
}

/// A request to a Durable Object failed. The text is for logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectFailure {
    /// Why.
    pub why: String,
    /// Whether the object was restarted meanwhile, for example by a deployment, and answers again at once. The request
    /// may have been carried out.
    pub restarted: bool,
}

/// Sends a request to a Durable Object. A question is sent once more if the object was restarted; a command never is,
/// because it may have been carried out.
pub async fn send_to_object<T>(
    is_question: bool,
    send: impl AsyncFn() -> Result<T, ObjectFailure>,
) -> Result<T, PortFailure> {
    let answer = match send().await {
        Err(ObjectFailure { restarted: true, .. }) if is_question => send().await,
        answer => answer,
    };
    answer.map_err(|failure| PortFailure(failure.why))
}

/// Limits of an outgoing call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// From sending the request to the last byte of the response.
    pub time: Duration,
    /// The largest body to read, in bytes.
    pub body_bytes: usize,
    /// What becomes of a body that is larger, slow or broken off.
    pub excess: Excess,
}

/// What becomes of a response whose body cannot be read completely within the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// There is no response: [`HttpFailure`].
    Refused,
    /// What was read is the body. It is waited for at most a second, because only the status matters.
    Cut,
}

impl HttpLimits {
    /// 10 s and 64 KiB: for token endpoints.
    pub const TOKEN_ENDPOINT: Self =
        Self { time: Duration::from_secs(10), body_bytes: 64 * 1024, excess: Excess::Refused };
    /// 10 s and 1 MiB: for lists of sites and what is known about an account.
    pub const RESOURCE: Self = Self { time: Duration::from_secs(10), body_bytes: 1024 * 1024, excess: Excess::Refused };
    /// 10 s and 8 MiB: for the list of all projects of a Data Center, which has no pages.
    pub const WHOLE_LIST: Self =
        Self { time: Duration::from_secs(10), body_bytes: 8 * 1024 * 1024, excess: Excess::Refused };
    /// 10 s and the first KiB: for webhook receivers, of whose response people see the beginning.
    pub const EXCERPT: Self =
        Self { time: Duration::from_secs(10), body_bytes: api::ANSWER_BYTES, excess: Excess::Cut };
}

/// No usable response arrived. The request may have been carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpFailure {
    /// The time limit was exceeded.
    Timeout,
    /// The response was larger than allowed.
    TooLarge,
    /// The connection failed. The text is for logs.
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

/// Another part of the edge, or its storage, failed. The text is for logs and contains no secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortFailure(pub String);

impl fmt::Display for PortFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PortFailure {}

/// Structured log. A line never contains a secret; implementations escape untrusted text.
pub trait Log {
    /// Writes one line. `event` is a stable name in the form `area.event`.
    fn log(&self, level: Level, event: &'static str, details: &[(&'static str, &str)]);
}

/// The severity, by who should read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// For investigations.
    Info,
    /// For the operator, eventually.
    Warning,
    /// For the operator, now.
    Alert,
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures::executor::block_on;

    use super::*;

    /// How often a request is sent to an object that fails as often as it is asked, with this answer at last.
    fn sent(is_question: bool, failures: u32, restarted: bool) -> (u32, Result<(), PortFailure>) {
        let sent = Cell::new(0);
        let answer = block_on(send_to_object(is_question, async || {
            sent.set(sent.get() + 1);
            let failure = ObjectFailure { why: "replaced".to_owned(), restarted };
            if sent.get() <= failures { Err(failure) } else { Ok(()) }
        }));
        (sent.get(), answer)
    }

    #[test]
    fn every_call_of_causeways_own_says_who_calls() {
        let http = crate::fakes::ScriptedHttp::default();
        http.then(crate::fakes::FakeResponse::json(200, "{}"));
        let request = http::Request::get("https://jira.test/").body(Vec::new()).expect("a request");
        block_on(http.send(request, HttpLimits::RESOURCE)).expect("an answer");
        let agent = http.requests()[0].headers()["user-agent"].to_str().expect("text").to_owned();
        let version = agent.strip_prefix("Causeway/").expect("a version");
        assert!(
            version.split('.').count() == 3 && version.starts_with(|first: char| first.is_ascii_digit()),
            "{agent}"
        );
    }

    #[test]
    fn after_a_restart_a_question_is_asked_once_more_and_a_command_never() {
        let failed = || Err(PortFailure("replaced".to_owned()));
        assert_eq!(sent(true, 0, true), (1, Ok(())));
        assert_eq!(sent(true, 1, true), (2, Ok(())));
        assert_eq!(sent(true, 2, true), (2, failed()));
        assert_eq!(sent(true, 1, false), (1, failed()), "another failure may last");
        assert_eq!(sent(false, 1, true), (1, failed()));
    }
}
