//! What one instance remembers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::accounts::Accounts;
use super::oauth1::Oauth1;
use super::oauth2::Oauth2;
use super::personal_access_tokens::PersonalAccessTokens;
use super::{Instance, InstanceSettings, Oauth2Grant};
use crate::clock::{Clock, Moment};
use crate::jira::JiraSite;
use crate::people::Person;

/// Both instances.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DataCenters {
    quarry: Installation,
    orchard: Installation,
}

/// One of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Installation {
    pub(crate) settings: InstanceSettings,
    /// It is at its new address now.
    pub(crate) moved: bool,
    pub(crate) accounts: Accounts,
    /// Who is logged in, by the value of their cookie.
    pub(crate) sessions: BTreeMap<String, Person>,
    pub(crate) personal_access_tokens: PersonalAccessTokens,
    #[serde(default)]
    pub(crate) oauth1: Oauth1,
    #[serde(default)]
    pub(crate) oauth2: Oauth2,
    /// An older state file has none: see [`DataCenters::complete`].
    #[serde(default)]
    pub(crate) jira_site: JiraSite,
}

impl Default for DataCenters {
    fn default() -> Self {
        Self { quarry: Installation::of(Instance::Quarry), orchard: Installation::of(Instance::Orchard) }
    }
}

impl DataCenters {
    pub(crate) fn of(&self, instance: Instance) -> &Installation {
        match instance {
            Instance::Quarry => &self.quarry,
            Instance::Orchard => &self.orchard,
        }
    }

    pub(crate) fn of_mut(&mut self, instance: Instance) -> &mut Installation {
        match instance {
            Instance::Quarry => &mut self.quarry,
            Instance::Orchard => &mut self.orchard,
        }
    }
}

impl DataCenters {
    /// Gives an installation from an older state file its Jira.
    pub(crate) fn complete(&mut self) {
        for instance in Instance::ALL {
            let installation = self.of_mut(instance);
            if installation.jira_site.projects.is_empty() {
                installation.jira_site = JiraSite::of(instance.slug(), Clock::default().now());
            }
        }
    }
}

impl Installation {
    fn of(instance: Instance) -> Self {
        Self {
            settings: InstanceSettings::of(instance),
            moved: false,
            accounts: Accounts::of(instance.people()),
            sessions: BTreeMap::new(),
            personal_access_tokens: PersonalAccessTokens::default(),
            oauth1: Oauth1::default(),
            oauth2: Oauth2::default(),
            jira_site: JiraSite::of(instance.slug(), Clock::default().now()),
        }
    }

    /// Every token ever issued here, in the clear.
    pub(crate) fn tokens_issued(&self) -> Vec<String> {
        let personal = self.personal_access_tokens.all().iter().map(|token| token.token.clone());
        let oauth1 = self.oauth1.tokens.access_tokens().iter().map(|token| token.token.clone());
        let pair = |grant: &Oauth2Grant| [grant.access_token.clone(), grant.refresh_token.clone()];
        personal.chain(oauth1).chain(self.oauth2.grants.all().iter().flat_map(pair)).collect()
    }

    /// Takes back every access that a person gave to applications by OAuth.
    pub(crate) fn revoke_access(&mut self, person: Person) {
        self.oauth1.tokens.revoke(person);
        self.oauth2.revoke(person);
    }

    /// The time by this instance's clock, when the model's says `now`.
    pub(crate) fn clock(&self, now: Moment) -> Moment {
        Moment(now.0.saturating_add_signed(self.settings.clock_skew_seconds))
    }
}
