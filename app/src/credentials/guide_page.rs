//! The guide behind its link, for a Jira administrator without an account here. It shows nothing else.

use api::{GetGuide, Guide, GuideToken, Kind, Nothing, ProblemCode};
use leptos::prelude::*;

use super::guide::steps;
use crate::{
    client::call,
    ui::{moment::absolute, panel::panel, query::Query},
};

/// The page.
#[component]
pub(crate) fn GuidePage(token: String) -> impl IntoView {
    let guide: Query<Guide> = Query::new(move || {
        let token = GuideToken(token.clone());
        async move { call::<GetGuide>(&token, &Nothing {}).await }
    });
    let shown = move || match guide.get() {
        Some(Err(error)) if error.code() == Some(ProblemCode::GuideExpired) => expired(),
        _ => panel(guide, "Loading the guide", |guide| page(&guide)),
    };
    view! { <section class="guide-page">{shown}</section> }
}

fn page(guide: &Guide) -> AnyView {
    let title = match guide.kind {
        Kind::Oauth1 => "Let Causeway connect to Jira by OAuth 1.0a",
        _ => "Let Causeway connect to Jira by OAuth 2.0",
    };
    view! {
        <h1>{title}</h1>
        <p>
            "Somebody asks you, who administer Jira at " <bdi><code>{guide.address.clone()}</code></bdi>
            ", to make an application link for Causeway at " <bdi><code>{guide.causeway_url.clone()}</code></bdi>
            ". Make it only if you know who sent you this link."
        </p>
        {steps(guide)}
        <p>"Then tell whoever sent you the link that it is done."</p>
        <p class="subtle">"This link works until " {absolute(guide.expires_at)} "."</p>
    }
    .into_any()
}

fn expired() -> AnyView {
    view! {
        <h1>"This guide has expired"</h1>
        <p role="alert">"A link to a guide works for seven days. This one has expired, or was not copied completely."</p>
        <p>"Ask whoever sent it for a new one."</p>
    }
    .into_any()
}
