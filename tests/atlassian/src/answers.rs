//! A record of what Jira answered, for holding it to Atlassian's document afterwards.
//!
//! If `ATLASSIAN_MODEL_ANSWERS` names a file, every answer of an operation is added to it as a line of JSON, by every
//! model of every process: `document/hold_to_document.py` reads it.

use std::fs::{File, OpenOptions};
use std::io::Write;

use serde_json::{Value, json};

/// The name of the variable.
const VARIABLE: &str = "ATLASSIAN_MODEL_ANSWERS";

/// Where answers are recorded, if they are.
#[derive(Debug, Default)]
pub(crate) struct Answers(Option<File>);

impl Answers {
    /// As the environment says.
    pub(crate) fn from_environment() -> std::io::Result<Self> {
        let file = std::env::var_os(VARIABLE).map(|path| OpenOptions::new().create(true).append(true).open(path));
        Ok(Self(file.transpose()?))
    }

    /// Adds one. A line is written at once, so that those of two processes do not mix.
    pub(crate) fn record(&self, operation: &str, version: &str, path: &str, status: u16, body: Option<&Value>) {
        let Some(mut file) = self.0.as_ref() else { return };
        let line = json!({ "operation": operation, "version": version, "path": path, "status": status, "body": body });
        if let Err(error) = file.write_all(format!("{line}\n").as_bytes()) {
            eprintln!("atlassian: an answer could not be recorded: {error}");
        }
    }
}
