//! A query that is typed, and what Jira says of it meanwhile.

use std::time::Duration;

use api::{CheckChartQuery, CheckedQuery, QueryToCheck};
use leptos::{prelude::*, task::spawn_local};

use super::draft::Draft;
use crate::{client::call, ui::icon::Icon};

/// How long it waits for the next keystroke.
const KEYSTROKES: Duration = Duration::from_millis(500);

/// The field of a query.
pub(super) fn query_field(
    draft: Draft,
    id: &'static str,
    label: &'static str,
    value: Signal<String>,
    error: Signal<Option<String>>,
    on_input: Callback<String>,
) -> AnyView {
    let checked = RwSignal::new(None::<CheckedQuery>);
    check_while_typing(draft, value, checked);
    let refused = move || checked.with(|checked| checked.as_ref().is_some_and(|checked| !checked.errors.is_empty()));
    let said = move || {
        let one = |words: String| view! { <li>{words}</li> }.into_any();
        checked.get().map(|checked| checked.errors.into_iter().map(one).collect::<Vec<_>>())
    };
    let personal = move || {
        let words = checked.get().and_then(|checked| checked.personal)?;
        Some(view! {
            <p class="charts-warning">
                {Icon::Warning.view()} <span><code>{words}</code>" is somebody else for everybody who looks."</span>
            </p>
        })
    };
    view! {
        <div class="field">
            <label class="field-label" for=id>{label}</label>
            <textarea
                class="field-input charts-query"
                id=id
                rows="3"
                spellcheck="false"
                aria-describedby=format!("{id}-error {id}-said {id}-help")
                aria-invalid=move || (error.get().is_some() || refused()).then_some("true")
                prop:value=move || value.get()
                on:input:target=move |event| on_input.run(event.target().value())
            ></textarea>
            <p class="field-error" id=format!("{id}-error") aria-live="polite">{move || error.get().unwrap_or_default()}</p>
            <ul class="charts-said field-error" id=format!("{id}-said") aria-live="polite" aria-label="What Jira says">{said}</ul>
            {personal}
            <p class="field-help" id=format!("{id}-help")>"As in Jira's search, for example project = WEB. What it says about order is ignored."</p>
        </div>
    }
    .into_any()
}

/// Has Jira check the query when the person stops typing. Of several answers only that for the last query counts.
fn check_while_typing(draft: Draft, value: Signal<String>, checked: RwSignal<Option<CheckedQuery>>) {
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let request = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let query = QueryToCheck { site: draft.site.get(), connection_id: draft.access.get(), jql: value.get() };
        if let Some(before) = waiting.get_value() {
            before.clear();
        }
        request.update_value(|count| *count = count.wrapping_add(1));
        let own = request.get_value();
        if query.jql.trim().is_empty() || query.site.is_empty() {
            return checked.set(None);
        }
        let check = move || {
            spawn_local(async move {
                let answer = call::<CheckChartQuery>(&(), &query).await;
                if request.try_get_value() == Some(own) {
                    // The preview shows why Jira cannot be asked.
                    checked.try_set(answer.ok());
                }
            });
        };
        waiting.set_value(set_timeout_with_handle(check, KEYSTROKES).ok());
    });
    on_cleanup(move || {
        if let Some(before) = waiting.try_get_value().flatten() {
            before.clear();
        }
    });
}
