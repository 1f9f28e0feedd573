//! The steps that differ for instances that are called directly: only Jira itself can be asked about them.

use api::{Cause, CredentialShown, DataCenterScope, Kind, Site};
use serde::Deserialize;

use crate::{
    address::AddressRefused,
    atlassian::AccessibleSite,
    checkup::step_result::StepResult,
    instance::{ServerInfo, Unreachable},
    origin_failure::OriginFailure,
};

/// The result of `serverInfo`, or why the address may not be called.
pub(super) type ServerInfoResult = Result<Result<ServerInfo, Unreachable>, AddressRefused>;

/// Checks that Jira responds. A redirect or a sign-in page is a response.
pub(super) fn network(found: &ServerInfoResult) -> StepResult {
    match found {
        Err(refused) => StepResult::failed(Cause::AddressRefused, refused.to_string()),
        Ok(Err(why @ Unreachable::NotAtlassians)) => StepResult::failed(Cause::AddressRefused, why.to_string()),
        Ok(Err(why @ Unreachable::Silent(_))) => StepResult::failed(Cause::SiteUnreachable, why.to_string()),
        Ok(Err(why @ Unreachable::Status(status))) if status.is_server_error() => {
            let failed = StepResult::failed(Cause::SiteUnreachable, why.to_string());
            match OriginFailure::read(status.as_u16()) {
                Some(failure) => StepResult { remedy: Some(failure.remedy().to_owned()), ..failed },
                None => failed,
            }
        }
        Ok(_) => StepResult::passed("The Jira site answers."),
    }
}

/// What the instance says about itself and its address.
pub(super) fn site(found: &ServerInfoResult, known: &Site) -> (StepResult, Option<AccessibleSite>, Option<String>) {
    match found {
        Ok(Ok(info)) => {
            let elsewhere = info.base_url.clone().filter(|base| *base != known.url && known.cloud_id.is_none());
            let version = Some(info.version.clone()).filter(|_| known.cloud_id.is_none());
            let site = Site { name: info.title.clone(), version, ..known.clone() };
            let said = match &elsewhere {
                Some(base) => {
                    format!("The site is there: {} {}. It says that its address is {base}.", info.title, info.version)
                }
                None => format!("The site is there: {} {}.", info.title, info.version),
            };
            (StepResult::passed(said), Some(AccessibleSite { site, scopes: Vec::new() }), elsewhere)
        }
        Ok(Err(Unreachable::Moved { to })) => (StepResult::caused(Cause::SiteMoved), None, to.clone()),
        Ok(Err(why)) => (StepResult::skipped(format!("Skipped: {why}")), None, None),
        Err(refused) => (StepResult::skipped(format!("Skipped: {refused}")), None, None),
    }
}

/// Checks that the requested scope was granted. Each Data Center scope includes the ones before it.
pub(super) fn scopes(kind: Kind, shown: Option<&CredentialShown>, granted: &[String]) -> StepResult {
    let Some(CredentialShown::DataCenterOauth2 { scopes: asked, .. }) =
        shown.filter(|_| kind == Kind::DataCenterOauth2)
    else {
        return StepResult::skipped("Skipped: this kind of connection has no scopes.");
    };
    let level = |scope: &String| match scope.as_str() {
        "READ" => Some(DataCenterScope::Read),
        "WRITE" => Some(DataCenterScope::Write),
        "ADMIN" | "SYSTEM_ADMIN" => Some(DataCenterScope::Admin),
        _ => None,
    };
    match granted.iter().filter_map(level).max() {
        // If Jira does not name the granted scope, it granted the requested one.
        Some(has) if asked.iter().max().is_some_and(|wants| has < *wants) => {
            StepResult::failed(Cause::ScopesMissing, "The incoming link in Jira grants less than was asked for.")
        }
        _ => StepResult::passed("Every scope that was asked for was granted."),
    }
}

#[derive(Deserialize)]
struct Active {
    active: Option<bool>,
}

/// Whether a response of `/myself` says that the account is active; `None` if it does not say.
pub(super) fn is_active(body: &[u8]) -> Option<bool> {
    serde_json::from_slice::<Active>(body).ok()?.active
}

#[cfg(test)]
mod tests {
    use api::StepOutcome;

    use super::*;
    use crate::ports::HttpFailure;

    fn known() -> Site {
        let url = "https://jira.example.com/jira".to_owned();
        Site { cloud_id: None, name: "Quarry".into(), url, avatar_url: None, version: Some("9.4.0".into()) }
    }

    fn info(base: &str) -> ServerInfo {
        let (title, version) = ("Quarry".to_owned(), "10.3.2".to_owned());
        ServerInfo { cloud: false, title, version, base_url: Some(base.to_owned()) }
    }

    #[test]
    fn any_answer_but_a_failing_servers_shows_that_jira_is_there() {
        let moved = Ok(Err(Unreachable::Moved { to: None }));
        for there in [Ok(Ok(info("https://jira.example.com/jira"))), moved, Ok(Err(Unreachable::NotJira))] {
            assert_eq!(network(&there).outcome, StepOutcome::Passed);
        }
        let silent = Ok(Err(Unreachable::Silent(HttpFailure::Timeout)));
        let failing = Ok(Err(Unreachable::Status(http::StatusCode::BAD_GATEWAY)));
        for gone in [silent, failing] {
            assert_eq!(network(&gone).cause, Some(Cause::SiteUnreachable));
        }
        assert_eq!(network(&Err(AddressRefused::InternalName)).cause, Some(Cause::AddressRefused));
    }

    #[test]
    fn a_foreign_host_that_says_it_is_cloud_is_an_address_that_may_not_be_used() {
        assert_eq!(network(&Ok(Err(Unreachable::NotAtlassians))).cause, Some(Cause::AddressRefused));
        assert_eq!(network(&Ok(Err(Unreachable::SignInRequired))).outcome, StepOutcome::Passed);
    }

    #[test]
    fn another_address_is_offered_and_only_a_redirect_is_a_failure() {
        let (judged, site_reached, elsewhere) = site(&Ok(Ok(info("https://jira.example.com/jira"))), &known());
        assert_eq!((judged.outcome, elsewhere), (StepOutcome::Passed, None));
        assert_eq!(site_reached.and_then(|site_reached| site_reached.site.version), Some("10.3.2".to_owned()));
        let (judged, _, elsewhere) = site(&Ok(Ok(info("https://new.example.com"))), &known());
        assert_eq!((judged.outcome, elsewhere.as_deref()), (StepOutcome::Passed, Some("https://new.example.com")));
        let moved = Ok(Err(Unreachable::Moved { to: Some("https://new.example.com".into()) }));
        let (judged, site_reached, elsewhere) = site(&moved, &known());
        assert_eq!((judged.cause, site_reached), (Some(Cause::SiteMoved), None));
        assert_eq!(elsewhere.as_deref(), Some("https://new.example.com"));
    }

    #[test]
    fn a_link_that_grants_less_than_was_asked_for_is_noticed() {
        let shown = CredentialShown::DataCenterOauth2 {
            client_id: "id".into(),
            scopes: vec![DataCenterScope::Write],
            callback_path: String::new(),
        };
        let judged = |granted: &str| scopes(Kind::DataCenterOauth2, Some(&shown), &[granted.to_owned()]);
        assert_eq!(judged("READ").cause, Some(Cause::ScopesMissing));
        assert_eq!(judged("WRITE").outcome, StepOutcome::Passed);
        assert_eq!(judged("ADMIN").outcome, StepOutcome::Passed);
        assert_eq!(scopes(Kind::Oauth1, None, &[]).outcome, StepOutcome::Skipped);
    }

    #[test]
    fn an_account_that_was_deactivated_says_so() {
        assert_eq!(is_active(br#"{"name":"ada","active":false}"#), Some(false));
        assert_eq!(is_active(br#"{"name":"ada","active":true}"#), Some(true));
        assert_eq!(is_active(b"<html>"), None);
    }
}
