//! What a row offers first: the one thing that its state asks for.

use api::{Connection, Horizon, Status, Timestamp};

use super::lifecycle::{Act, authorize};
use crate::route::Tab;

/// The one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A checkup, in the row.
    Test,
    /// Something that is done from here.
    Act(Act),
    /// Something that is looked at, or done, on the connection's own screen.
    Go(&'static str, Tab),
}

impl Next {
    /// Whether it is for somebody who may change the connection or, short of that, may reauthorize it. Whoever sees a
    /// connection may look.
    pub(super) fn is_for(self, may: bool, may_reauthorize: bool) -> bool {
        match self {
            Self::Act(_) => may,
            Self::Test | Self::Go(_, Tab::Setup) => may || may_reauthorize,
            Self::Go(..) => true,
        }
    }
}

/// What the state asks for most.
pub(super) fn next(connection: &Connection, now: Timestamp) -> Next {
    if connection.deleted.is_some() {
        return Next::Act(Act::Restore);
    }
    let horizon = connection.horizon(now).unwrap_or(Horizon::Far);
    let reauthorize = Next::Go(Act::Reauthorize.words(), Tab::Setup);
    match &connection.status {
        Status::Unauthorized { .. } => Next::Go(authorize(&connection.status).words(), Tab::Setup),
        Status::Interrupted { .. } | Status::Unknown(_) => Next::Go("See why", Tab::Overview),
        Status::Deactivated { .. } => Next::Act(Act::Activate),
        Status::Authorized if horizon >= Horizon::Within7 => reauthorize,
        Status::Authorized if !connection.missing_scopes.is_empty() => Next::Go("Review", Tab::Overview),
        Status::Authorized if horizon.warns() => reauthorize,
        Status::Authorized if connection.moved_to.is_some() || connection.owner_at_risk.is_some() => {
            Next::Go("Review", Tab::Overview)
        }
        Status::Authorized => Next::Test,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);
    const SINCE: &str = r#""since":"2026-01-01T00:00:00Z""#;

    fn connection(status: &str) -> Connection {
        let json = format!(
            r#"{{"id":"con_1","name":"Staging","kind":"cloud_oauth2","site":null,"status":{{{status}}},"account":null,
            "scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":null,
            "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"version":3}}"#
        );
        serde_json::from_str(&json).expect("a connection")
    }

    fn offered(status: &str) -> Next {
        next(&connection(status), NOW)
    }

    #[test]
    fn every_state_offers_its_own_next_step() {
        assert_eq!(offered(r#""state":"authorized""#), Next::Test);
        assert_eq!(offered(r#""state":"unauthorized","cause":null,"since":null"#), Next::Go("Authorize", Tab::Setup));
        let died = format!(r#""state":"unauthorized","cause":"grant_refused",{SINCE}"#);
        assert_eq!(offered(&died), Next::Go("Reauthorize", Tab::Setup));
        let stands = format!(r#""state":"interrupted","cause":"ip_allow_list",{SINCE}"#);
        assert_eq!(offered(&stands), Next::Go("See why", Tab::Overview));
        let off = format!(r#""state":"deactivated","by":"Ada",{SINCE}"#);
        assert_eq!(offered(&off), Next::Act(Act::Activate));
    }

    #[test]
    fn who_may_not_take_a_step_is_not_offered_it() {
        assert!(Next::Test.is_for(false, true) && !Next::Test.is_for(false, false));
        assert!(!Next::Act(Act::Activate).is_for(false, true) && Next::Act(Act::Activate).is_for(true, false));
        assert!(Next::Go("See why", Tab::Overview).is_for(false, false));
    }

    #[test]
    fn what_works_for_now_offers_what_keeps_it_working() {
        let mut one = connection(r#""state":"authorized""#);
        one.moved_to = Some("https://new.example.com".to_owned());
        assert_eq!(next(&one, NOW), Next::Go("Review", Tab::Overview));
        one.reauthorize_before = Some(NOW.plus_seconds(20 * 86_400));
        assert_eq!(next(&one, NOW), Next::Go("Reauthorize", Tab::Setup));
        one.missing_scopes.push("write:jira-work".to_owned());
        assert_eq!(next(&one, NOW), Next::Go("Review", Tab::Overview));
        one.reauthorize_before = Some(NOW.plus_seconds(2 * 86_400));
        assert_eq!(next(&one, NOW), Next::Go("Reauthorize", Tab::Setup));
    }
}
