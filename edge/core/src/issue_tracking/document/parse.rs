//! From Markdown to blocks that both forms of Jira can say.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use url::Url;

use super::{Block, DEPTH, Inline, Marks, html};

/// The most characters of a link.
const LINK_CHARACTERS: usize = 2048;

/// The blocks of a text.
pub(super) fn blocks(markdown: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut builder = Builder::default();
    Parser::new_ext(markdown, options).for_each(|event| builder.event(event));
    builder.finish()
}

/// A block that is not complete yet.
enum Open {
    Quote(Vec<Block>),
    List { first: Option<u64>, items: Vec<Vec<Block>> },
    Item(Vec<Block>),
}

#[derive(Default)]
struct Builder {
    done: Vec<Block>,
    open: Vec<Open>,
    /// Containers that are left out because they are too deep.
    ignored: usize,
    line: Vec<Inline>,
    strong: usize,
    emphasis: usize,
    strike: usize,
    links: Vec<Option<String>>,
    code: Option<(Option<String>, String)>,
    /// The HTML of a block.
    html: Option<String>,
    /// Whether what follows is the inside of a script, until it ends.
    in_script: bool,
    rows: Vec<Vec<Vec<Inline>>>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, false),
            Event::Code(text) => self.text(&text, true),
            Event::SoftBreak => self.text(" ", false),
            Event::HardBreak => self.line.push(Inline::Break),
            Event::Rule => self.add(Block::Rule),
            Event::Html(part) => self.html.get_or_insert_default().push_str(&part),
            Event::InlineHtml(tag) => self.inline_html(&tag),
            Event::TaskListMarker(is_done) => self.text(if is_done { "☑ " } else { "☐ " }, false),
            // Not enabled.
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text(&text, false);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::BlockQuote(_) => self.begin(Open::Quote(Vec::new())),
            Tag::List(first) => self.begin(Open::List { first, items: Vec::new() }),
            Tag::Item => self.begin(Open::Item(Vec::new())),
            Tag::CodeBlock(kind) => {
                self.end_line();
                self.code = Some((language(&kind), String::new()));
            }
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.emphasis += 1,
            Tag::Strikethrough => self.strike += 1,
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.links.push(safe_link(&dest_url)),
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            Tag::Paragraph | Tag::Heading { .. } | Tag::Table(_) | Tag::HtmlBlock => self.end_line(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.end_line(),
            TagEnd::Heading(level) => {
                let text = std::mem::take(&mut self.line);
                if !text.is_empty() {
                    self.add(Block::Heading { level: number(level), text });
                }
            }
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => self.close(),
            TagEnd::CodeBlock => {
                if let Some((language, text)) = self.code.take() {
                    self.add(Block::Code { language, text: text.trim_end_matches('\n').to_owned() });
                }
            }
            TagEnd::HtmlBlock => {
                let html = self.html.take().unwrap_or_default();
                self.text(&html::text(&html), false);
                self.end_line();
            }
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Emphasis => self.emphasis = self.emphasis.saturating_sub(1),
            TagEnd::Strikethrough => self.strike = self.strike.saturating_sub(1),
            TagEnd::Link | TagEnd::Image => drop(self.links.pop()),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.line);
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                let rows = std::mem::take(&mut self.rows);
                self.add(Block::Table { rows });
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, code: bool) {
        if let Some((_, written)) = &mut self.code {
            written.push_str(text);
            return;
        }
        if self.in_script || text.is_empty() {
            return;
        }
        let marks = Marks {
            strong: self.strong > 0,
            emphasis: self.emphasis > 0,
            strike: self.strike > 0,
            code,
            link: self.links.iter().rev().flatten().next().cloned(),
        };
        match self.line.last_mut() {
            Some(Inline::Text { text: last, marks: set }) if *set == marks => last.push_str(text),
            _ => self.line.push(Inline::Text { text: text.to_owned(), marks }),
        }
    }

    fn inline_html(&mut self, tag: &str) {
        match html::tag(tag) {
            html::HtmlTag::Script => self.in_script = true,
            html::HtmlTag::ScriptEnd => self.in_script = false,
            html::HtmlTag::LineBreak => self.line.push(Inline::Break),
            html::HtmlTag::Other => {}
        }
    }

    fn begin(&mut self, block: Open) {
        self.end_line();
        // An item goes with its list, whose beginning decided.
        let is_too_deep = self.depth() >= DEPTH && !matches!(block, Open::Item(_));
        if self.ignored > 0 || is_too_deep {
            self.ignored += 1;
        } else {
            self.open.push(block);
        }
    }

    fn depth(&self) -> usize {
        self.open.iter().filter(|open| !matches!(open, Open::Item(_))).count()
    }

    fn close(&mut self) {
        self.end_line();
        if self.ignored > 0 {
            self.ignored -= 1;
            return;
        }
        match self.open.pop() {
            Some(Open::Quote(blocks)) if !blocks.is_empty() => self.add(Block::Quote(blocks)),
            Some(Open::List { first, items }) if !items.is_empty() => self.add(Block::List { first, items }),
            Some(Open::Item(blocks)) => match self.open.last_mut() {
                Some(Open::List { items, .. }) => items.push(blocks),
                _ => blocks.into_iter().for_each(|block| self.add(block)),
            },
            Some(Open::Quote(_) | Open::List { .. }) | None => {}
        }
    }

    /// Ends the paragraph that is being written. A script ends with it.
    fn end_line(&mut self) {
        self.in_script = false;
        let line = std::mem::take(&mut self.line);
        if line.iter().any(|inline| matches!(inline, Inline::Text { text, .. } if !text.trim().is_empty())) {
            self.add(Block::Paragraph(line));
        }
    }

    fn add(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(Open::Quote(blocks) | Open::Item(blocks)) => blocks.push(block),
            Some(Open::List { items, .. }) => items.push(vec![block]),
            None => self.done.push(block),
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.ignored = 0;
        self.end_line();
        while !self.open.is_empty() {
            self.close();
        }
        self.done
    }
}

/// The first word after a fence, if it can be the name of a language.
fn language(kind: &CodeBlockKind<'_>) -> Option<String> {
    let CodeBlockKind::Fenced(info) = kind else { return None };
    let word = info.split(|c: char| c.is_whitespace() || c == ',').next()?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '.');
    (!word.is_empty() && word.len() <= 32 && word.chars().all(is_name)).then(|| word.to_ascii_lowercase())
}

const fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// The address of a web page or a mailbox; `None` for anything else, such as `javascript:`, and for relative ones, which
/// would lead into Jira.
fn safe_link(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    let is_safe = matches!(url.scheme(), "http" | "https" | "mailto");
    let text = String::from(url);
    (is_safe && text.len() <= LINK_CHARACTERS).then_some(text)
}
