//! What is written is well-formed and holds nothing but ours.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};

use super::{
    fixture::{chart, right_to_left},
    golden::{PROVENANCE, examples, frame},
};
use crate::{
    Mark,
    draw::{Direction, Theme, draw},
};

/// The elements of a figure with everything.
const ELEMENTS: [&str; 32] = [
    "a",
    "bdi",
    "caption",
    "circle",
    "defs",
    "desc",
    "details",
    "div",
    "em",
    "figcaption",
    "figure",
    "g",
    "li",
    "line",
    "p",
    "path",
    "pattern",
    "rect",
    "span",
    "strong",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];

/// The attributes of ours that carry no colour and no style.
const ATTRIBUTES: [&str; 33] = [
    "aria-hidden",
    "aria-label",
    "class",
    "cx",
    "cy",
    "d",
    "dir",
    "direction",
    "fill",
    "height",
    "href",
    "id",
    "open",
    "patternUnits",
    "pointer-events",
    "r",
    "rel",
    "role",
    "scope",
    "stroke",
    "stroke-width",
    "tabindex",
    "target",
    "text-anchor",
    "transform",
    "viewBox",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
];

fn classes_of(sheet: &str) -> BTreeSet<&str> {
    let is_name = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '-');
    sheet.split('.').filter_map(|after| after.split(is_name).next()).filter(|name| name.starts_with("chart")).collect()
}

fn text_of(attribute: Option<&str>) -> f64 {
    attribute.and_then(|value| value.parse().ok()).unwrap_or_default()
}

fn check(name: &str, written: &str) {
    let document = Document::parse(written).unwrap_or_else(|error| panic!("{name} is no XML: {error}"));
    let sheet =
        concat!(include_str!("../chart.css"), include_str!("../picture.css"), include_str!("../picture-light.css"));
    let known = classes_of(sheet);
    let elements = document.descendants().filter(Node::is_element);
    for node in elements {
        let element = node.tag_name().name();
        assert!(ELEMENTS.contains(&element), "{name}: an element {element}");
        for attribute in node.attributes() {
            assert!(ATTRIBUTES.contains(&attribute.name()), "{name}: {element} has {}", attribute.name());
            assert!(!attribute.value().contains("NaN"), "{name}: {element} has no number in {}", attribute.name());
        }
        for class in node.attribute("class").into_iter().flat_map(str::split_whitespace) {
            assert!(known.contains(class), "{name}: the style sheet does not know {class}");
        }
        for paint in [node.attribute("fill"), node.attribute("stroke")].into_iter().flatten() {
            let is_no_colour = paint == "none" || paint == "currentColor" || paint.starts_with("url(#chart-");
            assert!(is_no_colour, "{name}: {element} is painted {paint}");
            if let Some(id) = paint.strip_prefix("url(#").and_then(|rest| rest.strip_suffix(')')) {
                let is_there = document.descendants().any(|other| other.attribute("id") == Some(id));
                assert!(is_there, "{name}: the pattern {id} is declared");
            }
        }
        if let Some(href) = node.attribute("href") {
            assert!(href.starts_with("https://"), "{name}: a link to {href}");
            assert_eq!(node.attribute("rel"), Some("noopener noreferrer"), "{name}");
        }
    }
}

#[test]
fn every_picture_and_figure_is_xml_with_only_our_elements_and_classes() {
    for (name, example, width, direction) in examples() {
        let frame = frame(width, direction);
        let drawing = draw(&example.spec, &example.data, &frame);
        check(&name, &drawing.figure(PROVENANCE));
        for theme in [Theme::Light, Theme::Dark] {
            if let Some(picture) = drawing.picture(theme, PROVENANCE) {
                check(&name, &picture);
                assert!(!picture.contains("tabindex") && picture.contains("role=\"img\""), "{name} is a still picture");
            }
        }
    }
}

#[test]
fn nothing_that_jira_says_becomes_markup() {
    const HOSTILE: &str = "\"></text><script>alert(1)</script>&amp;<!--]]>\u{0}\u{8}\u{202e}'";
    for mark in Mark::ALL {
        let mut example = chart(*mark, 4).split(2).labelled(|_| HOSTILE.to_owned());
        example.spec.says.title = HOSTILE.to_owned();
        example.spec.says.subtitle = Some(HOSTILE.to_owned());
        example.spec.says.alt = Some(HOSTILE.to_owned());
        example.spec.goal = Some(crate::Goal { value: 3.0, label: Some(HOSTILE.to_owned()) });
        example.data.counted.zone = HOSTILE.to_owned();
        for column in &mut example.data.columns {
            column.label = HOSTILE.to_owned();
        }
        for segment in &mut example.data.segments {
            segment.amount.url = Some("javascript:alert(1)".to_owned());
        }
        let frame = frame(640, Direction::LeftToRight);
        let drawing = draw(&example.spec, &example.data, &frame);
        check(mark.as_str(), &drawing.figure(PROVENANCE));
        for theme in [Theme::Light, Theme::Dark] {
            drawing.picture(theme, PROVENANCE).iter().for_each(|picture| check(mark.as_str(), picture));
        }
    }
}

/// Where an element is, if it is a rectangle or a line of text that does not rise: its left and right edge.
fn edges(node: Node) -> Option<(f64, f64)> {
    let x = text_of(node.attribute("x"));
    match node.tag_name().name() {
        "rect" => Some((x, x + text_of(node.attribute("width")))),
        "text" if node.attribute("transform").is_none() && node.attribute("class") != Some("chart-number") => {
            let words = node.children().filter(Node::is_text).filter_map(|text| text.text()).collect::<String>();
            let wide = crate::draw::text::width(&words, 12.0);
            Some(match node.attribute("text-anchor") {
                Some("middle") => (x - wide / 2.0, x + wide / 2.0),
                Some("end") => (x - wide, x),
                _ => (x, x + wide),
            })
        }
        _ => None,
    }
}

#[test]
fn nothing_is_drawn_beside_the_picture() {
    for (name, example, width, direction) in examples() {
        let frame = frame(width, direction);
        let Some(svg) = draw(&example.spec, &example.data, &frame).svg() else { continue };
        let document = Document::parse(&svg).expect("XML");
        let shapes = document.descendants().filter(|node| !node.ancestors().any(|one| one.has_tag_name("defs")));
        for node in shapes.filter(Node::is_element) {
            let Some((mut left, mut right)) = edges(node) else { continue };
            // The anchors of a right-to-left picture are those of its direction.
            if direction == Direction::RightToLeft && node.has_tag_name("text") {
                let x = text_of(node.attribute("x"));
                (left, right) = (2.0 * x - right, 2.0 * x - left);
            }
            let words = node.text().unwrap_or_default();
            assert!(left >= -1.0 && right <= f64::from(width) + 1.0, "{name}: {words} from {left:.0} to {right:.0}");
        }
    }
}

#[test]
fn one_mark_is_in_the_order_of_the_tab_key_and_all_have_names() {
    let example = chart(Mark::Column, 4);
    let frame = frame(640, Direction::LeftToRight);
    let drawing = draw(&example.spec, &example.data, &frame);
    let svg = drawing.svg().expect("a picture");
    let document = Document::parse(&svg).expect("XML");
    let marks: Vec<Node> = document.descendants().filter(|node| node.attribute("tabindex").is_some()).collect();
    let order: Vec<_> = marks.iter().filter_map(|mark| mark.attribute("tabindex")).collect();
    assert_eq!(order, ["0", "-1", "-1", "-1"]);
    assert_eq!(marks.first().and_then(|mark| mark.attribute("aria-label")), Some("In progress, 41 issues, 26 percent"));
}

#[test]
fn a_right_to_left_picture_is_turned_round_as_a_whole() {
    let example = chart(Mark::Bar, 3).labelled(right_to_left);
    let read = |direction| {
        let frame = frame(600, direction);
        let svg = draw(&example.spec, &example.data, &frame).svg().expect("a picture");
        let document = Document::parse(&svg).expect("XML");
        let bars = document.descendants().filter(|node| node.attribute("class") == Some("chart-fill chart-single"));
        bars.filter_map(edges).collect::<Vec<_>>()
    };
    let (ltr, rtl) = (read(Direction::LeftToRight), read(Direction::RightToLeft));
    assert_eq!(ltr.len(), 3);
    for ((left, right), (turned_left, turned_right)) in ltr.into_iter().zip(rtl) {
        assert!((left + turned_right - 600.0).abs() < 0.2 && (right + turned_left - 600.0).abs() < 0.2);
    }
}
