//! The report as a file for spreadsheets (RFC 4180): every item, with what was planned and what became of it.

use api::{ListResyncItems, ListResyncItemsQuery, ResyncId, ResyncItem};
use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::words::{outcome, step};
use crate::{
    client::{CallError, call},
    ui::{button::Button, download, mutation::Mutation},
};

/// How many items are read at once.
const PAGE: u16 = 200;
/// The characters that make a formula of a field that begins with one of them.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
/// Without a byte-order mark in front, Excel does not read UTF-8.
const HEAD: &str = "\u{feff}id,title,issue,in the product,in Jira,planned,outcome,why\r\n";

/// The button that saves the file.
pub(super) fn save_button(id: ResyncId) -> AnyView {
    let mutation = Mutation::new();
    let save = move |()| {
        let id = id.clone();
        mutation.run(async move { saved(&id).await }, |()| ());
    };
    view! { <Button id="resync-csv" on_press=save busy=mutation.busy()>"Download CSV"</Button> {mutation.failure()} }
        .into_any()
}

async fn saved(id: &ResyncId) -> Result<(), CallError> {
    let parts = Array::of1(&JsValue::from_str(HEAD));
    let mut query = ListResyncItemsQuery { limit: Some(PAGE), ..ListResyncItemsQuery::default() };
    loop {
        let page = call::<ListResyncItems>(id, &query).await?;
        let lines: String = page.items.iter().map(line).collect();
        parts.push(&JsValue::from_str(&lines));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    let refused = |error: JsValue| CallError::Unreachable(js_sys::Error::from(error).to_string().into());
    let file = Blob::new_with_str_sequence(&parts).map_err(refused)?;
    download::save(&file, &format!("causeway-{id}.csv")).map_err(refused)
}

fn line(item: &ResyncItem) -> String {
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    let fields = [
        item.external_id.clone(),
        item.title.clone(),
        or_empty(&item.issue_key),
        item.task_status.to_string(),
        or_empty(&item.issue_status),
        // The marks around names are for sentences on a screen.
        step(item).replace(['\u{2068}', '\u{2069}'], ""),
        item.outcome.map(|of| outcome(of).1.to_owned()).unwrap_or_default(),
        or_empty(&item.why),
    ];
    let mut line = fields.map(|text| field(&text)).join(",");
    line.push_str("\r\n");
    line
}

/// A quoted field. Titles come from outside: one that a spreadsheet would read as a formula gets an apostrophe in front.
fn field(text: &str) -> String {
    let guard = if text.starts_with(FORMULA) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_every_field_and_a_title_is_never_a_formula() {
        let item: ResyncItem = serde_json::from_str(
            r#"{"external_id":"F-1","title":"=HYPERLINK(\"x\")","issue_key":"ABC-1","action":"move","task_status":"fixed",
            "issue_status":"To Do","to":"Done","why":"Something changed, since.","outcome":"skipped"}"#,
        )
        .expect("an item");
        assert_eq!(
            line(&item),
            "\"F-1\",\"'=HYPERLINK(\"\"x\"\")\",\"ABC-1\",\"fixed\",\"To Do\",\"Move the issue to Done\",\"Skipped\",\
             \"Something changed, since.\"\r\n"
        );
    }
}
