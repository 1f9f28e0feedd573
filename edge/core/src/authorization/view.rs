//! What the session that began an authorization sees of it.

use api::{AuthorizationStatus, Changes, Failure, Kind, Oauth1Progress, Oauth1Step, Site, SiteChoice, Timestamp};

use super::{AuthConfig, Authorization, Consent, Stage, failures::expired, missing_scopes};

impl Authorization {
    /// The authorization as its own session sees it.
    pub fn view(
        &self,
        changes: Option<Changes>,
        connected: impl Fn(&Site) -> Vec<String>,
        now: Timestamp,
    ) -> api::Authorization {
        let mut view = api::Authorization {
            id: self.id.clone(),
            connection_id: self.connection.as_ref().map(|pinned| pinned.connection.clone()),
            status: AuthorizationStatus::Waiting,
            expires_at: self.expires_at(),
            sites: Vec::new(),
            site: None,
            account: None,
            scopes: Vec::new(),
            missing_scopes: Vec::new(),
            changes,
            failure: None,
            oauth1: self.progress(),
        };
        match &self.stage {
            Stage::Failed { failure } => view.fail(failure.clone()),
            Stage::Saved { .. } => view.status = AuthorizationStatus::Authorized,
            _ if self.alive(now).is_err() => view.fail(expired()),
            Stage::Ticketed | Stage::Away { .. } | Stage::Approving | Stage::Exchanging => {}
            Stage::Choosing { consent, sites } => {
                view.status = AuthorizationStatus::ChooseSite;
                view.show(consent);
                let choice = |site: &Site| SiteChoice { site: site.clone(), connected_as: connected(site) };
                view.sites = sites.iter().map(choice).collect();
            }
            Stage::Authorized { consent, site } => {
                view.status = AuthorizationStatus::Authorized;
                view.show(consent);
                let shown = self.auth.as_ref().map(AuthConfig::shown);
                view.missing_scopes =
                    missing_scopes(self.kind(), shown.as_ref(), consent.account.as_ref(), &consent.scopes);
                view.site = Some(site.clone());
            }
        }
        view
    }

    fn progress(&self) -> Option<Oauth1Progress> {
        let auth = self.auth.as_ref().filter(|auth| auth.kind() == Kind::Oauth1)?;
        let approve_url = self.request_token.as_ref().filter(|_| auth.by_verification_code());
        Some(Oauth1Progress {
            step: self.step(),
            approve_url: approve_url.and_then(|request_token| request_token.approve_url.clone()),
            code_failure: self.code_failure.clone(),
        })
    }

    /// The current step of OAuth 1.0a, or the one that failed.
    pub(super) fn step(&self) -> Oauth1Step {
        match self.stage {
            Stage::Failed { .. } => self.failed_step.unwrap_or(Oauth1Step::RequestToken),
            Stage::Authorized { .. } | Stage::Saved { .. } => Oauth1Step::Done,
            Stage::Exchanging | Stage::Choosing { .. } => Oauth1Step::AccessToken,
            Stage::Ticketed | Stage::Away { .. } | Stage::Approving if self.request_token.is_none() => {
                Oauth1Step::RequestToken
            }
            Stage::Ticketed | Stage::Away { .. } | Stage::Approving => Oauth1Step::Approval,
        }
    }
}

trait Fill {
    fn fail(&mut self, failure: Failure);
    fn show(&mut self, consent: &Consent);
}

impl Fill for api::Authorization {
    fn fail(&mut self, failure: Failure) {
        self.status = AuthorizationStatus::Failed;
        self.changes = None;
        self.failure = Some(failure);
    }

    fn show(&mut self, consent: &Consent) {
        self.account.clone_from(&consent.account);
        self.scopes.clone_from(&consent.scopes);
    }
}
