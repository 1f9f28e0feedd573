//! The states of an authorization, as the page that opened the pop-up knows them.
//!
//! Pure transitions: each consumes a state and returns the next one. No clock, no window, no edge.

use std::time::Duration;

use api::{
    Authorization, AuthorizationId, AuthorizationStatus, Failure, FailureCode, Oauth1Progress, ProblemCode, SiteChoice,
    StartedAuthorization, Timestamp,
};

use crate::client::CallError;

/// After this long without a result the screen lists what can keep people at Atlassian. In milliseconds.
const PATIENCE: i64 = 20_000;

/// The state of an authorization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum AuthorizationState {
    /// None was started, or it was cancelled.
    #[default]
    None,
    /// The edge was asked to create it; the pop-up is already open.
    Starting,
    /// The person is at Atlassian or Jira, or chooses a site.
    Waiting(Waiting),
    /// The edge keeps the grant until *Save*.
    Authorized(Box<Authorization>),
    /// It failed. With OAuth 1.0a: at which of the three steps.
    Failed(Box<Failure>, Option<Oauth1Progress>),
    /// The edge did not create it, or refuses to answer.
    Refused(CallError),
}

/// An authorization without a result yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// Its id.
    pub(crate) id: AuthorizationId,
    /// Where the pop-up goes; works once.
    pub(crate) start_url: String,
    /// When the waiting started.
    pub(crate) since: Timestamp,
    /// What is known of the pop-up.
    pub(crate) popup: PopupState,
    /// The sites to choose from, if one must be chosen.
    pub(crate) sites: Vec<SiteChoice>,
    /// With OAuth 1.0a: the progress of its three steps.
    pub(crate) oauth1: Option<Oauth1Progress>,
}

/// What the opener knows of the pop-up. Never a result: pages on the way can make an open window look closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PopupState {
    /// It is open.
    Open,
    /// It was open, and is no longer visible from here.
    Lost,
    /// The browser blocked it.
    Blocked,
    /// There is none: the person does not have to go anywhere.
    Unneeded,
}

impl Waiting {
    /// Whether the screen should list what can keep people away.
    pub(crate) fn is_long(&self, now: Timestamp) -> bool {
        self.sites.is_empty() && self.popup != PopupState::Unneeded && self.until_long(now).is_zero()
    }

    /// The time until then.
    pub(crate) fn until_long(&self, now: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(PATIENCE - now.since(self.since).max(0)).unwrap_or_default())
    }
}

impl AuthorizationState {
    /// The id, while the edge holds something to ask for or to destroy.
    pub(crate) fn id(&self) -> Option<&AuthorizationId> {
        match self {
            Self::Waiting(waiting) => Some(&waiting.id),
            Self::Authorized(authorization) => Some(&authorization.id),
            _ => None,
        }
    }

    /// Whether the result is still to come.
    pub(crate) fn is_under_way(&self) -> bool {
        matches!(self, Self::Starting | Self::Waiting(_))
    }

    /// The edge answered the request to create it.
    pub(crate) fn started(
        self,
        answer: Result<StartedAuthorization, CallError>,
        popup: PopupState,
        now: Timestamp,
    ) -> Self {
        match (self, answer) {
            (Self::Starting, Ok(StartedAuthorization { id, start_url, .. })) => Self::Waiting(Waiting {
                id,
                popup: if start_url.is_some() { popup } else { PopupState::Unneeded },
                start_url: start_url.unwrap_or_default(),
                since: now,
                sites: Vec::new(),
                oauth1: None,
            }),
            (Self::Starting, Err(error)) => Self::Refused(error),
            (other, _) => other,
        }
    }

    /// The edge answered with the authorization. A late answer on another authorization is ignored.
    pub(crate) fn answered(self, authorization: Authorization) -> Self {
        let Self::Waiting(mut waiting) = self else { return self };
        if authorization.id != waiting.id {
            return Self::Waiting(waiting);
        }
        match authorization.status {
            AuthorizationStatus::Waiting | AuthorizationStatus::ChooseSite => {
                waiting.sites = authorization.sites;
                waiting.oauth1 = authorization.oauth1;
                Self::Waiting(waiting)
            }
            AuthorizationStatus::Authorized => Self::Authorized(Box::new(authorization)),
            AuthorizationStatus::Failed => {
                Self::Failed(Box::new(authorization.failure.unwrap_or_else(expired)), authorization.oauth1)
            }
        }
    }

    /// The edge could not be asked, or refused. Only a refusal that will not change ends the waiting.
    pub(crate) fn unanswered(self, asked: &AuthorizationId, error: CallError) -> Self {
        if !matches!(&self, Self::Waiting(waiting) if waiting.id == *asked) {
            return self;
        }
        match error.code() {
            Some(ProblemCode::NotFound) => Self::Failed(Box::new(expired()), None),
            Some(ProblemCode::NotSignedIn | ProblemCode::Forbidden) => Self::Refused(error),
            _ => self,
        }
    }

    /// The state of the pop-up was read.
    pub(crate) fn popup_is(self, popup: PopupState) -> Self {
        match self {
            Self::Waiting(waiting) => Self::Waiting(Waiting { popup, ..waiting }),
            other => other,
        }
    }

    /// Time passed: an authorization that was not saved in time is gone at the edge.
    pub(crate) fn expire(self, now: Timestamp) -> Self {
        match self {
            Self::Authorized(authorization) if now >= authorization.expires_at => {
                Self::Failed(Box::new(expired()), None)
            }
            other => other,
        }
    }
}

/// The failure shown when the edge no longer knows the authorization.
fn expired() -> Failure {
    Failure {
        code: FailureCode::Expired,
        message: "The ten minutes for this authorization are over, and what it got was destroyed.".to_owned(),
        remedy: "Authorize again, then save.".to_owned(),
        details: None,
    }
}

#[cfg(test)]
mod tests {
    use api::Problem;

    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    fn id(text: &str) -> AuthorizationId {
        AuthorizationId::parse(text).expect("an id")
    }

    fn waiting() -> AuthorizationState {
        let answer =
            StartedAuthorization { id: id("aut_1"), start_url: Some("/oauth/start/t".into()), expires_at: START };
        AuthorizationState::Starting.started(Ok(answer), PopupState::Open, START)
    }

    fn authorization(of: &str, status: AuthorizationStatus) -> Authorization {
        Authorization {
            id: id(of),
            connection_id: None,
            status,
            expires_at: START.plus_seconds(600),
            sites: Vec::new(),
            site: None,
            account: None,
            scopes: Vec::new(),
            missing_scopes: Vec::new(),
            changes: None,
            oauth1: None,
            failure: None,
        }
    }

    fn refused(code: ProblemCode) -> CallError {
        CallError::Refused(Box::new(Problem::new(code, "", "req_1")))
    }

    #[test]
    fn a_window_out_of_sight_is_no_failure() {
        let state = waiting().popup_is(PopupState::Lost);
        assert!(state.is_under_way());
        let state = state.answered(authorization("aut_1", AuthorizationStatus::Authorized));
        assert!(matches!(state, AuthorizationState::Authorized(_)));
    }

    #[test]
    fn an_attempt_without_a_browser_waits_for_no_window() {
        let answer = StartedAuthorization { id: id("aut_1"), start_url: None, expires_at: START };
        let state = AuthorizationState::Starting.started(Ok(answer), PopupState::Blocked, START);
        let AuthorizationState::Waiting(waiting) = state else { unreachable!("it waits") };
        assert_eq!((waiting.popup, waiting.is_long(START.plus_seconds(60))), (PopupState::Unneeded, false));
    }

    #[test]
    fn a_late_answer_about_another_attempt_changes_nothing() {
        assert_eq!(waiting().answered(authorization("aut_0", AuthorizationStatus::Failed)), waiting());
        assert_eq!(waiting().unanswered(&id("aut_0"), refused(ProblemCode::NotFound)), waiting());
        assert_eq!(
            AuthorizationState::None.answered(authorization("aut_1", AuthorizationStatus::Authorized)),
            AuthorizationState::None
        );
    }

    #[test]
    fn a_cancelled_attempt_does_not_come_back_when_the_edge_answers_its_start() {
        let answer = Err(refused(ProblemCode::Unavailable));
        assert_eq!(AuthorizationState::None.started(answer, PopupState::Open, START), AuthorizationState::None);
    }

    #[test]
    fn an_edge_that_cannot_be_asked_for_a_moment_does_not_end_the_waiting() {
        for error in [CallError::Unreachable(String::new()), refused(ProblemCode::Unavailable)] {
            assert_eq!(waiting().unanswered(&id("aut_1"), error), waiting());
        }
    }

    #[test]
    fn an_attempt_the_edge_does_not_know_has_expired() {
        let state = waiting().unanswered(&id("aut_1"), refused(ProblemCode::NotFound));
        assert!(matches!(state, AuthorizationState::Failed(failure, _) if failure.code == FailureCode::Expired));
        let state = waiting().unanswered(&id("aut_1"), refused(ProblemCode::NotSignedIn));
        assert!(matches!(state, AuthorizationState::Refused(_)));
    }

    #[test]
    fn an_authorization_nobody_saves_in_time_is_shown_as_gone() {
        let authorized = waiting().answered(authorization("aut_1", AuthorizationStatus::Authorized));
        assert!(matches!(authorized.clone().expire(START.plus_seconds(599)), AuthorizationState::Authorized(_)));
        assert!(matches!(authorized.expire(START.plus_seconds(600)), AuthorizationState::Failed(..)));
    }

    #[test]
    fn causes_are_named_after_twenty_seconds_unless_a_site_is_being_chosen() {
        let AuthorizationState::Waiting(mut waiting) = waiting() else { unreachable!("it waits") };
        assert!(!waiting.is_long(START.plus_seconds(19)));
        assert!(waiting.is_long(START.plus_seconds(20)));
        let site = api::Site {
            cloud_id: Some("c".into()),
            name: "n".into(),
            url: "u".into(),
            avatar_url: None,
            version: None,
        };
        waiting.sites.push(SiteChoice { site, connected_as: Vec::new() });
        assert!(!waiting.is_long(START.plus_seconds(60)));
    }
}
