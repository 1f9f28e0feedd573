//! The document of the contract, read by programs that know nothing else of Causeway: a fuzzer, and the generators of
//! clients. They come from the registries at fixed versions; `make journeys` installs them.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use journeys::{Causeway, Connected, checkout};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

/// How long one program may take on a busy machine.
const LONGEST: Duration = Duration::from_mins(5);
/// How to run these tests without make.
const HOW: &str = "is not set: run `make journeys ARGS=contract`, or first `eval \"$(make -s contract-tools)\"`";

fn folder(variable: &str) -> PathBuf {
    std::env::var_os(variable).unwrap_or_else(|| panic!("{variable} {HOW}")).into()
}

fn sources() -> PathBuf {
    checkout::root().join("tests/contract")
}

fn document() -> PathBuf {
    checkout::root().join("public/api/v1/openapi.json")
}

/// Python with the packages of `requirements.txt`.
fn python(arguments: &[&str]) -> Command {
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", folder("CAUSEWAY_CONTRACT_PYTHON")).env("PYTHONDONTWRITEBYTECODE", "1");
    command.args(arguments);
    command
}

fn node() -> Command {
    let mut command = Command::new("node");
    command.env("PATH", checkout::path_with_node());
    command
}

/// Runs a program to its end and answers what it printed.
async fn run(command: &mut Command) -> String {
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(LONGEST, command.output()).await;
    let output = output.unwrap_or_else(|_| panic!("{command:?} takes too long")).expect("the program can be started");
    let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{command:?} failed:\n{printed}");
    printed
}

/// What the main job of a client needs.
fn with_caller<'a>(command: &'a mut Command, causeway: &Causeway, connected: &Connected) -> &'a mut Command {
    command.env("CAUSEWAY_URL", &causeway.public_url).env("CAUSEWAY_KEY", &connected.key);
    command.env("CAUSEWAY_COOKIE", connected.administrator.cookie_header())
}

/// Who calls, as the document's security schemes name it.
#[derive(Clone, Copy)]
enum Caller {
    ApiKey,
    Session,
}

/// Schemathesis against a Worker, with what `tests/contract/schemathesis.toml` says, and its configuration. It is told the
/// caller's secret by the environment.
fn schemathesis(causeway: &Causeway, connected: &Connected, caller: Caller) -> (Command, TempDir) {
    let cookie = connected.administrator.cookie_header();
    let session = cookie.strip_prefix("__Host-session=").expect("a signed-in visitor has one cookie");
    let auth = match caller {
        Caller::ApiKey => "[auth.openapi.api_key]\nbearer = \"${CAUSEWAY_KEY}\"\n",
        Caller::Session => "[auth.openapi.session]\napi_key = \"${CAUSEWAY_SESSION}\"\n",
    };
    let settings = std::fs::read_to_string(sources().join("schemathesis.toml")).expect("the settings");
    let place = tempfile::tempdir().expect("a temporary folder");
    let file = place.path().join("schemathesis.toml");
    std::fs::write(&file, format!("{settings}\n{auth}")).expect("it can be written");
    let mut command = python(&["-c", "from schemathesis.cli import schemathesis; schemathesis()"]);
    command.current_dir(sources()).arg("--config-file").arg(file);
    command.env("HYPOTHESIS_STORAGE_DIRECTORY", place.path().join("hypothesis"));
    command.env("CAUSEWAY_KEY", &connected.key).env("CAUSEWAY_SESSION", session);
    command.env("CAUSEWAY_CONNECTION", connected.connection.id.as_str());
    command.arg("run").arg(document()).args(["--no-color", "--url", &causeway.public_url]);
    if matches!(caller, Caller::Session) {
        command.args(["--header", &format!("Origin: {}", causeway.public_url), "--header", "x-causeway: 1"]);
    }
    (command, place)
}

/// Every operation was tested: a run that leaves some out is no proof.
fn assert_tested(printed: &str, operations: usize) {
    let all = format!("Tested: {operations}");
    assert!(printed.lines().any(|line| line.trim() == all), "not every operation was tested:\n{printed}");
}

fn operations() -> usize {
    let document = std::fs::read_to_string(document()).expect("the document");
    document.matches("\"operationId\"").count()
}

#[tokio::test]
async fn a_fuzzer_with_an_api_key_gets_only_what_the_document_says() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let (mut command, _place) = schemathesis(&causeway, &connected, Caller::ApiKey);
    assert_tested(&run(&mut command).await, operations());
}

#[tokio::test]
async fn a_fuzzer_with_a_session_gets_only_what_the_document_says() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    // Signing out ends the session that the others need, so it comes last.
    let (mut others, _place) = schemathesis(&causeway, &connected, Caller::Session);
    assert_tested(&run(others.args(["--exclude-operation-id", "SignOut"])).await, operations() - 1);
    let (mut sign_out, _place) = schemathesis(&causeway, &connected, Caller::Session);
    assert_tested(&run(sign_out.args(["--include-operation-id", "SignOut"])).await, 1);
}

#[tokio::test]
async fn a_typescript_client_made_from_the_document_compiles_and_does_the_main_job() {
    let modules = folder("CAUSEWAY_CONTRACT_NPM").join("node_modules");
    let place = copy_of_sources(&["main-job.ts", "tsconfig.json", "package.json"]);
    std::os::unix::fs::symlink(&modules, place.path().join("node_modules")).expect("a link");
    let types = place.path().join("openapi.d.ts");
    let tool = |path: &str| modules.join(path);
    run(node().arg(tool("openapi-typescript/bin/cli.js")).arg(document()).arg("--output").arg(&types)).await;
    run(node().arg(tool("typescript/bin/tsc")).current_dir(place.path())).await;

    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let mut job = node();
    let printed = run(with_caller(job.arg("main-job.ts").current_dir(place.path()), &causeway, &connected)).await;
    assert!(printed.contains("the main job is done"), "{printed}");
}

#[tokio::test]
async fn a_python_client_made_from_the_document_compiles_and_does_the_main_job() {
    let place = copy_of_sources(&["main_job.py"]);
    let mut generator = python(&["-m", "openapi_python_client"]);
    generator.args(["generate", "--meta", "none", "--overwrite", "--output-path", "causeway_client"]);
    generator.arg("--path").arg(document()).arg("--config").arg(sources().join("openapi-python-client.yml"));
    let printed = run(generator.current_dir(place.path())).await;
    let all = !printed.contains("WARNING") && !printed.contains("Unable to");
    assert!(all, "a part of the document is in no client:\n{printed}");
    run(python(&["-m", "mypy", "main_job.py"]).current_dir(place.path())).await;

    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let mut job = python(&["main_job.py"]);
    let printed = run(with_caller(job.current_dir(place.path()), &causeway, &connected)).await;
    assert!(printed.contains("the main job is done"), "{printed}");
}

/// A temporary folder with some of the files of `tests/contract`.
fn copy_of_sources(names: &[&str]) -> TempDir {
    let place = tempfile::tempdir().expect("a temporary folder");
    for name in names {
        std::fs::copy(sources().join(name), place.path().join(name)).expect("it can be copied");
    }
    place
}
