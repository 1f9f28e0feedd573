//! The clock may be set back at any time. So an age that is compared with a span has a lower bound too: what seems to have
//! happened in the future is not recent, or it would stay recent until the clock catches up.

use std::{fs, path::Path};

/// Where an age has no lower bound, with the reason.
const MEANT: [(&str, &str); 3] = [
    ("now.since(first_sent) < LEEWAY", "a shorter pause between two requests for the same token does no harm"),
    ("now.since(since) < UNTIL_KV_IS_NEW", "a grant is rather kept for too long than ended too early"),
    ("now.since(session.last_used_at) >= SESSION_IDLE", "a session ends at its own end in any case"),
];

/// The lines of our sources that compare an age, without those of tests.
fn comparisons(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let is_test =
            path.iter().any(|part| part.to_string_lossy().contains("test") || part == "fakes" || part == "clocks.rs");
        if path.is_dir() {
            comparisons(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
            let source = fs::read_to_string(&path).expect("a source");
            let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            found.extend(code.lines().filter(|line| compares_an_age(line)).map(str::to_owned));
        }
    }
}

fn compares_an_age(line: &str) -> bool {
    let after = line.split(".since(").skip(1).filter_map(|rest| rest.split_once(')'));
    after.map(|(_, after)| after.trim_start()).any(|after| after.starts_with("< ") || after.starts_with("<= "))
}

#[test]
fn a_clock_that_is_set_back_makes_nothing_recent() {
    let mut found = Vec::new();
    comparisons(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    let unbounded: Vec<_> = found
        .iter()
        .filter(|line| !MEANT.iter().any(|(meant, _)| line.contains(meant)) && !is_deadline(line))
        .collect();
    assert!(unbounded.is_empty(), "write (0..span).contains(&now.since(at)): {unbounded:#?}");
    assert!(compares_an_age("if now.since(*at) < INTERVAL {"), "this test can fail");
}

/// Whether the line compares how long something lasts yet, and not an age.
fn is_deadline(line: &str) -> bool {
    line.contains(".since(now)")
}
