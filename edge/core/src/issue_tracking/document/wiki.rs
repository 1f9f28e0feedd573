//! Blocks as wiki markup, which Data Center takes.
//!
//! <https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all>. Whatever has a meaning in it and stands in a
//! text is escaped, so that a finding cannot open macros, mention people or show images.

use super::{Block, Inline, Marks};

/// The languages that the code macro knows; it shows an error for others.
const LANGUAGES: [&str; 18] = [
    "bash",
    "c",
    "c#",
    "cpp",
    "css",
    "go",
    "html",
    "java",
    "javascript",
    "json",
    "perl",
    "php",
    "python",
    "ruby",
    "rust",
    "sql",
    "xml",
    "yaml",
];

/// The markup of all blocks.
pub(super) fn markup(blocks: &[Block]) -> String {
    blocks.iter().map(block).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(text) => paragraph(text),
        Block::Heading { level, text } => format!("h{level}. {}", line(text, " ")),
        Block::Code { language, text } => code(language.as_deref(), text),
        Block::Quote(blocks) => quote(blocks),
        Block::List { first, items } => list("", first.is_some(), items),
        Block::Table { rows } => table(rows),
        Block::Rule => "----".to_owned(),
    }
}

/// A paragraph. What would make its beginning a heading or a quotation is escaped.
fn paragraph(text: &[Inline]) -> String {
    let text = line(text, "\n");
    let mut lines = text.split('\n').map(|line| match line.split_once('.') {
        Some((word, rest)) if is_prefix(word.trim_start()) => format!("{word}\\.{rest}"),
        _ => line.to_owned(),
    });
    let first = lines.next().unwrap_or_default();
    lines.fold(first, |text, line| text + "\n" + &line)
}

fn is_prefix(word: &str) -> bool {
    matches!(word, "bq" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

fn quote(blocks: &[Block]) -> String {
    // A quotation ends where the next one begins, so they are not put into each other.
    let inner = blocks.iter().map(|inner| match inner {
        Block::Quote(blocks) => markup(blocks),
        other => block(other),
    });
    let inner: Vec<String> = inner.collect();
    format!("{{quote}}\n{}\n{{quote}}", inner.join("\n\n"))
}

fn code(language: Option<&str>, text: &str) -> String {
    let language = language.filter(|name| LANGUAGES.contains(name)).map(|name| format!(":{name}")).unwrap_or_default();
    // The macro ends at its own name, whatever stands around it.
    let text = text.replace("{code", "{ code");
    format!("{{code{language}}}\n{text}\n{{code}}")
}

fn list(prefix: &str, is_numbered: bool, items: &[Vec<Block>]) -> String {
    let bullet = format!("{prefix}{}", if is_numbered { '#' } else { '*' });
    items.iter().map(|blocks| item(&bullet, blocks)).collect::<Vec<_>>().join("\n")
}

/// An item on one line, with its lists and code below.
fn item(bullet: &str, blocks: &[Block]) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut below = String::new();
    for inner in blocks {
        match inner {
            Block::Paragraph(text) | Block::Heading { text, .. } => lines.push(line(text, " \\\\ ")),
            Block::List { first, items } => {
                below.push('\n');
                below.push_str(&list(bullet, first.is_some(), items));
            }
            other => {
                below.push('\n');
                below.push_str(&block(other));
            }
        }
    }
    let text = lines.join(" \\\\ ");
    format!("{bullet} {}{below}", if text.is_empty() { "\u{a0}" } else { &text })
}

fn table(rows: &[Vec<Vec<Inline>>]) -> String {
    let row = |(number, cells): (usize, &Vec<Vec<Inline>>)| {
        let bar = if number == 0 { "||" } else { "|" };
        let cell = |cell: &Vec<Inline>| {
            let text = line(cell, " \\\\ ");
            format!("{bar}{}", if text.is_empty() { " " } else { &text })
        };
        cells.iter().map(cell).collect::<String>() + bar
    };
    rows.iter().enumerate().map(row).collect::<Vec<_>>().join("\n")
}

fn line(text: &[Inline], break_by: &str) -> String {
    let piece = |inline: &Inline| match inline {
        Inline::Break => break_by.to_owned(),
        Inline::Text { text, marks } => marked(text, marks),
    };
    text.iter().map(piece).collect()
}

fn marked(text: &str, marks: &Marks) -> String {
    let escaped = escape(text);
    if text.trim().is_empty() {
        return escaped;
    }
    let mut written = if marks.code { format!("{{{{{escaped}}}}}") } else { escaped };
    let phrases = [('*', marks.strong), ('_', marks.emphasis), ('-', marks.strike)];
    for (sign, _) in phrases.into_iter().filter(|(_, is_set)| *is_set && !marks.code) {
        written = format!("{{{sign}}}{written}{{{sign}}}");
    }
    match &marks.link {
        Some(address) => format!("[{written}|{}]", link(address)),
        None => written,
    }
}

/// An address within a link, without what would end it.
fn link(address: &str) -> String {
    let encoded = |c: char| match c {
        '|' => "%7C".to_owned(),
        '[' => "%5B".to_owned(),
        ']' => "%5D".to_owned(),
        '{' => "%7B".to_owned(),
        '}' => "%7D".to_owned(),
        '\\' => "%5C".to_owned(),
        other => other.to_string(),
    };
    address.chars().map(encoded).collect()
}

/// A text with a backslash before each character that means something.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        let always = matches!(c, '\\' | '{' | '}' | '[' | ']' | '*' | '_' | '^' | '~' | '+' | '!' | '|' | '#' | '(');
        let smiles = matches!(c, ')' | 'D' | 'P') && matches!(before, ':' | ';');
        let opens = matches!(c, '-' | '?') && !before.is_alphanumeric();
        if always || smiles || opens {
            escaped.push('\\');
        }
        escaped.push(c);
        before = c;
    }
    escaped
}
