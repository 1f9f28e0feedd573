//! API families: the parts of Jira's REST interface, by the beginning of their paths.
//!
//! The proxy passes on [`API_FAMILIES`], and what a connection's managers add to it as [`ApiFamily`]. What stands here
//! is what the app and the edge both have to know; the parts of a family that are taken out again are in the proxy.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

/// The families that every connection passes on.
///
/// Sources: Atlassian's REST documents of Jira, Jira Software and Jira Service Management, for Cloud and for Data
/// Center, and what the common clients call. Left out are the stores of apps (`rest/atlassian-connect`, `rest/forge`),
/// which answer only to the app's own credential, the interfaces behind Jira's pages, and what apps install.
pub const API_FAMILIES: [&str; 19] = [
    // Jira itself.
    "rest/api",
    // Cloud documents this one path below `internal`.
    "rest/internal/api/latest/worklog",
    // Templates to create projects from; PyPI `jira` asks for them.
    "rest/project-templates",
    // Jira Software: boards, sprints, epics; GreenHopper is its older name.
    "rest/agile",
    "rest/software",
    "rest/greenhopper",
    // Jira Software: what the development panel shows, and what build and source tools report to it.
    "rest/dev-status",
    "rest/devinfo",
    "rest/builds",
    "rest/deployments",
    "rest/featureflags",
    "rest/remotelinks",
    "rest/operations",
    "rest/security",
    "rest/devopscomponents",
    // Jira Service Management; Assets was called Insight.
    "rest/servicedeskapi",
    "rest/assets",
    "rest/insight",
    // Plans of Data Center (Advanced Roadmaps).
    "rest/roadmap",
];

/// The first segments that are never passed on and cannot be added, because whoever calls them makes, changes or ends
/// credentials or sessions, or installs what runs inside Jira: a call there outlives the API key that made it.
const NEVER: [&str; 4] = [
    // Personal access tokens (Data Center).
    "pat",
    // Jira as a user directory for other applications (Data Center): passwords and sessions.
    "usermanagement",
    "appmanagement",
    // User administration (Cloud, older).
    "um",
];

/// The beginnings of such first segments; there are several of each.
const NEVER_BEGINNINGS: [&str; 10] = [
    // Sessions, secure administrator sessions, and how people sign in (`auth`, `authconfig`).
    "auth",
    "saml",
    "crowd",
    // OAuth clients and tokens, incoming and outgoing links (`oauth2`, `oauth2-client`, `applinks`).
    "oauth",
    "applink",
    "access-token",
    "token",
    // Installs apps (`plugins`).
    "plugin",
    // Has Jira send its events to any address, for good (`webhooks`, `jira-webhook`).
    "webhook",
    "jira-webhook",
];

/// A family that a connection's managers add: `rest/` and at least one segment, in small letters, without a slash at
/// its end, such as `rest/tempo-timesheets/4`. Everything beneath it is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ApiFamily(String);

/// Why a text is not an [`ApiFamily`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiFamilyRefused {
    /// It does not begin with `rest/`, or ends there.
    NotRest,
    /// More than [`ApiFamily::MAX_LENGTH`] characters.
    TooLong,
    /// A character that is none of the allowed ones, or a segment that is empty or of dots.
    Segment,
    /// It is never passed on.
    Never,
    /// Every connection passes it on.
    Included,
}

impl ApiFamily {
    /// The most characters of a family.
    pub const MAX_LENGTH: usize = 128;
    /// The most families that a connection has.
    pub const MOST: usize = 20;

    /// Takes `text` without the whitespace and slashes around it, or says why not.
    pub fn parse(text: &str) -> Result<Self, ApiFamilyRefused> {
        let family = text.trim().trim_matches('/').to_ascii_lowercase();
        let path = family.strip_prefix("rest/").ok_or(ApiFamilyRefused::NotRest)?;
        if family.len() > Self::MAX_LENGTH {
            Err(ApiFamilyRefused::TooLong)
        } else if !path.split('/').all(is_segment) {
            Err(ApiFamilyRefused::Segment)
        } else if is_never(path.split('/').next().unwrap_or_default()) {
            Err(ApiFamilyRefused::Never)
        } else if API_FAMILIES.iter().any(|known| is_within(family.split('/'), known)) {
            Err(ApiFamilyRefused::Included)
        } else {
            Ok(Self(family))
        }
    }

    /// Those of the texts that are families to this version. Others were stored by a version with other rules.
    pub fn known(texts: &[String]) -> Vec<Self> {
        texts.iter().filter_map(|text| Self::parse(text).ok()).collect()
    }

    /// The family as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a first segment after `rest/`, in small letters, is never passed on.
pub fn is_never(first: &str) -> bool {
    NEVER.contains(&first) || NEVER_BEGINNINGS.iter().any(|beginning| first.starts_with(beginning))
}

/// Whether a path, as its segments from `rest` on in small letters, is in a family.
pub fn is_within<'a>(path: impl IntoIterator<Item = &'a str>, family: &str) -> bool {
    let mut path = path.into_iter();
    family.split('/').all(|segment| path.next() == Some(segment))
}

fn is_segment(segment: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    !matches!(segment, "" | "." | "..") && segment.bytes().all(plain)
}

impl fmt::Display for ApiFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ApiFamilyRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRest => "Write the beginning of the path, such as rest/raven/2.0.",
            Self::TooLong => "Use 128 characters or fewer.",
            Self::Segment => "Use only letters, digits, - . _ and ~ between the slashes.",
            Self::Never => {
                "This part of Jira makes or ends credentials, installs apps or sets up webhooks. It is never passed on, so it cannot be added."
            }
            Self::Included => "Every connection passes this on already, as far as it may be called.",
        })
    }
}

impl std::error::Error for ApiFamilyRefused {}

impl<'de> Deserialize<'de> for ApiFamily {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<ApiFamilyRefused> {
        ApiFamily::parse(text).err()
    }

    #[test]
    fn a_family_is_the_beginning_of_a_path_however_it_is_written() {
        for text in ["rest/raven/2.0", " /rest/raven/2.0/ ", "REST/Raven/2.0"] {
            assert_eq!(ApiFamily::parse(text).map(|family| family.to_string()), Ok("rest/raven/2.0".to_owned()));
        }
        assert!(ApiFamily::parse("rest/tempo-timesheets").is_ok());
    }

    #[test]
    fn what_is_no_beginning_of_a_path_is_refused() {
        for text in ["", "rest", "rest/", "raven/2.0", "restful/x", "https://jira.example.com/rest/raven/2.0"] {
            assert_eq!(refusal(text), Some(ApiFamilyRefused::NotRest), "{text}");
        }
        for text in
            ["rest//x", "rest/x//y", "rest/x/../pat", "rest/./x", "rest/x y", "rest/%70at", "rest/x;y", "rest/ä"]
        {
            assert_eq!(refusal(text), Some(ApiFamilyRefused::Segment), "{text}");
        }
        assert_eq!(refusal(&format!("rest/{}", "x".repeat(124))), Some(ApiFamilyRefused::TooLong));
    }

    #[test]
    fn what_makes_credentials_or_installs_apps_cannot_be_added() {
        for first in [
            "auth",
            "authconfig",
            "pat",
            "PAT",
            "oauth2",
            "oauth2-client",
            "access-tokens",
            "plugins",
            "applinks",
            "applinks-oauth",
            "webhooks",
            "jira-webhook",
            "usermanagement",
        ] {
            assert_eq!(refusal(&format!("rest/{first}/1.0")), Some(ApiFamilyRefused::Never), "{first}");
        }
        assert!(ApiFamily::parse("rest/patterns/1.0").is_ok());
    }

    #[test]
    fn what_every_connection_passes_on_need_not_be_added() {
        for text in ["rest/api", "rest/API/2/user/password", "rest/agile/1.0", "rest/internal/api/latest/worklog/bulk"]
        {
            assert_eq!(refusal(text), Some(ApiFamilyRefused::Included), "{text}");
        }
        assert!(ApiFamily::parse("rest/internal/2").is_ok() && ApiFamily::parse("rest/apis").is_ok());
    }

    #[test]
    fn no_family_that_every_connection_passes_on_is_one_that_is_never_passed_on() {
        for family in API_FAMILIES {
            let first = family.split('/').nth(1).expect("a segment after rest");
            assert!(!is_never(first) && family == family.to_ascii_lowercase(), "{family}");
        }
    }

    #[test]
    fn the_help_names_what_is_never_passed_on() {
        let help = include_str!("../../../app/help/calling-jira.md");
        let whole = NEVER.iter().map(|first| format!("`rest/{first}`"));
        let beginnings = NEVER_BEGINNINGS.iter().map(|first| format!("`rest/{first}…`"));
        let unnamed: Vec<String> = whole.chain(beginnings).filter(|text| !help.contains(text)).collect();
        assert_eq!(unnamed, [""; 0]);
    }

    #[test]
    fn a_family_is_plain_text_on_the_wire_and_checked_there() {
        let family: ApiFamily = serde_json::from_str(r#""rest/raven""#).expect("a family");
        assert_eq!(serde_json::to_string(&family).expect("text"), r#""rest/raven""#);
        assert!(serde_json::from_str::<ApiFamily>(r#""rest/pat""#).is_err());
    }
}
