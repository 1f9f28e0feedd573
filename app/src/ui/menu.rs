//! A button with a menu, by the ARIA practices: arrow keys move, Escape closes, the focus returns to the button.

use std::sync::Arc;

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Node;

use super::{focus, icon::Icon, note, when};

/// An item of a menu.
#[derive(Clone)]
pub(crate) struct MenuItem {
    /// Its words.
    pub(crate) words: &'static str,
    /// Why it is not available now; `None` if it is.
    pub(crate) not_now: Option<&'static str>,
    /// Called when it is chosen.
    pub(crate) act: Callback<()>,
}

/// Where a key moves the focus in a menu of `count` items.
fn moved(key: &str, at: usize, count: usize) -> Option<usize> {
    match key {
        "ArrowDown" => Some((at + 1) % count),
        "ArrowUp" => Some((at + count - 1) % count),
        "Home" => Some(0),
        "End" => Some(count - 1),
        _ => None,
    }
}

/// Lets a menu that would reach below the window open upwards, unless there is less room above.
fn open_in_sight(button: &str) {
    let Some(button) = document().get_element_by_id(button) else { return };
    let menu = button.parent_element().and_then(|place| place.query_selector(".menu").ok().flatten());
    let height = window().inner_height().ok().and_then(|height| height.as_f64());
    if let (Some(menu), Some(window_height)) = (menu, height) {
        let (button, opened) = (button.get_bounding_client_rect(), menu.get_bounding_client_rect());
        let upwards = opened.bottom() > window_height && button.top() > window_height - button.bottom();
        note(menu.class_list().toggle_with_force("menu-upwards", upwards), "the menu was not moved");
    }
}

/// The button ⋯ and a menu whose items are always available.
pub(crate) fn menu(id: String, label: String, items: Vec<(&'static str, Callback<()>)>) -> AnyView {
    let item = |(words, act): &(&'static str, Callback<()>)| MenuItem { words, not_now: None, act: *act };
    view! { <Menu id label items=Arc::new(move || items.iter().map(item).collect()) /> }.into_any()
}

/// The button ⋯ and its menu.
#[component]
pub(crate) fn Menu(
    /// The button's id, unique on the screen.
    id: String,
    /// The button's name.
    label: String,
    /// Makes the items when the menu opens.
    items: Arc<dyn Fn() -> Vec<MenuItem> + Send + Sync>,
    /// The item to focus if the menu is open from the start.
    #[prop(optional)]
    open_at: Option<usize>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    // The index of the item with the focus, and how many items there are.
    let place = StoredValue::new((0, 1));
    let button = StoredValue::new(id.clone());
    // The chosen action may have removed the menu before the next frame.
    let focus_line = move || {
        let line = place.try_update_value(|(at, count)| {
            *at = (*at).min(*count - 1);
            *at
        });
        if let (Some(id), Some(index)) = (button.try_get_value(), line) {
            focus(&format!("{id}-{index}"));
        }
    };
    let go = move |index: usize| {
        place.update_value(|(at, _)| *at = index);
        focus_line();
    };
    let show = move |index: usize| {
        place.update_value(|(at, _)| *at = index);
        open.set(true);
        request_animation_frame(move || {
            if let Some(id) = button.try_get_value() {
                open_in_sight(&id);
            }
            focus_line();
        });
    };
    if let Some(line) = open_at {
        show(line);
    }
    // The focus moves before the focused item is removed, so that it is never lost.
    let close = move || {
        button.with_value(|id| focus(id));
        open.set(false);
    };
    let press = move |_| if open.get_untracked() { close() } else { show(0) };
    let keys = move |event: ev::KeyboardEvent| {
        let key = event.key();
        if !open.get_untracked() {
            if let Some(first) = [("ArrowDown", 0), ("ArrowUp", usize::MAX)].iter().find(|(name, _)| *name == key) {
                event.prevent_default();
                show(first.1);
            }
        } else if key == "Escape" || key == "Tab" {
            close();
        } else if let Some(next) = place.with_value(|(at, count)| moved(&key, *at, *count)) {
            event.prevent_default();
            go(next);
        }
    };
    let left = move |event: ev::FocusEvent| {
        let within = event.current_target().and_then(|menu| menu.dyn_into::<Node>().ok());
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        if within.is_some_and(|menu| !menu.contains(to.as_ref())) {
            open.try_set(false);
        }
    };
    let label_again = label.clone();
    let line = move |(index, MenuItem { words, not_now, act }): (usize, MenuItem)| {
        let choose = move |_| {
            if not_now.is_none() {
                close();
                act.run(());
            }
        };
        view! {
            <button
                type="button"
                class="menu-item"
                role="menuitem"
                tabindex="-1"
                id=button.with_value(|id| format!("{id}-{index}"))
                aria-disabled=not_now.map(|_| "true")
                on:click=choose
            >
                {words} <span class="menu-why">{not_now}</span>
            </button>
        }
        .into_any()
    };
    let lines = move || {
        let lines: Vec<AnyView> = items().into_iter().enumerate().map(line).collect();
        place.update_value(|(_, count)| *count = lines.len().max(1));
        view! { <div class="menu" role="menu" aria-label=label.clone()>{lines}</div> }.into_any()
    };
    view! {
        <span class="menu-place" on:keydown=keys on:focusout=left>
            <button
                type="button"
                class="button button-subtle"
                id=id
                aria-haspopup="menu"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                aria-label=label_again
                on:click=press
            >
                {Icon::More.view()}
            </button>
            {move || when(open.get(), &lines)}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round_and_home_and_end_to_the_ends() {
        assert_eq!(moved("ArrowDown", 2, 3), Some(0));
        assert_eq!(moved("ArrowUp", 0, 3), Some(2));
        assert_eq!((moved("Home", 2, 3), moved("End", 0, 3)), (Some(0), Some(2)));
        assert_eq!(moved("x", 0, 3), None);
    }
}
