//! The ground of columns and lines: values upwards, segments side by side, and the labels of both.

use super::{
    Frame,
    figures::Figures,
    number::{many, whole, words},
    parts::{DROP, GAP, goal_line, goal_words, legend},
    scale::{Bands, Linear},
    scene::{Anchor, LETTERS, Scene, Shape, Stroke, Text, Wording},
    text::{cut, widest, width},
};

/// The height of the part in which values are drawn.
const HEIGHT: f64 = 240.0;
/// The height of a line of labels.
const LINE: f64 = 20.0;
/// The longest label that rises.
const RISING: f64 = 110.0;
/// The sine of 45°, by which labels rise.
const SINE: f64 = std::f64::consts::FRAC_1_SQRT_2;
/// How wide a label must be that is cut and does not rise.
const READABLE: f64 = 56.0;

/// The ground.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plane {
    /// Where values are.
    pub(crate) scale: Linear,
    /// Where segments are.
    pub(crate) bands: Bands,
    /// The upper edge.
    pub(crate) top: f64,
    /// The lower edge.
    pub(crate) bottom: f64,
    /// The right edge.
    pub(crate) right: f64,
    left: f64,
}

/// What a plane is made for.
#[derive(Clone, Debug)]
pub(crate) struct Needs {
    /// The values that have to fit.
    pub(crate) values: Vec<f64>,
    /// Which part of its place a segment fills.
    pub(crate) fill: f64,
    /// The room at the right, for the names of lines.
    pub(crate) right: f64,
    /// Whether there is a legend.
    pub(crate) legend: bool,
}

impl Plane {
    /// Draws the ground into the scene.
    pub(crate) fn draw(figures: Figures, frame: &Frame, scene: &mut Scene, needs: Needs) -> Self {
        let above = if needs.legend { legend(figures, scene, f64::from(frame.width)) } else { 0.0 };
        let goal = figures.spec.goal.as_ref().map(|goal| goal.value);
        let scale = Linear::over(needs.values.into_iter().chain(goal), 5.0, figures.is_count());
        let ticks: Vec<(f64, String)> = scale.ticks().map(|tick| (tick, words(tick))).collect();
        let left = widest(ticks.iter().map(|(_, words)| words.as_str()), LETTERS) + GAP;
        let (top, bottom) = (above + LINE, above + LINE + HEIGHT);
        let goal_room = goal_words(figures).map_or(0.0, |words| width(&words, LETTERS) + GAP);
        let beside = if needs.right > 0.0 { needs.right } else { goal_room };
        let right = (f64::from(frame.width) - beside).max(left + 24.0);
        let is_negative = scale.ticks().any(|tick| tick < 0.0);
        let plane = Self {
            scale: scale.between(bottom, top),
            bands: Bands::new(figures.segments(), left, right, needs.fill, 64.0),
            top,
            bottom,
            right,
            left,
        };
        for (tick, words) in ticks {
            plane.tick(scene, tick, words);
        }
        // Numbers of negative values stand below the lower edge.
        let below = if is_negative && figures.spec.look.labels { LINE } else { 0.0 };
        scene.height = bottom + below + plane.labels(figures, scene, bottom + below);
        let zero = plane.scale.at(0.0);
        scene.front.push(Shape::Line { stroke: Stroke::Axis, from: (left, zero), to: (right, zero) });
        if let Some(goal) = &figures.spec.goal {
            let y = plane.scale.at(goal.value);
            let words_at = if needs.right > 0.0 { (left, y - GAP) } else { (f64::from(frame.width), y + DROP) };
            goal_line(figures, scene, (left, y), (right, y), words_at);
        }
        plane
    }

    fn tick(&self, scene: &mut Scene, value: f64, words: String) {
        let y = self.scale.at(value);
        if value != 0.0 {
            scene.scenery.push(Shape::Line { stroke: Stroke::Grid, from: (self.left, y), to: (self.right, y) });
        }
        scene.scenery.push(Text::new(Wording::Tick, self.left - GAP, y + DROP, Anchor::End, words).into());
    }

    /// The labels of the segments: side by side where they fit; of spans of time some, at regular distances; else cut, or
    /// rising. Returns the height they need.
    fn labels(&self, figures: Figures, scene: &mut Scene, bottom: f64) -> f64 {
        let labels: Vec<&str> = (0..figures.segments()).map(|segment| figures.label(segment)).collect();
        let widest = widest(labels.iter().copied(), LETTERS) + GAP;
        let step = self.bands.step;
        let y = bottom + LINE - 4.0;
        if widest <= step || figures.is_time() || step >= READABLE {
            let every = if widest <= step || !figures.is_time() { 1 } else { whole((widest / step).ceil()).max(1) };
            let every = usize::try_from(every).unwrap_or(usize::MAX);
            for (segment, label) in labels.into_iter().enumerate().step_by(every) {
                let room = step * many(every) - GAP;
                let x = self.bands.centre(segment);
                let (x, anchor) = self.kept_within(x, width(&cut(label, LETTERS, room), LETTERS));
                scene.scenery.push(Text::new(Wording::Label, x, y, anchor, label).cut_to(room).into());
            }
            return LINE + 2.0;
        }
        let every = usize::try_from(whole((14.0 / step).ceil())).unwrap_or(1).max(1);
        let mut lowest: f64 = 0.0;
        for (segment, label) in labels.into_iter().enumerate().step_by(every) {
            let x = self.bands.centre(segment) + 4.0;
            let text = Text::new(Wording::Label, x, bottom + 12.0, Anchor::End, label);
            let text = text.cut_to(RISING.min(x / SINE - LETTERS));
            lowest = lowest.max(width(&text.words, LETTERS) * SINE);
            scene.scenery.push(Text { rises: true, ..text }.into());
        }
        lowest + LINE
    }

    /// Where a label begins or ends that would stand out on either side.
    fn kept_within(&self, x: f64, width: f64) -> (f64, Anchor) {
        if x + width / 2.0 > self.right {
            (self.right, Anchor::End)
        } else if x - width / 2.0 < 0.0 {
            (0.0, Anchor::Start)
        } else {
            (x, Anchor::Middle)
        }
    }
}
