//! The operator's configuration.
//!
//! Each value is validated by itself, so that a missing one is named and affects only the routes that need it.

mod development;
mod forge;
mod oidc;
mod operator;
mod viewers;

use api::{CLOUD_CALLBACK_PATH, Finding, SHARED_CALLBACK_PATH};
use development::Deployed;
use url::{Host, Url};

pub use forge::Forge;
pub use oidc::{ClaimMissing, ClientAuth, Oidc, RequiredClaims};
pub use operator::OperatorInfo;
pub use viewers::VIEWER_SCOPES;
use viewers::viewer_client;

use crate::{
    address::{OwnHost, Policy},
    authorization::CallbackPath,
    email,
    grant::TokenClient,
    ports::{Level, Log},
    sealing::KeyRing,
};

/// The scopes that every authorization request contains: always all of them, because a new consent replaces the scopes
/// of the old one. Source: Atlassian, *Scopes for OAuth 2.0 (3LO) apps*.
pub const SCOPES: &[&str] = &["read:jira-work", "read:jira-user", "write:jira-work", "offline_access", "read:me"];
/// The same with the scope for events of Jira. An app for which it is not enabled strands everybody who authorizes, so it is
/// asked for only if the operator says that it is.
const SCOPES_WITH_EVENTS: &[&str] =
    &["read:jira-work", "read:jira-user", "write:jira-work", EVENTS_SCOPE, "offline_access", "read:me"];
/// The scope for subscribing to events of Jira. Source: Atlassian, *Webhooks*.
pub const EVENTS_SCOPE: &str = "manage:jira-webhook";
/// Where Jira sends its events. Atlassian allows one address for each app.
pub const JIRA_EVENTS_PATH: &str = "/jira-events";

/// The configuration, with every value validated.
pub struct Configuration {
    public_url: Result<Origin, Finding>,
    auth_url: Result<Url, Finding>,
    api_url: Result<Url, Finding>,
    client_id: Result<String, Finding>,
    client_secret: Result<String, Finding>,
    viewer_client: Result<Option<(String, String)>, Finding>,
    oidc_issuer: Result<String, Finding>,
    oidc_client_id: Result<String, Finding>,
    oidc_client_secret: Result<String, Finding>,
    oidc_client_auth: Result<ClientAuth, Finding>,
    oidc_required_claims: Result<RequiredClaims, Finding>,
    oidc_trust_email: Result<bool, Finding>,
    show_admins: Result<bool, Finding>,
    administrators: Result<Vec<String>, Finding>,
    key_ring: Result<KeyRing, Finding>,
    other_known_key: Option<Finding>,
    atlassian_callback: Result<CallbackPath, Finding>,
    address_policy: Policy,
    allow_loopback: Result<bool, Finding>,
    allow_cloud_basic: Result<bool, Finding>,
    jira_events: Result<bool, Finding>,
    operator: OperatorInfo,
    operator_findings: Vec<Finding>,
    forge: Result<Forge, Finding>,
    forge_findings: Vec<Finding>,
}

/// The origin at which people reach this deployment: scheme, host and port, without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin in the form of the `Origin` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL of one of our paths.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

/// The values that calls to Atlassian need.
pub struct Atlassian<'a> {
    /// `https://auth.atlassian.com`.
    pub auth_url: &'a Url,
    /// `https://api.atlassian.com`.
    pub api_url: &'a Url,
    /// The app's client id.
    pub client_id: &'a str,
    /// The app's client secret.
    pub client_secret: &'a str,
    /// The scopes that its authorization requests contain.
    pub scopes: &'static [&'static str],
}

impl Atlassian<'_> {
    /// Causeway's client at Atlassian's token endpoint.
    pub fn token_client(&self) -> Result<TokenClient, url::ParseError> {
        Ok(TokenClient {
            token_url: oauth2::TokenUrl::new(format!("{}/oauth/token", self.auth_url.as_str().trim_end_matches('/')))?,
            id: oauth2::ClientId::new(self.client_id.to_owned()),
            secret: oauth2::ClientSecret::new(self.client_secret.to_owned()),
        })
    }
}

impl Configuration {
    /// Reads every value through `get`.
    pub fn read(get: impl Fn(&'static str) -> Option<String>) -> Self {
        let text = |name: &'static str| {
            let value = get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
            value.ok_or_else(|| finding(name, "is missing."))
        };
        let public_url = text("PUBLIC_URL").and_then(|value| secure_url("PUBLIC_URL", &value));
        let deployed = Deployed::at(public_url.as_ref().ok());
        let address = |name: &'static str| {
            text(name).and_then(|value| secure_url(name, &value)).and_then(|url| deployed.reachable(name, url))
        };
        let unpublished = |name: &'static str| text(name).and_then(|value| deployed.unpublished(name, value));
        let public_url = public_url.and_then(origin);
        let key_ring = text("SEALING_KEYS")
            .and_then(|value| KeyRing::parse(&value).map_err(|why| finding("SEALING_KEYS", &why.to_string())))
            .and_then(|ring| deployed.secret_ring(ring));
        let egress_addresses = operator::egress_addresses(text("EGRESS_ADDRESSES").ok().as_deref());
        let support_url = operator::support_url(text("SUPPORT_URL").ok().as_deref());
        let (forge, forge_findings) = forge::read(|name| text(name).ok(), deployed);
        let allow_loopback = allow_loopback(text("ALLOW_LOOPBACK").ok().as_deref(), public_url.as_ref().ok());
        Self {
            address_policy: Policy {
                allow_loopback: *allow_loopback.as_ref().unwrap_or(&false),
                own_host: public_url.as_ref().ok().and_then(|origin| OwnHost::of(&Url::parse(origin.as_str()).ok()?)),
            },
            allow_loopback,
            jira_events: switch("JIRA_EVENTS", text("JIRA_EVENTS").ok().as_deref(), false),
            allow_cloud_basic: switch("ALLOW_CLOUD_BASIC", text("ALLOW_CLOUD_BASIC").ok().as_deref(), true),
            public_url,
            auth_url: address("ATLASSIAN_AUTH_URL"),
            api_url: address("ATLASSIAN_API_URL"),
            client_id: unpublished("ATLASSIAN_CLIENT_ID"),
            client_secret: unpublished("ATLASSIAN_CLIENT_SECRET"),
            viewer_client: viewer_client(
                text("ATLASSIAN_VIEWER_CLIENT_ID").ok().is_some(),
                text("ATLASSIAN_VIEWER_CLIENT_SECRET").ok().is_some(),
                || Ok((unpublished("ATLASSIAN_VIEWER_CLIENT_ID")?, unpublished("ATLASSIAN_VIEWER_CLIENT_SECRET")?)),
            ),
            atlassian_callback: atlassian_callback(text("ATLASSIAN_CALLBACK_PATH").ok().as_deref()),
            // As the provider spells it, which is not always how a parsed URL is written.
            oidc_issuer: address("OIDC_ISSUER").and_then(|_| text("OIDC_ISSUER")),
            oidc_client_id: text("OIDC_CLIENT_ID"),
            oidc_client_secret: unpublished("OIDC_CLIENT_SECRET"),
            oidc_client_auth: client_auth(text("OIDC_CLIENT_AUTH").ok().as_deref()),
            oidc_required_claims: required_claims(text("OIDC_REQUIRED_CLAIMS").ok().as_deref()),
            oidc_trust_email: switch("OIDC_TRUST_EMAIL", text("OIDC_TRUST_EMAIL").ok().as_deref(), false),
            show_admins: switch("SHOW_ADMINS", text("SHOW_ADMINS").ok().as_deref(), false),
            administrators: text("ADMINS").and_then(|value| addresses(&value)),
            other_known_key: key_ring.as_ref().ok().and_then(|ring| deployed.other_known_key(ring)),
            key_ring,
            operator_findings: egress_addresses
                .as_ref()
                .err()
                .into_iter()
                .chain(support_url.as_ref().err())
                .cloned()
                .collect(),
            operator: OperatorInfo {
                egress_addresses: egress_addresses.unwrap_or_default(),
                support_url: support_url.unwrap_or_default(),
            },
            forge,
            forge_findings,
        }
    }

    /// The origin at which people reach this deployment.
    pub fn public_url(&self) -> Result<&Origin, &Finding> {
        self.public_url.as_ref()
    }

    /// The values that calls to Atlassian need, or the first that is missing or malformed.
    pub fn atlassian(&self) -> Result<Atlassian<'_>, &Finding> {
        Ok(Atlassian {
            auth_url: self.auth_url.as_ref()?,
            api_url: self.api_url.as_ref()?,
            client_id: self.client_id.as_ref()?,
            client_secret: self.client_secret.as_ref()?,
            scopes: if self.hears_events() { SCOPES_WITH_EVENTS } else { SCOPES },
        })
    }

    /// Whether Jira is asked to tell of changes: only if `JIRA_EVENTS` is validly `true`.
    pub fn hears_events(&self) -> bool {
        self.jira_events.as_ref().copied().unwrap_or(false)
    }

    /// Where Jira is asked to send its events; `None` if it is not asked.
    pub fn events_url(&self) -> Option<String> {
        let origin = self.public_url.as_ref().ok().filter(|_| self.hears_events())?;
        Some(origin.at(JIRA_EVENTS_PATH))
    }

    /// The path of the callback URL that is registered for the app at Atlassian.
    pub fn atlassian_callback(&self) -> Result<&CallbackPath, &Finding> {
        self.atlassian_callback.as_ref()
    }

    /// What the operator should change, although the deployment works.
    pub fn advice(&self) -> Vec<Finding> {
        let shares = self.atlassian_callback.as_ref().is_ok_and(CallbackPath::is_shared);
        let advice = finding(
            "ATLASSIAN_CALLBACK_PATH",
            "is not set, so Atlassian sends people back to the address that links of Data Center may share. Register the \
             callback URL {PUBLIC_URL}/oauth/callback/cloud for the app, and set this to /oauth/callback/cloud.",
        );
        [shares.then_some(advice), self.viewer_advice()].into_iter().flatten().collect()
    }

    /// The values that signing in needs, or the first that is missing or malformed.
    pub fn oidc(&self) -> Result<Oidc<'_>, &Finding> {
        Ok(Oidc {
            issuer: self.oidc_issuer.as_ref()?,
            client_id: self.oidc_client_id.as_ref()?,
            client_secret: self.oidc_secret()?,
            client_auth: *self.oidc_client_auth.as_ref()?,
            required_claims: self.oidc_required_claims.as_ref()?,
            trusts_email: *self.oidc_trust_email.as_ref()?,
        })
    }

    /// The client secret, or the finding that it is missing. A public client has none.
    fn oidc_secret(&self) -> Result<Option<&str>, &Finding> {
        match self.oidc_client_auth {
            Ok(ClientAuth::Public) => Ok(None),
            _ => self.oidc_client_secret.as_deref().map(Some),
        }
    }

    /// Whether people without access are shown the administrators' addresses. They are not, unless `SHOW_ADMINS` is
    /// validly `true`: anybody with an account at the provider can be such a person.
    pub fn shows_admins(&self) -> bool {
        self.show_admins.as_ref().copied().unwrap_or(false)
    }

    /// The administrators' e-mail addresses, lower case.
    pub fn administrators(&self) -> Result<&[String], &Finding> {
        self.administrators.as_deref()
    }

    /// What the operator tells people. A malformed setting is as if it were missing, and a finding names it.
    pub const fn operator(&self) -> &OperatorInfo {
        &self.operator
    }

    /// The sealing keys.
    pub fn key_ring(&self) -> Result<&KeyRing, &Finding> {
        self.key_ring.as_ref()
    }

    /// The address of Atlassian's gateway without a trailing slash; empty if not configured.
    pub fn api_url(&self) -> &str {
        self.api_url.as_ref().map(|url| url.as_str().trim_end_matches('/')).unwrap_or_default()
    }

    /// Which addresses may be called. Loopback is refused unless `ALLOW_LOOPBACK` is validly `true`, and the host of
    /// `PUBLIC_URL` always.
    pub const fn address_policy(&self) -> &Policy {
        &self.address_policy
    }

    /// Whether Jira Cloud may be connected with an API token. Allowed unless `ALLOW_CLOUD_BASIC` is validly `false`.
    pub fn allows_cloud_basic(&self) -> bool {
        self.allow_cloud_basic.as_ref().copied().unwrap_or(true)
    }

    /// Logs every value that is missing, malformed or for development only. Called once for each isolate.
    pub fn report(&self, log: &impl Log) {
        for finding in self.findings() {
            log.log(Level::Alert, "configuration.invalid", &[("name", &finding.name), ("message", &finding.message)]);
        }
    }

    /// Every value that is missing, malformed or for development only, by name.
    pub fn findings(&self) -> Vec<Finding> {
        let all = [
            self.public_url.as_ref().err(),
            self.auth_url.as_ref().err(),
            self.api_url.as_ref().err(),
            self.client_id.as_ref().err(),
            self.client_secret.as_ref().err(),
            self.viewer_client.as_ref().err(),
            self.oidc_issuer.as_ref().err(),
            self.oidc_client_id.as_ref().err(),
            self.oidc_secret().err(),
            self.oidc_client_auth.as_ref().err(),
            self.oidc_required_claims.as_ref().err(),
            self.oidc_trust_email.as_ref().err(),
            self.show_admins.as_ref().err(),
            self.administrators.as_ref().err(),
            self.key_ring.as_ref().err(),
            self.other_known_key.as_ref(),
            self.atlassian_callback.as_ref().err(),
            self.allow_loopback.as_ref().err(),
            self.allow_cloud_basic.as_ref().err(),
            self.jira_events.as_ref().err(),
        ];
        let more = self.operator_findings.iter().chain(&self.forge_findings);
        all.into_iter().flatten().chain(more).cloned().collect()
    }
}

fn finding(name: &str, message: &str) -> Finding {
    Finding { name: name.to_owned(), message: format!("{name} {message} README.md says what it is for.") }
}

/// Requires https, because credentials are sent there; http is allowed for this machine, for development.
fn secure_url(name: &'static str, value: &str) -> Result<Url, Finding> {
    let url = Url::parse(value).map_err(|_| finding(name, "is not a URL."))?;
    if url.scheme() != "https" && !(url.scheme() == "http" && is_on_this_machine(&url)) {
        return Err(finding(name, "must begin with https:// (http:// only for this machine)."));
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(finding(name, "must have no user, query or fragment."));
    }
    Ok(url)
}

fn is_on_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Loopback is allowed only if people reach this deployment by loopback too, so that a setting left over from a laptop
/// has no effect in production.
fn allow_loopback(value: Option<&str>, public_url: Option<&Origin>) -> Result<bool, Finding> {
    let elsewhere = public_url.map(|origin| !Url::parse(origin.as_str()).is_ok_and(|url| is_on_this_machine(&url)));
    match (value, elsewhere) {
        (Some("true"), Some(true)) => Err(finding("ALLOW_LOOPBACK", "is for a PUBLIC_URL on this machine only.")),
        (Some("true"), Some(false)) => Ok(true),
        // Without a PUBLIC_URL, only its own finding is reported.
        (None | Some("true" | "false"), _) => Ok(false),
        (Some(_), _) => Err(finding("ALLOW_LOOPBACK", "must be true or false.")),
    }
}

/// Atlassian registers one callback URL for each app. Apps that were registered before each server had its own go on with
/// the shared one until the operator changes both.
fn atlassian_callback(path: Option<&str>) -> Result<CallbackPath, Finding> {
    match path {
        None | Some(SHARED_CALLBACK_PATH) => Ok(CallbackPath::default()),
        Some(CLOUD_CALLBACK_PATH) => Ok(CallbackPath::cloud()),
        Some(_) => Err(finding("ATLASSIAN_CALLBACK_PATH", "must be /oauth/callback/cloud or /oauth/callback.")),
    }
}

fn switch(name: &str, value: Option<&str>, default: bool) -> Result<bool, Finding> {
    match value {
        None => Ok(default),
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(finding(name, "must be true or false.")),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "and_then passes it by value")]
fn origin(url: Url) -> Result<Origin, Finding> {
    if url.path() == "/" {
        Ok(Origin(url.origin().ascii_serialization()))
    } else {
        Err(finding("PUBLIC_URL", "must have no path: Causeway is served at the root."))
    }
}

fn client_auth(value: Option<&str>) -> Result<ClientAuth, Finding> {
    let refused = || finding("OIDC_CLIENT_AUTH", "must be client_secret_basic, client_secret_post or none.");
    ClientAuth::parse(value).ok_or_else(refused)
}

fn required_claims(value: Option<&str>) -> Result<RequiredClaims, Finding> {
    let refused = || finding("OIDC_REQUIRED_CLAIMS", "must be pairs such as hd=example.com, separated by commas.");
    value.map_or_else(|| Ok(RequiredClaims::default()), |value| RequiredClaims::parse(value).ok_or_else(refused))
}

fn addresses(value: &str) -> Result<Vec<String>, Finding> {
    let parts = value.split(',').map(str::trim).filter(|part| !part.is_empty());
    let addresses: Option<Vec<String>> = parts.map(email::canonical).collect();
    let refused = || finding("ADMINS", "must be e-mail addresses in ASCII, separated by commas.");
    addresses.filter(|addresses| !addresses.is_empty()).ok_or_else(refused)
}

#[cfg(test)]
mod tests;
