//! What the drawings of several marks share: targets, the legend, the line of the goal.

use super::{
    figures::Figures,
    number::words,
    scene::{Anchor, LETTERS, Paint, Scene, Shape, Stroke, Target, Text, Wording},
    text::width,
};

/// The space between a mark and its words.
pub(crate) const GAP: f64 = 6.0;
/// The least size of a value that is not nothing.
pub(crate) const SLIVER: f64 = 2.0;
/// How far below the middle of a line of text its letters stand.
pub(crate) const DROP: f64 = 4.0;

/// The widest entry of a legend.
const ENTRY: f64 = 180.0;
/// The height of a line of a legend.
const LINE: f64 = 20.0;

/// A target for a segment or one of its cells.
pub(crate) fn target(figures: Figures, segment: usize, column: Option<usize>, shapes: Vec<Shape>) -> Target {
    let url = figures.amount(segment, column).and_then(|amount| amount.url.clone());
    Target { name: figures.spoken(segment, column), url, shapes }
}

/// An invisible ground, so that a pointer does not have to find a thin mark.
pub(crate) fn hit(x: f64, y: f64, width: f64, height: f64) -> Shape {
    Shape::Rect { paint: Paint::Nothing, x, y, width, height }
}

/// A number on a mark, on a ground of its own: no colour of letters can be read on every hue.
pub(crate) fn on_mark(x: f64, y: f64, number: String) -> [Shape; 2] {
    let wide = width(&number, LETTERS) + 4.0;
    let ground = Shape::Rect {
        paint: Paint::Ground,
        x: x - wide / 2.0,
        y: y - LETTERS + 1.0,
        width: wide,
        height: LETTERS + 3.0,
    };
    [ground, Text::new(Wording::Value, x, y, Anchor::Middle, number).into()]
}

/// What the columns' colours mean, above everything else. Returns its height.
pub(crate) fn legend(figures: Figures, scene: &mut Scene, room: f64) -> f64 {
    if !figures.spec.look.legend || figures.columns() == 0 {
        return 0.0;
    }
    let (mut x, mut y) = (0.0, LINE / 2.0);
    for column in 0..figures.columns() {
        let words = Text::new(Wording::Legend, 0.0, y + DROP, Anchor::Start, figures.column_label(column));
        let words = words.cut_to(ENTRY.min(room - 16.0));
        let entry = 16.0 + width(&words.words, LETTERS);
        if x > 0.0 && x + entry > room {
            x = 0.0;
            y += LINE;
        }
        let paint = Paint::Fill(figures.column_hue(column));
        scene.scenery.push(Shape::Rect { paint, x, y: y - 5.0, width: 10.0, height: 10.0 });
        scene.scenery.push(Text { x: x + 16.0, y: y + DROP, ..words }.into());
        x += entry + 16.0;
    }
    y + LINE / 2.0 + GAP
}

/// What the goal is called, with its number.
pub(crate) fn goal_words(figures: Figures) -> Option<String> {
    let goal = figures.spec.goal.as_ref()?;
    let name = goal.label.as_deref().unwrap_or("Goal");
    Some(format!("{}: {}", super::markup::isolated(name), words(goal.value)))
}

/// The line of the goal between two points. Its words stand at a point, on the side where there is room.
pub(crate) fn goal_line(figures: Figures, scene: &mut Scene, from: (f64, f64), to: (f64, f64), words_at: (f64, f64)) {
    let Some(words) = goal_words(figures) else { return };
    scene.front.push(Shape::Line { stroke: Stroke::Goal, from, to });
    let (x, y) = words_at;
    let anchor = if x < width(&words, LETTERS) { Anchor::Start } else { Anchor::End };
    scene.front.push(Text::new(Wording::Goal, x, y, anchor, words).into());
}
