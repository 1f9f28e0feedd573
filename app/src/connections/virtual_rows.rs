//! The rows of the table that are in the document.
//!
//! Not Leptos's `For`: it moves elements when others come before them, and an element that is moved loses the focus.
//! These rows never change their order, so they are only inserted and removed.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

use super::window::Piece;

struct VirtualRow<T> {
    piece: Piece,
    element: HtmlElement,
    content: Option<T>,
}

/// The rows and gaps in the document, from top to bottom, each with the content `T` that it shows.
pub(super) struct VirtualRows<T>(Vec<VirtualRow<T>>);

impl<T> Default for VirtualRows<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> VirtualRows<T> {
    /// Makes `body` hold exactly these pieces. `content` returns what a piece shows now, given what it showed before.
    /// `write` writes it into the element, and gets the content that is there already.
    pub(super) fn show(
        &mut self,
        pieces: &[Piece],
        body: &Element,
        content: impl Fn(&Piece, Option<&T>) -> T,
        write: impl Fn(&Piece, &HtmlElement, Option<&T>, &T) -> Result<(), JsValue>,
    ) -> Result<(), JsValue> {
        for gone in self.0.extract_if(.., |row| !pieces.contains(&row.piece)) {
            gone.element.remove();
        }
        for (place, piece) in pieces.iter().enumerate() {
            let next = self.0.get(place);
            if next.is_none_or(|next| next.piece != *piece) {
                let element = document().create_element("tr")?.unchecked_into::<HtmlElement>();
                element.set_attribute("role", "row")?;
                body.insert_before(&element, next.map(|next| next.element.as_ref()))?;
                self.0.insert(place, VirtualRow { piece: piece.clone(), element, content: None });
            }
            if let Some(row) = self.0.get_mut(place) {
                let now = content(piece, row.content.as_ref());
                write(piece, &row.element, row.content.as_ref(), &now)?;
                row.content = Some(now);
            }
        }
        Ok(())
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    /// A table body whose rows show `content`.
    fn shown(rows: &mut VirtualRows<String>, body: &Element, pieces: &[Piece], content: &str) {
        let write = |_: &Piece, element: &HtmlElement, before: Option<&String>, now: &String| {
            if before != Some(now) {
                element.set_text_content(Some(now));
            }
            Ok(())
        };
        rows.show(pieces, body, |piece, _| format!("{content} {piece:?}"), write).expect("shown");
    }

    fn body() -> Element {
        document().create_element("tbody").expect("a table body")
    }

    fn texts(body: &Element) -> Vec<String> {
        let children = body.children();
        (0..children.length()).filter_map(|at| children.item(at)?.text_content()).collect()
    }

    #[wasm_bindgen_test]
    fn the_document_holds_the_pieces_in_their_order() {
        let (mut rows, body) = (VirtualRows::default(), body());
        shown(&mut rows, &body, &[Piece::Row(5), Piece::Row(7), Piece::Gap(8, 10)], "a");
        assert_eq!(texts(&body), ["a Row(5)", "a Row(7)", "a Gap(8, 10)"]);
        shown(&mut rows, &body, &[Piece::Gap(0, 6), Piece::Row(6), Piece::Row(7), Piece::Row(8)], "b");
        assert_eq!(texts(&body), ["b Gap(0, 6)", "b Row(6)", "b Row(7)", "b Row(8)"]);
        shown(&mut rows, &body, &[], "c");
        assert!(texts(&body).is_empty());
    }

    #[wasm_bindgen_test]
    fn a_row_that_stays_is_never_moved() {
        let (mut rows, body) = (VirtualRows::default(), body());
        shown(&mut rows, &body, &[Piece::Row(5), Piece::Row(6)], "a");
        let stays = body.last_element_child().expect("a row");
        shown(&mut rows, &body, &[Piece::Row(3), Piece::Row(4), Piece::Row(6), Piece::Row(9)], "a");
        assert_eq!(stays.text_content().as_deref(), Some("a Row(6)"));
        assert_eq!(body.children().item(2).as_ref(), Some(&stays));
    }
}
