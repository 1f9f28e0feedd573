//! Trying a credential that was brought, at the instance that it is for: it must say who it is before it is kept.

use api::{Account, Failure, FailureCode, Site, Timestamp};

use crate::{
    address::{Address, StoredAddress},
    authorization::{AuthConfig, Consent},
    grant::{Credential, KeeperAnswer, KeeperCommand, NewGrant},
    http::{Edge, Platform},
    instance::{ServerInfo, fetch_account, fetch_cloud_id, fetch_server_info, jira_failure, oauth1_failure},
    jira::{self, JiraTarget},
    oauth1::Oauth1Refusal,
    organization::{Caller, CredentialAuthorization, FailAttempt, Refusal, SettleBrought},
};

impl<P: Platform> Edge<P> {
    /// Judges an address again, before it is called.
    pub(super) fn admit(&self, address: &StoredAddress) -> Result<Address, Failure> {
        address.recheck(self.configuration.address_policy()).map_err(|why| {
            let mut failure = jira_failure(FailureCode::AddressRefused, None);
            failure.message = why.to_string();
            why.remedy().clone_into(&mut failure.remedy);
            failure
        })
    }

    /// The site that runs at an address: its title and version, and the cloudId of a Cloud site.
    pub(super) async fn find(&self, address: Address) -> Result<Site, Failure> {
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

    /// Asks an instance who this is: once, for what was refused is never tried again by itself.
    pub(super) async fn ask_who(
        &self,
        auth: &AuthConfig,
        site: &Site,
        credential: &Credential,
    ) -> Result<Account, Failure> {
        let (configuration, address) = (&self.configuration, self.admit(&site.url.clone().into())?);
        let path = if site.cloud_id.is_some() { "/rest/api/3/myself" } else { "/rest/api/2/myself" };
        let target = JiraTarget::for_site(site, auth.kind(), Some(&auth.shown()));
        let url = target.url(configuration.api_url(), configuration.address_policy(), path);
        let url = url.map_err(|_| jira_failure(FailureCode::AddressRefused, None))?;
        let authorization = jira::authorization(&*self.platform, "GET", &url, None, credential).await;
        let authorization = authorization.map_err(|why| oauth1_failure(&Oauth1Refusal::from(why)))?;
        fetch_account(&*self.platform, &address, &url, &authorization).await
    }

    /// 1. The account behind the credential, by `myself`. 2. The credential is kept as a pending grant. 3. The attempt
    ///    is authorized, and shows when it `ends_at`, if that is known.
    pub(super) async fn keep_brought(
        &self,
        brought: &CredentialAuthorization,
        site: Site,
        grant: NewGrant,
        ends_at: Option<Timestamp>,
    ) -> Result<(), Failure> {
        let account = self.ask_who(&brought.auth, &site, &grant.credential).await?;
        let consent = Consent { grant: brought.grant.clone(), account: Some(account), scopes: grant.scopes.clone() };
        let kept = self
            .platform
            .command(&self.organization, &brought.grant, KeeperCommand::Install { grant: Box::new(grant) })
            .await;
        if !matches!(kept, Ok(KeeperAnswer::Done)) {
            return Err(self.lost(&kept.map(|_| "refused")));
        }
        let settle = SettleBrought { id: brought.id.clone(), consent, site, ends_at };
        self.kept(&brought.grant, self.pass_on(Caller::Edge, &settle).await.map(drop)).await
    }

    /// Ends the attempt if what was tried did not work. Answers only what failed of ours.
    pub(super) async fn conclude_brought(
        &self,
        brought: &CredentialAuthorization,
        tried: Result<(), Failure>,
    ) -> Result<(), Refusal> {
        let Err(failure) = tried else { return Ok(()) };
        let dropped = self.ask(&FailAttempt { id: brought.id.clone(), failure }).await?;
        self.retire(dropped).await;
        Ok(())
    }
}
