//! Moving through the marks of a figure by keyboard: one of them is in the order of the Tab key, arrow keys reach the
//! others. Enter opens a mark's issues, because a mark is a link.

use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, NodeList};

use crate::ui::note;

/// The mark that a key moves to from mark `at` of `count`.
fn moved(key: &str, at: usize, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    match key {
        "ArrowRight" | "ArrowDown" => Some(if at >= last { 0 } else { at + 1 }),
        "ArrowLeft" | "ArrowUp" => Some(at.checked_sub(1).unwrap_or(last)),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

fn element(marks: &NodeList, at: usize) -> Option<Element> {
    marks.get(u32::try_from(at).ok()?)?.dyn_into().ok()
}

/// Handles a key that was pressed within the figure.
pub(super) fn press(figure: &Element, event: &ev::KeyboardEvent) {
    let Ok(marks) = figure.query_selector_all(".chart-target") else { return };
    let count = usize::try_from(marks.length()).unwrap_or_default();
    let focused = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let at = (0..count).find(|at| element(&marks, *at) == focused);
    let Some((at, next)) = at.and_then(|at| Some((at, moved(&event.key(), at, count)?))) else { return };
    event.prevent_default();
    let (Some(before), Some(after)) = (element(&marks, at), element(&marks, next)) else { return };
    note(before.set_attribute("tabindex", "-1"), "two marks are in the order of the Tab key");
    note(after.set_attribute("tabindex", "0"), "no mark is in the order of the Tab key");
    // Elements of SVG take the focus as those of HTML do.
    note(after.unchecked_into::<HtmlElement>().focus(), "the focus was not moved");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round_and_home_and_end_to_the_ends() {
        assert_eq!((moved("ArrowRight", 2, 3), moved("ArrowUp", 0, 3)), (Some(0), Some(2)));
        assert_eq!((moved("Home", 2, 3), moved("End", 0, 3)), (Some(0), Some(2)));
        assert_eq!((moved("Enter", 0, 3), moved("End", 0, 0)), (None, None));
    }
}
