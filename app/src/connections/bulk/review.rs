//! The dialog that lists what an action will do, runs it, and tells what came of it.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    BulkAction, Plan,
    run::{BulkRun, Outcome},
};
use crate::{
    connections::{
        connection_row::ConnectionRow, counting::counted, lifecycle::Lifecycle, listing::Listing, selection::Selection,
    },
    context::expect_context,
    ui::{
        button::{Button, Look},
        dialog::Dialog,
        focus, when,
    },
};

/// The dialog. What is selected when it opens is what it is about.
#[component]
pub(super) fn Review(action: BulkAction, reviewing: RwSignal<Option<BulkAction>>) -> impl IntoView {
    let selection: Selection = expect_context();
    let lifecycle: Lifecycle = expect_context();
    let title = title(&action);
    let button = button_of(&action);
    let listing: Listing = expect_context();
    // A row may have changed since it was selected.
    let newest = |row: Arc<ConnectionRow>| listing.loaded.with_untracked(|loaded| loaded.find(&row.id)).unwrap_or(row);
    let Plan { changed, left_out } = Plan::of(&action, untrack(|| selection.rows()).into_iter().map(newest).collect());
    let run = BulkRun::of(changed);
    let close = Callback::new(move |()| {
        let begun = untrack(|| run.has_begun());
        run.cancel();
        if begun {
            selection.clear();
            lifecycle.changed();
        }
        reviewing.set(None);
        focus(if begun { "main" } else { button });
    });
    on_cleanup(move || run.cancel());
    let (about, left_out) = (StoredValue::new(action), StoredValue::new(left_out));
    view! {
        <Dialog open=Signal::derive(|| true) on_close=close title>
            <p>{move || about.with_value(BulkAction::effect)}</p>
            {move || when(run.total() > 0, || outcomes(run))}
            {move || left_out.with_value(|left_out| when(!left_out.is_empty(), || left_out_list(left_out)))}
            <p role="status">{move || progress(run)}</p>
            <div class="buttons">{move || buttons(run, about, close)}</div>
        </Dialog>
    }
}

fn title(action: &BulkAction) -> &'static str {
    match action {
        BulkAction::Test => "Test connections",
        BulkAction::Activate => "Activate connections",
        BulkAction::Deactivate => "Deactivate connections",
        BulkAction::Grant(_) => "Grant connections to a workspace",
        BulkAction::Delete => "Delete connections",
    }
}

/// The id of the button that opened the dialog.
const fn button_of(action: &BulkAction) -> &'static str {
    match action {
        BulkAction::Test => "bulk-test",
        BulkAction::Activate => "bulk-activate",
        BulkAction::Deactivate => "bulk-deactivate",
        BulkAction::Grant(_) => "bulk-grant",
        BulkAction::Delete => "bulk-delete",
    }
}

fn progress(run: BulkRun) -> String {
    match (run.has_begun(), run.is_over()) {
        (false, _) if run.total() == 0 => "There is nothing to do.".to_owned(),
        (false, _) => String::new(),
        (true, false) => format!("{} of {} done", run.finished(), run.total()),
        (true, true) => {
            let done = format!("Done: {} of {}.", run.succeeded(), run.total());
            match run.total() - run.succeeded() {
                0 => done,
                1 => format!("{done} One was not done, see above."),
                others => format!("{done} {others} were not done, see above."),
            }
        }
    }
}

fn buttons(run: BulkRun, action: StoredValue<BulkAction>, close: Callback<()>) -> AnyView {
    if run.has_begun() && !run.is_over() {
        return view! { <Button on_press=move |()| run.cancel()>"Cancel what is left"</Button> }.into_any();
    }
    if run.has_begun() || run.total() == 0 {
        return view! { <Button look=Look::Primary on_press=close>"Close"</Button> }.into_any();
    }
    let words = action.with_value(|action| action.of(run.total()));
    let destroys = action.with_value(|action| *action == BulkAction::Delete);
    let look = if destroys { Look::Danger } else { Look::Primary };
    view! {
        <Button autofocus=true on_press=close>"Cancel"</Button>
        <Button look submits=!destroys on_press=move |()| run.begin(action.get_value())>{words}</Button>
    }
    .into_any()
}

/// The connections that are changed, each with what came of it.
fn outcomes(run: BulkRun) -> AnyView {
    let line = move |(at, row): (usize, Arc<ConnectionRow>)| {
        let name = row.name.to_string();
        let outcome = Memo::new(move |_| run.outcome(at));
        let words = move || match outcome.get() {
            Outcome::Waiting => String::new(),
            Outcome::Running => "Under way".to_owned(),
            Outcome::Done(words) | Outcome::Failed(words) => words,
            Outcome::Cancelled => "Cancelled".to_owned(),
        };
        view! { <li><bdi>{name}</bdi> " " <span class="subtle">{words}</span></li> }.into_any()
    };
    let lines: Vec<AnyView> = run.rows().into_iter().enumerate().map(line).collect();
    view! { <ul class="choice-list bulk-list">{lines}</ul> }.into_any()
}

fn left_out_list(left_out: &[(Arc<ConnectionRow>, &'static str)]) -> AnyView {
    let line = |(row, why): &(Arc<ConnectionRow>, &'static str)| {
        view! { <li><bdi>{row.name.to_string()}</bdi> " " <span class="subtle">{*why}</span></li> }.into_any()
    };
    let lines: Vec<AnyView> = left_out.iter().map(line).collect();
    let title = format!("Left out: {}", counted(lines.len()));
    view! { <h3>{title}</h3> <ul class="choice-list bulk-list">{lines}</ul> }.into_any()
}
