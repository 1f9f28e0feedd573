//! Everything this Atlassian remembers.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::api_tokens::{ApiToken, ApiTokens};
use crate::clock::{Clock, Moment};
use crate::codes::Codes;
use crate::consents::Consents;
use crate::data_center::{DataCenters, Instance};
use crate::families::{Birth, Death, Families};
use crate::forge::confluence::Pages;
use crate::jira::JiraSite;
use crate::oidc::{SignIn, SignInSession};
use crate::people::{Person, Profile};
use crate::settings::{ConsentMode, Settings};
use crate::sites::Site;

/// The state. A field that an older file lacks gets its default.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    pub(crate) sites: Vec<Site>,
    pub(crate) people: Vec<Profile>,
    /// Who is logged in to Atlassian, by the value of their cookie.
    pub(crate) log_ins: BTreeMap<String, Person>,
    pub(crate) codes: Codes<Birth>,
    pub(crate) consents: Consents,
    pub(crate) families: Families,
    pub(crate) api_tokens: ApiTokens,
    /// Issues and projects, by cloudId.
    pub(crate) jira_sites: BTreeMap<String, JiraSite>,
    pub(crate) data_centers: DataCenters,
    /// Pages of Confluence.
    pub(crate) pages: Pages,
    pub(crate) sign_in_codes: Codes<SignIn>,
    /// The issuer's access tokens.
    pub(crate) sign_ins: BTreeMap<String, SignInSession>,
}

impl Default for State {
    fn default() -> Self {
        let sites = Site::all();
        let now = Clock::default().now();
        let jira_sites = sites.iter().map(|site| (site.id.clone(), JiraSite::of(&site.id, now))).collect();
        Self {
            clock: Clock::default(),
            settings: Settings::default(),
            sites,
            people: Person::ALL.map(Profile::of).into(),
            log_ins: BTreeMap::new(),
            codes: Codes::default(),
            consents: Consents::default(),
            families: Families::default(),
            api_tokens: ApiTokens::default(),
            jira_sites,
            data_centers: DataCenters::default(),
            pages: Pages::default(),
            sign_in_codes: Codes::default(),
            sign_ins: BTreeMap::new(),
        }
    }
}

/// What an access token opens right now.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) person: Person,
    pub(crate) scopes: Vec<String>,
    pub(crate) sites: Vec<Site>,
}

impl Access {
    pub(crate) fn allows(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }
}

impl State {
    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Every token ever issued, in the clear.
    pub(crate) fn tokens_issued(&self) -> Vec<String> {
        let mut tokens = self.families.tokens_issued();
        tokens.extend(self.api_tokens.all().iter().map(|token| token.token.clone()));
        tokens.extend(self.pages.tokens().cloned());
        tokens.extend(Instance::ALL.into_iter().flat_map(|instance| self.data_centers.of(instance).tokens_issued()));
        tokens
    }

    pub(crate) fn profile(&self, person: Person) -> Profile {
        let known = self.people.iter().find(|profile| profile.person == person);
        known.cloned().unwrap_or_else(|| Profile::of(person))
    }

    pub(crate) fn site(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.id == id)
    }

    /// The sites a person has access to.
    pub(crate) fn sites_of(&self, person: Person) -> Vec<&Site> {
        self.sites.iter().filter(|site| site.people.contains(&person)).collect()
    }

    /// What an access token opens: its own sites and scopes, as far as the consent and the person still reach.
    pub(crate) fn access(&self, token: &str) -> Option<Access> {
        let family = self.families.opened_by(token, self.now())?;
        let consent = self.consents.of(family.person)?;
        let reached = match self.settings.consent_mode {
            ConsentMode::WholeAccount => &consent.sites,
            ConsentMode::OneSite | ConsentMode::SeveralSites => &family.sites,
        };
        let sites = self.sites_of(family.person).into_iter().filter(|site| reached.contains(&site.id));
        let scopes = family.scopes.iter().filter(|scope| consent.scopes.contains(scope));
        Some(Access { person: family.person, scopes: scopes.cloned().collect(), sites: sites.cloned().collect() })
    }

    /// A new API token.
    pub(crate) fn create_api_token(
        &mut self,
        person: Person,
        scopes: Option<Vec<String>>,
        life: Option<Duration>,
    ) -> String {
        let now = self.now();
        self.api_tokens.create(person, scopes, life, now)
    }

    /// The API token of an active account with that e-mail address.
    pub(crate) fn api_token(&self, email: &str, token: &str) -> Option<&ApiToken> {
        let token = self.api_tokens.working(token, self.now())?;
        let profile = self.profile(token.person);
        (profile.active && profile.email.eq_ignore_ascii_case(email)).then_some(token)
    }

    /// What an API token with scopes opens at the gateway.
    pub(crate) fn access_by_api_token(&self, email: &str, token: &str) -> Option<Access> {
        let ApiToken { person, scopes, .. } = self.api_token(email, token)?;
        let sites = self.sites_of(*person).into_iter().cloned().collect();
        Some(Access { person: *person, scopes: scopes.clone()?, sites })
    }

    /// Removes a person's consent, and with it everything that grew from it. False if there was none.
    pub(crate) fn revoke_consent(&mut self, person: Person) -> bool {
        self.end_families_of(person, Death::ConsentRevoked);
        self.consents.remove(person)
    }

    /// Ends every authorization of a person, started or finished.
    pub(crate) fn end_families_of(&mut self, person: Person, cause: Death) {
        let now = self.now();
        self.codes.forget(|birth| birth.person == person);
        self.families.end_all_of(person, cause, now);
    }

    /// Deactivates an account and ends every authorization of it.
    pub(crate) fn deactivate(&mut self, person: Person) {
        self.change_profile(person, |profile| profile.active = false);
        self.end_families_of(person, Death::Deactivated);
    }

    pub(crate) fn change_profile(&mut self, person: Person, change: impl FnOnce(&mut Profile)) {
        if let Some(profile) = self.people.iter_mut().find(|profile| profile.person == person) {
            change(profile);
        }
    }

    /// Changes a site; `Err` is a sentence if there is none of that cloudId.
    pub(crate) fn change_site(&mut self, id: &str, change: impl FnOnce(&mut Site)) -> Result<(), String> {
        let site = self.sites.iter_mut().find(|site| site.id == id);
        change(site.ok_or_else(|| format!("There is no site {id}."))?);
        Ok(())
    }
}
