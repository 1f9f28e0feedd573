//! Markup written as text, for what is shown by the dozen and built anew with every keystroke: the browser reads a row
//! of it in one step, where each element by itself takes a call across the border of WebAssembly.
//!
//! What is not a literal of ours is text: there is no way to write a value that the browser would take for markup.

use std::fmt::Write as _;

/// Markup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Markup(String);

impl Markup {
    /// Writes markup of our own.
    pub(crate) fn ours(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Writes text, also within the quotes of an attribute.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                letter => self.0.push(letter),
            }
        }
        self
    }

    /// Writes a moment: relative in words.
    pub(crate) fn moment(&mut self, at: api::Timestamp, now: api::Timestamp) -> &mut Self {
        // Nothing a moment is written with needs an escape, and a string takes every write.
        let written = write!(self.0, "<time datetime=\"{at}\">{}</time>", crate::moments::relative(now, at));
        debug_assert!(written.is_ok(), "a string refused a write");
        self
    }

    /// The markup, for the browser to read.
    pub(crate) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ours_is_text_within_elements_and_attributes() {
        let mut markup = Markup::default();
        markup.ours("<a title=\"").text("\"><script>alert('1')</script>&amp;").ours("\">").text("<b>").ours("</a>");
        assert_eq!(
            markup.finish(),
            "<a title=\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;\">&lt;b&gt;</a>"
        );
    }
}
