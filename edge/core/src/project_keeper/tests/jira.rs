//! A Jira with one project, whose index lags, whose answers get lost, and which can limit, refuse or move things.

mod comments;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use api::Timestamp;
use http::{Request, Response};
use serde_json::{Value, json};

use self::comments::Comment;
use crate::{
    fakes::{FakeClock, FakeResponse, Faults},
    ports::{Clock as _, Http, HttpFailure, HttpLimits},
};

/// The statuses of the workflow: id, name, category, and where an issue can go from there.
pub(super) const WORKFLOW: [(&str, &str, &str, &[&str]); 4] = [
    ("1", "To Do", "new", &["2"]),
    ("2", "In Progress", "indeterminate", &["1", "3"]),
    ("3", "Done", "done", &["2"]),
    ("4", "Rejected", "done", &[]),
];

/// The call that creates an issue.
const CREATION: &str = "POST issue";

/// Whether a call, method and path, is one of `calls`: a part of it, or all of it for the creation of an issue.
fn is_named(call: &str, calls: &str) -> bool {
    if calls == CREATION { call == CREATION } else { call.contains(calls) }
}

/// What happens to a call.
#[derive(Clone, Debug)]
pub(super) enum Mishap {
    /// It is carried out, and the answer is lost.
    LostAfter,
    /// It is not carried out, and no answer comes.
    LostBefore,
    /// Something else answers.
    Answered(FakeResponse),
}

/// An issue.
#[derive(Clone, Debug)]
pub(super) struct Issue {
    pub(super) id: String,
    pub(super) key: String,
    pub(super) project: String,
    pub(super) status: String,
    pub(super) fields: Value,
    pub(super) mark: Value,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) links: Vec<String>,
    pub(super) comments: Vec<Comment>,
}

/// What is told of a call before it is carried out.
pub(super) type OnCall = Box<dyn FnMut(&str)>;

/// Jira.
pub(super) struct Jira {
    clock: Rc<FakeClock>,
    /// Whether it is a Data Center: version 2 of the interface, wiki markup, and no properties in lists.
    pub(super) is_data_center: Cell<bool>,
    pub(super) faults: Rc<Faults>,
    pub(super) issues: RefCell<BTreeMap<u32, Issue>>,
    /// How long the index takes to show what happened, in seconds.
    pub(super) lag: Cell<i64>,
    /// Loses the answer to each creation whose number is a multiple of this.
    pub(super) loses_every: Cell<Option<usize>>,
    /// What happens to the calls that this names, once each, in order.
    pub(super) mishaps: RefCell<Vec<(&'static str, Mishap)>>,
    /// Every call: method and path without the query.
    pub(super) calls: RefCell<Vec<String>>,
    /// Called before each call is carried out.
    pub(super) on_call: RefCell<Option<OnCall>>,
    /// The points that calls have cost.
    pub(super) points: Cell<u32>,
}

impl Jira {
    pub(super) fn new(clock: Rc<FakeClock>, faults: Rc<Faults>) -> Self {
        Self {
            clock,
            is_data_center: Cell::new(false),
            faults,
            issues: RefCell::default(),
            lag: Cell::new(0),
            loses_every: Cell::new(None),
            mishaps: RefCell::default(),
            calls: RefCell::default(),
            on_call: RefCell::default(),
            points: Cell::new(0),
        }
    }

    pub(super) fn then(&self, calls: &'static str, mishap: Mishap) {
        self.mishaps.borrow_mut().push((calls, mishap));
    }

    /// Somebody moves an issue in Jira.
    pub(super) fn moves(&self, key: &str, status: &str) {
        let now = self.clock.now();
        let mut issues = self.issues.borrow_mut();
        let issue = issues.values_mut().find(|issue| issue.key == key).expect("an issue");
        (issue.status, issue.updated) = (status.to_owned(), now);
    }

    /// Somebody moves the issue of a task in Jira.
    pub(super) fn moves_that_of(&self, task: &str, status: &str) {
        let issues = self.issues.borrow();
        let key = issues.values().find(|issue| issue.mark["task"] == task).expect("an issue").key.clone();
        drop(issues);
        self.moves(&key, status);
    }

    pub(super) fn issue(&self, key: &str) -> Issue {
        self.issues.borrow().values().find(|issue| issue.key == key).expect("an issue").clone()
    }

    pub(super) fn count(&self, calls: &str) -> usize {
        self.calls.borrow().iter().filter(|call| is_named(call, calls)).count()
    }

    fn answer(&self, method: &str, path: &str, query: &str, body: &Value) -> FakeResponse {
        let ok = |value: Value| FakeResponse::json(200, &value.to_string());
        let segments: Vec<&str> = path.split('/').collect();
        match (method, segments.as_slice()) {
            ("GET", ["mypermissions"]) => {
                let keys = [
                    "BROWSE_PROJECTS",
                    "CREATE_ISSUES",
                    "EDIT_ISSUES",
                    "TRANSITION_ISSUES",
                    "LINK_ISSUES",
                    "ADD_COMMENTS",
                ];
                let all: BTreeMap<_, _> = keys.iter().map(|key| (*key, json!({"havePermission": true}))).collect();
                ok(json!({ "permissions": all }))
            }
            ("GET", ["project", _, "statuses"]) => ok(json!([{"id": "10001", "name": "Bug", "statuses": statuses()}])),
            ("GET", ["issue", "createmeta", _, "issuetypes"]) => {
                let list = if self.is_data_center.get() { "values" } else { "issueTypes" };
                ok(json!({list: [{"id": "10001", "name": "Bug", "subtask": false}], "startAt": 0, "total": 1}))
            }
            ("GET", ["issue", "createmeta", _, "issuetypes", _]) => ok(json!({"startAt": 0, "total": 2, "fields": [
                {"fieldId": "summary", "name": "Summary", "required": true, "schema": {"type": "string", "system": "summary"}},
                {"fieldId": "description", "name": "Description", "required": false,
                    "schema": {"type": "string", "system": "description"}},
            ]})),
            ("GET", ["resolution"]) => ok(json!([{"id": "10000", "name": "Done"}])),
            ("POST", ["issue"]) => self.create(body),
            ("POST", ["issue", "bulkfetch"]) => {
                let ids = body["issueIdsOrKeys"].as_array().expect("ids");
                let issues = self.issues.borrow();
                let found =
                    issues.values().filter(|issue| ids.iter().any(|id| *id == json!(issue.id))).map(Issue::json);
                ok(json!({"issues": found.collect::<Vec<_>>(), "issueErrors": []}))
            }
            ("POST", ["search", "jql"]) => self.search(body["jql"].as_str().expect("a query")),
            ("GET", ["search"]) => {
                let jql = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "jql");
                self.search(&jql.expect("a query").1)
            }
            ("POST", ["search"]) => self.search_for_ids(body["jql"].as_str().expect("a query")),
            (_, ["issue", issue, rest @ ..]) => self.of_issue(method, issue, rest, body),
            _ => panic!("Jira was asked to {method} {path}"),
        }
    }

    fn create(&self, body: &Value) -> FakeResponse {
        let now = self.clock.now();
        let mut issues = self.issues.borrow_mut();
        let number = u32::try_from(issues.len()).expect("few") + 1;
        let issue = Issue {
            id: format!("{}", 10_000 + number),
            key: format!("ABC-{number}"),
            project: "1".to_owned(),
            status: "1".to_owned(),
            fields: body["fields"].clone(),
            mark: body["properties"][0]["value"].clone(),
            created: now,
            updated: now,
            links: Vec::new(),
            comments: Vec::new(),
        };
        let answer = json!({"id": issue.id, "key": issue.key});
        issues.insert(number, issue);
        FakeResponse::json(201, &answer.to_string())
    }

    /// A Data Center answers 400 if one of them is gone.
    fn search_for_ids(&self, jql: &str) -> FakeResponse {
        let ids = jql.strip_prefix("id in (").and_then(|rest| rest.strip_suffix(')')).expect("ids");
        let issues = self.issues.borrow();
        let found: Option<Vec<Value>> = ids
            .split(',')
            .map(|id| issues.values().find(|issue| issue.id == id).map(|issue| self.shown(issue)))
            .collect();
        match found {
            Some(found) => {
                let page = json!({"startAt": 0, "total": found.len(), "issues": found});
                FakeResponse::json(200, &page.to_string())
            }
            None => FakeResponse::json(400, r#"{"errorMessages":["A value does not exist."],"errors":{}}"#),
        }
    }

    /// An issue in a list: with its properties at Cloud only.
    fn shown(&self, issue: &Issue) -> Value {
        let mut shown = issue.json();
        if self.is_data_center.get() {
            shown.as_object_mut().expect("an issue").remove("properties");
        }
        shown
    }

    fn search(&self, jql: &str) -> FakeResponse {
        let minutes: i64 =
            jql.split(">= -").nth(1).and_then(|rest| rest.split('m').next()?.parse().ok()).expect("minutes");
        let (now, lag) = (self.clock.now(), self.lag.get() * 1000);
        let at = |issue: &Issue| if jql.contains("created >=") { issue.created } else { issue.updated };
        let issues = self.issues.borrow();
        let shown = issues.values().filter(|issue| {
            let age = now.since(at(issue));
            issue.project == "1" && age >= lag && age <= minutes * 60_000
        });
        let shown: Vec<Value> = shown.map(|issue| self.shown(issue)).collect();
        let page = if self.is_data_center.get() {
            json!({"startAt": 0, "maxResults": 100, "total": shown.len(), "issues": shown})
        } else {
            json!({"issues": shown, "isLast": true})
        };
        FakeResponse::json(200, &page.to_string())
    }

    fn of_issue(&self, method: &str, issue: &str, rest: &[&str], body: &Value) -> FakeResponse {
        let mut issues = self.issues.borrow_mut();
        let found = issues.values_mut().find(|one| one.id == issue || one.key == issue);
        let Some(found) = found else {
            return FakeResponse::json(404, r#"{"errorMessages":["Issue does not exist."],"errors":{}}"#);
        };
        match (method, rest) {
            ("GET", []) => FakeResponse::json(200, &found.json().to_string()),
            ("GET", ["transitions"]) => {
                let (.., exits) = WORKFLOW.iter().find(|(id, ..)| *id == found.status).expect("a status");
                let to =
                    |id: &&str| json!({"id": format!("{id}1"), "to": status(id), "hasScreen": false, "fields": {}});
                let offered: Vec<_> = exits.iter().map(to).collect();
                FakeResponse::json(200, &json!({ "transitions": offered }).to_string())
            }
            ("POST", ["transitions"]) => {
                let id = body["transition"]["id"].as_str().expect("an id");
                // The transition to a status has its id, and a 1 after that.
                let to = id.strip_suffix('1').expect("a transition");
                to.clone_into(&mut found.status);
                found.updated = self.clock.now();
                FakeResponse::Answer { status: 204, headers: Vec::new(), body: Vec::new() }
            }
            ("POST", ["comment"]) => {
                assert_eq!(body["body"].is_string(), self.is_data_center.get(), "{body}");
                found.updated = self.clock.now();
                let (body, properties) = (body["body"].clone(), body["properties"].clone());
                let id = found.comment("Causeway", body, properties, self.clock.now());
                FakeResponse::json(201, &json!({"id": id.to_string()}).to_string())
            }
            ("GET", ["comment"]) => {
                let shown = |comment: &Comment| comment.json(!self.is_data_center.get());
                let comments: Vec<Value> = found.comments.iter().rev().map(shown).collect();
                FakeResponse::json(200, &json!({"total": comments.len(), "comments": comments}).to_string())
            }
            ("GET", ["properties", "causeway"]) if found.mark.is_null() => {
                FakeResponse::json(404, r#"{"errorMessages":["The property does not exist."],"errors":{}}"#)
            }
            ("GET", ["properties", "causeway"]) => {
                FakeResponse::json(200, &json!({"key": "causeway", "value": found.mark}).to_string())
            }
            ("POST", ["remotelink"]) => {
                let global_id = body["globalId"].as_str().expect("an id").to_owned();
                found.links.retain(|one| *one != global_id);
                found.links.push(global_id);
                FakeResponse::json(201, r#"{"id":1}"#)
            }
            _ => panic!("Jira was asked to {method} {rest:?} of an issue"),
        }
    }
}

fn status(id: &str) -> Value {
    let (id, name, category, _) = WORKFLOW.iter().find(|(known, ..)| *known == id).expect("a status");
    json!({"id": id, "name": name, "statusCategory": {"key": category}})
}

fn statuses() -> Vec<Value> {
    WORKFLOW.iter().map(|(id, ..)| status(id)).collect()
}

impl Issue {
    pub(super) fn json(&self) -> Value {
        let at = |at: Timestamp| serde_json::to_value(at).expect("JSON");
        json!({"id": self.id, "key": self.key, "properties": {"causeway": self.mark}, "fields": {
            "project": {"id": self.project}, "issuetype": {"id": "10001"}, "status": status(&self.status),
            "created": at(self.created), "updated": at(self.updated),
        }})
    }
}

/// What a call costs: a point, and one for each object that a question brings.
fn points(call: &str, answer: &FakeResponse) -> u32 {
    let FakeResponse::Answer { status: 200, body, .. } = answer else { return 1 };
    if !call.starts_with("GET ") && !["POST search", "POST search/jql", "POST issue/bulkfetch"].contains(&call) {
        return 1;
    }
    let body: Value = serde_json::from_slice(body).expect("JSON");
    let list = ["issues", "comments", "values"].iter().find_map(|name| body[name].as_array());
    1 + list.or(body.as_array()).map_or(1, |list| u32::try_from(list.len()).expect("few"))
}

impl Http for Jira {
    async fn exchange(&self, request: Request<Vec<u8>>, limits: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
        let method = request.method().as_str().to_owned();
        let version = if self.is_data_center.get() { "/rest/api/2/" } else { "/rest/api/3/" };
        let path = request.uri().path().split_once(version).expect("its version of the interface").1.to_owned();
        let query = request.uri().query().unwrap_or_default().to_owned();
        let call = format!("{method} {path}");
        self.faults.pass("Jira: before").await;
        self.calls.borrow_mut().push(call.clone());
        if let Some(on_call) = self.on_call.borrow_mut().as_mut() {
            on_call(&call);
        }
        // A call takes a while.
        self.clock.advance(std::time::Duration::from_millis(100));
        let mishap = {
            let mut mishaps = self.mishaps.borrow_mut();
            let which = mishaps.iter().position(|(calls, _)| is_named(&call, calls));
            which.map(|which| mishaps.remove(which).1)
        };
        let is_unlucky = |every: usize| call == CREATION && self.count(CREATION).is_multiple_of(every);
        let mishap =
            mishap.or_else(|| self.loses_every.get().filter(|every| is_unlucky(*every)).map(|_| Mishap::LostAfter));
        let body = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
        let answer = match mishap {
            Some(Mishap::LostBefore) => return Err(HttpFailure::Timeout),
            Some(Mishap::Answered(answer)) => answer,
            Some(Mishap::LostAfter) => {
                drop(self.answer(&method, &path, &query, &body));
                return Err(HttpFailure::Broken("the connection was reset".to_owned()));
            }
            None => self.answer(&method, &path, &query, &body),
        };
        self.points.set(self.points.get() + points(&call, &answer));
        self.faults.pass("Jira: after").await;
        answer.give(limits).await
    }
}
