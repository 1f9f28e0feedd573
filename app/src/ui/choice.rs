//! Checkboxes and radio buttons.

use leptos::prelude::*;

/// A checkbox with its words.
pub(crate) fn choice(words: AnyView, ticked: impl Into<Signal<bool>>, on_change: Callback<bool>) -> AnyView {
    let ticked = ticked.into();
    view! {
        <label class="choice">
            <input
                type="checkbox"
                prop:checked=move || ticked.get()
                on:change:target=move |event| on_change.run(event.target().checked())
            />
            <span>{words}</span>
        </label>
    }
    .into_any()
}

/// A radio button of the group `name`.
pub(crate) fn radio(
    name: impl Into<String>,
    words: AnyView,
    chosen: Signal<bool>,
    disabled: bool,
    choose: Callback<()>,
) -> AnyView {
    view! {
        <label class="choice">
            <input
                type="radio"
                name=name.into()
                disabled=disabled
                prop:checked=move || chosen.get()
                on:change=move |_| choose.run(())
            />
            <span>{words}</span>
        </label>
    }
    .into_any()
}

/// Adds or removes `item`.
pub(crate) fn tick<T: PartialEq>(items: &mut Vec<T>, item: T, ticked: bool) {
    items.retain(|other| *other != item);
    if ticked {
        items.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticking_twice_ticks_once() {
        let mut ticked = vec![1];
        tick(&mut ticked, 2, true);
        tick(&mut ticked, 2, true);
        tick(&mut ticked, 1, false);
        assert_eq!(ticked, [2]);
    }
}
