//! A grant stays fresh, whatever happens while it is refreshed.

use std::time::Duration;

use atlassian::{Endpoint, Fault, Kind, Stage};
use futures::future::join_all;
use journeys::{Causeway, Connected, PATIENCE, eventually};

const PAST_THE_TOKENS_LIFE: Duration = Duration::from_mins(61);

#[tokio::test]
async fn fifty_calls_after_the_token_expired_cost_one_token_request() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    connected.calls("/rest/api/3/myself").await.expect(200);
    let before = causeway.model.token_requests();
    causeway.model.advance_clock(PAST_THE_TOKENS_LIFE);
    let answers = join_all((0..50).map(|_| connected.calls("/rest/api/3/myself"))).await;
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status != 200).collect();
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!(causeway.model.token_requests(), before + 1);
}

/// Kills `workerd` while the token endpoint holds back its answer, having done its work or not, and starts it again with
/// `wrangler dev`. That takes seconds: a call in the first second would be answered 502 for a minute, because Jira's
/// refusal of a token forces one refresh a minute at most, and the interrupted one counts.
async fn killed_while_refreshing(stage: Stage) {
    let mut causeway = Causeway::start_with_wrangler_dev().await;
    let connected = Connected::at(&causeway).await;
    let before = causeway.model.token_requests();
    causeway.model.advance_clock(PAST_THE_TOKENS_LIFE);
    let fault = Fault { stage, ..Fault::after(Endpoint::Token, Kind::Slow) };
    let hold = causeway.model.inject_fault(fault);
    let call = async {
        let address = format!("/api/v1/connections/{}/jira/rest/api/3/myself", connected.connection.id);
        let machine = causeway.visitor();
        let request = machine.request(reqwest::Method::GET, &address).bearer_auth(&connected.key);
        // The call fails when the Worker is killed.
        let _lost = request.send().await;
    };
    tokio::select! {
        () = call => panic!("the call was answered although the token endpoint holds back its answer"),
        () = causeway.model.wait_for_token_request(before + 1) => {}
    }
    causeway.worker.is_killed_and_restarted().await;
    hold.release();
    let works =
        eventually(PATIENCE, async || (connected.calls("/rest/api/3/myself").await.status == 200).then_some(()));
    assert!(works.await.is_some(), "the connection does not work any more");
    // Calls are counted in batches: one that succeeds ends, a moment later, what calls that failed have shown.
    let status = async || connected.administrator.connection(&connected.connection.id).await.status;
    let stands = eventually(PATIENCE, async || (status().await == api::Status::Authorized).then_some(()));
    assert!(stands.await.is_some(), "{:?}", status().await);
    let requests = causeway.model.token_requests() - before;
    assert!(requests <= 2, "{requests} token requests");
}

#[tokio::test]
async fn workerd_killed_after_the_token_request_left_loses_nothing() {
    killed_while_refreshing(Stage::BeforeCommit).await;
}

#[tokio::test]
async fn workerd_killed_after_atlassian_rotated_the_token_loses_nothing() {
    killed_while_refreshing(Stage::AfterCommit).await;
}

#[tokio::test]
async fn a_restart_finds_every_connection_key_and_session() {
    let mut causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    causeway.worker.is_killed_and_restarted().await;
    connected.calls("/rest/api/3/myself").await.expect(200);
    let found = connected.administrator.connection(&connected.connection.id).await;
    // Whether the call is counted already is another matter.
    assert_eq!(api::Connection { calls: None, ..found }, connected.connection);
}

#[tokio::test]
async fn a_refused_refresh_token_turns_the_connection_red_with_its_cause() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    causeway.model.revoke_consent(atlassian::Person::Ada);
    let answer = connected.calls("/rest/api/3/myself").await.expect(409);
    assert_eq!(answer.problem(), Some(api::ProblemCode::ConnectionUnauthorized));
    let status = connected.administrator.connection(&connected.connection.id).await.status;
    assert_eq!(status.cause(), Some(api::Cause::GrantRefused), "{status:?}");
    let before = causeway.model.token_requests();
    connected.calls("/rest/api/3/myself").await.expect(409);
    assert_eq!(causeway.model.token_requests(), before, "a dead token is not presented again");
}

#[tokio::test]
async fn a_wrong_client_secret_marks_no_connection() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let refusal = Kind::status(401, r#"{"error":"access_denied","error_description":"Unauthorized"}"#);
    causeway.model.inject_fault(Fault::before(Endpoint::Token, refusal).until_cleared());
    causeway.model.advance_clock(PAST_THE_TOKENS_LIFE);
    let answer = connected.calls("/rest/api/3/myself").await;
    assert!(answer.status >= 500, "{answer:?}");
    let status = connected.administrator.connection(&connected.connection.id).await.status;
    assert_ne!(status.state(), api::State::Unauthorized, "nobody has to reauthorize");
}
