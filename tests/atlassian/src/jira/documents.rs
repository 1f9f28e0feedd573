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

fn line_of(block: &Value) -> String {
    let parts = block["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    parts.iter().filter_map(|part| part["text"].as_str()).collect()
}

/// Nodes within nodes, before a document is refused.
const DEEPEST: usize = 40;
/// Nodes that have others in them.
const WITH_CONTENT: [&str; 20] = [
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "listItem",
    "blockquote",
    "codeBlock",
    "panel",
    "table",
    "tableRow",
    "tableCell",
    "tableHeader",
    "expand",
    "nestedExpand",
    "taskList",
    "taskItem",
    "decisionList",
    "decisionItem",
    "mediaSingle",
    "mediaGroup",
];
/// Nodes that have none.
const WITHOUT_CONTENT: [&str; 11] = [
    "text",
    "hardBreak",
    "mention",
    "emoji",
    "date",
    "status",
    "inlineCard",
    "blockCard",
    "embedCard",
    "rule",
    "media",
];
/// What a text can be besides plain.
const MARKS: [&str; 10] =
    ["strong", "em", "code", "link", "strike", "underline", "subsup", "textColor", "backgroundColor", "border"];

/// Whether a value is a document whose nodes are known and where they may be; v3 refuses plain text.
pub(crate) fn is_document(value: &Value) -> bool {
    let content = value["content"].as_array();
    let blocks = |blocks: &Vec<Value>| blocks.iter().all(|block| block["type"] != "text" && is_node(block, 0));
    value["type"] == "doc" && value["version"] == 1 && content.is_some_and(blocks)
}

fn is_node(node: &Value, depth: usize) -> bool {
    let kind = node["type"].as_str().unwrap_or_default();
    let marks = node["marks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let marks_are_known = marks.iter().all(|mark| mark["type"].as_str().is_some_and(|kind| MARKS.contains(&kind)));
    let content = node["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    let fits = match kind {
        "text" => node["text"].as_str().is_some_and(|text| !text.is_empty()),
        "heading" => node["attrs"]["level"].as_u64().is_some_and(|level| (1..=6).contains(&level)),
        "bulletList" | "orderedList" => content.iter().all(|item| item["type"] == "listItem") && !content.is_empty(),
        "codeBlock" => content.iter().all(|part| part["type"] == "text" && part["marks"].is_null()),
        _ => WITH_CONTENT.contains(&kind) || (WITHOUT_CONTENT.contains(&kind) && content.is_empty()),
    };
    depth < DEEPEST && fits && marks_are_known && content.iter().all(|part| is_node(part, depth + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_survives_as_a_document() {
        assert_eq!(text_of(&of_text("Berth 4\n\nfrom noon")), "Berth 4\n\nfrom noon");
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
        assert!(is_document(&document(list)));
        for wrong in [
            text.clone(),
            json!({ "type": "marquee" }),
            json!({ "type": "paragraph", "content": [{ "type": "text", "text": "" }] }),
            json!({ "type": "heading", "attrs": { "level": 7 }, "content": [text] }),
            json!({ "type": "bulletList", "content": [text] }),
            json!({ "type": "paragraph", "content": [{ "type": "text", "text": "x", "marks": [{ "type": "blink" }] }] }),
        ] {
            assert!(!is_document(&document(wrong.clone())), "{wrong}");
        }
        let mut deep = paragraph("x")["content"][0].clone();
        for _ in 0..50 {
            deep = json!({ "type": "blockquote", "content": [deep] });
        }
        assert!(!is_document(&document(deep)));
    }
}
