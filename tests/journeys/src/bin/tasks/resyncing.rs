//! A resync of many tasks with nothing to do. They are put into the keeper's tables, and their issues into Jira, before; the
//! connection has an API token, because looking at 50,000 issues costs more points than tasks may use in an hour.

use std::time::Instant;

use api::{
    AuthorizationStatus, BasicForm, Connection, ConnectionId, CreateAuthorization, CreateResync, GetResync, KeyScope,
    Kind, NewCredential, NewResync, Nothing, Project, PutTask, Resync, ResyncDirection, ResyncScope, ResyncState,
    StartAuthorization, StartResync, StartedAuthorization, TaskPath, WriteOnly,
};
use atlassian::sites::HARBOUR;
use atlassian::{Listener, Person};
use journeys::{Causeway, Visitor};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{KEEPER, LOOK, page, print_what_is_held, rate};

/// The most issues that Jira creates at once.
const BULK: usize = 50;

pub(crate) async fn measure(many: usize) {
    let mut causeway = Causeway::start_counting().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let connection = connects_by_token(&causeway, &ada).await.id;
    let project = ada.links_a_project_over(connection.clone(), "DOCK").await;
    ada.maps_as_suggested(&project, &["open", "in progress", "done"]).await;
    first_is_in_sync(&ada, &project).await;
    let key = ada.makes_a_key(&[KeyScope::Proxy]).await.key;
    let issues = creates(&ada, &key, &connection, many - 1).await;
    causeway.worker.has_objects_changed(KEEPER, |keeper| links(keeper, &issues)).await;

    ada.counted_messages().await;
    let (calls, memory) = (causeway.model.requests().len(), causeway.worker.resident_memory().unwrap_or_default());
    let began = Instant::now();
    let new = NewResync { scope: ResyncScope::All, direction: ResyncDirection::Compare, external_ids: Vec::new() };
    let resync: Resync = ada.calls::<CreateResync>(&project.id, &new).await.expect(201).json();
    comes_to(&ada, &resync, ResyncState::Ready).await;
    let planned = began.elapsed();
    ada.calls::<StartResync>(&resync.id, &Nothing {}).await.expect(200);
    let done = comes_to(&ada, &resync, ResyncState::Finished).await;
    println!(
        "a resync of {} tasks with nothing to do: {:.0} s for the preview, {:.0} a second; {:.0} s in all",
        done.looked_at,
        planned.as_secs_f64(),
        rate(many, planned),
        began.elapsed().as_secs_f64(),
    );
    println!("  {} calls to Jira, planned {:?}", causeway.model.requests().len() - calls, done.planned);
    println!("  messages to Durable Objects: {:?}", ada.counted_messages().await);
    print_what_is_held(&causeway, memory);
}

/// A connection by an API token of Ada's.
async fn connects_by_token(causeway: &Causeway, ada: &Visitor) -> Connection {
    let model = &causeway.model;
    let credential = NewCredential::Basic {
        address: model.address_of(Listener::Site(HARBOUR)),
        form: BasicForm::ApiToken,
        username: Some("ada@example.com".to_owned()),
        secret: WriteOnly(model.create_api_token(Person::Ada, None)),
        expires_at: None,
    };
    let start = StartAuthorization { kind: Kind::Basic, connection_id: None, credential: Some(credential) };
    let started: StartedAuthorization = ada.calls::<CreateAuthorization>(&(), &start).await.expect(201).json();
    let attempt = ada.looks_at(&started.id).await;
    assert_eq!(attempt.status, AuthorizationStatus::Authorized, "{attempt:?}");
    ada.saves("Harbour", started.id).await.expect(201).json()
}

async fn first_is_in_sync(ada: &Visitor, project: &Project) {
    let path = TaskPath { id: project.id.clone(), external_id: "F-0".to_owned() };
    let task = serde_json::from_value(json!({"title": "Finding", "status": "open"})).expect("a task");
    ada.calls::<PutTask>(&path, &task).await.expect(200);
    while page(ada, project).await.counts.in_sync == 0 {
        tokio::time::sleep(LOOK).await;
    }
}

/// Creates issues as somebody else would. Answers their ids and keys.
async fn creates(ada: &Visitor, key: &str, connection: &ConnectionId, many: usize) -> Vec<(String, String)> {
    let path = format!("/api/v1/connections/{connection}/jira/rest/api/3/issue/bulk");
    let issue = json!({"fields": {"project": {"key": "DOCK"}, "issuetype": {"name": "Task"}, "summary": "Finding"}});
    let mut created = Vec::with_capacity(many);
    while created.len() < many {
        let issues = vec![issue.clone(); BULK.min(many - created.len())];
        let call = ada.request(Method::POST, &path).bearer_auth(key).json(&json!({ "issueUpdates": issues }));
        let answer: Value = ada.sends(call).await.expect(201).json();
        let text = |one: &Value, name: &str| one[name].as_str().expect("a text").to_owned();
        let issues = answer["issues"].as_array().expect("issues");
        created.extend(issues.iter().map(|one| (text(one, "id"), text(one, "key"))));
    }
    created
}

/// Copies the task that is in sync, once for each issue.
fn links(keeper: &rusqlite::Connection, issues: &[(String, String)]) -> usize {
    let copy = "INSERT INTO tasks (id, external_id, state, cause, issue, due_at, seq, updated_at, search, record) \
         SELECT 'tsk_' || ?1, 'R-' || ?1, state, cause, ?2, NULL, seq + ?1, updated_at, search, \
         json_set(record, '$.id', 'tsk_' || ?1, '$.external_id', 'R-' || ?1, '$.link.issue', ?2, '$.link.key', ?3) \
         FROM tasks WHERE external_id = 'F-0'";
    keeper.execute_batch("BEGIN").expect("a transaction");
    {
        let mut copy = keeper.prepare(copy).expect("a statement");
        for (number, (id, key)) in (1_u32..).zip(issues) {
            copy.execute((number, id, key)).expect("a task");
        }
    }
    let counted = "UPDATE counts SET n = n + ?1 WHERE state = 'in_sync'";
    let counted = keeper.execute(counted, [u32::try_from(issues.len()).expect("some thousands")]).expect("counted");
    keeper.execute_batch("COMMIT").expect("committed");
    counted
}

async fn comes_to(ada: &Visitor, resync: &Resync, state: ResyncState) -> Resync {
    loop {
        let now: Resync = ada.calls::<GetResync>(&resync.id, &Nothing {}).await.expect(200).json();
        if now.state == state {
            return now;
        }
        if let Some(paused) = &now.paused {
            println!("{} of {} looked at. {}", now.looked_at, now.total, paused.sentence);
        }
        tokio::time::sleep(LOOK).await;
    }
}
