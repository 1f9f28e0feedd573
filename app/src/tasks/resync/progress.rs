//! How far a resync has got: a bar that is seen, and words that are heard.

use leptos::prelude::*;

use super::words::thousands;

/// How far something has got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) done: u32,
    pub(crate) all: u32,
}

impl Progress {
    /// In tenths, so that a screen reader hears ten steps and not every task.
    fn tenths(self) -> u32 {
        u32::try_from(u64::from(self.done) * 10 / u64::from(self.all.max(1))).unwrap_or(10)
    }
}

/// The bar. `doing` says what is done: *Looked at*.
pub(crate) fn progress_bar(doing: &'static str, progress: Signal<Progress>) -> AnyView {
    let heard = Memo::new(move |_| progress.get().tenths());
    let words = move || {
        let Progress { done, all } = progress.get();
        format!("{doing} {} of {}", thousands(done), thousands(all))
    };
    view! {
        <div class="resync-progress">
            <progress
                aria-label=doing
                max=move || progress.get().all.max(1).to_string()
                prop:value=move || f64::from(progress.get().done)
                aria-valuetext=words
            ></progress>
            <p aria-hidden="true">{words}</p>
            <p class="assistive" role="status">{move || format!("{doing} {} %", heard.get() * 10)}</p>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_reader_hears_ten_steps_whatever_the_number_of_tasks() {
        let steps =
            |all: u32| (0..=all).map(|done| Progress { done, all }.tenths()).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(steps(2_140).len(), 11);
        assert_eq!(Progress::default().tenths(), 0);
        assert_eq!(Progress { done: u32::MAX, all: u32::MAX }.tenths(), 10);
    }
}
