//! How fast tasks get into Jira, at the pace that Atlassian allows: for `make bench`. Prints, asserts nothing.
//!
//! `TASKS` is how many are pushed; 10,000 if it is not set.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use api::{
    BatchTask, CreateProject, CreateResync, CreateWorkspace, EditAccess, GetJiraMetadata, GetResync, InRule,
    IssueTypeMapping, JiraMetadata, KeyScope, ListTasks, ListTasksQuery, Mapping, MappingEdit, MappingSuggestion,
    MappingSuggestions, Name, NewAccess, NewProject, NewResync, NewWorkspace, Nothing, OutRule, ProductStatus, Project,
    PushTasks, PutMapping, Resync, ResyncDirection, ResyncScope, ResyncState, StartResync, SuggestMapping, TaskBatch,
    TaskBatchAnswer, TaskPage, Workspace,
};
use atlassian::Person;
use atlassian::sites::HARBOUR;
use journeys::{Causeway, Visitor};
use serde_json::json;

/// The most tasks of a batch.
const BATCH: usize = 100;
/// How long to pause between two looks at the counts.
const LOOK: Duration = Duration::from_secs(1);
/// Atlassian's points of an hour, and what a new task costs: creating the issue, and the link back.
const POINTS: f64 = 65_000.0;
const POINTS_OF_A_TASK: f64 = 2.0;

#[tokio::main]
async fn main() {
    let many = std::env::var("TASKS").ok().and_then(|number| number.parse().ok()).unwrap_or(10_000);
    let causeway = Causeway::start_counting().await;
    causeway.model.change_settings(|settings| settings.enforces_bursts = true);
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let project = in_a_project(&ada).await;
    let key = ada.makes_a_key(&[KeyScope::TasksRead, KeyScope::TasksWrite]).await.key;
    pushes(&causeway, &ada, &project, &key, many).await;
    resyncs(&causeway, &ada, &project, many).await;
}

fn name(words: &str) -> Name {
    Name::parse(words).expect("a name")
}

async fn in_a_project(ada: &Visitor) -> Project {
    let connection = ada.connects("Harbour", Person::Ada, HARBOUR).await.id;
    let workspace: Workspace =
        ada.calls::<CreateWorkspace>(&(), &NewWorkspace::named(name("Port"))).await.expect(201).json();
    let access = NewAccess { workspaces: vec![workspace.id.clone()], confirmed: false };
    ada.calls::<EditAccess>(&connection, &access).await.expect(200);
    let (connection_id, jira_project) = (Some(connection), Some("DOCK".to_owned()));
    let project = NewProject { name: name("Cranes"), connection_id, jira_project };
    let project: Project = ada.calls::<CreateProject>(&workspace.id, &project).await.expect(201).json();
    let jira: JiraMetadata = ada.calls::<GetJiraMetadata>(&project.id, &Nothing {}).await.expect(200).json();
    let of = jira.issue_types.iter().find(|one| one.name == "Task").expect("the model has tasks");
    let mut mapping = Mapping::default();
    mapping.statuses.extend(["open", "done"].map(|status| ProductStatus { status: name(status), category: None }));
    let of: IssueTypeMapping =
        serde_json::from_value(json!({"issue_type": of.id, "out": [], "in": []})).expect("a mapping");
    mapping.issue_types.push(of);
    let suggested: MappingSuggestions = ada.calls::<SuggestMapping>(&project.id, &mapping).await.expect(200).json();
    let of = mapping.issue_types.first_mut().expect("it was just added");
    for suggestion in suggested.items {
        match suggestion {
            MappingSuggestion::Out { status, to, .. } => of.out.push(OutRule { status, to: Some(to) }),
            MappingSuggestion::In { status, to, .. } => of.inward.push(InRule { status, to: Some(to) }),
        }
    }
    ada.calls::<PutMapping>(&project.id, &MappingEdit { mapping, revision: 0 }).await.expect(200);
    project
}

/// How many tasks of the project are in sync.
async fn in_sync(ada: &Visitor, project: &Project) -> usize {
    let query = ListTasksQuery { limit: Some(1), ..ListTasksQuery::default() };
    let list: TaskPage = ada.calls::<ListTasks>(&project.id, &query).await.expect(200).json();
    list.counts.in_sync as usize
}

async fn pushes(causeway: &Causeway, ada: &Visitor, project: &Project, key: &str, many: usize) {
    let machine = causeway.visitor();
    let before = causeway.model.requests().len();
    let began = Instant::now();
    let numbers: Vec<usize> = (0..many).collect();
    for numbers in numbers.chunks(BATCH) {
        let tasks = numbers.iter().map(|number| {
            let task = json!({"title": format!("Finding {number}"), "status": "open", "body": "It is too slow."});
            BatchTask { external_id: format!("F-{number}"), task: serde_json::from_value(task).expect("a task") }
        });
        let batch = TaskBatch { tasks: tasks.collect() };
        let call = machine.call::<PushTasks>(&project.id, &batch).bearer_auth(key);
        let answer: TaskBatchAnswer = machine.sends(call).await.expect(200).json();
        assert!(answer.results.iter().all(|one| one.refused.is_none()), "a task is refused");
    }
    let pushed = began.elapsed();
    println!("{many} tasks pushed in {:.1} s: {:.0} a second", pushed.as_secs_f64(), rate(many, pushed));
    while in_sync(ada, project).await < many {
        tokio::time::sleep(LOOK).await;
    }
    let took = began.elapsed();
    let calls = causeway.model.requests().len() - before;
    let quota = Duration::from_secs_f64(float(many) * POINTS_OF_A_TASK / POINTS * 3600.0);
    println!(
        "all {many} in Jira after {:.0} s: {:.1} a second with {:.2} calls each; the hourly quota alone sets {:.0} s, which \
        is {:.2} of the time it took",
        took.as_secs_f64(),
        rate(many, took),
        float(calls) / float(many),
        quota.as_secs_f64(),
        quota.as_secs_f64() / took.as_secs_f64()
    );
    let messages = ada.counted_messages().await;
    println!("messages to Durable Objects meanwhile: {messages:?}");
    println!("the databases of all objects: {:.1} MB", float(size_of(&causeway.worker.state())) / 1e6);
}

async fn resyncs(causeway: &Causeway, ada: &Visitor, project: &Project, many: usize) {
    let before = causeway.model.requests().len();
    let began = Instant::now();
    let new = NewResync { scope: ResyncScope::All, direction: ResyncDirection::Compare, external_ids: Vec::new() };
    let resync: Resync = ada.calls::<CreateResync>(&project.id, &new).await.expect(201).json();
    let comes_to = async |state: ResyncState| loop {
        let now: Resync = ada.calls::<GetResync>(&resync.id, &Nothing {}).await.expect(200).json();
        if now.state == state {
            return now;
        }
        tokio::time::sleep(LOOK).await;
    };
    comes_to(ResyncState::Ready).await;
    let planned = began.elapsed();
    ada.calls::<StartResync>(&resync.id, &Nothing {}).await.expect(200);
    let done = comes_to(ResyncState::Finished).await;
    let calls = causeway.model.requests().len() - before;
    println!(
        "a resync of {many} tasks with nothing to do: {:.0} s for the preview ({:.0} a second), {:.0} s in all, {calls} \
        calls to Jira, planned {:?}",
        planned.as_secs_f64(),
        rate(many, planned),
        began.elapsed().as_secs_f64(),
        done.planned
    );
}

#[expect(clippy::cast_precision_loss, reason = "there are some thousands of anything")]
fn float(many: usize) -> f64 {
    many as f64
}

fn rate(many: usize, took: Duration) -> f64 {
    float(many) / took.as_secs_f64()
}

/// The bytes of all files below.
fn size_of(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let of = |entry: fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => size_of(&entry.path()),
        Ok(about) => usize::try_from(about.len()).unwrap_or_default(),
        Err(_) => 0,
    };
    entries.map(of).sum()
}
