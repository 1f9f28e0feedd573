//! The consents that Atlassian stores: one for each account and app. A new one replaces the scopes of the old one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::people::Person;

/// What a person allowed the app.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Consent {
    /// The scopes of the newest authorization.
    pub scopes: Vec<String>,
    /// Every site allowed so far, by cloudId.
    pub sites: Vec<String>,
    /// When it was last given.
    pub given: Moment,
}

/// All consents, by person.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Consents(BTreeMap<Person, Consent>);

impl Consents {
    /// Records a consent: its scopes replace the old ones, its sites are added.
    pub(crate) fn give(&mut self, person: Person, scopes: &[String], sites: &[String], now: Moment) {
        let mut all = self.0.remove(&person).map_or_else(Vec::new, |old| old.sites);
        all.extend(sites.iter().filter(|site| !all.contains(site)).cloned().collect::<Vec<_>>());
        self.0.insert(person, Consent { scopes: scopes.to_vec(), sites: all, given: now });
    }

    /// The consent of that person.
    pub(crate) fn of(&self, person: Person) -> Option<&Consent> {
        self.0.get(&person)
    }

    /// Removes it; false if there was none.
    pub(crate) fn remove(&mut self, person: Person) -> bool {
        self.0.remove(&person).is_some()
    }

    /// Whether an administrator allowed the app at that site.
    pub(crate) fn an_administrator_allowed(&self, site: &str) -> bool {
        self.0.iter().any(|(person, consent)| person.administers_sites() && consent.sites.iter().any(|id| id == site))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_consent_overrides_scopes_and_collects_sites() {
        let mut consents = Consents::default();
        consents.give(Person::Ada, &["read:me".into(), "read:jira-work".into()], &["a".into()], Moment(1));
        consents.give(Person::Ada, &["read:me".into()], &["b".into(), "a".into()], Moment(2));
        let consent = consents.of(Person::Ada).unwrap();
        assert_eq!(consent.scopes, ["read:me"]);
        assert_eq!(consent.sites, ["a", "b"]);
    }

    #[test]
    fn only_an_administrator_opens_a_site_for_the_others() {
        let mut consents = Consents::default();
        consents.give(Person::Max, &[], &["a".into()], Moment(1));
        assert!(!consents.an_administrator_allowed("a"));
        consents.give(Person::Bob, &[], &["a".into()], Moment(1));
        assert!(consents.an_administrator_allowed("a"));
    }
}
