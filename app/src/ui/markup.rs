//! Markup written as text, for what is shown by the dozen and built anew with every keystroke: the browser reads a row
//! of it in one step, where each element by itself takes a call across the border of WebAssembly.
//!
//! What is not a literal of ours is text: there is no way to write a value that the browser would take for markup.

/// Stands for a text in a shape.
pub(super) const TEXT: char = '\u{1}';
/// Stands for a text of no letters.
pub(super) const EMPTY: char = '\u{2}';

/// Markup: what is ours, and the texts in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Markup {
    /// What is ours, with a mark for each text.
    pub(super) shape: String,
    /// The texts, as people wrote them.
    pub(super) texts: Vec<String>,
}

impl Markup {
    /// Writes markup of our own.
    pub(crate) fn ours(&mut self, markup: &'static str) -> &mut Self {
        self.shape.push_str(markup);
        self
    }

    /// Writes text, also within the quotes of an attribute.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.shape.push(if text.is_empty() { EMPTY } else { TEXT });
        self.texts.push(text.to_owned());
        self
    }

    /// Writes a moment: relative in words.
    pub(crate) fn moment(&mut self, at: api::Timestamp, now: api::Timestamp) -> &mut Self {
        self.ours("<time datetime=\"").text(&at.to_string()).ours("\">");
        self.text(&crate::moments::relative(now, at)).ours("</time>")
    }

    /// The markup, for the browser to read.
    pub(crate) fn html(&self) -> String {
        let mut texts = self.texts.iter();
        let mut html = String::with_capacity(self.shape.len() * 2);
        for letter in self.shape.chars() {
            match letter {
                TEXT => escape(&mut html, texts.next().map_or("", String::as_str)),
                EMPTY => drop(texts.next()),
                letter => html.push(letter),
            }
        }
        html
    }
}

fn escape(html: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            letter => html.push(letter),
        }
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
            markup.html(),
            "<a title=\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;\">&lt;b&gt;</a>"
        );
    }
}
