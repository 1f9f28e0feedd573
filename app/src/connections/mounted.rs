//! The pieces of the table that are in the document.
//!
//! Leptos's `For` moves elements when others come before them, and an element that is moved loses the focus. Pieces
//! never change their order, so here they only come and go.

use leptos::{
    prelude::*,
    tachys::view::{Mountable, Render, any_view::AnyViewState},
};
use web_sys::Element;

use super::window::Piece;

struct Mounted {
    piece: Piece,
    state: AnyViewState,
    _owner: Owner,
}

/// What is mounted, from top to bottom.
#[derive(Default)]
pub(super) struct Pieces(Vec<Mounted>);

impl Pieces {
    /// Makes `body` hold these pieces: what is there stays untouched, what is missing is built below `owner`.
    pub(super) fn show(&mut self, pieces: &[Piece], body: &Element, owner: &Owner, build: impl Fn(&Piece) -> AnyView) {
        for gone in self.0.extract_if(.., |mounted| !pieces.contains(&mounted.piece)) {
            let Mounted { mut state, .. } = gone;
            state.unmount();
        }
        for (place, piece) in pieces.iter().enumerate() {
            let next = self.0.get(place);
            if next.is_some_and(|next| next.piece == *piece) {
                continue;
            }
            let owner = owner.with(Owner::new);
            let mut state = owner.with(|| build(piece).build());
            if !next.is_some_and(|next| next.state.insert_before_this(&mut state)) {
                state.mount(body, None);
            }
            self.0.insert(place, Mounted { piece: piece.clone(), state, _owner: owner });
        }
    }
}
