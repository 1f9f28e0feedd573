//! Nothing is wrong: what works, what somebody did on purpose, and what heals or ends by itself.

use std::time::{Duration, SystemTime};

use api::{
    DeactivateConnection, DeleteConnection, Nothing, Reach, RestoreConnection, State, Timestamp, Unauthorize,
    UnauthorizeConnection,
};
use atlassian::Person;
use atlassian::sites::{HARBOUR, MEADOW, TINKER};

use super::{Situation, expected};

#[tokio::test]
async fn what_works_and_what_somebody_did_on_purpose() {
    let situation = Situation::begins().await;
    let before = SystemTime::now();
    let works = situation.connects("Works", Person::Ada, HARBOUR).await;
    let paused = situation.connects("Paused", Person::Ada, MEADOW).await;
    let ended = situation.connects("Ended", Person::Ada, TINKER).await;
    let returned = situation.connects("Returned", Person::Max, HARBOUR).await;
    let ada = &situation.by_http.ada;
    ada.calls::<DeactivateConnection>(&paused.id, &Nothing {}).await.expect(200);
    ada.calls::<UnauthorizeConnection>(&ended.id, &Unauthorize { reach: Reach::Connection }).await.expect(200);
    ada.calls::<DeleteConnection>(&returned.id, &Nothing {}).await.expect(204);
    ada.calls::<RestoreConnection>(&returned.id, &Nothing {}).await.expect(200);
    situation.call(&works).await.expect(200);

    situation.is_told("Works", &expected::WORKS, before).await;
    situation.is_told("Paused", &expected::DEACTIVATED, before).await;
    situation.is_told("Ended", &expected::UNAUTHORIZED_ON_PURPOSE, before).await;
    situation.is_told("Returned", &expected::RESTORED, before).await;
}

#[tokio::test]
async fn a_token_that_ends_in_nineteen_days_says_when() {
    let situation = Situation::begins().await;
    let before = SystemTime::now();
    // An hour more than nineteen days: they are nineteen to whoever rounds up, down or to the nearest.
    let hours = 19 * 24 + 1;
    let now = before.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    let ends = Timestamp::EPOCH.plus_seconds(i64::try_from(now).expect("not soon") + hours * 3600);
    situation.by_http.connects_by_token("Quarry", Some(ends)).await;
    situation.is_told("Quarry", &expected::ENDS_IN_NINETEEN_DAYS, before).await;
}

#[tokio::test]
async fn an_hour_that_passes_is_no_news() {
    let situation = Situation::begins().await;
    let before = SystemTime::now();
    let connection = situation.connects("Harbour", Person::Ada, HARBOUR).await;
    situation.by_http.causeway.model.advance_clock(Duration::from_mins(61));
    situation.calls(&connection).await.expect(200);
    situation.is_told("Harbour", &expected::WORKS, before).await;
    assert_eq!(situation.by_http.ada.connection(&connection.id).await.status.state(), State::Authorized);
}

#[tokio::test]
async fn a_site_that_was_renamed_is_called_by_its_new_name_after_the_next_check() {
    let situation = Situation::begins().await;
    let before = SystemTime::now();
    situation.connects("Harbour", Person::Ada, HARBOUR).await;
    let model = &situation.by_http.causeway.model;
    model.rename_site(HARBOUR, "Harbour Freight", "https://harbour-freight.atlassian.net");
    situation.tests("Harbour").await;
    situation.is_told("Harbour", &expected::RENAMED, before).await;
}
