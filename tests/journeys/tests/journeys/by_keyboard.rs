//! The main tasks without a mouse: Tab, Enter, Space, arrows, Escape; letters only in fields.

use atlassian::Person;
use journeys::Causeway;
use journeys::browser::Browser;
use thirtyfour::Key;

/// In the pop-up: logs in as Ada, picks *Harbour Logistics*, accepts.
async fn consents(browser: &Browser) {
    browser.sees("Log in to Atlassian").await;
    browser.enters("Ada Admin").await;
    browser.sees("is requesting access").await;
    browser.tabs_to("Use app on").await;
    browser.types(Key::Down).await;
    browser.enters("Accept").await;
}

#[tokio::test]
async fn everything_can_be_done_by_keyboard_alone() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.opens("/").await;
    browser.sees("Sign in to Causeway").await;
    browser.enters("Sign in").await;
    browser.sees(Person::Ada.name()).await;
    browser.enters(Person::Ada.name()).await;
    browser.sees("No connections yet").await;
    browser.types(Key::Tab).await;
    browser.has_the_focus_on("Skip to the content").await;

    connects(&browser).await;
    tests_and_renames(&browser).await;
    unauthorizes_from_the_menu(&browser).await;
    deletes_and_restores(&browser).await;
    assert_eq!(causeway.model.token_requests(), 1);
}

async fn connects(browser: &Browser) {
    browser.enters("Make the first connection").await;
    browser.sees("Not authorized").await;
    browser.has_the_focus_on("New connection").await;
    browser.tabs_to("Name").await;
    browser.types("Staging").await;
    browser.enters("Authorize").await;
    browser.goes_to_the_pop_up().await;
    consents(browser).await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Not saved yet").await;
    browser.has_the_focus_on("Authorize again").await;
    browser.enters("Save").await;
    browser.sees("What now").await;
    browser.has_the_focus_on("Manage connection").await;
    browser.enters("Connections").await;
    browser.sees("1 connection").await;
    browser.has_the_focus_on("Connections").await;
}

async fn tests_and_renames(browser: &Browser) {
    browser.enters("Staging").await;
    browser.sees("Checkup").await;
    browser.has_the_focus_on("Manage connection").await;
    browser.tabs_to("Test").await;
    browser.types(Key::Space).await;
    browser.sees("The connection works.").await;
    browser.has_the_focus_on("Test").await;
    browser.enters("Setup").await;
    browser.sees("Call Jira through this connection").await;
    browser.has_the_focus_on("Setup").await;
    // Tab selects the text of a field.
    browser.tabs_to("Name").await;
    browser.types("Acceptance").await;
    browser.enters("Connections").await;
    browser.sees("Discard changes?").await;
    browser.has_the_focus_on("Keep editing").await;
    browser.types(Key::Escape).await;
    browser.no_longer_sees("Discard changes?").await;
    browser.has_the_focus_on("Connections").await;
    browser.tabs_to("Name").await;
    // Enter in a field saves.
    browser.types(Key::Enter).await;
    browser.sees("Saved").await;
    browser.sees("1 connection").await;
    browser.has_the_focus_on("Connections").await;
}

async fn unauthorizes_from_the_menu(browser: &Browser) {
    browser.enters("Actions for Acceptance").await;
    browser.has_the_focus_on("Edit").await;
    browser.types(Key::Escape).await;
    browser.has_the_focus_on("Actions for Acceptance").await;
    browser.types(Key::Space).await;
    browser.has_the_focus_on("Edit").await;
    browser.types(Key::Down + Key::Down + Key::Down + Key::Down + Key::Down).await;
    browser.has_the_focus_on("Unauthorize").await;
    browser.types(Key::Enter).await;
    browser.sees("depend on the consent of").await;
    browser.has_the_focus_on("Cancel").await;
    browser.types(Key::Enter).await;
    browser.has_the_focus_on("Actions for Acceptance").await;
    browser.types(Key::Enter).await;
    browser.has_the_focus_on("Edit").await;
    browser.types(Key::Down + Key::Down + Key::Down + Key::Down + Key::Down).await;
    browser.types(Key::Enter).await;
    browser.sees("depend on the consent of").await;
    browser.enters("Unauthorize 1 connection").await;
    browser.has_the_focus_on("Unauthorized 1 connection").await;
    browser.enters("Dismiss").await;
    browser.no_longer_sees("Nothing can be called through these").await;
    browser.has_not_lost_the_focus().await;
}

async fn deletes_and_restores(browser: &Browser) {
    browser.enters("Actions for Acceptance").await;
    browser.types(Key::Up).await;
    browser.has_the_focus_on("Delete").await;
    browser.types(Key::Enter).await;
    browser.has_the_focus_on("Cancel").await;
    browser.enters("Delete 1 connection").await;
    browser.sees("No connections yet").await;
    browser.has_not_lost_the_focus().await;
    browser.tabs_to("Show deleted").await;
    browser.types(Key::Space).await;
    browser.sees("purged in").await;
    browser.has_the_focus_on("Show deleted").await;
    browser.enters("Restore Acceptance").await;
    browser.sees("No deleted connections").await;
    browser.has_not_lost_the_focus().await;
    browser.enters("Clear filters").await;
    browser.sees("1 connection").await;
    browser.has_not_lost_the_focus().await;
    browser.sees("Acceptance").await;
}
