//! The whole figure as HTML: title, sentence, picture, table, and where the numbers are from.

use super::{
    Drawing,
    markup::Markup,
    svg::{Use, svg},
};
use crate::{Counter, Mark, Note};

/// Where the numbers of a figure are from, in words for its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provenance<'a> {
    /// When they were counted, in the reader's own time: `14:02`.
    pub at: &'a str,
    /// With whose access: `with your access`.
    pub access: &'a str,
}

impl Drawing<'_> {
    /// The figure as HTML. All text in it is escaped; the only elements are ours.
    pub fn figure(&self, provenance: Provenance) -> String {
        let says = &self.figures.spec.says;
        let mut markup = Markup::default();
        markup.open("figure").attribute("class", "chart").attribute("dir", self.frame.direction.as_str()).inside();
        markup.open("figcaption").attribute("class", "chart-says").inside();
        markup.element("strong", "chart-heading", &says.title);
        if let Some(subtitle) = says.subtitle.as_deref().filter(|subtitle| !subtitle.is_empty()) {
            markup.element("p", "chart-subtitle", subtitle);
        }
        markup.open("p").attribute("class", "chart-sentence").inside();
        self.sentence.write(&mut markup);
        markup.close("p").close("figcaption");
        if let Some(scene) = &self.scene {
            let picture = svg(scene, self.frame, &self.naming(), Use::Live);
            markup.open("div").attribute("class", "chart-place").inside().ours(&picture).close("div");
        }
        self.notes(&mut markup);
        self.numbers(&mut markup);
        let footer = self.footer(provenance);
        markup.open("p").attribute("class", "chart-footer").inside();
        for (place, words) in footer.iter().enumerate() {
            if place > 0 {
                markup.text(" · ");
            }
            markup.open("span").inside().text(words).close("span");
        }
        markup.close("p").close("figure");
        markup.written()
    }

    /// The table: open if it is all there is to see.
    fn numbers(&self, markup: &mut Markup) {
        let title = &self.figures.spec.says.title;
        let is_all = self.scene.is_none() && self.figures.spec.mark == Mark::Table;
        markup.open("details").attribute("class", "chart-numbers");
        if is_all {
            markup.attribute("open", "");
        }
        markup.inside().element("summary", "", "Numbers as a table");
        markup.open("div").attribute("class", "chart-scroll").inside();
        self.table.write(markup, title);
        markup.close("div").close("details");
    }

    /// What a reader has to know about the numbers.
    fn notes(&self, markup: &mut Markup) {
        let notes = self.notes_in_words();
        if notes.is_empty() {
            return;
        }
        markup.open("ul").attribute("class", "chart-notes").inside();
        for note in notes {
            markup.element("li", "", note);
        }
        markup.close("ul");
    }

    pub(crate) fn notes_in_words(&self) -> Vec<&'static str> {
        let noted = self.figures.data.notes.iter().map(|note| match note {
            Note::Approximate => "Jira calls its counts approximate: they can be a little behind.",
            Note::Overlapping => "An issue can be in several of these, so they do not add up.",
            Note::Sampled => "These are the largest of those seen in the 100 issues that changed last.",
            Note::Incomplete => "Some segments are hidden or left out.",
        });
        self.instead.into_iter().chain(noted).collect()
    }

    /// Where the numbers are from.
    pub(crate) fn footer(&self, provenance: Provenance) -> Vec<String> {
        let counted = &self.figures.data.counted;
        let by = match counted.by {
            Counter::Jira => "counted by Jira",
            Counter::Issues => "computed from every issue",
            Counter::Browser => "counted by Jira for your browser",
        };
        vec![format!("as of {}", provenance.at), by.to_owned(), provenance.access.to_owned(), counted.zone.clone()]
    }
}
