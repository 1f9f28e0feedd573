//! A connection's status in a lozenge, with its cause beneath.

use api::{Connection, Status};
use leptos::prelude::*;

use crate::ui::{
    lozenge::{Tone, lozenge},
    moment::moment,
};

/// The lozenge's colour and word.
fn verdict(status: &Status) -> (Tone, &'static str) {
    match status {
        Status::Authorized => (Tone::Success, "Authorized"),
        Status::Interrupted { .. } => (Tone::Warning, "Interrupted"),
        Status::Unauthorized { cause: Some(_), .. } => (Tone::Danger, "Unauthorized"),
        Status::Unauthorized { cause: None, .. } => (Tone::Neutral, "Unauthorized"),
    }
}

/// The status, in two lines.
pub(super) fn status(connection: &Connection) -> AnyView {
    let (tone, word) = verdict(&connection.status);
    let cause = connection.status.cause().map(|cause| format!(". {} {}", cause.sentence(), cause.remedy()));
    let (words, since) = match &connection.status {
        Status::Interrupted { since, .. } | Status::Unauthorized { since: Some(since), .. } => {
            ("noticed ", Some(*since))
        }
        Status::Unauthorized { since: None, .. } => ("not authorized yet", None),
        Status::Authorized => ("authorized ", connection.authorized_at),
    };
    view! {
        {lozenge(tone, word)}
        <span class="status-more">{words} {since.map(moment)} {cause.unwrap_or_default()}</span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> (Tone, &'static str) {
        verdict(&serde_json::from_str(json).expect("a status"))
    }

    #[test]
    fn a_credential_that_died_is_red_and_one_that_never_was_is_grey() {
        let died = r#"{"state":"unauthorized","cause":"rotation_lost","since":"2026-01-01T00:00:00Z"}"#;
        assert_eq!(told(died), (Tone::Danger, "Unauthorized"));
        assert_eq!(told(r#"{"state":"unauthorized","cause":null,"since":null}"#), (Tone::Neutral, "Unauthorized"));
        let stands = r#"{"state":"interrupted","cause":"ip_allow_list","since":"2026-01-01T00:00:00Z"}"#;
        assert_eq!(told(stands), (Tone::Warning, "Interrupted"));
        assert_eq!(told(r#"{"state":"authorized"}"#), (Tone::Success, "Authorized"));
    }
}
