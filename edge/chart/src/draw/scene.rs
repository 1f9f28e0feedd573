//! The picture of a chart as shapes, before it is written. Everything is laid out from left to right; a scene for a
//! right-to-left reader is turned round as a whole when it is made.

use super::hue::Hue;

/// The size of the letters of labels, in CSS pixels. The style sheet uses the same.
pub(crate) const LETTERS: f64 = 12.0;

/// A picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scene {
    /// Its height, in CSS pixels.
    pub(crate) height: f64,
    /// Axes, labels and legends. Hidden from screen readers, which have the targets and the table.
    pub(crate) scenery: Vec<Shape>,
    /// What stands for numbers.
    pub(crate) targets: Vec<Target>,
    /// What lies above the targets, such as the line of the goal. Hidden from screen readers as well.
    pub(crate) front: Vec<Shape>,
}

/// A part of a chart that stands for one number, can have the focus and leads to its issues.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    /// What screen readers say: `To do, 42 issues, 35 percent`.
    pub(crate) name: String,
    /// Where its issues are listed.
    pub(crate) url: Option<String>,
    /// What is drawn.
    pub(crate) shapes: Vec<Shape>,
}

/// Which end of a text stands at its coordinate, in the direction of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// How a filled shape looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    /// In a hue.
    Fill(Hue),
    /// In a hue, so that what lies below stays visible.
    Veil(Hue),
    /// A ground on which something fills up.
    Track,
    /// As what lies below the chart, so that letters can be read on it.
    Ground,
    /// Invisible: makes a small target large enough for a pointer.
    Nothing,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stroke {
    /// The line of zero.
    Axis,
    /// The line of a tick.
    Grid,
    /// The goal.
    Goal,
    /// Values, in a hue.
    Values(Hue),
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wording {
    /// What a segment is called.
    Label,
    /// A number on or beside a mark.
    Value,
    /// A number of an axis.
    Tick,
    /// What a colour means.
    Legend,
    /// The goal.
    Goal,
    /// The number of a tile.
    Number,
    /// What the number of a tile is.
    Caption,
    /// The title of a picture.
    Title,
    /// Other words of a picture.
    Words,
}

/// A shape.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// A rectangle.
    Rect {
        /// How it looks.
        paint: Paint,
        /// Its left edge.
        x: f64,
        /// Its upper edge.
        y: f64,
        /// Its width.
        width: f64,
        /// Its height.
        height: f64,
    },
    /// A straight line.
    Line {
        /// What it is.
        stroke: Stroke,
        /// Where it begins.
        from: (f64, f64),
        /// Where it ends.
        to: (f64, f64),
    },
    /// A line through points.
    Points {
        /// What it is.
        stroke: Stroke,
        /// The points.
        points: Vec<(f64, f64)>,
    },
    /// The area that a line through points encloses.
    Area {
        /// How it looks.
        paint: Paint,
        /// The points.
        points: Vec<(f64, f64)>,
    },
    /// A circle.
    Dot {
        /// How it looks.
        paint: Paint,
        /// Its middle.
        at: (f64, f64),
        /// Its radius.
        radius: f64,
    },
    /// A part of a ring.
    Slice(Slice),
    /// A line of text.
    Text(Text),
}

/// A part of a ring, clockwise from the top. Angles are parts of a whole turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slice {
    /// How it looks.
    pub(crate) paint: Paint,
    /// The middle of the ring.
    pub(crate) centre: (f64, f64),
    /// The inner and the outer radius.
    pub(crate) radii: (f64, f64),
    /// Where it begins and ends.
    pub(crate) turns: (f64, f64),
    /// Whether it goes the other way round.
    pub(crate) is_reversed: bool,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text {
    /// What it is.
    pub(crate) wording: Wording,
    /// The coordinate of its anchor.
    pub(crate) x: f64,
    /// The line on which it stands.
    pub(crate) y: f64,
    /// Its anchor.
    pub(crate) anchor: Anchor,
    /// What it says.
    pub(crate) words: String,
    /// The whole of what was cut.
    pub(crate) whole: Option<String>,
    /// Whether it rises, from its end upwards.
    pub(crate) rises: bool,
}

impl Text {
    /// A text.
    pub(crate) fn new(wording: Wording, x: f64, y: f64, anchor: Anchor, words: impl Into<String>) -> Self {
        Self { wording, x, y, anchor, words: words.into(), whole: None, rises: false }
    }

    /// The same, cut so that it is at most this wide. The whole is then its title.
    pub(crate) fn cut_to(mut self, most: f64) -> Self {
        let cut = super::text::cut(&self.words, LETTERS, most);
        if cut != self.words {
            self.whole = Some(std::mem::replace(&mut self.words, cut));
        }
        self
    }
}

impl From<Text> for Shape {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl Scene {
    /// Moves everything down, to make room above.
    pub(crate) fn move_down(&mut self, by: f64) {
        self.height += by;
        self.each(&|shape| shape.change(&|x| x, &|y| y + by));
    }

    /// Turns the picture round, for a reader who reads from right to left.
    pub(crate) fn reverse(&mut self, width: f64) {
        self.each(&|shape| shape.change(&|x| width - x, &|y| y));
    }

    fn each(&mut self, change: &dyn Fn(&mut Shape)) {
        let within = self.targets.iter_mut().flat_map(|target| &mut target.shapes);
        self.scenery.iter_mut().chain(within).chain(&mut self.front).for_each(change);
    }
}

impl Shape {
    /// Moves every coordinate. `x` may turn left and right round.
    fn change(&mut self, x: &dyn Fn(f64) -> f64, y: &dyn Fn(f64) -> f64) {
        let point = |(px, py): (f64, f64)| (x(px), y(py));
        match self {
            Self::Rect { x: left, y: top, width, .. } => {
                *left = x(*left).min(x(*left + *width));
                *top = y(*top);
            }
            Self::Line { from, to, .. } => (*from, *to) = (point(*from), point(*to)),
            Self::Points { points, .. } | Self::Area { points, .. } => {
                for one in points {
                    *one = point(*one);
                }
            }
            Self::Dot { at, .. } => *at = point(*at),
            Self::Slice(slice) => {
                slice.is_reversed ^= x(1.0) < x(0.0);
                slice.centre = point(slice.centre);
            }
            Self::Text(text) => (text.x, text.y) = (x(text.x), y(text.y)),
        }
    }
}
