//! The states of one attempt to authorize, as the opener sees it.
//!
//! Plain transitions: a state is consumed, an event comes in, the next state goes out. No clock, no window, no edge.

use std::time::Duration;

use api::{
    Authorization, AuthorizationId, AuthorizationStatus, Failure, FailureCode, Oauth1Progress, ProblemCode, SiteChoice,
    StartedAuthorization, Timestamp,
};

use crate::client::CallError;

/// After this long without a result the screen names what can strand people at Atlassian. Milliseconds.
const PATIENCE: i64 = 20_000;

/// How an attempt stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// None was made, or it was cancelled.
    #[default]
    None,
    /// The edge is asked for one; the pop-up is open already.
    Starting,
    /// The person is at Atlassian or Jira, or chooses a site.
    Waiting(Waiting),
    /// A grant is kept until *Save*.
    Authorized(Box<Authorization>),
    /// It did not work; of the three steps of OAuth 1.0a, how far it came.
    Failed(Box<Failure>, Option<Oauth1Progress>),
    /// The edge did not begin it, or does not speak to us any more.
    Refused(CallError),
}

/// An attempt without a result yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// The attempt.
    pub(crate) id: AuthorizationId,
    /// Where the pop-up goes; works once.
    pub(crate) start_url: String,
    /// Since when we wait.
    pub(crate) since: Timestamp,
    /// How the pop-up looks from here.
    pub(crate) popup: Sight,
    /// The sites to choose from, if one must be chosen.
    pub(crate) sites: Vec<SiteChoice>,
    /// How far the three steps of OAuth 1.0a have come.
    pub(crate) oauth1: Option<Oauth1Progress>,
}

/// How the pop-up looks from the opener. Never a result: any page on the way can make an open window look closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// It is there.
    Open,
    /// It was there, and cannot be seen any more.
    Lost,
    /// The browser did not open it.
    Blocked,
    /// There is none: no browser has to go anywhere.
    Unneeded,
}

impl Waiting {
    /// Whether it is time to name what can strand people.
    pub(crate) fn is_long(&self, now: Timestamp) -> bool {
        self.sites.is_empty() && self.popup != Sight::Unneeded && self.until_long(now).is_zero()
    }

    /// How long it is until then.
    pub(crate) fn until_long(&self, now: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(PATIENCE - now.since(self.since)).unwrap_or_default())
    }
}

impl Attempt {
    /// The attempt's id, while there is something at the edge to ask for or to destroy.
    pub(crate) fn id(&self) -> Option<&AuthorizationId> {
        match self {
            Self::Waiting(waiting) => Some(&waiting.id),
            Self::Authorized(authorization) => Some(&authorization.id),
            _ => None,
        }
    }

    /// Whether a result is still to come.
    pub(crate) fn is_under_way(&self) -> bool {
        matches!(self, Self::Starting | Self::Waiting(_))
    }

    /// The edge answered the start.
    pub(crate) fn started(self, answer: Result<StartedAuthorization, CallError>, popup: Sight, now: Timestamp) -> Self {
        match (self, answer) {
            (Self::Starting, Ok(StartedAuthorization { id, start_url, .. })) => Self::Waiting(Waiting {
                id,
                popup: if start_url.is_some() { popup } else { Sight::Unneeded },
                start_url: start_url.unwrap_or_default(),
                since: now,
                sites: Vec::new(),
                oauth1: None,
            }),
            (Self::Starting, Err(error)) => Self::Refused(error),
            (other, _) => other,
        }
    }

    /// The edge said how the attempt stands. What it says of another attempt is late, and ignored.
    pub(crate) fn told(self, told: Authorization) -> Self {
        let Self::Waiting(mut waiting) = self else { return self };
        if told.id != waiting.id {
            return Self::Waiting(waiting);
        }
        match told.status {
            AuthorizationStatus::Waiting | AuthorizationStatus::ChooseSite => {
                waiting.sites = told.sites;
                waiting.oauth1 = told.oauth1;
                Self::Waiting(waiting)
            }
            AuthorizationStatus::Authorized => Self::Authorized(Box::new(told)),
            AuthorizationStatus::Failed => Self::Failed(Box::new(told.failure.unwrap_or_else(expired)), told.oauth1),
        }
    }

    /// The edge could not be asked, or refused. Only an answer that will stay ends the waiting.
    pub(crate) fn not_told(self, asked: &AuthorizationId, error: CallError) -> Self {
        if !matches!(&self, Self::Waiting(waiting) if waiting.id == *asked) {
            return self;
        }
        match error.code() {
            Some(ProblemCode::NotFound) => Self::Failed(Box::new(expired()), None),
            Some(ProblemCode::NotSignedIn | ProblemCode::Forbidden) => Self::Refused(error),
            _ => self,
        }
    }

    /// The opener looked at the pop-up.
    pub(crate) fn seen(self, popup: Sight) -> Self {
        match self {
            Self::Waiting(waiting) => Self::Waiting(Waiting { popup, ..waiting }),
            other => other,
        }
    }

    /// Time passed: what was not saved is gone at the edge.
    pub(crate) fn at(self, now: Timestamp) -> Self {
        match self {
            Self::Authorized(authorization) if now >= authorization.expires_at => {
                Self::Failed(Box::new(expired()), None)
            }
            other => other,
        }
    }
}

/// What is said when the edge knows the attempt no more.
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

    fn waiting() -> Attempt {
        let answer =
            StartedAuthorization { id: id("aut_1"), start_url: Some("/oauth/start/t".into()), expires_at: START };
        Attempt::Starting.started(Ok(answer), Sight::Open, START)
    }

    fn told(of: &str, status: AuthorizationStatus) -> Authorization {
        Authorization {
            id: id(of),
            connection_id: None,
            status,
            expires_at: START.plus_seconds(600),
            sites: Vec::new(),
            site: None,
            account: None,
            scopes: Vec::new(),
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
        let attempt = waiting().seen(Sight::Lost);
        assert!(attempt.is_under_way());
        let attempt = attempt.told(told("aut_1", AuthorizationStatus::Authorized));
        assert!(matches!(attempt, Attempt::Authorized(_)));
    }

    #[test]
    fn an_attempt_without_a_browser_waits_for_no_window() {
        let answer = StartedAuthorization { id: id("aut_1"), start_url: None, expires_at: START };
        let attempt = Attempt::Starting.started(Ok(answer), Sight::Blocked, START);
        let Attempt::Waiting(waiting) = attempt else { unreachable!("it waits") };
        assert_eq!((waiting.popup, waiting.is_long(START.plus_seconds(60))), (Sight::Unneeded, false));
    }

    #[test]
    fn a_late_answer_about_another_attempt_changes_nothing() {
        assert_eq!(waiting().told(told("aut_0", AuthorizationStatus::Failed)), waiting());
        assert_eq!(waiting().not_told(&id("aut_0"), refused(ProblemCode::NotFound)), waiting());
        assert_eq!(Attempt::None.told(told("aut_1", AuthorizationStatus::Authorized)), Attempt::None);
    }

    #[test]
    fn a_cancelled_attempt_does_not_come_back_when_the_edge_answers_its_start() {
        let answer = Err(refused(ProblemCode::Unavailable));
        assert_eq!(Attempt::None.started(answer, Sight::Open, START), Attempt::None);
    }

    #[test]
    fn an_edge_that_cannot_be_asked_for_a_moment_does_not_end_the_waiting() {
        for error in [CallError::Unreachable(String::new()), refused(ProblemCode::Unavailable)] {
            assert_eq!(waiting().not_told(&id("aut_1"), error), waiting());
        }
    }

    #[test]
    fn an_attempt_the_edge_does_not_know_has_expired() {
        let attempt = waiting().not_told(&id("aut_1"), refused(ProblemCode::NotFound));
        assert!(matches!(attempt, Attempt::Failed(failure, _) if failure.code == FailureCode::Expired));
        let attempt = waiting().not_told(&id("aut_1"), refused(ProblemCode::NotSignedIn));
        assert!(matches!(attempt, Attempt::Refused(_)));
    }

    #[test]
    fn an_authorization_nobody_saves_in_time_is_shown_as_gone() {
        let authorized = waiting().told(told("aut_1", AuthorizationStatus::Authorized));
        assert!(matches!(authorized.clone().at(START.plus_seconds(599)), Attempt::Authorized(_)));
        assert!(matches!(authorized.at(START.plus_seconds(600)), Attempt::Failed(..)));
    }

    #[test]
    fn causes_are_named_after_twenty_seconds_unless_a_site_is_being_chosen() {
        let Attempt::Waiting(mut waiting) = waiting() else { unreachable!("it waits") };
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
