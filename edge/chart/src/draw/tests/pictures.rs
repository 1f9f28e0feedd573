//! What a chart says: its sentence, its table, and how it is drawn if it could not be read otherwise.

use super::{
    fixture::{Example, chart},
    golden::{PROVENANCE, frame, total},
};
use crate::{
    Compute, Mark,
    draw::{Direction, draw},
};

fn sentence(example: &Example) -> String {
    draw(&example.spec, &example.data, &frame(640, Direction::LeftToRight)).sentence.plain()
}

#[test]
fn the_sentence_tells_the_largest_with_its_share() {
    assert_eq!(sentence(&chart(Mark::Bar, 3)), "In progress is largest: 41 of 120, 34 %.");
    let summed = chart(Mark::Bar, 3).summed(Compute::Sum);
    assert_eq!(sentence(&summed), "In progress is largest: 41 of 120, 34 %.");
    let average = chart(Mark::Bar, 3).summed(Compute::Average);
    assert_eq!(sentence(&average), "In progress is highest: average 41 Story points.");
}

#[test]
fn what_does_not_add_up_has_no_share() {
    let example = chart(Mark::Donut, 3).overlapping();
    assert_eq!(sentence(&example), "In progress is largest: 41 issues.");
    let frame = frame(640, Direction::LeftToRight);
    let figure = draw(&example.spec, &example.data, &frame).figure(PROVENANCE);
    assert!(!figure.contains('%') && !figure.contains("percent"), "{figure}");
    assert!(figure.contains("they do not add up"));
}

#[test]
fn several_that_are_equal_are_all_told() {
    let equal = |count: usize| chart(Mark::Bar, count).valued(|_, _| 5.0);
    assert_eq!(sentence(&equal(2)), "In progress and To do are largest: 5 each of 10, 50 %.");
    assert_eq!(sentence(&equal(4)), "In progress, To do and 2 more are largest: 5 each of 20, 25 %.");
}

#[test]
fn other_and_none_are_not_called_the_largest() {
    let example = chart(Mark::Bar, 3).with_rest().valued(|index, value| if index > 0 { 90.0 } else { value });
    assert_eq!(sentence(&example), "In progress is largest: 41 of 221, 19 %.");
}

#[test]
fn time_tells_the_highest_and_the_latest_and_two_series_their_difference() {
    assert_eq!(sentence(&chart(Mark::Line, 4).over_time()), "Highest in Feb 2023: 42. Latest, Apr 2023: 7.");
    assert_eq!(sentence(&chart(Mark::Line, 2).over_time()), "Highest in Feb 2023: 42, which is the latest.");
    let compared = chart(Mark::Line, 3).compared();
    assert_eq!(sentence(&compared), "Created: 91, Resolved: 63. The difference is 28.");
}

#[test]
fn one_number_tells_how_far_the_goal_is_and_nothing_says_so() {
    assert_eq!(sentence(&total(Mark::Tile)), "120 issues.");
    assert_eq!(sentence(&total(Mark::Tile).with_goal(200.0)), "120 issues: 60 % of the goal. Goal: 200.");
    assert_eq!(sentence(&chart(Mark::Bar, 0)), "No issues match.");
    assert_eq!(sentence(&chart(Mark::Bar, 3).valued(|_, _| 0.0)), "No issues match.");
}

#[test]
fn what_could_not_be_read_is_drawn_as_bars_and_says_why() {
    let frame = frame(640, Direction::LeftToRight);
    let says = |example: Example| {
        let drawing = draw(&example.spec, &example.data, &frame);
        (drawing.svg().expect("a picture").contains("<path class=\"chart-fill"), drawing.instead)
    };
    assert_eq!(says(chart(Mark::Donut, 6)), (true, None));
    assert!(says(chart(Mark::Donut, 7)).1.is_some_and(|why| why.contains("more than six")));
    assert!(says(chart(Mark::Donut, 3).valued(|index, _| if index == 1 { -4.0 } else { 3.0 })).1.is_some());
    assert!(says(chart(Mark::Stacked, 3).split(2).summed(Compute::Average)).1.is_some());
    assert!(says(chart(Mark::Column, 40).split(6)).1.is_some());
}

#[test]
fn the_table_holds_every_number_and_the_total() {
    let example = chart(Mark::Stacked, 2).split(2);
    let frame = frame(640, Direction::LeftToRight);
    let table = draw(&example.spec, &example.data, &frame).table;
    assert_eq!(table.heads, ["Status", "Bug", "Task", "Total", "Share"]);
    let words = |at: usize| table.rows.get(at).expect("a row").cells.iter().map(|cell| cell.words.as_str());
    assert_eq!(words(0).collect::<Vec<_>>(), ["0", "21", "41", "51 %"]);
    assert_eq!(words(2).collect::<Vec<_>>(), ["–", "–", "81", "100 %"]);
    assert!(table.rows.get(2).is_some_and(|row| row.is_total && row.head == "All issues"));
}

#[test]
fn a_file_of_the_table_holds_numbers_and_no_formulas() {
    let example = chart(Mark::Bar, 2).labelled(|index| ["=HYPERLINK(\"x\")", "a \"b\", c"][index].to_owned());
    let example = example.valued(|index, _| [1_234.5, 2.0][index]);
    let frame = frame(640, Direction::LeftToRight);
    let csv = draw(&example.spec, &example.data, &frame).table.csv();
    assert_eq!(
        csv,
        "\u{feff}\"Status\",\"Issues\",\"Share\"\r\n\"'=HYPERLINK(\"\"x\"\")\",1234.5,99%\r\n\
         \"a \"\"b\"\", c\",2,1%\r\n\"All issues\",1236.5,100%\r\n"
    );
}

#[test]
fn the_average_of_nothing_is_no_zero() {
    let mut example = chart(Mark::Line, 4).over_time().summed(Compute::Average);
    let nothing = example.data.segments.get_mut(1).expect("a segment");
    (nothing.amount.issues, nothing.amount.value) = (0, 0.0);
    let frame = frame(640, Direction::LeftToRight);
    let drawing = draw(&example.spec, &example.data, &frame);
    let svg = drawing.svg().expect("a picture");
    assert_eq!(svg.matches("class=\"chart-line").count(), 2, "the line is interrupted");
    assert_eq!(svg.matches("tabindex").count(), 3);
    let cell = drawing.table.rows.get(1).and_then(|row| row.cells.first()).expect("a cell");
    assert_eq!((cell.words.as_str(), cell.raw.as_str()), ("–", ""));
}
