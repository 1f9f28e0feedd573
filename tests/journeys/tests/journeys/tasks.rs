//! Tasks: pushed with a key, they are issues of Jira, and both statuses stay in step.

use api::{
    BatchTask, CreateWebhook, CreatedWebhook, GetMapping, GetTask, GetTaskTimeline, IssueTypeMapping, JiraMetadata,
    JiraStatus, KeyScope, ListChangesQuery, ListProjects, ListTaskChanges, Mapping, Name, NewTask, NewWebhook, Nothing,
    Project, ProjectMapping, PushTasks, PutTask, RetryTask, StatusCategory, Task, TaskBatch, TaskBatchAnswer,
    TaskEvent, TaskPath, TaskState, TaskTimelineQuery, WebhookEvent,
};
use atlassian::Person;
use atlassian::sites::HARBOUR;
use journeys::{Causeway, PATIENCE, Receiver, Visitor, eventually};
use reqwest::Method;
use serde_json::{Value, json};

/// A product with a key, and Ada, who has set its project up.
pub(crate) struct Product {
    pub(crate) ada: Visitor,
    machine: Visitor,
    key: String,
    connection: api::ConnectionId,
    workspace: api::WorkspaceId,
    pub(crate) jira_project: &'static str,
    pub(crate) project: api::ProjectId,
}

async fn ada_at(causeway: &Causeway) -> Visitor {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    ada
}

fn name(words: &str) -> Name {
    Name::parse(words).expect("a name")
}

pub(crate) fn task(status: &str) -> NewTask {
    let task = json!({"title": "The crane is too slow", "status": status, "body": "It takes *nine* minutes.",
        "url": "https://product.example/findings/1"});
    serde_json::from_value(task).expect("a task")
}

/// Open tasks are to do and fixed ones are done; everything else in Jira leaves them as they are.
fn mapping(metadata: &JiraMetadata) -> Mapping {
    let whole = |one: &&api::JiraIssueType| {
        !one.is_subtask
            && !one.fields.iter().any(|field| {
                field.is_required
                    && !field.has_default
                    && !["summary", "project", "issuetype", "reporter"].contains(&field.id.as_str())
            })
    };
    let of_type = metadata.issue_types.iter().find(whole).expect("a type of issue");
    let first = |category| of_type.statuses.iter().find(|status| status.category == Some(category)).expect("a status");
    let (to_do, done) = (first(StatusCategory::ToDo), first(StatusCategory::Done));
    let inward = |status: &JiraStatus| {
        let to = if status.id == to_do.id {
            json!("open")
        } else if status.id == done.id {
            json!("fixed")
        } else {
            Value::Null
        };
        json!({"status": status.id, "to": to})
    };
    let through: Vec<_> =
        of_type.statuses.iter().filter(|status| status.id != to_do.id && status.id != done.id).collect();
    let of_type: IssueTypeMapping = serde_json::from_value(json!({
        "issue_type": of_type.id,
        "out": [{"status": "open", "to": to_do.id}, {"status": "fixed", "to": done.id}],
        "in": of_type.statuses.iter().map(inward).collect::<Vec<_>>(),
        "pass_through": through.iter().map(|status| &status.id).collect::<Vec<_>>(),
        "on_reopen": "reopen",
    }))
    .expect("a mapping");
    let statuses = serde_json::from_value(
        json!([{"status": "open", "category": "to_do"}, {"status": "fixed", "category": "done"}]),
    );
    Mapping { statuses: statuses.expect("statuses"), issue_types: vec![of_type], ..Mapping::default() }
}

/// Open tasks are open incidents, fixed ones are resolved, which leads over *In Progress* and wants a resolution.
fn incidents(metadata: &JiraMetadata) -> Mapping {
    let of_type = metadata.issue_types.iter().find(|one| one.name == "Incident").expect("the model has incidents");
    let status = |name: &str| &of_type.statuses.iter().find(|one| one.name == name).expect("a status").id;
    let resolution =
        metadata.transition_fields.iter().find(|field| field.id.as_str() == "resolution").expect("the field");
    let done = resolution.options.iter().find(|option| option.name == "Done").expect("a resolution");
    let inward = |one: &JiraStatus| {
        let to = [("Open", "open"), ("Resolved", "fixed"), ("Closed", "fixed")].into_iter();
        json!({"status": one.id, "to": to.into_iter().find(|(jira, _)| *jira == one.name).map(|(_, product)| product)})
    };
    serde_json::from_value(json!({
        "statuses": [{"status": "open", "category": "to_do"}, {"status": "fixed", "category": "done"}],
        "issue_types": [{
            "issue_type": of_type.id,
            "out": [{"status": "open", "to": status("Open")}, {"status": "fixed", "to": status("Resolved")}],
            "in": of_type.statuses.iter().map(inward).collect::<Vec<_>>(),
            "pass_through": [status("In Progress")],
            "transition_fields": [{"to": status("Resolved"),
                "value": {"field": "resolution", "form": "option", "values": [done.id]}}],
            "on_reopen": "reopen",
        }],
    }))
    .expect("a mapping")
}

impl Product {
    /// One whose tasks go to *DOCK*, where every status leads to every other one.
    pub(crate) async fn at(causeway: &Causeway) -> Self {
        Self::of(causeway, ada_at(causeway).await, "DOCK", mapping).await
    }

    /// One whose tasks become incidents of *OPS*, which walk through statuses.
    pub(crate) async fn of_incidents(causeway: &Causeway) -> Self {
        Self::of(causeway, ada_at(causeway).await, "OPS", incidents).await
    }

    async fn of(
        causeway: &Causeway,
        ada: Visitor,
        jira_project: &'static str,
        mapping: fn(&JiraMetadata) -> Mapping,
    ) -> Self {
        let project = ada.links_a_project(jira_project).await;
        let mapping = mapping(&ada.sees_what_jira_offers(&project).await);
        assert_eq!(ada.maps(&project, mapping.clone()).await.revision, 1);
        let read: ProjectMapping = ada.calls::<GetMapping>(&project.id, &Nothing {}).await.expect(200).json();
        assert_eq!(read.mapping, Some(mapping));
        let key = ada.makes_a_key(&[KeyScope::TasksRead, KeyScope::TasksWrite, KeyScope::Proxy]).await.key;
        let connection = project.connection.expect("it has one").id;
        let (machine, workspace, project) = (causeway.visitor(), project.workspace.id, project.id);
        Self { ada, machine, key, connection, workspace, jira_project, project }
    }

    pub(crate) fn path(&self, external_id: &str) -> TaskPath {
        TaskPath { id: self.project.clone(), external_id: external_id.to_owned() }
    }

    pub(crate) async fn calls<E: api::Endpoint>(&self, params: &E::Params, request: &E::Request) -> E::Answer {
        let call = self.machine.call::<E>(params, request).bearer_auth(&self.key);
        self.machine.sends(call).await.expect(200).json()
    }

    /// Pushes a task. No status if the Worker ends meanwhile.
    pub(crate) async fn push(&self, external_id: &str, task: &NewTask) -> Option<u16> {
        let call = self.machine.call::<PutTask>(&self.path(external_id), task).bearer_auth(&self.key);
        Some(call.send().await.ok()?.status().as_u16())
    }

    /// Waits until a task is in sync with this status.
    pub(crate) async fn is_in_sync(&self, external_id: &str, status: &str) -> Task {
        let there = eventually(PATIENCE, async || {
            let task: Task = self.calls::<GetTask>(&self.path(external_id), &Nothing {}).await;
            (task.state == TaskState::InSync && task.status == name(status)).then_some(task)
        });
        if let Some(task) = there.await {
            return task;
        }
        let task: Task = self.calls::<GetTask>(&self.path(external_id), &Nothing {}).await;
        let query = TaskTimelineQuery::default();
        let timeline = self.calls::<GetTaskTimeline>(&self.path(external_id), &query).await;
        panic!("{task:?} did not get in sync: {timeline:?}");
    }

    /// Asks Jira through the connection, as anybody else in Jira would.
    pub(crate) async fn jira(&self, method: Method, path: &str, body: &Value) -> Value {
        let path = format!("/api/v1/connections/{}/jira/rest/api/3/{path}", self.connection);
        let request = self.machine.request(method.clone(), &path).bearer_auth(&self.key);
        let request = if method == Method::GET { request } else { request.json(body) };
        let answer = self.machine.sends(request).await;
        if answer.status == 204 { Value::Null } else { answer.json() }
    }
}

#[tokio::test]
async fn what_a_product_pushes_is_in_jira_and_both_statuses_stay_in_step() {
    let causeway = Causeway::start().await;
    let product = Product::at(&causeway).await;
    let tasks = ["F-1", "a/b ..", "F-3"].map(|id| BatchTask { external_id: id.to_owned(), task: task("open") });
    let pushed: TaskBatchAnswer =
        product.calls::<PushTasks>(&product.project, &TaskBatch { tasks: tasks.into() }).await;
    assert!(pushed.results.iter().all(|result| result.refused.is_none()), "{pushed:?}");
    let mut keys = Vec::new();
    for id in ["F-1", "a/b ..", "F-3"] {
        let issue = product.is_in_sync(id, "open").await.issue.expect("an issue");
        let in_jira = product.jira(Method::GET, &format!("issue/{}", issue.key), &Value::Null).await;
        assert_eq!(in_jira["fields"]["summary"], "The crane is too slow", "{in_jira}");
        assert!(in_jira["fields"]["description"].to_string().contains("nine"), "{in_jira}");
        keys.push(issue.key);
    }
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3, "each task has an issue of its own");

    product.calls::<PutTask>(&product.path("F-1"), &task("fixed")).await;
    let fixed = product.is_in_sync("F-1", "fixed").await.issue.expect("an issue");
    let in_jira = product.jira(Method::GET, &format!("issue/{}", fixed.key), &Value::Null).await;
    assert_eq!(in_jira["fields"]["status"]["statusCategory"]["key"], "done", "{in_jira}");

    // Somebody opens it again in Jira, step by step; a look at the task finds out.
    for _ in 0..4 {
        let transitions = product.jira(Method::GET, &format!("issue/{}/transitions", fixed.key), &Value::Null).await;
        let offered = transitions["transitions"].as_array().expect("transitions");
        let back =
            offered.iter().find(|one| one["to"]["statusCategory"]["key"] == "new").or(offered.first()).expect("a way");
        let body = json!({"transition": {"id": back["id"]}});
        product.jira(Method::POST, &format!("issue/{}/transitions", fixed.key), &body).await;
        if back["to"]["statusCategory"]["key"] == "new" {
            break;
        }
    }
    product.calls::<RetryTask>(&product.path("F-1"), &Nothing {}).await;
    product.is_in_sync("F-1", "open").await;
}

#[tokio::test]
async fn what_jira_tells_is_heard_before_causeway_looks() {
    let causeway = Causeway::start_with(|all| all.with("JIRA_EVENTS", "true")).await;
    let product = Product::at(&causeway).await;
    let ada = &product.ada;
    let receiver = Receiver::listen().await;
    let events = vec![WebhookEvent::TaskStatusChanged];
    let new = NewWebhook { name: None, url: receiver.url().to_owned(), events };
    let _: CreatedWebhook = ada.calls::<CreateWebhook>(&(), &new).await.expect(201).json();
    product.calls::<PutTask>(&product.path("F-1"), &task("open")).await;
    let issue = product.is_in_sync("F-1", "open").await.issue.expect("an issue");
    let horizon = eventually(PATIENCE, async || {
        let listed = ada.calls::<ListProjects>(&product.workspace, &Nothing {}).await.expect(200);
        let projects = listed.json::<api::List<Project>>().items;
        projects.into_iter().find_map(|project| project.connection?.hears_until)
    });
    assert!(horizon.await.is_some(), "Jira was asked to tell of changes");

    // From now on, looking finds nothing: Jira's index is a day late.
    causeway.model.set_index_lag(std::time::Duration::from_hours(24));
    let types = product.jira(Method::GET, "project/DOCK/statuses", &Value::Null).await;
    let own = issue.issue_type.expect("a type");
    let of_type = types.as_array().expect("types").iter().find(|one| one["id"] == own.as_str()).expect("the type");
    let mut statuses = of_type["statuses"].as_array().expect("statuses").iter();
    let done = statuses.find(|one| one["statusCategory"]["key"] == "done").expect("a status");
    causeway.model.drag_issue(HARBOUR, &issue.key, done["name"].as_str().expect("a name"), Person::Bob);
    product.is_in_sync("F-1", "fixed").await;
    let told = receiver.receives(1).await.remove(0).message();
    assert_eq!(
        (told.kind.as_str(), told.data.task.map(|task| task.external_id)),
        ("task.status_changed", Some("F-1".into()))
    );
    let changes = product.calls::<ListTaskChanges>(&product.project, &ListChangesQuery::default()).await;
    let last = changes.items.last().expect("a change");
    assert_eq!((last.event, last.status.as_ref().map(Name::as_str)), (TaskEvent::StatusChanged, Some("fixed")));
    let sent = causeway.model.sent_webhooks();
    assert!(sent.iter().all(|delivery| delivery.outcome == Some(Ok(204))), "{sent:?}");
}
