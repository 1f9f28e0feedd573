//! Checks the permissions of the account.

use api::Cause;
use http::StatusCode;
use serde::Deserialize;
use std::collections::BTreeMap;

use crate::checkup::{evidence::ProbeAnswer, step_result::StepResult};

/// The path of the call.
pub(super) const QUESTION: &str = "mypermissions?permissions=BROWSE_PROJECTS,CREATE_ISSUES,EDIT_ISSUES";

/// Without this permission, nothing in Jira is visible.
const BROWSE: &str = "BROWSE_PROJECTS";
/// The other permissions, in words.
const OTHERS: [(&str, &str); 2] = [("CREATE_ISSUES", "create issues"), ("EDIT_ISSUES", "edit issues")];

#[derive(Deserialize)]
struct Permissions {
    permissions: BTreeMap<String, Permission>,
}

#[derive(Deserialize)]
struct Permission {
    #[serde(default, rename = "havePermission")]
    have: bool,
}

/// Evaluates the response of `mypermissions`. An account with read access only is no failure, because that may be
/// intended.
pub(super) fn judge(answer: &ProbeAnswer) -> StepResult {
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => return StepResult::skipped(format!("Skipped: no usable answer came: {failure}.")),
    };
    if answer.status() != StatusCode::OK {
        return StepResult::skipped(format!(
            "Skipped: Jira did not say what the account may do ({}).",
            answer.status()
        ));
    }
    match serde_json::from_slice::<Permissions>(answer.body()) {
        Ok(said) => of(|key| said.permissions.get(key).is_some_and(|permission| permission.have)),
        Err(_) => StepResult::skipped("Skipped: Jira's answer cannot be read."),
    }
}

fn of(may: impl Fn(&str) -> bool) -> StepResult {
    if !may(BROWSE) {
        return StepResult::failed(Cause::SiteRefused, "The account may not view any project.");
    }
    let lacking: Vec<&str> = OTHERS.iter().filter(|(key, _)| !may(key)).map(|(_, words)| *words).collect();
    if lacking.is_empty() {
        StepResult::passed("The account may view, create and edit issues.")
    } else {
        StepResult::passed(format!("The account may view issues. It may not {}.", lacking.join(" or ")))
    }
}

#[cfg(test)]
mod tests {
    use api::StepOutcome;

    use super::*;
    use crate::{checkup::tests::answer, ports::HttpFailure};

    fn said(browse: bool, create: bool) -> String {
        let has = |key: &str, have: bool| format!(r#""{key}":{{"id":"1","key":"{key}","havePermission":{have}}}"#);
        let all = [has(BROWSE, browse), has("CREATE_ISSUES", create), has("EDIT_ISSUES", true)];
        format!(r#"{{"permissions":{{{}}}}}"#, all.join(","))
    }

    #[test]
    fn an_account_that_sees_nothing_fails_and_one_that_only_reads_does_not() {
        assert_eq!(judge(&Ok(answer(200, &said(true, true)))).outcome, StepOutcome::Passed);
        let reader = judge(&Ok(answer(200, &said(true, false))));
        assert_eq!(reader.outcome, StepOutcome::Passed);
        assert_eq!(reader.detail, "The account may view issues. It may not create issues.");
        assert_eq!(judge(&Ok(answer(200, &said(false, true)))).cause, Some(Cause::SiteRefused));
        assert_eq!(judge(&Ok(answer(200, r#"{"permissions":{}}"#))).cause, Some(Cause::SiteRefused));
    }

    #[test]
    fn what_jira_does_not_say_is_skipped() {
        for other in [Ok(answer(400, "")), Ok(answer(403, "")), Ok(answer(200, "<html>")), Err(HttpFailure::TooLarge)] {
            assert_eq!(judge(&other).outcome, StepOutcome::Skipped, "{other:?}");
        }
    }
}
