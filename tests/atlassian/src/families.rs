//! Token families: what Atlassian does with the refresh tokens of one authorization. Plain rules over a given time.
//!
//! Documented: every refresh rotates; the pair just replaced stays valid for ten more minutes, so that a client that
//! lost the answer can ask again; anything older, or later, ends the family; so do 90 days without a refresh.
//! Announced in 2022 and kept here as the stricter reading: 365 days end it too. Not documented, strict again: when a
//! lost answer is asked for a second time, the pair that was lost is superseded, and presenting it ends the family.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::people::Person;

/// How long the pair just replaced still works.
pub const LEEWAY: Duration = Duration::from_mins(10);
/// A family nobody refreshes for this long is dead.
pub const IDLE_LIFE: Duration = Duration::from_hours(90 * 24);
/// No family lives longer than this.
pub const ABSOLUTE_LIFE: Duration = Duration::from_hours(365 * 24);

/// The tokens of one answer of the token endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pair {
    /// Valid at the API until it expires.
    pub access_token: String,
    /// Buys the next pair. Absent without `offline_access`.
    pub refresh_token: Option<String>,
    /// When the access token stops working by itself.
    pub expires: Moment,
    /// When this pair was replaced by a later one.
    pub replaced: Option<Moment>,
    /// The pair whose refresh token bought this one.
    parent: Option<usize>,
}

/// Why a family is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Death {
    /// A refresh token was presented that had been rotated away.
    RotatedAway,
    /// Nobody refreshed for 90 days.
    Idle,
    /// The family was 365 days old.
    TooOld,
    /// The person removed the consent, or an administrator the app.
    ConsentRevoked,
    /// The person changed the password.
    PasswordChanged,
    /// The account was deactivated.
    Deactivated,
    /// The same account authorized the app again, with the setting that lets the newer one win.
    AuthorizedAgain,
}

/// Everything that grew from one authorization.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Family {
    /// Whose account it is.
    pub person: Person,
    /// The sites picked on the consent page, by cloudId.
    pub sites: Vec<String>,
    /// The scopes granted.
    pub scopes: Vec<String>,
    /// When the code was exchanged.
    pub born: Moment,
    /// When the last pair was issued.
    pub last_refreshed: Moment,
    /// All pairs ever issued, oldest first.
    pub pairs: Vec<Pair>,
    /// When it ended and why.
    pub ended: Option<(Moment, Death)>,
}

/// What a family is made of, before it has tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Birth {
    /// Whose account it is.
    pub(crate) person: Person,
    /// The sites picked, by cloudId.
    pub(crate) sites: Vec<String>,
    /// The scopes granted.
    pub(crate) scopes: Vec<String>,
}

/// Tokens not yet handed out.
#[derive(Clone, Debug)]
pub(crate) struct FreshTokens {
    /// The new access token.
    pub(crate) access_token: String,
    /// The new refresh token.
    pub(crate) refresh_token: String,
    /// How long the access token lives.
    pub(crate) life: Duration,
}

/// A refresh token that buys nothing. Atlassian does not say why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dead;

/// All families, found by token.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Family>", into = "Vec<Family>")]
pub(crate) struct Families {
    all: Vec<Family>,
    by_token: HashMap<String, (usize, usize)>,
}

impl From<Vec<Family>> for Families {
    fn from(all: Vec<Family>) -> Self {
        let mut families = Self { by_token: HashMap::new(), all };
        for family in 0..families.all.len() {
            for pair in 0..families.all[family].pairs.len() {
                families.remember(family, pair);
            }
        }
        families
    }
}

impl From<Families> for Vec<Family> {
    fn from(families: Families) -> Self {
        families.all
    }
}

impl Families {
    /// All of them, oldest first.
    pub(crate) fn all(&self) -> &[Family] {
        &self.all
    }

    /// A new family with its first pair.
    pub(crate) fn begin(&mut self, birth: Birth, fresh: FreshTokens, now: Moment) -> &Family {
        let offline = birth.scopes.iter().any(|scope| scope == "offline_access");
        let first = Pair {
            access_token: fresh.access_token,
            refresh_token: offline.then_some(fresh.refresh_token),
            expires: now.plus(fresh.life),
            replaced: None,
            parent: None,
        };
        let Birth { person, sites, scopes } = birth;
        self.all.push(Family {
            person,
            sites,
            scopes,
            born: now,
            last_refreshed: now,
            pairs: vec![first],
            ended: None,
        });
        let family = self.all.len() - 1;
        self.remember(family, 0);
        &self.all[family]
    }

    /// Presents a refresh token: the next pair, or the end of the family.
    pub(crate) fn refresh(&mut self, presented: &str, fresh: FreshTokens, now: Moment) -> Result<&Family, Dead> {
        let (index, pair) = self.spend(presented, now)?;
        self.rotate(index, pair, fresh, now);
        Ok(&self.all[index])
    }

    /// Presents a refresh token to an Atlassian that does not rotate: a new access token, the same refresh token.
    pub(crate) fn refresh_without_rotation(
        &mut self,
        presented: &str,
        fresh: FreshTokens,
        now: Moment,
    ) -> Result<&Family, Dead> {
        self.refresh(presented, FreshTokens { refresh_token: presented.to_owned(), ..fresh }, now)
    }

    /// The family whose access token this is, if the token works now.
    pub(crate) fn opened_by(&self, access_token: &str, now: Moment) -> Option<&Family> {
        let &(family, pair) = self.by_token.get(access_token)?;
        let (family, pair) = (&self.all[family], &self.all[family].pairs[pair]);
        let is_access = pair.access_token == access_token;
        let replaced_long_ago = pair.replaced.is_some_and(|at| now >= at.plus(LEEWAY));
        (is_access && family.ended.is_none() && now < pair.expires && !replaced_long_ago).then_some(family)
    }

    /// Ends every living family of that person.
    pub(crate) fn end_all_of(&mut self, person: Person, cause: Death, now: Moment) {
        for family in self.all.iter_mut().filter(|family| family.person == person) {
            family.end(cause, now);
        }
    }

    /// Every token ever issued, in the clear, for searches after leaks.
    pub(crate) fn tokens_issued(&self) -> Vec<String> {
        self.by_token.keys().cloned().collect()
    }

    fn spend(&mut self, presented: &str, now: Moment) -> Result<(usize, usize), Dead> {
        let &(index, pair) = self.by_token.get(presented).ok_or(Dead)?;
        let family = &mut self.all[index];
        if family.pairs[pair].refresh_token.as_deref() != Some(presented) {
            return Err(Dead);
        }
        if let Some(cause) = family.refuses(pair, now) {
            family.end(cause, now);
        }
        if family.ended.is_some() { Err(Dead) } else { Ok((index, pair)) }
    }

    fn rotate(&mut self, index: usize, parent: usize, fresh: FreshTokens, now: Moment) {
        let family = &mut self.all[index];
        for pair in &mut family.pairs {
            pair.replaced.get_or_insert(now);
        }
        family.pairs.push(Pair {
            access_token: fresh.access_token,
            refresh_token: Some(fresh.refresh_token),
            expires: now.plus(fresh.life),
            replaced: None,
            parent: Some(parent),
        });
        family.last_refreshed = now;
        let newest = family.pairs.len() - 1;
        self.remember(index, newest);
    }

    fn remember(&mut self, family: usize, pair: usize) {
        let tokens = &self.all[family].pairs[pair];
        self.by_token.insert(tokens.access_token.clone(), (family, pair));
        if let Some(refresh_token) = &tokens.refresh_token {
            self.by_token.insert(refresh_token.clone(), (family, pair));
        }
    }
}

impl Family {
    /// The pair issued last.
    ///
    /// # Panics
    ///
    /// Never: a family begins with a pair and loses none.
    pub fn newest(&self) -> &Pair {
        self.pairs.last().expect("a family begins with a pair")
    }

    fn end(&mut self, cause: Death, now: Moment) {
        self.ended.get_or_insert((now, cause));
    }

    fn refuses(&self, presented: usize, now: Moment) -> Option<Death> {
        if now.since(self.born) >= ABSOLUTE_LIFE {
            Some(Death::TooOld)
        } else if now.since(self.last_refreshed) >= IDLE_LIFE {
            Some(Death::Idle)
        } else if self.may_be_spent(presented, now) {
            None
        } else {
            Some(Death::RotatedAway)
        }
    }

    fn may_be_spent(&self, presented: usize, now: Moment) -> bool {
        let is_newest = presented == self.pairs.len() - 1;
        let is_previous = self.newest().parent == Some(presented);
        let replaced = self.pairs[presented].replaced;
        is_newest || (is_previous && replaced.is_some_and(|at| now < at.plus(LEEWAY)))
    }
}
