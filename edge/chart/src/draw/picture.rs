//! A chart as a file of its own: an SVG with its title and its colours within. The colours are Atlassian's tokens of both
//! themes; a test compares them with the style sheet.

use super::{
    Drawing, Provenance,
    markup::isolated,
    scene::{Anchor, LETTERS, Scene, Text, Wording},
    svg::{Use, svg},
    text::lines,
};

/// The colours of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The style sheet within a picture.
    pub const fn style(self) -> &'static str {
        match self {
            Self::Light => concat!(include_str!("picture.css"), include_str!("picture-light.css")),
            Self::Dark => concat!(include_str!("picture.css"), include_str!("picture-dark.css")),
        }
    }
}

/// The height of the title, and of a line below it.
const TITLE: f64 = 28.0;
const LINE: f64 = 18.0;

impl Drawing<'_> {
    /// The picture, or `None` if the chart is a table or has nothing to show.
    pub fn picture(&self, theme: Theme, provenance: Provenance) -> Option<String> {
        let mut scene = self.scene.clone()?;
        let room = f64::from(self.frame.width);
        let sentence = lines(&self.sentence.plain(), LETTERS, room);
        let above = TITLE + LINE * super::number::many(sentence.len()) + 8.0;
        scene.move_down(above);
        let start = if self.frame.direction == super::Direction::RightToLeft { room } else { 0.0 };
        let say = |scene: &mut Scene, y: f64, wording: Wording, words: String| {
            let text = Text::new(wording, start, y, Anchor::Start, words);
            let most = if wording == Wording::Title { room * LETTERS / 16.0 } else { room };
            scene.scenery.push(text.cut_to(most).into());
        };
        say(&mut scene, 18.0, Wording::Title, isolated(&self.figures.spec.says.title));
        let mut y = TITLE + 12.0;
        for line in sentence {
            say(&mut scene, y, Wording::Words, line);
            y += LINE;
        }
        let notes = self.notes_in_words().into_iter().map(str::to_owned);
        let below: Vec<String> = notes.chain([self.footer(provenance).join(" · ")]).collect();
        let mut y = scene.height + LINE;
        for line in below.iter().flat_map(|words| lines(words, LETTERS, room)) {
            say(&mut scene, y, Wording::Words, line);
            y += LINE;
        }
        scene.height = y - LINE / 2.0;
        Some(svg(&scene, self.frame, &self.naming(), Use::Still(theme.style())))
    }
}
