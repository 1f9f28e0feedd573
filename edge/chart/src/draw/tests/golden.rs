//! Pictures that somebody has looked at. `UPDATE_GOLDEN=1 cargo test -p chart golden` writes them anew; then look at them
//! with `cargo run -p chart --example gallery`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::fixture::{Example, chart, long, right_to_left};
use crate::{
    Color, Compute, Mark, Palette,
    draw::{Direction, Frame, Provenance, Theme, draw},
};

/// The folder of the pictures.
pub(super) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden")
}

/// Where the pictures are shown.
pub(super) fn frame(width: u16, direction: Direction) -> Frame {
    Frame::new("chart", width, direction)
}

/// What stands below them.
pub(super) const PROVENANCE: Provenance = Provenance { at: "14:02", access: "with your access" };

/// The marks with a picture.
const MARKS: [Mark; 6] = [Mark::Bar, Mark::Column, Mark::Stacked, Mark::Line, Mark::Area, Mark::Donut];

/// Every picture: its name, its chart, its width and direction.
pub(super) fn examples() -> Vec<(String, Example, u16, Direction)> {
    use Direction::{LeftToRight, RightToLeft};
    let mut all = Vec::new();
    let mut add = |name: String, example: Example, width: u16, direction| all.push((name, example, width, direction));
    for mark in MARKS {
        let word = mark.as_str();
        let columns = |example: Example| if mark == Mark::Stacked { example.split(3) } else { example };
        for segments in [0, 1, 8, 40] {
            add(format!("{word}-{segments}"), columns(chart(mark, segments)), 640, LeftToRight);
        }
        let arabic = columns(chart(mark, 6)).labelled(right_to_left).with_goal(30.0);
        add(format!("{word}-right-to-left"), arabic, 640, RightToLeft);
        add(format!("{word}-long-labels"), columns(chart(mark, 6)).labelled(long), 480, LeftToRight);
        add(format!("{word}-all-zero"), columns(chart(mark, 5)).valued(|_, _| 0.0), 640, LeftToRight);
        let negative = |index: usize, value: f64| if index % 2 == 1 { -value / 2.0 } else { value };
        let negative = columns(chart(mark, 6)).summed(Compute::Sum).valued(negative).with_goal(20.0);
        add(format!("{word}-negative"), negative, 640, LeftToRight);
        add(format!("{word}-narrow"), columns(chart(mark, 8)).with_rest(), 280, LeftToRight);
    }
    for mark in [Mark::Bar, Mark::Column, Mark::Stacked, Mark::Line, Mark::Area] {
        let word = mark.as_str();
        add(format!("{word}-split"), chart(mark, 6).split(4), 640, LeftToRight);
        add(format!("{word}-split-repeating"), chart(mark, 5).split(8), 640, LeftToRight);
        add(format!("{word}-over-time"), chart(mark, 12).over_time().split(3), 640, LeftToRight);
        add(format!("{word}-compared"), chart(mark, 12).compared(), 640, LeftToRight);
    }
    let time = |mark| chart(mark, 12).over_time().with_goal(25.0);
    add("line-goal".to_owned(), time(Mark::Line), 640, LeftToRight);
    add("area-goal".to_owned(), time(Mark::Area), 640, LeftToRight);
    add("column-goal".to_owned(), time(Mark::Column), 640, LeftToRight);
    add("bar-percent".to_owned(), chart(Mark::Bar, 6).looking(|look| look.percent = true), 640, LeftToRight);
    let unlabelled = chart(Mark::Bar, 6).looking(|look| look.labels = false).with_goal(35.0);
    add("bar-unlabelled".to_owned(), unlabelled, 640, LeftToRight);
    let average = |index: usize, value: f64| value / 7.3 + if index > 2 { 0.0 } else { 0.5 };
    add("bar-average".to_owned(), chart(Mark::Bar, 5).summed(Compute::Average).valued(average), 640, LeftToRight);
    add("bar-status".to_owned(), statuses(chart(Mark::Bar, 3)).coloured(Color::Red), 640, LeftToRight);
    add("donut-6".to_owned(), chart(Mark::Donut, 6).with_rest(), 640, LeftToRight);
    add("donut-status".to_owned(), statuses(chart(Mark::Donut, 3)), 640, LeftToRight);
    add("donut-overlapping".to_owned(), chart(Mark::Donut, 4).overlapping(), 640, LeftToRight);
    add("tile".to_owned(), total(Mark::Tile), 640, LeftToRight);
    add("tile-zero".to_owned(), total(Mark::Tile).valued(|_, value| value), 640, LeftToRight);
    add("tile-right-to-left".to_owned(), total(Mark::Tile).with_goal(30.0), 640, RightToLeft);
    add("tile-goal".to_owned(), total(Mark::Tile).with_goal(200.0), 640, LeftToRight);
    all
}

/// A chart that is one number.
pub(super) fn total(mark: Mark) -> Example {
    let mut example = chart(mark, 3);
    (example.spec.group, example.data.segments) = (None, Vec::new());
    example
}

/// Statuses in the colours of their categories.
fn statuses(example: Example) -> Example {
    use crate::Category::{Done, Indeterminate, New};
    let mut example = example.looking(|look| look.palette = Palette::Status);
    for (segment, category) in example.data.segments.iter_mut().zip([Indeterminate, New, Done]) {
        segment.category = Some(category);
    }
    example
}

/// Compares with the file of this name, or writes it.
pub(super) fn matches(name: &str, written: &str) -> Result<(), String> {
    let path = folder().join(name);
    let written = written.replace("><", ">\n<") + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(folder()).expect("the folder can be made");
        fs::write(&path, written).expect("it can be written");
        return Ok(());
    }
    match fs::read_to_string(&path) {
        Ok(known) if known == written => Ok(()),
        Ok(_) => Err(format!("{name} looks different")),
        Err(_) => Err(format!("{name} is missing")),
    }
}

#[test]
fn every_picture_is_the_one_that_somebody_has_looked_at() {
    let compared = examples().into_iter().map(|(name, example, width, direction)| {
        let frame = frame(width, direction);
        let drawing = draw(&example.spec, &example.data, &frame);
        let svg = drawing.svg().unwrap_or_else(|| drawing.figure(PROVENANCE));
        matches(&format!("{name}.svg"), &svg)
    });
    let different: Vec<String> = compared.filter_map(Result::err).collect();
    assert_eq!(different, Vec::<String>::new(), "look at them, then: UPDATE_GOLDEN=1 cargo test -p chart golden");
}

#[test]
fn every_picture_on_file_is_still_drawn() {
    let drawn: Vec<String> = examples().into_iter().map(|(name, ..)| format!("{name}.svg")).collect();
    let on_file = fs::read_dir(folder()).expect("the folder is there");
    let names = on_file.map(|file| file.expect("a file").file_name().into_string().expect("a name"));
    let left: Vec<String> = names
        .filter(|name| {
            Path::new(name).extension().is_some_and(|end| end == "svg")
                && !name.starts_with("picture-")
                && !drawn.contains(name)
        })
        .collect();
    assert_eq!(left, Vec::<String>::new(), "delete what nothing draws any more");
}

#[test]
fn a_whole_figure_and_a_picture_of_its_own_are_the_ones_that_somebody_has_looked_at() {
    let example = chart(Mark::Table, 4).with_rest().split(2).overlapping();
    let frame = frame(640, Direction::LeftToRight);
    let drawing = draw(&example.spec, &example.data, &frame);
    let bars = chart(Mark::Bar, 4).with_rest();
    let bars = draw(&bars.spec, &bars.data, &frame);
    let picture = |theme| bars.picture(theme, PROVENANCE).expect("bars have a picture");
    let compared = [
        matches("table.html", &drawing.figure(PROVENANCE)),
        matches("bar.html", &bars.figure(PROVENANCE)),
        matches("picture-light.svg", &picture(Theme::Light)),
        matches("picture-dark.svg", &picture(Theme::Dark)),
    ];
    let different: Vec<String> = compared.into_iter().filter_map(Result::err).collect();
    assert_eq!(different, Vec::<String>::new(), "look at them, then: UPDATE_GOLDEN=1 cargo test -p chart golden");
}
