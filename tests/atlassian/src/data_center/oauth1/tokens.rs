//! Request tokens until the verifier, and access tokens until they end. Pure functions of a given time.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::problem::Problem;
use crate::clock::Moment;
use crate::people::Person;
use crate::random;

/// How long a person has to approve, and the consumer to come back.
pub(super) const REQUEST_LIFE: Duration = Duration::from_mins(10);
/// Five years.
pub(super) const ACCESS_LIFE: Duration = Duration::from_hours(5 * 365 * 24);

/// A request token that a person decides about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RequestToken {
    pub(crate) token: String,
    pub(crate) consumer_key: String,
    /// Where the person is sent; none for a verification code to be copied (`oob`).
    pub(crate) callback: Option<String>,
    issued: Moment,
    decision: Decision,
}

/// The person's decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decision {
    Open,
    Allowed { person: Person, verifier: String },
    Denied,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccessToken {
    pub(crate) token: String,
    pub(crate) consumer_key: String,
    pub(crate) person: Person,
    issued: Moment,
    pub(crate) revoked: bool,
}

/// All tokens of an instance, oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Tokens {
    requests: Vec<RequestToken>,
    access: Vec<AccessToken>,
}

impl Tokens {
    pub(crate) fn access_tokens(&self) -> &[AccessToken] {
        &self.access
    }

    /// A new request token.
    pub(super) fn ask(&mut self, consumer_key: &str, callback: Option<String>, now: Moment) -> String {
        let token = random::opaque(24);
        let consumer_key = consumer_key.to_owned();
        self.requests.push(RequestToken {
            token: token.clone(),
            consumer_key,
            callback,
            issued: now,
            decision: Decision::Open,
        });
        token
    }

    /// A request token that a person can still decide about.
    pub(super) fn open(&self, token: &str, now: Moment) -> Option<&RequestToken> {
        let open = |asked: &&RequestToken| asked.token == token && asked.decision == Decision::Open;
        self.requests.iter().find(open).filter(|asked| !asked.is_over(now))
    }

    /// The person allows it: the verifier. None if there is nothing to decide.
    pub(crate) fn allow(&mut self, token: &str, person: Person, now: Moment) -> Option<String> {
        let verifier: String = random::opaque(48).chars().filter(char::is_ascii_alphanumeric).take(6).collect();
        self.decide(token, Decision::Allowed { person, verifier: verifier.clone() }, now).then_some(verifier)
    }

    /// The person denies it. False if there is nothing to decide.
    pub(super) fn deny(&mut self, token: &str, now: Moment) -> bool {
        self.decide(token, Decision::Denied, now)
    }

    fn decide(&mut self, token: &str, decision: Decision, now: Moment) -> bool {
        if self.open(token, now).is_none() {
            return false;
        }
        let asked = self.requests.iter_mut().find(|asked| asked.token == token);
        asked.map(|asked| asked.decision = decision).is_some()
    }

    /// Exchanges an approved request token for an access token, once. Jira does not check that it is the request token of
    /// this authorization.
    pub(super) fn exchange(
        &mut self,
        consumer_key: &str,
        token: &str,
        verifier: Option<&str>,
        now: Moment,
    ) -> Result<String, Problem> {
        let index = self.requests.iter().position(|asked| asked.token == token).ok_or(Problem::TokenRejected)?;
        let person = self.requests[index].buys_for(consumer_key, verifier, now)?;
        self.requests.remove(index);
        let token = random::opaque(24);
        let consumer_key = consumer_key.to_owned();
        self.access.push(AccessToken { token: token.clone(), consumer_key, person, issued: now, revoked: false });
        Ok(token)
    }

    /// Whose access token this is.
    pub(super) fn opened_by(
        &self,
        consumer_key: &str,
        token: &str,
        now: Moment,
        names_revoked: bool,
    ) -> Result<Person, Problem> {
        let known = self.access.iter().find(|known| known.token == token && known.consumer_key == consumer_key);
        match known.ok_or(Problem::TokenRejected)? {
            known if known.revoked && names_revoked => Err(Problem::TokenRevoked),
            known if known.revoked => Err(Problem::TokenRejected),
            known if now.since(known.issued) >= ACCESS_LIFE => Err(Problem::TokenExpired),
            known => Ok(known.person),
        }
    }

    /// Revokes what a person gave.
    pub(crate) fn revoke(&mut self, person: Person) {
        self.access.iter_mut().filter(|token| token.person == person).for_each(|token| token.revoked = true);
    }

    /// Removes a consumer's tokens, together with its link.
    pub(super) fn forget_consumer(&mut self, consumer_key: &str) {
        self.requests.retain(|asked| asked.consumer_key != consumer_key);
        self.access
            .iter_mut()
            .filter(|token| token.consumer_key == consumer_key)
            .for_each(|token| token.revoked = true);
    }
}

impl RequestToken {
    fn is_over(&self, now: Moment) -> bool {
        now.since(self.issued) >= REQUEST_LIFE
    }

    fn buys_for(&self, consumer_key: &str, verifier: Option<&str>, now: Moment) -> Result<Person, Problem> {
        if self.consumer_key != consumer_key {
            return Err(Problem::TokenRejected);
        }
        if self.is_over(now) {
            return Err(Problem::TokenExpired);
        }
        match (&self.decision, verifier) {
            (Decision::Open, _) => Err(Problem::PermissionUnknown),
            (Decision::Denied, _) => Err(Problem::PermissionDenied),
            (Decision::Allowed { .. }, None) => Err(Problem::ParameterAbsent(vec!["oauth_verifier"])),
            (Decision::Allowed { person, verifier }, Some(shown)) if verifier == shown => Ok(*person),
            (Decision::Allowed { .. }, Some(_)) => Err(Problem::VerifierInvalid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment(1_000);

    #[test]
    fn a_request_token_is_exchanged_once_after_it_was_allowed() {
        let mut tokens = Tokens::default();
        let asked = tokens.ask("key", None, NOW);
        assert_eq!(tokens.exchange("key", &asked, Some("x"), NOW), Err(Problem::PermissionUnknown));
        let verifier = tokens.allow(&asked, Person::Ada, NOW).unwrap();
        assert_eq!(verifier.len(), 6);
        assert_eq!(tokens.exchange("other", &asked, Some(&verifier), NOW), Err(Problem::TokenRejected));
        assert_eq!(tokens.exchange("key", &asked, Some("wrong"), NOW), Err(Problem::VerifierInvalid));
        let token = tokens.exchange("key", &asked, Some(&verifier), NOW).unwrap();
        assert_eq!(tokens.opened_by("key", &token, NOW, false), Ok(Person::Ada));
        assert_eq!(tokens.exchange("key", &asked, Some(&verifier), NOW), Err(Problem::TokenRejected));
    }

    #[test]
    fn nobody_decides_twice_or_too_late() {
        let mut tokens = Tokens::default();
        let asked = tokens.ask("key", None, NOW);
        assert!(tokens.deny(&asked, NOW));
        assert_eq!(tokens.allow(&asked, Person::Ada, NOW), None);
        assert_eq!(tokens.exchange("key", &asked, Some("x"), NOW), Err(Problem::PermissionDenied));
        let late = tokens.ask("key", None, NOW);
        assert_eq!(tokens.allow(&late, Person::Ada, NOW.plus(REQUEST_LIFE)), None);
        assert_eq!(tokens.exchange("key", &late, Some("x"), NOW.plus(REQUEST_LIFE)), Err(Problem::TokenExpired));
    }
}
