//! Draws a render for a page: the figure as HTML, or the sentence and the button of its state.

use api::{ChartId, ForgeRender, Render, RenderAccess, RenderAccessKind, RenderAction, RenderState, Site};
use chart::{
    Data, Spec,
    draw::{Direction, Frame, Provenance, draw},
};

/// The width of a figure whose page does not say how much room there is, in CSS pixels.
const USUAL: u16 = 640;

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
    let figure = render.data.as_ref().map(|data| figure(&chart, spec, data, width, &words));
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
    }
}

fn figure(chart: &ChartId, spec: &Spec, data: &Data, width: Option<u16>, access: &str) -> String {
    let frame = Frame::new(chart.as_str(), width.unwrap_or(USUAL), Direction::LeftToRight);
    // The page writes the time as its reader does; this is what it replaces.
    let at = data.counted.at.get(11..16).map(|time| format!("{time} UTC")).unwrap_or_default();
    draw(spec, data, &frame).figure(Provenance { at: &at, access })
}

fn in_words(access: &RenderAccess) -> String {
    match (access.kind, &access.account, &access.connection) {
        (RenderAccessKind::Own, ..) => "with your access".to_owned(),
        (_, Some(account), _) => format!("with the access of {account}"),
        (_, None, Some(connection)) => format!("with the access of {connection}"),
        (_, None, None) => "with another access".to_owned(),
    }
}
