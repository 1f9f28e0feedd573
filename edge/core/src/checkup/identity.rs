//! Checks that Jira recognises the caller.

use api::{Account, Cause, CredentialKind};
use http::{Response, StatusCode};

use crate::{
    atlassian::{is_allow_list, is_scope_mismatch},
    checkup::{evidence::ProbeAnswer, step_result::StepResult},
    jira::is_web_page,
    myself::read_account,
    origin_failure::OriginFailure,
};

/// Whether Jira refuses the token itself, rather than this call.
pub(super) fn is_credential_refused(answer: &ProbeAnswer) -> bool {
    answer.as_ref().is_ok_and(|answer| {
        answer.status() == StatusCode::UNAUTHORIZED
            && !is_scope_mismatch(answer.body())
            && !is_allow_list(answer.body())
    })
}

/// Whether the credential is valid, but lacks the scope to ask whose it is.
pub(super) fn is_unnamed(answer: &Response<Vec<u8>>) -> bool {
    answer.status() == StatusCode::UNAUTHORIZED && is_scope_mismatch(answer.body())
}

/// Evaluates the response of `/myself`. `known` is the account that authorized the connection.
pub(super) fn judge(answer: &ProbeAnswer, known: Option<&Account>, kind: CredentialKind) -> StepResult {
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => return silent(&format!("No usable answer came from the Jira site: {failure}.")),
    };
    let status = answer.status();
    match status {
        StatusCode::OK => match read_account(answer.body()) {
            Some(account) => acquainted(&account, known),
            None if is_web_page(answer.body()) => sign_in_page(),
            None => silent("The site's answer is not one of Jira's."),
        },
        _ if status.is_redirection() => sign_in_page(),
        _ if is_allow_list(answer.body()) => StepResult::skipped("Skipped: the site's IP allowlist refuses Causeway."),
        StatusCode::TOO_MANY_REQUESTS => StepResult::skipped("Skipped: the site's rate limit is reached."),
        StatusCode::UNAUTHORIZED if is_scope_mismatch(answer.body()) => StepResult::failed(
            Cause::ScopesMissing,
            "The scope read:jira-user was not granted, so Jira does not say whose account it is.",
        ),
        StatusCode::NOT_FOUND | StatusCode::GONE if kind.is_cloud() == Some(true) => {
            silent("Atlassian finds no Jira for this site.")
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => silent("Jira's REST interface is not found at the site's address."),
        _ if status.is_client_error() => StepResult::caused(Cause::SiteRefused),
        _ => match OriginFailure::read(status.as_u16()) {
            Some(failure) => not_reached(failure),
            None => silent(&format!("The Jira site answers with {status}.")),
        },
    }
}

/// A redirect, or a web page, comes from what is in front of Jira: its REST interface has neither.
fn sign_in_page() -> StepResult {
    StepResult {
        remedy: Some("A Jira administrator must let Causeway's calls to /rest/ pass the sign-in page.".to_owned()),
        ..silent("A sign-in page, or another web page, answers instead of Jira.")
    }
}

/// Jira itself did not answer, and who must act is known.
fn not_reached(failure: OriginFailure) -> StepResult {
    StepResult { remedy: Some(failure.remedy().to_owned()), ..silent(failure.sentence()) }
}

fn silent(detail: &str) -> StepResult {
    StepResult::failed(Cause::SiteUnreachable, detail)
}

fn acquainted(account: &Account, known: Option<&Account>) -> StepResult {
    match known {
        Some(known) if known.account_id != account.account_id => StepResult::flawed(
            "Jira knows the caller as another account than the one that authorized the connection.",
            "Reauthorize the connection with the account that it should use.",
        ),
        _ => StepResult::passed("Jira knows the account that authorized the connection."),
    }
}

#[cfg(test)]
mod tests {
    use api::StepOutcome::{self, Failed, Passed, Skipped};

    use super::*;
    use crate::{checkup::tests::answer, ports::HttpFailure};

    const LIST: &str = "The IP address has been rejected because it is not on the allowedlist. See your admin.";

    #[test]
    fn every_answer_of_myself_has_a_meaning() {
        let table: &[(u16, &str, StepOutcome, Option<Cause>)] = &[
            (200, r#"{"accountId":"ada"}"#, Passed, None),
            (200, r#"{"accountId":"max"}"#, Failed, None),
            (200, "<html>", Failed, Some(Cause::SiteUnreachable)),
            (200, "", Failed, Some(Cause::SiteUnreachable)),
            (302, "", Failed, Some(Cause::SiteUnreachable)),
            (401, r#"{"code":401,"message":"Unauthorized"}"#, Failed, Some(Cause::SiteRefused)),
            (401, r#"{"code":401,"message":"Unauthorized; scope does not match"}"#, Failed, Some(Cause::ScopesMissing)),
            (403, r#"{"message":"The app is not installed on this instance"}"#, Failed, Some(Cause::SiteRefused)),
            (403, LIST, Skipped, None),
            (401, LIST, Skipped, None),
            (404, "", Failed, Some(Cause::SiteUnreachable)),
            (410, "", Failed, Some(Cause::SiteUnreachable)),
            (429, "", Skipped, None),
            (500, "", Failed, Some(Cause::SiteUnreachable)),
            (503, "<html>", Failed, Some(Cause::SiteUnreachable)),
        ];
        let ada = Account { account_id: "ada".into(), name: "Ada".into(), email: None };
        for (status, body, outcome, cause) in table {
            let judged = judge(&Ok(answer(*status, body)), Some(&ada), CredentialKind::CloudOauth2);
            assert_eq!((judged.outcome, judged.cause), (*outcome, *cause), "{status} {body}");
        }
        assert_eq!(
            judge(&Err(HttpFailure::Timeout), None, CredentialKind::Password).cause,
            Some(Cause::SiteUnreachable)
        );
    }

    #[test]
    fn a_data_center_without_its_rest_interface_is_not_told_of_atlassian() {
        let said = |kind| judge(&Ok(answer(404, "")), None, kind).detail;
        assert!(said(CredentialKind::CloudOauth2).contains("Atlassian"));
        assert!(!said(CredentialKind::Password).contains("Atlassian"));
    }

    #[test]
    fn who_must_act_is_said_where_jira_itself_is_not_reached() {
        for (status, body, word) in [
            (526, "error code: 526", "certificate"),
            (530, "error code: 1016", "firewall"),
            (302, "", "sign-in page"),
            (200, "<!DOCTYPE html><title>Log in</title>", "sign-in page"),
        ] {
            let judged = judge(&Ok(answer(status, body)), None, CredentialKind::Password);
            assert_eq!(judged.cause, Some(Cause::SiteUnreachable), "{status}");
            assert!(judged.remedy.is_some_and(|remedy| remedy.contains(word)), "{status}");
        }
    }

    #[test]
    fn only_a_refusal_of_the_token_itself_asks_for_another_token() {
        assert!(is_credential_refused(&Ok(answer(401, r#"{"code":401,"message":"Unauthorized"}"#))));
        for (status, body) in [(401, "Unauthorized; scope does not match"), (401, LIST), (403, ""), (200, "")] {
            assert!(!is_credential_refused(&Ok(answer(status, body))), "{status} {body}");
        }
        assert!(!is_credential_refused(&Err(HttpFailure::Timeout)));
    }
}
