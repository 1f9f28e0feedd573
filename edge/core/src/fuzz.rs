//! Fuzzing for parsers that strangers reach: texts made from a corpus, a few hundred in every test run, and for as many
//! seconds as `FUZZ_SECONDS` says in `make prove`.
//!
//! The corpus is in `edge/core/corpus`, one file for each kind of text, with a line `====` between two texts. Every text of
//! it is tried as it is. What is found becomes one of them.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

/// What tends to be read in two ways.
const PIECES: [&str; 40] = [
    "%", "%2e", "%2E%2e", "%2f", "%252f", "%5c", "%00", "%C0%AE", "%ff", "/", "//", "/../", "\\", ".", "..", "@", ":",
    ";", "?", "#", "&", "=", "\"", "'", "[", "]", "(", "<", ">", "`", "*", "\r\n", "\n", "\t", "\u{0}", "\u{202e}",
    "\u{3002}", "\u{212a}", "😀", "ａ",
];

/// The texts of a corpus.
fn texts(corpus: &'static str) -> Vec<String> {
    corpus.trim_end_matches('\n').split("\n====\n").map(str::to_owned).collect()
}

/// A change of a text.
#[derive(Clone, Debug)]
enum Edit {
    Insert(Index, String),
    Remove(Index, Index),
    Repeat(Index, Index, usize),
    /// Its end is replaced by that of another text.
    Cross(Index, String, Index),
}

fn edit(texts: Vec<String>) -> impl Strategy<Value = Edit> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES.as_slice()).prop_map(str::to_owned),
        1 => "\\PC{1,6}",
        1 => "[a-z0-9]{1,6}",
    ];
    let at = any::<Index>;
    prop_oneof![
        4 => (at(), piece).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        2 => (at(), at()).prop_map(|(from, to)| Edit::Remove(from, to)),
        1 => (at(), at(), 2..40_usize).prop_map(|(from, to, times)| Edit::Repeat(from, to, times)),
        1 => (at(), prop::sample::select(texts), at()).prop_map(|(at, other, from)| Edit::Cross(at, other, from)),
    ]
}

/// The nearest place at or before `at` where a text can be cut.
fn place(text: &str, at: Index) -> usize {
    text.floor_char_boundary(at.index(text.len() + 1))
}

fn edited(text: &str, edit: &Edit) -> String {
    let between = |from: Index, to: Index| {
        let (from, to) = (place(text, from), place(text, to));
        (from.min(to), from.max(to))
    };
    match edit.clone() {
        Edit::Insert(at, piece) => {
            let (before, after) = text.split_at(place(text, at));
            [before, &piece, after].concat()
        }
        Edit::Remove(from, to) => {
            let (from, to) = between(from, to);
            [&text[..from], &text[to..]].concat()
        }
        Edit::Repeat(from, to, times) => {
            let (from, to) = between(from, to);
            let most = 20_000 / (to - from).max(1);
            [&text[..from], &text[from..to].repeat(times.min(most.max(1))), &text[to..]].concat()
        }
        Edit::Cross(at, other, from) => [&text[..place(text, at)], &other[place(&other, from)..]].concat(),
    }
}

/// Checks every text of the corpus, and texts made from them.
///
/// # Panics
/// If `check` does. The message has the shortest text that was found.
#[expect(clippy::disallowed_methods, reason = "how long it goes on; nothing decides by it")]
pub(crate) fn fuzz(corpus: &'static str, check: impl Fn(&str)) {
    let texts = texts(corpus);
    for text in &texts {
        check(text);
    }
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
    let (until, tried) = (Instant::now() + Duration::from_secs(seconds), Cell::new(texts.len()));
    let made = (prop::sample::select(texts.clone()), prop::collection::vec(edit(texts), 1..8))
        .prop_map(|(text, edits)| edits.iter().fold(text, |text, edit| edited(&text, edit)));
    let config = Config { failure_persistence: None, ..Config::default() };
    // `make test` tries the same texts each time.
    let mut rng = TestRng::deterministic_rng(RngAlgorithm::default());
    if seconds > 0 {
        rng = TestRunner::new(config.clone()).new_rng();
    }
    loop {
        let mut runner = TestRunner::new_with_rng(config.clone(), rng);
        let outcome = runner.run(&made, |text| {
            tried.set(tried.get() + 1);
            check(&text);
            Ok(())
        });
        if let Err(found) = outcome {
            panic!("put this text into the corpus, and mend what it shows: {found}");
        }
        if Instant::now() >= until {
            break;
        }
        rng = runner.new_rng();
    }
    println!("{} texts", tried.get());
}
