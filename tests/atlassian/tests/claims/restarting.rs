//! What survives a restart, in process and as a program.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use atlassian::sites::HARBOUR;
use atlassian::{Instance, Options, Person, Scope};
use serde_json::json;

use crate::asking::{Browser, json_of, question, tokens, with_options};

#[tokio::test]
async fn families_log_ins_issues_filters_tasks_and_the_clock_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let state_file = Some(folder.path().join("state.json"));
    let options = Options { state_file, ..Options::for_public_url("http://localhost:8787") };
    let before = with_options(options.clone()).await;
    let first = before.authorized(Person::Ada, &[HARBOUR]).await;
    before.model.advance_clock(Duration::from_hours(2));
    let second = tokens(before.refresh(&first.refresh).await.unwrap()).await;
    let fields = json!({ "project": { "key": "OPS" }, "issuetype": { "name": "Task" }, "summary": "Remember me" });
    let issue = format!("/ex/jira/{HARBOUR}/rest/api/3/issue");
    assert_eq!(before.post(&issue, &second.access, &json!({ "fields": fields })).await.status(), 201);
    let shares = json!([{ "type": "project", "project": { "id": "10000" } }]);
    let filter = json!({ "name": "Kept", "jql": "project = DOCK", "sharePermissions": shares });
    let at = |path: &str| format!("/ex/jira/{HARBOUR}/rest/api/3/{path}");
    assert_eq!(before.post(&at("filter"), &second.access, &filter).await.status(), 200);
    before.model.change_settings(|settings| settings.task_seconds = 600);
    let bulk = json!({ "selectedIssueIdsOrKeys": ["DOCK-1"] });
    let task = json_of(before.post(&at("bulk/issues/delete"), &second.access, &bulk).await).await;
    let then = before.model.now();
    before.model.shutdown().await;

    let after = with_options(options).await;
    assert!(after.model.now() >= then);
    let third = tokens(after.refresh(&second.refresh).await.unwrap()).await;
    let kept = json_of(after.get(&format!("{issue}/OPS-7"), &third.access).await).await;
    assert_eq!(kept["fields"]["summary"], "Remember me");
    let filters = json_of(after.get(&at("filter/search?expand=sharePermissions"), &third.access).await).await;
    assert_eq!(filters["values"][0]["sharePermissions"][0]["project"]["key"], "DOCK");
    after.model.advance_clock(Duration::from_mins(10));
    let progress = at(&format!("bulk/queue/{}", task["taskId"].as_str().unwrap()));
    assert_eq!(json_of(after.get(&progress, &third.access).await).await["status"], "COMPLETE");
    assert_eq!(after.get(&at("issue/DOCK-1"), &third.access).await.status(), 404, "what was begun is ended");
    Browser::of(&after, Person::Ada).await.accept(&question(&[]), &[HARBOUR]).await;
}

#[tokio::test]
async fn links_tokens_and_addresses_of_the_data_center_instances_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let state_file = Some(folder.path().join("state.json"));
    let options = Options { state_file, ..Options::for_public_url("http://localhost:8787") };
    let before = with_options(options.clone()).await;
    let quarry = before.model.data_center(Instance::Quarry);
    let link = quarry.create_incoming_link("Causeway", "https://client.example/back", Scope::Read).unwrap();
    let token = quarry.create_personal_access_token(Person::Max, None);
    quarry.move_to_new_address();
    before.model.shutdown().await;

    let after = with_options(options).await;
    let quarry = after.model.data_center(Instance::Quarry);
    assert_eq!((quarry.incoming_links(), quarry.base_url()), (vec![link], quarry.new_base_url()));
    let myself = after.http.get(format!("{}/rest/api/2/myself", quarry.base_url())).bearer_auth(token);
    assert_eq!(json_of(myself.send().await.unwrap()).await["name"], "max");
}

#[test]
fn the_program_says_where_it_listens_and_ends_when_told_to() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_atlassian"))
        .args(["--address", "127.0.0.1:0", "--public-url", "http://localhost:8787"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("listens on http://127.0.0.1:"), "{line}");
    Command::new("kill").args(["-TERM", &program.id().to_string()]).status().unwrap();
    assert!(program.wait().unwrap().success());
}

#[test]
fn the_program_explains_itself_and_refuses_what_it_does_not_know() {
    let run = |argument: &str| Command::new(env!("CARGO_BIN_EXE_atlassian")).arg(argument).output().unwrap();
    let help = run("--help");
    assert!(String::from_utf8_lossy(&help.stdout).contains("--state FILE"));
    assert!(!run("--nonsense").status.success());
}
