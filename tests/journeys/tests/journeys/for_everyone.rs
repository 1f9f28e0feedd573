//! Accessibility of every screen and dialog, in each state that looks different.

use std::time::Duration;

use api::KeyScope;
use atlassian::sites::{HARBOUR, MEADOW, TINKER};
use atlassian::{ConsentMode, Endpoint, Fault, Kind, Obstacle, Person};
use journeys::browser::{Browser, Colors};
use journeys::{Causeway, Visitor};

use crate::connecting::logs_in_to_atlassian;

/// Ada without a browser.
async fn ada(causeway: &Causeway) -> Visitor {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    ada
}

/// Ada in a browser.
async fn adas_browser(causeway: &Causeway) -> Browser {
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.sees("Connections").await;
    browser
}

#[tokio::test]
async fn a_barrier_is_found_where_there_is_one() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.opens("/").await;
    browser.sees("Sign in to Causeway").await;
    let spoil = "const words = document.querySelector('h1');
         Object.assign(words.style, { color: '#808080', fontSize: '12px', width: '2000px' });";
    browser.runs(spoil).await;
    for colors in [Colors::Light, Colors::Dark] {
        let barriers = browser.barriers(colors).await;
        assert!(barriers.iter().any(|barrier| barrier.starts_with("color-contrast")), "{colors:?}: {barriers:?}");
    }
    assert!(!browser.sticks_out().await.is_empty());
}

#[tokio::test]
async fn what_people_meet_before_the_first_connection_is_for_everyone() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.opens("/").await;
    browser.sees("Sign in to Causeway").await;
    browser.is_for_everyone("Sign in").await;
    browser.opens("/sign-in/callback?state=x&code=y").await;
    browser.sees("Sign in again").await;
    browser.presses("Details").await;
    browser.is_for_everyone("A problem of the edge").await;
    browser.opens("/authorize").await;
    browser.sees("Going to Atlassian").await;
    browser.is_for_everyone("The pop-up before it goes").await;
    browser.signs_in_as(Person::Sam).await;
    browser.sees("You have no access yet").await;
    browser.is_for_everyone("No access").await;

    browser.signs_in_as(Person::Ada).await;
    browser.sees("No connections yet").await;
    browser.is_for_everyone("No connections yet").await;
    browser.presses("Keyboard shortcuts").await;
    browser.sees("Use keyboard shortcuts").await;
    browser.is_for_everyone("The dialog of shortcuts").await;
    browser.presses("Close").await;
    browser.opens("/nowhere").await;
    browser.sees("Page not found").await;
    browser.is_for_everyone("Page not found").await;
    browser.opens("/api-keys").await;
    browser.sees("No API keys yet").await;
    browser.is_for_everyone("No API keys yet").await;
    browser.cannot_load("*.wasm").await;
    browser.opens("/").await;
    browser.sees("Causeway cannot start").await;
    browser.is_for_everyone("An app that cannot start").await;
}

#[tokio::test]
async fn connecting_is_for_everyone() {
    let causeway = Causeway::start().await;
    causeway.model.change_settings(|settings| settings.consent_mode = ConsentMode::SeveralSites);
    ada(&causeway).await.connects("Production", Person::Ada, HARBOUR).await;
    let browser = adas_browser(&causeway).await;
    browser.presses("New connection").await;
    browser.sees("Not authorized").await;
    browser.is_for_everyone("New connection").await;
    browser.fills_in("Name", " ").await;
    browser.presses("Authorize").await;
    browser.sees("Enter a name").await;
    browser.goes_to_the_pop_up().await;
    logs_in_to_atlassian(&browser).await;
    browser.goes_back().await;
    browser.is_for_everyone("New connection, without a name and waiting").await;
    browser.goes_to_the_pop_up().await;
    browser.presses("Cancel").await;
    browser.sees("Unauthorized").await;
    browser.presses("Details").await;
    browser.is_for_everyone("The pop-up after a refusal").await;
    browser.presses("Close window").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Unauthorized").await;
    browser.is_for_everyone("New connection after a refusal").await;

    browser.presses("Authorize again").await;
    browser.goes_to_the_pop_up().await;
    browser.presses("Harbour Logistics").await;
    browser.presses("Tinker Labs").await;
    browser.presses("Accept").await;
    browser.sees("Already connected as Production").await;
    browser.is_for_everyone("The pop-up with a choice of sites").await;
    let result = browser.address().await;
    browser.goes_back().await;
    browser.sees("The consent covers several sites").await;
    browser.is_for_everyone("New connection with a choice of sites").await;
    browser.presses("Tinker Labs").await;
    browser.sees("Not saved yet").await;
    browser.fills_in("Name", "Staging").await;
    browser.is_for_everyone("New connection before Save").await;
    browser.presses("Back to connections").await;
    browser.sees("Discard changes?").await;
    browser.is_for_everyone("The dialog before changes are discarded").await;
    browser.presses("Keep editing").await;
    browser.opens_in_a_new_window(&result).await;
    browser.sees("You can close this window").await;
    browser.is_for_everyone("The pop-up with good news").await;
}

#[tokio::test]
async fn a_pop_up_that_does_not_come_back_is_told_to_everyone() {
    let causeway = Causeway::start().await;
    causeway.model.change_settings(|settings| settings.obstacle = Obstacle::BlockedByAdmin);
    let browser = causeway.browser().await;
    browser.has_a_clock_that_moves().await;
    browser.signs_in_as(Person::Ada).await;
    browser.presses("New connection").await;
    browser.presses("Authorize").await;
    browser.goes_to_the_pop_up().await;
    browser.sees("Log in to Atlassian").await;
    browser.closes_the_window().await;
    browser.goes_back().await;
    browser.sees("The other window cannot be seen from here").await;
    browser.moves_the_clock(Duration::from_secs(21)).await;
    browser.sees("Still waiting").await;
    browser.is_for_everyone("New connection, still waiting").await;
    browser.presses("Cancel").await;
    browser.runs("window.open = () => null").await;
    browser.presses("Authorize").await;
    browser.sees("did not open the new window").await;
    browser.is_for_everyone("New connection, pop-up blocked").await;
}

/// Connections in every state that the grid tells apart.
async fn connections_in_every_state(causeway: &Causeway) -> Visitor {
    let ada = ada(causeway).await;
    ada.connects("Production", Person::Ada, HARBOUR).await;
    let second = self::ada(causeway).await;
    let [clinic, ward] = [
        second.connects("Clinic", Person::Bob, MEADOW).await,
        second.connects("A ward with a name that is longer than any screen is wide", Person::Bob, MEADOW).await,
    ];
    let key = ada.makes_a_key(&[KeyScope::Proxy]).await.key;
    causeway.model.revoke_consent(Person::Bob);
    ada.calls_jira(&key, &clinic.id, "/rest/api/3/myself").await;
    ada.calls_jira(&key, &ward.id, "/rest/api/3/myself").await;
    causeway.model.change_settings(|settings| settings.withheld_scopes = vec!["write:jira-work".into()]);
    let third = self::ada(causeway).await;
    third.connects("Archive", Person::Max, HARBOUR).await;
    causeway.model.change_settings(|settings| settings.withheld_scopes.clear());
    let old = ada.connects("Old", Person::Ada, TINKER).await;
    ada.calls::<api::DeleteConnection>(&old.id, &api::Nothing {}).await.expect(204);
    ada
}

#[tokio::test]
async fn the_connections_screen_is_for_everyone_in_every_state() {
    let causeway = Causeway::start().await;
    let ada = connections_in_every_state(&causeway).await;
    let browser = adas_browser(&causeway).await;
    browser.presses("3 connections need attention").await;
    browser.presses("Affects 2 connections").await;
    browser.is_for_everyone("Connections").await;
    browser.presses("Actions for Production").await;
    browser.sees("Reauthorize").await;
    browser.is_for_everyone("The menu of a row").await;
    browser.presses_in("Actions for Production", "Unauthorize").await;
    browser.sees("depend on the consent of").await;
    browser.is_for_everyone("The dialog before unauthorizing").await;
    browser.presses("Unauthorize 1 connection").await;
    browser.sees("Authorize Production").await;
    browser.is_for_everyone("Connections with a checklist and a flag").await;
    browser.presses("Actions for Production").await;
    browser.sees("It is not authorized.").await;
    browser.is_for_everyone("The menu of a row with what cannot be done").await;
    browser.presses_in("Actions for Production", "Delete").await;
    browser.sees("Delete connection").await;
    browser.is_for_everyone("The dialog before deleting").await;
    browser.presses("Delete 1 connection").await;
    browser.sees("Restore").await;
    browser.is_for_everyone("Connections with a flag that restores").await;
    browser.presses("Show deleted").await;
    browser.sees("purged in").await;
    browser.is_for_everyone("Connections that are deleted").await;
    browser.opens("/?q=nowhere").await;
    browser.sees("No connection matches").await;
    browser.is_for_everyone("No connection matches").await;
    ada.calls::<api::SignOut>(&(), &api::Nothing {}).await.expect(204);
    browser.cannot_load("*/api/v1/connections*").await;
    browser.opens("/").await;
    browser.sees("Try again").await;
    browser.presses("Details").await;
    browser.is_for_everyone("Connections that cannot be loaded").await;
}

#[tokio::test]
async fn manage_connection_is_for_everyone_on_every_tab() {
    let causeway = Causeway::start().await;
    let ada = connections_in_every_state(&causeway).await;
    let connection = ada.connects("Staging", Person::Ada, MEADOW).await;
    let browser = adas_browser(&causeway).await;
    browser.presses("Staging").await;
    browser.sees("Checkup").await;
    let hold = causeway.model.inject_fault(Fault::before(Endpoint::Jira, Kind::Slow));
    browser.presses("Test").await;
    browser.sees("Looking at").await;
    browser.is_for_everyone("Overview while a checkup runs").await;
    hold.release();
    browser.sees("The connection works.").await;
    browser.is_for_everyone("Overview after a checkup").await;
    causeway.model.set_ip_allow_list(MEADOW, true);
    browser.presses("Test").await;
    browser.sees("must add these addresses").await;
    browser.sees("Interrupted").await;
    browser.is_for_everyone("Overview of an interrupted connection").await;
    causeway.model.set_ip_allow_list(MEADOW, false);
    browser.presses("Setup").await;
    browser.sees("Call Jira through this connection").await;
    browser.is_for_everyone("Setup").await;
    browser.presses("Reauthorize").await;
    browser.goes_to_the_pop_up().await;
    browser.presses("Bob Admin").await;
    browser.chooses("Use app on", "Meadow Health").await;
    browser.presses("Accept").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("What saving changes").await;
    browser.is_for_everyone("Setup before Save").await;
    browser.presses("Save").await;
    browser.sees("Go back to").await;
    browser.is_for_everyone("Overview with a way back").await;
    browser.presses("Setup").await;
    browser.fills_in("Name", "Test").await;
    let edit = api::ConnectionEdit { name: api::Name::parse("Acceptance").ok(), ..api::ConnectionEdit::default() };
    let version = ada.connection(&connection.id).await.version;
    ada.edits(&connection.id, &edit, version).await.expect(200);
    browser.presses("Save").await;
    browser.sees("Changed meanwhile").await;
    browser.is_for_everyone("Setup after a collision").await;
    browser.presses("Activity").await;
    browser.presses("Discard changes").await;
    browser.sees("Renamed").await;
    browser.is_for_everyone("Activity").await;
    for (name, seen) in [("Clinic", "Unauthorized"), ("Archive", "Scopes missing")] {
        browser.opens("/").await;
        browser.presses(name).await;
        browser.sees(seen).await;
        browser.sees("Kind").await;
        browser.is_for_everyone(&format!("Overview: {seen}")).await;
    }
}

#[tokio::test]
async fn keys_and_the_audit_log_are_for_everyone() {
    let causeway = Causeway::start().await;
    ada(&causeway).await.connects("Production", Person::Ada, HARBOUR).await;
    let browser = adas_browser(&causeway).await;
    browser.presses("API keys").await;
    browser.presses("Create API key").await;
    browser.presses("Only these").await;
    browser.sees("Production").await;
    browser.is_for_everyone("The dialog that makes a key").await;
    browser.presses("All connections").await;
    browser.presses("Create").await;
    browser.sees("Enter a name").await;
    browser.is_for_everyone("The dialog that makes a key, without a name").await;
    browser.fills_in("Name", "Build server").await;
    browser.presses("Create").await;
    browser.sees("API key created").await;
    browser.is_for_everyone("API keys with a new one").await;
    browser.presses("Revoke Build server").await;
    browser.sees("Revoke API key").await;
    browser.is_for_everyone("The dialog before a key is revoked").await;
    browser.presses("Cancel").await;
    browser.presses("Audit log").await;
    browser.sees("API key").await;
    browser.is_for_everyone("Audit log").await;
    browser.opens("/audit-log?q=nowhere").await;
    browser.sees("No entry matches these filters").await;
    browser.is_for_everyone("Audit log without a match").await;
}
