//! An app that cannot start says so.

use journeys::Causeway;

#[tokio::test]
async fn a_browser_that_cannot_load_the_app_shows_a_readable_message() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.cannot_load("*.wasm").await;
    browser.opens("/").await;
    browser.sees("Causeway cannot start").await;
    browser.sees("Try again").await;
}

#[tokio::test]
async fn a_browser_without_web_assembly_shows_a_readable_message() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.runs_before_every_page("delete globalThis.WebAssembly").await;
    browser.opens("/").await;
    browser.sees("Causeway cannot start").await;
    browser.sees("WebAssembly").await;
}
