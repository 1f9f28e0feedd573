//! Rate limits of Atlassian: told as Atlassian's, with the time they last.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::{ProblemCode, State};
use atlassian::sites::HARBOUR;
use atlassian::{Person, RateLimit, Reason};

use super::{Situation, expected};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn a_burst_limit_is_not_told_as_our_own() {
    let situation = Situation::begins().await;
    let connection = situation.connects("Harbour", Person::Ada, HARBOUR).await;
    let began = SystemTime::now();
    situation.by_http.causeway.model.set_rate_limit(Some(RateLimit::because_of(Reason::Burst, 600)));
    let answer = situation.calls_in_vain(&connection).await;
    assert_ne!(answer.problem(), Some(ProblemCode::TooManyCalls), "{answer:?}");
    situation.comes_to(&connection, State::Interrupted).await;
    situation.is_told("Harbour", &expected::BURST_LIMIT, began).await;
}

#[tokio::test]
async fn an_hourly_quota_that_is_used_up_says_until_when() {
    let situation = Situation::begins().await;
    let connection = situation.connects("Harbour", Person::Ada, HARBOUR).await;
    let began = SystemTime::now();
    situation.by_http.causeway.model.change_settings(|settings| settings.points_per_hour = 0);
    situation.calls_in_vain(&connection).await;
    situation.comes_to(&connection, State::Interrupted).await;
    situation.is_told("Harbour", &expected::HOURLY_QUOTA, began).await;
    let overview = situation.browser.sees_on_the_screen(&expected::HOURLY_QUOTA.overview()).await;
    let (first, last) = (end_of_the_hour(began), end_of_the_hour(SystemTime::now()));
    let until = overview.dates.iter().flatten().any(|date| *date == first || *date == last);
    assert!(until, "the limit lasts until the hour ends, at {first} or {last}: {overview:?}");
}

/// When the hour of that moment ends, in milliseconds since 1970: the model's quota begins anew then.
fn end_of_the_hour(moment: SystemTime) -> i64 {
    let hours = moment.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / HOUR.as_secs();
    i64::try_from((hours + 1) * HOUR.as_secs() * 1000).expect("not soon")
}
