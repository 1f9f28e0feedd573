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
const LONGEST: Duration = Duration::from_mins(10);
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

/// Schemathesis against a Worker, with what `tests/contract/schemathesis.toml` says and `more` settings, and the folder that
/// it needs. Its caller is told by `headers`.
fn schemathesis(causeway: &Causeway, connected: &Connected, headers: &[String], more: &str) -> (Command, TempDir) {
    let settings = std::fs::read_to_string(sources().join("schemathesis.toml")).expect("the settings");
    let place = tempfile::tempdir().expect("a temporary folder");
    let file = place.path().join("schemathesis.toml");
    std::fs::write(&file, format!("{settings}\n{more}")).expect("it can be written");
    let mut command = python(&["-c", "from schemathesis.cli import schemathesis; schemathesis()"]);
    command.current_dir(sources()).arg("--config-file").arg(file);
    command.env("HYPOTHESIS_STORAGE_DIRECTORY", place.path().join("hypothesis"));
    command.env("CAUSEWAY_CONNECTION", connected.connection.id.as_str());
    command.arg("run").arg(document()).args(["--no-color", "--url", &causeway.public_url]);
    for header in headers {
        command.args(["--header", header]);
    }
    (command, place)
}

/// Every operation was tested, and some were carried out: a run that leaves some out, or is refused everywhere, is no proof.
fn assert_tested(printed: &str, operations: usize, accepted: usize) {
    let number = |label: &str| printed.lines().find_map(|line| line.trim().strip_prefix(label)?.parse().ok());
    assert_eq!(number("Tested: "), Some(operations), "not every operation was tested:\n{printed}");
    assert!(number("Accepted: ") >= Some(accepted), "too many operations were always refused:\n{printed}");
}

fn operations() -> usize {
    let document = std::fs::read_to_string(document()).expect("the document");
    document.matches("\"operationId\"").count()
}

#[tokio::test]
async fn a_fuzzer_with_an_api_key_gets_only_what_the_document_says() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let key = format!("Authorization: Bearer {}", connected.key);
    let (mut command, _place) = schemathesis(&causeway, &connected, &[key], "");
    // Most operations are for people.
    assert_tested(&run(&mut command).await, operations(), 5);
}

/// What ends the session that the other operations need, so it is tried last.
const ENDS_SESSIONS: [&str; 3] = ["SignOut", "SignOutMember", "ReleaseAccount"];
/// That check removes credentials to see whether they are needed, and does not know that this cookie is one.
const FOR_A_SESSION: &str = "[checks.ignored_auth]\nenabled = false\n";

#[tokio::test]
async fn a_fuzzer_with_a_session_gets_only_what_the_document_says() {
    let causeway = Causeway::start().await;
    let connected = Connected::at(&causeway).await;
    let headers = [
        format!("Cookie: {}", connected.administrator.cookie_header()),
        format!("Origin: {}", causeway.public_url),
        "x-causeway: 1".to_owned(),
    ];
    let (mut others, _place) = schemathesis(&causeway, &connected, &headers, FOR_A_SESSION);
    let (mut last, _place_of_last) = schemathesis(&causeway, &connected, &headers, FOR_A_SESSION);
    for operation in ENDS_SESSIONS {
        others.args(["--exclude-operation-id", operation]);
        last.args(["--include-operation-id", operation]);
    }
    assert_tested(&run(&mut others).await, operations() - ENDS_SESSIONS.len(), 30);
    connected.administrator.gets("/api/v1/session").await.expect(200);
    assert_tested(&run(&mut last).await, ENDS_SESSIONS.len(), 1);
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
