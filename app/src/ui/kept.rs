//! Markup that stands in the document, of which only the texts that changed are written anew: what is shown by the dozen
//! and read anew with every keystroke mostly differs in a few words, and building elements anew is what costs most.
//!
//! Two markups of one shape differ in their texts only. Where a text is, is counted: the elements and texts of a markup
//! come into the document in the order in which they are written.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Node};

use super::{
    markup::{EMPTY, Markup, TEXT},
    note,
};

/// `NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT`.
const ELEMENTS_AND_TEXTS: u32 = 0b101;
/// What says that something within an element was changed by others.
const TOUCHED: &str = "data-touched";

/// The markup within an element.
pub(crate) struct Kept {
    markup: Markup,
    /// Where its texts are; found when they are first needed.
    holes: Option<Vec<(Node, Hole)>>,
}

impl Kept {
    /// Writes all of it.
    pub(crate) fn write(element: &Element, markup: Markup) -> Result<Self, JsValue> {
        element.set_inner_html(&markup.html());
        element.remove_attribute(TOUCHED)?;
        Ok(Self { markup, holes: None })
    }

    /// Writes what differs, if that is possible. Where it is not, nothing is written.
    pub(crate) fn update(&mut self, element: &Element, markup: &Markup) -> Result<bool, JsValue> {
        if self.markup.shape != markup.shape || element.has_attribute(TOUCHED) {
            return Ok(false);
        }
        let holes = match self.holes.take() {
            Some(holes) => holes,
            None => found(element, &markup.shape)?,
        };
        for (node, hole) in &holes {
            hole.write(node, &self.markup.texts, &markup.texts)?;
        }
        self.holes = Some(holes);
        self.markup.texts.clone_from(&markup.texts);
        Ok(true)
    }
}

/// Something within a row was changed that its markup knows nothing of: the row is written as a whole next time.
pub(crate) fn touched(inside: &Element) {
    if let Ok(Some(row)) = inside.closest("tr") {
        note(row.set_attribute(TOUCHED, ""), "a row was not marked");
    }
}

/// The holes with the nodes that they are in.
fn found(element: &Element, shape: &str) -> Result<Vec<(Node, Hole)>, JsValue> {
    let walker = document().create_tree_walker_with_what_to_show(element, ELEMENTS_AND_TEXTS)?;
    let mut at = 0;
    let mut found = Vec::new();
    for hole in holes(shape) {
        while at < hole.node {
            if walker.next_node()?.is_none() {
                return Ok(found);
            }
            at += 1;
        }
        found.push((walker.current_node(), hole));
    }
    Ok(found)
}

/// A place with texts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hole {
    /// The node that it is, or is in: counted from 1, in the order of the document.
    node: usize,
    /// The attribute, if it is one.
    attribute: Option<String>,
    /// What stands there, with a mark for each text.
    pattern: String,
    /// Which text is the first one there.
    first: usize,
}

impl Hole {
    fn write(&self, node: &Node, before: &[String], now: &[String]) -> Result<(), JsValue> {
        let mut texts = now.iter().skip(self.first);
        let changed = before.iter().skip(self.first).zip(texts.clone()).take(marks(&self.pattern));
        if changed.into_iter().all(|(before, now)| before == now) {
            return Ok(());
        }
        let mut value = String::new();
        for letter in self.pattern.chars() {
            if is_mark(letter) {
                value.push_str(texts.next().map_or("", String::as_str));
            } else {
                value.push(letter);
            }
        }
        match &self.attribute {
            Some(name) => node.unchecked_ref::<Element>().set_attribute(name, &value)?,
            None => node.set_node_value(Some(&value)),
        }
        Ok(())
    }
}

fn is_mark(letter: char) -> bool {
    letter == TEXT || letter == EMPTY
}

fn marks(shape: &str) -> usize {
    shape.chars().filter(|letter| is_mark(*letter)).count()
}

/// Where the texts of a shape are. What it is made of is ours: quotes stand around every value and nowhere else, and
/// what texts are among needs no escape.
fn holes(shape: &str) -> Vec<Hole> {
    let (mut holes, mut node, mut first, mut rest) = (Vec::new(), 0, 0, shape);
    let mut hole = |node, attribute: Option<&str>, pattern: &str, first: &mut usize| {
        let count = marks(pattern);
        if count > 0 {
            holes.push(Hole {
                node,
                attribute: attribute.map(str::to_owned),
                pattern: pattern.to_owned(),
                first: *first,
            });
            *first += count;
        }
    };
    while !rest.is_empty() {
        if let Some((tag, after)) = rest.strip_prefix('<').and_then(|tag| tag.split_once('>')) {
            rest = after;
            node += usize::from(!tag.starts_with('/'));
            let mut parts = tag.split('"');
            while let (Some(before), Some(value)) = (parts.next(), parts.next()) {
                let name = before.rsplit(' ').next().map(|name| name.trim_end_matches('='));
                hole(node, name, value, &mut first);
            }
        } else {
            let (run, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            rest = after;
            // Nothing but empty texts is no node.
            node += usize::from(run.chars().any(|letter| letter != EMPTY));
            hole(node, None, run, &mut first);
        }
    }
    holes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, more: &str) -> Markup {
        let mut row = Markup::default();
        row.ours("<th><a id=\"name-").text(name).ours("\" class=\"link\"><svg><path d=\"M1 1\"/></svg> ").text(name);
        row.ours("</a></th><td title=\"").text(more).ours("\">").text(more).ours("</td><td> by <b>").text(name);
        row.ours("</b></td>");
        row
    }

    #[test]
    fn texts_are_found_in_attributes_and_between_elements() {
        let holes = holes(&row("Ada", "x").shape);
        let places: Vec<_> = holes.iter().map(|hole| (hole.node, hole.attribute.as_deref(), hole.first)).collect();
        assert_eq!(places, [(2, Some("id"), 0), (5, None, 1), (6, Some("title"), 2), (7, None, 3), (11, None, 4)]);
        assert_eq!(holes.first().map(|hole| hole.pattern.as_str()), Some("name-\u{1}"));
    }

    #[cfg(target_arch = "wasm32")]
    mod in_a_document {
        use wasm_bindgen_test::wasm_bindgen_test;

        use super::*;

        fn element() -> Element {
            document().create_element("tr").expect("a row")
        }

        /// Updates one row to another, and says whether that was possible without writing all of it.
        fn updated(from: &Markup, to: &Markup) -> (bool, Element) {
            let element = element();
            let mut kept = Kept::write(&element, from.clone()).expect("written");
            let updated = kept.update(&element, to).expect("updated");
            (updated, element)
        }

        #[wasm_bindgen_test]
        fn a_row_updated_reads_as_one_written_anew() {
            let (from, to) = (row("Ada", "<i>\"1\"</i> & more"), row("<b>Bob</b> & 'Co'", "2"));
            let (updated, element) = updated(&from, &to);
            assert!(updated);
            let anew = self::element();
            anew.set_inner_html(&to.html());
            assert_eq!(element.inner_html(), anew.inner_html());
            assert!(element.query_selector("b b").expect("a selector").is_none());
        }

        #[wasm_bindgen_test]
        fn elements_stay_where_only_words_differ() {
            let element = element();
            let mut kept = Kept::write(&element, row("Ada", "1")).expect("written");
            let link = element.query_selector("a").expect("a selector");
            for (name, more) in [("Bob", "2"), ("Bob", "3"), ("Ada", "1")] {
                assert_eq!(kept.update(&element, &row(name, more)), Ok(true));
                assert_eq!(element.text_content().as_deref(), Some(format!(" {name}{more} by {name}").as_str()));
            }
            assert_eq!(element.query_selector("a").expect("a selector"), link);
        }

        #[wasm_bindgen_test]
        fn another_shape_and_what_others_touched_is_not_updated() {
            assert!(!updated(&row("Ada", "1"), &row("Ada", "")).0);
            let element = element();
            let mut kept = Kept::write(&element, row("Ada", "1")).expect("written");
            touched(&element.query_selector("b").expect("a selector").expect("an element"));
            assert_eq!(kept.update(&element, &row("Bob", "1")), Ok(false));
            let mut kept = Kept::write(&element, row("Bob", "1")).expect("written");
            assert_eq!(kept.update(&element, &row("Ada", "1")), Ok(true));
        }
    }
}
