//! One large number, and how far it is to the goal.

use super::{
    Frame,
    figures::Figures,
    number::{percent, words},
    parts::{goal_words, hit},
    scene::{Anchor, Paint, Scene, Shape, Target, Text, Wording},
};

/// The height of the number and its words.
const HEIGHT: f64 = 76.0;
/// The line on which the number stands, and that of the words below.
const LINES: (f64, f64) = (36.0, 58.0);
/// The widest bar of progress, and its height.
const PROGRESS: (f64, f64) = (360.0, 8.0);

/// The number of all issues, and how far it is to the goal.
pub(crate) fn tile(figures: Figures, frame: &Frame) -> Scene {
    let amount = &figures.data.total;
    let value = figures.value_of(amount);
    let unit = figures.unit(value.unwrap_or_default());
    let number = value.map_or_else(|| "–".to_owned(), words);
    let mut scene = Scene { height: HEIGHT, ..Scene::default() };
    let mut shapes = vec![
        hit(0.0, 0.0, f64::from(frame.width), HEIGHT),
        Text::new(Wording::Number, 0.0, LINES.0, Anchor::Start, number).into(),
        Text::new(Wording::Caption, 0.0, LINES.1, Anchor::Start, unit).cut_to(f64::from(frame.width)).into(),
    ];
    let mut name = figures.with_unit(value);
    if let (Some(goal), Some(words)) = (&figures.spec.goal, goal_words(figures)) {
        let reached = percent(value.unwrap_or_default(), goal.value);
        let wide = PROGRESS.0.min(f64::from(frame.width));
        #[expect(clippy::cast_precision_loss, reason = "it is at most a hundred")]
        let filled = wide * reached.min(100) as f64 / 100.0;
        let track = |paint, width| Shape::Rect { paint, x: 0.0, y: HEIGHT, width, height: PROGRESS.1 };
        shapes.push(track(Paint::Track, wide));
        shapes.push(track(Paint::Fill(super::hue::Hue::Single), filled));
        let said = format!("{reached} % · {words}");
        shapes.push(Text::new(Wording::Goal, 0.0, HEIGHT + 26.0, Anchor::Start, said).into());
        scene.height = HEIGHT + 34.0;
        name = format!("{name}, {reached} percent. {words}");
    }
    scene.targets.push(Target { name, url: amount.url.clone(), shapes });
    scene
}
