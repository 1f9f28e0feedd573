//! HTML written as text, for the rows of the grid: the browser parses a whole row in one call, while each element built
//! by Leptos takes a call from WebAssembly to JavaScript.
//!
//! Literals of ours are the only markup. Every other value is escaped, so it can never become markup.

/// HTML in the making.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Markup(String);

impl Markup {
    /// Appends markup of our own.
    pub(crate) fn ours(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Appends text, escaped for elements and for quoted attributes.
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

    /// Appends a moment, in words relative to `now`.
    pub(crate) fn moment(&mut self, at: api::Timestamp, now: api::Timestamp) -> &mut Self {
        self.ours("<time datetime=\"").text(&at.to_string()).ours("\">");
        self.text(&crate::relative_time::relative(now, at)).ours("</time>")
    }

    /// The HTML.
    pub(crate) fn html(&self) -> &str {
        &self.0
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
