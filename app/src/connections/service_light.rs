//! The service light: whether Causeway itself works, apart from whether a connection works.

use std::time::Duration;

use api::{Health, HealthStatus};
use leptos::{ev, prelude::*};

use super::{ListFailed, contact};
use crate::{
    client::{CallError, health},
    ui::{
        lozenge::{Tone, lozenge},
        query::Query,
    },
};

/// The time after which it asks again.
const PAUSE: Duration = Duration::from_mins(1);

/// The light, with the findings folded away.
#[component]
pub(crate) fn ServiceLight() -> impl IntoView {
    let asked: Query<Health> = Query::new(health);
    let ListFailed(failed) = use_context().unwrap_or_else(|| ListFailed(Memo::new(|_| false)));
    Effect::new(move |before: Option<bool>| {
        let failed = failed.get();
        if before.is_some_and(|before| before != failed) {
            asked.reload();
        }
        failed
    });
    let again = move || {
        if !document().hidden() {
            asked.reload();
        }
    };
    let listeners = [
        window_event_listener(ev::online, move |_| again()),
        window_event_listener(ev::offline, move |_| again()),
        window_event_listener(ev::focus, move |_| again()),
    ];
    let ticking = set_interval_with_handle(again, PAUSE).ok();
    on_cleanup(move || {
        listeners.into_iter().for_each(WindowListenerHandle::remove);
        if let Some(ticking) = ticking {
            ticking.clear();
        }
    });
    // While the list says what fails, the light neither says that all is well nor says it again.
    let told = Memo::new(move |_| if failed.get() { None } else { asked.get() });
    let shown = move || if failed.get() { Some(unknown(Vec::new())) } else { told.get().map(light) };
    view! { <div class="service" role="status">{shown}</div> }
}

/// It is not known whether all parts work.
fn unknown(lines: Vec<String>) -> AnyView {
    let words = "It is not known whether all parts work";
    if lines.is_empty() { lozenge(Tone::Warning, words) } else { folded(words, lines, None) }
}

fn light(answer: Result<Health, CallError>) -> AnyView {
    match answer {
        Ok(health) if health.status == HealthStatus::Ok => lozenge(Tone::Success, "All parts of Causeway work"),
        Ok(health) => {
            let line = |finding: api::Finding| format!("{}: {}", finding.name, finding.message);
            let lines = health.findings.into_iter().map(line).collect();
            folded("Causeway needs its operator", lines, health.support_url)
        }
        Err(error) => unknown(vec![format!("{} {}", error.sentence(), error.remedy())]),
    }
}

fn folded(words: &'static str, lines: Vec<String>, support_url: Option<String>) -> AnyView {
    view! {
        <details>
            <summary>{lozenge(Tone::Warning, words)}</summary>
            <ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }.into_any()).collect::<Vec<_>>()}</ul>
            {support_url.map(contact)}
        </details>
    }
    .into_any()
}
