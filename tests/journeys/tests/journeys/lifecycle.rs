//! What administrators do with connections after they were made.

use std::time::Duration;

use api::{Connection, ConnectionId};
use atlassian::Person;
use atlassian::sites::{HARBOUR, MEADOW};
use journeys::browser::Browser;
use journeys::{Causeway, Connected, PATIENCE, Visitor, eventually};

/// An interrupted connection is checked again after 60 to 75 seconds. The alarm that does it is the platform's own, so
/// this is a real minute; other tests run meanwhile.
const RECOVERY: Duration = Duration::from_secs(150);

/// Ada, and her connection *Staging* to Harbour Logistics.
async fn connects_staging(causeway: &Causeway) -> (Visitor, Connection) {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let connection = ada.connects("Staging", Person::Ada, HARBOUR).await;
    (ada, connection)
}

/// Ada's browser, with her connections before her.
async fn at_the_list(causeway: &Causeway) -> Browser {
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser
}

#[tokio::test]
async fn everything_that_one_account_authorized_is_unauthorized_by_name() {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    ada.connects("Production", Person::Ada, HARBOUR).await;
    ada.connects("Staging", Person::Ada, MEADOW).await;
    let bobs = causeway.visitor();
    bobs.signs_in_as(Person::Ada).await;
    bobs.connects("Clinic", Person::Bob, MEADOW).await;

    let browser = at_the_list(&causeway).await;
    browser.sees("3 connections").await;
    browser.presses("Actions for Production").await;
    browser.presses_in("Actions for Production", "Unauthorize").await;
    browser.sees("Unauthorize connection").await;
    browser.sees("Staging").await;
    browser.presses("Everything that").await;
    browser.presses("Unauthorize 2 connections").await;
    browser.sees("Unauthorized 2 connections").await;
    browser.sees("Authorize Production").await;
    browser.sees("Authorize Staging").await;
    browser.sees("By Ada Admin").await;
    let list = ada.gets("/api/v1/connections").await.expect(200).json::<api::ConnectionPage>();
    assert_eq!((list.counts.authorized, list.counts.unauthorized), (1, 2));

    browser.presses("Authorize Production").await;
    reauthorizes(&browser, "Ada Admin", "Harbour Logistics").await;
    browser.presses("Save").await;
    browser.sees("Production is authorized again").await;
    browser.presses("Authorize Staging").await;
    browser.presses("Reauthorize").await;
    browser.goes_to_the_pop_up().await;
    accepts(&browser, "Meadow Health").await;
    browser.presses("Save").await;
    browser.sees("Staging is authorized again").await;
    browser.presses("Dismiss").await;
    browser.no_longer_sees("is authorized again").await;
    browser.opens("/").await;
    browser.sees("3 connections").await;
    let list = ada.gets("/api/v1/connections").await.expect(200).json::<api::ConnectionPage>();
    assert_eq!((list.counts.authorized, list.counts.unauthorized), (3, 0));
}

/// On *Setup*: reauthorizes as somebody who is not logged in to Atlassian yet, and is back before *Save*.
async fn reauthorizes(browser: &Browser, person: &str, site: &str) {
    browser.presses("Reauthorize").await;
    browser.goes_to_the_pop_up().await;
    browser.sees("Log in to Atlassian").await;
    browser.presses(person).await;
    accepts(browser, site).await;
}

/// In the pop-up: accepts for that site, and is back before *Save*.
async fn accepts(browser: &Browser, site: &str) {
    browser.chooses("Use app on", site).await;
    browser.presses("Accept").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("What saving changes").await;
}

#[tokio::test]
async fn a_deleted_connection_is_found_and_restored() {
    let causeway = Causeway::start().await;
    connects_staging(&causeway).await;
    let browser = at_the_list(&causeway).await;
    browser.presses("Actions for Staging").await;
    browser.presses_in("Actions for Staging", "Delete").await;
    browser.sees("Delete connection").await;
    browser.presses("Delete 1 connection").await;
    browser.sees("Deleted").await;
    browser.presses("Show deleted").await;
    browser.sees("purged in").await;
    browser.presses("Restore Staging").await;
    browser.sees("Restored").await;
    browser.presses("All").await;
    browser.sees("1 connection").await;
    browser.sees("Unauthorized").await;
    browser.presses("Reauthorize Staging").await;
    reauthorizes(&browser, "Ada Admin", "Harbour Logistics").await;
    browser.presses("Save").await;
    browser.presses("Test").await;
    browser.sees("The connection works.").await;
}

#[tokio::test]
async fn a_checkup_shows_its_steps_and_a_renamed_site_heals_itself() {
    let causeway = Causeway::start().await;
    let (ada, connection) = connects_staging(&causeway).await;
    causeway.model.rename_site(HARBOUR, "Harbour Freight", "https://harbour-freight.atlassian.net");
    let browser = at_the_list(&causeway).await;
    browser.presses("Staging").await;
    browser.presses("Test").await;
    browser.sees("The connection works.").await;
    let healed = eventually(PATIENCE, async || {
        let site = ada.connection(&connection.id).await.site?;
        (site.name == "Harbour Freight").then_some(site.url)
    });
    assert_eq!(healed.await.as_deref(), Some("https://harbour-freight.atlassian.net"));
    browser.presses("Activity").await;
    browser.sees("Harbour Freight").await;
}

#[tokio::test]
async fn a_checkup_begins_from_the_menu_of_a_row() {
    let causeway = Causeway::start().await;
    connects_staging(&causeway).await;
    let browser = at_the_list(&causeway).await;
    for _ in 0..3 {
        browser.presses("Actions for Staging").await;
        browser.presses_in("Actions for Staging", "Test").await;
        browser.sees("The connection works.").await;
        browser.presses("Connections").await;
        browser.sees("1 connection").await;
    }
}

#[tokio::test]
async fn an_ip_allow_list_interrupts_a_connection_which_recovers_when_it_is_off() {
    let causeway = Causeway::start().await;
    connects_staging(&causeway).await;
    let browser = at_the_list(&causeway).await;
    browser.presses("Staging").await;
    causeway.model.set_ip_allow_list(HARBOUR, true);
    browser.presses("Test").await;
    browser.sees("Interrupted").await;
    browser.sees("must add these addresses").await;
    causeway.model.set_ip_allow_list(HARBOUR, false);
    browser.presses("Test").await;
    browser.sees("The connection works.").await;
}

#[tokio::test]
async fn a_reauthorization_as_another_account_can_be_taken_back() {
    let causeway = Causeway::start().await;
    let (ada, connection) = connects_staging(&causeway).await;
    let browser = at_the_list(&causeway).await;
    browser.presses("Staging").await;
    browser.presses("Setup").await;
    reauthorizes(&browser, "Bob Admin", "Harbour Logistics").await;
    browser.sees("The account changes from Ada Admin to Bob Admin.").await;
    assert_eq!(account(&ada, &connection.id).await, "Ada Admin", "nothing changes before Save");
    browser.presses("Save").await;
    browser.sees("Calls are now made as Bob Admin.").await;
    assert_eq!(account(&ada, &connection.id).await, "Bob Admin");
    browser.presses("Go back to Ada Admin").await;
    browser.sees("Returned to Ada Admin").await;
    assert_eq!(account(&ada, &connection.id).await, "Ada Admin");
    browser.presses("Test").await;
    browser.sees("The connection works.").await;
}

async fn account(visitor: &Visitor, connection: &ConnectionId) -> String {
    visitor.connection(connection).await.account.expect("it is authorized").name
}

#[tokio::test]
async fn a_consent_removed_at_atlassian_is_one_story_about_four_connections() {
    let causeway = Causeway::start().await;
    let (ada, bobs) = (causeway.visitor(), causeway.visitor());
    ada.signs_in_as(Person::Ada).await;
    ada.connects("Production", Person::Ada, HARBOUR).await;
    bobs.signs_in_as(Person::Ada).await;
    let clinic = bobs.connects("Clinic", Person::Bob, MEADOW).await;
    for (name, site) in [("Pharmacy", MEADOW), ("Archive", HARBOUR), ("Yard", HARBOUR)] {
        bobs.connects(name, Person::Bob, site).await;
    }
    let key = ada.makes_a_key(&[api::KeyScope::Proxy]).await.key;
    causeway.model.revoke_consent(Person::Bob);
    ada.calls_jira(&key, &clinic.id, "/rest/api/3/myself").await;
    let noticed = eventually(PATIENCE, async || {
        let list = ada.gets("/api/v1/connections").await.json::<api::ConnectionPage>();
        ((list.counts.authorized, list.counts.unauthorized) == (1, 4)).then_some(())
    });
    assert!(noticed.await.is_some(), "the others of the same account are looked at at once");

    let browser = at_the_list(&causeway).await;
    browser.sees("Bob Admin: Atlassian ended the authorization").await;
    browser.presses("4 connections need attention").await;
    browser.sees("Bob Admin: Atlassian refuses to renew the access").await;
    browser.presses("Affects 4 connections").await;
    let told =
        "return [...document.querySelectorAll('summary')].filter((one) => one.innerText.startsWith('Affects')).length";
    let told = browser.runs(told).await;
    assert_eq!(told, 1, "four failures are one story");
}

#[tokio::test]
async fn what_an_ip_allow_list_interrupted_recovers_by_itself() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    causeway.model.set_ip_allow_list(HARBOUR, true);
    connected.calls("/rest/api/3/myself").await;
    let ada = &connected.administrator;
    let comes_to = async |state: api::State| {
        let standing = async || ada.connection(&connected.connection.id).await.status.state();
        eventually(RECOVERY, async || (standing().await == state).then_some(())).await
    };
    assert!(comes_to(api::State::Interrupted).await.is_some(), "a refused call is looked into, although nobody asks");
    let browser = at_the_list(&causeway).await;
    browser.sees_in_the_row("Harbour", &["Interrupted", "must add these addresses"]).await;
    causeway.model.set_ip_allow_list(HARBOUR, false);
    assert!(comes_to(api::State::Authorized).await.is_some(), "it is looked at again, although nobody asks");
    browser.presses("Harbour").await;
    browser.presses("Activity").await;
    browser.sees("Calls work again").await;
}
