//! Checks that Atlassian responds.

use api::Cause;

use crate::{
    checkup::{evidence::ProbeAnswer, step_result::StepResult},
    origin_failure::OriginFailure,
};

/// Every response but a 5xx shows that Atlassian is reachable; without a token, a refusal is expected.
pub(super) fn judge(answer: &ProbeAnswer) -> StepResult {
    match answer {
        Ok(answer) if answer.status().is_server_error() => {
            let detail = match OriginFailure::read(answer.status().as_u16()) {
                Some(failure) => format!("Atlassian is not reached: {failure}"),
                None => format!("Atlassian answers with {}.", answer.status()),
            };
            StepResult::failed(Cause::AtlassianUnreachable, detail)
        }
        Ok(_) => StepResult::passed("Atlassian answers."),
        Err(failure) => {
            StepResult::failed(Cause::AtlassianUnreachable, format!("No usable answer came from Atlassian: {failure}."))
        }
    }
}

#[cfg(test)]
mod tests {
    use api::StepOutcome;
    use http::Response;

    use super::*;
    use crate::ports::HttpFailure;

    #[test]
    fn every_answer_but_a_server_error_is_one() {
        for (status, outcome) in [
            (200, StepOutcome::Passed),
            (401, StepOutcome::Passed),
            (404, StepOutcome::Passed),
            (429, StepOutcome::Passed),
            (500, StepOutcome::Failed),
            (503, StepOutcome::Failed),
        ] {
            let answer = Response::builder().status(status).body(Vec::new()).expect("an answer");
            assert_eq!(judge(&Ok(answer)).outcome, outcome, "{status}");
        }
        assert_eq!(judge(&Err(HttpFailure::Timeout)).cause, Some(Cause::AtlassianUnreachable));
    }
}
