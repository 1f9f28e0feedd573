//! The one action that a row offers beside its menu, chosen by the connection's status.

use api::{Horizon, Status, Timestamp};

use super::{
    connection_row::ConnectionRow,
    lifecycle::{ConnectionAction, authorize},
};
use crate::route::Tab;

/// The action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextStep {
    /// A checkup, in the row.
    Test,
    /// An action that is carried out in the list.
    Act(ConnectionAction),
    /// A link with these words to a tab of the connection's own screen.
    Go(&'static str, Tab),
}

impl NextStep {
    /// Whether it is offered to somebody who may change the connection (`may_manage`), or only test and reauthorize it
    /// (`may_reauthorize`). Everybody who sees a connection may open it.
    pub(super) fn is_for(self, may_manage: bool, may_reauthorize: bool) -> bool {
        match self {
            Self::Act(_) => may_manage,
            Self::Test | Self::Go(_, Tab::Setup) => may_manage || may_reauthorize,
            Self::Go(..) => true,
        }
    }
}

/// The most urgent step for a connection.
pub(super) fn next_step(connection: &ConnectionRow, now: Timestamp) -> NextStep {
    if connection.deleted.is_some() {
        return NextStep::Act(ConnectionAction::Restore);
    }
    let horizon = connection.horizon(now).unwrap_or(Horizon::Far);
    let reauthorize = NextStep::Go(ConnectionAction::Reauthorize.words(), Tab::Setup);
    match &connection.status {
        Status::Unauthorized { .. } => NextStep::Go(authorize(&connection.status).words(), Tab::Setup),
        Status::Interrupted { .. } | Status::Unknown(_) => NextStep::Go("See why", Tab::Overview),
        Status::Deactivated { .. } => NextStep::Act(ConnectionAction::Activate),
        Status::Authorized if horizon >= Horizon::Within7 => reauthorize,
        Status::Authorized if connection.lacks_scopes => NextStep::Go("Review", Tab::Overview),
        Status::Authorized if horizon.warns() => reauthorize,
        Status::Authorized if connection.moved || connection.owner_at_risk => NextStep::Go("Review", Tab::Overview),
        Status::Authorized => NextStep::Test,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::connection_row::tests::{row, status},
        *,
    };

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);
    const SINCE: &str = r#""since":"2026-01-01T00:00:00Z""#;

    fn connection(json: &str) -> ConnectionRow {
        row("Staging", status(&format!("{{{json}}}")))
    }

    fn offered(json: &str) -> NextStep {
        next_step(&connection(json), NOW)
    }

    #[test]
    fn every_state_offers_its_own_next_step() {
        let setup = |words| NextStep::Go(words, Tab::Setup);
        assert_eq!(offered(r#""state":"authorized""#), NextStep::Test);
        assert_eq!(offered(r#""state":"unauthorized","cause":null,"since":null"#), setup("Authorize"));
        let died = format!(r#""state":"unauthorized","cause":"grant_refused",{SINCE}"#);
        assert_eq!(offered(&died), setup("Reauthorize"));
        let stands = format!(r#""state":"interrupted","cause":"ip_allow_list",{SINCE}"#);
        assert_eq!(offered(&stands), NextStep::Go("See why", Tab::Overview));
        let off = format!(r#""state":"deactivated","by":"Ada",{SINCE}"#);
        assert_eq!(offered(&off), NextStep::Act(ConnectionAction::Activate));
    }

    #[test]
    fn who_may_not_take_a_step_is_not_offered_it() {
        let activate = NextStep::Act(ConnectionAction::Activate);
        assert!(NextStep::Test.is_for(false, true) && !NextStep::Test.is_for(false, false));
        assert!(!activate.is_for(false, true) && activate.is_for(true, false));
        assert!(NextStep::Go("See why", Tab::Overview).is_for(false, false));
    }

    #[test]
    fn what_works_for_now_offers_what_keeps_it_working() {
        let mut one = connection(r#""state":"authorized""#);
        one.moved = true;
        assert_eq!(next_step(&one, NOW), NextStep::Go("Review", Tab::Overview));
        one.reauthorize_before = Some(NOW.plus_seconds(20 * 86_400));
        assert_eq!(next_step(&one, NOW), NextStep::Go("Reauthorize", Tab::Setup));
        one.lacks_scopes = true;
        assert_eq!(next_step(&one, NOW), NextStep::Go("Review", Tab::Overview));
        one.reauthorize_before = Some(NOW.plus_seconds(2 * 86_400));
        assert_eq!(next_step(&one, NOW), NextStep::Go("Reauthorize", Tab::Setup));
    }
}
