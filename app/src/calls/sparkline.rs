//! The calls of the last day in a row of the grid, as small as a word.
//!
//! The rows are on the first screen, so this is a few bytes of markup and nothing else.

use crate::ui::markup::Markup;

/// The height of the plot, in its own units.
const HEIGHT: u64 = 16;

/// Writes a column for each hour: the calls that succeeded, and above them those that failed. Writes nothing if there was
/// no call. The accessible name says the numbers.
pub(crate) fn sparkline(row: &mut Markup, succeeded: &[u32], failed: &[u32]) {
    let sum = |hours: &[u32]| hours.iter().map(|count| u64::from(*count)).sum::<u64>();
    let columns: Vec<(u64, u64)> =
        succeeded.iter().zip(failed).map(|(ok, no)| (u64::from(*ok), u64::from(*no))).collect();
    let most = columns.iter().map(|(ok, no)| ok + no).max().unwrap_or_default();
    if most == 0 {
        return;
    }
    row.ours("<svg class=\"sparkline\" role=\"img\" viewBox=\"0 0 ").text(&(columns.len() * 2).to_string());
    row.ours(" 16\" preserveAspectRatio=\"none\" aria-label=\"Calls in 24 hours: ").text(&sum(succeeded).to_string());
    row.ours(" succeeded, ").text(&sum(failed).to_string()).ours(" failed\">");
    // What is not nothing is seen.
    let height = |count: u64| if count == 0 { 0 } else { (count * HEIGHT / most).max(1) };
    let base: Vec<u64> = columns.iter().map(|(ok, _)| height(*ok)).collect();
    bars(row, "<path class=\"call-succeeded\" d=\"", base.iter().map(|ok| (0, *ok)));
    let failures = columns.iter().zip(base).map(|((_, no), ok)| (ok.min(HEIGHT - height(*no)), height(*no)));
    bars(row, "<path class=\"call-failed\" d=\"", failures);
    row.ours("</svg>");
}

/// Writes columns, each from `above` the bottom and so high.
fn bars(row: &mut Markup, path: &'static str, columns: impl Iterator<Item = (u64, u64)>) {
    row.ours(path);
    for (at, (above, high)) in columns.enumerate().filter(|(_, (_, high))| *high > 0) {
        row.ours("M").text(&(at * 2).to_string()).ours(" ").text(&(HEIGHT - above).to_string());
        row.ours("v-").text(&high.to_string()).ours("h1.5v").text(&high.to_string()).ours("z");
    }
    row.ours("\"/>");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(succeeded: &[u32], failed: &[u32]) -> String {
        let mut row = Markup::default();
        sparkline(&mut row, succeeded, failed);
        row.html().to_owned()
    }

    #[test]
    fn a_day_without_calls_is_no_plot() {
        assert_eq!(drawn(&[], &[]), "");
        assert_eq!(drawn(&[0, 0], &[0, 0]), "");
    }

    #[test]
    fn columns_are_as_high_as_their_calls_and_failures_stand_on_top() {
        let html = drawn(&[8, 0, 4], &[0, 1, 4]);
        assert!(html.contains("Calls in 24 hours: 12 succeeded, 5 failed"), "{html}");
        assert!(html.contains(r#"class="call-succeeded" d="M0 16v-16h1.5v16zM4 16v-8h1.5v8z""#), "{html}");
        assert!(html.contains(r#"class="call-failed" d="M2 16v-2h1.5v2zM4 8v-8h1.5v8z""#), "{html}");
    }

    #[test]
    fn a_single_failure_among_thousands_is_seen() {
        assert!(drawn(&[100_000], &[1]).contains(r#"class="call-failed" d="M0 1v-1h1.5v1z""#));
    }
}
