//! What goes wrong, and what a person reads of it who did not cause it: is it fine, since when, if not why, what do I do,
//! who does it? Each situation is set up at the model of Atlassian and judged on the list and on the Overview.
//!
//! The words are in `expected`, so that a change of words is one edit.

mod application_link;
mod attempts;
mod cloud;
mod data_center;
mod expected;
mod limits;
mod on_purpose;
mod people;
mod projects;

use std::time::SystemTime;

use api::{Connection, KeyScope, State};
use atlassian::Person;
use expected::Expected;
use journeys::browser::{Browser, Reading};
use journeys::configuration::Configuration;
use journeys::{Answer, PATIENCE, eventually};

use crate::by_http::ByHttp;

/// The caller's own account, at Jira Cloud and at Data Center.
const MYSELF: &str = "/rest/api/2/myself";

/// Enough calls in a row to show that it is no accident.
const SEVERAL: usize = 4;

/// Ada's browser at the list, and a machine that calls Jira with a key of hers.
struct Situation {
    by_http: ByHttp,
    browser: Browser,
    key: String,
}

impl Situation {
    /// Ada is signed in, and nothing is connected.
    async fn begins() -> Self {
        Self::begins_with(|configuration| configuration).await
    }

    /// The same with another configuration of the Worker.
    async fn begins_with(change: impl FnOnce(Configuration) -> Configuration) -> Self {
        let by_http = ByHttp::begins_with(change).await;
        let key = by_http.ada.makes_a_key(&[KeyScope::Proxy]).await.key;
        let browser = by_http.causeway.browser().await;
        browser.signs_in_as(Person::Ada).await;
        browser.sees("No connections yet").await;
        Self { by_http, browser, key }
    }

    /// A connection to a Cloud site, as that person, made by a visitor of its own.
    async fn connects(&self, name: &str, person: Person, site: &str) -> Connection {
        let visitor = self.by_http.causeway.visitor();
        visitor.signs_in_as(Person::Ada).await;
        visitor.connects(name, person, site).await
    }

    /// One call through the connection.
    async fn call(&self, connection: &Connection) -> Answer {
        self.by_http.ada.calls_jira(&self.key, &connection.id, MYSELF).await
    }

    /// Several calls, one after the other. Answers the last answer.
    async fn calls(&self, connection: &Connection) -> Answer {
        for _ in 1..SEVERAL {
            self.call(connection).await;
        }
        self.call(connection).await
    }

    /// Calls that all fail, while nobody tests anything. Answers the last answer.
    async fn calls_in_vain(&self, connection: &Connection) -> Answer {
        let answer = self.calls(connection).await;
        assert!(answer.status >= 400, "the call should have failed: {answer:?}");
        answer
    }

    /// Waits until the connection is in that state.
    async fn comes_to(&self, connection: &Connection, state: State) {
        let status = async || self.by_http.ada.connection(&connection.id).await.status;
        let there = eventually(PATIENCE, async || (status().await.state() == state).then_some(())).await;
        assert!(there.is_some(), "not {state:?} but {:?}", status().await);
    }

    /// Waits until the connection is no longer in that state.
    async fn leaves(&self, connection: &Connection, state: State) {
        let now = async || self.by_http.ada.connection(&connection.id).await.status.state();
        let left = eventually(PATIENCE, async || (now().await != state).then_some(())).await;
        assert!(left.is_some(), "still {state:?}");
    }

    /// Presses *Test* of that connection on its Overview, and waits for the result.
    async fn tests(&self, name: &str) {
        let browser = &self.browser;
        browser.opens("/").await;
        browser.presses(name).await;
        browser.sees("Checkup").await;
        browser.presses("Test").await;
        browser.sees("Copy report").await;
    }

    /// What a person reads about the connection `name` on the list and on its Overview, when it has been so since
    /// `since` at the earliest.
    async fn is_told(&self, name: &str, expected: &Expected, since: SystemTime) {
        self.browser.opens("/").await;
        let row = self.browser.sees_in_the_row(name, &expected.row()).await;
        self.holds(name, "its row", &row, expected, since).await;
        self.browser.presses(name).await;
        self.browser.sees("Connection ID").await;
        let overview = self.browser.sees_on_the_screen(&expected.overview()).await;
        self.holds(name, "its Overview", &overview, expected, since).await;
    }

    async fn holds(&self, name: &str, place: &str, shown: &Reading, expected: &Expected, since: SystemTime) {
        if let Some(wrong) = expected.never.iter().find(|wrong| shown.words.contains(*wrong)) {
            self.browser.fails(&format!("reads {wrong:?} of {name:?} in {place}, which is not so: {shown:?}")).await;
        }
        if expected.dated && !shown.has_a_date_since(since) {
            self.browser.fails(&format!("does not read since when of {name:?} in {place}: {shown:?}")).await;
        }
    }
}
