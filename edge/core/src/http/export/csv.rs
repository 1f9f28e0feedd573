//! Entries as comma-separated values (RFC 4180), safe to open in a spreadsheet.
//!
//! Names come from people, also from people elsewhere: what a spreadsheet would take for a formula gets an apostrophe in
//! front (OWASP, *CSV Injection*). Every field is quoted, so nothing in it can end it.

use api::{Actor, List, TimelineEntry};
use serde_json::Value;

const HEADER: &str = "id,at,count,event,connection_id,connection_name,actor_kind,actor_name,actor_email,details\r\n";
/// What makes a formula of a field that begins with it, in ASCII and in full width.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// The lines of a page; before the first page the header.
pub(super) fn piece(page: &List<TimelineEntry>, is_first: bool) -> Result<String, serde_json::Error> {
    let mut piece = String::from(if is_first { HEADER } else { "" });
    for entry in &page.items {
        let fields = fields(entry)?;
        let quoted: Vec<String> = fields.iter().map(|text| field(text)).collect();
        piece.push_str(&quoted.join(","));
        piece.push_str("\r\n");
    }
    Ok(piece)
}

fn fields(entry: &TimelineEntry) -> Result<[String; 10], serde_json::Error> {
    let (kind, name, email) = match &entry.actor {
        Actor::Member { name, email } => ("member", name.as_str(), email.as_str()),
        Actor::ApiKey { name } => ("api_key", name.as_str(), ""),
        Actor::Causeway => ("causeway", "Causeway", ""),
        Actor::Atlassian => ("atlassian", "Atlassian", ""),
    };
    let mut details = serde_json::to_value(&entry.event)?;
    let event = details.as_object_mut().and_then(|details| details.remove("event"));
    Ok([
        entry.id.to_string(),
        entry.at.to_string(),
        entry.count.to_string(),
        event.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned(),
        entry.connection_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        entry.connection_name.clone().unwrap_or_default(),
        kind.to_owned(),
        name.to_owned(),
        email.to_owned(),
        details.to_string(),
    ])
}

fn field(text: &str) -> String {
    let guard = if text.starts_with(FORMULA) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

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
