//! The text of a document of Jira's without its form, for products.

use serde_json::Value;

/// The most characters of a text.
const CHARACTERS: usize = 10_000;
/// The most documents within each other. Deeper ones are left out.
const DEPTH: usize = 40;

/// The text of a document of Jira Cloud, or wiki markup of Data Center as it is. It is cut after 10,000 characters.
pub fn to_plain_text(body: &Value) -> String {
    let mut text = String::new();
    match body {
        Value::String(markup) => text.push_str(markup),
        document => write(document, DEPTH, &mut text),
    }
    let is_text = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.trim().chars().filter(is_text).take(CHARACTERS).collect()
}

fn write(node: &Value, depth: usize, text: &mut String) {
    let Some(depth) = depth.checked_sub(1).filter(|_| text.len() < 4 * CHARACTERS) else { return };
    let attribute = |name: &str| node.get("attrs").and_then(|attributes| attributes.get(name)).and_then(Value::as_str);
    let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "text" => text.push_str(node.get("text").and_then(Value::as_str).unwrap_or_default()),
        "hardBreak" => text.push('\n'),
        "mention" | "status" => text.push_str(attribute("text").unwrap_or_default()),
        "emoji" => text.push_str(attribute("text").or_else(|| attribute("shortName")).unwrap_or_default()),
        "inlineCard" | "blockCard" | "embedCard" => text.push_str(attribute("url").unwrap_or_default()),
        "listItem" => text.push_str("- "),
        _ => {}
    }
    for part in node.get("content").and_then(Value::as_array).into_iter().flatten() {
        write(part, depth, text);
    }
    if matches!(kind, "paragraph" | "heading" | "codeBlock" | "rule" | "tableRow" | "blockCard")
        && !text.ends_with('\n')
    {
        text.push('\n');
    } else if matches!(kind, "tableCell" | "tableHeader") {
        // A cell holds paragraphs; those of a row stand on one line.
        text.truncate(text.trim_end_matches('\n').len());
        text.push('\t');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::issue_tracking::document::to_adf;

    #[test]
    fn a_document_becomes_the_lines_that_people_read() {
        let document = to_adf("Hello **you**\n\n- one\n- two `x`\n\n> quoted\n\n```\ncode\n```");
        assert_eq!(to_plain_text(&document), "Hello you\n- one\n- two x\nquoted\ncode");
        let mention = json!({"type": "doc", "content": [{"type": "paragraph", "content": [
            {"type": "mention", "attrs": {"text": "@Ada"}}, {"type": "text", "text": ": see "},
            {"type": "inlineCard", "attrs": {"url": "https://a.example"}}, {"type": "hardBreak"}, {"type": "unheard of"}]}]});
        assert_eq!(to_plain_text(&mention), "@Ada: see https://a.example");
        assert_eq!(to_plain_text(&json!("*bold* {code}x{code}")), "*bold* {code}x{code}");
    }

    #[test]
    fn whatever_is_written_ends_in_bounded_text() {
        let mut deep = json!({"type": "text", "text": "deep"});
        for _ in 0..100 {
            deep = json!({"type": "blockquote", "content": [deep]});
        }
        assert_eq!(to_plain_text(&deep), "");
        assert_eq!(to_plain_text(&json!("x".repeat(50_000))).len(), CHARACTERS);
        for odd in [json!(null), json!([]), json!({"content": 3}), json!({"type": "text"}), json!("\u{0}a")] {
            assert!(to_plain_text(&odd).len() <= 1, "{odd}");
        }
    }
}
