//! The numbers of a chart as a table: in the page, for the clipboard, and as a file.

use super::{figures::Figures, markup::Markup, number::words};
use crate::{Amount, Compute};

/// The numbers of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns.
    pub heads: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is about.
    pub head: String,
    /// The cells beside it.
    pub cells: Vec<Cell>,
    /// Whether it is about all issues.
    pub is_total: bool,
}

/// A number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// As people read it.
    pub words: String,
    /// As a spreadsheet reads it; empty if there is none.
    pub raw: String,
    /// Where its issues are listed.
    pub url: Option<String>,
}

/// The characters that make a formula of a field that begins with one of them, in ASCII and in full width.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

impl Table {
    /// Makes the table.
    pub(crate) fn of(figures: Figures) -> Self {
        let has_total = !figures.is_comparison();
        let all = (0..figures.columns()).map(Some).chain((has_total || figures.columns() == 0).then_some(None));
        let columns: Vec<Option<usize>> = all.collect();
        let measure = measure(figures);
        let head = |column: &Option<usize>| match column {
            Some(column) => figures.column_label(*column).to_owned(),
            None if figures.columns() > 0 => "Total".to_owned(),
            None => measure.clone(),
        };
        let group = figures.spec.group.as_ref().map_or("", |group| group.field.label());
        let mut heads = vec![group.to_owned()];
        heads.extend(columns.iter().map(head));
        let shares = figures.has_shares() && figures.segments() > 0;
        if shares {
            heads.push("Share".to_owned());
        }
        let row = |segment: usize| {
            let cell = |column: &Option<usize>| figures.amount(segment, *column).map(|amount| number(figures, amount));
            let mut cells: Vec<Cell> = columns.iter().map(|column| cell(column).unwrap_or_else(nothing)).collect();
            let share = figures.value(segment, None).and_then(|value| figures.share(value));
            cells.extend(shares.then(|| share.map_or_else(nothing, percent)));
            Row { head: figures.label(segment).to_owned(), cells, is_total: false }
        };
        let mut rows: Vec<Row> = (0..figures.segments()).map(row).collect();
        if has_total {
            let empty = columns.iter().filter(|column| column.is_some()).map(|_| nothing());
            let mut cells: Vec<Cell> = empty.chain([number(figures, &figures.data.total)]).collect();
            cells.extend(shares.then(|| percent(100)));
            rows.push(Row { head: "All issues".to_owned(), cells, is_total: true });
        }
        Self { heads, rows }
    }

    /// As HTML.
    pub(crate) fn write(&self, markup: &mut Markup, caption: &str) {
        markup.open("table").attribute("class", "chart-table").inside().element("caption", "", caption);
        markup.open("thead").inside().open("tr").inside();
        for head in &self.heads {
            markup.open("th").attribute("scope", "col").inside();
            markup.text(if head.is_empty() { "Issues" } else { head }).close("th");
        }
        markup.close("tr").close("thead").open("tbody").inside();
        for row in &self.rows {
            markup.open("tr");
            if row.is_total {
                markup.attribute("class", "chart-total");
            }
            markup.inside();
            markup.open("th").attribute("scope", "row").inside().open("bdi").inside().text(&row.head);
            markup.close("bdi").close("th");
            for cell in &row.cells {
                markup.open("td").inside();
                match cell.url.as_deref().filter(|url| super::svg::is_web(url)) {
                    Some(url) => {
                        markup.open("a").attribute("href", url).attribute("target", "_blank");
                        markup.attribute("rel", "noopener noreferrer");
                        let name = format!("{}: {}, opens Jira in a new window", row.head, cell.words);
                        markup.attribute("aria-label", &name).inside().text(&cell.words).close("a");
                    }
                    None => {
                        markup.text(&cell.words);
                    }
                }
                markup.close("td");
            }
            markup.close("tr");
        }
        markup.close("tbody").close("table");
    }

    /// As CSV (RFC 4180): numbers without separators, so that spreadsheets take them for numbers. A name that would be
    /// read as a formula gets an apostrophe in front (OWASP, *CSV injection*).
    pub fn csv(&self) -> String {
        // Without the byte-order mark Excel does not read UTF-8.
        let mut csv = "\u{feff}".to_owned();
        line(&mut csv, self.heads.iter().map(|head| field(head)));
        for row in &self.rows {
            let cells = row.cells.iter().map(|cell| cell.raw.clone());
            line(&mut csv, std::iter::once(field(&row.head)).chain(cells));
        }
        csv
    }
}

fn line(csv: &mut String, fields: impl Iterator<Item = String>) {
    csv.push_str(&fields.collect::<Vec<_>>().join(","));
    csv.push_str("\r\n");
}

fn field(text: &str) -> String {
    let apostrophe = if text.starts_with(FORMULA) { "'" } else { "" };
    format!("\"{apostrophe}{}\"", text.replace('"', "\"\""))
}

fn number(figures: Figures, amount: &Amount) -> Cell {
    let Some(value) = figures.value_of(amount) else { return nothing() };
    let words = words(value);
    let raw = words.replace(',', "").replace('−', "-");
    Cell { words, raw, url: amount.url.clone() }
}

fn percent(share: u64) -> Cell {
    Cell { words: format!("{share} %"), raw: format!("{share}%"), url: None }
}

fn nothing() -> Cell {
    Cell { words: "–".to_owned(), raw: String::new(), url: None }
}

/// What the numbers are.
fn measure(figures: Figures) -> String {
    let field = figures.spec.measure.field.as_ref().map_or("", |field| field.label());
    match figures.spec.measure.compute {
        Compute::Count => "Issues".to_owned(),
        Compute::Sum => format!("Sum of {field}"),
        Compute::Average => format!("Average of {field}"),
    }
}
