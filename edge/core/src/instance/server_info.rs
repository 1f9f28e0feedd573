//! `serverInfo` answers anonymous callers too: it shows what runs at an address, and proves no credential.

use std::fmt;

use http::{Request, Response, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use crate::{
    address::{Address, Policy},
    excerpt::name,
    jira::Redirect,
    origin_failure::OriginFailure,
    ports::{Http, HttpFailure, HttpLimits},
};

/// What a sign-in page in front of Jira means.
pub(crate) const SIGN_IN_PAGE: &str =
    "A sign-in page is in front of Jira. A Jira administrator must let Causeway's calls to /rest/ pass it.";

/// The validated response of `serverInfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerInfo {
    /// Whether it is Jira Cloud.
    pub cloud: bool,
    /// The title, or the host if there is none.
    pub title: String,
    /// The version, such as `10.3.2`.
    pub version: String,
    /// The base URL that Jira reports, if it is one.
    pub base_url: Option<String>,
}

/// Why no Jira was found. `Display` gives the reason in a sentence or two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// The address redirects.
    Moved {
        /// Where to, if that is an address.
        to: Option<String>,
    },
    /// A sign-in page in front of Jira asks for a person.
    SignIn,
    /// No answer.
    Silent(HttpFailure),
    /// A response that is not Jira's.
    Status(StatusCode),
    /// A 200 that is not from Jira.
    NotJira,
    /// Jira, which describes itself only to callers with a credential.
    SignInRequired,
    /// A host that is not Atlassian's and says that it is Jira Cloud.
    NotAtlassians,
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moved { to: Some(to) } => {
                write!(f, "The address has moved to {to}. If that is your Jira, enter that address.")
            }
            Self::Moved { to: None } => f.write_str("The address leads elsewhere, without saying where."),
            Self::SignIn => f.write_str(SIGN_IN_PAGE),
            Self::Silent(HttpFailure::Timeout) => f.write_str("There was no answer within ten seconds."),
            Self::Silent(HttpFailure::TooLarge) => f.write_str("The answer was far larger than Jira's."),
            Self::Silent(HttpFailure::Broken(_)) => f.write_str("No connection could be made."),
            Self::Status(status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)) => {
                write!(f, "Something in front of Jira wants a sign-in first (status {}).", status.as_u16())
            }
            Self::Status(StatusCode::NOT_FOUND) => {
                f.write_str("There is no Jira at this address. Is the context path missing, such as /jira?")
            }
            Self::Status(status) if let Some(failure) = OriginFailure::read(status.as_u16()) => {
                write!(f, "{failure} (Status {}.)", status.as_u16())
            }
            Self::Status(status) if status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS => {
                write!(f, "Jira does not work at the moment (status {}).", status.as_u16())
            }
            Self::Status(status) => write!(f, "The answer is not Jira's (status {}).", status.as_u16()),
            Self::NotJira => {
                f.write_str("Something answers there, but not as Jira does: a web page or a sign-in page, perhaps.")
            }
            Self::SignInRequired => {
                f.write_str("Jira answers there, but describes itself only to callers with a credential.")
            }
            Self::NotAtlassians => f.write_str(
                "This host says that it is Jira Cloud, but it is not Atlassian's. Enter the site's own address at \
                 Atlassian, such as https://your-site.atlassian.net.",
            ),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServerInfoAnswer {
    #[serde(default)]
    base_url: String,
    version: String,
    #[serde(default)]
    deployment_type: String,
    #[serde(default)]
    server_title: String,
}

impl ServerInfo {
    /// All that is known of a Jira that requires a sign-in: its host, and that a name of Atlassian's is Jira Cloud.
    pub fn undescribed(address: &Address) -> Self {
        let title = address.host().to_owned();
        Self { cloud: address.is_atlassians(), title, version: String::new(), base_url: None }
    }
}

/// The path of `serverInfo`, which Cloud and Data Center both have.
pub(crate) const SERVER_INFO: &str = "/rest/api/2/serverInfo";

/// Calls `serverInfo` anonymously.
pub async fn fetch_server_info(
    http: &impl Http,
    address: &Address,
    policy: &Policy,
) -> Result<ServerInfo, Unreachable> {
    read_server_info(&fetch(http, address, SERVER_INFO).await?, address, policy)
}

/// Evaluates a response of `serverInfo`. A host is Jira Cloud if Atlassian's name says so; its own word counts only
/// where [`Address::may_be_cloud`] believes it.
pub(crate) fn read_server_info(
    answer: &Response<Vec<u8>>,
    address: &Address,
    policy: &Policy,
) -> Result<ServerInfo, Unreachable> {
    let told: ServerInfoAnswer = read(answer, address, SERVER_INFO)?;
    let says_cloud = told.deployment_type.eq_ignore_ascii_case("cloud");
    if says_cloud && !address.may_be_cloud(policy) {
        return Err(Unreachable::NotAtlassians);
    }
    let title = name(&told.server_title);
    Ok(ServerInfo {
        cloud: says_cloud || address.is_atlassians(),
        title: if title.is_empty() { address.host().to_owned() } else { title },
        version: name(&told.version),
        base_url: web_address(&told.base_url),
    })
}

/// Requests JSON anonymously, once, within 10 s and 64 KiB, without following redirects.
pub(super) async fn anonymously<T: DeserializeOwned>(
    http: &impl Http,
    address: &Address,
    path: &str,
) -> Result<T, Unreachable> {
    read(&fetch(http, address, path).await?, address, path)
}

async fn fetch(http: &impl Http, address: &Address, path: &str) -> Result<Response<Vec<u8>>, Unreachable> {
    let url = address.join(path).ok_or(Unreachable::NotJira)?;
    let request = Request::get(url).header(header::ACCEPT, "application/json").body(Vec::new());
    let request = request.map_err(|error| Unreachable::Silent(HttpFailure::Broken(error.to_string())))?;
    http.send(request, HttpLimits::TOKEN_ENDPOINT).await.map_err(Unreachable::Silent)
}

fn read<T: DeserializeOwned>(answer: &Response<Vec<u8>>, address: &Address, path: &str) -> Result<T, Unreachable> {
    match answer.status() {
        StatusCode::OK => serde_json::from_slice(answer.body()).map_err(|_| Unreachable::NotJira),
        _ if requires_sign_in(answer, address) => Err(Unreachable::SignInRequired),
        status if status.is_redirection() && leads_to_sign_in(answer, address, path) => Err(Unreachable::SignIn),
        status if status.is_redirection() => Err(Unreachable::Moved { to: moved_to(answer, address) }),
        status => Err(Unreachable::Status(status)),
    }
}

/// Whether Jira itself, and not something in front of it, wants a credential: it refuses as Jira does, or redirects to
/// its own sign-in page.
fn requires_sign_in(answer: &Response<Vec<u8>>, address: &Address) -> bool {
    match answer.status() {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => address.is_atlassians() || is_jiras_refusal(answer),
        status if status.is_redirection() => {
            let location = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
            let to = Url::parse(address.as_str()).and_then(|base| base.join(location));
            let page = to.ok().map(|to| to.as_str().split(['?', '#']).next().unwrap_or_default().to_owned());
            page.is_some_and(|page| Some(page) == address.join("/login.jsp"))
        }
        _ => false,
    }
}

/// Jira's REST API refuses with JSON, or with headers of its own.
fn is_jiras_refusal(answer: &Response<Vec<u8>>) -> bool {
    let headers = answer.headers();
    let realm = headers.get(header::WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ["x-arequestid", "x-anodeid", "x-seraph-loginreason"].iter().any(|name| headers.contains_key(*name))
        || realm.starts_with("OAuth ")
        || serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(answer.body()).is_ok()
}

/// Whether a redirect of a call to `path` leads to a sign-in page.
pub(super) fn leads_to_sign_in(answer: &Response<Vec<u8>>, address: &Address, path: &str) -> bool {
    let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    let called = format!("{}{path}", address.as_str());
    let context_path = Url::parse(address.as_str()).map(|url| url.path().trim_end_matches('/').to_owned());
    location.zip(context_path.ok()).is_some_and(|(location, context_path)| {
        Redirect::read(answer.status().as_u16(), &called, &context_path, location) == Redirect::SignIn
    })
}

/// Where a redirect leads: the base address above the same path, or else the whole address.
pub(super) fn moved_to(answer: &Response<Vec<u8>>, address: &Address) -> Option<String> {
    let location = answer.headers().get(header::LOCATION)?.to_str().ok()?;
    let to = Url::parse(address.as_str()).ok()?.join(location).ok()?;
    let (whole, _) = to.as_str().split_once("/rest/").unwrap_or((to.as_str(), ""));
    web_address(whole)
}

/// A base URL for display: `http` or `https`, without a trailing slash. `None` if it is not one.
fn web_address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
    let text = url.as_str().trim_end_matches('/');
    (text.len() <= 1024).then(|| text.to_owned())
}
