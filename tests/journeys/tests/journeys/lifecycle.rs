//! What administrators do with connections after they were made.

use atlassian::Person;
use atlassian::sites::{HARBOUR, MEADOW};
use journeys::{Causeway, PATIENCE, eventually};

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

    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.sees("3 connections").await;
    browser.presses("Actions for Production").await;
    browser.presses("Unauthorize").await;
    browser.sees("Unauthorize connection").await;
    browser.sees("Staging").await;
    browser.presses("Everything that").await;
    browser.presses("Unauthorize 2 connections").await;
    browser.sees("Unauthorized 2 connections").await;
    browser.sees("Authorize Production").await;
    browser.sees("Authorize Staging").await;
    let list = ada.gets("/api/v1/connections").await.expect(200).json::<api::ConnectionPage>();
    assert_eq!((list.counts.authorized, list.counts.unauthorized), (1, 2));
}

#[tokio::test]
async fn a_deleted_connection_is_found_and_restored() {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    ada.connects("Staging", Person::Ada, HARBOUR).await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.presses("Actions for Staging").await;
    browser.presses("Delete").await;
    browser.sees("Delete connection").await;
    browser.presses("Delete 1 connection").await;
    browser.sees("Deleted").await;
    browser.opens("/?deleted=true").await;
    browser.sees("purged in").await;
    browser.presses("Restore Staging").await;
    browser.sees("Restored").await;
    browser.opens("/").await;
    browser.sees("1 connection").await;
    browser.sees("Unauthorized").await;
}

#[tokio::test]
async fn a_checkup_shows_its_steps_and_a_renamed_site_heals_itself() {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let connection = ada.connects("Staging", Person::Ada, HARBOUR).await;
    causeway.model.rename_site(HARBOUR, "Harbour Freight", "https://harbour-freight.atlassian.net");
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
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
async fn an_ip_allow_list_interrupts_a_connection_which_recovers_when_it_is_off() {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    ada.connects("Staging", Person::Ada, HARBOUR).await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.presses("Staging").await;
    causeway.model.set_ip_allow_list(HARBOUR, true);
    browser.presses("Test").await;
    browser.sees("Interrupted").await;
    browser.sees("add Causeway's addresses").await;
    causeway.model.set_ip_allow_list(HARBOUR, false);
    browser.presses("Test").await;
    browser.sees("The connection works.").await;
}

#[tokio::test]
async fn a_reauthorization_as_another_account_can_be_taken_back() {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let connection = ada.connects("Staging", Person::Ada, HARBOUR).await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.presses("Staging").await;
    browser.presses("Setup").await;
    browser.presses("Reauthorize").await;
    browser.goes_to_the_pop_up().await;
    browser.sees("Log in to Atlassian").await;
    browser.presses("Bob Admin").await;
    browser.chooses("Use app on", "Harbour Logistics").await;
    browser.presses("Accept").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("What saving changes").await;
    browser.presses("Save").await;
    browser.presses("Go back to").await;
    let back = eventually(PATIENCE, async || {
        let account = ada.connection(&connection.id).await.account?;
        (account.name == "Ada Admin").then_some(())
    });
    assert!(back.await.is_some(), "the account before is back");
}
