//! Jira's REST API behind the gateway.

use std::time::{Duration, UNIX_EPOCH};

use atlassian::sites::{HARBOUR, MEADOW};
use atlassian::{Person, RateLimit, Reason};
use serde_json::{Value, json};

use crate::asking::{Asking, Tokens, a_model, json_of, refusal};

fn at(path: &str) -> String {
    format!("/ex/jira/{HARBOUR}/rest/api/3/{path}")
}

fn document(text: &str) -> Value {
    json!({ "type": "doc", "version": 1,
        "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": text }] }] })
}

async fn ada_at_harbour() -> (Asking, Tokens) {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    (asking, tokens)
}

/// The quota is refilled at the top of the hour, which must not come in the middle of a test.
async fn ada_early_in_an_hour() -> (Asking, Tokens) {
    let asking = a_model().await;
    let now = asking.model.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    asking.model.advance_clock(Duration::from_secs(3_660 - now % 3_600));
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    (asking, tokens)
}

#[tokio::test]
async fn myself_names_the_person_of_the_token() {
    let (asking, tokens) = ada_at_harbour().await;
    let myself = json_of(asking.get(&at("myself"), &tokens.access).await).await;
    assert_eq!(myself["accountId"], Person::Ada.account_id());
    assert_eq!(myself["displayName"], "Ada Admin");
    assert_eq!(myself["emailAddress"], "ada@example.com");
}

#[tokio::test]
async fn server_info_answers_anybody_and_proves_nothing() {
    let asking = a_model().await;
    for token in ["", "unknown"] {
        let info = json_of(asking.get(&at("serverInfo"), token).await).await;
        assert_eq!(info["baseUrl"], "https://harbour.atlassian.net");
        assert_eq!(info["deploymentType"], "Cloud");
    }
}

#[tokio::test]
async fn an_unknown_token_is_refused_with_headers_that_must_not_pass_a_proxy() {
    let asking = a_model().await;
    let response = asking.get(&at("myself"), "unknown").await;
    for name in ["www-authenticate", "set-cookie", "server"] {
        assert!(response.headers().contains_key(name), "{name} is missing");
    }
    assert_eq!(refusal(response).await, (401, json!({ "code": 401, "message": "Unauthorized" })));
}

#[tokio::test]
async fn a_trailing_slash_another_product_and_a_missing_scope_do_not_match() {
    let (asking, tokens) = ada_at_harbour().await;
    asking.model.change_settings(|settings| settings.withheld_scopes = vec!["write:jira-work".into()]);
    let reader = asking.authorized(Person::Bob, &[HARBOUR]).await;
    let words = (401, json!({ "code": 401, "message": "Unauthorized; scope does not match" }));
    let wiki = format!("/ex/jira/{HARBOUR}/wiki/api/v2/pages");
    for path in [at("myself/"), wiki] {
        assert_eq!(refusal(asking.get(&path, &tokens.access).await).await, words);
    }
    let write = asking.post(&at("issue/DOCK-1/comment"), &reader.access, &json!({ "body": document("x") })).await;
    assert_eq!(refusal(write).await, words);
}

#[tokio::test]
async fn a_site_that_was_not_picked_is_out_of_reach_and_an_unknown_one_not_found() {
    let (asking, tokens) = ada_at_harbour().await;
    let elsewhere = format!("/ex/jira/{MEADOW}/rest/api/3/myself");
    assert_eq!(asking.get(&elsewhere, &tokens.access).await.status(), 403);
    assert_eq!(asking.get("/ex/jira/nowhere/rest/api/3/myself", &tokens.access).await.status(), 404);
}

#[tokio::test]
async fn an_ip_allow_list_refuses_in_its_own_words() {
    let (asking, tokens) = ada_at_harbour().await;
    asking.model.set_ip_allow_list(HARBOUR, true);
    let (status, body) = refusal(asking.get(&at("myself"), &tokens.access).await).await;
    assert_eq!(status, 403);
    assert!(body["message"].as_str().unwrap().contains("has been rejected because it is not on the allowedlist"));
    asking.model.set_ip_allow_list(HARBOUR, false);
    assert_eq!(asking.get(&at("myself"), &tokens.access).await.status(), 200);
}

#[tokio::test]
async fn projects_come_in_pages() {
    let (asking, tokens) = ada_at_harbour().await;
    let first = json_of(asking.get(&at("project/search?maxResults=2"), &tokens.access).await).await;
    assert_eq!((&first["total"], &first["isLast"]), (&json!(4), &json!(false)));
    assert_eq!(first["values"][0]["key"], "DOCK");
    let second = json_of(asking.get(&at("project/search?startAt=2"), &tokens.access).await).await;
    assert_eq!((&second["isLast"], &second["values"][0]["key"]), (&json!(true), &json!("OPS")));
}

#[tokio::test]
async fn a_search_gives_ids_only_until_fields_are_named() {
    let (asking, tokens) = ada_at_harbour().await;
    let bare = asking.post(&at("search/jql"), &tokens.access, &json!({ "jql": "project = DOCK" })).await;
    let bare = json_of(bare).await;
    assert_eq!(bare["issues"][0].as_object().unwrap().len(), 1);
    assert!(bare.get("total").is_none());
    let asked = json!({ "jql": "project = DOCK ORDER BY key", "fields": ["summary", "status"] });
    let full = json_of(asking.post(&at("search/jql"), &tokens.access, &asked).await).await;
    assert_eq!(full["issues"][0]["key"], "DOCK-1");
    assert_eq!(full["issues"][0]["fields"]["status"]["statusCategory"]["key"], "new");
    assert_eq!(full["issues"][0]["fields"].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn pages_of_a_search_follow_each_other_to_the_last() {
    let (asking, tokens) = ada_at_harbour().await;
    let (mut token, mut keys) = (Value::Null, Vec::new());
    loop {
        let mut asked = json!({ "jql": "project = DOCK ORDER BY key", "fields": ["summary"], "maxResults": 5 });
        if !token.is_null() {
            asked["nextPageToken"] = token;
        }
        let page = json_of(asking.post(&at("search/jql"), &tokens.access, &asked).await).await;
        keys.extend(page["issues"].as_array().unwrap().iter().map(|issue| issue["key"].clone()));
        token = page["nextPageToken"].clone();
        assert_eq!(page["isLast"], json!(token.is_null()));
        if token.is_null() {
            break;
        }
    }
    assert_eq!(keys.len(), 12);
    assert_eq!(keys[11], "DOCK-12");
}

#[tokio::test]
async fn an_unbounded_or_unreadable_search_is_refused() {
    let (asking, tokens) = ada_at_harbour().await;
    for jql in ["", "ORDER BY created", "colour = red"] {
        for path in ["search/jql", "search/approximate-count"] {
            let (status, body) = refusal(asking.post(&at(path), &tokens.access, &json!({ "jql": jql })).await).await;
            assert_eq!(status, 400);
            assert_eq!(body["errorMessages"].as_array().unwrap().len(), 1);
        }
    }
}

#[tokio::test]
async fn counting_is_cheap_and_the_old_search_is_gone() {
    let (asking, tokens) = ada_at_harbour().await;
    let jql = json!({ "jql": "project = DOCK" });
    let count = json_of(asking.post(&at("search/approximate-count"), &tokens.access, &jql).await).await;
    assert_eq!(count, json!({ "count": 12 }));
    assert_eq!(asking.get(&at("search?jql=project=DOCK"), &tokens.access).await.status(), 410);
}

#[tokio::test]
async fn names_of_things_are_listed() {
    let (asking, tokens) = ada_at_harbour().await;
    for (path, name) in [("status", "In Review"), ("issuetype", "Bug"), ("priority", "Highest"), ("field", "Assignee")]
    {
        let listed = json_of(asking.get(&at(path), &tokens.access).await).await;
        assert!(listed.as_array().unwrap().iter().any(|thing| thing["name"] == name), "{path} lacks {name}");
    }
}

#[tokio::test]
async fn permissions_must_be_asked_for_by_name() {
    let (asking, tokens) = ada_at_harbour().await;
    assert_eq!(asking.get(&at("mypermissions"), &tokens.access).await.status(), 400);
    let path = at("mypermissions?permissions=BROWSE_PROJECTS,ADMINISTER");
    let max = asking.authorized(Person::Max, &[HARBOUR]).await;
    for (token, administers) in [(&tokens.access, true), (&max.access, false)] {
        let answer = json_of(asking.get(&path, token).await).await;
        assert_eq!(answer["permissions"]["BROWSE_PROJECTS"]["havePermission"], true);
        assert_eq!(answer["permissions"]["ADMINISTER"]["havePermission"], administers);
    }
}

#[tokio::test]
async fn an_issue_is_created_moved_on_and_commented() {
    let (asking, tokens) = ada_at_harbour().await;
    let fields =
        json!({ "project": { "key": "DOCK" }, "issuetype": { "name": "Bug" }, "summary": "Fog horn is silent" });
    let created = asking.post(&at("issue"), &tokens.access, &json!({ "fields": fields })).await;
    assert_eq!(created.status(), 201);
    assert_eq!(json_of(created).await["key"], "DOCK-13");

    let steps = json_of(asking.get(&at("issue/DOCK-13/transitions"), &tokens.access).await).await;
    let done = steps["transitions"].as_array().unwrap().iter().find(|step| step["name"] == "Done").unwrap();
    let step = json!({ "transition": { "id": done["id"] } });
    assert_eq!(asking.post(&at("issue/DOCK-13/transitions"), &tokens.access, &step).await.status(), 204);

    let comment = json!({ "body": document("It was the fuse.") });
    assert_eq!(asking.post(&at("issue/DOCK-13/comment"), &tokens.access, &comment).await.status(), 201);
    let comments = json_of(asking.get(&at("issue/DOCK-13/comment"), &tokens.access).await).await;
    assert_eq!(comments["comments"][0]["author"]["displayName"], "Ada Admin");

    let issue = json_of(asking.get(&at("issue/DOCK-13?fields=status,summary"), &tokens.access).await).await;
    assert_eq!(issue["fields"]["status"]["name"], "Done");
}

#[tokio::test]
async fn what_jira_would_not_take_is_refused_field_by_field() {
    let (asking, tokens) = ada_at_harbour().await;
    let fields = json!({ "project": { "key": "NONE" }, "summary": " ", "description": "plain" });
    let (status, body) = refusal(asking.post(&at("issue"), &tokens.access, &json!({ "fields": fields })).await).await;
    assert_eq!(status, 400);
    for field in ["project", "issuetype", "summary", "description"] {
        assert!(body["errors"][field].is_string(), "{field} was taken");
    }
    let plain = asking.post(&at("issue/DOCK-1/comment"), &tokens.access, &json!({ "body": "plain" })).await;
    assert_eq!(plain.status(), 400);
    assert_eq!(asking.get(&at("issue/DOCK-999"), &tokens.access).await.status(), 404);
    assert_eq!(asking.get(&at("nothing"), &tokens.access).await.status(), 404);
}

#[tokio::test]
async fn every_answer_tells_what_is_left_of_the_hourly_quota() {
    let (asking, tokens) = ada_early_in_an_hour().await;
    asking.model.change_settings(|settings| settings.points_per_hour = 3);
    let first = asking.get(&at("myself"), &tokens.access).await;
    assert_eq!(first.headers()["x-ratelimit-limit"], "3");
    assert_eq!(first.headers()["x-ratelimit-remaining"], "0", "one point for the call and two for a person");
    let refused = asking.get(&at("myself"), &tokens.access).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["ratelimit-reason"], "jira-quota-global-based");
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() <= 3600);
}

#[tokio::test]
async fn a_search_costs_a_point_for_each_issue_and_a_write_one() {
    let (asking, tokens) = ada_early_in_an_hour().await;
    asking.model.change_settings(|settings| settings.points_per_hour = 100);
    let search = json!({ "jql": "project = DOCK", "maxResults": 10 });
    let found = asking.post(&at("search/jql"), &tokens.access, &search).await;
    assert_eq!(found.headers()["x-ratelimit-remaining"], "89");
    assert!(!found.headers().contains_key("x-ratelimit-nearlimit"));
    let step = json!({ "transition": { "id": "41" } });
    let moved = asking.post(&at("issue/DOCK-1/transitions"), &tokens.access, &step).await;
    assert_eq!(moved.headers()["x-ratelimit-remaining"], "88");
}

#[tokio::test]
async fn a_burst_limit_names_itself_and_may_lack_retry_after() {
    let (asking, tokens) = ada_at_harbour().await;
    let limit = RateLimit { path_contains: "myself".into(), ..RateLimit::because_of(Reason::Burst, 30) };
    asking.model.set_rate_limit(Some(limit.clone()));
    let refused = asking.get(&at("myself"), &tokens.access).await;
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"30".parse().unwrap()));
    assert_eq!(refused.headers()["ratelimit-reason"], "jira-burst-based");
    assert_eq!(asking.get(&at("status"), &tokens.access).await.status(), 200);
    asking.model.set_rate_limit(Some(RateLimit { retry_after: None, ..limit }));
    assert!(!asking.get(&at("myself"), &tokens.access).await.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn what_was_read_once_is_not_sent_again() {
    let (asking, tokens) = ada_at_harbour().await;
    let first = asking.get(&at("status"), &tokens.access).await;
    let tag = first.headers()["etag"].clone();
    let request = asking.http.get(asking.url(&at("status"))).bearer_auth(&tokens.access).header("if-none-match", tag);
    assert_eq!(request.send().await.unwrap().status(), 304);
}

#[tokio::test]
async fn an_attachment_redirects_unless_its_bytes_are_asked_for() {
    let (asking, tokens) = ada_at_harbour().await;
    asking.model.change_settings(|settings| settings.attachments = [(7, 200_000)].into());
    let redirected = asking.get(&at("attachment/content/7"), &tokens.access).await;
    assert_eq!(redirected.status(), 303);
    let location = redirected.headers()["location"].to_str().unwrap();
    let by_anybody = asking.http.get(location).send().await.unwrap();
    assert_eq!(by_anybody.bytes().await.unwrap().len(), 200_000, "a signed address wants no token");
    let forged = location.replace("token=", "token=x");
    assert_eq!(asking.http.get(&forged).send().await.unwrap().status(), 403);
    asking.model.advance_clock(Duration::from_mins(11));
    assert_eq!(asking.http.get(location).send().await.unwrap().status(), 403, "it works for ten minutes");
    let streamed = asking.get(&at("attachment/content/7?redirect=false"), &tokens.access).await;
    assert_eq!(streamed.content_length(), Some(200_000));
    assert_eq!(streamed.bytes().await.unwrap().len(), 200_000);
}
