//! The documents for engineers are true where that can be tested: links and paths lead to files, commands and tables
//! exist, and the log events are those of the code.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The top of the checkout.
fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(top().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every document at the top of the checkout, by name.
fn documents() -> BTreeMap<String, Document> {
    let files = fs::read_dir(top()).expect("the top").map(|file| file.expect("a file").path());
    let documents = files.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let names = documents.filter_map(|path| path.file_name()?.to_str().map(str::to_owned));
    names.map(|name| (name.clone(), Document::parse(&read(&name)))).collect()
}

#[derive(Default)]
struct Document {
    /// Without blocks of code.
    prose: String,
    /// The lines of the blocks of code.
    code: Vec<String>,
    /// The anchors of its headings, as GitHub names them.
    anchors: BTreeSet<String>,
}

impl Document {
    fn parse(text: &str) -> Self {
        let (mut document, mut in_code) = (Self::default(), false);
        for line in text.lines() {
            if line.starts_with("```") {
                in_code = !in_code;
            } else if in_code {
                document.code.push(line.to_owned());
            } else {
                if let Some(heading) = line.strip_prefix('#') {
                    document.anchors.insert(anchor(heading.trim_start_matches('#').trim()));
                }
                document.prose.push_str(line);
                document.prose.push('\n');
            }
        }
        document
    }

    fn links(&self) -> impl Iterator<Item = &str> {
        self.prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(address, _)| address)
    }

    /// What stands between backticks.
    fn spans(&self) -> impl Iterator<Item = &str> {
        self.prose.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
    }
}

/// Lower case, without punctuation, spaces as hyphens.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// Whether a link leads to a file of the checkout and, if it names one, to a heading there.
fn leads_somewhere(documents: &BTreeMap<String, Document>, from: &str, link: &str) -> bool {
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let path = if path.is_empty() { from } else { path };
    let has = |anchor| documents.get(path).is_some_and(|document| document.anchors.contains(anchor));
    top().join(path).exists() && anchor.is_none_or(has)
}

#[test]
fn every_link_of_the_documents_leads_to_a_file_and_a_heading() {
    let documents = documents();
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "GLOSSARY.md", "SECURITY.md"] {
        assert!(documents.contains_key(name), "{name} is missing");
    }
    let mut lost = Vec::new();
    for (from, document) in &documents {
        let ours = document.links().filter(|link| !link.starts_with("https://"));
        lost.extend(ours.filter(|link| !leads_somewhere(&documents, from, link)).map(|link| format!("{from}: {link}")));
    }
    assert_eq!(lost, [""; 0]);
}

/// Whether a text reads as a path of the checkout: it begins with one of its folders, or is a file at its top.
fn is_path(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    let in_folder = ["app/", "edge/", "public/", "tests/"].iter().any(|folder| text.starts_with(folder));
    let ending = Path::new(text).extension().is_some_and(|ending| ending == "md" || ending == "toml");
    let at_top = !text.contains('/') && ending;
    plain && (in_folder || at_top)
}

#[test]
fn every_path_that_the_documents_name_exists() {
    let mut lost = Vec::new();
    for (from, document) in &documents() {
        let paths = document.spans().filter(|span| is_path(span));
        lost.extend(paths.filter(|path| !top().join(path).exists()).map(|path| format!("{from}: {path}")));
    }
    assert_eq!(lost, [""; 0]);
}

#[test]
fn every_make_target_that_the_documents_name_exists() {
    let makefile = read("Makefile");
    let mut lost = Vec::new();
    for (from, document) in &documents() {
        let lines = document.spans().chain(document.code.iter().map(String::as_str));
        let targets = lines.filter_map(|line| line.strip_prefix("make ")).filter_map(|rest| rest.split(' ').next());
        let unknown = targets.filter(|target| !makefile.lines().any(|line| line.starts_with(&format!("{target}:"))));
        lost.extend(unknown.map(|target| format!("{from}: make {target}")));
    }
    assert_eq!(lost, [""; 0]);
}

/// The words that follow `before` in `text`.
fn words_after<'t>(text: &'t str, before: &str) -> Vec<&'t str> {
    let word = |rest: &'t str| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
    text.split(before).skip(1).filter_map(word).collect()
}

#[test]
fn every_table_of_the_organization_is_in_the_architecture() {
    let migrations = read("edge/core/src/organization/migrations.rs").replace("IF NOT EXISTS ", "");
    let renamed = words_after(&migrations, "ALTER TABLE ");
    let temporary = |table: &&str| renamed.contains(table) && table.ends_with(|c: char| c.is_ascii_digit());
    let documents = documents();
    let named: BTreeSet<&str> = documents["ARCHITECTURE.md"].spans().collect();
    let tables = words_after(&migrations, "CREATE TABLE ");
    assert!(tables.len() > 20, "the migrations are written in another way: {tables:?}");
    let lost: Vec<&str> = tables.into_iter().filter(|table| !temporary(table) && !named.contains(table)).collect();
    assert_eq!(lost, [""; 0]);
}

/// The Rust files beneath a folder, without tests and fakes.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let is_tested = |path: &PathBuf| {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        !matches!(name, "tests" | "fakes" | "serve_tests" | "build")
    };
    let sources = entries.filter(is_tested).flat_map(|path| {
        if path.is_dir() {
            sources(&path)
        } else {
            Vec::from_iter(Some(path).filter(|path| path.extension().is_some_and(|ending| ending == "rs")))
        }
    });
    sources.collect()
}

/// The text in quotes with which `code` begins, after blanks and commas.
fn quoted(code: &str) -> Option<&str> {
    code.trim_start_matches(|c: char| c.is_whitespace() || c == ',').strip_prefix('"')?.split('"').next()
}

/// The log events of the code and, where it stands beside them, their level.
///
/// An event is the text that follows a level, or one of those that the variable `event` is given, or the first argument
/// of a `log` that has a level of its own.
fn events_of_the_code() -> BTreeMap<String, BTreeSet<String>> {
    let mut events: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in sources(&top().join("edge")) {
        let text = fs::read_to_string(&path).expect("a source is text");
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for rest in code.split("Level::").skip(1) {
            let level: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
            if let Some(event) = rest.get(level.len()..).and_then(quoted) {
                events.entry(event.to_owned()).or_default().insert(level);
            }
        }
        for statement in code.split("let event = ").skip(1).filter_map(|rest| rest.split(';').next()) {
            for event in statement.split('"').skip(1).step_by(2) {
                events.entry(event.to_owned()).or_default();
            }
        }
        for event in code.split("self.log(").skip(1).filter(|rest| rest.starts_with('"')).filter_map(quoted) {
            events.entry(event.to_owned()).or_default();
        }
    }
    events
}

/// The rows of the table of log events: event and level.
fn events_of_the_table() -> BTreeMap<String, String> {
    let documents = documents();
    let prose = &documents["CONTRIBUTING.md"].prose;
    let section = prose.split("## Log events\n").nth(1).and_then(|rest| rest.split("\n## ").next());
    let rows = section.expect("a section on log events").lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    cells.map(|cells| (cells[0].trim_end_matches('`').to_owned(), cells[1].to_owned())).collect()
}

#[test]
fn the_table_of_log_events_is_that_of_the_code() {
    let (code, table) = (events_of_the_code(), events_of_the_table());
    assert!(code.len() > 30, "events are logged in another way: {:?}", code.keys());
    let names = |missing: &dyn Fn(&str) -> bool, all: Vec<&String>| {
        all.into_iter().filter(|event| missing(event)).cloned().collect::<Vec<_>>()
    };
    let undocumented = names(&|event| !table.contains_key(event), code.keys().collect());
    assert_eq!(undocumented, [""; 0], "say in CONTRIBUTING.md what an operator does at each");
    let unknown = names(&|event| !code.contains_key(event), table.keys().collect());
    assert_eq!(unknown, [""; 0], "the code logs no such event");
    for (event, levels) in code.iter().filter(|(_, levels)| !levels.is_empty()) {
        assert_eq!(levels, &BTreeSet::from([table[event].clone()]), "the level of {event}");
    }
}

#[test]
fn what_an_operator_does_is_said_of_every_alert_and_warning() {
    let documents = documents();
    let rows = documents["CONTRIBUTING.md"].prose.lines().filter(|line| line.starts_with("| `"));
    for row in rows.filter(|row| row.contains("| Alert |") || row.contains("| Warning |")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert!(cells.len() == 4 && cells.iter().all(|cell| !cell.is_empty()), "{row}");
    }
}
