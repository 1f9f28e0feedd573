//! A drawn chart: the figure as `chart` writes it, at the width that there is, and what a person can take away from it.

use std::cell::Cell;

use chart::{
    Data, Spec,
    draw::{Direction, Drawing, Frame, Provenance, Theme, draw},
};
use leptos::{ev, html, prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlDetailsElement};

use super::{figure_keys, messages::as_of, pictures, styles};
use crate::ui::{button::Button, focus_selected, menu::menu};

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drawn {
    /// The question and the look.
    pub(super) spec: Spec,
    /// The numbers.
    pub(super) data: Data,
    /// With whose access they were counted.
    pub(super) access: String,
}

thread_local! {
    /// Whether the next figure that is drawn takes the focus. There is one thread, and one screen on it.
    static NEXT_TAKES_FOCUS: Cell<bool> = const { Cell::new(false) };
}

/// Lets the next figure take the focus, or not any more. What had it, such as *Load chart*, goes when the figure comes.
pub(super) fn next_figure_takes_focus(takes: bool) {
    NEXT_TAKES_FOCUS.set(takes);
}

/// Moves the focus to the figure, once it is drawn in its width: to its first mark, or to the table that it is.
fn take_focus() {
    request_animation_frame(|| {
        request_animation_frame(|| focus_selected(".charts-figure :is(.chart-target, summary)"));
    });
}

/// The width of a figure before it is measured.
const USUAL: u16 = 640;
/// The width of a picture that is saved.
const SAVED: u16 = 800;

impl Drawn {
    /// Draws it, and reads `of` from the drawing.
    fn read<T>(&self, width: u16, of: impl FnOnce(&Drawing, Provenance) -> T) -> T {
        let frame = Frame::new("chart", width, Direction::LeftToRight);
        let at = as_of(&self.data.counted.at);
        of(&draw(&self.spec, &self.data, &frame), Provenance { at: &at, access: &self.access })
    }
}

/// The figure as HTML. (The method itself is for drawings of one lifetime only.)
fn figure_of(drawing: &Drawing, provenance: Provenance) -> String {
    drawing.figure(provenance)
}

/// The figure. `tools` if it can be copied and saved.
#[component]
pub(super) fn ChartFigure(
    /// What is drawn.
    drawn: Signal<Drawn>,
    /// Whether it can be copied and saved.
    tools: bool,
    /// Counts the issues once more, if that is offered.
    #[prop(optional_no_strip)]
    again: Option<Callback<()>>,
) -> impl IntoView {
    styles::load();
    let place = NodeRef::<html::Div>::new();
    let width = RwSignal::new(USUAL);
    let measure = move || {
        let here = place.try_get_untracked().flatten().map(|place| place.client_width());
        if let Some(here) = here.and_then(|here| u16::try_from(here).ok()).filter(|here| *here > 0) {
            width.maybe_update(|width| std::mem::replace(width, here) != here);
        }
    };
    Effect::new(move |_| {
        if place.get().is_some() {
            request_animation_frame(measure);
            if NEXT_TAKES_FOCUS.take() {
                take_focus();
            }
        }
    });
    let resized = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    let figure = Memo::new(move |_| drawn.with(|drawn| drawn.read(width.get(), figure_of)));
    let sentence = Memo::new(move |_| drawn.with(|drawn| drawn.read(USUAL, |drawing, _| drawing.sentence.plain())));
    let press = move |event: ev::KeyboardEvent| {
        let Some(place) = place.get_untracked() else { return };
        if event.key() == "t" && !event.ctrl_key() && !event.meta_key() && !event.alt_key() {
            toggle_table(&place);
        } else {
            figure_keys::press(&place, &event);
        }
    };
    view! {
        <p class="assistive" role="status">{move || sentence.get()}</p>
        <div class="charts-figure" node_ref=place inner_html=move || figure.get() on:keydown=press></div>
        {tools.then(|| toolbar(drawn, place, again))}
    }
}

/// Opens or closes the table of the figure in `place`.
fn toggle_table(place: &Element) {
    let details = place.query_selector(".chart-numbers").ok().flatten();
    if let Some(details) = details.and_then(|details| details.dyn_into::<HtmlDetailsElement>().ok()) {
        details.set_open(!details.open());
    }
}

fn toolbar(drawn: Signal<Drawn>, place: NodeRef<html::Div>, again: Option<Callback<()>>) -> AnyView {
    let said = RwSignal::new("");
    let tell = move |done: Result<(), JsValue>, words: &'static str| {
        said.try_set(if done.is_ok() { words } else { "The browser did not allow it." });
        crate::ui::note(done, "nothing was saved");
    };
    let copy = move |()| {
        let done = place.get_untracked().is_some_and(|place| pictures::copy_table(&place));
        tell(done.then_some(()).ok_or(JsValue::NULL), "Copied the table.");
    };
    let table = move |()| {
        if let Some(place) = place.get_untracked() {
            toggle_table(&place);
        }
    };
    let title = move || drawn.with_untracked(|drawn| drawn.spec.says.title.clone());
    let csv = move |()| {
        let csv = drawn.with_untracked(|drawn| drawn.read(SAVED, |drawing, _| drawing.table.csv()));
        tell(pictures::save(&csv, "text/csv", &pictures::file_name(&title(), "csv")), "Saved the table.");
    };
    let picture =
        move |theme| drawn.with_untracked(|drawn| drawn.read(SAVED, |drawing, from| drawing.picture(theme, from)));
    let svg = move |theme| {
        if let Some(svg) = picture(theme) {
            tell(pictures::save(&svg, "image/svg+xml", &pictures::file_name(&title(), "svg")), "Saved the picture.");
        }
    };
    let png = move |theme| {
        let name = pictures::file_name(&title(), "png");
        if let Some(svg) = picture(theme) {
            spawn_local(async move { tell(pictures::save_png(svg, name).await, "Saved the picture.") });
        }
    };
    let items = vec![
        ("PNG, light", Callback::new(move |()| png(Theme::Light))),
        ("PNG, dark", Callback::new(move |()| png(Theme::Dark))),
        ("SVG, light", Callback::new(move |()| svg(Theme::Light))),
        ("SVG, dark", Callback::new(move |()| svg(Theme::Dark))),
    ];
    let has_picture = picture(Theme::Light).is_some();
    view! {
        <div class="charts-tools">
            {again.map(|again| view! { <Button id="count-again" on_press=again>"Count again"</Button> })}
            <Button on_press=table>"Table"</Button>
            <Button on_press=copy>"Copy as table"</Button>
            <Button on_press=csv>"Save CSV"</Button>
            {has_picture.then(|| view! {
                <span class="charts-save">"Save picture" {menu("chart-save".to_owned(), "Save picture".to_owned(), items)}</span>
            })}
            <span class="subtle" role="status">{move || said.get()}</span>
        </div>
    }
    .into_any()
}
