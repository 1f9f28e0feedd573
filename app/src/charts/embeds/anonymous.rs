//! Whether charts may be shown without signing in. Administrators decide it for the organization.

use api::{EditSettings, GetSettings, Nothing, Settings, SettingsEdit};
use leptos::prelude::*;

use crate::{
    client::call,
    context::expect_context,
    session::CurrentSession,
    ui::{
        button::Button,
        flags::Flags,
        learn_more::learn_more,
        lozenge::{Tone, lozenge},
        mutation::Mutation,
        panel::panel,
        query::Query,
        when,
    },
};

/// What the organization decided.
pub(super) fn load_settings() -> Query<Settings> {
    Query::new(|| async { call::<GetSettings>(&(), &Nothing {}).await })
}

/// The button with which an administrator decides otherwise; nothing for others.
pub(super) fn decide(allowed: bool, settings: Query<Settings>) -> AnyView {
    let session: CurrentSession = expect_context();
    let flags: Flags = expect_context();
    let mutation = Mutation::flagged();
    let press = move |()| {
        let edit = SettingsEdit { anonymous_charts: Some(!allowed) };
        mutation.run(async move { call::<EditSettings>(&(), &edit).await }, move |now| {
            let words = if now.anonymous_charts { "Allowed" } else { "Not allowed any more" };
            flags.done(format!("{words}: charts without signing in"));
            settings.reload();
        });
    };
    when(session.is_administrator(), || {
        let words = if allowed { "Stop allowing it" } else { "Allow it" };
        view! { <Button id="decide-anonymous" on_press=press busy=mutation.busy()>{words}</Button> }.into_any()
    })
}

/// The section of *Access to Jira*, for administrators.
#[component]
pub(in crate::charts) fn AnonymousCharts() -> impl IntoView {
    let settings = load_settings();
    let shown = move |now: Settings| {
        let state = if now.anonymous_charts {
            lozenge(Tone::Warning, "Allowed")
        } else {
            lozenge(Tone::Neutral, "Not allowed")
        };
        view! { <p>{state}</p> <div class="buttons">{decide(now.anonymous_charts, settings)}</div> }.into_any()
    };
    view! {
        <section class="section" aria-labelledby="anonymous-charts">
            <h2 id="anonymous-charts">"Charts without signing in"</h2>
            <p class="subtle">
                "Whether members may publish charts in pages of others, for everybody who can open those pages. Whose access a chart is shown with is decided by its owner alone. "
                {learn_more("/help/embeds/#published".to_owned())}
            </p>
            {panel(settings, "Loading what was decided", shown)}
        </section>
    }
}
