//! Events in the rows of the grid. The rows are HTML without listeners of their own, so the table's body handles them.

use std::{any::Any, sync::Arc};

use leptos::{ev, mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};

use super::{
    connection_row::ConnectionRow,
    lifecycle::Lifecycle,
    listing::Listing,
    next_step::{NextStep, next_step},
    scrolling::row_of,
    selection::Selection,
};
use crate::{
    context::expect_context,
    lazy_part::LazyPart,
    navigation::{Navigation, use_navigation},
    ui::{
        avatar, focus,
        menu::Menu,
        moment::{clock, write_absolute_title},
        note,
    },
};

/// The menu that was opened last, and the HTML of the button that it replaced.
struct OpenedMenu {
    place: Element,
    button: String,
    menu: Box<dyn Any>,
}

/// An action in a row. The lazy part carries it out.
#[derive(Clone)]
pub(crate) enum RowAction {
    /// Opens the menu of this button, with the focus on the item with this index.
    OpenMenu(RowEvents, Element, usize),
    /// Takes the next step that the row offers.
    TakeNextStep(RowEvents, Arc<ConnectionRow>),
    /// Selects all connections that match the filters.
    SelectAll(RowEvents),
}

impl RowAction {
    /// Carries it out.
    pub(crate) fn run(self) {
        match self {
            Self::OpenMenu(events, button, item) => events.open_menu(&button, item),
            Self::TakeNextStep(events, connection) => events.take_next_step(&connection),
            Self::SelectAll(events) => super::bulk::select_all(events.listing, events.selection, events.lifecycle),
        }
    }
}

/// Handles the events of a table's body.
#[derive(Clone, Copy)]
pub(crate) struct RowEvents {
    listing: Listing,
    lifecycle: Lifecycle,
    navigation: Navigation,
    lazy_part: LazyPart,
    selection: Selection,
    opened: StoredValue<Option<OpenedMenu>, LocalStorage>,
    owner: StoredValue<Owner>,
}

impl RowEvents {
    /// The handler for the rows of `listing`.
    pub(super) fn of(listing: Listing) -> Self {
        let opened = StoredValue::new_local(None::<OpenedMenu>);
        // Taken out before it is dropped: dropping the menu reads this value again.
        on_cleanup(move || drop(opened.try_update_value(Option::take)));
        Self {
            listing,
            lifecycle: expect_context(),
            navigation: use_navigation(),
            lazy_part: expect_context(),
            selection: expect_context(),
            opened,
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    /// A click on a link or a button uses it. A click elsewhere in a row opens its connection, unless it selects text.
    pub(super) fn clicked(self, event: &ev::MouseEvent) {
        let Some(target) = target(event) else { return };
        let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if let Some(link) = closest(&target, "a") {
            let ours = link.get_attribute("href").filter(|href| href.starts_with('/') && !link.has_attribute("target"));
            if let Some(href) = ours.filter(|_| !modified && event.button() == 0) {
                event.prevent_default();
                self.navigation.go(&href);
            }
        } else if let Some(button) = closest(&target, "[data-menu]") {
            self.lazy_part.run(RowAction::OpenMenu(self, button, 0));
        } else if closest(&target, "[data-next]").is_some() {
            if let Some(connection) = self.listing.connection(row_of(&target)) {
                self.lazy_part.run(RowAction::TakeNextStep(self, connection));
            }
        } else if let Some(tick) =
            closest(&target, "[data-select]").and_then(|it| it.dyn_into::<HtmlInputElement>().ok())
        {
            if let Some(connection) = self.listing.connection(row_of(&tick)) {
                self.selection.choose(connection, tick.checked());
            }
        } else if closest(&target, "button, [role=menu], .of-selection").is_none() && !modified && !is_text_selected() {
            let link = closest(&target, "tr").and_then(|row| row.query_selector(".row-link").ok().flatten());
            if let Some(link) = link {
                // Going back finds the row by its link.
                focus(&link.id());
                self.navigation.go(&link.get_attribute("href").unwrap_or_default());
            }
        }
    }

    /// An arrow key on the button of a menu opens it at its first or last item.
    pub(super) fn key_pressed(self, event: &ev::KeyboardEvent) {
        let Some(button) = target(event).and_then(|target| closest(&target, "[data-menu]")) else { return };
        let ends = [("ArrowDown", 0), ("ArrowUp", usize::MAX)];
        if let Some((_, item)) = ends.iter().find(|(key, _)| *key == event.key()) {
            event.prevent_default();
            self.lazy_part.run(RowAction::OpenMenu(self, button, *item));
        }
    }

    fn take_next_step(self, connection: &ConnectionRow) {
        match next_step(connection, clock()) {
            NextStep::Test => self.lifecycle.test_in_row(&connection.id),
            NextStep::Act(action) => self.lifecycle.begin(self.navigation, action, connection.target()),
            NextStep::Go(..) => {}
        }
    }

    /// Replaces the button by a [`Menu`] that is open.
    fn open_menu(self, button: &Element, item: usize) {
        let (Some(connection), Some(stand)) = (self.listing.connection(row_of(button)), button.parent_element()) else {
            return;
        };
        let Some(place) = stand.parent_element().and_then(|place| place.dyn_into::<HtmlElement>().ok()) else { return };
        self.put_back();
        let html = stand.outer_html();
        stand.remove();
        let (id, label, lifecycle) = (button.id(), connection.menu_label(), self.lifecycle);
        let items = Arc::new(move || lifecycle.menu_items(&connection));
        let within = place.clone();
        let its_button = id.clone();
        let menu = move || view! { <Menu id label items open_at=item /> }.into_any();
        let menu = self.owner.with_value(|owner| owner.with(|| mount_to(within, menu)));
        // The items get the focus with the next frame; a key that is pressed before must reach the menu.
        focus(&its_button);
        self.opened.set_value(Some(OpenedMenu { place: place.into(), button: html, menu: Box::new(menu) }));
    }

    /// Replaces the menu that was opened before by its button.
    fn put_back(self) {
        if let Some(OpenedMenu { place, button, menu }) = self.opened.try_update_value(Option::take).flatten() {
            drop(menu);
            note(place.insert_adjacent_html("beforeend", &button), "a menu's button was not put back");
        }
    }
}

/// Replaces a picture that could not be loaded by initials.
pub(super) fn picture_failed(event: &ev::ErrorEvent) {
    if let Some(picture) = target(event) {
        avatar::failed(&picture);
    }
}

/// Writes the title of a moment when the pointer reaches it: formatting all of them takes long.
pub(super) fn pointed_at(event: &ev::PointerEvent) {
    if let Some(moment) = target(event).and_then(|target| closest(&target, "time:not([title])")) {
        write_absolute_title(&moment);
    }
}

/// Writes the titles of all moments of a row when the focus reaches it. The style sheet shows them then.
pub(super) fn focused_in(event: &ev::FocusEvent) {
    let row = target(event).and_then(|target| closest(&target, "tr"));
    let Some(moments) = row.and_then(|row| row.query_selector_all("time:not([title])").ok()) else { return };
    let moments = (0..moments.length()).filter_map(|at| moments.get(at)?.dyn_into::<Element>().ok());
    for moment in moments {
        write_absolute_title(&moment);
    }
}

fn is_text_selected() -> bool {
    window().get_selection().is_ok_and(|selected| selected.is_some_and(|it| !it.is_collapsed()))
}

fn target(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn closest(target: &Element, selector: &str) -> Option<Element> {
    target.closest(selector).ok().flatten()
}
