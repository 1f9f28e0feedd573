//! Draws a render for a page: the figure as HTML, or the sentence and the button of its state.

use api::{ChartId, ForgeRender, Render, RenderAction, RenderState, Site};
use chart::Spec;

use crate::http::drawing::{figure, in_words};

/// What became of a chart, drawn.
pub(super) fn drawn(
    chart: ChartId,
    (title, site): (String, Site),
    spec: &Spec,
    render: Render,
    width: Option<u16>,
    is_anonymous: bool,
) -> ForgeRender {
    let words = render.access.as_ref().map(in_words).unwrap_or_default();
    let figure = render.data.as_ref().map(|data| figure(chart.as_str(), spec, data, width, &words));
    let counted_at = render.data.map(|data| data.counted.at);
    let (state, cause, action) = if is_anonymous && render.state == RenderState::ConsentNeeded {
        let why = "Log in to the site first: what is shown here is what your own account may see.";
        (render.state, Some(why.to_owned()), RenderAction::None)
    } else {
        (render.state, render.cause, render.action)
    };
    ForgeRender {
        chart,
        title: Some(title),
        site: Some(site),
        state,
        sentence: render.sentence,
        cause,
        button: action.label().to_owned(),
        action,
        access: render.access,
        figure,
        counted_at,
        edit_url: String::new(),
        author: None,
        ask_url: None,
        counts_in_browser: false,
    }
}

/// A chart that does not exist, or was deleted.
pub(super) fn gone(chart: ChartId) -> ForgeRender {
    ForgeRender {
        chart,
        title: None,
        site: None,
        state: RenderState::QueryRefused,
        sentence: "This chart does not exist any more.".to_owned(),
        cause: Some("It was deleted in Causeway. Choose another one, or have it restored.".to_owned()),
        action: RenderAction::Edit,
        button: RenderAction::Edit.label().to_owned(),
        access: None,
        figure: None,
        counted_at: None,
        edit_url: String::new(),
        author: None,
        ask_url: None,
        counts_in_browser: false,
    }
}
