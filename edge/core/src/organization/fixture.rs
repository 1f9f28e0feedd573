//! The organization over SQLite in memory.

use std::cell::RefCell;

use api::{
    AuthorizationId, Connection, ConnectionId, Name, NewConnection, NewWorkspace, Role, Site, Timestamp, WorkspaceId,
    WorkspaceMembership,
};
use rusqlite::{Connection as Database, params_from_iter, types::ValueRef};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use crate::{
    authorization::Consent,
    fakes::SeededRandom,
    organization::*,
    ports::PortFailure,
    secrets::{Digest, random_id},
};

/// The tables, in memory.
pub(crate) struct Tables(RefCell<Database>);

impl Tables {
    /// A database in which nothing was prepared yet.
    pub(crate) fn empty() -> Self {
        Self(RefCell::new(Database::open_in_memory().expect("SQLite in memory")))
    }

    pub(crate) fn new() -> Self {
        let tables = Self::empty();
        Organization::<Self, SeededRandom>::prepare(&tables).expect("the schema is SQL");
        tables
    }

    /// Everything that is stored, as text.
    pub(crate) fn dump(&self) -> String {
        let tables: Vec<Json> =
            self.rows("SELECT name FROM sqlite_master WHERE type = 'table'", vec![]).expect("names");
        let rows = |name: &str| self.rows::<Json>(&format!("SELECT * FROM {name}"), vec![]).expect("rows");
        tables
            .iter()
            .filter_map(|t| t["name"].as_str())
            .map(|name| format!("{:?}", rows(name)))
            .collect::<Vec<_>>()
            .concat()
    }
}

impl Sql for Tables {
    fn rows<T: DeserializeOwned>(&self, statement: &str, values: Vec<Value>) -> Result<Vec<T>, PortFailure> {
        let failed = |error: rusqlite::Error| PortFailure(error.to_string());
        // The limit of a Durable Object, which SQLite itself does not have.
        if values.len() > 100 {
            return Err(PortFailure("too many SQL variables".to_owned()));
        }
        let database = self.0.borrow();
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
            let mut object = Map::new();
            for (at, name) in names.iter().enumerate() {
                let value = match row.get_ref(at).map_err(failed)? {
                    ValueRef::Null => Json::Null,
                    ValueRef::Integer(number) => Json::from(number),
                    ValueRef::Real(number) => Json::from(number),
                    ValueRef::Text(text) | ValueRef::Blob(text) => Json::from(String::from_utf8_lossy(text)),
                };
                object.insert(name.clone(), value);
            }
            read.push(serde_json::from_value(Json::Object(object)).map_err(|e| PortFailure(e.to_string()))?);
        }
        Ok(read)
    }
}

/// An organization whose administrator is Ada, at a time that tests move.
pub(crate) struct Fixture {
    pub(crate) tables: Tables,
    pub(crate) random: SeededRandom,
    pub(crate) now: Timestamp,
    pub(crate) administrators: Vec<String>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self {
            tables: Tables::new(),
            random: SeededRandom::new(7),
            now: Timestamp::from_millis(1_795_323_600_000),
            administrators: vec!["ada@example.com".to_owned()],
        }
    }

    pub(crate) fn organization(&self) -> Organization<'_, Tables, SeededRandom> {
        Organization { sql: &self.tables, random: &self.random, now: self.now, administrators: &self.administrators }
    }

    pub(crate) fn pass(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
    }

    /// Asks through the same JSON that goes between the Worker and the Durable Object.
    pub(crate) fn ask<C: Command>(&self, caller: &Caller, command: &C) -> Result<C::Answer, Refusal> {
        let command = serde_json::to_string(command).expect("a command is JSON");
        let asked = Asked { name: C::NAME.to_owned(), caller: caller.clone(), command };
        let answer = self.organization().answer(&serde_json::to_string(&asked).expect("JSON"));
        serde_json::from_str::<Result<C::Answer, Refusal>>(&answer).expect("an answer is JSON")
    }

    pub(crate) fn as_edge<C: Command>(&self, command: &C) -> Result<C::Answer, Refusal> {
        self.ask(&Caller::Edge, command)
    }

    /// Signs somebody in, with a session of its own.
    pub(crate) fn sign_in(&self, email: &str, name: &str) -> Result<Caller, Opened> {
        let session = Digest::of(&random_id(&self.random));
        let open = OpenSession { email: email.into(), name: name.into(), session: session.clone(), replaces: None };
        match self.as_edge(&open).expect("storage works") {
            Opened::Signed(_) => Ok(Caller::Session(session)),
            stranger @ Opened::Stranger { .. } => Err(stranger),
        }
    }

    pub(crate) fn ada(&self) -> Caller {
        self.sign_in("ada@example.com", "Ada").expect("Ada is an administrator")
    }

    /// Brings an attempt of `caller` to `authorized` for `cloud_id`, as the edge would.
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
        let attempt = self.ask(caller, &BeginAttempt { ticket: ticket.clone(), connection }).expect("begun");
        self.ask(caller, &SpendTicket { ticket, state: state.clone(), cookie: cookie.clone() }).expect("left");
        let returned = self.as_edge(&SpendState { state, cookies: vec![cookie] }).expect("asked").expect("returned");
        let account = api::Account { account_id: account.into(), name: format!("{account} at Atlassian"), email: None };
        let consent = Consent { grant: returned.grant, account: Some(account), scopes: vec!["read:jira-work".into()] };
        let settle = SettleAttempt { id: attempt.id.clone(), consent, site: site(cloud_id) };
        self.as_edge(&settle).expect("settled");
        attempt.id
    }

    /// Saves a new connection.
    pub(crate) fn connect(&self, caller: &Caller, name: &str) -> Connection {
        let authorization_id = self.authorize(caller, &random_id(&self.random), "cloud-1");
        let new = NewConnection { name: Name::parse(name).expect("a name"), authorization_id, workspaces: Vec::new() };
        self.ask(caller, &SaveNewConnection { new }).expect("saved").connection
    }

    /// Lets somebody into a workspace, which is made for that.
    pub(crate) fn invite(&self, email: &str) {
        let new = NewWorkspace { name: Name::parse(&format!("Workspace of {email}")).expect("a name") };
        let workspace = self.ask(&self.ada(), &MakeWorkspace { new }).expect("made");
        self.let_in(&workspace.id, email, false);
    }

    pub(crate) fn let_in(&self, workspace: &WorkspaceId, email: &str, issue_tracking: bool) {
        let membership = WorkspaceMembership { email: email.to_owned(), issue_tracking };
        self.ask(&self.ada(), &AddMembership { id: workspace.clone(), membership }).expect("let in");
    }
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
    let session = fixture.ask(&max, &ShowSession { organization: "default".into() }).expect("a session");
    assert_eq!(session.member.role, Role::Member);
}
