//! Tasks: pushed with a key, they are issues of Jira, and both statuses stay in step.

use api::{
    BatchTask, CreateProject, CreateWebhook, CreateWorkspace, CreatedWebhook, EditAccess, GetJiraMetadata, GetMapping,
    GetTask, GetTaskTimeline, IssueTypeMapping, JiraMetadata, JiraStatus, KeyScope, ListChangesQuery, ListProjects,
    ListTaskChanges, Mapping, MappingEdit, Name, NewAccess, NewProject, NewTask, NewWebhook, NewWorkspace, Nothing,
    Project, ProjectMapping, PushTasks, PutMapping, PutTask, RetryTask, StatusCategory, Task, TaskBatch,
    TaskBatchAnswer, TaskEvent, TaskPath, TaskState, TaskTimelineQuery, WebhookEvent, Workspace,
};
use atlassian::Person;
use atlassian::sites::HARBOUR;
use journeys::{Causeway, PATIENCE, Receiver, Visitor, eventually};
use reqwest::Method;
use serde_json::{Value, json};

/// A product with a key, whose tasks go to the project DOCK.
pub(crate) struct Product {
    machine: Visitor,
    key: String,
    connection: api::ConnectionId,
    workspace: api::WorkspaceId,
    pub(crate) project: api::ProjectId,
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

impl Product {
    pub(crate) async fn at(causeway: &Causeway) -> Self {
        let ada = causeway.visitor();
        ada.signs_in_as(Person::Ada).await;
        Self::of(causeway, &ada).await
    }

    async fn of(causeway: &Causeway, ada: &Visitor) -> Self {
        let connection = ada.connects("Harbour", Person::Ada, HARBOUR).await.id;
        let workspace = NewWorkspace::named(name("Port"));
        let workspace: Workspace = ada.calls::<CreateWorkspace>(&(), &workspace).await.expect(201).json();
        let access = NewAccess { workspaces: vec![workspace.id.clone()], confirmed: false };
        ada.calls::<EditAccess>(&connection, &access).await.expect(200);
        let (connection_id, jira_project) = (Some(connection.clone()), Some("DOCK".to_owned()));
        let project = NewProject { name: name("Cranes"), connection_id, jira_project };
        let project: Project = ada.calls::<CreateProject>(&workspace.id, &project).await.expect(201).json();
        let metadata = ada.calls::<GetJiraMetadata>(&project.id, &Nothing {}).await.expect(200).json();
        let edit = MappingEdit { mapping: mapping(&metadata), revision: 0 };
        let saved: ProjectMapping = ada.calls::<PutMapping>(&project.id, &edit).await.expect(200).json();
        assert_eq!(saved.revision, 1);
        let read: ProjectMapping = ada.calls::<GetMapping>(&project.id, &Nothing {}).await.expect(200).json();
        assert_eq!(read.mapping, Some(edit.mapping));
        let key = ada.makes_a_key(&[KeyScope::TasksRead, KeyScope::TasksWrite, KeyScope::Proxy]).await.key;
        Self { machine: causeway.visitor(), key, connection, workspace: workspace.id, project: project.id }
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
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let product = Product::of(&causeway, &ada).await;
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
