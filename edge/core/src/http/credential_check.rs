//! Checks a credential at the Jira instance that it is for, and nowhere else: Jira must accept it before it is stored.

use api::{Account, Failure, FailureCode, Kind, Site, Timestamp};
use http::StatusCode;

use crate::{
    address::{Address, StoredAddress},
    authorization::{AuthConfig, Consent},
    grant::{Credential, KeeperAnswer, KeeperCommand, NewGrant},
    http::{Edge, Platform},
    instance::{
        SERVER_INFO, ServerInfo, Unreachable, fetch_account, fetch_cloud_id, fetch_server_info, jira_failure,
        oauth1_failure, read_server_info,
    },
    jira::{self, CredentialAudience, JiraTarget},
    oauth1::Oauth1Refusal,
    organization::{CredentialAuthorization, SettleAuthorization},
};

/// A call that needs no other scope than `read:jira-work`.
const BROWSING: &str = "/rest/api/3/mypermissions?permissions=BROWSE_PROJECTS";

impl<P: Platform> Edge<P> {
    /// Checks a stored address against the policy again, before it is called.
    pub(super) fn recheck_address(&self, address: &StoredAddress) -> Result<Address, Failure> {
        address.recheck(self.configuration.address_policy()).map_err(|why| {
            let mut failure = jira_failure(FailureCode::AddressRefused, None);
            failure.message = why.to_string();
            why.remedy().clone_into(&mut failure.remedy);
            failure
        })
    }

    /// Fetches the site that an authorization's credential is for. 1. It is the site that is pinned, at its address.
    /// 2. It accepts credentials of this kind.
    pub(super) async fn site_to_authorize(&self, authorization: &CredentialAuthorization) -> Result<Site, Failure> {
        let auth = &authorization.auth;
        let site = self.fetch_site(self.recheck_address(&auth.address)?).await?;
        let found = CredentialAudience::of(&site, auth.kind());
        let is_other = |pinned: &&Site| CredentialAudience::of(pinned, auth.kind()) != found;
        if let Some(pinned) = authorization.pinned.as_ref().filter(is_other) {
            return Err(other_site(&site, pinned));
        }
        let is_basic = auth.kind() == Kind::Basic;
        if is_basic && site.cloud_id.is_some() && !self.configuration.allows_cloud_basic() {
            return Err(jira_failure(FailureCode::BasicNotAllowed, None));
        }
        same_product(auth, site)
    }

    /// Fetches the site at an address: its title and version, and the `cloudId` of a Cloud site. A site that describes
    /// itself only to callers with a credential is called by its host, and has no version: [`Edge::describe`].
    pub(super) async fn fetch_site(&self, address: Address) -> Result<Site, Failure> {
        let policy = self.configuration.address_policy();
        let ServerInfo { cloud, title, version, .. } = match fetch_server_info(&*self.platform, &address, policy).await
        {
            Err(Unreachable::SignInRequired) => ServerInfo::undescribed(&address),
            found => found.map_err(|why| unreachable_failure(&why))?,
        };
        let cloud_id = if cloud {
            let known = fetch_cloud_id(&*self.platform, &address).await;
            Some(known.ok_or_else(|| jira_failure(FailureCode::NoSite, Some("/_edge/tenant_info")))?)
        } else {
            None
        };
        let version = Some(version).filter(|version| cloud_id.is_none() && !version.is_empty());
        let url = address.as_str().to_owned();
        Ok(Site { cloud_id, name: title, url, avatar_url: None, version })
    }

    /// Fetches the account of a credential with one call. A refused credential is never retried automatically, because
    /// Jira counts failed logins. `None` for a scoped API token that works but may not ask whose it is.
    pub(super) async fn identify(
        &self,
        auth: &AuthConfig,
        site: &Site,
        credential: &Credential,
    ) -> Result<Option<Account>, Failure> {
        let (configuration, address) = (&self.configuration, self.recheck_address(&site.url.clone().into())?);
        let path = if site.cloud_id.is_some() { "/rest/api/3/myself" } else { "/rest/api/2/myself" };
        let target = JiraTarget::for_site(site, auth.kind(), Some(&auth.shown()));
        let url = target.url(configuration.api_url(), configuration.address_policy(), path);
        let url = url.map_err(|_| jira_failure(FailureCode::AddressRefused, None))?;
        let authorization = jira::authorization(&*self.platform, "GET", &url, None, credential).await;
        let authorization = authorization.map_err(|why| oauth1_failure(&Oauth1Refusal::from(why)))?;
        match fetch_account(&*self.platform, &address, &url, &authorization).await {
            Err(failure)
                if failure.code == FailureCode::ScopeRefused && matches!(target, JiraTarget::Gateway { .. }) =>
            {
                self.verify_unnamed(&target, credential, failure).await.map(|()| None)
            }
            fetched => fetched.map(Some),
        }
    }

    /// Checks that an API token without the scope `read:jira-user` may do anything else. The gateway tells a missing
    /// scope only to the holder of a valid token.
    async fn verify_unnamed(
        &self,
        target: &JiraTarget,
        credential: &Credential,
        mut refused: Failure,
    ) -> Result<(), Failure> {
        let answer = jira::get(&*self.platform, &self.configuration, target, BROWSING, Some(credential)).await;
        if answer.is_ok_and(|answer| answer.status() == StatusCode::OK) {
            return Ok(());
        }
        "The API token has neither the scope read:jira-work nor read:jira-user.".clone_into(&mut refused.message);
        "Create an API token with these scopes.".clone_into(&mut refused.remedy);
        Err(refused)
    }

    /// The site with its title and version, asked for with a credential that it has accepted, if it tells them to nobody
    /// else. Refuses a host that now says it is Jira Cloud and is not Atlassian's.
    pub(super) async fn describe(
        &self,
        auth: &AuthConfig,
        site: Site,
        credential: &Credential,
    ) -> Result<Site, Failure> {
        if site.cloud_id.is_some() || site.version.is_some() {
            return Ok(site);
        }
        let address = self.recheck_address(&site.url.clone().into())?;
        let target = JiraTarget::for_site(&site, auth.kind(), Some(&auth.shown()));
        let answer = jira::get(&*self.platform, &self.configuration, &target, SERVER_INFO, Some(credential)).await;
        let Ok(answer) = answer else { return Ok(site) };
        match read_server_info(&answer, &address, self.configuration.address_policy()) {
            Ok(info) => Ok(Site { name: info.title, version: Some(info.version), ..site }),
            Err(why @ Unreachable::NotAtlassians) => Err(unreachable_failure(&why)),
            // The account that it named shows that it is Jira.
            Err(_) => Ok(site),
        }
    }

    /// 1. Jira accepts the credential, at `/myself`. 2. It is stored as a pending grant. 3. The authorization is
    ///    `authorized`. `ends_at` is when the credential ends, if that is known.
    pub(super) async fn settle_credential(
        &self,
        authorization: &CredentialAuthorization,
        site: Site,
        grant: NewGrant,
        ends_at: Option<Timestamp>,
    ) -> Result<(), Failure> {
        let account = self.identify(&authorization.auth, &site, &grant.credential).await?;
        let site = self.describe(&authorization.auth, site, &grant.credential).await?;
        let consent = Consent { grant: authorization.grant.clone(), account, scopes: grant.scopes.clone() };
        let installed = self
            .platform
            .command(&self.organization, &authorization.grant, KeeperCommand::Install { grant: Box::new(grant) })
            .await;
        if !matches!(installed, Ok(KeeperAnswer::Done)) {
            return Err(self.internal_failure(&installed.map(|_| "another answer")));
        }
        let settle = SettleAuthorization { id: authorization.id.clone(), consent, site, ends_at };
        self.retire_if_refused(&authorization.grant, self.send(&settle).await.map(drop)).await
    }
}

fn unreachable_failure(why: &Unreachable) -> Failure {
    let mut failure = jira_failure(FailureCode::InstanceUnreachable, None);
    failure.message = why.to_string();
    failure
}

fn other_site(site: &Site, pinned: &Site) -> Failure {
    let mut other = jira_failure(FailureCode::OtherSite, None);
    other.message = format!("{} is another site than {} ({}).", site.url, pinned.name, pinned.url);
    "Use the address of this connection's site, or create a new connection.".clone_into(&mut other.remedy);
    other
}

/// The site, if it is of the product that the credential is for: Cloud or Data Center.
pub(super) fn same_product(auth: &AuthConfig, site: Site) -> Result<Site, Failure> {
    if auth.is_for_cloud() == site.cloud_id.is_some() { Ok(site) } else { Err(other_product(auth)) }
}

/// Jira Cloud and Data Center accept different credentials.
fn other_product(auth: &AuthConfig) -> Failure {
    let is_secret = auth.kind() == Kind::Basic;
    let code = if is_secret { FailureCode::PasswordRefused } else { FailureCode::AddressRefused };
    let mut wrong = jira_failure(code, None);
    let (message, remedy) = if auth.is_for_cloud() {
        ("This is Jira Data Center, which has no API tokens.", "Use a personal access token, or a password.")
    } else {
        (
            "This is Jira Cloud, which takes no passwords, no personal access tokens and no links of Data Center.",
            "Use OAuth 2.0 for Jira Cloud, or an API token.",
        )
    };
    message.clone_into(&mut wrong.message);
    remedy.clone_into(&mut wrong.remedy);
    wrong
}
