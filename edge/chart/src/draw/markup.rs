//! Markup written as text. Literals of ours are the only markup; every other value is escaped, so it can never become
//! markup, and what XML does not allow is left out.

/// Markup in the making, valid as HTML and as XML.
#[derive(Clone, Debug, Default)]
pub(crate) struct Markup(String);

impl Markup {
    /// Begins an element. Attributes may follow, then [`Self::inside`] or [`Self::empty`].
    pub(crate) fn open(&mut self, element: &'static str) -> &mut Self {
        self.0.push('<');
        self.0.push_str(element);
        self
    }

    /// An attribute of the element that was just begun.
    pub(crate) fn attribute(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.0.push(' ');
        self.0.push_str(name);
        self.0.push_str("=\"");
        self.text(value);
        self.0.push('"');
        self
    }

    /// An attribute that is a coordinate or a length.
    pub(crate) fn length(&mut self, name: &'static str, value: f64) -> &mut Self {
        self.attribute(name, &super::number::coordinate(value))
    }

    /// Ends the tag: what follows is the element's content.
    pub(crate) fn inside(&mut self) -> &mut Self {
        self.0.push('>');
        self
    }

    /// Ends an element without content. Only for elements of SVG.
    pub(crate) fn empty(&mut self) -> &mut Self {
        self.0.push_str("/>");
        self
    }

    /// Ends an element with content.
    pub(crate) fn close(&mut self, element: &'static str) -> &mut Self {
        self.0.push_str("</");
        self.0.push_str(element);
        self.0.push('>');
        self
    }

    /// An element with a class and nothing but text; without the attribute if the class is empty.
    pub(crate) fn element(&mut self, element: &'static str, class: &'static str, text: &str) -> &mut Self {
        self.open(element);
        if !class.is_empty() {
            self.attribute("class", class);
        }
        self.inside().text(text).close(element)
    }

    /// Text, for the content of elements and for quoted attributes.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\t' | '\n' | '\r' => self.0.push(' '),
                '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {}
                letter => self.0.push(letter),
            }
        }
        self
    }

    /// Markup that this crate has written.
    pub(crate) fn ours(&mut self, markup: &str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// What was written.
    pub(crate) fn written(self) -> String {
        self.0
    }
}

/// A name within a sentence or a picture of ours, isolated if it is written from right to left: otherwise it would
/// reorder what stands beside it.
pub(crate) fn isolated(name: &str) -> String {
    if name.chars().any(is_right_to_left) { format!("\u{2068}{name}\u{2069}") } else { name.to_owned() }
}

/// Whether a letter belongs to a script that is written from right to left.
fn is_right_to_left(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ours_is_text_and_what_xml_forbids_is_gone() {
        let mut markup = Markup::default();
        markup.open("g").attribute("aria-label", "\"><script>\u{0}\u{8}").inside().text("<b>&'\n").close("g");
        assert_eq!(markup.written(), "<g aria-label=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;&amp;&#39; </g>");
    }

    #[test]
    fn only_names_that_could_reorder_a_sentence_are_isolated() {
        assert_eq!(isolated("In progress"), "In progress");
        assert_eq!(isolated("قيد التنفيذ"), "\u{2068}قيد التنفيذ\u{2069}");
    }
}
