//! The fixture of tests with Data Center: Ada's browser, in which she connects an instance, and a machine that calls
//! Jira through the connection.

use api::{ConnectionId, KeyScope};
use atlassian::{DataCenter, IncomingLink, Instance, Person, Scope};
use journeys::browser::Browser;
use journeys::{Causeway, PATIENCE, Visitor, eventually};

/// The caller's own account.
pub(crate) const MYSELF: &str = "/rest/api/2/myself";

/// Ada's browser, a Data Center instance on which she has an account, and a machine with one of her keys.
pub(crate) struct DataCenterFixture {
    pub(crate) causeway: Causeway,
    pub(crate) quarry: DataCenter,
    pub(crate) browser: Browser,
    pub(crate) machine: Visitor,
    pub(crate) key: String,
}

/// Ada is signed in, on the *Connections* screen.
pub(crate) async fn data_center_fixture() -> DataCenterFixture {
    let causeway = Causeway::start().await;
    let quarry = causeway.model.data_center(Instance::Quarry);
    let machine = causeway.visitor();
    machine.signs_in_as(Person::Ada).await;
    let key = machine.makes_a_key(&[KeyScope::Proxy]).await.key;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    DataCenterFixture { causeway, quarry, browser, machine, key }
}

impl DataCenterFixture {
    /// Begins a connection to what is at `address`, by that way to connect.
    pub(crate) async fn begins(&self, name: &str, address: &str, way: &str) {
        let browser = &self.browser;
        browser.presses("New connection").await;
        browser.fills_in("Name", name).await;
        browser.presses("Jira Data Center, or Cloud with an API token").await;
        browser.fills_in("Address of Jira", address).await;
        browser.presses("Check address").await;
        browser.sees("How to connect, the strongest way first").await;
        browser.presses(way).await;
    }

    /// The same, to the Data Center instance.
    pub(crate) async fn begins_at_quarry(&self, name: &str, way: &str) {
        self.begins(name, &self.quarry.base_url(), way).await;
    }

    /// In the other window: logs in to Jira, and comes to the page that asks.
    pub(crate) async fn logs_in_to_jira(&self) {
        let browser = &self.browser;
        browser.sees("Log in to Quarry Works").await;
        browser.fills_in("Username", "ada").await;
        browser.fills_in("Password", &self.adas_password()).await;
        browser.presses("Log in").await;
        browser.sees("You are logged in as Ada Admin").await;
    }

    /// What Ada logs in to Jira with.
    pub(crate) fn adas_password(&self) -> String {
        self.quarry.password_of(Person::Ada).expect("Ada has an account")
    }

    /// What was authorized is shown and saved; answers the connection, whose *Overview* is in front.
    pub(crate) async fn saves(&self, name: &str) -> ConnectionId {
        let browser = &self.browser;
        browser.sees("Not saved yet").await;
        browser.sees("Authorized").await;
        browser.sees("Ada Admin").await;
        browser.presses("Save").await;
        browser.sees("What now").await;
        browser.sees(name).await;
        self.shown().await
    }

    /// The connection whose *Overview* is in front.
    pub(crate) async fn shown(&self) -> ConnectionId {
        self.browser.sees("Checkup").await;
        let address = self.browser.address().await;
        address.rsplit('/').next().and_then(|id| ConnectionId::parse(id).ok()).expect("the address names it")
    }

    /// Calls Jira through the proxy, as Ada.
    pub(crate) async fn calls(&self, connection: &ConnectionId, path: &str) {
        let answer = self.machine.calls_jira(&self.key, connection, path).await.expect(200);
        assert!(answer.body.contains("Ada Admin"), "{}", answer.body);
    }

    /// Calls until Jira is reached: a change takes effect within ten seconds, because access is cached that long.
    pub(crate) async fn calls_again(&self, connection: &ConnectionId) {
        let reached = eventually(PATIENCE, async || {
            (self.machine.calls_jira(&self.key, connection, MYSELF).await.status == 200).then_some(())
        });
        assert!(reached.await.is_some(), "calls work again within ten seconds");
    }

    /// What a Jira administrator makes with *Create link* → *External application* → *Incoming*.
    pub(crate) fn incoming_link(&self) -> IncomingLink {
        let back = format!("{}{}", self.causeway.public_url, api::data_center_callback_path(&self.quarry.base_url()));
        self.quarry.create_incoming_link("Causeway", &back, Scope::Write).expect("the form is right")
    }
}
