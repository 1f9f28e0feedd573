//! Consents of readers: begun by the shell with the platform's word of who looks, finished in a window of its own.
//!
//! A consent cannot be foisted on somebody: the account that consents must be the one that the token vouched for when the
//! consent was begun. Whoever is sent another one's link, and accepts, is refused at the end, and nothing is stored.

use api::{
    AuthorizationId, AuthorizationStatus, FailureCode, ForgeAuthorization, NewForgeAuthorization, RenderState, Site,
};
use serde::{Deserialize, Serialize};

use super::ForgeCall;
use crate::{
    authorization::{CallbackPath, ConsentOwner, Stage, ViewerConsent},
    grant::CloudClient,
    organization::{BegunAuthorization, Refusal, Step, Turn},
    secrets::Digest,
};

impl Turn<'_> {
    /// The sites that a reader can be asked to consent for: those of charts, the one on which the page is, and those that
    /// the reader has consented for.
    pub(super) fn sites_for(&self, call: &ForgeCall) -> Result<Vec<Site>, Refusal> {
        let own = match self.reader(&call.reader()?)? {
            Some(reader) => self.grants_of_viewer(&reader.id)?.into_iter().map(|grant| grant.site).collect(),
            None => Vec::new(),
        };
        let view = call.view()?;
        let here = view.site_url.as_ref().map(|url| Site {
            cloud_id: Some(view.place.cloud_id.clone()),
            name: url.trim_start_matches("https://").trim_end_matches('/').to_owned(),
            url: url.trim_end_matches('/').to_owned(),
            avatar_url: None,
            version: None,
        });
        let mut sites: Vec<Site> = Vec::new();
        for site in own.into_iter().chain(self.sites_of_charts()?).chain(here) {
            if site.cloud_id.is_some() && sites.iter().all(|known| known.key() != site.key()) {
                sites.push(site);
            }
        }
        Ok(sites)
    }
}

/// Begins a reader's consent.
#[derive(Serialize, Deserialize)]
pub struct BeginForgeAuthorization {
    /// The invocation.
    pub call: ForgeCall,
    /// The id of the authorization.
    pub id: AuthorizationId,
    /// The digest of the ticket that the window redeems.
    pub ticket: Digest,
    /// For which site.
    pub wanted: NewForgeAuthorization,
    /// Which of Causeway's clients at Atlassian is consented to.
    pub client: CloudClient,
    /// The path at which the browser comes back from Atlassian.
    pub cloud_callback: CallbackPath,
}

impl Step for BeginForgeAuthorization {
    type Answer = BegunAuthorization;

    fn run(self, turn: &Turn<'_>) -> Result<BegunAuthorization, Refusal> {
        turn.admit_once(&self.call)?;
        let reader = self.call.reader()?;
        let site = match (&self.wanted.chart, &self.wanted.site) {
            (Some(chart), None) => turn.chart(chart)?.site,
            (None, Some(key)) => {
                let mut sites = turn.sites_for(&self.call)?.into_iter();
                sites.find(|site| site.key() == key).ok_or(Refusal::NotFound)?
            }
            _ => return Err(Refusal::Invalid("One of chart and site says for which site.".to_owned())),
        };
        if site.cloud_id.is_none() {
            let why = "Only sites of Jira Cloud can be looked at with one's own access.";
            return Err(Refusal::Invalid(why.to_owned()));
        }
        let begun = (Stage::Ticketed, None, self.cloud_callback);
        let mut authorization = turn.begin_for(reader.session(), self.id, &self.ticket, None, begun)?;
        let owner = ConsentOwner::Reader(reader);
        authorization.viewer = Some(ViewerConsent { owner, site, client: self.client });
        turn.store_authorization(&authorization)?;
        Ok(BegunAuthorization { expires_at: authorization.expires_at(), credential: None })
    }
}

/// Asks how a reader's consent stands.
#[derive(Serialize, Deserialize)]
pub struct GetForgeAuthorization {
    /// The invocation.
    pub call: ForgeCall,
    /// The authorization.
    pub id: AuthorizationId,
}

impl Step for GetForgeAuthorization {
    type Answer = ForgeAuthorization;

    const IS_QUESTION: bool = true;

    fn run(self, turn: &Turn<'_>) -> Result<ForgeAuthorization, Refusal> {
        let authorization = turn.authorization(&self.id)?;
        if authorization.reader() != Some(&self.call.reader()?) {
            return Err(Refusal::NotFound);
        }
        let shown = turn.view(&authorization)?;
        let state = match (shown.status, shown.failure.as_ref().map(|failure| failure.code)) {
            (AuthorizationStatus::Authorized, _) => RenderState::Drawn,
            (AuthorizationStatus::Failed, Some(FailureCode::OtherAccount)) => RenderState::WrongAccount,
            _ => RenderState::ConsentNeeded,
        };
        let (sentence, remedy, code) = match shown.failure {
            Some(failure) => (failure.message, Some(failure.remedy), Some(failure.code)),
            None => (state.sentence().to_owned(), None, None),
        };
        Ok(ForgeAuthorization {
            id: self.id,
            is_pending: matches!(shown.status, AuthorizationStatus::Waiting | AuthorizationStatus::ChooseSite),
            button: state.action().label().to_owned(),
            state,
            sentence,
            remedy,
            code,
        })
    }
}
