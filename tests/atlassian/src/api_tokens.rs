//! API tokens of Atlassian accounts, for Basic with an e-mail address at Jira Cloud. One without scopes works on the
//! sites' own hosts, one with scopes only through the gateway; both expire within a year.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::model::Model;
use crate::people::Person;
use crate::random;

/// No token lives longer.
const LONGEST_LIFE: Duration = Duration::from_hours(365 * 24);

/// One token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ApiToken {
    pub(crate) token: String,
    pub(crate) person: Person,
    /// None for a token without scopes, which has all rights of its person.
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) expires: Moment,
    pub(crate) revoked: bool,
}

/// All tokens, oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ApiTokens(Vec<ApiToken>);

impl ApiTokens {
    pub(crate) fn all(&self) -> &[ApiToken] {
        &self.0
    }

    /// A new one, in the clear: Atlassian shows it once.
    pub(crate) fn create(
        &mut self,
        person: Person,
        scopes: Option<Vec<String>>,
        life: Option<Duration>,
        now: Moment,
    ) -> String {
        let token = format!("ATATT3xFfGF0{}", random::opaque(96));
        let expires = now.plus(life.unwrap_or(LONGEST_LIFE).min(LONGEST_LIFE));
        self.0.push(ApiToken { token: token.clone(), person, scopes, expires, revoked: false });
        token
    }

    /// The token, while it works.
    pub(crate) fn working(&self, token: &str, now: Moment) -> Option<&ApiToken> {
        self.0.iter().find(|known| known.token == token && !known.revoked && now < known.expires)
    }

    /// False if there is no such token.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        let known = self.0.iter_mut().find(|known| known.token == token);
        known.map(|known| known.revoked = true).is_some()
    }
}

impl Model {
    /// An API token without scopes, for a site's own host ([`crate::Listener::Site`]). It lives a year at most, and a year
    /// if no life is given.
    pub fn create_api_token(&self, person: Person, life: Option<Duration>) -> String {
        self.world.change(|state| state.create_api_token(person, None, life))
    }

    /// An API token with scopes such as `read:jira-work`, for the gateway only.
    pub fn create_scoped_api_token(&self, person: Person, scopes: &[&str], life: Option<Duration>) -> String {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.world.change(|state| state.create_api_token(person, Some(scopes), life))
    }

    /// Revokes an API token. False if there is none such.
    pub fn revoke_api_token(&self, token: &str) -> bool {
        self.world.change(|state| state.api_tokens.revoke(token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_outlives_a_year_or_its_revocation() {
        let mut tokens = ApiTokens::default();
        let long = tokens.create(Person::Ada, None, Some(LONGEST_LIFE * 2), Moment(0));
        assert!(tokens.working(&long, Moment(LONGEST_LIFE.as_secs() - 1)).is_some());
        assert!(tokens.working(&long, Moment(LONGEST_LIFE.as_secs())).is_none());
        assert!(tokens.revoke(&long) && tokens.working(&long, Moment(1)).is_none());
    }
}
