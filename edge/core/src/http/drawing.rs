//! Draws charts for pages that are not the app: the figure as HTML, and pictures.

use api::{RenderAccess, RenderAccessKind};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chart::{
    Data, Spec,
    draw::{Direction, Frame, Provenance, Theme, draw},
};
use sha2::{Digest as _, Sha256};

/// The width of a figure whose page does not say how much room there is, in CSS pixels.
const USUAL: u16 = 640;

/// The figure of a chart. `id` is unique on its page; `access` says in words whose access it was computed with.
pub(super) fn figure(id: &str, spec: &Spec, data: &Data, width: Option<u16>, access: &str) -> String {
    let frame = Frame::new(id, width.unwrap_or(USUAL), Direction::LeftToRight);
    draw(spec, data, &frame).figure(Provenance { at: &counted_at(data), access })
}

/// The picture of a chart, as SVG with its colours; `None` for a table, or if there is nothing to show.
pub(super) fn picture(
    id: &str,
    spec: &Spec,
    data: &Data,
    theme: Theme,
    width: Option<u16>,
    access: &str,
) -> Option<String> {
    let frame = Frame::new(id, width.unwrap_or(USUAL), Direction::LeftToRight);
    draw(spec, data, &frame).picture(theme, Provenance { at: &counted_at(data), access })
}

/// How a content security policy names the style sheet within a picture.
pub(super) fn style_source(theme: Theme) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(theme.style())))
}

/// The time of counting. A page writes it as its reader does, and this is what it replaces.
fn counted_at(data: &Data) -> String {
    data.counted.at.get(11..16).map(|time| format!("{time} UTC")).unwrap_or_default()
}

/// Whose access a chart was computed with, and until when that is given.
pub(super) fn in_words(access: &RenderAccess) -> String {
    let until = access.until.map(|until| format!(" until {}", date(&until.to_string()))).unwrap_or_default();
    match (access.kind, &access.account, &access.connection) {
        (RenderAccessKind::Own, ..) => "with your access".to_owned(),
        (_, Some(account), _) => format!("with the access of {account}{until}"),
        (_, None, Some(connection)) => format!("with the access of {connection}{until}"),
        (_, None, None) => format!("with another access{until}"),
    }
}

/// The date of a moment in RFC 3339, as people write it: `1 March 2027`.
fn date(moment: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = moment.get(..10).unwrap_or_default().split('-').map(|part| part.trim_start_matches('0'));
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let name = month.and_then(|month| month.parse::<usize>().ok()).and_then(|month| MONTHS.get(month.checked_sub(1)?));
    match (year, name, day) {
        (Some(year), Some(name), Some(day)) => format!("{day} {name} {year}"),
        _ => moment.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use api::Timestamp;

    use super::*;

    #[test]
    fn an_access_that_is_given_says_whose_it_is_and_until_when() {
        let until = Timestamp::parse("2027-03-01T09:00:00Z");
        let given = RenderAccess {
            kind: RenderAccessKind::Delegation,
            account: Some("Becky Stone".to_owned()),
            connection: None,
            until,
        };
        assert_eq!(in_words(&given), "with the access of Becky Stone until 1 March 2027");
        let own = RenderAccess { kind: RenderAccessKind::Own, until: None, ..given.clone() };
        assert_eq!(in_words(&own), "with your access");
        let connection =
            RenderAccess { account: None, connection: Some(api::Name::parse("Staging").expect("a name")), ..given };
        assert_eq!(in_words(&connection), "with the access of Staging until 1 March 2027");
        assert_eq!(date("2026-12-24T00:00:00Z"), "24 December 2026");
    }
}
