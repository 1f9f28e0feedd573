//! Jira Cloud: consents, allowlists, outages, scopes.

use std::time::{Duration, SystemTime};

use api::State;
use atlassian::sites::{HARBOUR, MEADOW, TINKER};
use atlassian::{Endpoint, Fault, Kind, Person};

use super::{Situation, expected};

const ADDRESSES: &str = "203.0.113.7,198.51.100.0/28";

fn outage(endpoint: Endpoint) -> Fault {
    Fault::before(endpoint, Kind::status(503, r#"{"error":"down for maintenance"}"#)).until_cleared()
}

#[tokio::test]
async fn a_consent_that_was_removed_is_told_after_the_first_call() {
    let situation = Situation::begins().await;
    let connection = situation.connects("Harbour", Person::Ada, HARBOUR).await;
    situation.call(&connection).await.expect(200);
    let removed = SystemTime::now();
    situation.by_http.causeway.model.revoke_consent(Person::Ada);
    situation.call(&connection).await.expect(409);
    situation.is_told("Harbour", &expected::CONSENT_REMOVED, removed).await;
}

#[tokio::test]
async fn an_allowlist_set_just_after_a_passed_test_turns_the_row_within_seconds_and_back() {
    let situation = Situation::begins_with(|all| all.with("EGRESS_ADDRESSES", ADDRESSES)).await;
    let connection = situation.connects("Harbour", Person::Ada, HARBOUR).await;
    situation.tests("Harbour").await;
    situation.browser.sees("The connection works.").await;
    let set = SystemTime::now();
    situation.by_http.causeway.model.set_ip_allow_list(HARBOUR, true);
    situation.calls_in_vain(&connection).await;
    situation.comes_to(&connection, State::Interrupted).await;
    situation.is_told("Harbour", &expected::ALLOWLIST_WITH_ADDRESSES, set).await;

    situation.by_http.causeway.model.set_ip_allow_list(HARBOUR, false);
    situation.call(&connection).await.expect(200);
    situation.comes_to(&connection, State::Authorized).await;
    situation.is_told("Harbour", &expected::WORKS_AGAIN, set).await;
}

#[tokio::test]
async fn an_allowlist_says_where_to_find_the_addresses_if_the_operator_named_none() {
    let situation = Situation::begins_with(|all| all.without("EGRESS_ADDRESSES")).await;
    situation.connects("Harbour", Person::Ada, HARBOUR).await;
    let set = SystemTime::now();
    situation.by_http.causeway.model.set_ip_allow_list(HARBOUR, true);
    situation.tests("Harbour").await;
    situation.is_told("Harbour", &expected::ALLOWLIST_WITHOUT_ADDRESSES, set).await;
}

#[tokio::test]
async fn an_outage_of_jira_is_told_although_nobody_tested_and_ends_with_the_first_call_that_works() {
    let situation = Situation::begins().await;
    let connection = situation.connects("Harbour", Person::Ada, HARBOUR).await;
    situation.call(&connection).await.expect(200);
    let began = SystemTime::now();
    situation.by_http.causeway.model.inject_fault(outage(Endpoint::Jira));
    situation.calls_in_vain(&connection).await;
    situation.comes_to(&connection, State::Interrupted).await;
    situation.is_told("Harbour", &expected::JIRA_OUTAGE_SEEN_BY_CALLS, began).await;

    situation.by_http.causeway.model.clear_faults();
    situation.call(&connection).await.expect(200);
    situation.comes_to(&connection, State::Authorized).await;
    situation.is_told("Harbour", &expected::WORKS_AGAIN, began).await;
}

#[tokio::test]
async fn an_outage_of_jira_is_told_after_a_test() {
    let situation = Situation::begins().await;
    situation.connects("Harbour", Person::Ada, HARBOUR).await;
    let began = SystemTime::now();
    situation.by_http.causeway.model.inject_fault(outage(Endpoint::Jira));
    situation.tests("Harbour").await;
    situation.is_told("Harbour", &expected::JIRA_OUTAGE, began).await;
}

#[tokio::test]
async fn an_outage_of_two_sites_is_one_story() {
    let situation = Situation::begins().await;
    let sites = [("North", HARBOUR), ("South", MEADOW), ("East", TINKER)];
    let mut connections = Vec::new();
    for (name, site) in sites {
        connections.push(situation.connects(name, Person::Ada, site).await);
    }
    situation.by_http.causeway.model.inject_fault(outage(Endpoint::Jira));
    for connection in &connections {
        situation.calls_in_vain(connection).await;
        situation.comes_to(connection, State::Interrupted).await;
    }
    situation.browser.opens("/").await;
    situation.browser.sees_on_the_screen(expected::OUTAGE_OF_SEVERAL_SITES).await;
}

#[tokio::test]
async fn an_outage_of_atlassians_sign_in_service_blames_neither_the_site_nor_the_account() {
    let situation = Situation::begins().await;
    let connection = situation.connects("Harbour", Person::Ada, HARBOUR).await;
    situation.call(&connection).await.expect(200);
    let began = SystemTime::now();
    let model = &situation.by_http.causeway.model;
    model.inject_fault(outage(Endpoint::Token));
    model.advance_clock(Duration::from_mins(61));
    situation.calls_in_vain(&connection).await;
    situation.comes_to(&connection, State::Interrupted).await;
    situation.is_told("Harbour", &expected::SIGN_IN_SERVICE_OUTAGE, began).await;
}

#[tokio::test]
async fn a_scope_that_is_missing_is_one_verdict_before_and_after_a_test() {
    let situation = Situation::begins().await;
    let before = SystemTime::now();
    let model = &situation.by_http.causeway.model;
    model.change_settings(|settings| settings.withheld_scopes = vec!["write:jira-work".to_owned()]);
    let connection = situation.connects("Harbour", Person::Ada, HARBOUR).await;
    situation.call(&connection).await.expect(200);
    situation.is_told("Harbour", &expected::SCOPE_MISSING, before).await;
    situation.tests("Harbour").await;
    situation.is_told("Harbour", &expected::SCOPE_MISSING, before).await;
    assert_eq!(situation.by_http.ada.connection(&connection.id).await.status.state(), State::Authorized);
}

#[tokio::test]
async fn a_client_secret_that_atlassian_refuses_sends_nobody_but_the_operator() {
    let situation = Situation::begins_with(|all| all.with("SUPPORT_URL", "mailto:help@example.com")).await;
    let connection = situation.connects("Harbour", Person::Ada, HARBOUR).await;
    let began = SystemTime::now();
    let refusal = Kind::status(401, r#"{"error":"access_denied","error_description":"Unauthorized"}"#);
    let model = &situation.by_http.causeway.model;
    model.inject_fault(Fault::before(Endpoint::Token, refusal).until_cleared());
    model.advance_clock(Duration::from_mins(61));
    situation.calls_in_vain(&connection).await;
    situation.comes_to(&connection, State::Interrupted).await;
    situation.is_told("Harbour", &expected::CLIENT_REFUSED, began).await;
}
