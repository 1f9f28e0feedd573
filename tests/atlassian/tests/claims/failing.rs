//! Faults, as a client meets them.

use atlassian::sites::HARBOUR;
use atlassian::{Endpoint, Fault, Kind, Outcome, Person, Stage};
use serde_json::json;

use crate::asking::{a_model, client, refusal, tokens};

const MYSELF: &str = "/ex/jira/1f0c6a52-6f3e-4b0a-8c4e-5d1a7e9b0001/rest/api/3/myself";

#[tokio::test]
async fn a_reset_after_the_commit_has_rotated_and_the_old_token_still_buys_a_pair() {
    let asking = a_model().await;
    let first = asking.authorized(Person::Ada, &[HARBOUR]).await;
    asking.model.inject_fault(Fault::after(Endpoint::Token, Kind::Reset));
    assert!(asking.refresh(&first.refresh).await.is_err());
    assert_eq!(asking.model.families()[0].pairs.len(), 2);
    tokens(asking.refresh(&first.refresh).await.unwrap()).await;
    assert_eq!(asking.model.token_requests(), 3);
}

#[tokio::test]
async fn a_reset_before_the_commit_has_rotated_nothing() {
    let asking = a_model().await;
    let first = asking.authorized(Person::Ada, &[HARBOUR]).await;
    asking.model.inject_fault(Fault::before(Endpoint::Token, Kind::Reset));
    assert!(asking.refresh(&first.refresh).await.is_err());
    assert_eq!(asking.model.families()[0].pairs.len(), 1);
}

#[tokio::test]
async fn an_answer_cut_short_promises_more_than_it_sends() {
    let asking = a_model().await;
    let first = asking.authorized(Person::Ada, &[HARBOUR]).await;
    asking.model.inject_fault(Fault::after(Endpoint::Token, Kind::CutShort));
    let mut response = asking.refresh(&first.refresh).await.unwrap();
    assert_eq!(response.status(), 200);
    let promised = response.content_length().unwrap();
    let half = response.chunk().await.unwrap().unwrap();
    assert_eq!(half.len() as u64, promised / 2);
    assert!(response.chunk().await.is_err());
}

#[tokio::test]
async fn a_slow_answer_waits_until_it_is_released() {
    let asking = a_model().await;
    let first = asking.authorized(Person::Ada, &[HARBOUR]).await;
    let hold = asking.model.inject_fault(Fault::after(Endpoint::Token, Kind::Slow));
    let (model, answer) = (asking.model.clone(), asking.refresh(&first.refresh));
    let (answer, ()) = tokio::join!(answer, async {
        model.wait_for_token_request(2).await;
        assert_eq!(model.requests()[1].outcome, Outcome::Unanswered);
        hold.release();
    });
    tokens(answer.unwrap()).await;
}

#[tokio::test]
async fn clearing_releases_what_is_held() {
    let asking = a_model().await;
    let first = asking.authorized(Person::Ada, &[HARBOUR]).await;
    asking.model.inject_fault(Fault::before(Endpoint::Token, Kind::Slow).until_cleared());
    let (model, answer) = (asking.model.clone(), asking.refresh(&first.refresh));
    let (answer, ()) = tokio::join!(answer, async {
        model.wait_for_token_request(2).await;
        model.clear_faults();
    });
    tokens(answer.unwrap()).await;
}

#[tokio::test]
async fn statuses_html_nothing_bytes_and_redirects_come_as_ordered() {
    let asking = a_model().await;
    let orders = [
        (Kind::status(503, "{}"), 503, "{}"),
        (Kind::Empty, 200, ""),
        (Kind::Body(vec![0x7b, 0xff]), 200, "{\u{fffd}"),
        (Kind::Redirect("https://elsewhere.example/".into()), 302, ""),
    ];
    for (kind, status, body) in orders {
        asking.model.inject_fault(Fault::before(Endpoint::Token, kind));
        let response = asking.refresh("any").await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.text().await.unwrap(), body);
    }
    asking.model.inject_fault(Fault::before(Endpoint::Token, Kind::Html));
    assert!(asking.refresh("any").await.unwrap().text().await.unwrap().starts_with("<!doctype html>"));
}

#[tokio::test]
async fn a_fault_strikes_only_the_path_it_was_ordered_for_and_only_so_often() {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    let fault = Fault::before(Endpoint::Jira, Kind::status(502, "")).on_path("/myself").times(2);
    asking.model.inject_fault(fault);
    let status = MYSELF.replace("myself", "status");
    assert_eq!(asking.get(&status, &tokens.access).await.status(), 200);
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(asking.get(MYSELF, &tokens.access).await.status().as_u16());
    }
    assert_eq!(seen, [502, 502, 200]);
}

#[tokio::test]
async fn an_impossible_fault_says_so() {
    let asking = a_model().await;
    let headers = vec![("not a name".into(), String::new())];
    asking.model.inject_fault(Fault::before(Endpoint::Token, Kind::Status { code: 200, body: String::new(), headers }));
    let response = asking.refresh("any").await.unwrap();
    assert_eq!(response.status(), 500);
    assert!(response.text().await.unwrap().contains("cannot be sent"));
}

#[tokio::test]
async fn every_request_is_recorded_with_what_became_of_it() {
    let asking = a_model().await;
    let first = asking.authorized(Person::Ada, &[HARBOUR]).await;
    asking.model.inject_fault(Fault::after(Endpoint::Me, Kind::Reset));
    assert!(asking.http.get(asking.url("/me?x=%20y")).bearer_auth(&first.access).send().await.is_err());
    let requests = asking.model.requests();
    assert_eq!((requests[0].endpoint, requests[0].outcome.clone()), (Endpoint::Token, Outcome::Answered(200)));
    assert!(String::from_utf8_lossy(&requests[0].body).contains("authorization_code"));
    assert_eq!((requests[1].endpoint, requests[1].outcome.clone()), (Endpoint::Me, Outcome::Faulted(None)));
    assert_eq!((requests[1].path.as_str(), requests[1].query.as_str()), ("/me", "x=%20y"));
    assert_eq!(requests[1].header("authorization"), Some(format!("Bearer {}", first.access).as_str()));
}

#[tokio::test]
async fn after_shutting_down_nobody_answers() {
    let asking = a_model().await;
    let url = asking.url("/me");
    asking.model.clone().shutdown().await;
    assert!(asking.http.get(&url).send().await.is_err());
    let second = a_model().await;
    let answer = refusal(second.http.get(second.url("/me")).send().await.unwrap()).await;
    assert_eq!(answer, (401, json!({ "code": 401, "message": "Unauthorized" })));
}

#[tokio::test]
async fn the_model_ends_with_the_last_handle() {
    let asking = a_model().await;
    let (url, second) = (asking.url("/me"), asking.model.clone());
    drop(asking);
    assert_eq!(client().get(&url).send().await.unwrap().status(), 401);
    drop(second);
    assert!(client().get(&url).send().await.is_err());
}

#[tokio::test]
async fn a_fault_strikes_one_operation_before_or_after_its_work_is_done() {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    let at = |path: &str| format!("/ex/jira/{HARBOUR}/rest/api/3/{path}");
    let fields = json!({ "project": { "key": "DOCK" }, "issuetype": { "name": "Task" }, "summary": "Lost answer" });
    let body = json!({ "fields": fields });
    for (stage, made) in [(Stage::BeforeCommit, 404), (Stage::AfterCommit, 200)] {
        let fault =
            Fault::after(Endpoint::Jira, Kind::status_of_type(200, "text/html", "{}")).on_operation("createIssue");
        asking.model.inject_fault(Fault { stage, ..fault });
        assert_eq!(asking.get(&at("issue/DOCK-1"), &tokens.access).await.status(), 200, "another operation");
        let answer = asking.post(&at("issue"), &tokens.access, &body).await;
        assert_eq!(answer.headers()["content-type"], "text/html");
        assert_eq!(asking.get(&at("issue/DOCK-13"), &tokens.access).await.status(), made, "{stage:?}");
    }
}
