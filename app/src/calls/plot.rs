//! The plot of calls over time: a column for each step, failures by cause on top of what succeeded.

use api::{CallOutcome, CallStep, Calls, Timestamp};
use leptos::prelude::*;

use crate::ui::{
    moment::absolute,
    table::{cell, row, table},
    when,
};

/// The height of the plot, in its own units.
const HEIGHT: f64 = 100.0;
/// The width of a column, of the one unit that it has with the gap beside it.
const WIDTH: f64 = 0.8;

/// How many calls of the step succeeded, and how many failed.
pub(super) fn totals(step: &CallStep) -> (u32, u32) {
    let sum = |is_success: bool| {
        let counts = step.counts.iter().filter(|count| (count.outcome == CallOutcome::Succeeded) == is_success);
        counts.map(|count| count.count).fold(0, u32::saturating_add)
    };
    (sum(true), sum(false))
}

/// The outcomes that calls of the period had, in the order in which they are stacked.
pub(super) fn outcomes(calls: &Calls) -> Vec<CallOutcome> {
    let had =
        |outcome: &CallOutcome| calls.steps.iter().flat_map(|step| &step.counts).any(|count| count.outcome == *outcome);
    let mut outcomes: Vec<CallOutcome> = CallOutcome::ALL.iter().copied().filter(had).collect();
    for count in calls.steps.iter().flat_map(|step| &step.counts) {
        if !outcomes.contains(&count.outcome) {
            outcomes.push(count.outcome);
        }
    }
    outcomes
}

/// A duration in words.
pub(super) fn lasted(millis: u32) -> String {
    if millis < 1000 { format!("{millis} ms") } else { format!("{}.{} s", millis / 1000, millis % 1000 / 100) }
}

/// The class of an outcome, which gives it its colour.
fn class(outcome: CallOutcome) -> String {
    format!("call-{}", outcome.as_str())
}

/// The plot, its legend, and the slowest call.
pub(super) fn plot(calls: &Calls) -> AnyView {
    let outcomes = outcomes(calls);
    let most = calls.steps.iter().map(|step| totals(step).0.saturating_add(totals(step).1)).max().unwrap_or_default();
    let (succeeded, failed) = calls
        .steps
        .iter()
        .map(totals)
        .fold((0_u32, 0_u32), |sum, step| (sum.0.saturating_add(step.0), sum.1.saturating_add(step.1)));
    let columns: Vec<AnyView> = calls.steps.iter().map(|step| column(calls, step, &outcomes, most)).collect();
    let slowest = calls.steps.iter().max_by_key(|step| step.slowest_millis);
    view! {
        <figure class="plot">
            <figcaption class="plot-words">
                <strong>{said(succeeded, failed)}</strong>
                {slowest.map(|step| view! { <span class="subtle">{format!("Slowest: {}", lasted(step.slowest_millis))}</span> }.into_any())}
            </figcaption>
            <div class="plot-area">
                <span class="plot-most subtle small" aria-hidden="true">{most}</span>
                <svg role="img" aria-labelledby="plot-title plot-desc" preserveAspectRatio="none" viewBox=format!("0 0 {} {HEIGHT}", steps(calls))>
                    <title id="plot-title">"Calls over time"</title>
                    <desc id="plot-desc">{said(succeeded, failed)}" The numbers are in the table below."</desc>
                    {columns}
                </svg>
            </div>
            <p class="plot-axis subtle small"><span>{absolute(calls.from)}</span> <span>{absolute(calls.until)}</span></p>
            <ul class="plot-legend">
                {outcomes.iter().map(|outcome| view! { <li><span class=format!("swatch {}", class(*outcome)) aria-hidden="true"></span> {outcome.title()}</li> }.into_any()).collect::<Vec<_>>()}
            </ul>
        </figure>
        {numbers(calls, &outcomes)}
    }
    .into_any()
}

fn said(succeeded: u32, failed: u32) -> String {
    match (succeeded, failed) {
        (succeeded, 0) => format!("{succeeded} succeeded, none failed."),
        (0, failed) => format!("None succeeded, {failed} failed."),
        (succeeded, failed) => format!("{succeeded} succeeded, {failed} failed."),
    }
}

/// How many steps the period has.
fn steps(calls: &Calls) -> i64 {
    calls.until.since(calls.from) / (i64::from(calls.step_seconds).max(1) * 1000) + 1
}

#[expect(clippy::cast_precision_loss, reason = "a plot is drawn to the pixel, and has a few dozen steps")]
fn column(calls: &Calls, step: &CallStep, outcomes: &[CallOutcome], most: u32) -> AnyView {
    let place = (step.at.since(calls.from) / (i64::from(calls.step_seconds).max(1) * 1000)) as f64;
    let mut top = HEIGHT;
    let mut parts = Vec::new();
    for outcome in outcomes {
        let Some(count) = step.counts.iter().find(|count| count.outcome == *outcome) else { continue };
        let high = HEIGHT * f64::from(count.count) / f64::from(most.max(1));
        top -= high;
        parts.push(view! { <rect class=class(*outcome) x=place y=top width=WIDTH height=high></rect> }.into_any());
    }
    let (succeeded, failed) = totals(step);
    let words = format!("{}: {} Slowest: {}", absolute(step.at), said(succeeded, failed), lasted(step.slowest_millis));
    view! { <g><title>{words}</title>{parts}</g> }.into_any()
}

/// The numbers of the plot, as a table.
fn numbers(calls: &Calls, outcomes: &[CallOutcome]) -> AnyView {
    let heads: Vec<&'static str> =
        std::iter::once("From").chain(outcomes.iter().map(|outcome| outcome.title())).chain(["Slowest"]).collect();
    let line = |step: &CallStep| {
        let count = |outcome: &CallOutcome| {
            let found = step.counts.iter().find(|count| count.outcome == *outcome);
            cell(outcome.title(), found.map_or(0, |count| count.count).into_any())
        };
        let slowest = cell("Slowest", lasted(step.slowest_millis).into_any());
        row(time(step.at), outcomes.iter().map(count).chain([slowest]).collect(), None)
    };
    when(!calls.steps.is_empty(), || {
        view! {
            <details class="details">
                <summary>"Show the numbers as a table"</summary>
                {table("Calls over time", &heads, calls.steps.iter().map(line).collect())}
            </details>
        }
        .into_any()
    })
}

fn time(at: Timestamp) -> AnyView {
    view! { <time datetime=at.to_string()>{absolute(at)}</time> }.into_any()
}

#[cfg(test)]
mod tests {
    use api::OutcomeCount;

    use super::*;

    fn step(counts: &[(CallOutcome, u32)]) -> CallStep {
        let counts = counts.iter().map(|(outcome, count)| OutcomeCount { outcome: *outcome, count: *count }).collect();
        CallStep { at: Timestamp::EPOCH, counts, slowest_millis: 5 }
    }

    #[test]
    fn whatever_is_no_success_is_a_failure() {
        let step = step(&[(CallOutcome::Succeeded, 3), (CallOutcome::JiraFault, 2), (CallOutcome::read("newer"), 1)]);
        assert_eq!(totals(&step), (3, 3));
    }

    #[test]
    fn outcomes_are_stacked_in_one_order_and_unknown_ones_are_not_lost() {
        let newer = CallOutcome::read("newer");
        let steps = vec![step(&[(newer, 1)]), step(&[(CallOutcome::JiraFault, 1), (CallOutcome::Succeeded, 1)])];
        let at = Timestamp::EPOCH;
        let calls = Calls { from: at, until: at, step_seconds: 3600, steps, failed: vec![], rate_limit: None };
        assert_eq!(outcomes(&calls), [CallOutcome::Succeeded, CallOutcome::JiraFault, newer]);
    }

    #[test]
    fn a_duration_is_said_in_the_unit_that_people_read() {
        assert_eq!((lasted(999), lasted(2350)), ("999 ms".to_owned(), "2.3 s".to_owned()));
    }
}
