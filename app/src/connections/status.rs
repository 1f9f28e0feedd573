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
        Status::Interrupted { since, .. } => ("noticed ", Some(*since)),
        Status::Unauthorized { since: Some(since), .. } => ("noticed ", Some(*since)),
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
    use api::{Cause, Timestamp};

    use super::*;

    #[test]
    fn a_credential_that_died_is_red_and_one_that_never_was_is_grey() {
        let died = Status::Unauthorized { cause: Some(Cause::RotationLost), since: Some(Timestamp::EPOCH) };
        assert_eq!(verdict(&died), (Tone::Danger, "Unauthorized"));
        assert_eq!(verdict(&Status::Unauthorized { cause: None, since: None }), (Tone::Neutral, "Unauthorized"));
        let stands = Status::Interrupted { cause: Cause::IpAllowList, since: Timestamp::EPOCH };
        assert_eq!(verdict(&stands), (Tone::Warning, "Interrupted"));
    }
}
