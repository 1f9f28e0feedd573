//! Markup in every text that somebody else chooses: it is shown as text, never runs, and loads nothing.

use atlassian::sites::HARBOUR;
use atlassian::{ConsentMode, Endpoint, Fault, Kind, Person, Resources};
use journeys::Causeway;
use journeys::browser::Browser;
use serde_json::json;

use crate::connecting::{goes_to_the_grid, logs_in_to_atlassian};

/// Markup that would run in several contexts, and closes the element or attribute that it may be in.
const MARKUP: &str =
    r#"</script></title>"'><img src=x onerror="window.ran=1"><svg onload="window.ran=1"><script>window.ran=1</script>"#;

/// The beginning of this text as it is shown.
const AS_TEXT: &str = "<img src=x onerror=";

fn named(what: &str) -> String {
    format!("{what} {MARKUP}")
}

/// The page in front shows the markup, and it did not run.
async fn shows_it_as_text(browser: &Browser, screen: &str) {
    browser.sees(AS_TEXT).await;
    has_run_nothing(browser, screen).await;
}

async fn has_run_nothing(browser: &Browser, screen: &str) {
    let ran =
        browser.runs("return 'ran' in window || document.querySelector('img[onerror], svg[onload]') !== null").await;
    assert_eq!(ran, false, "markup became part of {screen}");
    let said = browser.console().await;
    assert!(!said.contains("Content Security Policy"), "on {screen} the browser said:\n{said}");
}

#[tokio::test]
async fn markup_in_names_pictures_and_errors_is_text_on_every_screen() {
    let causeway = Causeway::start().await;
    causeway.model.set_name(Person::Ada, &named("Ada"));
    causeway.model.change_settings(|settings| settings.consent_mode = ConsentMode::SeveralSites);
    let jira = ["read:jira-work", "read:jira-user", "write:jira-work"];
    let site = |id: &str, avatar: &str| json!({ "id": id, "name": named("Site"), "url": format!("https://{MARKUP}"), "scopes": jira, "avatarUrl": avatar });
    let pictures = ["javascript:window.ran=1", "data:text/html,<script>window.ran=1</script>"];
    causeway.model.set_resources(Resources::Raw(json!([site(HARBOUR, pictures[0]), site("another", pictures[1])])));

    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.sees("No connections yet").await;
    shows_it_as_text(&browser, "the header").await;
    fails_to_authorize(&causeway, &browser).await;
    chooses_the_site_and_saves(&browser).await;
    walks_through_the_connection(&browser).await;
    walks_through_keys_and_the_log(&browser).await;
    let searched = url::form_urlencoded::byte_serialize(MARKUP.as_bytes()).collect::<String>();
    browser.opens(&format!("/?q={searched}x")).await;
    browser.sees("No connection matches").await;
    shows_it_as_text(&browser, "a search").await;
}

/// Error texts from Atlassian, from the callback and from the token endpoint.
async fn fails_to_authorize(causeway: &Causeway, browser: &Browser) {
    browser.presses("New connection").await;
    browser.presses("Authorize").await;
    browser.goes_to_the_pop_up().await;
    logs_in_to_atlassian(browser).await;
    let here = url::Url::parse(&browser.address().await).expect("an address");
    let state = here.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("error", MARKUP), ("error_description", MARKUP), ("state", &state)])
        .finish();
    browser.opens(&format!("/oauth/callback/cloud?{query}")).await;
    browser.sees("Unauthorized").await;
    browser.presses("Details").await;
    shows_it_as_text(browser, "the pop-up after a refusal").await;
    browser.presses("Close window").await;
    browser.sees_the_pop_up_go().await;
    browser.presses("Details").await;
    shows_it_as_text(browser, "the box after a refusal").await;

    let refusal = json!({ "error": MARKUP, "error_description": MARKUP }).to_string();
    causeway.model.inject_fault(Fault::before(Endpoint::Token, Kind::status(403, &refusal)));
    browser.presses("Authorize again").await;
    browser.goes_to_the_pop_up().await;
    browser.presses("Harbour Logistics").await;
    browser.presses("Accept").await;
    browser.sees("Unauthorized").await;
    has_run_nothing(browser, "the pop-up after a refused code").await;
    browser.presses("Close window").await;
    browser.sees_the_pop_up_go().await;
}

async fn chooses_the_site_and_saves(browser: &Browser) {
    browser.presses("Authorize again").await;
    browser.goes_to_the_pop_up().await;
    browser.presses("Harbour Logistics").await;
    browser.presses("Accept").await;
    browser.is_at("/authorize/aut_").await;
    browser.sees("Choose a site").await;
    shows_it_as_text(browser, "the choice of sites").await;
    // The avatar shows initials, because the content security policy forbids its URL.
    browser.presses("SS Site").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Not saved yet").await;
    shows_it_as_text(browser, "the box before Save").await;
    browser.fills_in("Name", &named("Connection")).await;
    browser.presses("Save").await;
    goes_to_the_grid(browser).await;
    shows_it_as_text(browser, "Connections").await;
}

async fn walks_through_the_connection(browser: &Browser) {
    browser.presses("Connection <").await;
    browser.sees("Checkup").await;
    shows_it_as_text(browser, "Overview").await;
    browser.presses("Test").await;
    browser.sees("Copy report").await;
    shows_it_as_text(browser, "a checkup").await;
    browser.presses("Setup").await;
    browser.sees("Call Jira through this connection").await;
    shows_it_as_text(browser, "Setup").await;
    browser.presses("Activity").await;
    browser.sees("Created, authorized as").await;
    shows_it_as_text(browser, "Activity").await;
    browser.presses("Overview").await;
    browser.presses("Unauthorize").await;
    browser.sees("depend on the consent of").await;
    shows_it_as_text(browser, "the dialog before unauthorizing").await;
    browser.presses("Unauthorize 1 connection").await;
    browser.sees("Authorize Connection").await;
    shows_it_as_text(browser, "the checklist").await;
    browser.presses("Delete").await;
    browser.sees("Delete connection").await;
    shows_it_as_text(browser, "the dialog before deleting").await;
    browser.presses("Delete 1 connection").await;
    browser.sees("Restore").await;
    browser.opens("/?deleted=true").await;
    browser.sees("purged in").await;
    shows_it_as_text(browser, "what is deleted").await;
}

async fn walks_through_keys_and_the_log(browser: &Browser) {
    browser.presses("API keys").await;
    browser.presses("Create API key").await;
    browser.fills_in("Name", &named("Key")).await;
    browser.presses("Create").await;
    browser.sees("API key created").await;
    shows_it_as_text(browser, "API keys").await;
    browser.presses("Revoke Key").await;
    browser.sees("Revoke API key").await;
    shows_it_as_text(browser, "the dialog before a key is revoked").await;
    browser.presses("Cancel").await;
    browser.presses("Audit log").await;
    browser.sees("API key").await;
    shows_it_as_text(browser, "Audit log").await;
}
