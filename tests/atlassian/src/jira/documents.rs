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

/// Whether a value is a document; v3 refuses plain text.
pub(crate) fn is_document(value: &Value) -> bool {
    value["type"] == "doc" && value["version"] == 1 && value["content"].is_array()
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
}
