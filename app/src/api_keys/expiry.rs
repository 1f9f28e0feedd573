//! The choice of when a key expires.

use leptos::prelude::*;

/// An expiry to choose: its value, its words, and the days until then.
pub(super) type Expiry = (&'static str, &'static str, Option<i64>);

/// A list of expiries. `on_choose` is called with the days of the chosen one.
pub(super) fn expiry_choice(
    id: &'static str,
    offered: Vec<Expiry>,
    chosen: Option<i64>,
    on_choose: Callback<Option<i64>>,
) -> AnyView {
    let option = move |(value, words, days): &Expiry| {
        view! { <option value=*value selected=*days == chosen>{*words}</option> }.into_any()
    };
    let options: Vec<AnyView> = offered.iter().map(option).collect();
    let choose = move |value: String| {
        let days = offered.iter().find(|(offered, ..)| *offered == value).and_then(|(_, _, days)| *days);
        on_choose.run(days);
    };
    view! {
        <div class="field">
            <label class="field-label" for=id>"Expires"</label>
            <select class="select" id=id on:change:target=move |event| choose(event.target().value())>
                {options}
            </select>
        </div>
    }
    .into_any()
}
