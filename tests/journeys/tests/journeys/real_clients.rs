//! Libraries that people call Jira with, through a connection, as they come: only the address and the key are set.

use std::path::PathBuf;

use api::{
    BasicForm, Connection, CreateAuthorization, KeyScope, Kind, NewCredential, StartAuthorization,
    StartedAuthorization, WriteOnly,
};
use atlassian::sites::HARBOUR;
use atlassian::{Instance, Person};
use journeys::{Causeway, Connected, checkout};
use tokio::process::Command;

/// A program in `tests/journeys/clients`, which does an integration's daily work with one library.
#[derive(Clone, Copy, Debug)]
enum Client {
    PypiJira,
    AtlassianPythonApi,
    JiraJs,
}

const ALL: [Client; 3] = [Client::PypiJira, Client::AtlassianPythonApi, Client::JiraJs];

/// Where a client does its work.
struct Work<'a> {
    address: String,
    key: &'a str,
    edition: &'static str,
    project: &'static str,
    watcher: &'a str,
}

impl Client {
    /// Does the work, and answers the key of the issue that was created and deleted.
    async fn works(self, work: &Work<'_>) -> String {
        let mut command = self.command();
        command.env("JIRA_URL", &work.address).env("API_KEY", work.key).env("EDITION", work.edition);
        command.env("PROJECT", work.project).env("WATCHER", work.watcher).kill_on_drop(true);
        let output = command.output().await.expect("the client can be started");
        let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{self:?} at {}: {said}{complained}", work.address);
        said.lines().last().unwrap_or_default().to_owned()
    }

    fn command(self) -> Command {
        let script = |name: &str| checkout::root().join("tests/journeys/clients").join(name);
        let (program, script): (PathBuf, _) = match self {
            Self::PypiJira => ("python3".into(), script("pypi_jira.py")),
            Self::AtlassianPythonApi => ("python3".into(), script("atlassian_python_api.py")),
            Self::JiraJs => ("node".into(), script("jira_js.mjs")),
        };
        let clients = checkout::clients();
        let mut command = Command::new(program);
        command.arg(script).env("PATH", checkout::path_with_node()).env("PYTHONDONTWRITEBYTECODE", "1");
        command.env("PYTHONPATH", clients.join("python")).env("CAUSEWAY_JIRA_JS", clients);
        command
    }
}

/// What reached Jira: an issue of that key was read, changed and deleted.
fn jira_saw(causeway: &Causeway, from: usize) -> Vec<String> {
    let requests = causeway.model.requests();
    requests[from..].iter().map(|request| format!("{} {}", request.method, request.path)).collect()
}

async fn all_work(causeway: &Causeway, work: &Work<'_>) {
    for client in ALL {
        let from = causeway.model.requests().len();
        let issue = client.works(work).await;
        assert!(issue.starts_with(work.project), "{client:?} made {issue:?}");
        let seen = jira_saw(causeway, from);
        for (method, end) in [("PUT", ""), ("POST", "/comment"), ("POST", "/attachments"), ("DELETE", "")] {
            let is_one = |line: &&String| {
                line.starts_with(&format!("{method} ")) && line.contains("/issue/") && line.ends_with(end)
            };
            assert!(seen.iter().any(|line| is_one(&line)), "{client:?}: no {method} …{end} among {seen:?}");
        }
    }
}

#[tokio::test]
async fn real_clients_do_their_daily_work_through_a_connection_to_cloud() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let address = format!("{}/api/v1/connections/{}/jira", causeway.public_url, connected.connection.id);
    let watcher = Person::Max.account_id();
    let work = Work { address, key: &connected.key, edition: "cloud", project: "DOCK", watcher };
    all_work(&causeway, &work).await;
}

#[tokio::test]
async fn real_clients_work_as_with_atlassians_gateway_when_only_its_host_is_replaced() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let address = format!("{}/ex/jira/{HARBOUR}", causeway.public_url);
    let watcher = Person::Max.account_id();
    let work = Work { address, key: &connected.key, edition: "cloud", project: "DOCK", watcher };
    all_work(&causeway, &work).await;
}

#[tokio::test]
async fn real_clients_do_their_daily_work_through_a_connection_to_data_center() {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let quarry = causeway.model.data_center(Instance::Quarry);
    let token = quarry.create_personal_access_token(Person::Ada, None);
    let connection = connects(&ada, quarry.base_url(), token).await;
    let key = ada.makes_a_key(&[KeyScope::Proxy]).await.key;
    let address = format!("{}/api/v1/connections/{}/jira", causeway.public_url, connection.id);
    let work = Work { address, key: &key, edition: "data-center", project: "PIT", watcher: "max" };
    all_work(&causeway, &work).await;
}

async fn connects(ada: &journeys::Visitor, address: String, token: String) -> Connection {
    let (form, secret) = (BasicForm::PersonalAccessToken, WriteOnly(token));
    let credential = NewCredential::Basic { address, form, username: None, secret, expires_at: None };
    let start = StartAuthorization { kind: Kind::Basic, connection_id: None, credential: Some(credential) };
    let started: StartedAuthorization = ada.calls::<CreateAuthorization>(&(), &start).await.expect(201).json();
    ada.saves("Quarry", started.id).await.expect(201).json()
}
