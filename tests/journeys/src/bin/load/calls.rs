//! The calls, and what is wrong with their answers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use api::{ConnectionId, Problem, ProblemCode};
use atlassian::Person;
use reqwest::Client;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::keys::{Key, Keys};

/// The most calls at the same time. What would be more is not made, and counted.
const AT_ONCE: usize = 64;
/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(45);
/// The promise about revocations.
const REVOKED: Duration = Duration::from_secs(10);
/// For so long after a kill, calls without an answer are the kill's.
const RESTART: Duration = Duration::from_secs(20);
/// The most of what is wrong that is kept.
const MOST: usize = 50;

/// A connection, and what answers over it say.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) connection: ConnectionId,
    pub(crate) site_name: String,
    /// Which of the model's token families is its own.
    pub(crate) family: usize,
}

/// What came of the calls.
#[derive(Default)]
pub(crate) struct Book {
    /// Of the calls that succeeded, since this was last taken.
    pub(crate) latencies: Vec<Duration>,
    pub(crate) succeeded: usize,
    /// Calls with a key that was revoked, refused.
    pub(crate) refused: usize,
    /// Calls that were not answered, or with a problem, by its code.
    pub(crate) failed: BTreeMap<String, usize>,
    /// Of those, how many were not within reach of a kill.
    pub(crate) failed_in_peace: usize,
    /// How long after a revocation was acknowledged a call with that key was last begun, or answered, and succeeded.
    pub(crate) last_begun: Duration,
    pub(crate) last_answered: Duration,
    wrong: Vec<String>,
    is_down: bool,
    restarted_at: Option<Instant>,
}

pub(crate) struct Calls {
    client: Client,
    public_url: String,
    targets: Vec<Target>,
    keys: Arc<Keys>,
    places: Arc<Semaphore>,
    pub(crate) skipped: AtomicUsize,
    book: Mutex<Book>,
}

impl Calls {
    pub(crate) fn new(public_url: &str, targets: Vec<Target>, keys: Arc<Keys>) -> Self {
        let client = Client::builder().timeout(PATIENCE).build().expect("a client without TLS can be built");
        Self {
            client,
            public_url: public_url.to_owned(),
            targets,
            keys,
            places: Arc::new(Semaphore::new(AT_ONCE)),
            skipped: AtomicUsize::default(),
            book: Mutex::default(),
        }
    }

    /// A place for a call; nothing if too many are made already.
    pub(crate) fn place(&self) -> Option<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok();
        if place.is_none() {
            self.skipped.fetch_add(1, Ordering::Relaxed);
        }
        place
    }

    pub(crate) fn with_book<T>(&self, read: impl FnOnce(&mut Book) -> T) -> T {
        read(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The Worker is being killed, or is back.
    pub(crate) fn is_down(&self, is_down: bool) {
        self.with_book(|book| (book.is_down, book.restarted_at) = (is_down, Some(Instant::now())));
    }

    pub(crate) fn wrong(&self) -> Vec<String> {
        self.with_book(|book| book.wrong.clone())
    }

    /// Makes a call. Its number decides the key, the connection, and what is asked.
    pub(crate) async fn make(&self, number: usize) {
        let key = self.keys.of_call(number);
        let at = number / 20 % self.targets.len();
        let Some(target) = self.targets.get(at) else { return };
        let asks_who = number.is_multiple_of(2);
        let path = if asks_who { "myself" } else { "serverInfo" };
        let began = Instant::now();
        let answer = self.sends(&key, &target.connection, &format!("{path}?load={at}")).await;
        self.with_book(|book| book.take(&key, target, asks_who, began, answer));
    }

    /// Whether a call through the connection succeeds now.
    pub(crate) async fn succeeds(&self, key: &Key, connection: &ConnectionId) -> bool {
        self.sends(key, connection, "myself").await.is_some_and(|(status, ..)| status == 200)
    }

    /// Status, headers and body of the answer, if there is one that is complete.
    async fn sends(&self, key: &Key, connection: &ConnectionId, path: &str) -> Option<(u16, String, String)> {
        let url = format!("{}/api/v1/connections/{connection}/jira/rest/api/3/{path}", self.public_url);
        let answer = self.client.get(url).bearer_auth(&key.secret).send().await.ok()?;
        let (status, headers) = (answer.status().as_u16(), format!("{:?}", answer.headers()));
        Some((status, headers, answer.text().await.ok()?))
    }
}

impl Book {
    fn take(
        &mut self,
        key: &Key,
        target: &Target,
        asks_who: bool,
        began: Instant,
        answer: Option<(u16, String, String)>,
    ) {
        let Some((status, headers, body)) = answer else { return self.fail("no answer") };
        // The model's tokens are shaped like a JWT. Request ids are random, so shorter words turn up by chance.
        let has_credential = |text: &str| text.contains(".eyJ") || text.contains(&key.secret);
        if has_credential(&headers) || has_credential(&body) {
            self.is_wrong(format!("a credential in an answer over {}", target.connection));
        }
        if (200..300).contains(&status) {
            self.succeed(key, target, asks_who, began, &body);
            return;
        }
        let code = serde_json::from_str::<Problem>(&body).map(|problem| problem.code);
        match code {
            Ok(ProblemCode::ApiKeyRefused) if key.revoking_at.get().is_some() => self.refused += 1,
            Ok(ProblemCode::ApiKeyRefused) => self.is_wrong(format!("a key that lives is refused: {body}")),
            Ok(ProblemCode::ConnectionUnauthorized) => {
                self.is_wrong(format!("{} lost its credential: {body}", target.connection));
            }
            Ok(code) => self.fail(code.as_str()),
            Err(_) => self.fail(&format!("status {status}")),
        }
    }

    fn succeed(&mut self, key: &Key, target: &Target, asks_who: bool, began: Instant, body: &str) {
        self.succeeded += 1;
        self.latencies.push(began.elapsed());
        let said: Value = serde_json::from_str(body).unwrap_or_default();
        let is_right = if asks_who {
            said["accountId"] == Person::Ada.account_id()
        } else {
            said["serverTitle"] == target.site_name.as_str()
        };
        if !is_right {
            self.is_wrong(format!("{} to {} was answered {body}", target.connection, target.site_name));
        }
        let Some(revoked_at) = key.revoked_at.get() else { return };
        let after = began.saturating_duration_since(*revoked_at);
        self.last_begun = self.last_begun.max(after);
        self.last_answered = self.last_answered.max(revoked_at.elapsed());
        if after >= REVOKED {
            self.is_wrong(format!("a call that began {after:?} after its key was revoked succeeded"));
        }
    }

    fn fail(&mut self, how: &str) {
        *self.failed.entry(how.to_owned()).or_default() += 1;
        if !self.is_down && self.restarted_at.is_none_or(|at| at.elapsed() > RESTART) {
            self.failed_in_peace += 1;
        }
    }

    fn is_wrong(&mut self, what: String) {
        if self.wrong.len() < MOST {
            self.wrong.push(what);
        }
    }
}
