//! The methods to connect that an instance offers, the strongest first.
//!
//! Sources: Jira's release notes. Incoming links of OAuth 2.0 exist since 8.22, personal access tokens since 8.14; Jira
//! 11 disables Basic authentication until an administrator enables it.

use api::{BasicForm, ConnectMethod, Kind};

const OAUTH2: [u32; 2] = [8, 22];
const PERSONAL_ACCESS_TOKENS: [u32; 2] = [8, 14];
const BASIC_OFF: [u32; 2] = [11, 0];

pub(super) fn of_cloud(basic_allowed: bool, cloud_id_known: bool) -> Vec<ConnectMethod> {
    let switched_off = || "Basic authentication for Jira Cloud is switched off in this Causeway.".to_owned();
    let off = (!basic_allowed).then(switched_off);
    let unknown = "The site does not say which site it is at Atlassian.";
    let scoped = off.clone().or_else(|| (!cloud_id_known).then(|| unknown.to_owned()));
    vec![
        ConnectMethod { kind: Kind::CloudOauth2, form: None, unavailable: None, note: None },
        ConnectMethod { unavailable: scoped, ..basic(BasicForm::ScopedApiToken) },
        ConnectMethod { unavailable: off, ..basic(BasicForm::ApiToken) },
    ]
}

pub(super) fn of_data_center(version: &str) -> Vec<ConnectMethod> {
    let numbers = numbers(version);
    let since = |first: [u32; 2]| {
        (numbers < first).then(|| format!("Jira has it since version {}.{}; this is {version}.", first[0], first[1]))
    };
    let off = "Jira 11 and later refuse passwords until a Jira administrator switches Basic authentication on.";
    let off = (numbers >= BASIC_OFF).then(|| off.to_owned());
    vec![
        ConnectMethod { kind: Kind::DataCenterOauth2, form: None, unavailable: since(OAUTH2), note: None },
        ConnectMethod { kind: Kind::Oauth1, form: None, unavailable: None, note: None },
        ConnectMethod { unavailable: since(PERSONAL_ACCESS_TOKENS), ..basic(BasicForm::PersonalAccessToken) },
        ConnectMethod { note: off, ..basic(BasicForm::Password) },
    ]
}

const fn basic(form: BasicForm) -> ConnectMethod {
    ConnectMethod { kind: Kind::Basic, form: Some(form), unavailable: None, note: None }
}

/// Major and minor version. An unreadable version counts as new, so that Jira itself decides.
fn numbers(version: &str) -> [u32; 2] {
    let mut numbers = version.split(['.', '-']).map(|part| part.parse().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(major), minor) => [major, minor.unwrap_or(0)],
        (None, _) => [10, 0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(methods: &[ConnectMethod]) -> Vec<(Kind, Option<BasicForm>, bool)> {
        methods.iter().map(|method| (method.kind, method.form, method.unavailable.is_none())).collect()
    }

    #[test]
    fn each_version_of_data_center_has_what_it_has() {
        let offered = |version| {
            let methods = of_data_center(version);
            let [oauth2, oauth1, token, password] = methods.as_slice() else { panic!("four") };
            assert!(oauth1.unavailable.is_none() && password.unavailable.is_none());
            [oauth2.unavailable.is_none(), token.unavailable.is_none(), password.note.is_none()]
        };
        assert_eq!(offered("8.13.27"), [false, false, true]);
        assert_eq!(offered("8.14.0"), [false, true, true]);
        assert_eq!(offered("8.22.0-RC1"), [true, true, true]);
        assert_eq!(offered("10.3.2"), [true, true, true]);
        assert_eq!(offered("11.0.1"), [true, true, false]);
        assert_eq!(offered("newer"), [true, true, true]);
    }

    #[test]
    fn a_cloud_site_is_best_connected_with_oauth_and_the_operator_can_forbid_the_rest() {
        use BasicForm::{ApiToken, ScopedApiToken};
        let all =
            |allowed, known| names(&of_cloud(allowed, known)).into_iter().map(|(.., can)| can).collect::<Vec<_>>();
        let forms: Vec<_> = of_cloud(true, true).into_iter().map(|method| method.form).collect();
        assert_eq!(forms, [None, Some(ScopedApiToken), Some(ApiToken)]);
        assert_eq!(all(true, true), [true, true, true]);
        assert_eq!(all(true, false), [true, false, true]);
        assert_eq!(all(false, true), [true, false, false]);
    }
}
