//! The help pages tell of everything that the contract can say, and their links lead somewhere.
//!
//! The pages are the files `app/help/*.md`; `app/help/pages.mjs` makes them what is served.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use api::{API_FAMILIES, BlockedCause, Cause, FailureCode, ProblemCode};

/// A page as people write it.
struct Page {
    text: String,
    anchors: BTreeSet<String>,
}

/// Every page, by the path at which it is served.
fn pages() -> BTreeMap<String, Page> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../app/help");
    let files = fs::read_dir(folder).expect("the folder of the help pages").map(|file| file.expect("a file").path());
    let texts = files.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    texts.map(|path| (served_at(&path), page(&path))).collect()
}

fn served_at(file: &Path) -> String {
    match file.file_stem().and_then(|name| name.to_str()) {
        Some("index") => "/help/".to_owned(),
        Some(topic) => format!("/help/{topic}/"),
        None => panic!("{} has no name", file.display()),
    }
}

fn page(file: &Path) -> Page {
    let text = fs::read_to_string(file).expect("a page is text");
    let mut anchors = BTreeSet::new();
    for (_, name) in headings(&text) {
        assert!(anchors.insert(name.to_owned()), "{} has the anchor {name} twice", file.display());
    }
    Page { text, anchors }
}

/// The words and the name of every heading that has one: `### Path refused {#path_refused}`.
fn headings(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter(|line| line.starts_with('#')).filter_map(|line| {
        let (words, name) = line.trim_start_matches('#').trim().strip_suffix('}')?.split_once(" {#")?;
        Some((words, name))
    })
}

/// Every address that a page links to.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(address, _)| address)
}

/// Whether a link from the page at `from` leads to a page and, if it names one, to an anchor there.
fn leads_somewhere(pages: &BTreeMap<String, Page>, from: &str, link: &str) -> bool {
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let path = if path.is_empty() { from } else { path };
    pages.get(path).is_some_and(|page| anchor.is_none_or(|anchor| page.anchors.contains(anchor)))
}

#[test]
fn every_cause_failure_and_problem_has_a_place_in_the_help() {
    let pages = pages();
    let causes = Cause::ALL.iter().chain(&[Cause::UNKNOWN]).map(|cause| cause.help_path());
    let failures = FailureCode::ALL.iter().chain(&[FailureCode::UNKNOWN]).map(|failure| failure.help_path());
    let problems = ProblemCode::ALL.iter().chain(&[ProblemCode::UNKNOWN]).map(|problem| problem.help_path());
    let blocked = BlockedCause::ALL.iter().map(|cause| format!("/help/tasks/#{}", cause.as_str()));
    let lost: Vec<String> = causes
        .chain(failures)
        .chain(problems)
        .chain(blocked)
        .filter(|path| !leads_somewhere(&pages, "/help/", path))
        .collect();
    assert_eq!(lost, [""; 0], "write what they mean, why they happen and who must do what");
}

#[test]
fn a_name_in_the_help_is_the_name_on_the_wire() {
    let written =
        |json: Result<String, serde_json::Error>| json.expect("it can be written").trim_matches('"').to_owned();
    for cause in Cause::ALL {
        assert_eq!(cause.as_str(), written(serde_json::to_string(cause)));
    }
    for failure in FailureCode::ALL {
        assert_eq!(failure.as_str(), written(serde_json::to_string(failure)));
    }
    assert_eq!(Cause::IpAllowList.help_path(), "/help/troubleshooting/#ip_allow_list");
}

#[test]
fn a_problem_is_called_in_the_help_what_it_is_called_on_the_wire() {
    let pages = pages();
    let text = &pages.get("/help/problems/").expect("the page of the problems").text;
    for code in ProblemCode::ALL {
        let heading = format!("### {} {{#{}}}\n\n`{1}`, status {}\n", code.title(), code.as_str(), code.status());
        assert!(text.contains(&heading), "problems.md lacks:\n{heading}");
    }
}

#[test]
fn the_help_names_every_api_family_that_is_passed_on() {
    let pages = pages();
    let text = &pages.get("/help/calling-jira/").expect("the page about calling").text;
    let unnamed: Vec<&str> = API_FAMILIES.into_iter().filter(|family| !text.contains(&format!("`{family}`"))).collect();
    assert_eq!(unnamed, [""; 0]);
}

#[test]
fn every_link_between_help_pages_leads_somewhere() {
    let pages = pages();
    let ours = |link: &str| link.starts_with('#') || link.starts_with("/help/");
    for (from, page) in &pages {
        for link in links(&page.text) {
            assert!(leads_somewhere(&pages, from, link) || !ours(link), "{from} links to {link}, which is not there");
            assert!(ours(link) || link.starts_with("https://") || link.starts_with("/api/"), "{from} links to {link}");
        }
    }
}

#[test]
fn every_page_is_a_topic_with_one_heading_of_its_own() {
    let pages = pages();
    let topics: BTreeSet<&str> = links(&pages.get("/help/").expect("the first page").text).collect();
    for (path, page) in &pages {
        assert!(path == "/help/" || topics.contains(path.as_str()), "index.md does not link to {path}");
        let code_aside: Vec<&str> = page.text.split("```").step_by(2).collect();
        let titles = code_aside.concat().lines().filter(|line| line.starts_with("# ")).count();
        assert_eq!(titles, 1, "{path}");
    }
}
