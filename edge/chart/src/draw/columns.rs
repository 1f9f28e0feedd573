//! Vertical bars: one for each segment, one for each cell, or the cells of a segment on top of each other.

use super::{
    Frame,
    figures::Figures,
    hue::Hue,
    number::{many, words},
    parts::{DROP, GAP, SLIVER, hit, on_mark, target},
    plane::{Needs, Plane},
    scene::{Anchor, LETTERS, Paint, Scene, Shape, Text, Wording},
    stack::{Piece, pieces},
    text::width,
};

/// The part of its place that a segment fills.
const FILL: f64 = 0.72;

/// A bar for each segment, or for each of its cells.
pub(crate) fn side_by_side(figures: Figures, frame: &Frame) -> Scene {
    let mut scene = Scene::default();
    let needs = Needs { values: figures.values(), fill: FILL, right: 0.0, legend: true };
    let plane = Plane::draw(figures, frame, &mut scene, needs);
    let each = figures.columns().max(1);
    let wide = plane.bands.size / many(each);
    for segment in 0..figures.segments() {
        for place in 0..each {
            let column = (figures.columns() > 0).then_some(place);
            let hue = column.map_or_else(|| figures.hue(segment), |column| figures.column_hue(column));
            let x = plane.bands.at(segment) + wide * many(place);
            let gap = if each > 1 && wide > 4.0 { 1.0 } else { 0.0 };
            let shapes = bar(figures, &plane, figures.value(segment, column), hue, (x, wide - gap));
            scene.targets.push(target(figures, segment, column, shapes));
        }
    }
    scene
}

/// A bar for each segment, made of its cells.
pub(crate) fn stacked(figures: Figures, frame: &Frame) -> Scene {
    let stacks: Vec<Vec<Piece>> = (0..figures.segments()).map(|segment| pieces(figures, segment)).collect();
    let values = stacks.iter().flatten().flat_map(|piece| [piece.from, piece.to]).collect();
    let mut scene = Scene::default();
    let plane = Plane::draw(figures, frame, &mut scene, Needs { values, fill: FILL, right: 0.0, legend: true });
    for (segment, stack) in stacks.into_iter().enumerate() {
        let top = plane.scale.at(stack.iter().fold(0.0, |top: f64, piece| top.max(piece.to)));
        let total = figures.number(figures.value(segment, None));
        if figures.spec.look.labels && width(&total, LETTERS) <= plane.bands.step - 4.0 {
            let total = Text::new(Wording::Value, plane.bands.centre(segment), top - GAP + 1.0, Anchor::Middle, total);
            scene.scenery.push(total.into());
        }
        for one in stack {
            let shapes = piece(figures, &plane, one, plane.bands.at(segment));
            scene.targets.push(target(figures, segment, Some(one.column), shapes));
        }
    }
    scene
}

/// A bar from zero to a value, with its number at the end where it fits.
fn bar(figures: Figures, plane: &Plane, value: Option<f64>, hue: Hue, (x, wide): (f64, f64)) -> Vec<Shape> {
    let (zero, end) = (plane.scale.at(0.0), plane.scale.at(value.unwrap_or_default()));
    let high = if value.unwrap_or_default() == 0.0 { 0.0 } else { (end - zero).abs().max(SLIVER) };
    let is_negative = value.is_some_and(|value| value < 0.0);
    let y = if is_negative { zero } else { zero - high };
    let mut shapes = vec![
        hit(x, plane.top, wide, plane.bottom - plane.top),
        Shape::Rect { paint: Paint::Fill(hue), x, y, width: wide, height: high },
    ];
    let number = [figures.number(value), value.map_or_else(|| "–".to_owned(), words)];
    let room = if figures.columns() == 0 { plane.bands.step - 4.0 } else { wide };
    let number = number.into_iter().find(|number| width(number, LETTERS) <= room);
    if let Some(number) = number.filter(|_| figures.spec.look.labels) {
        let y = if is_negative { y + high + GAP + 2.0 * DROP } else { y - GAP + 1.0 };
        shapes.push(Text::new(Wording::Value, x + wide / 2.0, y, Anchor::Middle, number).into());
    }
    shapes
}

/// A part of a bar, with its number where it fits.
fn piece(figures: Figures, plane: &Plane, piece: Piece, x: f64) -> Vec<Shape> {
    let (lower, upper) = (plane.scale.at(piece.from), plane.scale.at(piece.to));
    let (wide, high) = (plane.bands.size, lower - upper);
    let gap = if high > 4.0 { 1.0 } else { 0.0 };
    let paint = Paint::Fill(figures.column_hue(piece.column));
    let mut shapes = vec![Shape::Rect { paint, x, y: upper + gap, width: wide, height: high - gap }];
    let number = words(piece.value);
    if figures.spec.look.labels && high >= LETTERS + 4.0 && width(&number, LETTERS) + 4.0 <= wide {
        let y = f64::midpoint(lower, upper) + DROP;
        shapes.extend(on_mark(x + wide / 2.0, y, number));
    }
    shapes
}
