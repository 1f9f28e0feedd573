//! How a chart looks, and what it says.

use chart::{Goal, Look, Palette};
use leptos::prelude::*;

use super::{
    controls::{Line, select, words_of},
    draft::Draft,
    messages,
};
use crate::ui::choice::choice;

/// The form.
#[component]
pub(super) fn LookForm(draft: Draft) -> impl IntoView {
    let spec = draft.spec;
    let text =
        move |id, label, help, error, value: fn(&chart::Says) -> String, write: fn(&mut chart::Says, String)| Line {
            id,
            label,
            help,
            kind: "text",
            value: Signal::derive(move || spec.with(|spec| value(&spec.says))),
            error,
            on_input: Callback::new(move |typed| spec.update(|spec| write(&mut spec.says, typed))),
        };
    let title = text(
        "chart-title",
        "Title",
        "What people see in lists and above the chart.",
        draft.fault("says.title"),
        |says| says.title.clone(),
        |says, typed| says.title = typed,
    );
    let alt = text(
        "chart-alt",
        "Alternative text",
        "What is read out to those who cannot see the chart. Left empty, it is made of the numbers.",
        draft.fault("says.alt"),
        |says| says.alt.clone().unwrap_or_default(),
        |says, typed| says.alt = filled(typed),
    );
    let subtitle = text(
        "chart-subtitle",
        "Subtitle",
        "What stands below the title.",
        draft.fault("says.subtitle"),
        |says| says.subtitle.clone().unwrap_or_default(),
        |says, typed| says.subtitle = filled(typed),
    );
    view! {
        {title.view()}
        {alt.view()}
        <details class="details">
            <summary>"Look"</summary>
            {subtitle.view()}
            {goal(draft)}
            {look(draft)}
        </details>
    }
}

/// The text, unless it is empty.
fn filled(typed: String) -> Option<String> {
    Some(typed).filter(|typed| !typed.trim().is_empty())
}

fn goal(draft: Draft) -> AnyView {
    let spec = draft.spec;
    let value = Line {
        id: "chart-goal",
        label: "Goal",
        help: "A line to reach. Left empty, there is none.",
        kind: "number",
        value: Signal::derive(move || {
            spec.with(|spec| spec.goal.as_ref().map(|goal| goal.value.to_string()).unwrap_or_default())
        }),
        error: draft.fault("goal.value"),
        on_input: Callback::new(move |typed: String| {
            spec.update(|spec| {
                let label = spec.goal.take().and_then(|goal| goal.label);
                spec.goal = typed.parse().ok().map(|value| Goal { value, label });
            });
        }),
    };
    let label = Line {
        id: "chart-goal-label",
        label: "Name of the goal",
        help: "For example Plan. Left empty, it is called Goal.",
        kind: "text",
        value: Signal::derive(move || {
            spec.with(|spec| spec.goal.as_ref().and_then(|goal| goal.label.clone()).unwrap_or_default())
        }),
        error: draft.fault("goal.label"),
        on_input: Callback::new(move |typed: String| {
            spec.update(|spec| {
                if let Some(goal) = &mut spec.goal {
                    goal.label = filled(typed);
                }
            });
        }),
    };
    view! { {value.view()} {label.view()} }.into_any()
}

fn look(draft: Draft) -> AnyView {
    let spec = draft.spec;
    let palette = Signal::derive(move || spec.with(|spec| spec.look.palette.as_str().to_owned()));
    let set_palette = Callback::new(move |word: String| {
        if let Some(palette) = Palette::ALL.iter().find(|palette| palette.as_str() == word) {
            spec.update(|spec| spec.look.palette = *palette);
        }
    });
    let has = move |read: fn(&Look) -> bool| Signal::derive(move || spec.with(|spec| read(&spec.look)));
    let set =
        move |write: fn(&mut Look, bool)| Callback::new(move |on: bool| spec.update(|spec| write(&mut spec.look, on)));
    let palettes = words_of(Palette::ALL, Palette::as_str, messages::palette);
    view! {
        {select("chart-palette", "Colours", palettes, palette, set_palette)}
        <div class="field">
            {choice("Numbers on the marks".into_any(), has(|look| look.labels), set(|look, on| look.labels = on))}
            {choice("Shares in percent".into_any(), has(|look| look.percent), set(|look, on| look.percent = on))}
            {choice("Legend".into_any(), has(|look| look.legend), set(|look, on| look.legend = on))}
        </div>
    }
    .into_any()
}
