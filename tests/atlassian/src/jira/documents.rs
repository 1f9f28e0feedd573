//! Atlassian Document Format, as far as issues and comments need it.

use serde_json::{Value, json};

/// A document of one paragraph.
pub(crate) fn paragraph(text: &str) -> Value {
    json!({
        "type": "doc",
        "version": 1,
        "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": text }] }],
    })
}

/// A document with a paragraph for each line.
pub(crate) fn of_text(text: &str) -> Value {
    let paragraphs: Vec<Value> = text.lines().map(|line| paragraph(line)["content"][0].take()).collect();
    json!({ "type": "doc", "version": 1, "content": paragraphs })
}

/// The text of a document, a line for each paragraph. Marks and everything that is no text are lost.
pub(crate) fn text_of(document: &Value) -> String {
    let blocks = document["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    blocks.iter().map(line_of).collect::<Vec<_>>().join("\n")
}

/// A document or a text as HTML, a paragraph for each line.
pub(crate) fn html_of(stored: &Value) -> String {
    let text = stored.as_str().map_or_else(|| text_of(stored), String::from);
    let lines = text.lines().filter(|line| !line.is_empty());
    lines.map(|line| maud::html! { p { (line) } }.into_string()).collect()
}

fn line_of(block: &Value) -> String {
    let parts = block["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    parts.iter().filter_map(|part| part["text"].as_str()).collect()
}

/// Nodes within nodes, before a document is refused.
const DEEPEST: usize = 40;
const INLINE: [&str; 7] = ["text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard"];
/// What can stand alone.
const BLOCKS: [&str; 17] = [
    "paragraph",
    "bulletList",
    "orderedList",
    "codeBlock",
    "mediaSingle",
    "mediaGroup",
    "heading",
    "rule",
    "taskList",
    "decisionList",
    "blockCard",
    "embedCard",
    "panel",
    "blockquote",
    "table",
    "expand",
    "layoutSection",
];
const PANELS: [&str; 7] = ["info", "note", "tip", "warning", "error", "success", "custom"];

/// Whether a value is a document whose nodes are known, have what they need and are where they may be; v3 refuses plain
/// text.
pub(crate) fn is_document(value: &Value) -> bool {
    value["type"] == "doc"
        && value["version"] == 1
        && value["content"].is_array()
        && has_fitting_content(value, "doc", 0)
}

/// What a node of a kind may have in it. None if there is no such node.
fn inside(kind: &str) -> Option<Vec<&'static str>> {
    let blocks = |count: usize| BLOCKS[..count].to_vec();
    Some(match kind {
        "doc" => blocks(17),
        "expand" | "nestedExpand" | "layoutColumn" => blocks(14),
        "paragraph" | "heading" | "taskItem" | "decisionItem" => INLINE.to_vec(),
        "bulletList" | "orderedList" => vec!["listItem"],
        "listItem" => blocks(5),
        "blockquote" => blocks(6),
        "panel" => blocks(11),
        "codeBlock" => vec!["text"],
        "table" => vec!["tableRow"],
        "tableRow" => vec!["tableCell", "tableHeader"],
        "tableCell" | "tableHeader" => [blocks(14), vec!["nestedExpand"]].concat(),
        "taskList" => vec!["taskItem", "taskList"],
        "decisionList" => vec!["decisionItem"],
        "layoutSection" => vec!["layoutColumn"],
        "mediaSingle" | "mediaGroup" => vec!["media"],
        "text" | "hardBreak" | "mention" | "emoji" | "date" | "status" | "inlineCard" | "blockCard" | "embedCard"
        | "rule" | "media" => Vec::new(),
        _ => return None,
    })
}

fn has_fitting_content(node: &Value, kind: &str, depth: usize) -> bool {
    let Some(allowed) = inside(kind) else { return false };
    let content = node["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_needed = matches!(
        kind,
        "bulletList" | "orderedList" | "listItem" | "table" | "tableRow" | "mediaSingle" | "mediaGroup" | "panel"
    );
    let fits = |part: &Value| {
        let kind = part["type"].as_str().unwrap_or_default();
        allowed.contains(&kind) && has_what_it_needs(part, kind) && has_fitting_content(part, kind, depth + 1)
    };
    let is_plain = |part: &Value| part["marks"].is_null();
    depth < DEEPEST
        && !(is_needed && content.is_empty())
        && content.iter().all(fits)
        && (kind != "codeBlock" || content.iter().all(is_plain))
}

/// Attributes and marks.
fn has_what_it_needs(node: &Value, kind: &str) -> bool {
    let attribute = &node["attrs"];
    let has_text = |name: &str| attribute[name].as_str().is_some_and(|text| !text.is_empty());
    let marks = node["marks"].as_array().map(Vec::as_slice).unwrap_or_default();
    marks.iter().all(is_mark)
        && match kind {
            "text" => node["text"].as_str().is_some_and(|text| !text.is_empty()),
            "heading" => attribute["level"].as_u64().is_some_and(|level| (1..=6).contains(&level)),
            "panel" => attribute["panelType"].as_str().is_some_and(|kind| PANELS.contains(&kind)),
            "mention" => has_text("id"),
            "emoji" => has_text("shortName"),
            "date" => has_text("timestamp"),
            "status" => has_text("text") && has_text("color"),
            "inlineCard" | "blockCard" => has_text("url") || attribute["data"].is_object(),
            "embedCard" => has_text("url"),
            "media" => has_text("type"),
            _ => true,
        }
}

/// What a text can be besides plain.
fn is_mark(mark: &Value) -> bool {
    match mark["type"].as_str().unwrap_or_default() {
        "strong" | "em" | "code" | "strike" | "underline" | "border" => true,
        "link" => mark["attrs"]["href"].as_str().is_some_and(|href| !href.is_empty()),
        "subsup" => matches!(mark["attrs"]["type"].as_str(), Some("sub" | "sup")),
        "textColor" | "backgroundColor" => mark["attrs"]["color"].is_string(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_survives_as_a_document() {
        assert_eq!(text_of(&of_text("Berth 4\n\nfrom noon")), "Berth 4\n\nfrom noon");
    }

    #[test]
    fn a_document_is_shown_without_the_markup_that_it_talks_about() {
        assert_eq!(html_of(&paragraph("1 < 2")), "<p>1 &lt; 2</p>");
        assert_eq!(html_of(&json!("one\n\ntwo")), "<p>one</p><p>two</p>");
    }

    #[test]
    fn plain_text_is_no_document() {
        assert!(is_document(&paragraph("hello")));
        assert!(!is_document(&json!("hello")));
    }

    #[test]
    fn nodes_that_are_unknown_or_out_of_place_make_no_document() {
        let document = |block: Value| json!({ "type": "doc", "version": 1, "content": [block] });
        let text = json!({ "type": "text", "text": "x" });
        let list = json!({ "type": "bulletList", "content": [{ "type": "listItem", "content": [paragraph("x")["content"][0]] }] });
        let panel = json!({ "type": "panel", "attrs": { "panelType": "info" }, "content": [list] });
        let link = json!({ "type": "text", "text": "x", "marks": [{ "type": "link", "attrs": { "href": "https://product.example" } }] });
        let cell = json!({ "type": "tableCell", "content": [{ "type": "paragraph", "content": [link] }] });
        let table = json!({ "type": "table", "content": [{ "type": "tableRow", "content": [cell] }] });
        for right in [list, panel, table, json!({ "type": "rule" }), json!({ "type": "paragraph" })] {
            assert!(is_document(&document(right.clone())), "{right}");
        }
        for wrong in [
            text.clone(),
            json!({ "type": "marquee" }),
            json!({ "type": "paragraph", "content": [{ "type": "text", "text": "" }] }),
            json!({ "type": "heading", "attrs": { "level": 7 }, "content": [text] }),
            json!({ "type": "bulletList", "content": [text] }),
            json!({ "type": "paragraph", "content": [{ "type": "text", "text": "x", "marks": [{ "type": "blink" }] }] }),
            json!({ "type": "paragraph", "content": [{ "type": "text", "text": "x", "marks": [{ "type": "link" }] }] }),
            json!({ "type": "paragraph", "content": [paragraph("x")["content"][0]] }),
            json!({ "type": "paragraph", "content": [{ "type": "mention", "attrs": {} }] }),
            json!({ "type": "listItem", "content": [paragraph("x")["content"][0]] }),
            json!({ "type": "hardBreak" }),
            json!({ "type": "panel", "attrs": { "panelType": "loud" }, "content": [paragraph("x")["content"][0]] }),
            json!({ "type": "table", "content": [] }),
        ] {
            assert!(!is_document(&document(wrong.clone())), "{wrong}");
        }
        let mut deep = paragraph("x")["content"][0].clone();
        for _ in 0..50 {
            deep = json!({ "type": "bulletList", "content": [{ "type": "listItem", "content": [deep] }] });
        }
        assert!(!is_document(&document(deep)));
    }
}
