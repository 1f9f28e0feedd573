//! Checks for an IP allow-list that refuses Causeway, and for Atlassian's rate limit. Both are read from the responses
//! to the other steps.

use api::{Cause, Timestamp};
use http::{Response, StatusCode};

use crate::{atlassian::is_allow_list, checkup::step_result::StepResult, proxy::retry_after};

/// An hour, in seconds.
const HOUR: i64 = 3600;

/// Evaluates the text of the responses.
pub(super) fn ip_allow_list(answers: &[&Response<Vec<u8>>]) -> StepResult {
    let refuses = |answer: &&Response<Vec<u8>>| !answer.status().is_success() && is_allow_list(answer.body());
    if answers.is_empty() {
        StepResult::skipped("Skipped: Jira gave no answer to judge by.")
    } else if answers.iter().any(refuses) {
        StepResult::caused(Cause::IpAllowList)
    } else {
        StepResult::passed("No IP allowlist refused the calls of this test.")
    }
}

/// Evaluates the status and headers of the responses, the newest first.
pub(super) fn rate_limit(answers: &[&Response<Vec<u8>>]) -> StepResult {
    if let Some(answer) = answers.iter().find(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS) {
        return StepResult::failed(Cause::RateLimited, used_up(header(answer, "ratelimit-reason")));
    }
    let balance = answers.iter().find_map(|answer| {
        let number = |name| header(answer, name).and_then(|text| text.trim().parse::<u64>().ok());
        Some((number("x-ratelimit-remaining")?, number("x-ratelimit-limit")))
    });
    let near = answers.iter().any(|answer| header(answer, "x-ratelimit-nearlimit").is_some_and(|said| said == "true"));
    match balance {
        None => StepResult::skipped("Skipped: the site did not say how much is left."),
        Some((0, _)) => StepResult::failed(Cause::RateLimited, "Nothing is left of the quota."),
        Some((remaining, limit)) => StepResult::passed(left(remaining, limit, near)),
    }
}

/// Until when the limit lasts that a response reports: as its headers say; for an hourly quota without them, to the end of
/// the hour.
pub(super) fn limited_until(answers: &[&Response<Vec<u8>>], now: Timestamp) -> Option<Timestamp> {
    let answer = answers.iter().find(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS)?;
    let asked = header(answer, "retry-after").and_then(|value| retry_after::read(value, now)).filter(|left| *left > 0);
    let asked = asked.map(|seconds| now.plus_seconds(i64::from(retry_after::clamped(seconds))));
    let resets = header(answer, "x-ratelimit-reset").and_then(|value| Timestamp::parse(value.trim()));
    let is_hourly = header(answer, "ratelimit-reason").is_some_and(|reason| reason.trim().starts_with("jira-quota"));
    let hour_ends = || now.plus_seconds(HOUR - (now.as_millis() / 1000).rem_euclid(HOUR));
    asked.max(resets.filter(|resets| *resets > now)).or_else(|| is_hourly.then(hour_ends))
}

fn header<'a>(answer: &'a Response<Vec<u8>>, name: &str) -> Option<&'a str> {
    answer.headers().get(name).and_then(|value| value.to_str().ok())
}

fn used_up(reason: Option<&str>) -> &'static str {
    match reason.unwrap_or_default().trim() {
        "jira-quota-global-based" => "The hourly quota of the whole app is used up.",
        "jira-quota-tenant-based" => "The hourly quota of this site is used up.",
        "jira-burst-based" => "Too many calls came at once.",
        _ => "The site limits the number of calls just now.",
    }
}

fn left(remaining: u64, limit: Option<u64>, near: bool) -> String {
    let of = limit.map(|limit| format!(" of {limit}")).unwrap_or_default();
    let nearly = if near { " That is nearly all used up." } else { "" };
    format!("{remaining}{of} points are left.{nearly}")
}

#[cfg(test)]
mod tests {
    use api::StepOutcome;

    use super::*;
    use crate::checkup::tests::{answer, answer_with};

    #[test]
    fn a_limit_lasts_as_long_as_the_answer_says_and_a_quota_to_the_end_of_the_hour() {
        // Twenty minutes to seven.
        let now = Timestamp::parse("2026-11-22T06:40:00Z").expect("a time");
        let until = |headers: &[(&str, &str)]| limited_until(&[&answer_with(429, "", headers)], now);
        let at = |text| Timestamp::parse(text);
        assert_eq!(until(&[("retry-after", "30")]), at("2026-11-22T06:40:30Z"));
        assert_eq!(
            until(&[("x-ratelimit-reset", "2026-11-22T06:50:00Z"), ("retry-after", "30")]),
            at("2026-11-22T06:50:00Z")
        );
        assert_eq!(until(&[("ratelimit-reason", "jira-quota-tenant-based")]), at("2026-11-22T07:00:00Z"));
        assert_eq!(until(&[("ratelimit-reason", "jira-burst-based")]), None);
        assert_eq!(limited_until(&[&answer(200, "")], now), None);
    }

    #[test]
    fn an_allow_list_is_known_by_its_words_in_any_answer() {
        let refused = answer(403, "The IP address has been rejected because it is not on the allowedlist.");
        let well = answer(200, "an issue that says: not on the allowedlist");
        assert_eq!(ip_allow_list(&[&well, &refused]).cause, Some(Cause::IpAllowList));
        assert_eq!(ip_allow_list(&[&well]).outcome, StepOutcome::Passed);
        assert_eq!(ip_allow_list(&[]).outcome, StepOutcome::Skipped);
    }

    #[test]
    fn the_rate_limit_is_read_from_the_newest_answer() {
        let at = |remaining: &str| {
            answer_with(200, "", &[("x-ratelimit-remaining", remaining), ("x-ratelimit-limit", "65000")])
        };
        let (newest, older) = (at("64000"), at("64002"));
        let judged = rate_limit(&[&newest, &older]);
        assert_eq!((judged.outcome, judged.detail.as_str()), (StepOutcome::Passed, "64000 of 65000 points are left."));
        assert_eq!(rate_limit(&[&at("0")]).cause, Some(Cause::RateLimited));
        for silent in ["", "many", "-1"] {
            assert_eq!(rate_limit(&[&at(silent)]).outcome, StepOutcome::Skipped, "{silent}");
        }
    }

    #[test]
    fn what_was_refused_says_which_limit_it_was() {
        for (reason, words) in [
            ("jira-quota-global-based", "whole app"),
            ("jira-quota-tenant-based", "this site"),
            ("jira-burst-based", "at once"),
            ("brand-new", "limits"),
        ] {
            let judged = rate_limit(&[&answer_with(429, "", &[("ratelimit-reason", reason)])]);
            assert_eq!(judged.cause, Some(Cause::RateLimited));
            assert!(judged.detail.contains(words), "{reason}: {}", judged.detail);
        }
        let near = answer_with(200, "", &[("x-ratelimit-remaining", "9"), ("x-ratelimit-nearlimit", "true")]);
        assert_eq!(rate_limit(&[&near]).detail, "9 points are left. That is nearly all used up.");
    }
}
