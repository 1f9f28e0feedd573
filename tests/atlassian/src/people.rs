//! The people who have an account at this Atlassian and at this OIDC issuer.

use serde::{Deserialize, Serialize};

use crate::time_zone::TimeZone;

/// Somebody with an account. Administrators of the sites are Ada and Bob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Person {
    /// Ada Admin: administrator, three sites, owner of the app.
    Ada,
    /// Bob Admin: a second administrator, two sites.
    Bob,
    /// Max Member: one site, no administrator.
    Max,
    /// Sam Stranger: signs in, reaches no site, is known to nobody.
    Sam,
    /// Uma Unverified: her issuer does not vouch for her e-mail address.
    Uma,
}

impl Person {
    /// Everybody, in the order the pages list them.
    pub const ALL: [Self; 5] = [Self::Ada, Self::Bob, Self::Max, Self::Sam, Self::Uma];

    /// The name used in addresses and forms, such as `ada`.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Ada => "ada",
            Self::Bob => "bob",
            Self::Max => "max",
            Self::Sam => "sam",
            Self::Uma => "uma",
        }
    }

    /// The person of that slug.
    pub fn by_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|person| person.slug() == slug)
    }

    /// The name as people read it, such as `Ada Admin`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ada => "Ada Admin",
            Self::Bob => "Bob Admin",
            Self::Max => "Max Member",
            Self::Sam => "Sam Stranger",
            Self::Uma => "Uma Unverified",
        }
    }

    /// The Atlassian account id.
    pub fn account_id(self) -> &'static str {
        match self {
            Self::Ada => "712020:0ada0ada-2b7c-4d6e-9a10-0000000000ad",
            Self::Bob => "712020:0b0b0b0b-2b7c-4d6e-9a10-0000000000b0",
            Self::Max => "712020:0a0a0a0a-2b7c-4d6e-9a10-0000000000a0",
            Self::Sam => "712020:05a05a05-2b7c-4d6e-9a10-00000000005a",
            Self::Uma => "712020:0c0c0c0c-2b7c-4d6e-9a10-0000000000c0",
        }
    }

    /// The person of that Atlassian account.
    pub fn by_account_id(account_id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|person| person.account_id() == account_id)
    }

    /// The key of their user at a Data Center instance. The user name is the slug.
    pub fn user_key(self) -> &'static str {
        match self {
            Self::Ada => "JIRAUSER10100",
            Self::Bob => "JIRAUSER10101",
            Self::Max => "max.long-ago",
            Self::Sam => "JIRAUSER10103",
            Self::Uma => "JIRAUSER10104",
        }
    }

    /// The person of that user key.
    pub fn by_user_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|person| person.user_key() == key)
    }

    /// Whether this person administers the sites they reach.
    pub fn administers_sites(self) -> bool {
        matches!(self, Self::Ada | Self::Bob)
    }

    /// Whether the app that asks for consent is this person's own.
    pub fn owns_the_app(self) -> bool {
        self == Self::Ada
    }

    /// The time zone that the account is set to: it decides when a day begins in JQL, and how dates are written.
    pub(crate) fn time_zone(self) -> TimeZone {
        match self {
            Self::Ada | Self::Sam | Self::Uma => TimeZone::Berlin,
            Self::Bob => TimeZone::NewYork,
            Self::Max => TimeZone::Kolkata,
        }
    }

    /// The language that the account is set to, which decides on which day a week begins.
    pub(crate) fn locale(self) -> &'static str {
        if self == Self::Bob { "en_US" } else { "en_GB" }
    }

    /// What the person does, for the pages where one chooses whom to be.
    pub(crate) fn part(self) -> &'static str {
        match self {
            Self::Ada => "Administrator. Reaches all three sites and owns the app.",
            Self::Bob => "A second administrator. Reaches two sites.",
            Self::Max => "A member. Reaches one site.",
            Self::Sam => "A stranger. Reaches no site.",
            Self::Uma => "Her e-mail address was never verified. Reaches no site.",
        }
    }

    pub(crate) fn color(self) -> &'static str {
        match self {
            Self::Ada => "#0c66e4",
            Self::Bob => "#1f845a",
            Self::Max => "#6e5dc6",
            Self::Sam => "#a54800",
            Self::Uma => "#626f86",
        }
    }

    pub(crate) fn initials(self) -> String {
        self.name().split(' ').filter_map(|word| word.chars().next()).collect()
    }
}

/// What can change about a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Profile {
    /// Whom this is about.
    pub person: Person,
    /// What they call themselves, at Atlassian and at the issuer, if not by [`Person::name`].
    #[serde(default)]
    pub calls_themselves: Option<String>,
    /// The e-mail address, at Atlassian and at the issuer.
    pub email: String,
    /// Whether the issuer vouches for the address.
    pub email_verified: bool,
    /// Whether the Atlassian account is active.
    pub active: bool,
}

impl Profile {
    pub(crate) fn of(person: Person) -> Self {
        let email = format!("{}@example.com", person.slug());
        Self { person, calls_themselves: None, email, email_verified: person != Person::Uma, active: true }
    }

    /// The name as clients are told it.
    pub(crate) fn name(&self) -> &str {
        self.calls_themselves.as_deref().unwrap_or_else(|| self.person.name())
    }
}
