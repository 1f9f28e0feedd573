//! Draws a chart: a spec and its numbers become a figure with a picture, a table and a sentence.
//!
//! The app, the edge and the tests draw with the same code. The picture is SVG with classes and without colours, so that
//! `chart.css` gives it the themes of the page; only a picture that leaves the page carries colours of its own. Texts are
//! laid out without a font, by estimate: see [`text`].

mod bars;
mod columns;
mod donut;
mod figure;
mod figures;
mod hue;
mod lines;
mod markup;
mod number;
mod parts;
mod picture;
mod plane;
mod scale;
mod scene;
mod sentence;
mod stack;
mod svg;
mod table;
mod text;
mod tile;

#[cfg(test)]
mod tests;

pub use figure::Provenance;
pub use picture::Theme;
pub use sentence::Sentence;
pub use table::{Cell, Row, Table};

use figures::Figures;
use hue::SLOTS;
use scene::Scene;
use svg::Naming;

use crate::{Data, Mark, Spec};

/// The direction in which a reader reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// As English.
    #[default]
    LeftToRight,
    /// As Arabic and Hebrew.
    RightToLeft,
}

impl Direction {
    /// As HTML and SVG write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

/// The narrowest and the widest picture, in CSS pixels.
const WIDTHS: (u16, u16) = (240, 1_600);

/// Where a chart is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    id: String,
    width: u16,
    direction: Direction,
}

impl Frame {
    /// A place for a picture. `id` is unique on the page; `width` is in CSS pixels, and taken as near as a chart can be
    /// drawn.
    pub fn new(id: &str, width: u16, direction: Direction) -> Self {
        let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
        let (least, most) = WIDTHS;
        Self { id: id.chars().filter(is_plain).collect(), width: width.clamp(least, most), direction }
    }

    fn id(&self) -> &str {
        &self.id
    }
}

/// A chart that is laid out.
#[derive(Clone, Debug)]
pub struct Drawing<'a> {
    figures: Figures<'a>,
    frame: &'a Frame,
    /// `None` if there is only a table, or nothing to show.
    scene: Option<Scene>,
    /// Why it is drawn in another way than the spec says.
    instead: Option<&'static str>,
    /// What it shows, in a sentence.
    pub sentence: Sentence,
    /// Its numbers.
    pub table: Table,
}

/// Lays a chart out.
pub fn draw<'a>(spec: &'a Spec, data: &'a Data, frame: &'a Frame) -> Drawing<'a> {
    let (mark, instead) = drawn_as(Figures { spec, data, mark: spec.mark }, frame);
    let figures = Figures { spec, data, mark };
    let is_empty = figures.segments() == 0 && spec.group.is_some();
    let mut scene = match mark {
        Mark::Table => None,
        _ if is_empty => None,
        Mark::Tile => Some(tile::tile(figures, frame)),
        Mark::Donut => Some(donut::donut(figures, frame)),
        Mark::Line => Some(lines::lines(figures, frame, false)),
        Mark::Area => Some(lines::lines(figures, frame, true)),
        Mark::Column => Some(columns::side_by_side(figures, frame)),
        Mark::Stacked if figures.is_time() => Some(columns::stacked(figures, frame)),
        Mark::Stacked => Some(bars::stacked(figures, frame)),
        Mark::Bar => Some(bars::side_by_side(figures, frame)),
    };
    if let (Some(scene), Direction::RightToLeft) = (&mut scene, frame.direction) {
        scene.reverse(f64::from(frame.width));
    }
    Drawing { figures, frame, scene, instead, sentence: Sentence::of(figures), table: Table::of(figures) }
}

/// How a chart is drawn: as the spec says, unless it could not be read then.
fn drawn_as(figures: Figures, frame: &Frame) -> (Mark, Option<&'static str>) {
    let is_negative = figures.values().iter().any(|value| *value < 0.0);
    let across = figures.segments() * figures.columns().max(1);
    let place = f64::from(frame.width - 48) / number::many(across.max(1));
    match figures.spec.mark {
        Mark::Table => (Mark::Table, None),
        _ if figures.segments() == 0 => (Mark::Tile, None),
        Mark::Donut if figures.segments() > SLOTS => {
            (Mark::Bar, Some("Shown as bars: a ring of more than six segments cannot be read."))
        }
        Mark::Donut if is_negative || figures.is_average() || !figures.data.adds_up => {
            (Mark::Bar, Some("Shown as bars: these numbers are no parts of a whole."))
        }
        Mark::Column if place < 6.0 => (Mark::Bar, Some("Shown as bars: so many columns have no room side by side.")),
        Mark::Stacked if figures.columns() == 0 => (Mark::Bar, None),
        Mark::Stacked if figures.is_average() || figures.is_comparison() => {
            (Mark::Bar, Some("Shown side by side: these numbers do not add up."))
        }
        Mark::Line | Mark::Area if figures.segments() == 1 => (Mark::Column, None),
        mark => (mark, None),
    }
}

impl Drawing<'_> {
    /// The picture for a page with `chart.css`; `None` if the chart is a table or has nothing to show.
    pub fn svg(&self) -> Option<String> {
        Some(svg::svg(self.scene.as_ref()?, self.frame, &self.naming(), svg::Use::Live))
    }

    fn naming(&self) -> Naming {
        let says = &self.figures.spec.says;
        Naming { title: says.title.clone(), sentence: says.alt.clone().unwrap_or_else(|| self.sentence.plain()) }
    }
}
