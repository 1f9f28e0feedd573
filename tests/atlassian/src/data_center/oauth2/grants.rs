//! Access and refresh tokens. A refresh ends both at once and there is no leeway: a client that loses the response has
//! lost the grant. Pure functions of a given time.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Approved, Scope};
use crate::clock::Moment;
use crate::people::Person;
use crate::random;

/// How long a refresh token works.
const REFRESH_LIFE: Duration = Duration::from_hours(90 * 24);

/// The tokens of one answer of the token endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Oauth2Grant {
    /// The client they were given to.
    pub client_id: String,
    /// Whose account it is.
    pub person: Person,
    /// What they may do.
    pub scope: Scope,
    /// The address that a refresh must repeat.
    pub redirect_uri: String,
    /// Valid at the API until it expires.
    pub access_token: String,
    /// Can be exchanged for the next pair, once.
    pub refresh_token: String,
    /// When they were issued.
    pub issued: Moment,
    /// When the access token stops working by itself.
    pub expires: Moment,
    /// They were refreshed or revoked, and are no longer valid.
    pub ended: bool,
}

/// Every pair ever issued, oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Grants(Vec<Oauth2Grant>);

impl Grants {
    pub(crate) fn all(&self) -> &[Oauth2Grant] {
        &self.0
    }

    /// The first pair for what a person allowed.
    pub(super) fn begin(&mut self, approved: Approved, life: Duration, now: Moment) -> Oauth2Grant {
        let Approved { client_id, person, scope, redirect_uri } = approved;
        let grant = Oauth2Grant {
            client_id,
            person,
            scope,
            redirect_uri,
            access_token: random::token(),
            refresh_token: random::opaque(48),
            issued: now,
            expires: now.plus(life),
            ended: false,
        };
        self.0.push(grant.clone());
        grant
    }

    /// The next pair; the one before is no longer valid. None, and nothing changes, if the refresh token does not
    /// work, is another client's, or `redirect_uri` is not repeated.
    pub(super) fn refresh(&mut self, shown: &Shown<'_>, life: Duration, now: Moment) -> Option<Oauth2Grant> {
        let grant = self.0.iter_mut().find(|grant| !grant.ended && grant.refresh_token == shown.refresh_token)?;
        let repeated = shown.redirect_uri == Some(grant.redirect_uri.as_str());
        if !repeated || grant.client_id != shown.client_id || now.since(grant.issued) >= REFRESH_LIFE {
            return None;
        }
        grant.ended = true;
        let Oauth2Grant { client_id, person, scope, redirect_uri, .. } = grant.clone();
        Some(self.begin(Approved { client_id, person, scope, redirect_uri }, life, now))
    }

    /// Whose access token this is, and what it may do.
    pub(crate) fn opened_by(&self, access_token: &str, now: Moment) -> Option<(Person, Scope)> {
        let opens = |grant: &&Oauth2Grant| !grant.ended && now < grant.expires && grant.access_token == access_token;
        self.0.iter().find(opens).map(|grant| (grant.person, grant.scope))
    }

    /// Ends those.
    pub(crate) fn end(&mut self, which: impl Fn(&Oauth2Grant) -> bool) {
        for grant in &mut self.0 {
            grant.ended |= which(grant);
        }
    }
}

/// What a client shows for the next pair.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'a> {
    pub(super) client_id: &'a str,
    pub(super) refresh_token: &'a str,
    pub(super) redirect_uri: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn begun() -> (Grants, Oauth2Grant) {
        let mut grants = Grants::default();
        let approved =
            Approved { client_id: "c".into(), person: Person::Ada, scope: Scope::Read, redirect_uri: "here".into() };
        let first = grants.begin(approved, HOUR, Moment(0));
        (grants, first)
    }

    #[test]
    fn a_refresh_ends_both_old_tokens_at_once() {
        let (mut grants, first) = begun();
        let shown = Shown { client_id: "c", refresh_token: &first.refresh_token, redirect_uri: Some("here") };
        let second = grants.refresh(&shown, HOUR, Moment(1)).unwrap();
        assert_eq!(grants.opened_by(&first.access_token, Moment(1)), None);
        assert!(grants.refresh(&shown, HOUR, Moment(1)).is_none());
        assert_eq!(grants.opened_by(&second.access_token, Moment(1)), Some((Person::Ada, Scope::Read)));
        assert_eq!(grants.opened_by(&second.access_token, Moment(3601)), None);
    }

    #[test]
    fn a_refresh_that_is_refused_ends_nothing() {
        let (mut grants, first) = begun();
        let right = Shown { client_id: "c", refresh_token: &first.refresh_token, redirect_uri: Some("here") };
        for wrong in [
            Shown { redirect_uri: None, ..right },
            Shown { redirect_uri: Some("there"), ..right },
            Shown { client_id: "other", ..right },
            Shown { refresh_token: "unknown", ..right },
        ] {
            assert!(grants.refresh(&wrong, HOUR, Moment(1)).is_none());
        }
        assert!(grants.refresh(&right, HOUR, Moment(REFRESH_LIFE.as_secs())).is_none());
        assert!(grants.opened_by(&first.access_token, Moment(1)).is_some());
        assert!(grants.refresh(&right, HOUR, Moment(1)).is_some());
    }
}
