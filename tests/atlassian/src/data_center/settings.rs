//! The settings of one instance. The defaults are normal operation.

use serde::{Deserialize, Serialize};

use super::Instance;

/// The answer to a wrong password or token. All of these were seen in production.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongCredential {
    /// The answer for an anonymous caller: 200 where data is public, with a header that says the sign-in failed.
    #[default]
    AnswerOfNobody,
    /// 401 with a page of HTML.
    Refused,
    /// 200 with nothing in it.
    Nothing,
}

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct InstanceSettings {
    /// The version, such as `10.3.2`. A newer one is an upgrade: everything stays, defaults of that version apply.
    pub version: String,
    /// Whether the REST API accepts user name and password. If absent, it depends on the version: not since 11.
    pub basic_authentication: Option<bool>,
    /// What a wrong credential gets.
    pub wrong_credential: WrongCredential,
    /// The number of failed sign-ins after which a CAPTCHA is required; never, if absent.
    pub captcha_after: Option<u32>,
    /// The status while a CAPTCHA is required: 403, or 401 in some versions.
    pub captcha_status: u16,
    /// How far the clock is ahead of the model's, in seconds; behind if negative.
    pub clock_skew_seconds: i64,
    /// Scheme, host and port that the instance is configured with, such as `http://jira.internal:8080` behind a reverse
    /// proxy that is not configured. Signatures over the real address are then invalid.
    pub sees_itself_as: Option<String>,
    /// The application links are broken: an HTML 404 wherever OAuth 1.0a is spoken.
    pub application_links_broken: bool,
    /// A revoked OAuth 1.0a token is called `token_revoked`, and not `token_rejected` as one that never was.
    pub names_revoked_tokens: bool,
    /// The request token sent to the callback instead of the one that was approved. Jira itself checks nothing here.
    pub calls_back_with: Option<String>,
    /// Seconds an OAuth 2.0 access token lives.
    pub access_token_life: u64,
}

/// For a field that an older state file lacks.
impl Default for InstanceSettings {
    fn default() -> Self {
        Self::of(Instance::Quarry)
    }
}

impl InstanceSettings {
    /// Normal operation of that instance.
    pub fn of(instance: Instance) -> Self {
        Self {
            version: instance.first_version().into(),
            basic_authentication: None,
            wrong_credential: WrongCredential::default(),
            captcha_after: Some(3),
            captcha_status: 403,
            clock_skew_seconds: 0,
            sees_itself_as: None,
            application_links_broken: false,
            names_revoked_tokens: false,
            calls_back_with: None,
            access_token_life: 3600,
        }
    }

    /// The numbers of the version.
    pub(crate) fn version_numbers(&self) -> Vec<u32> {
        self.version.split('.').filter_map(|number| number.parse().ok()).collect()
    }

    /// Whether a user name and a password are accepted.
    pub(crate) fn takes_basic(&self) -> bool {
        let by_default = self.version_numbers().first().is_none_or(|major| *major < 11);
        self.basic_authentication.unwrap_or(by_default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_11_takes_no_password_unless_told_to() {
        let mut settings = InstanceSettings::of(Instance::Quarry);
        assert!(settings.takes_basic());
        settings.version = "11.0.1".into();
        assert!(!settings.takes_basic());
        settings.basic_authentication = Some(true);
        assert!(settings.takes_basic());
    }
}
