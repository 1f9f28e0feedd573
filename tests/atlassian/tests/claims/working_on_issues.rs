//! What real clients of Jira do with an issue: texts in version 2, watchers, files, deletion.

use atlassian::Person;
use atlassian::sites::HARBOUR;
use reqwest::Method;
use serde_json::{Value, json};

use crate::asking::{Asking, Tokens, a_model, json_of};

fn at(version: u8, path: &str) -> String {
    format!("/ex/jira/{HARBOUR}/rest/api/{version}/{path}")
}

struct Working {
    asking: Asking,
    tokens: Tokens,
}

async fn ada_at_harbour() -> Working {
    let asking = a_model().await;
    let tokens = asking.authorized(Person::Ada, &[HARBOUR]).await;
    Working { asking, tokens }
}

impl Working {
    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.asking.http.request(method, self.asking.url(path)).bearer_auth(&self.tokens.access)
    }

    async fn status(&self, method: Method, path: &str) -> u16 {
        self.request(method, path).send().await.unwrap().status().as_u16()
    }

    async fn reads(&self, path: &str) -> Value {
        json_of(self.request(Method::GET, path).send().await.unwrap()).await
    }
}

#[tokio::test]
async fn version_2_writes_texts_where_version_3_writes_documents() {
    let working = ada_at_harbour().await;
    let edit = json!({ "fields": { "description": "One\nTwo" } });
    working.request(Method::PUT, &at(2, "issue/DOCK-1")).json(&edit).send().await.unwrap();
    let text = working.reads(&at(2, "issue/DOCK-1")).await;
    assert_eq!(text["fields"]["description"], "One\nTwo");
    assert!(text["self"].as_str().unwrap().contains("/rest/api/2/issue/"));
    let document = working.reads(&at(3, "issue/DOCK-1")).await;
    assert_eq!(document["fields"]["description"]["content"][1]["content"][0]["text"], "Two");
    let comment = json!({ "body": "Seen" });
    let told = working.request(Method::POST, &at(2, "issue/DOCK-1/comment")).json(&comment).send().await.unwrap();
    assert_eq!(json_of(told).await["body"], "Seen");
    assert_eq!(
        working
            .request(Method::POST, &at(3, "issue/DOCK-1/comment"))
            .json(&comment)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16(),
        400
    );
}

#[tokio::test]
async fn somebody_watches_an_issue_and_no_longer() {
    let working = ada_at_harbour().await;
    let watchers = at(3, "issue/DOCK-1/watchers");
    let max = Person::Max.account_id();
    for body in ["", &format!("\"{max}\"")] {
        let added = working.request(Method::POST, &watchers).body(body.to_owned()).send().await.unwrap();
        assert_eq!(added.status().as_u16(), 204);
    }
    let both = working.reads(&watchers).await;
    assert_eq!((&both["watchCount"], &both["isWatching"]), (&json!(2), &json!(true)));
    assert_eq!(working.status(Method::DELETE, &format!("{watchers}?accountId={max}")).await, 204);
    assert_eq!(working.reads(&watchers).await["watchers"][0]["accountId"], Person::Ada.account_id());
    let unknown = working.request(Method::POST, &watchers).body("\"nobody\"").send().await.unwrap();
    assert_eq!(unknown.status().as_u16(), 404);
}

const FORM: &str = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"crane.txt\"\r\n\
     content-type: text/plain\r\n\r\nhot\n\r\n--x--\r\n";

#[tokio::test]
async fn a_file_is_attached_with_the_word_that_jira_asks_for_and_read_again() {
    let working = ada_at_harbour().await;
    let upload = |token: &'static str| {
        let request = working.request(Method::POST, &at(3, "issue/DOCK-1/attachments"));
        let form = ("content-type", "multipart/form-data; boundary=x");
        request.header(form.0, form.1).header("x-atlassian-token", token).body(FORM).send()
    };
    assert_eq!(upload("").await.unwrap().status().as_u16(), 403, "it may come from a foreign page");
    let attached = json_of(upload("no-check").await.unwrap()).await;
    assert_eq!((&attached[0]["filename"], &attached[0]["size"]), (&json!("crane.txt"), &json!(4)));
    let id = attached[0]["id"].as_str().unwrap();
    let content = at(3, &format!("attachment/content/{id}?redirect=false"));
    let bytes = working.request(Method::GET, &content).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(&bytes[..], b"hot\n");
    assert_eq!(working.status(Method::DELETE, &at(3, &format!("attachment/{id}"))).await, 204);
    assert_eq!(working.status(Method::GET, &at(3, &format!("attachment/{id}"))).await, 404);
}

#[tokio::test]
async fn a_deleted_issue_is_gone_and_no_other_gets_its_key() {
    let working = ada_at_harbour().await;
    assert_eq!(working.status(Method::DELETE, &at(3, "issue/DOCK-12")).await, 204);
    assert_eq!(working.status(Method::GET, &at(3, "issue/DOCK-12")).await, 404);
    let fields = json!({ "project": { "key": "DOCK" }, "issuetype": { "name": "Task" }, "summary": "Next" });
    let made = working.request(Method::POST, &at(3, "issue")).json(&json!({ "fields": fields })).send().await.unwrap();
    assert_eq!(json_of(made).await["key"], "DOCK-13");
}

#[tokio::test]
async fn people_are_found_by_name_and_by_account_id() {
    let working = ada_at_harbour().await;
    let id = Person::Max.account_id();
    for query in ["query=max".to_owned(), format!("accountId={id}"), format!("query={id}")] {
        let found = working.reads(&at(2, &format!("user/search?{query}"))).await;
        assert_eq!((found.as_array().unwrap().len(), &found[0]["accountId"]), (1, &json!(id)), "{query}");
    }
}
