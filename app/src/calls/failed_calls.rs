//! The last calls that failed.

use api::FailedCall;
use leptos::prelude::*;

use crate::ui::{
    copy_button::CopyButton,
    moment::in_full,
    table::{cell, row, table},
    when,
};

/// The calls, newest first.
pub(super) fn failed_calls(failed: &[FailedCall]) -> AnyView {
    let heads = ["Call", "When", "Status", "Cause", "Request ID"];
    when(!failed.is_empty(), || {
        view! {
            <h3 id="failed-calls">"Last failed calls"</h3>
            {table("Last failed calls", &heads, failed.iter().map(line).collect())}
        }
        .into_any()
    })
}

fn line(call: &FailedCall) -> AnyView {
    let about = view! { <code class="request-line"><bdi>{format!("{} {}", call.method, call.path)}</bdi></code> };
    let id = view! { <code>{call.request_id.clone()}</code> " " <CopyButton text=call.request_id.clone() what="Copy" named="request ID" /> };
    let cells = vec![
        cell("When", in_full(call.at)),
        cell("Status", call.status.into_any()),
        cell("Cause", call.outcome.title().into_any()),
        cell("Request ID", id.into_any()),
    ];
    row(about.into_any(), cells, None)
}
