//! The API families that may be called, and the parts of them that may not.
//!
//! What is taken out makes, changes or ends credentials or sessions, or lasts longer than the API key that made it: a
//! key that could do that would be worth as much as the connection's own credential, and revoking it would not help.
//! Paths come decoded and folded ([`PathSegments`]), so every spelling is the same path here.

use api::{API_FAMILIES, ApiFamily, is_never, is_within};

use crate::proxy::path::PathSegments;

/// Whether a path may be called, as far as the path and the method alone decide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FamilyCheck {
    /// Every connection passes it on.
    Included,
    /// The connection's managers must have added its family.
    MustBeAdded,
}

/// Why a path is refused, although it is a path of the REST interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FamilyRefused {
    /// It makes, changes or ends credentials or sessions, or installs apps.
    Credentials,
    /// It makes, changes or ends accounts.
    Accounts,
    /// It changes where Jira's links lead, those to set a new password included.
    BaseUrl,
    /// It changes e-mails, those to set a new password included; at Data Center their templates also run code.
    EmailTemplates,
    /// It is about webhooks.
    Webhooks,
}

impl FamilyRefused {
    /// The reason, for people.
    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Self::Credentials => {
                "This part of Jira makes, changes or ends passwords, tokens or sessions, or installs apps. It is never passed on."
            }
            Self::Accounts => {
                "Accounts can be read, but not made, changed or deleted through a connection: that would make or end credentials."
            }
            Self::BaseUrl => {
                "Jira's base URL is never changed through a connection: links to set a password lead there."
            }
            Self::EmailTemplates => {
                "Jira's e-mail templates are never changed through a connection: links to set a password are sent with them."
            }
            Self::Webhooks => {
                "Webhooks of Jira outlive the API key that makes them, and belong to no single connection. They are never passed on."
            }
        }
    }
}

/// A part of `rest/api/{version}` that is taken out.
struct TakenOut {
    /// The path after the version.
    path: &'static str,
    /// Whether it ends there. Otherwise everything beneath it is meant, too.
    is_exact: bool,
    /// Whether reading it (`GET`, `HEAD`, `OPTIONS`) is allowed.
    may_be_read: bool,
    why: FamilyRefused,
}

const fn taken_out(path: &'static str, is_exact: bool, may_be_read: bool, why: FamilyRefused) -> TakenOut {
    TakenOut { path, is_exact, may_be_read, why }
}

/// Everything that is taken out of `rest/api`, from Atlassian's documents of Cloud (v3) and Data Center (up to 11).
const TAKEN_OUT: [TakenOut; 11] = [
    taken_out("user/password", false, false, FamilyRefused::Credentials),
    taken_out("myself/password", false, false, FamilyRefused::Credentials),
    // Says whether a password of somebody is right, and which ones would be accepted.
    taken_out("password", false, false, FamilyRefused::Credentials),
    taken_out("user/session", false, false, FamilyRefused::Credentials),
    // A new account comes with a password of the caller's choice or with an invitation to the caller's address; with
    // another e-mail address the caller can have the password of an account reset; and deleting one ends it.
    taken_out("user", true, true, FamilyRefused::Accounts),
    taken_out("myself", true, true, FamilyRefused::Accounts),
    taken_out("user/anonymization", false, true, FamilyRefused::Accounts),
    taken_out("settings/baseurl", false, true, FamilyRefused::BaseUrl),
    taken_out("application-properties/jira.baseurl", false, true, FamilyRefused::BaseUrl),
    taken_out("email-templates", false, true, FamilyRefused::EmailTemplates),
    // Cloud registers these for the app and the account: a key could read, or delete, those of every other connection
    // of the account, and Jira would send events to its own address for 30 days more.
    taken_out("webhook", false, false, FamilyRefused::Webhooks),
];

/// Checks a path. `reads` says whether the method only reads.
///
/// Entity properties, also those of users, stay in: they are ordinary data. So does inviting customers to a service
/// desk, which gives an account for the customer portal only, and is what that family is for.
pub(super) fn check(path: &PathSegments, reads: bool) -> Result<FamilyCheck, FamilyRefused> {
    let first = path.iter().nth(1).unwrap_or_default();
    if is_never(first) {
        return Err(if first.contains("webhook") { FamilyRefused::Webhooks } else { FamilyRefused::Credentials });
    }
    if is_within(path.iter(), "rest/api")
        && let Some(taken_out) = TAKEN_OUT.iter().find(|taken_out| taken_out.covers(path, reads))
    {
        return Err(taken_out.why);
    }
    let is_included = API_FAMILIES.iter().any(|family| is_within(path.iter(), family));
    Ok(if is_included { FamilyCheck::Included } else { FamilyCheck::MustBeAdded })
}

/// Whether a family that the connection's managers added covers the path.
pub(super) fn is_added(path: &PathSegments, added: &[ApiFamily]) -> bool {
    added.iter().any(|family| is_within(path.iter(), family.as_str()))
}

/// The family to add for a path, for people: with the version, if there is one.
pub(super) fn to_add(path: &PathSegments) -> Option<ApiFamily> {
    let is_version = |segment: &&str| *segment == "latest" || segment.starts_with(|c: char| c.is_ascii_digit());
    let version = path.iter().nth(2).filter(is_version).map(|version| format!("/{version}"));
    let first = path.iter().nth(1)?;
    ApiFamily::parse(&format!("rest/{first}{}", version.unwrap_or_default())).ok()
}

impl TakenOut {
    /// Whether it covers a path beneath `rest/api`, with or without a version.
    fn covers(&self, path: &PathSegments, reads: bool) -> bool {
        (!reads || !self.may_be_read) && (self.begins(path.iter().skip(3)) || self.begins(path.iter().skip(2)))
    }

    fn begins<'a>(&self, mut path: impl Iterator<Item = &'a str>) -> bool {
        let begins = self.path.split('/').all(|name| path.next().is_some_and(|segment| is_named(segment, name)));
        begins && (!self.is_exact || path.next().is_none())
    }
}

/// Whether Jira may take the segment for this name. Data Center drops an ending such as `.json` from a path and answers
/// in that format.
fn is_named(segment: &str, name: &str) -> bool {
    segment.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy::path::admit;

    fn checked(path: &str, reads: bool) -> Result<FamilyCheck, FamilyRefused> {
        check(&admit(path).expect("a path that can be read in one way"), reads)
    }

    #[track_caller]
    fn assert_refused(paths: &[&str], why: FamilyRefused) {
        for path in paths {
            for reads in [false, true] {
                assert_eq!(checked(path, reads), Err(why), "{path}, reads: {reads}");
            }
        }
    }

    #[test]
    fn what_the_common_clients_call_is_passed_on() {
        for path in [
            "rest/api/2/issue/ABC-1",
            "rest/api/latest/search",
            "rest/api/3/search/jql",
            "rest/api/3/user/assignable/search",
            "rest/api/3/user/properties/webhook",
            "rest/api/3/issue/A-1/properties/password",
            "rest/api/3/issue/A-1/attachments",
            "rest/api/2/user/application",
            "rest/api/2/group/user",
            "rest/agile/1.0/board/7/sprint",
            "rest/greenhopper/1.0/sprintquery/7",
            "rest/software/1.0/board",
            "rest/servicedeskapi/request",
            "rest/servicedeskapi/customer",
            "rest/dev-status/latest/issue/detail",
            "rest/devinfo/0.10/bulk",
            "rest/insight/1.0/object/1",
            "rest/project-templates/latest/templates",
            "rest/internal/api/latest/worklog/bulk",
        ] {
            assert_eq!(checked(path, false), Ok(FamilyCheck::Included), "{path}");
        }
    }

    #[test]
    fn what_makes_changes_or_ends_credentials_is_refused_in_every_spelling() {
        assert_refused(
            &[
                "rest/auth/1/session",
                "rest/auth/1/websudo",
                "rest/authconfig/1.0/login-options",
                "rest/pat/latest/tokens",
                "rest/PAT/latest/tokens",
                "rest/%70at/latest/tokens",
                "rest/%2570at/latest/tokens",
                "rest/pat%20/latest/tokens",
                "rest/oauth2/latest/token",
                "rest/access-tokens/1.0",
                "rest/plugins/1.0/",
                "rest/applinks/latest/applicationlink",
                "rest/usermanagement/1/session",
                "rest/api/2/user/password",
                "rest/api/2/user/pass%77ord",
                "rest/API/2/User/PassWord",
                "rest/api/latest/user/password/",
                "rest/api/user/password",
                "rest/api/2/user/password.json",
                "rest/api/2/user/pa%C5%BFsword",
                "rest/api/2/myself/password",
                "rest/api/2/password/policy/updateUser",
                "rest/api/2/user/session/ada",
            ],
            FamilyRefused::Credentials,
        );
        assert_refused(
            &["rest/webhooks/1.0/webhook", "rest/jira-webhook/1.0/webhooks", "rest/api/3/webhook/refresh"],
            FamilyRefused::Webhooks,
        );
    }

    #[test]
    fn accounts_and_where_password_links_lead_may_be_read_and_not_changed() {
        for (path, why) in [
            ("rest/api/2/user", FamilyRefused::Accounts),
            ("rest/api/3/user.json", FamilyRefused::Accounts),
            ("rest/api/2/myself", FamilyRefused::Accounts),
            ("rest/api/2/user/anonymization/rerun", FamilyRefused::Accounts),
            ("rest/api/2/settings/baseUrl", FamilyRefused::BaseUrl),
            ("rest/api/2/application-properties/jira.baseurl", FamilyRefused::BaseUrl),
            ("rest/api/2/email-templates/apply", FamilyRefused::EmailTemplates),
        ] {
            assert_eq!(checked(path, false), Err(why), "{path}");
            assert_eq!(checked(path, true), Ok(FamilyCheck::Included), "{path}");
        }
    }

    #[test]
    fn what_an_app_offers_must_be_added_and_covers_what_is_beneath_it() {
        let raven = [ApiFamily::parse("rest/raven/2.0").expect("a family")];
        for (path, is_covered) in [
            ("rest/raven/2.0/api/test/1", true),
            ("rest/Raven/2.0", true),
            ("rest/r%61ven/2.0/x", true),
            ("rest/raven/1.0/api", false),
            ("rest/raven", false),
            ("rest/raven-other/2.0", false),
            ("rest/scriptrunner/latest/custom/x", false),
            ("rest/internal/2/x", false),
            ("rest/apis/2", false),
        ] {
            let path = admit(path).expect("a path");
            assert_eq!(check(&path, true), Ok(FamilyCheck::MustBeAdded), "{path:?}");
            assert_eq!(is_added(&path, &raven), is_covered, "{path:?}");
        }
    }

    #[test]
    fn the_help_names_what_is_taken_out() {
        let help = include_str!("../../../../app/help/calling-jira.md").to_ascii_lowercase();
        for taken_out in TAKEN_OUT {
            assert!(help.contains(&format!("`rest/api/…/{}`", taken_out.path)), "{}", taken_out.path);
        }
    }

    #[test]
    fn the_family_to_add_is_named_with_its_version() {
        let named = |path: &str| to_add(&admit(path).expect("a path")).map(|family| family.to_string());
        assert_eq!(named("rest/tempo-timesheets/4/worklogs/7").as_deref(), Some("rest/tempo-timesheets/4"));
        assert_eq!(named("rest/cb-automation/latest/rules").as_deref(), Some("rest/cb-automation/latest"));
        assert_eq!(named("rest/raven/api/test").as_deref(), Some("rest/raven"));
        assert_eq!(named("rest/a%20b/x"), None);
    }
}
