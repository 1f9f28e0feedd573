//! Horizontal bars: one for each segment, one for each cell, or the cells of a segment in one bar.

use super::{
    Frame,
    figures::Figures,
    hue::Hue,
    number::many,
    parts::{DROP, GAP, SLIVER, goal_line, hit, legend, on_mark, target},
    scale::Linear,
    scene::{Anchor, LETTERS, Paint, Scene, Shape, Stroke, Text, Wording},
    stack::{Piece, pieces},
    text::{widest, width},
};

/// How thick a bar is, how far apart bars of one segment are, and how far apart segments are.
#[derive(Clone, Copy)]
struct Sizes {
    bar: f64,
    step: f64,
    apart: f64,
}

/// Everything that the bars of one chart share.
struct Rows<'a> {
    figures: Figures<'a>,
    scale: Linear,
    sizes: Sizes,
    /// Where the labels end and the bars may begin.
    left: f64,
    right: f64,
}

/// A bar for each segment, or for each of its cells.
pub(crate) fn side_by_side(figures: Figures, frame: &Frame) -> Scene {
    let each = figures.columns().max(1);
    let sizes = match (figures.columns(), figures.segments()) {
        (0, 0..=15) => Sizes { bar: 20.0, step: 20.0, apart: 10.0 },
        (0, _) => Sizes { bar: 16.0, step: 16.0, apart: 8.0 },
        _ => Sizes { bar: 12.0, step: 15.0, apart: 14.0 },
    };
    let mut scene = Scene::default();
    let above = above(figures, frame, &mut scene);
    let values: Vec<String> = figures.values().into_iter().map(|value| figures.number(Some(value))).collect();
    let rows = Rows::new(figures, frame, sizes, figures.values(), &values);
    for segment in 0..figures.segments() {
        let y = above + many(segment) * (many(each) * sizes.step + sizes.apart) + sizes.apart / 2.0;
        rows.label(&mut scene, segment, y + many(each) * sizes.step / 2.0);
        for place in 0..each {
            let column = (figures.columns() > 0).then_some(place);
            let hue = column.map_or_else(|| figures.hue(segment), |column| figures.column_hue(column));
            let shapes = rows.bar(figures.value(segment, column), hue, y + many(place) * sizes.step);
            scene.targets.push(target(figures, segment, column, shapes));
        }
    }
    let height = many(figures.segments()) * (many(each) * sizes.step + sizes.apart);
    rows.finish(&mut scene, frame, above, height);
    scene
}

/// A bar for each segment, made of its cells.
pub(crate) fn stacked(figures: Figures, frame: &Frame) -> Scene {
    let sizes = Sizes { bar: 22.0, step: 22.0, apart: 10.0 };
    let mut scene = Scene::default();
    let above = above(figures, frame, &mut scene);
    let stacks: Vec<Vec<Piece>> = (0..figures.segments()).map(|segment| pieces(figures, segment)).collect();
    let ends: Vec<f64> = stacks.iter().flatten().flat_map(|piece| [piece.from, piece.to]).collect();
    let totals: Vec<String> = (0..figures.segments()).map(|one| figures.number(figures.value(one, None))).collect();
    let rows = Rows::new(figures, frame, sizes, ends, &totals);
    for (segment, stack) in stacks.into_iter().enumerate() {
        let y = above + many(segment) * (sizes.step + sizes.apart) + sizes.apart / 2.0;
        rows.label(&mut scene, segment, y + sizes.step / 2.0);
        let end = stack.iter().fold(0.0_f64, |end, piece| end.max(piece.to));
        for piece in stack {
            let shapes = rows.piece(piece, figures.column_hue(piece.column), y);
            scene.targets.push(target(figures, segment, Some(piece.column), shapes));
        }
        let words = totals.get(segment).filter(|_| figures.spec.look.labels).cloned().unwrap_or_default();
        let at = rows.scale.at(end) + GAP;
        let total = Text::new(Wording::Value, at, y + sizes.bar / 2.0 + DROP, Anchor::Start, words);
        if !total.words.is_empty() {
            scene.scenery.push(total.into());
        }
    }
    let height = many(figures.segments()) * (sizes.step + sizes.apart);
    rows.finish(&mut scene, frame, above, height);
    scene
}

/// The legend, and room for the words of the goal.
fn above(figures: Figures, frame: &Frame, scene: &mut Scene) -> f64 {
    let legend = legend(figures, scene, f64::from(frame.width));
    legend + if figures.spec.goal.is_some() { 18.0 } else { 0.0 }
}

impl<'a> Rows<'a> {
    /// `ends` are the values that have to fit, `words` what stands at the ends of the bars.
    fn new(figures: Figures<'a>, frame: &Frame, sizes: Sizes, ends: Vec<f64>, words: &[String]) -> Self {
        let width = f64::from(frame.width);
        let labels = widest((0..figures.segments()).map(|segment| figures.label(segment)), LETTERS);
        let left = labels.min((width * 0.38).max(72.0)) + GAP;
        let words =
            if figures.spec.look.labels { widest(words.iter().map(String::as_str), LETTERS) + GAP } else { 0.0 };
        let is_negative = ends.iter().any(|end| *end < 0.0);
        let goal = figures.spec.goal.as_ref().map(|goal| goal.value);
        let values = ends.into_iter().chain(goal);
        let scale = if figures.spec.look.labels {
            Linear::exactly(values)
        } else {
            Linear::over(values, 6.0, figures.is_count())
        };
        let start = if is_negative { left + words } else { left };
        let (left, right) = (left, (width - words.max(8.0)).max(start + 24.0));
        Self { figures, scale: scale.between(start, right), sizes, left, right }
    }

    fn label(&self, scene: &mut Scene, segment: usize, middle: f64) {
        let label = self.figures.label(segment);
        let text = Text::new(Wording::Label, self.left - GAP, middle + DROP, Anchor::End, label);
        scene.scenery.push(text.cut_to(self.left - GAP).into());
    }

    /// A bar from zero to a value, with its number at the end.
    fn bar(&self, value: Option<f64>, hue: Hue, y: f64) -> Vec<Shape> {
        let (zero, end) = (self.scale.at(0.0), self.scale.at(value.unwrap_or_default()));
        let long = if value.unwrap_or_default() == 0.0 { 0.0 } else { (end - zero).abs().max(SLIVER) };
        let is_negative = value.is_some_and(|value| value < 0.0);
        let (x, words_at, anchor) = if is_negative {
            (zero - long, zero - long - GAP, Anchor::End)
        } else {
            (zero, zero + long + GAP, Anchor::Start)
        };
        let mut shapes = vec![
            hit(self.left, y, self.right - self.left, self.sizes.step),
            Shape::Rect { paint: Paint::Fill(hue), x, y, width: long, height: self.sizes.bar },
        ];
        if self.figures.spec.look.labels {
            let number = self.figures.number(value);
            let y = y + self.sizes.bar / 2.0 + DROP;
            shapes.push(Text::new(Wording::Value, words_at, y, anchor, number).into());
        }
        shapes
    }

    /// A part of a bar, with its number where it fits.
    fn piece(&self, piece: Piece, hue: Hue, y: f64) -> Vec<Shape> {
        let (from, to) = (self.scale.at(piece.from), self.scale.at(piece.to));
        let gap = if to - from > 4.0 { 1.0 } else { 0.0 };
        let rect = Shape::Rect { paint: Paint::Fill(hue), x: from, y, width: to - from - gap, height: self.sizes.bar };
        let number = super::number::words(piece.value);
        let mut shapes = vec![rect];
        if self.figures.spec.look.labels && width(&number, LETTERS) + 8.0 <= to - from {
            let y = y + self.sizes.bar / 2.0 + DROP;
            shapes.extend(on_mark(f64::midpoint(from, to), y, number));
        }
        shapes
    }

    /// The line of zero, the ticks where no numbers stand at the bars, and the goal.
    fn finish(&self, scene: &mut Scene, frame: &Frame, top: f64, height: f64) {
        let bottom = top + height;
        scene.height = bottom + 2.0;
        let zero = self.scale.at(0.0);
        if !self.figures.spec.look.labels {
            let mut free = f64::NEG_INFINITY;
            for tick in self.scale.ticks() {
                let (x, words) = (self.scale.at(tick), super::number::words(tick));
                let half = width(&words, LETTERS) / 2.0;
                scene.scenery.insert(0, Shape::Line { stroke: Stroke::Grid, from: (x, top), to: (x, bottom) });
                if x - half > free && x + half <= f64::from(frame.width) {
                    scene.scenery.push(Text::new(Wording::Tick, x, bottom + 16.0, Anchor::Middle, words).into());
                    free = x + half + 8.0;
                }
            }
            scene.height = bottom + 22.0;
        }
        scene.front.push(Shape::Line { stroke: Stroke::Axis, from: (zero, top), to: (zero, bottom) });
        if let Some(goal) = &self.figures.spec.goal {
            let x = self.scale.at(goal.value);
            goal_line(self.figures, scene, (x, top - 2.0), (x, bottom), (x, top - 6.0));
        }
    }
}
