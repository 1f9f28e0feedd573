//! What people do in the rows, heard by the table's body: rows are markup, and have no ears of their own.

use std::{any::Any, sync::Arc};

use api::Connection;
use leptos::{ev, mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{
    cells::menu_label,
    lifecycle::Lifecycle,
    listing::Listing,
    next_step::{Next, next},
    scrolling::row_of,
};
use crate::{
    later::LaterPart,
    navigation::{Navigation, use_navigation},
    ui::{
        avatar,
        kept::touched,
        menu::Menu,
        moment::{clock, tell_absolutely},
        note,
    },
};

/// The menu that was opened last, and what stood in its place.
struct Opened {
    place: Element,
    before: String,
    menu: Box<dyn Any>,
}

/// What is done in a row. It comes with the later part.
#[derive(Clone)]
pub(crate) enum RowDeed {
    /// The menu of this button opens, with the focus on this line.
    Menu(RowEvents, Element, usize),
    /// What the state asks for most.
    NextStep(RowEvents, Arc<Connection>),
}

impl RowDeed {
    /// Does it.
    pub(crate) fn carry_out(self) {
        match self {
            Self::Menu(events, button, opened) => events.open_menu(&button, opened),
            Self::NextStep(events, connection) => events.take_next_step(&connection),
        }
    }
}

/// Hears what happens in rows.
#[derive(Clone, Copy)]
pub(crate) struct RowEvents {
    listing: Listing,
    lifecycle: Lifecycle,
    navigation: Navigation,
    later: LaterPart,
    opened: StoredValue<Option<Opened>, LocalStorage>,
    owner: StoredValue<Owner>,
}

impl RowEvents {
    /// Hears from now on.
    pub(super) fn of(listing: Listing) -> Self {
        let opened = StoredValue::new_local(None::<Opened>);
        // Taken out first: what a menu holds cannot be given back while the place that holds the menu is.
        on_cleanup(move || drop(opened.try_update_value(Option::take)));
        Self {
            listing,
            lifecycle: expect_context(),
            navigation: use_navigation(),
            later: expect_context(),
            opened,
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    /// A link goes, a button does; a click beside them opens the row's connection, unless it ends a selection.
    pub(super) fn clicked(self, event: &ev::MouseEvent) {
        let Some(target) = target(event) else { return };
        let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if let Some(link) = within(&target, "a") {
            let ours = link.get_attribute("href").filter(|href| href.starts_with('/') && !link.has_attribute("target"));
            if let Some(href) = ours.filter(|_| !modified && event.button() == 0) {
                event.prevent_default();
                self.navigation.go(&href);
            }
        } else if let Some(button) = within(&target, "[data-menu]") {
            self.later.carry_out(RowDeed::Menu(self, button, 0));
        } else if within(&target, "[data-next]").is_some() {
            if let Some(connection) = self.listing.connection(row_of(&target)) {
                self.later.carry_out(RowDeed::NextStep(self, connection));
            }
        } else if within(&target, "button, [role=menu]").is_none() && !modified && !selects() {
            let link = within(&target, "tr").and_then(|row| row.query_selector(".row-link").ok().flatten());
            if let Some(href) = link.and_then(|link| link.get_attribute("href")) {
                self.navigation.go(&href);
            }
        }
    }

    /// An arrow on the button of a menu opens it at that end.
    pub(super) fn key_pressed(self, event: &ev::KeyboardEvent) {
        let Some(button) = target(event).and_then(|target| within(&target, "[data-menu]")) else { return };
        let ends = [("ArrowDown", 0), ("ArrowUp", usize::MAX)];
        if let Some((_, end)) = ends.iter().find(|(key, _)| *key == event.key()) {
            event.prevent_default();
            self.later.carry_out(RowDeed::Menu(self, button, *end));
        }
    }

    fn take_next_step(self, connection: &Connection) {
        match next(connection, clock()) {
            Next::Test => self.lifecycle.test_in_row(&connection.id),
            Next::Act(act) => self.lifecycle.begin(self.navigation, act, connection),
            Next::Go(..) => {}
        }
    }

    fn open_menu(self, button: &Element, opened: usize) {
        let (Some(connection), Some(stand)) = (self.listing.connection(row_of(button)), button.parent_element()) else {
            return;
        };
        let Some(place) = stand.parent_element().and_then(|place| place.dyn_into::<HtmlElement>().ok()) else { return };
        self.put_back();
        touched(&stand);
        let before = stand.outer_html();
        stand.remove();
        let (id, label, lifecycle) = (button.id(), menu_label(&connection), self.lifecycle);
        let entries = Arc::new(move || lifecycle.entries(&connection));
        let within = place.clone();
        let menu = move || view! { <Menu id label entries opened /> }.into_any();
        let menu = self.owner.with_value(|owner| owner.with(|| mount_to(within, menu)));
        self.opened.set_value(Some(Opened { place: place.into(), before, menu: Box::new(menu) }));
    }

    /// The menu opened before becomes a button like the others.
    fn put_back(self) {
        if let Some(Opened { place, before, menu }) = self.opened.try_update_value(Option::take).flatten() {
            drop(menu);
            note(place.insert_adjacent_html("beforeend", &before), "a menu's button was not put back");
        }
    }
}

/// A picture that could not be loaded gives its place to initials.
pub(super) fn picture_failed(event: &ev::ErrorEvent) {
    if let Some(picture) = target(event) {
        avatar::failed(&picture);
    }
}

/// The absolute moment is written when somebody may want to read it.
pub(super) fn pointed_at(event: &ev::PointerEvent) {
    if let Some(moment) = target(event).and_then(|target| within(&target, "time:not([title])")) {
        tell_absolutely(&moment);
    }
}

fn selects() -> bool {
    window().get_selection().is_ok_and(|selected| selected.is_some_and(|it| !it.is_collapsed()))
}

fn target(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn within(target: &Element, selector: &str) -> Option<Element> {
    target.closest(selector).ok().flatten()
}
