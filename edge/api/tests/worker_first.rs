//! The paths that the Worker answers before the static files, as `wrangler.toml` lists them.
//!
//! A path that is missing there is answered with the app's page, and a `POST` to it with 405.

use std::{fs, path::Path};

/// The rules of `run_worker_first`.
fn rules() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wrangler.toml");
    let text = fs::read_to_string(path).expect("wrangler.toml is text");
    let line = text.lines().find(|line| line.starts_with("run_worker_first")).expect("the rules");
    line.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Whether a rule covers a path: `*` stands for any characters, slashes included (as in Workers' router of assets).
fn covers(rule: &str, path: &str) -> bool {
    let mut parts = rule.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Negative rules come first.
fn is_workers(path: &str) -> bool {
    let rules = rules();
    let matches = |rule: &&str| covers(rule, path);
    let files = rules.iter().filter_map(|rule| rule.strip_prefix('!'));
    let worker = rules.iter().map(String::as_str).filter(|rule| !rule.starts_with('!'));
    files.into_iter().find(matches).is_none() && worker.into_iter().any(|rule| covers(rule, path))
}

#[test]
fn the_worker_answers_every_path_of_its_own_before_the_static_files() {
    for path in [
        "/api/v1/connections",
        "/api/v1/connections/con_1/jira/rest/api/3/myself",
        "/ex/jira/11223344-a1b2-3b33-c444-def123456789/rest/api/3/issue",
        "/ex/jira/one/secure",
        "/rest/api/2/issue/10001",
        "/jira/rest/api/2/issue/10001",
        "/tools/jira/rest/agile/1.0/board",
        "//rest/api/2/myself",
        "/oauth/callback",
        "/forge/v1/renders",
        "/jira-events",
        "/sign-in",
        "/healthz",
    ] {
        assert!(is_workers(path), "{path}");
    }
}

#[test]
fn files_and_the_apps_pages_are_not_the_workers() {
    for path in [
        "/",
        "/connections/con_1",
        "/help/calling-jira/",
        "/causeway-0123456789abcdef.js",
        "/api/v1/openapi.json",
        "/favicon.svg",
        "/interest/x",
    ] {
        assert!(!is_workers(path), "{path}");
    }
}
