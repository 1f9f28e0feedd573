//! No secret leaks. The searches look for every token that the model ever issued, and for every configured secret.

use std::fs;
use std::time::Duration;

use atlassian::Person;
use atlassian::sites::HARBOUR;
use journeys::leak_search;
use journeys::{Causeway, Connected, RecordingProxy};

use crate::connecting::{about_to_connect, consents};

/// Tokens, client secrets and sealing keys.
fn secrets(causeway: &Causeway) -> Vec<String> {
    let configured = ["ATLASSIAN_CLIENT_SECRET", "OIDC_CLIENT_SECRET", "SEALING_KEYS"];
    let value = |name| causeway.configuration().get(name).expect("it is configured").to_owned();
    let mut secrets: Vec<String> = configured.into_iter().map(value).collect();
    let sealing_key = secrets[2].split_once(':').expect("a key id").1.to_owned();
    secrets.push(sealing_key);
    let tokens = causeway.model.tokens_issued();
    assert!(tokens.len() >= 2, "tokens were issued");
    secrets.extend(tokens);
    secrets
}

/// Connects, calls, refreshes and calls again, so that everything that the Worker stores or logs is there.
async fn a_working_day(causeway: &Causeway) -> Connected {
    let connected = Connected::at(causeway).await;
    connected.calls("/rest/api/3/myself").await.expect(200);
    causeway.model.advance_clock(Duration::from_mins(61));
    connected.calls("/rest/api/3/myself").await.expect(200);
    connected
}

#[tokio::test]
async fn nothing_on_disk_holds_a_secret_in_the_clear() {
    let causeway = Causeway::start().await;
    let connected = a_working_day(&causeway).await;
    let mut needles = secrets(&causeway);
    needles.push(connected.key.clone());
    let (files, bytes) = leak_search::extent(&causeway.worker.state());
    assert!(files >= 3 && bytes > 10_000, "KV and SQLite were written: {files} files, {bytes} bytes");
    assert_eq!(leak_search::in_files(&causeway.worker.state(), &needles), []);
    let harbour = [connected.connection.id.to_string()];
    assert!(!leak_search::in_files(&causeway.worker.state(), &harbour).is_empty(), "the search finds what is there");
}

#[tokio::test]
async fn the_log_holds_no_secret_and_takes_no_forged_line() {
    let causeway = Causeway::start_with_wrangler_dev().await;
    let connected = a_working_day(&causeway).await;
    let started = connected.administrator.starts_to_authorize(None).await;
    let callback = connected.administrator.accepts(&started, Person::Ada, &[HARBOUR]).await;
    connected.administrator.gets(callback.as_str()).await.expect(303);
    connected.calls("/rest/%0d%0aFORGED%20LINE").await;
    causeway.visitor().gets("/api/v1/%0d%0aFORGED%20LINE?x=%0d%0aFORGED%20LINE").await;
    causeway.model.revoke_consent(Person::Ada);
    let refused = connected.calls("/rest/api/3/myself").await;
    assert!(refused.status >= 400, "what fails is logged, too");

    let mut needles = secrets(&causeway);
    needles.push(connected.key.clone());
    needles.extend(callback.query_pairs().map(|(_, value)| value.into_owned()));
    let log = fs::read(causeway.worker.log_file()).expect("the Worker logs");
    assert!(log.len() > 1000, "the Worker logs");
    assert_eq!(leak_search::in_bytes(&log, &needles), Vec::<usize>::new());
    let forged = String::from_utf8_lossy(&log).lines().any(|line| line.trim_start().starts_with("FORGED"));
    assert!(!forged, "a path has written a line of its own");
}

#[tokio::test]
async fn nothing_that_a_browser_received_holds_a_token_or_a_configured_secret() {
    let proxy = RecordingProxy::listen().await;
    let causeway = Causeway::start_behind(&proxy).await;
    let browser = about_to_connect(&causeway, "Staging").await;
    consents(&browser, "Harbour Logistics").await;
    browser.sees_the_pop_up_go().await;
    browser.presses("Save").await;
    browser.sees("What now").await;
    browser.presses("Setup").await;
    browser.sees("Call Jira through this connection").await;
    browser.presses("API keys").await;
    browser.presses("Create API key").await;
    browser.fills_in("Name", "Build server").await;
    browser.presses("Create").await;
    browser.sees("API key created").await;

    let heard = proxy.heard();
    let in_the_clear = ["\"name\":\"Staging\"".to_owned()];
    assert_eq!(leak_search::in_bytes(&heard, &in_the_clear), [0], "the search finds what is there");
    assert_eq!(leak_search::in_bytes(&heard, &secrets(&causeway)), Vec::<usize>::new());
    let kept = browser.runs("return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])").await;
    assert_eq!(kept.as_str().map(|kept| kept.contains("__Host-")), Some(false), "scripts can read no session: {kept}");
}
