//! Faults that a newcomer orders on the page: any operation of Jira, before or after its work is done.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use crate::faults::{Fault, Kind, Stage};
use crate::jira;
use crate::recorder::Endpoint;
use crate::world::{Shared, World};

/// What can be chosen: the value, the words, and what the client meets.
const KINDS: [(&str, &str); 9] = [
    ("reset", "the connection is reset"),
    ("cut_short", "half of the answer"),
    ("slow", "the answer, once it is released"),
    ("html", "a page of HTML"),
    ("empty", "nothing"),
    ("409", "409 Conflict"),
    ("429", "429 Too Many Requests"),
    ("500", "500 Internal Server Error"),
    ("503", "503 Service Unavailable"),
];

#[derive(Debug, Deserialize)]
pub(super) struct Ordered {
    #[serde(default)]
    operation: String,
    stage: Stage,
    kind: String,
    times: u32,
}

/// The form, and what is waiting.
pub(super) fn section(world: &World) -> Markup {
    let waiting = world.faults.waiting();
    html! {
        h3 { "A fault of one operation at a Cloud site" }
        form.fault method="post" action="/model/faults" {
            label { "Operation "
                select name="operation" {
                    option value="" { "every one" }
                    @for name in jira::operation_names() { option { (name) } }
                }
            }
            label { "When "
                select name="stage" {
                    option value="after_commit" { "after the work is done" }
                    option value="before_commit" { "before anything is done" }
                }
            }
            label { "What comes "
                select name="kind" { @for (value, words) in KINDS { option value=(value) { (words) } } }
            }
            label { "How often " input type="number" name="times" min="1" max="1000" value="1"; }
            button.primary type="submit" { "Order the fault" }
        }
        @for fault in &waiting { p.subtle { "Waiting: " (told(fault)) } }
    }
}

/// Which calls it concerns, what comes, and how often.
fn told(fault: &Fault) -> String {
    let endpoint = serde_json::json!(fault.endpoint);
    let parts = [endpoint.as_str().unwrap_or_default(), &fault.operation, &fault.path_contains];
    let calls = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let stage = match fault.stage {
        Stage::BeforeCommit => "before",
        Stage::AfterCommit => "after",
    };
    let kind = match &fault.kind {
        Kind::Status { code, .. } => format!("status {code}"),
        Kind::Html => "a page of HTML".into(),
        Kind::Empty => "nothing".into(),
        Kind::Slow => "the answer, once it is released".into(),
        Kind::CutShort => "half of the answer".into(),
        Kind::Reset => "a reset".into(),
        Kind::Body(bytes) => format!("{} bytes", bytes.len()),
        Kind::Redirect(location) => format!("a redirect to {location}"),
    };
    let times = fault.times.map_or("until it is cleared".into(), |times| format!("{times} times"));
    format!("{calls}: {kind}, {stage} the work is done, {times}")
}

pub(super) async fn order(State(world): State<Shared>, Form(ordered): Form<Ordered>) -> Response {
    let is_known = ordered.operation.is_empty() || jira::operation_names().any(|name| name == ordered.operation);
    let Some(kind) = kind(&ordered.kind).filter(|_| is_known && ordered.times > 0) else {
        return (StatusCode::BAD_REQUEST, "There is no such operation or fault.").into_response();
    };
    let fault = Fault { stage: ordered.stage, ..Fault::after(Endpoint::Jira, kind) };
    world.faults.inject(fault.on_operation(&ordered.operation).times(ordered.times));
    Redirect::to("/model").into_response()
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "reset" => Kind::Reset,
        "cut_short" => Kind::CutShort,
        "slow" => Kind::Slow,
        "html" => Kind::Html,
        "empty" => Kind::Empty,
        _ => {
            let code = name.parse().ok().filter(|_| KINDS.iter().any(|(known, _)| *known == name))?;
            Kind::status(code, "{\"errorMessages\":[\"This was ordered.\"],\"errors\":{}}")
        }
    })
}
