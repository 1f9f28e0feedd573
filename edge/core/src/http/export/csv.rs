//! Items as comma-separated values (RFC 4180), to open in a spreadsheet: a byte-order mark in front, without which Excel
//! does not read UTF-8, and moments as spreadsheets recognise them.
//!
//! Names are untrusted input: a field that a spreadsheet would read as a formula gets an apostrophe in front (OWASP, *CSV
//! Injection*). Every field is quoted, so that its content cannot end it.

use serde_json::Value;

use super::{Exported, Page};

/// The characters that make a formula of a field that begins with one of them, in ASCII and in full width.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// The lines of a page, after the header if it is the first page.
pub(super) fn piece<E: Exported>(page: &Page, is_first: bool) -> Result<String, serde_json::Error> {
    let mut piece = String::new();
    if is_first {
        piece = format!("\u{feff}{}\r\n", E::COLUMNS.join(","));
    }
    for item in &page.items {
        let fields = E::fields(serde_json::from_str(item.get())?);
        let quoted: Vec<String> = fields.iter().map(|text| field(text)).collect();
        piece.push_str(&quoted.join(","));
        piece.push_str("\r\n");
    }
    Ok(piece)
}

/// A moment of RFC 3339 in UTC as `2026-11-22 05:00:00`.
pub(super) fn moment(at: &str) -> String {
    let seconds = at.trim_end_matches('Z').split('.').next().unwrap_or_default();
    seconds.replace('T', " ")
}

pub(super) fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn field(text: &str) -> String {
    let guard = if text.starts_with(FORMULA) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_one_to_a_spreadsheet() {
        assert_eq!(moment("2026-11-22T05:00:00Z"), "2026-11-22 05:00:00");
        assert_eq!(moment("2026-11-22T05:00:00.123Z"), "2026-11-22 05:00:00");
    }

    #[test]
    fn a_field_is_quoted_and_never_a_formula() {
        for (text, written) in [
            ("plain", "\"plain\""),
            ("a \"b\", c\r\nd", "\"a \"\"b\"\", c\r\nd\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("-1", "\"'-1\""),
            ("\t=1", "\"'\t=1\""),
            ("+1", "\"'+1\""),
            ("\u{ff1d}1", "\"'\u{ff1d}1\""),
            ("", "\"\""),
        ] {
            assert_eq!(field(text), written);
        }
    }
}
