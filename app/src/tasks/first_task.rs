//! The command that pushes a first task. It works when pasted.

use api::{Endpoint, ProjectId, PutTask, TaskPath};

/// The id that the first task has in the product.
const FIRST: &str = "finding-1";

/// The API key in the command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PushKey {
    /// It is read from the environment variable `CAUSEWAY_KEY`.
    Environment,
    /// This key, which was just created.
    Literal(String),
}

/// The command. `status` is one that the mapping knows.
pub(super) fn push_command(origin: &str, project: &ProjectId, status: &str, key: &PushKey) -> String {
    let path = PutTask::path(&TaskPath { id: project.clone(), external_id: FIRST.to_owned() });
    let key = match key {
        PushKey::Environment => "$CAUSEWAY_KEY",
        PushKey::Literal(key) => key,
    };
    // A status has no control characters, so only these two are special in JSON.
    let status = status.replace('\\', r"\\").replace('"', r#"\""#);
    let body = format!(
        r#"{{"title":"The first finding","status":"{status}","body":"It was pushed with **curl**.","url":"https://product.example/{FIRST}"}}"#
    );
    // Within single quotes a shell reads everything as it is, except for the quote itself.
    let body = body.replace('\'', r"'\''");
    format!(
        "curl -X PUT \"{origin}{path}\" \\\n  -H \"Authorization: Bearer {key}\" \\\n  \
         -H \"Content-Type: application/json\" \\\n  -d '{body}'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(status: &str, key: &PushKey) -> String {
        let project = ProjectId::parse("prj_1").expect("an id");
        push_command("https://causeway.example", &project, status, key)
    }

    #[test]
    fn the_command_names_the_address_that_the_edge_serves() {
        let command = command("open", &PushKey::Environment);
        assert!(command.contains("https://causeway.example/api/v1/projects/prj_1/tasks/finding-1"), "{command}");
        assert!(command.contains("Bearer $CAUSEWAY_KEY"), "{command}");
    }

    #[test]
    fn a_new_key_is_in_the_command_and_the_variable_is_not() {
        let command = command("open", &PushKey::Literal("cw_x".to_owned()));
        assert!(command.contains("Bearer cw_x") && !command.contains("CAUSEWAY_KEY"), "{command}");
    }

    #[test]
    fn a_status_with_quotes_reaches_the_edge_as_it_is() {
        let command = command(r#"won't "fix" \"#, &PushKey::Environment);
        let body = command.split_once("-d '").expect("a body").1.strip_suffix('\'').expect("its end");
        let body: serde_json::Value = serde_json::from_str(&body.replace(r"'\''", "'")).expect("JSON");
        assert_eq!(body["status"], r#"won't "fix" \"#);
    }
}
