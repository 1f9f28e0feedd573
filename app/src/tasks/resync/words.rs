//! A resync in plain words.

use api::{
    ResyncAction, ResyncCounts, ResyncDirection, ResyncItem, ResyncMoves, ResyncOutcome, ResyncResults, ResyncScope,
    ResyncState,
};

use crate::ui::{isolated, lozenge::Tone};

/// How many targets of moves are named.
const TARGETS: usize = 3;

/// What a preview found, of one resync or of several together.
pub(super) struct Tally<'a> {
    pub(super) planned: ResyncCounts,
    pub(super) moves: &'a [ResyncMoves],
    pub(super) looked_at: u32,
    pub(super) points: u32,
    pub(super) seconds: u32,
}

/// A number with commas between thousands.
pub(super) fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// *1 task*, *2,140 tasks*.
pub(super) fn tasks(count: u32) -> String {
    if count == 1 { "1 task".to_owned() } else { format!("{} tasks", thousands(count)) }
}

/// How many tasks something is done with.
pub(super) const fn to_be_done(planned: &ResyncCounts) -> u32 {
    planned.create + planned.moved + planned.tell + planned.settle
}

/// With how many of them it has ended.
pub(super) const fn ended(results: &ResyncResults) -> u32 {
    results.done + results.skipped + results.failed
}

/// The preview in a sentence.
pub(super) fn planned(tally: &Tally<'_>) -> String {
    let counts = &tally.planned;
    let part = |count: u32, words: &str| (count > 0).then(|| format!("{words} {}", thousands(count)));
    let moves = part(counts.moved, "move").map(|moves| moves + &targets(tally.moves));
    let parts = [
        part(counts.create, "create"),
        moves,
        part(counts.tell, "tell the product of"),
        part(counts.settle, "note that both sides agree on"),
        Some(format!("read {}", thousands(tally.looked_at))),
        part(counts.left, "leave"),
    ];
    let said = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    if to_be_done(counts) == 0 {
        return format!("Nothing to do: {said}.");
    }
    let points = match tally.points {
        0 => String::new(),
        points => format!("{} of this hour's points, ", thousands(points)),
    };
    capitalized(&format!("{said}; about {points}{}.", duration(tally.seconds)))
}

/// *(9 to Done, 3 to In Progress)*.
fn targets(moves: &[ResyncMoves]) -> String {
    let named = moves.iter().take(TARGETS).map(|one| format!("{} to {}", thousands(one.count), isolated(&one.to)));
    let mut named: Vec<String> = named.collect();
    let rest: u32 = moves.iter().skip(TARGETS).map(|one| one.count).sum();
    if rest > 0 {
        named.push(format!("{} elsewhere", thousands(rest)));
    }
    if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// *4 minutes*.
pub(super) fn duration(seconds: u32) -> String {
    match seconds.div_ceil(60) {
        0 | 1 => "a minute".to_owned(),
        minutes @ 2..90 => format!("{minutes} minutes"),
        minutes => format!("{} hours", minutes.div_ceil(60)),
    }
}

/// Which tasks a resync looks at.
pub(super) const fn scope(scope: ResyncScope) -> &'static str {
    match scope {
        ResyncScope::Failed => "Tasks that failed",
        ResyncScope::All => "All tasks",
        ResyncScope::Chosen => "Chosen tasks",
        ResyncScope::Unknown(_) => "Some tasks",
    }
}

/// Which side stands.
pub(super) const fn direction(direction: ResyncDirection) -> &'static str {
    match direction {
        ResyncDirection::Compare => "Compare",
        ResyncDirection::ProductWins => "The product wins",
        ResyncDirection::JiraWins => "Jira wins",
        ResyncDirection::Unknown(_) => "Unknown",
    }
}

/// The colour and the word of a state.
pub(super) const fn state(state: ResyncState) -> (Tone, &'static str) {
    match state {
        ResyncState::Planning => (Tone::Neutral, "Making the preview"),
        ResyncState::Ready => (Tone::Neutral, "Preview ready"),
        ResyncState::Running => (Tone::Neutral, "Running"),
        ResyncState::Finished => (Tone::Success, "Finished"),
        ResyncState::Cancelled => (Tone::Warning, "Cancelled"),
        ResyncState::Unknown(_) => (Tone::Neutral, "Unknown"),
    }
}

/// Whether it changes by itself.
pub(super) const fn works(state: ResyncState) -> bool {
    matches!(state, ResyncState::Planning | ResyncState::Running)
}

/// What is done with a task, for the filters.
pub(super) const fn action(action: ResyncAction) -> &'static str {
    match action {
        ResyncAction::Create => "Create",
        ResyncAction::Move => "Move",
        ResyncAction::Tell => "Tell the product",
        ResyncAction::Settle => "Agree already",
        ResyncAction::Nothing => "Nothing to do",
        ResyncAction::Left => "Leave",
        ResyncAction::Unknown(_) => "Unknown",
    }
}

/// What is done with a task, in a phrase.
pub(super) fn step(item: &ResyncItem) -> String {
    let to = isolated(item.to.as_deref().unwrap_or("another status"));
    match item.action {
        ResyncAction::Create => "Create its issue".to_owned(),
        ResyncAction::Move => format!("Move the issue to {to}"),
        ResyncAction::Tell => format!("Tell the product {to}"),
        ResyncAction::Settle => "Note that both sides agree".to_owned(),
        ResyncAction::Nothing | ResyncAction::Left | ResyncAction::Unknown(_) => action(item.action).to_owned(),
    }
}

/// What became of a task.
pub(super) const fn outcome(outcome: ResyncOutcome) -> (Tone, &'static str) {
    match outcome {
        ResyncOutcome::Done => (Tone::Success, "Done"),
        ResyncOutcome::Skipped => (Tone::Warning, "Skipped"),
        ResyncOutcome::Failed => (Tone::Danger, "Failed"),
        ResyncOutcome::Unknown(_) => (Tone::Neutral, "Unknown"),
    }
}

/// The report in a sentence.
pub(super) fn report(planned: &ResyncCounts, results: &ResyncResults) -> String {
    let all = to_be_done(planned);
    let mut parts = vec![format!("{} of {} done", thousands(results.done), thousands(all))];
    let rest = [
        (results.skipped, "skipped, because something changed since the preview"),
        (results.failed, "failed"),
        (all.saturating_sub(ended(results)), "not reached"),
    ];
    parts.extend(
        rest.iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{} {words}", thousands(*count))),
    );
    let said = format!("{}.", parts.join(", "));
    match planned.nothing + planned.left {
        0 => said,
        1 => format!("{said} 1 task left as it was."),
        left => format!("{said} {} left as they were.", tasks(left)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(planned_of: ResyncCounts, moves: &[(&str, u32)], points: u32, seconds: u32) -> String {
        let moves: Vec<_> =
            moves.iter().map(|(to, count)| ResyncMoves { to: (*to).to_owned(), count: *count }).collect();
        let tally = Tally { planned: planned_of, moves: &moves, looked_at: 2_140, points, seconds };
        planned(&tally).replace(['\u{2068}', '\u{2069}'], "")
    }

    #[test]
    fn a_preview_is_told_in_one_sentence() {
        let counts = ResyncCounts { create: 3, moved: 12, nothing: 2_108, left: 17, ..ResyncCounts::default() };
        assert_eq!(
            said(counts, &[("Done", 9), ("To Do", 3)], 2_300, 230),
            "Create 3, move 12 (9 to Done, 3 to To Do), read 2,140, leave 17; about 2,300 of this hour's points, 4 minutes."
        );
        let told = ResyncCounts { tell: 1, settle: 2, ..ResyncCounts::default() };
        assert_eq!(
            said(told, &[], 0, 6),
            "Tell the product of 1, note that both sides agree on 2, read 2,140; about a minute."
        );
    }

    #[test]
    fn where_nothing_is_to_be_done_no_cost_is_told() {
        let counts = ResyncCounts { nothing: 2_123, left: 17, ..ResyncCounts::default() };
        assert_eq!(said(counts, &[], 40, 6), "Nothing to do: read 2,140, leave 17.");
    }

    #[test]
    fn a_report_adds_up() {
        let planned = ResyncCounts { moved: 1_000, create: 5, nothing: 1, ..ResyncCounts::default() };
        let results = ResyncResults { done: 1_000, skipped: 2, failed: 1 };
        assert_eq!(
            report(&planned, &results),
            "1,000 of 1,005 done, 2 skipped, because something changed since the preview, 1 failed, 2 not reached. \
             1 task left as it was."
        );
        let all = ResyncResults { done: 1_005, ..ResyncResults::default() };
        assert!(report(&ResyncCounts { left: 17, ..planned }, &all).ends_with("done. 18 tasks left as they were."));
    }

    #[test]
    fn large_numbers_have_commas() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0, 61, 5_400, 100_000].map(duration), ["a minute", "2 minutes", "2 hours", "28 hours"]);
    }
}
