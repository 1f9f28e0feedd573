//! The service light: whether Causeway itself works, apart from whether a connection works.

use api::{Health, HealthStatus};
use leptos::prelude::*;

use crate::{
    client::{CallError, health},
    ui::{
        lozenge::{Tone, lozenge},
        query::Query,
    },
};

/// The light, with the findings folded away.
#[component]
pub(crate) fn ServiceLight() -> impl IntoView {
    let asked: Query<Health> = Query::new(health);
    view! { <div class="service" role="status">{move || asked.get().map(light)}</div> }
}

fn light(answer: Result<Health, CallError>) -> AnyView {
    let (words, lines) = match answer {
        Ok(health) if health.status == HealthStatus::Ok => {
            return lozenge(Tone::Success, "All parts of Causeway work");
        }
        Ok(health) => {
            let line = |finding: api::Finding| format!("{}: {}", finding.name, finding.message);
            ("Causeway needs its operator", health.findings.into_iter().map(line).collect::<Vec<_>>())
        }
        Err(error) => {
            ("It is not known whether all parts work", vec![format!("{} {}", error.sentence(), error.remedy())])
        }
    };
    view! {
        <details>
            <summary>{lozenge(Tone::Warning, words)}</summary>
            <ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }.into_any()).collect::<Vec<_>>()}</ul>
        </details>
    }
    .into_any()
}
