//! Many connections that fail for one reason, told once above the grid.

use api::{Connection, Story, stories};
use leptos::prelude::*;

use super::unauthorize_dialog::counted;
use crate::ui::{icon::Icon, learn_more::learn_more, moment::moment};

/// The stories of these connections.
pub(super) fn story_banners(connections: &[Connection]) -> AnyView {
    let banner = |story: Story| {
        let names: Vec<AnyView> = connections
            .iter()
            .filter(|connection| story.connections.contains(&connection.id))
            .map(|connection| view! { <li><bdi>{connection.name.to_string()}</bdi></li> }.into_any())
            .collect();
        view! {
            <section class="notice story" aria-label="One reason for several failures">
                <p class="failure-title">{Icon::Warning.view()} {story.sentence()}</p>
                <p>{story.cause.remedy()} " " {learn_more(story.cause.help_path())} " It began " {moment(story.since)} "."</p>
                <details>
                    <summary>{format!("Affects {}", counted(names.len()))}</summary>
                    <ul>{names}</ul>
                </details>
            </section>
        }
        .into_any()
    };
    let banners: Vec<AnyView> = stories(connections).into_iter().map(banner).collect();
    view! { {banners} }.into_any()
}
