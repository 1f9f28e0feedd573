//! The table of API keys. It never shows the keys themselves.

use api::ApiKey;
use leptos::prelude::*;

use super::draft::plain;
use crate::ui::isolated;
use crate::ui::{
    button::Button,
    moment::{Now, moment},
    table::{cell, row, table},
};

/// The table.
#[component]
pub(super) fn KeyTable(keys: Vec<ApiKey>, #[prop(into)] on_revoke: Callback<ApiKey>) -> impl IntoView {
    let heads = ["Name", "May", "Connections", "Created", "Last used", "Expires", "Actions"];
    table("API keys", &heads, keys.into_iter().map(|key| line(key, on_revoke)).collect())
}

fn line(key: ApiKey, on_revoke: Callback<ApiKey>) -> AnyView {
    let Now(now) = expect_context();
    let may = key.scopes.iter().map(|scope| plain(*scope)).collect::<Vec<_>>().join(", ");
    let connections = match key.connections.as_ref().map(Vec::len) {
        None => "All".to_owned(),
        Some(count) => format!("{count} chosen"),
    };
    let connections = match &key.workspace {
        Some(workspace) => format!("{connections} of {}", isolated(workspace.name.as_str())),
        None => connections,
    };
    let used = key.last_used_at.map_or_else(|| "Never".into_any(), moment);
    let expires = key.expires_at.map_or_else(
        || "Never".into_any(),
        |at| {
            let word = if now.get_untracked() >= at { "Expired " } else { "" };
            view! { <span>{word} {moment(at)}</span> }.into_any()
        },
    );
    let label = format!("Revoke {}", key.name);
    let about = view! { <bdi>{key.name.to_string()}</bdi> }.into_any();
    let cells = vec![
        cell("May", may.into_any()),
        cell("Connections", connections.into_any()),
        cell("Created", moment(key.created_at)),
        cell("Last used", used),
        cell("Expires", expires),
    ];
    let revoke = view! { <Button label=label on_press=move |()| on_revoke.run(key.clone())>"Revoke"</Button> };
    row(about, cells, Some(revoke.into_any()))
}
