//! The English that people read: on screens, in the help, in the documents, and in the API's descriptions and problems.
//!
//! It is British with `-ize`, as Oxford spells it: *colour*, *authorize*, *organization*, *analyse*. One term has one
//! spelling. A text that begins in lower case and ends with a full stop was a sentence once, and lost its subject.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A text that somebody reads.
struct Text {
    place: String,
    words: String,
    /// Whether it stands in the source as a text of its own, and not in the flow of a document.
    is_literal: bool,
}

/// American spellings. *Center* is not among them: Jira Data Center is a name.
const AMERICAN: &[&str] = &[
    "color",
    "colors",
    "colored",
    "behavior",
    "behaviors",
    "canceled",
    "canceling",
    "cancelation",
    "labeled",
    "labeling",
    "favorite",
    "favorites",
    "gray",
    "catalog",
    "honor",
    "neighbor",
    "neighbors",
    "modeled",
    "modeling",
    "traveled",
    "fulfill",
    "enrollment",
    "signaled",
    "analyze",
    "analyzes",
    "analyzed",
    "paralyze",
    "defense",
    "offense",
    "skillful",
    "artifact",
    "artifacts",
];

/// Beginnings of words that are spelled with `-ize` here.
const WITH_S: &[&str] = &[
    "authoris",
    "unauthoris",
    "reauthoris",
    "organis",
    "recognis",
    "initialis",
    "normalis",
    "summaris",
    "prioritis",
    "customis",
    "minimis",
    "maximis",
    "finalis",
    "synchronis",
    "serialis",
    "realis",
    "generalis",
    "apologis",
    "utilis",
    "specialis",
    "standardis",
    "categoris",
    "virtualis",
];

/// Other spellings of terms, each with the one that is used.
const TERMS: &[(&str, &str)] = &[
    ("email", "e-mail"),
    ("emails", "e-mails"),
    ("allow-list", "allowlist"),
    ("whitelist", "allowlist"),
    ("timezone", "time zone"),
    ("popup", "pop-up"),
    ("popups", "pop-ups"),
    ("can not", "cannot"),
    ("oauth2", "OAuth 2.0"),
    ("api-key", "API key"),
    ("was not to be had", "could not be had, by whom and why"),
    ("let the question not through", "refused the request"),
    ("is told nothing", "receives nothing"),
    ("told of", "events"),
];

/// What may begin in lower case and end with a full stop: what follows a name that the sentence is about, and messages
/// about a field, which begin with the field's name.
const BEGINNINGS: &[&str] = &[
    "actor",
    "admins",
    "client_id",
    "client_secret",
    "cloud_oauth2",
    "connection_id",
    "connections",
    "cursor",
    "event",
    "events",
    "expires_at",
    "jira_project",
    "kind",
    "limit",
    "overlap_seconds",
    "scopes",
    "username",
    "workspace",
    "workspaces",
];

/// Files whose texts continue a sentence that another file begins.
const CONTINUED: &[&str] = &["edge/core/src/configuration", "app/src/authorize/scopes.rs"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every file below `folder` that `is_wanted`.
fn files(folder: &Path, is_wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            found.extend(files(&path, is_wanted));
        } else if is_wanted(&path) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Whether the file is only compiled for tests.
fn is_of_tests(path: &Path) -> bool {
    let folders = ["tests", "browser_tests", "serve_tests", "fakes", "vectors", "corpus"];
    let of_tests = |name: &str| folders.contains(&name) || ["tests.rs", "fakes.rs", "fixture.rs"].contains(&name);
    path.iter().filter_map(|part| part.to_str()).any(of_tests)
}

/// What stands in the source before its tests, which are at the end of a file.
fn before_tests(source: &str) -> &str {
    let start = source.find("#[cfg(test)]\nmod ").or_else(|| source.find("#[cfg(all(test"));
    start.map_or(source, |start| &source[..start])
}

/// The literals of a Rust source, and its documentation if `with_docs`, each with its line.
fn texts_of_source(source: &str, with_docs: bool) -> Vec<(usize, String, bool)> {
    let mut found = Vec::new();
    let (mut rest, mut seen, mut at) = (source, source, 1);
    while let Some(next) = rest.chars().next() {
        at += seen[..seen.len() - rest.len()].matches('\n').count();
        seen = rest;
        if rest.starts_with("//") {
            let (comment, after) = rest.split_once('\n').unwrap_or((rest, ""));
            if let Some(words) = comment.strip_prefix("///").filter(|_| with_docs) {
                found.push((at, words.trim().to_owned(), false));
            }
            rest = after;
        } else if let Some((raw, after)) = raw_literal(rest) {
            found.push((at, raw.to_owned(), true));
            rest = after;
        } else if next == '"' {
            let (literal, after) = literal(&rest[1..]);
            found.push((at, literal, true));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("'\"'").or_else(|| rest.strip_prefix("'\\\"'")) {
            rest = after;
        } else {
            rest = &rest[next.len_utf8()..];
        }
    }
    found
}

/// A raw literal at the beginning of `rest`, and what follows it.
fn raw_literal(rest: &str) -> Option<(&str, &str)> {
    let hashes = rest.strip_prefix('r')?;
    let opened = hashes.trim_start_matches('#').strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes.len() - opened.len() - 1));
    opened.split_once(end.as_str())
}

/// The literal that `rest` continues after its opening quote, and what follows it.
fn literal(rest: &str) -> (String, &str) {
    let mut words = String::new();
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (words, &rest[at + 1..]),
            '\\' => match chars.next() {
                Some((_, '\n')) => {
                    let follows = chars.as_str();
                    let skipped = follows.len() - follows.trim_start().len();
                    chars = rest[rest.len() - follows.len() + skipped..].char_indices();
                    let (more, after) = literal(chars.as_str());
                    return (words + &more, after);
                }
                Some((_, 'n' | 't')) => words.push(' '),
                Some((_, other)) => words.push(other),
                None => break,
            },
            c => words.push(c),
        }
    }
    (words, "")
}

/// The texts of a document in Markdown or HTML, without its code.
fn texts_of_document(text: &str) -> Vec<(usize, String)> {
    let mut in_code = false;
    let mut found = Vec::new();
    for (at, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            found.push((at, line.to_owned()));
        }
    }
    found
}

/// Replaces what stands between `open` and `close`.
fn without(text: &str, open: char, close: char, by: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        let Some((_, after)) = after.split_once(close) else { break };
        kept.push_str(before);
        kept.push_str(by);
        rest = after;
    }
    kept + rest
}

/// What other products call their settings.
const NAMES_OF_OTHERS: [&str; 1] = ["*Email verified*"];

/// The words without code, placeholders, addresses and names of others.
fn prose(text: &str) -> String {
    let text = NAMES_OF_OTHERS.iter().fold(text.to_owned(), |text, name| text.replace(name, "a setting"));
    let text = without(&text, '`', '`', "code");
    let text = without(&text, '{', '}', "x");
    text.split(' ')
        .map(|word| if word.contains("://") || word.contains("](") { "link" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether a literal is a text for people: several words, and no SQL.
fn is_for_people(text: &str) -> bool {
    let statements =
        ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "WITH", "WHERE", "FROM", "UNION"];
    let first = text.split_whitespace().next().unwrap_or_default();
    text.split_whitespace().count() >= 3 && !statements.contains(&first) && !text.contains(" = ?")
}

fn texts() -> Vec<Text> {
    let root = root();
    let place = |path: &Path, line: usize| {
        let path = path.strip_prefix(&root).expect("below the root");
        format!("{}:{line}", path.display())
    };
    let mut all = Vec::new();
    for folder in ["app/src", "edge/api/src", "edge/core/src", "edge/src"] {
        let is_source = |path: &Path| path.extension().is_some_and(|end| end == "rs") && !is_of_tests(path);
        for path in files(&root.join(folder), &is_source) {
            let source = fs::read_to_string(&path).expect("a source is text");
            for (line, text, is_literal) in texts_of_source(before_tests(&source), folder == "edge/api/src") {
                if is_for_people(&text) {
                    all.push(Text { place: place(&path, line), words: prose(&text), is_literal });
                }
            }
        }
    }
    let documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "GLOSSARY.md", "SECURITY.md"];
    let help = files(&root.join("app/help"), &|path| path.extension().is_some_and(|end| end == "md" || end == "html"));
    for path in documents.iter().map(|name| root.join(name)).chain(help) {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for (line, text) in texts_of_document(&text) {
            all.push(Text { place: place(&path, line), words: prose(&text), is_literal: false });
        }
    }
    all
}

/// The words of a text, in lower case. What is joined by a hyphen, a dot or an underscore is one word.
fn words(text: &str) -> impl Iterator<Item = String> {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '=' | '/');
    text.split(move |c| !joins(c)).map(|word| word.trim_matches('.').to_lowercase()).filter(|word| !word.is_empty())
}

/// What is wrong with the spelling of a text.
fn misspelled(text: &str) -> Option<String> {
    let lower: Vec<String> = words(text).collect();
    let in_sequence = format!(" {} ", lower.join(" "));
    let american = lower.iter().find(|word| AMERICAN.contains(&word.as_str()));
    let with_s = lower.iter().find(|word| WITH_S.iter().any(|stem| word.starts_with(stem)));
    let term = TERMS.iter().find(|(wrong, _)| in_sequence.contains(&format!(" {wrong} ")));
    american
        .map(|word| format!("{word} is American"))
        .or_else(|| with_s.map(|word| format!("{word} is spelled with z here")))
        .or_else(|| term.map(|(wrong, right)| format!("not {wrong}, but {right}")))
}

/// Whether a text is a sentence without its beginning.
fn has_lost_its_subject(text: &Text) -> bool {
    let first = text.words.split([' ', ':']).next().unwrap_or_default();
    text.is_literal
        && text.words.starts_with(|c: char| c.is_ascii_lowercase())
        && text.words.ends_with('.')
        && !BEGINNINGS.contains(&first)
        && !first.contains(['_', '.', '/'])
        && !text.words.starts_with(['x', ' '])
        && !CONTINUED.iter().any(|file| text.place.starts_with(file))
}

#[test]
fn the_texts_that_people_read_are_found() {
    let texts = texts();
    let has = |part: &str| texts.iter().any(|text| text.words.contains(part));
    assert!(texts.len() > 2000, "{} texts", texts.len());
    for part in [
        "Create one for each system that calls Jira through Causeway",
        "Look for the words on your screen",
        "The name of the key, which says what it is for.",
    ] {
        assert!(has(part), "{part}");
    }
}

#[test]
fn a_fault_of_spelling_is_noticed() {
    for bad in [
        "Choose a color.",
        "It was canceled by you.",
        "Authorisation",
        "Enter your email now.",
        "The IP allow-list refuses",
    ] {
        assert!(misspelled(bad).is_some(), "{bad}");
    }
    for good in
        ["Choose a colour.", "Jira Data Center", "the field email_verified", "an e-mail address", "data-color-mode"]
    {
        assert_eq!(misspelled(good), None, "{good}");
    }
    let source = "let a = \"noticed just now.\"; // \"no text\"\nlet b = r#\"raw \"text\" here\"#; let c = \"two \\\n   lines\";";
    let found: Vec<String> = texts_of_source(source, false).into_iter().map(|(_, text, _)| text).collect();
    assert_eq!(found, ["noticed just now.", "raw \"text\" here", "two lines"]);
    let text = Text { place: "app/src/x.rs:1".to_owned(), words: "noticed just now.".to_owned(), is_literal: true };
    assert!(has_lost_its_subject(&text));
}

#[test]
fn spelling_is_british_with_ize_and_terms_have_one_spelling() {
    let faults: Vec<String> = texts()
        .iter()
        .filter_map(|text| Some(format!("{}: {}: {}", text.place, misspelled(&text.words)?, text.words)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_sentence_has_lost_its_subject() {
    let lost: Vec<String> = texts()
        .iter()
        .filter(|text| has_lost_its_subject(text))
        .map(|text| format!("{}: {}", text.place, text.words))
        .collect();
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}
