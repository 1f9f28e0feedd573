//! A ring of at most six segments, with the total in its middle and the names beside it.

use super::{
    Frame,
    figures::Figures,
    number::{many, words},
    parts::{DROP, GAP, hit, target},
    scene::{Anchor, LETTERS, Paint, Scene, Shape, Slice, Text, Wording},
    text::{widest, width},
};

/// The inner and the outer radius.
const RADII: (f64, f64) = (62.0, 100.0);
/// The height of a line of the list.
const LINE: f64 = 26.0;
/// The room for a number and its share.
const NUMBER: f64 = 72.0;
/// The least width at which the list stands beside the ring, and not below it.
const BESIDE: f64 = 420.0;

/// The ring.
pub(crate) fn donut(figures: Figures, frame: &Frame) -> Scene {
    let (_, outer) = RADII;
    let room = f64::from(frame.width);
    let is_beside = room >= BESIDE;
    let centre = (if is_beside { outer + 2.0 } else { room / 2.0 }, outer + 2.0);
    let ring = 2.0 * outer + 4.0;
    let list = many(figures.segments()) * LINE;
    let (left, top) = if is_beside { (ring + 28.0, ((ring - list) / 2.0).max(0.0)) } else { (0.0, ring + 12.0) };
    let mut scene = Scene { height: ring.max(top + list), ..Scene::default() };
    if figures.values().iter().all(|value| *value <= 0.0) {
        let slice = Slice { paint: Paint::Track, centre, radii: RADII, turns: (0.0, 1.0), is_reversed: false };
        scene.scenery.push(Shape::Slice(slice));
    }
    let of: f64 = figures.values().iter().sum();
    let mut passed = 0.0;
    for segment in 0..figures.segments() {
        let value = figures.value(segment, None).unwrap_or_default();
        let turns = (passed, passed + if of > 0.0 { value / of } else { 0.0 });
        passed = turns.1;
        let paint = Paint::Fill(figures.hue(segment));
        let mut shapes = Vec::new();
        if turns.1 > turns.0 {
            shapes.push(Shape::Slice(Slice { paint, centre, radii: RADII, turns, is_reversed: false }));
        }
        shapes.extend(entry(figures, segment, (left, top + many(segment) * LINE), room));
        scene.targets.push(target(figures, segment, None, shapes));
    }
    let total = figures.data.total.value;
    scene.scenery.push(Text::new(Wording::Number, centre.0, centre.1 + 6.0, Anchor::Middle, words(total)).into());
    let unit = Text::new(Wording::Caption, centre.0, centre.1 + 24.0, Anchor::Middle, figures.unit(total));
    scene.scenery.push(unit.cut_to(1.7 * RADII.0).into());
    scene
}

/// A line of the list: colour, name, number and share.
fn entry(figures: Figures, segment: usize, (left, top): (f64, f64), room: f64) -> Vec<Shape> {
    let middle = top + LINE / 2.0;
    let value = figures.value(segment, None);
    let number = match value.and_then(|value| figures.share(value)) {
        Some(share) => format!("{} · {share} %", words(value.unwrap_or_default())),
        None => figures.number(value),
    };
    let (wide, name_at) = (width(&number, LETTERS), left + 20.0);
    let name = Text::new(Wording::Label, name_at, middle + DROP, Anchor::Start, figures.label(segment));
    let name = name.cut_to((room - name_at - wide.max(NUMBER) - 2.0 * GAP).max(24.0));
    let names = widest((0..figures.segments()).map(|segment| figures.label(segment)), LETTERS);
    let number_at = (name_at + names + 4.0 * GAP + NUMBER).min(room);
    let paint = Paint::Fill(figures.hue(segment));
    vec![
        hit(left, top, room - left, LINE),
        Shape::Rect { paint, x: left, y: middle - 6.0, width: 12.0, height: 12.0 },
        name.into(),
        Text::new(Wording::Value, number_at, middle + DROP, Anchor::End, number).into(),
    ]
}
