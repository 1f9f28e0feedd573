//! The organization over SQLite in memory.

mod remembered;

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
};

use api::*;
use rusqlite::{Connection as Database, limits::Limit, params_from_iter, types::ValueRef};
use serde::de::DeserializeOwned;
use serde_json::{
    Value as Json,
    value::{RawValue, to_raw_value},
};

use crate::{
    authorization::{CallbackPath, Consent},
    configuration::OperatorInfo,
    fakes::SeededRandom,
    organization::*,
    organization_id::OrganizationId,
    ports::PortFailure,
    secrets::{Digest, random_id},
};

use remembered::Remembered;

/// The tables, in memory.
pub(crate) struct Tables {
    database: RefCell<Database>,
    /// Statements whose query plans were checked.
    seen: RefCell<HashSet<String>>,
    depth: Cell<u32>,
}

/// Tables that do not grow with use, so that a full scan of them is allowed.
const SMALL: &[&str] = &[
    "alerts",
    "counts",
    "identity",
    "organization",
    "resealing",
    "resyncs",
    "schema_version",
    "settings",
    "sqlite_master",
    "sqlite_schema",
    "webhooks",
];

/// Parts of the statements that scan a table on purpose, each with its reason.
const SCANS: &[(&str, &str)] = &[
    ("SELECT deleted, state, count(*) AS n,", "the chips count all that the caller sees"),
    ("instr(", "a search looks at everything that the caller sees"),
    ("FROM workspaces ORDER BY", "all workspaces are listed, and each is a row that a person made"),
    ("FROM workspaces WHERE archived", "as above"),
    ("SELECT id FROM workspaces LIMIT 1", "one row tells whether there is any"),
    ("FROM members ORDER BY email", "all members are listed"),
    ("FROM api_keys ORDER BY", "all keys are listed"),
    ("FROM viewers ORDER BY", "all viewers are listed"),
    ("FROM delegations WHERE state <>", "all delegations are looked through for those that concern the caller"),
    ("FROM forge_viewers ORDER BY", "as above"),
    ("FROM embeds ORDER BY", "all embeds are listed, and each is a row that a person made"),
    ("FROM charts WHERE creator", "an organization has 500 charts at most"),
    ("FROM timeline", "the audit log is read backwards from its end, with a limit"),
    ("UNION SELECT id FROM (SELECT id, record FROM rsa_keys", "sealing anew looks at everything once, a few at a time"),
    ("SELECT count(*) AS waiting FROM attempts", "only at the end of a round of sealing anew"),
    ("UPDATE timeline SET actor", "a migration runs once"),
    ("UPDATE attempts SET slot = CASE", "a migration runs once"),
    ("UPDATE connections SET sort_key = name_key", "a migration runs once"),
    ("UPDATE connections SET failing", "a migration runs once"),
    ("UPDATE connections SET story", "a migration runs once"),
    ("UPDATE connections SET context_path", "a migration runs once"),
    ("UPDATE connections SET kind_key", "a migration runs once"),
    ("INSERT INTO stories", "a migration runs once"),
    ("SELECT DISTINCT connection, '', ?", "once for each start of the object, over an index"),
    ("FROM projects WHERE connection IS NOT NULL", "the watchdog, once in a quarter of an hour, over an index"),
    ("FROM told", "the stories that the statement itself has found"),
];

/// An empty database that refuses what the platform's refuses: a compound SELECT of more than five terms.
fn database() -> Database {
    let database = Database::open_in_memory().expect("SQLite in memory");
    database.set_limit(Limit::SQLITE_LIMIT_COMPOUND_SELECT, 5).expect("a limit");
    database
}

impl Tables {
    /// An empty database, before any migration.
    pub(crate) fn empty() -> Self {
        Self { database: RefCell::new(database()), seen: RefCell::default(), depth: Cell::new(0) }
    }

    pub(crate) fn new() -> Self {
        let tables = Self::empty();
        Turn::prepare(&tables).expect("the schema is SQL");
        tables
    }

    /// Runs a query of a test itself, whose query plan is not checked.
    pub(crate) fn rows<T: DeserializeOwned>(&self, statement: &str, values: Vec<Value>) -> Result<Vec<T>, PortFailure> {
        self.seen.borrow_mut().insert(statement.to_owned());
        (self as &dyn Sql).rows(statement, values)
    }

    /// Runs a statement of a test itself that returns no rows.
    pub(crate) fn run(&self, statement: &str, values: Vec<Value>) -> Result<(), PortFailure> {
        self.rows::<Json>(statement, values).map(drop)
    }

    /// Everything that is stored, as text.
    pub(crate) fn dump(&self) -> String {
        let tables: Vec<Json> =
            self.rows("SELECT name FROM sqlite_master WHERE type = 'table'", vec![]).expect("names");
        let rows = |name: &str| self.rows::<Json>(&format!("SELECT * FROM {name}"), vec![]).expect("rows");
        tables
            .iter()
            .filter_map(|t| t["name"].as_str())
            .map(|name| format!("{name}: {:?}\n", rows(name)))
            .collect::<Vec<_>>()
            .concat()
    }

    fn pages(&self) -> i64 {
        self.database.borrow().query_row("PRAGMA page_count", [], |row| row.get(0)).expect("a count")
    }

    /// Everything that a refusal must leave as it was: all but when keys and sessions were last used.
    fn dump_of_decisions(&self) -> String {
        let is_touched = |line: &&str| line.starts_with("sessions:") || line.starts_with("api_keys:");
        self.dump().lines().filter(|line| !is_touched(line)).collect::<Vec<_>>().join("\n")
    }

    /// Panics if a statement scans a table that grows. Every statement that any test runs is checked.
    fn check_plan(&self, database: &Database, statement: &str) {
        if !self.seen.borrow_mut().insert(statement.to_owned()) || !is_query(statement) {
            return;
        }
        // A statement that is not SQL fails by itself.
        let Ok(mut explain) = database.prepare(&format!("EXPLAIN QUERY PLAN {statement}")) else { return };
        let values = vec![rusqlite::types::Value::Null; explain.parameter_count()];
        let steps = explain.query_map(params_from_iter(values), |row| row.get::<_, String>(3)).expect("a plan");
        let steps: Vec<String> = steps.map(|step| step.expect("a step")).collect();
        for step in &steps {
            let Some(table) = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next()) else { continue };
            let grows = is_table(database, table) && !SMALL.contains(&table);
            let is_meant = SCANS.iter().any(|(part, _)| statement.contains(part));
            assert!(!grows || is_meant, "{statement}\nscans {table}: {steps:#?}");
        }
    }
}

fn is_query(statement: &str) -> bool {
    ["SELECT", "WITH", "UPDATE", "DELETE"].iter().any(|verb| statement.trim_start().starts_with(verb))
}

/// A step names a table by its alias; aliases of one letter are of tables that grow.
fn is_table(database: &Database, name: &str) -> bool {
    let known = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?";
    name.len() <= 2 || database.query_row(known, [name], |row| row.get::<_, i64>(0)).expect("a count") > 0
}

impl Sql for Tables {
    fn query(&self, statement: &str, values: Vec<Value>) -> Result<Vec<Row>, PortFailure> {
        let failed = |error: rusqlite::Error| PortFailure(error.to_string());
        // The limit of a Durable Object, which SQLite itself does not have.
        if values.len() > 100 {
            return Err(PortFailure("too many SQL variables".to_owned()));
        }
        let database = self.database.borrow();
        self.check_plan(&database, statement);
        let mut prepared = database.prepare(statement).map_err(failed)?;
        let names: Vec<String> = prepared.column_names().map(ToOwned::to_owned).collect();
        let values = values.into_iter().map(|value| match value {
            Value::Text(text) => rusqlite::types::Value::Text(text),
            Value::Integer(number) => rusqlite::types::Value::Integer(number),
            Value::Null => rusqlite::types::Value::Null,
        });
        let mut rows = prepared.query(params_from_iter(values)).map_err(failed)?;
        let mut read = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            let mut object = Row::new();
            for (at, name) in names.iter().enumerate() {
                let value = match row.get_ref(at).map_err(failed)? {
                    ValueRef::Null => Json::Null,
                    ValueRef::Integer(number) => Json::from(number),
                    ValueRef::Real(number) => Json::from(number),
                    ValueRef::Text(text) | ValueRef::Blob(text) => Json::from(String::from_utf8_lossy(text)),
                };
                object.insert(name.clone(), value);
            }
            read.push(object);
        }
        Ok(read)
    }

    fn transaction(&self, work: &mut dyn FnMut() -> bool) -> Result<(), PortFailure> {
        self.depth.set(self.depth.get() + 1);
        let savepoint =
            Savepoint { tables: self, name: format!("turn_{}", self.depth.get()), commits: Cell::new(false) };
        self.execute(&format!("SAVEPOINT {}", savepoint.name))?;
        savepoint.commits.set(work());
        Ok(())
    }
}

impl Tables {
    fn execute(&self, statement: &str) -> Result<(), PortFailure> {
        self.database.borrow().execute_batch(statement).map_err(|error| PortFailure(error.to_string()))
    }
}

/// A transaction that is rolled back unless it commits, also where a panic ends it.
struct Savepoint<'a> {
    tables: &'a Tables,
    name: String,
    commits: Cell<bool>,
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        let name = &self.name;
        self.tables.depth.set(self.tables.depth.get() - 1);
        let rollback = if self.commits.get() { String::new() } else { format!("ROLLBACK TO {name}; ") };
        self.tables.execute(&format!("{rollback}RELEASE {name}")).expect("a savepoint");
    }
}

/// An organization whose administrator is Ada, at a time that tests move.
pub(crate) struct Fixture {
    pub(crate) organization: OrganizationId,
    pub(crate) tables: Tables,
    pub(crate) random: SeededRandom,
    pub(crate) now: Timestamp,
    pub(crate) administrators: Vec<String>,
    pub(crate) operator: OperatorInfo,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self {
            organization: OrganizationId::default(),
            tables: Tables::new(),
            random: SeededRandom::new(7),
            now: Timestamp::from_millis(1_795_323_600_000),
            administrators: vec!["ada@example.com".to_owned()],
            operator: OperatorInfo::default(),
        }
    }

    /// A turn of the edge's own, now.
    pub(crate) fn turn(&self) -> Turn<'_> {
        Turn {
            organization: &self.organization,
            who: Identity::Edge,
            expected_version: None,
            now: self.now,
            sql: &self.tables,
            random: &self.random,
            administrators: &self.administrators,
            operator: &self.operator,
        }
    }

    pub(crate) fn pass(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
    }

    /// Sends a step as the JSON that the Worker sends to the Durable Object. A refusal must leave
    /// every table as it was.
    pub(crate) fn ask<S: Step>(&self, caller: &Caller, step: &S) -> Result<S::Answer, Refusal> {
        // Of a large database it would take too long, and the same steps run over small ones.
        let is_small = self.tables.pages() < 200;
        let before = if is_small { self.tables.dump_of_decisions() } else { String::new() };
        let remembered = is_small.then(|| Remembered::of(self));
        let reply = self.reply(caller, S::NAME, to_raw_value(step).expect("a step is JSON"));
        if let Some(remembered) = remembered {
            remembered.check_after(self, S::NAME);
        }
        if let (Err(refusal), true) = (&reply, is_small) {
            let after = self.tables.dump_of_decisions();
            assert_eq!(before, after, "{} was refused ({refusal:?}) and yet changed something", S::NAME);
        }
        reply.map(|answer| serde_json::from_str(answer.get()).expect("an answer is JSON"))
    }

    pub(crate) fn reply(&self, caller: &Caller, name: &str, content: Box<RawValue>) -> RawReply {
        let organization = self.organization.clone();
        let envelope = Envelope { organization, name: name.to_owned(), caller: caller.clone(), content };
        let sent = serde_json::to_string(&envelope).expect("JSON");
        let reply = self.turn().answer(&serde_json::from_str(&sent).expect("an envelope"));
        serde_json::from_str(&serde_json::to_string(&reply).expect("JSON")).expect("a reply")
    }

    pub(crate) fn as_edge<S: Step>(&self, command: &S) -> Result<S::Answer, Refusal> {
        self.ask(&Caller::Edge, command)
    }

    /// Signs a person in, with a new session. The person's account is as old as the address.
    pub(crate) fn sign_in(&self, email: &str, name: &str) -> Result<Caller, Opened> {
        self.sign_in_with(account_of(email), email, name)
    }

    pub(crate) fn sign_in_with(&self, account: ProviderAccount, email: &str, name: &str) -> Result<Caller, Opened> {
        let random = || Digest::of(&random_id(&self.random));
        let session = random();
        let open = OpenSession {
            state: random(),
            account,
            email: email.into(),
            name: name.into(),
            session: session.clone(),
            replaces: None,
        };
        match self.as_edge(&open).expect("storage works") {
            Opened::Signed(_) => Ok(Caller::Session(session)),
            other => Err(other),
        }
    }

    pub(crate) fn ada(&self) -> Caller {
        self.sign_in("ada@example.com", "Ada").expect("Ada is an administrator")
    }

    /// Creates an authorization of `caller` and completes it for `cloud_id`, as the edge would.
    pub(crate) fn authorize(&self, caller: &Caller, secret: &str, cloud_id: &str) -> AuthorizationId {
        self.consent(caller, secret, None, "ada", cloud_id)
    }

    /// The same for a connection that exists, as another account.
    pub(crate) fn reauthorize(&self, caller: &Caller, connection: &Connection, account: &str) -> AuthorizationId {
        let cloud_id = connection.site.as_ref().map_or("cloud-1", Site::key);
        self.consent(caller, &random_id(&self.random), Some(connection.id.clone()), account, cloud_id)
    }

    fn consent(
        &self,
        caller: &Caller,
        secret: &str,
        connection: Option<ConnectionId>,
        account: &str,
        cloud_id: &str,
    ) -> AuthorizationId {
        let ticket = Digest::of(&format!("ticket {secret}"));
        let (state, cookie) = (Digest::of(&format!("state {secret}")), Digest::of(&format!("cookie {secret}")));
        let id: AuthorizationId = self.turn().new_id();
        let begin = BeginAuthorization {
            id: id.clone(),
            ticket: ticket.clone(),
            connection,
            kind: Kind::CloudOauth2,
            auth: None,
            cloud_callback: CallbackPath::default(),
        };
        self.ask(caller, &begin).expect("begun");
        self.ask(caller, &RedeemTicket { ticket, state: state.clone(), cookie: cookie.clone() }).expect("left");
        let returned = self.as_edge(&RedeemState { state, cookies: vec![cookie] }).expect("asked").expect("returned");
        let account = api::Account { account_id: account.into(), name: format!("{account} at Atlassian"), email: None };
        let consent = Consent { grant: returned.grant, account: Some(account), scopes: vec!["read:jira-work".into()] };
        let settle = SettleAuthorization { id: id.clone(), consent, site: site(cloud_id), ends_at: None };
        self.as_edge(&settle).expect("settled");
        id
    }

    /// Saves a new connection.
    pub(crate) fn connect(&self, caller: &Caller, name: &str) -> Connection {
        let authorization_id = self.authorize(caller, &random_id(&self.random), "cloud-1");
        let name = Name::parse(name).expect("a name");
        let new = NewConnection { name, authorization_id: Some(authorization_id), draft: None, workspaces: Vec::new() };
        self.ask(caller, &Call::<CreateConnection>::new((), new)).expect("saved").connection
    }

    /// Creates a workspace with one member.
    pub(crate) fn invite(&self, email: &str) {
        let new = NewWorkspace::named(Name::parse(&format!("Workspace of {email}")).expect("a name"));
        let workspace = self.ask(&self.ada(), &Call::<CreateWorkspace>::new((), new)).expect("made");
        self.let_in(&workspace.id, email, false);
    }

    pub(crate) fn let_in(&self, workspace: &WorkspaceId, email: &str, issue_tracking: bool) {
        let membership = WorkspaceMembership { email: email.to_owned(), issue_tracking };
        self.ask(&self.ada(), &Call::<AddWorkspaceMember>::new(workspace.clone(), membership)).expect("let in");
    }
}

/// The account of whoever has this address.
pub(crate) fn account_of(email: &str) -> ProviderAccount {
    ProviderAccount { issuer: "https://id.example".to_owned(), subject: format!("subject of {email}") }
}

pub(crate) fn site(cloud_id: &str) -> Site {
    Site {
        cloud_id: Some(cloud_id.to_owned()),
        name: format!("Site {cloud_id}"),
        url: format!("https://{cloud_id}.atlassian.net"),
        avatar_url: None,
        version: None,
    }
}

#[test]
fn a_member_has_the_members_role() {
    let fixture = Fixture::new();
    fixture.invite("max@example.com");
    let max = fixture.sign_in("max@example.com", "Max").expect("Max is invited");
    let session = fixture.ask(&max, &Call::<GetSession>::new((), Nothing {})).expect("a session");
    assert_eq!(session.member.role, Role::Member);
}
