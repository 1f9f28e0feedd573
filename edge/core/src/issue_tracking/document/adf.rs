//! Blocks as Atlassian Document Format.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/> says which node may stand in which. A
//! document with another one is refused as a whole, so what may not stand somewhere is said in another way there.

use serde_json::{Map, Value, json};

use super::{Block, Inline, Marks};

/// A whole document. One without text has an empty paragraph.
pub(super) fn document(blocks: &[Block]) -> Value {
    let mut content: Vec<Value> = blocks.iter().flat_map(top_level).collect();
    if content.is_empty() {
        content.push(paragraph(&[]));
    }
    json!({ "type": "doc", "version": 1, "content": content })
}

fn top_level(block: &Block) -> Vec<Value> {
    match block {
        Block::Heading { level, text } => {
            vec![json!({ "type": "heading", "attrs": { "level": level }, "content": inlines(text) })]
        }
        Block::Quote(blocks) => {
            let content: Vec<Value> = blocks.iter().flat_map(nested).collect();
            if content.is_empty() { Vec::new() } else { vec![json!({ "type": "blockquote", "content": content })] }
        }
        Block::Table { rows } => table(rows).into_iter().collect(),
        Block::Rule => vec![json!({ "type": "rule" })],
        Block::Paragraph(_) | Block::Code { .. } | Block::List { .. } => nested(block),
    }
}

/// What may stand in quotes and in the items of lists: paragraphs, lists and code.
fn nested(block: &Block) -> Vec<Value> {
    match block {
        Block::Paragraph(text) => vec![paragraph(text)],
        Block::Heading { text, .. } => vec![paragraph(&strong(text))],
        Block::Code { language, text } => vec![code(language.as_deref(), text)],
        Block::Quote(blocks) => blocks.iter().flat_map(nested).collect(),
        Block::List { first, items } => vec![list(*first, items)],
        Block::Table { rows } => rows.iter().map(|row| paragraph(&joined(row))).collect(),
        Block::Rule => Vec::new(),
    }
}

fn paragraph(text: &[Inline]) -> Value {
    json!({ "type": "paragraph", "content": inlines(text) })
}

fn code(language: Option<&str>, text: &str) -> Value {
    let content: Vec<Value> = (!text.is_empty()).then(|| json!({ "type": "text", "text": text })).into_iter().collect();
    let mut node = json!({ "type": "codeBlock", "content": content });
    if let (Some(language), Some(node)) = (language, node.as_object_mut()) {
        node.insert("attrs".into(), json!({ "language": language }));
    }
    node
}

fn list(first: Option<u64>, items: &[Vec<Block>]) -> Value {
    let items: Vec<Value> = items.iter().map(|blocks| item(blocks)).collect();
    match first {
        None => json!({ "type": "bulletList", "content": items }),
        Some(first) => json!({ "type": "orderedList", "attrs": { "order": first }, "content": items }),
    }
}

/// An item begins with a paragraph or code.
fn item(blocks: &[Block]) -> Value {
    let mut content: Vec<Value> = blocks.iter().flat_map(nested).collect();
    let begins_well = content.first().is_some_and(|first| matches!(kind(first), "paragraph" | "codeBlock"));
    if !begins_well {
        content.insert(0, paragraph(&[]));
    }
    json!({ "type": "listItem", "content": content })
}

fn kind(node: &Value) -> &str {
    node.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// A table, every row as wide as the widest. The first row is its heading.
fn table(rows: &[Vec<Vec<Inline>>]) -> Option<Value> {
    let width = rows.iter().map(Vec::len).max().filter(|width| *width > 0)?;
    let row = |(number, cells): (usize, &Vec<Vec<Inline>>)| {
        let kind = if number == 0 { "tableHeader" } else { "tableCell" };
        let filled = cells.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..])).take(width);
        let cells: Vec<Value> = filled.map(|cell| json!({ "type": kind, "content": [paragraph(cell)] })).collect();
        json!({ "type": "tableRow", "content": cells })
    };
    let rows: Vec<Value> = rows.iter().enumerate().map(row).collect();
    Some(json!({ "type": "table", "content": rows }))
}

/// The cells of a row on one line.
fn joined(row: &[Vec<Inline>]) -> Vec<Inline> {
    let separator = Inline::Text { text: " | ".into(), marks: Marks::default() };
    row.join(&separator)
}

fn strong(text: &[Inline]) -> Vec<Inline> {
    let strong = |inline: &Inline| match inline {
        Inline::Text { text, marks } => {
            Inline::Text { text: text.clone(), marks: Marks { strong: true, ..marks.clone() } }
        }
        Inline::Break => Inline::Break,
    };
    text.iter().map(strong).collect()
}

fn inlines(text: &[Inline]) -> Vec<Value> {
    let node = |inline: &Inline| match inline {
        Inline::Break => Some(json!({ "type": "hardBreak" })),
        Inline::Text { text, .. } if text.is_empty() => None,
        Inline::Text { text, marks } => Some(text_node(text, marks)),
    };
    text.iter().filter_map(node).collect()
}

fn text_node(text: &str, set: &Marks) -> Value {
    let mut node = Map::from_iter([("type".to_owned(), json!("text")), ("text".to_owned(), json!(text))]);
    let marks = marks(set);
    if !marks.is_empty() {
        node.insert("marks".into(), marks.into());
    }
    Value::Object(node)
}

/// The marks of a text. Code can only be a link besides.
fn marks(set: &Marks) -> Vec<Value> {
    let plain = [
        ("code", set.code),
        ("strong", set.strong && !set.code),
        ("em", set.emphasis && !set.code),
        ("strike", set.strike && !set.code),
    ];
    let plain = plain.into_iter().filter(|(_, is_set)| *is_set).map(|(kind, _)| json!({ "type": kind }));
    let link = set.link.iter().map(|href| json!({ "type": "link", "attrs": { "href": href } }));
    plain.chain(link).collect()
}
