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

/// Whether a value is a document; v3 refuses plain text.
pub(crate) fn is_document(value: &Value) -> bool {
    value["type"] == "doc" && value["version"] == 1 && value["content"].is_array()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_no_document() {
        assert!(is_document(&paragraph("hello")));
        assert!(!is_document(&json!("hello")));
    }
}
