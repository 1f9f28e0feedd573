//! The text of a task, from Markdown to what Jira takes: a document (Atlassian Document Format) at Cloud, wiki markup at
//! Data Center.
//!
//! The conversion never fails. What Jira has no form for becomes text; scripts, and links that are neither web pages nor
//! e-mail addresses, are dropped. Depth and length are bounded, because whoever writes a finding is not trusted.

mod adf;
mod html;
mod parse;
mod plain;
mod wiki;

pub use plain::to_plain_text;

use serde_json::Value;

/// The most characters that are converted; Jira takes 32,767 in a field.
const CHARACTERS: usize = 30_000;
/// The most characters of wiki markup.
const WIKI_CHARACTERS: usize = 32_767;
/// The most lists and quotes within each other.
const DEPTH: usize = 6;
/// What stands at the end of a text that was cut.
const CUT: &str = "\n\n(The text was shortened.)";

/// A block of text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Block {
    Paragraph(Vec<Inline>),
    Heading { level: u8, text: Vec<Inline> },
    Code { language: Option<String>, text: String },
    Quote(Vec<Self>),
    List { first: Option<u64>, items: Vec<Vec<Self>> },
    Table { rows: Vec<Vec<Vec<Inline>>> },
    Rule,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Inline {
    Text { text: String, marks: Marks },
    Break,
}

/// How a text is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own, and they combine freely")]
struct Marks {
    strong: bool,
    emphasis: bool,
    strike: bool,
    code: bool,
    link: Option<String>,
}

/// A document for Jira Cloud.
pub fn to_adf(markdown: &str) -> Value {
    adf::document(&parse::blocks(&bounded(markdown, CHARACTERS)))
}

/// Wiki markup for Jira Data Center.
pub fn to_wiki_markup(markdown: &str) -> String {
    let mut characters = CHARACTERS;
    loop {
        let markup = wiki::markup(&parse::blocks(&bounded(markdown, characters)));
        // Characters that have to be escaped make the markup longer than the text.
        if markup.chars().count() <= WIKI_CHARACTERS || characters == 0 {
            return markup;
        }
        characters /= 2;
    }
}

/// The text without what no document can hold, cut after so many characters.
fn bounded(markdown: &str, characters: usize) -> String {
    let is_text = |c: &char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    let mut text = markdown.chars().filter(is_text);
    let mut kept: String = text.by_ref().take(characters).collect();
    if text.next().is_some() {
        kept.push_str(CUT);
    }
    kept
}

#[cfg(test)]
mod tests;
