//! A keeper and what is around it: an organization that is asked, a token, a clock, an alarm.

mod faulty_tables;
mod ledger;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use api::{
    BatchTask, GrantId, Keep, ListTasksQuery, Mapping, Name, ProjectId, Task, TaskBatchAnswer, TaskEntry, Timestamp,
};
use futures::{FutureExt as _, executor::block_on};
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json, value::to_raw_value};

use self::faulty_tables::FaultyTables;
use super::jira::Jira;
use crate::{
    configuration::Configuration,
    fakes::{FakeClock, FakeLedger, Faults, LogRecorder, NativeAead, NativeRsa, SeededRandom},
    grant::{AccessToken, Credential, Generation, GrantKeepers, KeeperAnswer, KeeperCommand, NEVER, Token},
    jira::JiraTarget,
    oauth1::{KeyPair, PrivateKey, Rsa, RsaFailure},
    organization::{
        Envelope, JiraAccess, JiraWay, NotConnected, ObservedRateLimit, Organizations, ProjectSync, RawReply,
        RecordCalls, Refusal, ReportTaskEvents, Sql, fixture::Tables,
    },
    organization_id::OrganizationId,
    ports::*,
    project_keeper::*,
};

/// The platform of a keeper.
pub(super) struct Platform {
    pub(super) clock: Rc<FakeClock>,
    pub(super) jira: Rc<Jira>,
    pub(super) faults: Rc<Faults>,
    random: SeededRandom,
    rsa: NativeRsa,
    pub(super) log: LogRecorder,
    /// What the organization says; `None`: it has no such project.
    pub(super) sync: RefCell<Option<ProjectSync>>,
    /// The events that were reported.
    pub(super) reported: RefCell<Vec<String>>,
    /// What the connection was told of Jira's rate limits.
    pub(super) limits: RefCell<Vec<ObservedRateLimit>>,
    /// What calls are made with.
    pub(super) credential: RefCell<Credential>,
    pub(super) ledger: Rc<FakeLedger>,
}

/// What survives a keeper: its storage, its alarm, and everything outside.
pub(super) struct Outside {
    pub(super) platform: Platform,
    pub(super) tables: FaultyTables,
    pub(super) alarm: Cell<Option<Timestamp>>,
}

pub(super) struct World(pub(super) Rc<Outside>);

impl ProjectWorld for World {
    type Platform = Platform;

    fn platform(&self) -> &Platform {
        &self.0.platform
    }

    fn sql(&self) -> &dyn Sql {
        &self.0.tables
    }

    async fn alarm(&self) -> Result<Option<Timestamp>, PortFailure> {
        Ok(self.0.alarm.get())
    }

    async fn set_alarm(&self, at: Option<Timestamp>) -> Result<(), PortFailure> {
        self.0.platform.faults.pass("alarm: before").await;
        self.0.alarm.set(at);
        self.0.platform.faults.pass("alarm: after").await;
        Ok(())
    }

    async fn erase(&self) -> Result<(), PortFailure> {
        for table in [
            "tasks",
            "events",
            "facts",
            "identity",
            "counts",
            "comments",
            "resyncs",
            "resync_items",
            "stories",
            "schema_version",
        ] {
            self.0.tables.tables.run(&format!("DROP TABLE {table}"), vec![])?;
        }
        Ok(())
    }
}

impl Clock for Platform {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Timer for Platform {
    async fn sleep(&self, pause: Duration) {
        self.clock.advance(pause);
    }
}

impl Random for Platform {
    fn fill(&self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }
}

impl Log for Platform {
    fn log(&self, level: Level, event: &'static str, details: &[(&'static str, &str)]) {
        self.log.log(level, event, details);
    }
}

impl Aead for Platform {
    async fn seal(&self, key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, AeadFailure> {
        NativeAead.seal(key, nonce, aad, plain).await
    }

    async fn open(&self, key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, AeadFailure> {
        NativeAead.open(key, nonce, aad, sealed).await
    }
}

impl Rsa for Platform {
    async fn generate(&self) -> Result<KeyPair, RsaFailure> {
        self.rsa.generate().await
    }

    async fn sign_sha1(&self, private_key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, RsaFailure> {
        self.rsa.sign_sha1(private_key, message).await
    }
}

impl Http for Platform {
    async fn exchange(
        &self,
        request: http::Request<Vec<u8>>,
        limits: HttpLimits,
    ) -> Result<http::Response<Vec<u8>>, HttpFailure> {
        self.jira.exchange(request, limits).await
    }
}

impl GrantKeepers for Platform {
    async fn command(
        &self,
        _: &OrganizationId,
        _: &GrantId,
        command: KeeperCommand,
    ) -> Result<KeeperAnswer, PortFailure> {
        self.faults.pass("token").await;
        let generation = if let KeeperCommand::Token { refused: true, .. } = command { 2 } else { 1 };
        let token = AccessToken {
            credential: self.credential.borrow().clone(),
            generation: Generation(generation),
            expires_at: NEVER,
            refresh_after: self.clock.now(),
        };
        Ok(KeeperAnswer::Token { token })
    }
}

impl Organizations for Platform {
    async fn call_organization(&self, _: &OrganizationId, envelope: String, _: bool) -> Result<String, PortFailure> {
        self.faults.pass("organization: before").await;
        let failed = |error: serde_json::Error| PortFailure(error.to_string());
        let envelope: Envelope = serde_json::from_str(&envelope).map_err(failed)?;
        let reply: RawReply = match envelope.name.as_str() {
            "GetProjectSync" => match &*self.sync.borrow() {
                Some(sync) => Ok(to_raw_value(sync).map_err(failed)?),
                None => Err(Refusal::NotFound),
            },
            "ReportTaskEvents" => {
                let report: ReportTaskEvents = serde_json::from_str(envelope.content.get()).map_err(failed)?;
                let told = report.events.iter().map(|event| format!("{} {}", event.event.as_str(), event.external_id));
                self.reported.borrow_mut().extend(told);
                Ok(to_raw_value(&()).map_err(failed)?)
            }
            "RecordCalls" => {
                let calls: RecordCalls = serde_json::from_str(envelope.content.get()).map_err(failed)?;
                let said = calls.connections.iter().filter_map(|calls| calls.rate_limit);
                self.limits.borrow_mut().extend(said);
                Ok(to_raw_value(&()).map_err(failed)?)
            }
            "RequestCheckup" => Ok(to_raw_value(&()).map_err(failed)?),
            other => panic!("the organization was sent {other}"),
        };
        self.faults.pass("organization: after").await;
        serde_json::to_string(&reply).map_err(failed)
    }
}

/// A keeper of a project whose mapping is simple: open, triaged and fixed are To Do, In Progress and Done.
pub(super) struct Kept {
    pub(super) outside: Rc<Outside>,
    object: RefCell<Rc<ProjectObject<World>>>,
}

pub(super) fn way() -> JiraWay {
    let access = JiraAccess {
        connection: api::ConnectionId::parse("con_1").expect("an id"),
        grant: GrantId::parse("grt_1").expect("an id"),
        target: JiraTarget::Gateway { cloud_id: "one".to_owned() },
        is_cloud: true,
    };
    JiraWay { access, jira_project: "ABC".to_owned(), site_url: "https://one.atlassian.net".to_owned() }
}

pub(super) fn mapping() -> Mapping {
    serde_json::from_value(json!({
        "statuses": [{"status": "open", "category": "to_do"}, {"status": "triaged", "category": "in_progress"},
            {"status": "fixed", "category": "done"}],
        "issue_types": [{
            "issue_type": "10001", "pass_through": ["2"], "on_reopen": "reopen",
            "out": [{"status": "open", "to": "1"}, {"status": "triaged", "to": "2"}, {"status": "fixed", "to": "3"}],
            "in": [{"status": "1", "to": "open"}, {"status": "2", "to": "triaged"}, {"status": "3", "to": "fixed"},
                {"status": "4", "to": null}],
        }],
    }))
    .expect("a mapping")
}

/// The sealing key that keepers have at first.
pub(super) const KEY: &str = "k1:dGVzdHMgb2YgdGhlIGVkZ2UsIHNlYWxpbmcga2V5IDE=";

fn configuration(keys: &str) -> Configuration {
    Configuration::read(|name| match name {
        "ATLASSIAN_API_URL" => Some("https://api.atlassian.example".to_owned()),
        "SEALING_KEYS" => Some(keys.to_owned()),
        _ => None,
    })
}

/// The same project over a connection to a Data Center.
fn way_to_data_center() -> JiraWay {
    let target = JiraTarget::Direct { address: "https://jira.example.com/jira".to_owned().into() };
    let access = JiraAccess { target, is_cloud: false, ..way().access };
    JiraWay { access, site_url: "https://jira.example.com/jira".to_owned(), ..way() }
}

impl Kept {
    pub(super) fn new() -> Self {
        Self::sharing(&Rc::default())
    }

    /// One of several keepers that spend the same points.
    pub(super) fn sharing(ledger: &Rc<FakeLedger>) -> Self {
        let (clock, faults) = (Rc::<FakeClock>::default(), Rc::<Faults>::default());
        let platform = Platform {
            jira: Rc::new(Jira::new(Rc::clone(&clock), Rc::clone(&faults))),
            clock,
            faults,
            random: SeededRandom::new(3),
            rsa: NativeRsa::default(),
            log: LogRecorder::default(),
            sync: RefCell::new(Some(ProjectSync { way: Ok(way()), mapping: Some(mapping()), revision: 1 })),
            reported: RefCell::default(),
            limits: RefCell::default(),
            credential: RefCell::new(Credential::Bearer(Token::parse("ACCESS-TOKEN").expect("a token"))),
            ledger: Rc::clone(ledger),
        };
        let tables = FaultyTables { tables: Tables::empty(), left: Cell::new(None), run: Cell::new(0) };
        let outside = Rc::new(Outside { platform, tables, alarm: Cell::new(None) });
        let object = RefCell::new(Rc::new(ProjectObject::new(World(Rc::clone(&outside)), configuration(KEY))));
        Self { outside, object }
    }

    /// The same with a Data Center.
    pub(super) fn at_data_center() -> Self {
        let kept = Self::new();
        kept.jira().is_data_center.set(true);
        kept.mapped(mapping());
        kept
    }

    /// Another mapping is saved.
    pub(super) fn mapped(&self, mapping: Mapping) {
        let way = if self.jira().is_data_center.get() { way_to_data_center() } else { way() };
        let revision = self.outside.platform.sync.borrow().as_ref().map_or(1, |sync| sync.revision + 1);
        let sync = ProjectSync { way: Ok(way), mapping: Some(mapping), revision };
        self.outside.platform.sync.replace(Some(sync));
    }

    /// What the feed of changes tells.
    pub(super) fn feed(&self) -> Vec<api::TaskChange> {
        let changes: api::TaskChanges = self.read(ProjectCommand::Changes { query: api::ListChangesQuery::default() });
        changes.items
    }

    pub(super) fn jira(&self) -> &Jira {
        &self.outside.platform.jira
    }

    pub(super) fn now(&self) -> Timestamp {
        self.outside.platform.clock.now()
    }

    /// Starts the keeper anew over what it has stored.
    pub(super) fn restart(&self) {
        self.restart_with(KEY);
    }

    /// The same with other sealing keys.
    pub(super) fn restart_with(&self, keys: &str) {
        let object = ProjectObject::new(World(Rc::clone(&self.outside)), configuration(keys));
        self.object.replace(Rc::new(object));
    }

    pub(super) fn command(&self, command: ProjectCommand) -> Result<Json, Refusal> {
        let identity = ProjectIdentity {
            organization: OrganizationId::default(),
            project: ProjectId::parse("prj_1").expect("an id"),
        };
        let envelope = serde_json::to_string(&ProjectEnvelope { identity, command }).expect("JSON");
        let object = Rc::clone(&self.object.borrow());
        let reply: RawReply = serde_json::from_str(&block_on(object.handle(&envelope))).expect("a reply");
        reply.map(|answer| serde_json::from_str(answer.get()).expect("JSON"))
    }

    pub(super) fn read<T: DeserializeOwned>(&self, command: ProjectCommand) -> T {
        serde_json::from_value(self.command(command).expect("an answer")).expect("what was asked for")
    }

    pub(super) fn push_all(&self, tasks: Vec<BatchTask>) -> TaskBatchAnswer {
        let statuses = Some(["open", "triaged", "fixed"].map(|text| Name::parse(text).expect("a name")).to_vec());
        self.read(ProjectCommand::Push { tasks, rules: PushRules { statuses } })
    }

    pub(super) fn push(&self, external_id: &str, status: &str) -> Task {
        let answer = self.push_all(vec![task(external_id, status)]);
        answer.results.into_iter().next().and_then(|result| result.task).expect("it was stored")
    }

    pub(super) fn task(&self, external_id: &str) -> Task {
        self.read(ProjectCommand::One { external_id: external_id.to_owned(), action: TaskAction::Get })
    }

    pub(super) fn act(&self, external_id: &str, action: TaskAction) -> Result<Json, Refusal> {
        self.command(ProjectCommand::One { external_id: external_id.to_owned(), action })
    }

    pub(super) fn resolve(&self, external_id: &str, keep: Keep) {
        self.act(external_id, TaskAction::Resolve { keep, by: "Tia".to_owned() }).expect("resolved");
    }

    pub(super) fn page(&self) -> api::TaskPage {
        self.read(ProjectCommand::List { query: ListTasksQuery::default() })
    }

    /// What happened to a task, oldest first.
    pub(super) fn timeline(&self, external_id: &str) -> Vec<String> {
        let query = api::TaskTimelineQuery { limit: Some(200), ..api::TaskTimelineQuery::default() };
        let list: api::List<TaskEntry> =
            self.read(ProjectCommand::Timeline { external_id: external_id.to_owned(), query });
        list.items.iter().rev().map(|entry| entry.event.as_str().to_owned()).collect()
    }

    /// One run, if the alarm is set: at the time for which it is set. Answers whether it ended; a keeper that was killed
    /// hangs, and is given up.
    pub(super) fn run(&self) -> bool {
        let Some(at) = self.outside.alarm.get() else { return true };
        let wait = at.since(self.now());
        if wait > 0 {
            self.outside.platform.clock.advance(Duration::from_millis(wait.unsigned_abs()));
        }
        let object = Rc::clone(&self.object.borrow());
        object.on_alarm().now_or_never().is_some()
    }

    /// Runs for so many seconds.
    pub(super) fn run_for(&self, seconds: i64) {
        let end = self.now().plus_seconds(seconds);
        while self.outside.alarm.get().is_some_and(|at| at <= end) {
            assert!(self.run(), "the keeper hangs");
        }
        if self.now() < end {
            self.outside.platform.clock.advance(Duration::from_millis(end.since(self.now()).unsigned_abs()));
        }
    }
}

pub(super) fn task(external_id: &str, status: &str) -> BatchTask {
    let task = json!({"title": format!("Task {external_id}"), "status": status, "url": "https://product.example/t"});
    BatchTask { external_id: external_id.to_owned(), task: serde_json::from_value(task).expect("a task") }
}

/// The organization does not let the project reach Jira any more.
pub(super) fn withdrawn() -> ProjectSync {
    ProjectSync { way: Err(NotConnected::NoConnection), mapping: Some(mapping()), revision: 1 }
}
