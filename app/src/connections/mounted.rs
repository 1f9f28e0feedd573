//! The pieces of the table that are in the document.
//!
//! Leptos's `For` moves elements when others come before them, and an element that is moved loses the focus. Pieces
//! never change their order, so here they only come and go; and a row that is markup needs nothing to watch it by
//! itself: all are looked through when anything was read.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

use super::window::Piece;

struct Mounted<T, K> {
    piece: Piece,
    element: HtmlElement,
    shown: Option<T>,
    kept: K,
}

/// What is mounted, from top to bottom: each piece with what it shows, a `T`, and what is kept for writing that, a `K`.
pub(super) struct Pieces<T, K>(Vec<Mounted<T, K>>);

impl<T, K> Default for Pieces<T, K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: PartialEq, K: Default> Pieces<T, K> {
    /// Makes `body` hold these pieces. `state` tells what a piece shows, given what it showed; only where that is
    /// something else, `write` is called.
    pub(super) fn show(
        &mut self,
        pieces: &[Piece],
        body: &Element,
        state: impl Fn(&Piece, Option<&T>) -> T,
        write: impl Fn(&Piece, &HtmlElement, &T, &mut K) -> Result<(), JsValue>,
    ) -> Result<(), JsValue> {
        for gone in self.0.extract_if(.., |mounted| !pieces.contains(&mounted.piece)) {
            gone.element.remove();
        }
        for (place, piece) in pieces.iter().enumerate() {
            let next = self.0.get(place);
            if next.is_none_or(|next| next.piece != *piece) {
                let element = document().create_element("tr")?.unchecked_into::<HtmlElement>();
                body.insert_before(&element, next.map(|next| next.element.as_ref()))?;
                self.0.insert(place, Mounted { piece: piece.clone(), element, shown: None, kept: K::default() });
            }
            if let Some(mounted) = self.0.get_mut(place) {
                let now = state(piece, mounted.shown.as_ref());
                if mounted.shown.as_ref() != Some(&now) {
                    write(piece, &mounted.element, &now, &mut mounted.kept)?;
                    mounted.shown = Some(now);
                }
            }
        }
        Ok(())
    }
}
