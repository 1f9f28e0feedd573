//! Personal access tokens: they have their person's rights until they expire or are revoked.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::people::Person;
use crate::random;

/// One token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PersonalAccessToken {
    pub(crate) token: String,
    pub(crate) person: Person,
    /// Never, if absent.
    pub(crate) expires: Option<Moment>,
    pub(crate) revoked: bool,
}

/// All tokens of an instance, oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct PersonalAccessTokens(Vec<PersonalAccessToken>);

impl PersonalAccessTokens {
    pub(crate) fn all(&self) -> &[PersonalAccessToken] {
        &self.0
    }

    /// A new one, in the clear: Jira shows it once.
    pub(crate) fn create(&mut self, person: Person, life: Option<Duration>, now: Moment) -> String {
        let token = random::opaque(33);
        let expires = life.map(|life| now.plus(life));
        self.0.push(PersonalAccessToken { token: token.clone(), person, expires, revoked: false });
        token
    }

    /// Whose token this is, while it works.
    pub(crate) fn opened_by(&self, token: &str, now: Moment) -> Option<Person> {
        self.0.iter().find(|known| known.token == token && known.works(now)).map(|known| known.person)
    }

    /// False if there is no such token.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        let known = self.0.iter_mut().find(|known| known.token == token);
        known.map(|known| known.revoked = true).is_some()
    }
}

impl PersonalAccessToken {
    pub(crate) fn works(&self, now: Moment) -> bool {
        !self.revoked && self.expires.is_none_or(|expires| now < expires)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_works_until_it_expires_or_is_revoked() {
        let mut tokens = PersonalAccessTokens::default();
        let short = tokens.create(Person::Max, Some(Duration::from_secs(10)), Moment(100));
        let long = tokens.create(Person::Max, None, Moment(100));
        assert_eq!(tokens.opened_by(&short, Moment(109)), Some(Person::Max));
        assert_eq!(tokens.opened_by(&short, Moment(110)), None);
        assert!(tokens.revoke(&long));
        assert_eq!(tokens.opened_by(&long, Moment(101)), None);
    }
}
