//! One large number, or one for each segment.

use super::{
    Frame,
    figures::Figures,
    number::{many, percent, whole, words},
    parts::{goal_words, hit, target},
    scene::{Anchor, Paint, Scene, Shape, Target, Text, Wording},
};

/// The least width of a tile, and its height.
const SIZE: (f64, f64) = (150.0, 76.0);
/// The line on which the number stands, and that of the words below.
const LINES: (f64, f64) = (36.0, 58.0);
/// The widest bar of progress, and its height.
const PROGRESS: (f64, f64) = (360.0, 8.0);

/// The tiles.
pub(crate) fn tiles(figures: Figures, frame: &Frame) -> Scene {
    if figures.segments() == 0 {
        return total(figures, frame);
    }
    let room = f64::from(frame.width);
    let across = usize::try_from(whole((room / SIZE.0).floor())).unwrap_or(1).clamp(1, figures.segments());
    let wide = room / many(across);
    let mut scene = Scene { height: many(figures.segments().div_ceil(across)) * SIZE.1, ..Scene::default() };
    for segment in 0..figures.segments() {
        let (x, y) = (wide * many(segment % across), SIZE.1 * many(segment / across));
        let number = figures.number(figures.value(segment, None));
        let label = Text::new(Wording::Caption, x + 16.0, y + LINES.1, Anchor::Start, figures.label(segment));
        let shapes = vec![
            hit(x, y, wide, SIZE.1),
            Shape::Rect { paint: Paint::Fill(figures.hue(segment)), x, y: y + 8.0, width: 4.0, height: 54.0 },
            Text::new(Wording::Number, x + 16.0, y + LINES.0, Anchor::Start, number).into(),
            label.cut_to(wide - 24.0).into(),
        ];
        scene.targets.push(target(figures, segment, None, shapes));
    }
    scene
}

/// The number of all issues, and how far it is to the goal.
fn total(figures: Figures, frame: &Frame) -> Scene {
    let amount = &figures.data.total;
    let value = figures.value_of(amount);
    let unit = figures.unit(value.unwrap_or_default());
    let number = value.map_or_else(|| "–".to_owned(), words);
    let mut scene = Scene { height: SIZE.1, ..Scene::default() };
    let mut shapes = vec![
        hit(0.0, 0.0, f64::from(frame.width), SIZE.1),
        Text::new(Wording::Number, 0.0, LINES.0, Anchor::Start, number).into(),
        Text::new(Wording::Caption, 0.0, LINES.1, Anchor::Start, unit).cut_to(f64::from(frame.width)).into(),
    ];
    let mut name = figures.with_unit(value);
    if let (Some(goal), Some(words)) = (&figures.spec.goal, goal_words(figures)) {
        let reached = percent(value.unwrap_or_default(), goal.value);
        let wide = PROGRESS.0.min(f64::from(frame.width));
        #[expect(clippy::cast_precision_loss, reason = "it is at most a hundred")]
        let filled = wide * reached.min(100) as f64 / 100.0;
        let track = |paint, width| Shape::Rect { paint, x: 0.0, y: SIZE.1, width, height: PROGRESS.1 };
        shapes.push(track(Paint::Track, wide));
        shapes.push(track(Paint::Fill(super::hue::Hue::Slot(0)), filled));
        let said = format!("{reached} % · {words}");
        shapes.push(Text::new(Wording::Goal, 0.0, SIZE.1 + 26.0, Anchor::Start, said).into());
        scene.height = SIZE.1 + 34.0;
        name = format!("{name}, {reached} percent. {words}");
    }
    scene.targets.push(Target { name, url: amount.url.clone(), place: (0, None), shapes });
    scene
}
