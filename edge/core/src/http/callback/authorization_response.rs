//! What an authorization server says when it sends the browser back.

use api::{Failure, FailureCode};

use crate::{
    atlassian::failure,
    excerpt::excerpt,
    ports::{Level, Log},
    secrets::Secret,
};

/// The most characters of an error that is logged.
const LONGEST_LOGGED: usize = 200;

/// The parameters of the authorization response (RFC 6749, sections 4.1.2 and 4.1.2.1).
#[derive(Default)]
pub(super) struct AuthorizationResponse {
    pub(super) state: Option<Secret>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
    /// The issuer that answers (RFC 9207).
    pub(super) iss: Option<String>,
}

impl AuthorizationResponse {
    /// Reads the query. `None` if a parameter is repeated, or if the state does not have the form of ours.
    pub(super) fn read(query: &str) -> Option<Self> {
        let mut parameters = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let place = match name.as_ref() {
                "state" => {
                    let state = Secret::parse(&value)?;
                    if parameters.state.replace(state).is_some() {
                        return None;
                    }
                    continue;
                }
                "code" => &mut parameters.code,
                "error" => &mut parameters.error,
                "error_description" => &mut parameters.error_description,
                "iss" => &mut parameters.iss,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        Some(parameters)
    }

    /// The code, or why there is none.
    pub(super) fn code(&self) -> Result<&str, Failure> {
        match (&self.code, &self.error) {
            (Some(code), None) if !code.is_empty() && code.len() <= 4096 => Ok(code),
            (None, Some(error)) if error == "access_denied" => {
                Err(failure(FailureCode::Denied, self.provider_message()))
            }
            _ => Err(failure(FailureCode::ProviderError, self.provider_message())),
        }
    }

    /// Why nothing can be done without a state, in our own words. Anybody can make an address with an error in it, so
    /// what it says is not shown.
    pub(super) fn why_without_state(&self) -> &'static str {
        match self.error.as_deref() {
            Some("access_denied") => {
                "Access was declined, and the browser came back without the state that it left with."
            }
            Some("server_error" | "temporarily_unavailable") => {
                "The other side failed, and the browser came back without the state that it left with."
            }
            Some(_) => {
                "The other side reported an error, and the browser came back without the state that it left with."
            }
            None => "The browser came back without the state that it left with.",
        }
    }

    /// Logs an error that came without a state.
    pub(super) fn log_without_state(&self, log: &impl Log) {
        let text = |value: &Option<String>| excerpt(value.as_deref().unwrap_or_default(), LONGEST_LOGGED);
        if self.error.is_some() || self.error_description.is_some() {
            let (error, description) = (text(&self.error), text(&self.error_description));
            let details = [("error", error.as_str()), ("description", description.as_str())];
            log.log(Level::Info, "authorization.error_without_state", &details);
        }
    }

    /// What the provider says about its error.
    fn provider_message(&self) -> Option<&str> {
        self.error_description.as_deref().or(self.error.as_deref())
    }
}

#[cfg(test)]
mod fuzzed {
    use super::*;

    #[test]
    fn what_a_browser_comes_back_with_is_read_or_refused() {
        crate::fuzz::fuzz(include_str!("../../../corpus/callbacks.txt"), |query| {
            let Some(response) = AuthorizationResponse::read(query) else { return };
            let _why = response.why_without_state();
            let names: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name).collect();
            for name in ["state", "code", "error", "error_description", "iss"] {
                assert!(names.iter().filter(|other| *other == name).count() <= 1, "{name} is given twice");
            }
            match response.code() {
                Ok(code) => assert!(!code.is_empty() && response.error.is_none(), "a code beside an error"),
                Err(failure) => {
                    let told = failure.details.unwrap_or_default();
                    assert!(told.chars().count() <= 2_000 && !told.contains(char::is_control), "{told:?}");
                }
            }
        });
    }
}
