//! The table of API keys. It never shows the keys themselves.

use api::{ApiKey, Timestamp};
use leptos::prelude::*;

use super::draft::plain;
use crate::{
    context::expect_context,
    ui::{
        button::Button,
        isolated,
        moment::{Now, in_full, moment},
        table::{cell, row, table},
        when,
    },
};

/// The most connections of a key that are named.
const NAMED: usize = 3;

/// The table.
#[component]
pub(super) fn KeyTable(
    keys: Vec<ApiKey>,
    #[prop(into)] on_rotate: Callback<ApiKey>,
    #[prop(into)] on_revoke: Callback<ApiKey>,
) -> impl IntoView {
    let heads = ["Name", "Permissions", "Connections", "Created", "Last used", "Expires", "Actions"];
    table("API keys", &heads, keys.into_iter().map(|key| line(key, on_rotate, on_revoke)).collect())
}

/// Which connections a key reaches, in words.
fn reach(key: &ApiKey) -> String {
    let all = key.connections.as_ref().map(Vec::len);
    let named: Vec<String> = key.connection_names.iter().take(NAMED).map(|name| isolated(name.as_str())).collect();
    let connections = match all {
        None => "All".to_owned(),
        Some(_) if named.is_empty() => "None that still exists".to_owned(),
        Some(count) if count > named.len() => format!("{} and {} more", named.join(", "), count - named.len()),
        Some(_) => named.join(", "),
    };
    match &key.workspace {
        Some(workspace) => format!("{connections} of {}", isolated(workspace.name.as_str())),
        None => connections,
    }
}

fn line(key: ApiKey, on_rotate: Callback<ApiKey>, on_revoke: Callback<ApiKey>) -> AnyView {
    let permissions = key.scopes.iter().map(|scope| plain(*scope)).collect::<Vec<_>>().join(", ");
    let about = view! {
        <bdi>{key.name.to_string()}</bdi>
        {key.prefix.clone().map(|prefix| view! { <code class="status-more">{prefix} "…"</code> })}
    };
    let by = key.created_by.clone().map(|by| view! { " by " <bdi>{by}</bdi> });
    let cells = vec![
        cell("Permissions", permissions.into_any()),
        cell("Connections", reach(&key).into_any()),
        cell("Created", view! { {moment(key.created_at)} {by} }.into_any()),
        cell("Last used", view! { {used(key.last_used_at)} {previous(&key)} }.into_any()),
        cell("Expires", expiry(key.expires_at)),
    ];
    let (rotate, revoke) = (format!("Rotate {}", key.name), format!("Revoke {}", key.name));
    let other = key.clone();
    let buttons = view! {
        <Button label=rotate on_press=move |()| on_rotate.run(other.clone())>"Rotate"</Button>
        <Button label=revoke on_press=move |()| on_revoke.run(key.clone())>"Revoke"</Button>
    };
    row(about.into_any(), cells, Some(buttons.into_any()))
}

fn used(at: Option<Timestamp>) -> AnyView {
    at.map_or_else(|| "Never".into_any(), in_full)
}

fn expiry(at: Option<Timestamp>) -> AnyView {
    let Now(now) = expect_context();
    let expired = move |at| if now.get() >= at { "Expired " } else { "" };
    at.map_or_else(|| "Never".into_any(), |at| view! { <span>{move || expired(at)} {in_full(at)}</span> }.into_any())
}

/// The old key, while it still works.
fn previous(key: &ApiKey) -> AnyView {
    let Some(previous) = key.previous.clone() else { return ().into_any() };
    let prefix = previous.prefix.map(|prefix| view! { " " <code>{prefix} "…"</code> });
    view! {
        <span class="status-more">
            "The old key" {prefix} " ends " {in_full(previous.until)}
            {when(previous.last_used_at.is_some(), || view! { "; last used " {used(previous.last_used_at)} }.into_any())}
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(connections: &str, names: &str) -> String {
        let json = format!(
            r#"{{"id":"key_1","name":"CI","scopes":["proxy"],"connections":{connections},"connection_names":{names},
            "created_at":"2026-01-01T00:00:00Z","expires_at":null,"last_used_at":null}}"#
        );
        reach(&serde_json::from_str(&json).expect("a key")).replace(['\u{2068}', '\u{2069}'], "")
    }

    #[test]
    fn the_connections_of_a_key_are_named_and_those_beyond_three_counted() {
        assert_eq!(key("null", "[]"), "All");
        assert_eq!(key(r#"["con_1","con_2"]"#, r#"["One","Two"]"#), "One, Two");
        let five = r#"["con_1","con_2","con_3","con_4","con_5"]"#;
        assert_eq!(key(five, r#"["A","B","C","D","E"]"#), "A, B, C and 2 more");
        assert_eq!(key(r#"["con_1"]"#, "[]"), "None that still exists");
    }
}
