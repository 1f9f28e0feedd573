//! Pictures of the main screens, in light, dark and 320 pixels wide, to be looked at and judged.
//!
//! `make pictures FOLDER=…`. Not a test: nobody but a person can say whether a screen is right.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use api::KeyScope;
use atlassian::sites::{HARBOUR, MEADOW, TINKER};
use atlassian::{Obstacle, Person};
use journeys::Causeway;
use journeys::browser::{Browser, Look};

#[tokio::main]
async fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("the folder for the pictures is the only argument"));
    fs::create_dir_all(&folder).expect("the folder can be made");
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.has_a_clock_that_moves().await;
    of_signing_in(&browser, &folder).await;
    of_connecting(&causeway, &browser, &folder).await;
    of_being_stranded(&causeway, &browser, &folder).await;
    of_many_states(&causeway, &browser, &folder).await;
    of_harm(&causeway, &browser, &folder).await;
    of_keys(&browser, &folder).await;
    of_a_full_house(&causeway, &browser, &folder).await;
    of_a_stranger(&causeway, &folder).await;
    println!("The pictures are in {}", folder.display());
}

async fn takes(browser: &Browser, folder: &Path, screen: &str) {
    for look in Look::ALL {
        browser.takes_a_picture(look, &folder.join(format!("{screen}-{}.png", look.name()))).await;
    }
    println!("{screen}");
}

async fn of_signing_in(browser: &Browser, folder: &Path) {
    browser.opens("/").await;
    browser.sees("Sign in to Causeway").await;
    takes(browser, folder, "01-sign-in").await;
    browser.signs_in_as(Person::Ada).await;
    browser.sees("No connections yet").await;
    takes(browser, folder, "02-no-connections").await;
}

async fn of_connecting(causeway: &Causeway, browser: &Browser, folder: &Path) {
    browser.presses("New connection").await;
    browser.sees("Not authorized").await;
    takes(browser, folder, "03-new-connection").await;
    browser.fills_in("Name", "Production").await;
    browser.presses("Authorize").await;
    browser.goes_to_the_pop_up().await;
    browser.presses("Ada Admin").await;
    browser.sees("is requesting access").await;
    takes(browser, folder, "04-consent-of-the-model").await;
    browser.goes_back().await;
    takes(browser, folder, "05-waiting").await;
    browser.goes_to_the_pop_up().await;
    browser.presses("Cancel").await;
    browser.sees("Unauthorized").await;
    takes(browser, folder, "06-pop-up-unauthorized").await;
    browser.presses("Close window").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Unauthorized").await;
    takes(browser, folder, "07-denied").await;
    causeway.model.change_settings(|settings| settings.consent_mode = atlassian::ConsentMode::SeveralSites);
    browser.presses("Authorize").await;
    browser.goes_to_the_pop_up().await;
    browser.presses("Harbour Logistics").await;
    browser.presses("Tinker Labs").await;
    browser.presses("Accept").await;
    browser.is_at("/authorize/aut_").await;
    browser.sees("Tinker Labs").await;
    takes(browser, folder, "08-which-site").await;
    browser.presses("Harbour Logistics").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Not saved yet").await;
    takes(browser, folder, "09-authorized").await;
    browser.presses("Save").await;
    browser.sees("What now").await;
    causeway.model.change_settings(|settings| settings.consent_mode = atlassian::ConsentMode::OneSite);
}

async fn of_being_stranded(causeway: &Causeway, browser: &Browser, folder: &Path) {
    causeway.model.change_settings(|settings| settings.obstacle = Obstacle::BlockedByAdmin);
    browser.presses("New connection").await;
    browser.fills_in("Name", "Warehouse").await;
    browser.presses("Authorize").await;
    browser.sees("in the other window").await;
    browser.moves_the_clock(Duration::from_secs(21)).await;
    browser.sees("Still waiting").await;
    takes(browser, folder, "10-stranded").await;
    browser.presses("Cancel").await;
    browser.sees("Not authorized").await;
    causeway.model.change_settings(|settings| settings.obstacle = Obstacle::None);
}

/// Three connections, one of them dead.
async fn of_many_states(causeway: &Causeway, browser: &Browser, folder: &Path) {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    ada.connects("Staging", Person::Ada, TINKER).await;
    let bobs = causeway.visitor();
    bobs.signs_in_as(Person::Ada).await;
    let dead = bobs.connects("Clinic", Person::Bob, MEADOW).await;
    let key = ada.makes_a_key(&[KeyScope::Proxy]).await.key;
    causeway.model.revoke_consent(Person::Bob);
    ada.calls_jira(&key, &dead.id, "/rest/api/3/myself").await;
    let archivist = causeway.visitor();
    archivist.signs_in_as(Person::Ada).await;
    archivist.connects("Archive", Person::Max, HARBOUR).await;
    browser.opens("/").await;
    browser.sees("4 connections").await;
    takes(browser, folder, "11-connections").await;
    browser.presses("Production").await;
    browser.sees("Test").await;
    takes(browser, folder, "12-connection").await;
    browser.presses("Setup").await;
    browser.sees("Call Jira through this connection").await;
    takes(browser, folder, "12-connection-setup").await;
    browser.opens("/").await;
    browser.presses("Clinic").await;
    browser.sees("Reauthorize").await;
    takes(browser, folder, "13-connection-unauthorized").await;
    browser.opens("/?q=nowhere").await;
    browser.sees("No connection matches").await;
    takes(browser, folder, "14-no-match").await;
}

/// What asks before harm, what is left after it, and what looked at the connection.
async fn of_harm(causeway: &Causeway, browser: &Browser, folder: &Path) {
    browser.opens("/").await;
    browser.presses("Staging").await;
    browser.presses("Test").await;
    browser.sees("The connection works.").await;
    takes(browser, folder, "20-checkup").await;
    causeway.model.set_ip_allow_list(TINKER, true);
    browser.presses("Test").await;
    browser.sees("add Causeway's addresses").await;
    browser.sees("Interrupted").await;
    takes(browser, folder, "21-interrupted").await;
    causeway.model.set_ip_allow_list(TINKER, false);
    browser.presses("Activity").await;
    browser.sees("Created, authorized as").await;
    takes(browser, folder, "22-activity").await;
    browser.opens("/").await;
    browser.presses("Actions for Production").await;
    browser.sees("Reauthorize").await;
    takes(browser, folder, "23-menu").await;
    browser.presses("Unauthorize").await;
    browser.presses("Everything that").await;
    browser.sees("Unauthorize 2 connections").await;
    takes(browser, folder, "24-unauthorize").await;
    browser.presses("Unauthorize 2 connections").await;
    browser.sees("Authorize Production").await;
    takes(browser, folder, "25-checklist").await;
    browser.presses("Actions for Archive").await;
    browser.presses_in("Actions for Archive", "Delete").await;
    browser.sees("Delete connection").await;
    takes(browser, folder, "26-delete").await;
    browser.presses("Delete 1 connection").await;
    browser.sees("Restore").await;
    browser.presses("Show deleted").await;
    browser.sees("purged in").await;
    takes(browser, folder, "27-deleted").await;
    browser.opens("/audit-log").await;
    browser.sees("Deleted").await;
    takes(browser, folder, "28-audit-log").await;
}

/// More connections than a screen holds, four of them with one cause; then a list that does not come.
async fn of_a_full_house(causeway: &Causeway, browser: &Browser, folder: &Path) {
    let (ada, bobs) = (causeway.visitor(), causeway.visitor());
    for administrator in [&ada, &bobs] {
        administrator.signs_in_as(Person::Ada).await;
    }
    for number in 1..=45 {
        ada.connects(&format!("Region {number:02}"), Person::Ada, [HARBOUR, MEADOW, TINKER][number % 3]).await;
    }
    let mut dying = Vec::new();
    for name in ["Ward", "Pharmacy", "Laboratory of tropical medicine and parasitology, building 4", "Kitchen"] {
        dying.push(bobs.connects(name, Person::Bob, MEADOW).await);
    }
    let key = ada.makes_a_key(&[KeyScope::Proxy]).await.key;
    causeway.model.revoke_consent(Person::Bob);
    for connection in &dying {
        ada.calls_jira(&key, &connection.id, "/rest/api/3/myself").await;
    }
    browser.opens("/").await;
    browser.sees("Affects").await;
    takes(browser, folder, "30-full").await;
    browser.cannot_load("*/api/v1/connections*").await;
    browser.opens("/").await;
    browser.sees("Try again").await;
    takes(browser, folder, "31-failing").await;
    browser.opens("/sign-in/callback?state=x&code=y").await;
    takes(browser, folder, "32-problem-of-the-edge").await;
    browser.opens("/help/troubleshooting/").await;
    takes(browser, folder, "33-help").await;
}

async fn of_keys(browser: &Browser, folder: &Path) {
    browser.opens("/api-keys").await;
    browser.sees("API keys").await;
    takes(browser, folder, "15-api-keys").await;
    browser.presses("Create API key").await;
    browser.fills_in("Name", "Build server").await;
    takes(browser, folder, "16-new-key").await;
    browser.presses("Create").await;
    browser.sees("API key created").await;
    takes(browser, folder, "17-key-shown-once").await;
    browser.opens("/api-keys/call-jira").await;
    browser.presses("Production").await;
    browser.sees("curl -H").await;
    takes(browser, folder, "34-call-jira").await;
    browser.opens("/members").await;
    browser.sees("Release account").await;
    takes(browser, folder, "35-members").await;
    browser.opens("/").await;
    browser.presses("Production").await;
    browser.presses("Access").await;
    browser.sees("Additional API families").await;
    takes(browser, folder, "36-access").await;
    browser.opens("/help/reference/").await;
    browser.sees("Create a connection").await;
    takes(browser, folder, "37-api-reference").await;
}

async fn of_a_stranger(causeway: &Causeway, folder: &Path) {
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Sam).await;
    browser.sees("You have no access yet").await;
    takes(&browser, folder, "18-stranger").await;
    browser.opens("/nowhere").await;
    takes(&browser, folder, "19-signed-out").await;
}
