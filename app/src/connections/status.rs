//! The status of a connection in a colour, a word, and since when and by whom.

use api::{Horizon, Status, Timestamp};

use super::connection_row::ConnectionRow;
use crate::ui::{isolated, lozenge::Tone};

/// The colour and the word. The age of an access token never matters here.
pub(super) fn verdict(connection: &ConnectionRow, now: Timestamp) -> (Tone, &'static str) {
    if connection.deleted.is_some() {
        return (Tone::Neutral, "Deleted");
    }
    let horizon = connection.horizon(now).unwrap_or(Horizon::Far);
    match &connection.status {
        Status::Authorized if horizon >= Horizon::Past => (Tone::Danger, "Should have ended"),
        Status::Authorized if horizon >= Horizon::Within1 => (Tone::Danger, "Ends within a day"),
        Status::Authorized if horizon >= Horizon::Within7 => (Tone::Warning, "Ends within 7 days"),
        Status::Authorized if connection.lacks_scopes => (Tone::Discovery, "Scopes missing"),
        Status::Authorized if horizon.warns() => (Tone::Warning, "Ends within 30 days"),
        Status::Authorized => (Tone::Success, "Authorized"),
        Status::Interrupted { .. } => (Tone::Warning, "Interrupted"),
        Status::Deactivated { .. } => (Tone::Neutral, "Deactivated"),
        Status::Unknown(_) => (Tone::Neutral, "Unknown"),
        Status::Unauthorized { cause: Some(_), .. } => (Tone::Danger, "Unauthorized"),
        Status::Unauthorized { cause: None, since: None, .. } => (Tone::Neutral, "Not authorized yet"),
        Status::Unauthorized { cause: None, .. } => (Tone::Neutral, "Unauthorized"),
    }
}

/// How many of the last calls failed.
pub(super) fn failed_calls(failed: u32, of: u32) -> String {
    match (failed, of) {
        (1, 1) => "the last call failed".to_owned(),
        (failed, of) if failed == of => format!("the last {of} calls failed"),
        (failed, of) => format!("{failed} of the last {of} calls failed"),
    }
}

/// Since when and by whom: the words, and the moment that follows them.
pub(super) fn since(connection: &ConnectionRow) -> (String, Option<Timestamp>) {
    if let Some(deleted) = &connection.deleted {
        return (format!("Deleted by {}, purged ", isolated(&deleted.by)), Some(deleted.purge_at));
    }
    let why = connection.headline.as_ref().map(|headline| format!("{headline}. ")).unwrap_or_default();
    match &connection.status {
        // What was checked before the authorization says nothing about it.
        Status::Authorized => match connection.checked_at.filter(|at| Some(*at) >= connection.authorized_at) {
            Some(at) => (format!("{why}Checked "), Some(at)),
            None => (format!("{why}Authorized "), connection.authorized_at),
        },
        Status::Unauthorized { since: None, .. } => (String::new(), None),
        Status::Unauthorized { by: Some(by), since, .. } => (format!("By {}, ", isolated(by)), *since),
        Status::Deactivated { by, since } => (format!("By {}, ", isolated(by)), Some(*since)),
        status => {
            let began = connection.failing.map_or(status.since(), |failing| Some(failing.since));
            (format!("{why}Started "), began)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::connection_row::{
            RowFailing,
            tests::{row, status},
        },
        *,
    };

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    fn connection(json: &str) -> ConnectionRow {
        row("Staging", status(json))
    }

    fn shown(json: &str) -> (Tone, &'static str) {
        verdict(&connection(json), NOW)
    }

    #[test]
    fn a_credential_that_died_is_red_and_one_that_never_was_is_grey() {
        let died = r#"{"state":"unauthorized","cause":"rotation_lost","since":"2026-01-01T00:00:00Z"}"#;
        assert_eq!(shown(died), (Tone::Danger, "Unauthorized"));
        assert_eq!(
            shown(r#"{"state":"unauthorized","cause":null,"since":null}"#),
            (Tone::Neutral, "Not authorized yet")
        );
        let ended = r#"{"state":"unauthorized","cause":null,"since":"2026-01-01T00:00:00Z","by":"Ada"}"#;
        assert_eq!(shown(ended), (Tone::Neutral, "Unauthorized"));
        let stands = r#"{"state":"interrupted","cause":"ip_allow_list","since":"2026-01-01T00:00:00Z"}"#;
        assert_eq!(shown(stands), (Tone::Warning, "Interrupted"));
        assert_eq!(shown(r#"{"state":"authorized"}"#), (Tone::Success, "Authorized"));
    }

    #[test]
    fn what_works_for_now_is_told_apart_from_what_works() {
        let mut soon = connection(r#"{"state":"authorized"}"#);
        soon.reauthorize_before = Some(NOW.plus_seconds(29 * 86_400));
        assert_eq!(verdict(&soon, NOW), (Tone::Warning, "Ends within 30 days"));
        soon.lacks_scopes = true;
        assert_eq!(verdict(&soon, NOW), (Tone::Discovery, "Scopes missing"));
        for (hours, shown) in [
            (7 * 24, (Tone::Warning, "Ends within 7 days")),
            (24, (Tone::Danger, "Ends within a day")),
            (0, (Tone::Danger, "Should have ended")),
        ] {
            soon.reauthorize_before = Some(NOW.plus_seconds(hours * 3_600));
            assert_eq!(verdict(&soon, NOW), shown, "a near end outweighs missing scopes");
        }
    }

    #[test]
    fn a_check_before_the_authorization_is_not_told() {
        let mut one = connection(r#"{"state":"authorized"}"#);
        (one.checked_at, one.authorized_at) = (Some(NOW), Some(NOW.plus_seconds(60)));
        assert_eq!(since(&one), ("Authorized ".to_owned(), one.authorized_at));
        one.authorized_at = Some(NOW.plus_seconds(-60));
        assert_eq!(since(&one), ("Checked ".to_owned(), Some(NOW)));
    }

    #[test]
    fn what_fails_says_why_and_since_when_calls_fail() {
        let mut one =
            connection(r#"{"state":"interrupted","cause":"site_unreachable","since":"2026-01-01T00:00:00Z"}"#);
        one.headline = Some("Jira answers 503".to_owned());
        assert_eq!(since(&one), ("Jira answers 503. Started ".to_owned(), one.status.since()));
        one.failing = Some(RowFailing { since: NOW, failed: 14, of: 14 });
        assert_eq!(since(&one), ("Jira answers 503. Started ".to_owned(), Some(NOW)));
        let mut lacks = connection(r#"{"state":"authorized"}"#);
        (lacks.headline, lacks.authorized_at) = (Some("Cannot change issues".to_owned()), Some(NOW));
        assert_eq!(since(&lacks).0, "Cannot change issues. Authorized ");
    }

    #[test]
    fn who_unauthorized_on_purpose_is_named() {
        let by = r#"{"state":"unauthorized","cause":null,"since":"2026-01-01T00:00:00Z","by":"Ada"}"#;
        assert!(since(&connection(by)).0.contains("Ada"));
    }
}
