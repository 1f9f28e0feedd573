//! Libraries that we did not write do an integration's work right at the model: Cloud in both versions, and Data Center.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use atlassian::sites::HARBOUR;
use atlassian::{Instance, Person};

use crate::asking::{Asking, a_model};

/// Where the libraries are: `CAUSEWAY_CLIENTS` if `make` has set it, otherwise `make clients`.
fn libraries() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| std::env::var_os("CAUSEWAY_CLIENTS").map_or_else(ask_make, PathBuf::from))
}

fn ask_make() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new("make").args(["--silent", "clients"]).current_dir(root).output().unwrap();
    assert!(output.status.success(), "make clients: {}", String::from_utf8_lossy(&output.stderr));
    PathBuf::from(String::from_utf8_lossy(&output.stdout).lines().last().unwrap())
}

/// One library at one Jira.
struct Work<'a> {
    url: String,
    token: String,
    edition: &'a str,
    version: &'a str,
    project: &'a str,
    watcher: &'a str,
}

impl Work<'_> {
    /// Runs a script of `clients`; it must print the key of the issue that it made and deleted.
    async fn is_done_by(&self, script: &str) {
        let program = if Path::new(script).extension().is_some_and(|end| end == "mjs") { "node" } else { "python3" };
        let mut command = Command::new(program);
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(script));
        command.env("JIRA_URL", &self.url).env("TOKEN", &self.token).env("EDITION", self.edition);
        command.env("API_VERSION", self.version).env("PROJECT", self.project).env("WATCHER", self.watcher);
        command.env("PYTHONPATH", libraries().join("python")).env("PYTHONDONTWRITEBYTECODE", "1");
        command.env("CAUSEWAY_JIRA_JS", libraries());
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let version = self.version;
        assert!(output.status.success(), "{script} at version {version} of {}: {said}{complained}", self.edition);
        assert!(said.starts_with(self.project), "{script} made {said:?}");
    }
}

async fn at_cloud(asking: &Asking, version: &'static str) -> Work<'static> {
    let token = asking.authorized(Person::Ada, &[HARBOUR]).await.access;
    let (url, watcher) = (asking.url(&format!("/ex/jira/{HARBOUR}")), Person::Max.account_id());
    Work { url, token, edition: "cloud", version, project: "DOCK", watcher }
}

fn at_data_center(asking: &Asking) -> Work<'static> {
    let quarry = asking.model.data_center(Instance::Quarry);
    let token = quarry.create_personal_access_token(Person::Ada, None);
    Work { url: quarry.base_url(), token, edition: "data-center", version: "2", project: "PIT", watcher: "max" }
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_for_python_works() {
    let asking = a_model().await;
    at_cloud(&asking, "2").await.is_done_by("pypi_jira.py").await;
    at_cloud(&asking, "3").await.is_done_by("pypi_jira.py").await;
    at_data_center(&asking).is_done_by("pypi_jira.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn atlassian_python_api_works() {
    let asking = a_model().await;
    at_cloud(&asking, "2").await.is_done_by("atlassian_python_api.py").await;
    at_cloud(&asking, "3").await.is_done_by("atlassian_python_api.py").await;
    at_data_center(&asking).is_done_by("atlassian_python_api.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_js_works() {
    let asking = a_model().await;
    at_cloud(&asking, "2").await.is_done_by("jira_js.mjs").await;
    at_cloud(&asking, "3").await.is_done_by("jira_js.mjs").await;
    at_data_center(&asking).is_done_by("jira_js.mjs").await;
}
