//! Every request as it arrived, and its outcome. The model's own controls are not recorded.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// How many requests are kept; the counts go on.
const KEPT: usize = 100_000;
/// How much of a request's body is kept.
const KEPT_BODY: usize = 1024 * 1024;

/// What a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// `POST /oauth/token`.
    Token,
    /// `/oauth/token/accessible-resources`.
    AccessibleResources,
    /// `/me`.
    Me,
    /// `/ex/jira/…`.
    Jira,
    /// The consent page and what belongs to it.
    Consent,
    /// The issuer's discovery document and keys.
    OidcDiscovery,
    /// The issuer's token endpoint.
    OidcToken,
    /// The issuer's userinfo.
    OidcUserInfo,
    /// The issuer's sign-in page.
    OidcSignIn,
    /// An own host of a Cloud site.
    SiteHost,
    /// `/rest/…` of a Data Center instance, but for what is of OAuth 2.0.
    DataCenterJira,
    /// `request-token` and `access-token` of OAuth 1.0a at a Data Center instance.
    DataCenterOauth1,
    /// The token and revocation endpoints of OAuth 2.0 at a Data Center instance.
    DataCenterOauth2,
    /// What a person opens at a Data Center instance: log-in and approval, of either OAuth.
    DataCenterPage,
    /// What a frame of the Forge app asks its remote, through the platform.
    ForgeInvoke,
    /// Pictures, styles, anything else.
    Other,
    /// The model's own controls.
    Control,
}

impl Endpoint {
    /// Tells endpoints apart by path.
    pub fn of(path: &str) -> Self {
        match path {
            "/oauth/token" => Self::Token,
            "/oauth/token/accessible-resources" => Self::AccessibleResources,
            "/me" => Self::Me,
            "/oidc/token" => Self::OidcToken,
            "/oidc/userinfo" => Self::OidcUserInfo,
            "/oidc/authorize" | "/oidc/authorize/decision" => Self::OidcSignIn,
            "/.well-known/openid-configuration" | "/oidc/jwks" => Self::OidcDiscovery,
            "/authorize" | "/authorize/decision" | "/login" => Self::Consent,
            "/forge/invoke" => Self::ForgeInvoke,
            _ if path.starts_with("/ex/jira/") => Self::Jira,
            _ if path == "/model" || path.starts_with("/model/") => Self::Control,
            _ => Self::Other,
        }
    }
}

impl Endpoint {
    /// The same for the addresses of Data Center instances, whatever their context path.
    pub(crate) fn of_data_center(path: &str) -> Self {
        let has = |part: &str| path.contains(part);
        if has("/rest/oauth2/latest/token") || has("/rest/oauth2/latest/revoke") {
            Self::DataCenterOauth2
        } else if has("/plugins/servlet/oauth/request-token") || has("/plugins/servlet/oauth/access-token") {
            Self::DataCenterOauth1
        } else if has("/rest/oauth2/") {
            Self::DataCenterPage
        } else if has("/rest/") || has("/secure/") {
            Self::DataCenterJira
        } else {
            Self::DataCenterPage
        }
    }

    /// The same for the own host of a Cloud site.
    pub(crate) fn of_site_host(_path: &str) -> Self {
        Self::SiteHost
    }
}

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing yet, or the client went away first.
    Unanswered,
    /// This status was sent, in full.
    Answered(u16),
    /// An injected fault applied. The status that was really sent, if any was.
    Faulted(Option<u16>),
}

/// One request.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// What it was for.
    pub endpoint: Endpoint,
    /// Scheme, host and port of the listener it came in by, such as `http://127.0.0.1:4010`.
    pub at: String,
    /// The method.
    pub method: Method,
    /// The path as it arrived, not decoded.
    pub path: String,
    /// The query as it arrived, without the question mark; empty if there was none.
    pub query: String,
    /// The headers as they arrived.
    pub headers: HeaderMap,
    /// The body, or the first mebibyte of it.
    pub body: Bytes,
    /// How long the body was, in bytes.
    pub body_length: usize,
    /// When, on the model's clock.
    pub time: SystemTime,
    /// Its outcome.
    pub outcome: Outcome,
}

impl Recorded {
    /// A header as text, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// The recorded requests.
#[derive(Debug)]
pub(crate) struct Recorder {
    book: Mutex<Book>,
    arrivals: watch::Sender<HashMap<Endpoint, usize>>,
}

#[derive(Debug, Default)]
struct Book {
    first: usize,
    requests: VecDeque<Recorded>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self { book: Mutex::default(), arrivals: watch::channel(HashMap::new()).0 }
    }
}

impl Recorder {
    /// Records a request; the number returned is for [`Recorder::became`].
    pub(crate) fn arrived(&self, mut request: Recorded) -> usize {
        request.body = request.body.slice(..request.body.len().min(KEPT_BODY));
        let endpoint = request.endpoint;
        let number = self.lock().note(request);
        self.arrivals.send_modify(|counts| *counts.entry(endpoint).or_default() += 1);
        number
    }

    pub(crate) fn became(&self, number: usize, outcome: Outcome) {
        let mut book = self.lock();
        let index = number.checked_sub(book.first);
        if let Some(request) = index.and_then(|index| book.requests.get_mut(index)) {
            request.outcome = outcome;
        }
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.lock().requests.iter().cloned().collect()
    }

    /// How many requests have arrived there since the start.
    pub(crate) fn count(&self, endpoint: Endpoint) -> usize {
        self.arrivals.borrow().get(&endpoint).copied().unwrap_or_default()
    }

    pub(crate) async fn wait_for(&self, endpoint: Endpoint, count: usize) {
        let enough = |counts: &HashMap<Endpoint, usize>| counts.get(&endpoint).copied().unwrap_or_default() >= count;
        // The sender is `self`, so the channel cannot close while this waits.
        let mut arrivals = self.arrivals.subscribe();
        let _open = arrivals.wait_for(enough).await;
    }

    pub(crate) fn forget(&self) {
        let mut book = self.lock();
        book.first += book.requests.len();
        book.requests.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn note(&mut self, request: Recorded) -> usize {
        if self.requests.len() == KEPT {
            self.requests.pop_front();
            self.first += 1;
        }
        self.requests.push_back(request);
        self.first + self.requests.len() - 1
    }
}
