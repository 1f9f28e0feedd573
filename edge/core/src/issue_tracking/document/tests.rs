//! What becomes of texts, and that every document is one that Jira takes.

use serde_json::json;

use super::*;

/// Why a value is no document, by the rules of the format for the nodes that are written here.
fn fault(node: &Value, parent: &str) -> Option<String> {
    let kind = node["type"].as_str()?;
    let content = node["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    let blocks = ["paragraph", "bulletList", "orderedList", "codeBlock"];
    let may_stand = match parent {
        "" => kind == "doc",
        "doc" => blocks.contains(&kind) || ["heading", "blockquote", "table", "rule"].contains(&kind),
        "blockquote" | "listItem" => blocks.contains(&kind),
        "bulletList" | "orderedList" => kind == "listItem",
        "table" => kind == "tableRow",
        "tableRow" => ["tableHeader", "tableCell"].contains(&kind),
        "tableHeader" | "tableCell" => kind == "paragraph",
        "paragraph" | "heading" => ["text", "hardBreak"].contains(&kind),
        "codeBlock" => kind == "text" && node["marks"].is_null(),
        _ => false,
    };
    let marks = node["marks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let marks: Vec<&str> = marks.iter().filter_map(|mark| mark["type"].as_str()).collect();
    let is_whole = match kind {
        "text" => node["text"].as_str().is_some_and(|text| !text.is_empty()),
        "heading" => (1..=6).contains(&node["attrs"]["level"].as_u64().unwrap_or(0)),
        "listItem" => {
            ["paragraph", "codeBlock"].contains(&content.first().map_or("", |one| one["type"].as_str().unwrap_or("")))
        }
        "bulletList" | "orderedList" | "blockquote" | "table" | "tableRow" | "doc" => !content.is_empty(),
        _ => true,
    };
    let code_alone = !marks.contains(&"code") || marks.iter().all(|mark| ["code", "link"].contains(mark));
    let links = node["marks"].as_array().into_iter().flatten().filter_map(|mark| mark["attrs"]["href"].as_str());
    let safe =
        links.into_iter().all(|href| ["http://", "https://", "mailto:"].iter().any(|begin| href.starts_with(begin)));
    if !(may_stand && is_whole && code_alone && safe) {
        return Some(format!("{kind} in {parent}: {node}"));
    }
    content.iter().find_map(|inner| fault(inner, kind))
}

fn depth(node: &Value) -> usize {
    1 + node["content"].as_array().into_iter().flatten().map(depth).max().unwrap_or(0)
}

fn is_taken(markdown: &str) {
    let document = to_adf(markdown);
    assert_eq!(fault(&document, ""), None, "{:?}", markdown.chars().take(200).collect::<String>());
    assert!(depth(&document) <= 30, "{} levels", depth(&document));
    assert!(to_wiki_markup(markdown).chars().count() <= WIKI_CHARACTERS);
}

#[test]
fn a_finding_reads_in_jira_as_it_was_written() {
    let markdown = "# SQL injection\n\nThe parameter `id` is **not** _escaped_; see [the rule](https://x.example/r).\n\n\
        1. Open\n2. Send\n   - twice\n\n```Rust\nlet a = 1;\n```\n\n> Quoted\n\n| a | b |\n|---|---|\n| 1 | ~~2~~ |\n\n---\n";
    is_taken(markdown);
    let document = to_adf(markdown);
    let kinds: Vec<&str> =
        document["content"].as_array().expect("blocks").iter().filter_map(|one| one["type"].as_str()).collect();
    assert_eq!(kinds, ["heading", "paragraph", "orderedList", "codeBlock", "blockquote", "table", "rule"]);
    assert_eq!(
        document["content"][1]["content"][1],
        json!({"type": "text", "text": "id", "marks": [{"type": "code"}]})
    );
    assert_eq!(
        to_wiki_markup(markdown),
        "h1. SQL injection\n\nThe parameter {{id}} is {*}not{*} {_}escaped{_}; see [the rule|https://x.example/r].\n\n\
        # Open\n# Send\n#* twice\n\n{code:rust}\nlet a = 1;\n{code}\n\n{quote}\nQuoted\n{quote}\n\n\
        ||a||b||\n|1|{-}2{-}|\n\n----"
    );
}

#[test]
fn scripts_and_links_that_run_them_are_dropped_and_their_text_stays() {
    for markdown in [
        "<script>steal()</script>\n\nafter",
        "<div onclick=\"steal()\"><script>steal()</script>after</div>",
        "after <script>steal()</script>",
        "[after](javascript:steal())",
        "[after](JaVaScRiPt:steal())",
        "[after](data:text/html,steal())",
        "[after](vbscript:steal())",
        "![after](javascript:steal())",
        "<style>steal()</style>\nafter",
        "after <iframe src=\"https://steal().example\"></iframe>",
    ] {
        is_taken(markdown);
        for written in [to_adf(markdown).to_string(), to_wiki_markup(markdown)] {
            assert!(!written.contains("steal()"), "{markdown}: {written}");
            assert!(written.contains("after"), "{markdown}: {written}");
        }
    }
}

#[test]
fn what_means_something_in_wiki_markup_and_stands_in_a_text_is_escaped() {
    let escaped = |text: &str| to_wiki_markup(text);
    assert_eq!(escaped("{code} [~admin] !x.png!"), "\\{code\\} \\[\\~admin\\] \\!x.png\\!");
    assert_eq!(escaped("h1. no heading"), "h1\\. no heading");
    assert_eq!(escaped("a-b f(x) a\\_b"), "a-b f\\(x) a\\_b");
    assert_eq!(escaped("```\nx {code} y\n```"), "{code}\nx { code} y\n{code}");
    assert_eq!(escaped("[a](https://x.example/]|{y})"), "[a|https://x.example/%5D%7C%7By%7D]");
}

#[test]
fn long_and_deep_texts_are_bounded() {
    for hostile in [
        "x".repeat(40_000),
        "*".repeat(40_000),
        "{".repeat(40_000),
        "- ".repeat(10_000),
        "> ".repeat(10_000),
        "1. ".repeat(10_000),
        (0..150).map(|depth| " ".repeat(depth * 2) + "- x\n").collect(),
        "[".repeat(10_000),
        "<b>".repeat(10_000),
        "![[](".repeat(5_000),
        "`".repeat(10_001),
        "|a".repeat(10_000) + "\n" + &"|-".repeat(10_000),
        "\u{0}\u{1}\u{7f}\u{85}".repeat(100),
        String::new(),
        "# \n\n- \n\n> \n".into(),
        "- ```\n  x\n  ```\n- - y\n- # z\n- > q\n".into(),
        "> # a\n> ---\n> | a |\n> |---|\n> > b\n".into(),
        "a\\\nb  \nc<br>d".into(),
        "- [x] done\n- [ ] open".into(),
    ] {
        is_taken(&hostile);
    }
    let long = to_adf(&"x".repeat(40_000)).to_string();
    assert!(long.contains("The text was shortened."));
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % 1_000_003).expect("small") % end
    }
}

#[test]
fn whatever_is_written_becomes_a_document_that_jira_takes() {
    let pieces = [
        "# ",
        "## ",
        "- ",
        "1. ",
        "> ",
        "  ",
        "    ",
        "\n",
        "\n\n",
        "**",
        "_",
        "~~",
        "`",
        "```",
        "|",
        "---",
        "|-|-|\n",
        "[",
        "](",
        ")",
        "<",
        ">",
        "</",
        "script",
        "<br>",
        "<!--",
        "-->",
        "javascript:",
        "https://x.example",
        "x",
        "é",
        "\u{202e}",
        "\0",
        "\\",
        "&lt;",
        "&#0;",
        "!",
        "[x]",
        "=",
        "\t",
        "text ",
    ];
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for _ in 0..2_000 {
        let markdown: String = (0..dice.below(40)).map(|_| pieces[dice.below(pieces.len())]).collect();
        is_taken(&markdown);
    }
}

mod fuzzed {
    use super::*;

    #[test]
    fn whatever_a_finding_says_is_a_document_that_jira_takes() {
        crate::fuzz::fuzz(include_str!("../../../corpus/markdown.txt"), is_taken);
    }
}
