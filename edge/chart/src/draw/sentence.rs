//! What a chart shows, in a sentence made of its numbers.

use super::{
    figures::Figures,
    markup::{Markup, isolated},
    number::{percent, words},
    parts::goal_words,
};
use crate::SegmentKey;

/// A part of the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Words of ours.
    Words(String),
    /// The name of a segment or column, which is not ours.
    Name(String),
}

/// What a chart shows, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence(Vec<Part>);

impl Sentence {
    /// As text.
    pub fn plain(&self) -> String {
        let one = |part: &Part| match part {
            Part::Words(words) => words.clone(),
            Part::Name(name) => isolated(name),
        };
        self.0.iter().map(one).collect()
    }

    /// As HTML, with the names emphasised.
    pub(crate) fn write(&self, markup: &mut Markup) {
        for part in &self.0 {
            match part {
                Part::Words(words) => markup.text(words),
                Part::Name(name) => markup.open("em").inside().open("bdi").inside().text(name).close("bdi").close("em"),
            };
        }
    }

    /// Makes the sentence.
    pub(crate) fn of(figures: Figures) -> Self {
        Self(if figures.data.total.issues == 0 {
            vec![ours("No issues match.")]
        } else if figures.segments() == 0 {
            total(figures)
        } else if figures.is_comparison() && figures.columns() == 2 {
            compared(figures)
        } else if figures.is_time() {
            over_time(figures)
        } else {
            largest(figures)
        })
    }
}

fn ours(words: impl Into<String>) -> Part {
    Part::Words(words.into())
}

fn name(label: &str) -> Part {
    Part::Name(label.to_owned())
}

/// One number, and how far it is to the goal.
fn total(figures: Figures) -> Vec<Part> {
    let value = figures.value_of(&figures.data.total);
    let said = figures.with_unit(value);
    match (&figures.spec.goal, goal_words(figures), value) {
        (Some(goal), Some(words), Some(value)) if goal.value > 0.0 => {
            vec![ours(format!("{said}: {} % of the goal. {words}.", percent(value, goal.value)))]
        }
        _ => vec![ours(format!("{said}."))],
    }
}

/// Two series: the sum of each, or the last value of each where sums mean nothing.
fn compared(figures: Figures) -> Vec<Part> {
    let values = |column| (0..figures.segments()).filter_map(move |segment| figures.value(segment, Some(column)));
    let of = |column: usize| {
        if figures.is_average() { values(column).next_back().unwrap_or_default() } else { values(column).sum::<f64>() }
    };
    let (one, other) = (of(0), of(1));
    let latest = if figures.is_average() { "Last, " } else { "" };
    let difference = match one - other {
        none if none.abs() < f64::EPSILON => ". No difference.".to_owned(),
        difference => format!(". The difference is {}.", words(difference.abs())),
    };
    vec![
        ours(latest),
        name(figures.column_label(0)),
        ours(format!(": {}, ", words(one))),
        name(figures.column_label(1)),
        ours(format!(": {}{difference}", words(other))),
    ]
}

/// Spans of time: the highest and the latest.
fn over_time(figures: Figures) -> Vec<Part> {
    let known = |segment: usize| Some((segment, figures.value(segment, None)?));
    let values: Vec<(usize, f64)> = (0..figures.segments()).filter_map(known).collect();
    let (Some((last, latest)), Some((highest, value))) = (values.last().copied(), first_largest(&values)) else {
        return vec![ours("No values.")];
    };
    let mut parts = vec![ours("Highest in "), name(figures.label(highest)), ours(format!(": {}", words(value)))];
    if last == highest {
        parts.push(ours(", which is the latest."));
    } else {
        parts.extend([ours(". Latest, "), name(figures.label(last)), ours(format!(": {}.", words(latest)))]);
    }
    parts
}

/// The first of the largest values.
fn first_largest(values: &[(usize, f64)]) -> Option<(usize, f64)> {
    values.iter().copied().reduce(|largest, one| if one.1 > largest.1 { one } else { largest })
}

/// The largest segment, or several that are equally large. *Other* and *None* are not one thing, so they only count where
/// there is nothing else.
fn largest(figures: Figures) -> Vec<Part> {
    let is_one_thing = |segment: &usize| {
        let key = figures.data.segments.get(*segment).map(|one| &one.key);
        !matches!(key, Some(SegmentKey::Other | SegmentKey::None))
    };
    let known = |segment: usize| Some((segment, figures.value(segment, None)?));
    let of = |filter: &dyn Fn(&usize) -> bool| -> Vec<(usize, f64)> {
        (0..figures.segments()).filter(filter).filter_map(known).collect()
    };
    let mut values = of(&is_one_thing);
    if values.is_empty() {
        values = of(&|_| true);
    }
    let Some((_, most)) = first_largest(&values) else { return vec![ours("No values.")] };
    let largest: Vec<usize> =
        values.iter().filter(|(_, value)| (value - most).abs() < f64::EPSILON).map(|(segment, _)| *segment).collect();
    let superlative = if figures.is_average() { "highest" } else { "largest" };
    let mut parts = names(figures, &largest);
    let (verb, each) = if largest.len() > 1 { ("are", " each") } else { ("is", "") };
    let share = figures.share(most).map(|share| format!(", {share} %")).unwrap_or_default();
    let number = if figures.has_shares() {
        format!("{}{each} of {}", words(most), words(figures.data.total.value))
    } else {
        format!("{}{each}", figures.with_unit(Some(most)))
    };
    parts.push(ours(format!(" {verb} {superlative}: {number}{share}.")));
    parts
}

/// At most two names, and how many more there are.
fn names(figures: Figures, segments: &[usize]) -> Vec<Part> {
    let label = |segment: &usize| name(figures.label(*segment));
    match segments {
        [] => Vec::new(),
        [one] => vec![label(one)],
        [one, other] => vec![label(one), ours(" and "), label(other)],
        [one, other, more @ ..] => {
            vec![label(one), ours(", "), label(other), ours(format!(" and {} more", more.len()))]
        }
    }
}
