//! What an answer says about a rate limit: `X-RateLimit-Limit`, `-Remaining` and `-Reset`.

use api::Timestamp;

use crate::{organization::ObservedRateLimit, proxy::headers::value};

/// A reset further away than this is no date of a rate limit, in milliseconds: a day.
const FARTHEST: i64 = 86_400_000;

/// Reads the headers of an answer. `None` if they say nothing, and calls need not wait either (`limited_until`).
pub(in crate::proxy) fn observe(
    headers: &[(String, String)],
    limited_until: Option<Timestamp>,
    now: Timestamp,
) -> Option<ObservedRateLimit> {
    let number = |name| value(headers, name).and_then(|text| text.trim().parse::<u64>().ok());
    let (limit, remaining) = (number("x-ratelimit-limit"), number("x-ratelimit-remaining"));
    if limit.is_none() && remaining.is_none() && limited_until.is_none() {
        return None;
    }
    let resets_at = value(headers, "x-ratelimit-reset").and_then(|reset| Timestamp::parse(reset.trim()));
    let resets_at = resets_at.filter(|at| (1..=FARTHEST).contains(&at.since(now)));
    Some(ObservedRateLimit { at: now, limit, remaining, resets_at, limited_until })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    fn read(headers: &[(&str, &str)]) -> Option<ObservedRateLimit> {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        observe(&headers, None, NOW)
    }

    #[test]
    fn a_balance_is_read_from_any_answer() {
        let reset = NOW.plus_seconds(1200);
        let text = serde_json::to_value(reset).expect("JSON");
        let observed = read(&[
            ("X-RateLimit-Limit", "65000"),
            ("X-RateLimit-Remaining", " 64000 "),
            ("X-RateLimit-Reset", text.as_str().expect("a text")),
        ]);
        let expected = ObservedRateLimit {
            at: NOW,
            limit: Some(65_000),
            remaining: Some(64_000),
            resets_at: Some(reset),
            limited_until: None,
        };
        assert_eq!(observed, Some(expected));
    }

    #[test]
    fn what_says_nothing_or_nonsense_is_no_balance() {
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[("x-ratelimit-limit", "many"), ("x-ratelimit-reset", "2026-11-22T06:00:00Z")]), None);
        for reset in ["soon", "1999-01-01T00:00:00Z", "9999-01-01T00:00:00Z"] {
            let observed = read(&[("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", reset)]);
            assert_eq!(observed.map(|observed| observed.resets_at), Some(None), "{reset}");
        }
    }

    #[test]
    fn a_limit_that_is_used_up_is_known_even_if_the_answer_has_no_balance() {
        let until = Some(NOW.plus_seconds(5));
        assert_eq!(observe(&[], until, NOW).map(|observed| observed.limited_until), Some(until));
    }
}
