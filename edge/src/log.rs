//! Log lines: one JSON object per line, so that untrusted text cannot forge a line.

use edge_core::ports::Level;
use serde_json::{Map, Value};
use worker::{console_error, console_log, console_warn};

/// Writes one line to the Worker's log.
pub(crate) fn write(level: Level, event: &'static str, details: &[(&'static str, &str)]) {
    let mut line = Map::new();
    line.insert("event".to_owned(), Value::from(event));
    for (name, text) in details {
        line.insert((*name).to_owned(), Value::from(*text));
    }
    let line = Value::Object(line).to_string();
    match level {
        Level::Info => console_log!("{line}"),
        Level::Warning => console_warn!("{line}"),
        Level::Alert => console_error!("{line}"),
    }
}
