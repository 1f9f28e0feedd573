//! Making embeds, and what the audit log says about them.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{HOST, Maker, moment};
use crate::http::tests::world::Deployment;

#[tokio::test]
async fn an_embed_is_made_by_whoever_may_change_the_chart_and_seen_by_every_member() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let frame = maker.published().await;
    let workspace = json!({"name": "Web", "connections": [maker.connection["id"]]});
    let workspace = maker.ada.post("/api/v1/workspaces", &workspace).await.json();
    let members = format!("/api/v1/workspaces/{}/members", workspace["id"].as_str().expect("an id"));
    maker.ada.post(&members, &json!({"email": "max@example.com", "issue_tracking": false})).await;
    let max = deployment.signed_in("max@example.com", "Max").await;
    let path = format!("/api/v1/embeds/{}", frame.id);
    let seen = max.get(&path).await.json();
    assert_eq!((&seen["may_edit"], &seen["origins"]), (&json!(false), &json!([HOST])), "{seen}");
    let new = json!({"chart_id": maker.chart["id"], "kind": "signed", "origins": [HOST]});
    assert_eq!(max.post("/api/v1/embeds", &new).await.status, StatusCode::FORBIDDEN);
    for (method, path, body) in [
        (Method::PATCH, path.clone(), json!({"state": "paused"})),
        (Method::DELETE, path.clone(), json!({})),
        (Method::POST, format!("{path}/key"), json!({"overlap_seconds": 0})),
        (Method::PATCH, "/api/v1/settings".to_owned(), json!({"anonymous_charts": false})),
    ] {
        assert_eq!(max.call(method, &path, &body).await.status, StatusCode::FORBIDDEN, "{path} {body}");
    }
    let of_chart = format!("/api/v1/embeds?chart_id={}", maker.chart["id"].as_str().expect("an id"));
    assert_eq!(max.get(&of_chart).await.json()["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(max.get("/api/v1/embeds?chart_id=cht_unknown").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_is_asked_for_their_access_says_yes_to_this_place_alone() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let workspace = json!({"name": "Web", "connections": [maker.connection["id"]]});
    let workspace = maker.ada.post("/api/v1/workspaces", &workspace).await.json();
    let members = format!("/api/v1/workspaces/{}/members", workspace["id"].as_str().expect("an id"));
    maker.ada.post(&members, &json!({"email": "becky@example.com", "issue_tracking": false})).await;
    let becky = deployment.signed_in("becky@example.com", "Becky Stone").await;
    let frame = maker.frame("published", &json!({"access": {"ask": "becky@example.com"}})).await;
    assert_eq!(frame.drawn(None).await["state"], "not_delegated_here", "nobody has said yes");
    let asked = maker.shown(&frame).await["delegation"].clone();
    assert_eq!((&asked["state"], &asked["audience"]), (&json!("asked"), &json!("anonymous")), "{asked}");
    assert_eq!(asked["placements"], json!([{"kind": "embed", "id": frame.id, "title": HOST}]));
    becky.consent_to_view("one").await;
    let path = format!("/api/v1/delegations/{}", asked["id"].as_str().expect("an id"));
    let given = becky.post(&format!("{path}/grant"), &json!({"meaning": asked["meaning"]})).await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.body);
    moment(&deployment);
    let drawn = frame.drawn(None).await;
    assert!(drawn["figure"].as_str().is_some_and(|figure| figure.contains("with the access of Becky Stone until ")));
    let shown = maker.shown(&frame).await;
    assert!(shown["last_used_at"].is_string(), "{shown}");
    assert_eq!(shown["delegation"]["uses"][0]["placement"]["id"], json!(frame.id), "{shown}");
    // Where it is not allowed any more to show it to everybody, nobody can say yes to that.
    maker.allow_anonymous_charts(false).await;
    let again = becky.post(&format!("{path}/grant"), &json!({"meaning": asked["meaning"]})).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "{}", again.body);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_in_words() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let other = json!({"source": {"jql": "assignee = currentUser()"}, "mark": "tile", "says": {"title": "Mine"}});
    let other = maker.ada.post("/api/v1/charts", &json!({"site": "one", "spec": other})).await.json();
    for (kind, more, words) in [
        ("published", json!({"locked_params": ["team"]}), "Only signed embeds"),
        ("signed", json!({"locked_params": ["owner"]}), "no parameter owner"),
        ("signed", json!({"locked_params": ["team", "team"]}), "twice"),
        ("signed", json!({"origins": []}), "1 to 10 origins"),
        ("signed", json!({"origins": ["https://*.example.com"]}), "is no origin"),
        ("signed", json!({"origins": ["http://intranet.example.com"]}), "is no origin"),
        ("signed", json!({"origins": ["https://a.example; script-src *"]}), "is no origin"),
        ("hidden", json!({}), "unknown variant"),
        ("signed", json!({"chart_id": other["id"]}), "currentUser"),
        ("signed", json!({"access": {"ask": "nobody@example.com"}}), "Nobody with this e-mail address"),
    ] {
        let refused = maker.create(kind, &more).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{more}: {}", refused.body);
        assert!(refused.body.contains(words), "{more}: {}", refused.body);
    }
    assert_eq!(maker.ada.get("/api/v1/embeds").await.json()["items"], json!([]), "nothing is left of them");
    for _ in 0..api::EMBEDS {
        maker.frame("signed", &json!({"access": null})).await;
    }
    let refused = maker.create("signed", &json!({"access": null})).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "limit_reached".to_owned()));
}

#[tokio::test]
async fn an_embed_that_ends_ends_the_access_that_was_given_for_it_alone() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let (frame, other) = (maker.published().await, maker.published().await);
    let delegations = format!("/api/v1/charts/{}/delegations", maker.chart["id"].as_str().expect("an id"));
    let both = json!([{"kind": "embed", "id": frame.id}, {"kind": "embed", "id": other.id}]);
    let new = json!({"connection_id": maker.connection["id"], "audience": "anonymous", "placements": both});
    assert_eq!(maker.ada.post(&delegations, &new).await.status, StatusCode::CREATED);
    let living = async || {
        let list = maker.ada.get(&delegations).await.json();
        list["items"].as_array().expect("a list").iter().filter(|one| one["state"] == "active").count()
    };
    assert_eq!(living().await, 3);
    maker.end(&frame).await;
    assert_eq!(living().await, 2);
    maker.end(&other).await;
    assert_eq!(living().await, 1, "the one for both is left to whoever gave it");
}

#[tokio::test]
async fn each_change_is_told_once_and_names_the_chart_and_the_pages() {
    let deployment = Deployment::new();
    let maker = Maker::new(&deployment).await;
    let frame = maker.signed(&json!({})).await;
    for edit in [
        json!({"origins": ["https://wiki.example.com"]}),
        json!({"origins": ["https://wiki.example.com/"]}),
        json!({"state": "paused"}),
        json!({"state": "paused"}),
        json!({"state": "active"}),
        json!({}),
    ] {
        assert_eq!(maker.edit(&frame, &edit).await.status, StatusCode::OK, "{edit}");
    }
    maker.ada.post(&format!("/api/v1/embeds/{}/key", frame.id), &json!({"overlap_seconds": 0})).await;
    maker.end(&frame).await;
    maker.allow_anonymous_charts(true).await;
    maker.allow_anonymous_charts(false).await;
    let log = maker.ada.get("/api/v1/timeline?event=embed_changed").await.json();
    let told: Vec<&Value> = log["items"].as_array().expect("a list").iter().collect();
    let changes: Vec<&Value> = told.iter().rev().map(|one| &one["change"]).collect();
    assert_eq!(changes, ["created", "changed", "paused", "resumed", "key_rotated", "ended"]);
    assert_eq!(
        (&told[0]["chart"], &told[0]["origins"][0]),
        (&json!("Open & waiting"), &json!("https://wiki.example.com"))
    );
    let log = maker.ada.get("/api/v1/timeline?event=anonymous_charts_allowed").await.json();
    let allowed: Vec<&Value> = log["items"].as_array().expect("a list").iter().map(|one| &one["allowed"]).collect();
    assert_eq!(allowed, [false, true], "what was so already is not told");
}
