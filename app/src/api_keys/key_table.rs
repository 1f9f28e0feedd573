//! The keys, without the keys themselves.

use api::ApiKey;
use leptos::prelude::*;

use super::draft::plain;
use crate::ui::{
    button::Button,
    moment::{Now, moment},
};

/// The table.
#[component]
pub(super) fn KeyTable(keys: Vec<ApiKey>, #[prop(into)] on_revoke: Callback<ApiKey>) -> impl IntoView {
    view! {
        <table class="cards">
            <caption class="assistive">"API keys"</caption>
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"May"</th>
                    <th scope="col">"Connections"</th>
                    <th scope="col">"Created"</th>
                    <th scope="col">"Last used"</th>
                    <th scope="col">"Expires"</th>
                    <th scope="col"><span class="assistive">"Actions"</span></th>
                </tr>
            </thead>
            <tbody>{keys.into_iter().map(|key| row(key, on_revoke)).collect::<Vec<_>>()}</tbody>
        </table>
    }
    .into_any()
}

fn row(key: ApiKey, on_revoke: Callback<ApiKey>) -> AnyView {
    let Now(now) = expect_context();
    let may = key.scopes.iter().map(|scope| plain(*scope)).collect::<Vec<_>>().join(", ");
    let connections = match key.connections.as_ref().map(Vec::len) {
        None => "All".to_owned(),
        Some(count) => format!("{count} chosen"),
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
    view! {
        <tr>
            <th scope="row"><bdi>{key.name.to_string()}</bdi></th>
            <td data-label="May">{may}</td>
            <td data-label="Connections">{connections}</td>
            <td data-label="Created">{moment(key.created_at)}</td>
            <td data-label="Last used">{used}</td>
            <td data-label="Expires">{expires}</td>
            <td class="row-actions"><Button label=label on_press=move |()| on_revoke.run(key.clone())>"Revoke"</Button></td>
        </tr>
    }
    .into_any()
}
