//! The main job by ear: what a screen reader comes to, in its order, and what the page says by itself. From signing in to
//! a connection that is authorized, saved, tested and authorized again.

use atlassian::Person;
use journeys::Causeway;
use journeys::browser::Browser;

use crate::connecting::logs_in_to_atlassian;

#[tokio::test]
async fn the_main_job_can_be_done_by_ear() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.listens().await;
    signs_in(&browser).await;
    authorizes_and_saves(&browser).await;
    tests(&browser).await;
    reauthorizes(&browser).await;
}

async fn signs_in(browser: &Browser) {
    browser.opens("/").await;
    browser.sees("Sign in to Causeway").await;
    let expected = [("banner", ""), ("main", ""), ("heading", "Sign in to Causeway"), ("link", "Sign in")];
    browser.hears_in_order("Sign in", &expected).await;
    browser.has_names_for_everything("Sign in").await;
    browser.signs_in_as(Person::Ada).await;
    browser.sees("No connections yet").await;
    let expected = [
        ("link", "Skip to the content"),
        ("banner", ""),
        ("navigation", "Main"),
        ("link", "Connections"),
        ("link", "API keys"),
        ("main", ""),
        ("heading", "Connections"),
        ("heading", "No connections yet"),
    ];
    browser.hears_in_order("No connections yet", &expected).await;
    browser.has_names_for_everything("No connections yet").await;
}

async fn authorizes_and_saves(browser: &Browser) {
    browser.presses("New connection").await;
    browser.sees("Not authorized").await;
    let expected = [
        ("main", ""),
        ("heading", "New connection"),
        ("textbox", "Name"),
        ("radio", "Jira Cloud"),
        ("region", "Not authorized"),
        ("button", "Authorize"),
        ("button", "Save"),
    ];
    browser.hears_in_order("New connection", &expected).await;
    browser.has_names_for_everything("New connection").await;
    browser.fills_in("Name", "Staging").await;
    browser.presses("Authorize").await;
    browser.hears("Waiting for Atlassian").await;
    browser.goes_to_the_pop_up().await;
    logs_in_to_atlassian(browser).await;
    browser.chooses("Use app on", "Harbour Logistics").await;
    browser.presses("Accept").await;
    browser.sees_the_pop_up_go().await;
    browser.hears("Authorized").await;
    let expected = [("heading", "Authorized"), ("button", "Authorize again"), ("button", "Save")];
    browser.hears_in_order("New connection before Save", &expected).await;
    browser.presses("Save").await;
    browser.sees("What now").await;
    browser.hears("Saved").await;
    let expected = [("heading", "Manage connection"), ("heading", "What now"), ("button", "Create API key")];
    browser.hears_in_order("Overview after the first Save", &expected).await;
    browser.presses("Connections").await;
    browser.sees("1 connection").await;
}

async fn tests(browser: &Browser) {
    let expected = [
        ("heading", "Connections"),
        ("searchbox", "Search connections"),
        ("table", "Connections"),
        ("columnheader", "Name"),
        ("columnheader", "Status"),
        ("rowheader", "Staging"),
        ("link", "Staging"),
        ("button", "Test Staging"),
        ("button", "Actions for Staging"),
    ];
    browser.hears_in_order("Connections", &expected).await;
    browser.has_names_for_everything("Connections").await;
    browser.presses("Staging").await;
    browser.sees("Checkup").await;
    let expected = [("heading", "Manage connection"), ("link", "Overview"), ("link", "Setup"), ("button", "Test")];
    browser.hears_in_order("Overview", &expected).await;
    browser.has_names_for_everything("Overview").await;
    browser.presses("Test").await;
    browser.hears("The connection works.").await;
}

async fn reauthorizes(browser: &Browser) {
    browser.presses("Setup").await;
    browser.sees("Call Jira through this connection").await;
    let expected =
        [("heading", "Manage connection"), ("textbox", "Name"), ("region", "Authorized"), ("button", "Reauthorize")];
    browser.hears_in_order("Setup", &expected).await;
    browser.has_names_for_everything("Setup").await;
    browser.presses("Reauthorize").await;
    browser.hears("Waiting for Atlassian").await;
    browser.goes_to_the_pop_up().await;
    browser.chooses("Use app on", "Harbour Logistics").await;
    browser.presses("Accept").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("What saving changes").await;
    let expected = [("heading", "Authorized"), ("heading", "What saving changes"), ("button", "Save")];
    browser.hears_in_order("Setup before Save", &expected).await;
    browser.presses("Save").await;
    browser.hears("Saved").await;
}

#[tokio::test]
async fn what_has_no_name_and_what_is_said_too_late_are_noticed() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.listens().await;
    browser.opens("/").await;
    browser.sees("Sign in to Causeway").await;
    browser.has_names_for_everything("Sign in").await;
    let spoil = "const main = document.querySelector('main');
        main.append(document.createElement('button'));
        const late = document.createElement('p');
        late.setAttribute('role', 'status');
        late.textContent = 'Said too late';
        main.append(late);
        const alert = document.createElement('p');
        alert.setAttribute('role', 'alert');
        alert.textContent = 'Said in time';
        main.append(alert);";
    browser.runs(spoil).await;
    browser.hears("Said in time").await;
    let said = browser.runs("return window.announcementNotes").await;
    assert!(!said.to_string().contains("Said too late"), "a region that comes with its words is not heard: {said}");
    let nameless = browser.stops().await.into_iter().filter(|stop| stop.role == "button" && stop.name.is_empty());
    assert_eq!(nameless.count(), 1);
}
