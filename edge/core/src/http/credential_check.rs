//! Checks a credential at the Jira instance that it is for: it must identify an account before it is stored.

use api::{Account, Failure, FailureCode, Site, Timestamp};

use crate::{
    address::{Address, StoredAddress},
    authorization::{AuthConfig, Consent},
    grant::{Credential, KeeperAnswer, KeeperCommand, NewGrant},
    http::{Edge, Platform},
    instance::{ServerInfo, fetch_account, fetch_cloud_id, fetch_server_info, jira_failure, oauth1_failure},
    jira::{self, JiraTarget},
    oauth1::Oauth1Refusal,
    organization::{CredentialAuthorization, SettleAuthorization},
};

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

    /// Fetches the site at an address: its title and version, and the `cloudId` of a Cloud site.
    pub(super) async fn fetch_site(&self, address: Address) -> Result<Site, Failure> {
        let found = fetch_server_info(&*self.platform, &address).await;
        let ServerInfo { cloud, title, version, .. } = found.map_err(|why| {
            let mut failure = jira_failure(FailureCode::InstanceUnreachable, None);
            failure.message = why.to_string();
            failure
        })?;
        let cloud_id = if cloud { Some(fetch_cloud_id(&*self.platform, &address).await) } else { None };
        let cloud_id = match cloud_id {
            Some(None) => return Err(jira_failure(FailureCode::NoSite, Some("/_edge/tenant_info"))),
            Some(known) => known,
            None => None,
        };
        let version = cloud_id.is_none().then_some(version);
        let url = address.as_str().to_owned();
        Ok(Site { cloud_id, name: title, url, avatar_url: None, version })
    }

    /// Fetches the account of a credential with one call. A refused credential is never retried automatically, because
    /// Jira counts failed logins.
    pub(super) async fn identify(
        &self,
        auth: &AuthConfig,
        site: &Site,
        credential: &Credential,
    ) -> Result<Account, Failure> {
        let (configuration, address) = (&self.configuration, self.recheck_address(&site.url.clone().into())?);
        let path = if site.cloud_id.is_some() { "/rest/api/3/myself" } else { "/rest/api/2/myself" };
        let target = JiraTarget::for_site(site, auth.kind(), Some(&auth.shown()));
        let url = target.url(configuration.api_url(), configuration.address_policy(), path);
        let url = url.map_err(|_| jira_failure(FailureCode::AddressRefused, None))?;
        let authorization = jira::authorization(&*self.platform, "GET", &url, None, credential).await;
        let authorization = authorization.map_err(|why| oauth1_failure(&Oauth1Refusal::from(why)))?;
        fetch_account(&*self.platform, &address, &url, &authorization).await
    }

    /// 1. The credential identifies an account, at `/myself`. 2. It is stored as a pending grant. 3. The authorization is
    ///    `authorized`. `ends_at` is when the credential ends, if that is known.
    pub(super) async fn settle_credential(
        &self,
        authorization: &CredentialAuthorization,
        site: Site,
        grant: NewGrant,
        ends_at: Option<Timestamp>,
    ) -> Result<(), Failure> {
        let account = self.identify(&authorization.auth, &site, &grant.credential).await?;
        let consent =
            Consent { grant: authorization.grant.clone(), account: Some(account), scopes: grant.scopes.clone() };
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
