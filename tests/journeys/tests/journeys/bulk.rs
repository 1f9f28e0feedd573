//! Many connections at once: bulk actions with a review, and the list as a file and on paper.

use api::{DeactivateConnection, Nothing, State};
use atlassian::Person;
use atlassian::sites::{HARBOUR, MEADOW, TINKER};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use journeys::browser::Browser;
use journeys::{Causeway, PATIENCE, Visitor, eventually};
use serde_json::json;

/// Three connections of Ada's, *East* deactivated, and her browser at the list.
async fn three_connections(causeway: &Causeway) -> (Visitor, Browser) {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    for (name, site) in [("North", HARBOUR), ("South", MEADOW), ("East", TINKER)] {
        let connection = ada.connects(name, Person::Ada, site).await;
        if name == "East" {
            ada.calls::<DeactivateConnection>(&connection.id, &Nothing {}).await.expect(200);
        }
    }
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.sees("3 connections").await;
    (ada, browser)
}

async fn states(ada: &Visitor) -> Vec<(String, State)> {
    let list: api::ConnectionPage = ada.gets("/api/v1/connections").await.expect(200).json();
    list.items.iter().map(|one| (one.name.to_string(), one.status.state())).collect()
}

#[tokio::test]
async fn a_bulk_action_names_what_it_does_and_what_it_leaves_out_before_it_does_it() {
    let causeway = Causeway::start().await;
    let (ada, browser) = three_connections(&causeway).await;
    browser.is_for_everyone("Connections that can be selected").await;
    for name in ["North", "South", "East"] {
        browser.presses(&format!("Select {name}")).await;
    }
    browser.sees("3 selected").await;
    browser.presses_in("Bulk actions", "Deactivate").await;
    browser.sees("North").await;
    browser.sees("Left out: 1 connection").await;
    browser.is_for_everyone("The review of a bulk action").await;
    assert!(states(&ada).await.iter().all(|(name, state)| (*state == State::Deactivated) == (name == "East")));
    browser.presses("Deactivate 2 connections").await;
    let all = eventually(PATIENCE, async || {
        states(&ada).await.iter().all(|(_, state)| *state == State::Deactivated).then_some(())
    });
    assert!(all.await.is_some(), "{:?}", states(&ada).await);
    browser.sees("Done: 2 of 2.").await;
    browser.presses("Close").await;
    browser.sees_in_the_row("North", &["Deactivated", "By Ada Admin"]).await;
    browser.sees_in_the_row("South", &["Deactivated", "By Ada Admin"]).await;
}

#[tokio::test]
async fn the_list_is_exported_as_it_is_filtered() {
    let causeway = Causeway::start().await;
    let (_, browser) = three_connections(&causeway).await;
    // A file that is saved is made of a blob, whose words are kept here.
    let keep = "window.exported = undefined;
        const make = URL.createObjectURL.bind(URL);
        URL.createObjectURL = (blob) => {
            blob.text().then((text) => (window.exported = text));
            return make(blob);
        };";
    let exports = async |entry: &str| {
        browser.runs(keep).await;
        browser.presses("Export or print the list").await;
        browser.presses(entry).await;
        let file = async || browser.runs("return window.exported").await.as_str().map(str::to_owned);
        eventually(PATIENCE, file).await.expect("a file is saved")
    };
    let all = exports("Export as CSV").await;
    assert_eq!(all.trim_end().lines().count(), 4, "a line of names, and one for each: {all}");
    assert!(!all.contains("access_token") && !all.contains("refresh_token"), "{all}");
    browser.fills_in("Search connections", "north").await;
    browser.sees("All 1").await;
    let one = exports("Export as CSV").await;
    assert!(one.contains("North") && !one.contains("South"), "{one}");
    let json = exports("Export as JSON").await;
    assert!(json.contains("\"North\"") && !json.contains("South"), "{json}");
    browser.opens("/audit-log").await;
    browser.sees("xported").await;
}

/// A whole list on paper: all connections, without what can only be pressed.
#[tokio::test]
async fn a_printed_list_is_a_few_pages_that_a_person_would_hand_on() {
    let causeway = Causeway::start().await;
    let (_, browser) = three_connections(&causeway).await;
    let pages = prints(&browser).await;
    assert_eq!(pages, 1, "three connections fit on one page");
    browser.driver().cdp().send_raw("Emulation.setEmulatedMedia", json!({ "media": "print" })).await.expect("print");
    let paper = browser.text().await.unwrap_or_default();
    for words in ["North", "South", "East"] {
        assert!(paper.contains(words), "{words} is not on paper: {paper}");
    }
    for words in ["New connection", "Sign out", "Skip to the content"] {
        assert!(!paper.contains(words), "{words} is on paper: {paper}");
    }
}

/// How many pages the window in front has on paper.
async fn prints(browser: &Browser) -> usize {
    let parameters = json!({ "paperWidth": 8.27, "paperHeight": 11.69, "printBackground": false });
    let printed = browser.driver().cdp().send_raw("Page.printToPDF", parameters).await.expect("Chromium prints");
    let pdf = STANDARD.decode(printed["data"].as_str().expect("a PDF")).expect("base64");
    let text = String::from_utf8_lossy(&pdf);
    let pages = text.matches("/Type /Page\n").count() + text.matches("/Type /Page ").count();
    assert!(pages > 0, "the pages can be counted");
    pages
}
