//! The methods to connect in words: their titles, and when to use them.

use api::{BasicForm, Kind};

use super::validation::AuthMethod;

/// The title of a method.
pub(super) const fn title(method: AuthMethod) -> &'static str {
    match method {
        (Kind::Basic, Some(BasicForm::ApiToken)) => "API token",
        (Kind::Basic, Some(BasicForm::ScopedApiToken)) => "API token with scopes",
        (Kind::Basic, Some(BasicForm::Password)) => "User name and password",
        (Kind::Basic, Some(BasicForm::PersonalAccessToken)) => "Personal access token",
        (Kind::CloudOauth2 | Kind::DataCenterOauth2, _) => "OAuth 2.0",
        (Kind::Oauth1, _) => "OAuth 1.0a",
        (Kind::Basic, None) => "Basic",
        (Kind::Unknown(_), _) => "A method of a newer version",
    }
}

/// When to use a method.
pub(super) const fn when_to_use(method: AuthMethod) -> &'static str {
    match method {
        (Kind::CloudOauth2, _) => "The best for Cloud. You accept at Atlassian, and nothing secret is copied.",
        (Kind::DataCenterOauth2, _) => {
            "The best for Data Center 8.22 and later. It does only what its scopes allow, and somebody who administers Jira makes a link once."
        }
        (Kind::Oauth1, _) => {
            "For Data Center before 8.22, or where OAuth 2.0 links are not allowed. Every call is signed with a key that never leaves Causeway."
        }
        (Kind::Basic, Some(BasicForm::PersonalAccessToken)) => {
            "Quick, without an administrator. It has all rights of its user, and expires on a date that is chosen in Jira."
        }
        (Kind::Basic, Some(BasicForm::ScopedApiToken)) => {
            "When nobody can accept at Atlassian. It does only what its scopes allow, and expires within a year."
        }
        (Kind::Basic, Some(BasicForm::ApiToken)) => {
            "When the one with scopes does not reach far enough. It has all rights of its account."
        }
        (Kind::Unknown(_), _) => "Load the page again to choose it.",
        (Kind::Basic, _) => {
            "When nothing else works. It has all rights of its user, and Data Center 11 switches it off by default."
        }
    }
}
