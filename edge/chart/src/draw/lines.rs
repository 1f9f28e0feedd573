//! Lines through the segments, and areas below them.

use super::{
    Frame,
    figures::Figures,
    hue::Hue,
    number::words,
    parts::{DROP, GAP, target},
    plane::{Needs, Plane},
    scene::{Anchor, LETTERS, Paint, Scene, Shape, Stroke, Text, Wording},
    stack::pieces,
    text::{widest, width},
};

/// The most lines that are named at their ends; more have a legend.
const NAMED: usize = 5;
/// The widest name of a line.
const NAME: f64 = 120.0;
/// The least distance between two names.
const APART: f64 = 15.0;
/// The radius of a point.
const POINT: f64 = 3.5;

/// A line: the column it stands for, and where its points are. Where there is no value it is interrupted.
struct Course {
    column: Option<usize>,
    hue: Hue,
    /// The lower and the upper edge of each point, as values.
    values: Vec<Option<(f64, f64)>>,
}

/// A line for each column, or one. `filled` if the area below is filled as well.
pub(crate) fn lines(figures: Figures, frame: &Frame, filled: bool) -> Scene {
    let courses = courses(figures, filled && is_stacked(figures));
    let names = frame.width >= 360 && (2..=NAMED).contains(&figures.columns());
    let widest = widest((0..figures.columns()).map(|column| figures.column_label(column)), LETTERS).min(NAME);
    let values = courses.iter().flat_map(|course| &course.values).flatten().flat_map(|(low, high)| [*low, *high]);
    let needs = Needs {
        values: values.collect(),
        fill: 1.0,
        right: if names { widest + 2.0 * GAP } else { 0.0 },
        legend: !names,
    };
    let mut scene = Scene::default();
    let plane = Plane::draw(figures, frame, &mut scene, needs);
    for course in &courses {
        draw(figures, &plane, &mut scene, course, filled);
    }
    points(figures, &plane, &mut scene, &courses);
    if names {
        name(figures, &plane, &mut scene, &courses);
    }
    scene
}

/// Whether areas stand on each other. Those of two series that are compared do not, nor do averages.
fn is_stacked(figures: Figures) -> bool {
    figures.columns() > 1
        && !figures.is_comparison()
        && !figures.is_average()
        && figures.values().iter().all(|value| *value >= 0.0)
}

fn courses(figures: Figures, is_stacked: bool) -> Vec<Course> {
    let value = |segment: usize, column: Option<usize>| {
        let value = figures.value(segment, column)?;
        let stacked = column.filter(|_| is_stacked).and_then(|column| {
            pieces(figures, segment)
                .into_iter()
                .take_while(|piece| piece.column <= column)
                .last()
                .map(|piece| if piece.column == column { (piece.from, piece.to) } else { (piece.to, piece.to) })
        });
        Some(stacked.unwrap_or(if is_stacked { (0.0, 0.0) } else { (0.0, value) }))
    };
    let course = |column: Option<usize>| Course {
        column,
        hue: column.map_or(figures.hue(0), |column| figures.column_hue(column)),
        values: (0..figures.segments()).map(|segment| value(segment, column)).collect(),
    };
    if figures.columns() == 0 { vec![course(None)] } else { (0..figures.columns()).map(Some).map(course).collect() }
}

/// The line, in as many parts as it has without an interruption.
fn draw(figures: Figures, plane: &Plane, scene: &mut Scene, course: &Course, filled: bool) {
    let places: Vec<usize> = (0..course.values.len()).collect();
    let known = |place: &usize| course.values.get(*place).copied().flatten();
    for part in places.chunk_by(|one, next| known(one).is_some() == known(next).is_some()) {
        let at = |place: &usize| known(place).map(|(low, high)| (plane.bands.centre(*place), low, high));
        let points: Vec<(f64, f64, f64)> = part.iter().filter_map(at).collect();
        let upper: Vec<(f64, f64)> = points.iter().map(|(x, _, high)| (*x, plane.scale.at(*high))).collect();
        if upper.is_empty() {
            continue;
        }
        if filled {
            let lower = points.iter().rev().map(|(x, low, _)| (*x, plane.scale.at(*low)));
            let is_veil = figures.columns() < 2 || !is_stacked(figures);
            let paint = if is_veil { Paint::Veil(course.hue) } else { Paint::Fill(course.hue) };
            scene.scenery.push(Shape::Area { paint, points: upper.iter().copied().chain(lower).collect() });
        }
        scene.scenery.push(Shape::Points { stroke: Stroke::Values(course.hue), points: upper });
    }
}

/// The points, which are the targets, segment by segment, with their numbers where they fit.
fn points(figures: Figures, plane: &Plane, scene: &mut Scene, courses: &[Course]) {
    for segment in 0..figures.segments() {
        for course in courses {
            let Some((_, high)) = course.values.get(segment).copied().flatten() else { continue };
            let at = (plane.bands.centre(segment), plane.scale.at(high));
            let mut shapes = vec![
                Shape::Dot { paint: Paint::Nothing, at, radius: 12.0 },
                Shape::Dot { paint: Paint::Fill(course.hue), at, radius: POINT },
            ];
            let number = figures.value(segment, course.column).map(words).unwrap_or_default();
            let fits = courses.len() == 1 && width(&number, LETTERS) + GAP <= plane.bands.step;
            if figures.spec.look.labels && fits {
                let y = if is_valley(course, segment) && at.1 + 20.0 < plane.bottom {
                    at.1 + 18.0
                } else {
                    at.1 - GAP - 2.0
                };
                shapes.push(Text::new(Wording::Value, at.0, y, Anchor::Middle, number).into());
            }
            scene.targets.push(target(figures, segment, course.column, shapes));
        }
    }
}

/// Whether the line rises on both sides of a point, so that there is more room below it.
fn is_valley(course: &Course, segment: usize) -> bool {
    let value = |at: usize| course.values.get(at).copied().flatten().map(|(_, high)| high);
    let here = value(segment).unwrap_or_default();
    let before = segment.checked_sub(1).and_then(value);
    [before, value(segment + 1)].into_iter().all(|beside| beside.is_some_and(|beside| beside > here))
}

/// The names of the lines at their ends, moved apart where they would overlap.
fn name(figures: Figures, plane: &Plane, scene: &mut Scene, courses: &[Course]) {
    let last = |course: &Course| course.values.iter().rev().flatten().next().copied();
    let mut names: Vec<(f64, usize)> =
        courses.iter().filter_map(|course| Some((plane.scale.at(last(course)?.1), course.column?))).collect();
    names.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut free = plane.top - LETTERS;
    for (y, _) in &mut names {
        *y = y.max(free);
        free = *y + APART;
    }
    let over = (free - APART - plane.bottom).max(0.0);
    for (y, column) in names {
        let label = figures.column_label(column);
        let words = Text::new(Wording::Legend, plane.right + 2.0 * GAP, y - over + DROP, Anchor::Start, label);
        let hue = figures.column_hue(column);
        let (x, y) = (plane.right, y - over - 1.0);
        scene.scenery.push(Shape::Line { stroke: Stroke::Values(hue), from: (x, y + 1.0), to: (x + GAP, y + 1.0) });
        scene.scenery.push(words.cut_to(NAME - GAP).into());
    }
}
