//! Connections and projects in numbers and lists, for dialogs and notices.

use api::AffectedProject;
use leptos::prelude::*;

use crate::ui::when;

/// *1 connection*, *4 connections*.
pub(crate) fn counted(count: usize) -> String {
    if count == 1 { "1 connection".to_owned() } else { format!("{count} connections") }
}

/// The projects that lose their connection, by name; nothing if there are none.
pub(super) fn projects_lost(projects: &[AffectedProject]) -> AnyView {
    let line = |project: &AffectedProject| {
        let (name, workspace) = (project.name.to_string(), project.workspace.to_string());
        view! { <li><bdi>{name}</bdi> " " <bdi class="subtle">{workspace}</bdi></li> }.into_any()
    };
    let lines: Vec<AnyView> = projects.iter().map(line).collect();
    when(!lines.is_empty(), || {
        view! { <p>"Projects whose issues cannot be reached through it any more:"</p> <ul class="choice-list">{lines}</ul> }.into_any()
    })
}
