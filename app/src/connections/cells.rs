//! The cells of a row, as markup. What happens in them is heard by the table: `row_events`.

use api::{Connection, Timestamp};

use super::{
    grid::kind,
    next_step::{Next, next},
    row_test::Told,
    status::{since, verdict},
};
use crate::{
    route::{Route, Tab},
    ui::{avatar, icon::Icon, lozenge, markup::Markup},
};

/// The cells of a connection's row, with what is told of its test. `may` says whether this person may change it.
pub(super) fn cells(connection: &Connection, may: bool, told: Told, now: Timestamp) -> Markup {
    let mut row = Markup::default();
    row.ours("<th scope=\"row\"><span class=\"who\">");
    name(&mut row, connection);
    row.ours("</span></th><td data-label=\"Status\">");
    status(&mut row, connection, now);
    row.ours("<span class=\"status-more\" role=\"status\" id=\"tested-").text(connection.id.as_str());
    row.ours("\">").text(&told.words).ours("</span>");
    row.ours("</td><td data-label=\"Kind\">").text(kind(connection.kind));
    let account = connection.account.as_ref().map_or("Nobody", |account| &account.name);
    row.ours("</td><td data-label=\"Authorized as\"><bdi>").text(account);
    row.ours("</bdi></td><td data-label=\"Workspaces\" class=\"of-workspaces\"><bdi>").text(&workspaces(connection));
    row.ours("</bdi></td><td data-label=\"Used by\" class=\"of-workspaces\">").text(&used_by(connection.projects));
    row.ours("</td><td data-label=\"Last activity\">").moment(connection.last_activity_at, now);
    row.ours("</td><td class=\"row-actions\"><span class=\"row-buttons\">");
    if next(connection, now).is_for(may, connection.may_reauthorize) {
        next_step(&mut row, connection, told.button, now);
    }
    menu(&mut row, connection);
    row.ours("</span></td>");
    row
}

/// The workspaces by name: two, and how many more.
fn workspaces(connection: &Connection) -> String {
    let names: Vec<&str> = connection.workspaces.iter().map(|workspace| workspace.name.as_str()).collect();
    match names.as_slice() {
        [] => "None".to_owned(),
        [first, second, more @ ..] if !more.is_empty() => format!("{first}, {second} and {} more", more.len()),
        few => few.join(", "),
    }
}

/// How many projects use it.
fn used_by(projects: u32) -> String {
    match projects {
        0 => "Nothing".to_owned(),
        1 => "1 project".to_owned(),
        count => format!("{count} projects"),
    }
}

fn name(row: &mut Markup, connection: &Connection) {
    let (id, name, site) = (connection.id.as_str(), connection.name.as_str(), connection.site.as_ref());
    avatar::write(row, site.map_or(name, |site| &site.name), site.and_then(|site| site.avatar_url.as_deref()));
    row.ours("<span class=\"site-words\"><a class=\"row-link\" id=\"name-").text(id).ours("\" href=\"");
    row.text(&Route::Connection(connection.id.clone(), Tab::Overview).path()).ours("\">");
    let (before, after) = if connection.deleted.is_some() { ("<s><bdi>", "</bdi></s>") } else { ("<bdi>", "</bdi>") };
    row.ours(before).text(name).ours(after).ours("</a><bdi class=\"subtle\">");
    row.text(site.map_or("", |site| &site.url)).ours("</bdi></span>");
}

/// The status, in two lines.
fn status(row: &mut Markup, connection: &Connection, now: Timestamp) {
    let (tone, word) = verdict(connection, now);
    lozenge::write(row, tone, word);
    row.ours("<span class=\"status-more\">");
    let (words, since) = since(connection);
    row.text(&words);
    if let Some(at) = since {
        row.moment(at, now);
    }
    if let Some(cause) = connection.status.cause().filter(|_| connection.deleted.is_none()) {
        row.text(". ").text(cause.sentence()).text(" ").text(cause.remedy());
        row.ours(" <a class=\"learn-more\" target=\"_blank\" rel=\"noopener\" href=\"").text(&cause.help_path());
        row.ours("\">Learn more ");
        Icon::External.write(row);
        row.ours(" <span class=\"assistive\"> (opens a new window)</span></a>");
    }
    let soon = connection.horizon(now).filter(|horizon| horizon.warns());
    if let Some(at) = soon.and(connection.reauthorize_before) {
        row.ours(". Authorization ends ").moment(at, now);
    }
    row.ours("</span>");
}

/// What the state asks for most, beside the menu.
fn next_step(row: &mut Markup, connection: &Connection, test: &str, now: Timestamp) {
    let (id, name) = (connection.id.as_str(), connection.name.as_str());
    match next(connection, now) {
        Next::Test => {
            row.ours("<button type=\"button\" class=\"button\" data-next id=\"next-").text(id);
            row.ours("\"><span id=\"test-").text(id).ours("\">").text(test);
            row.ours("</span> <span class=\"assistive\"> ").text(name).ours("</span></button>");
        }
        Next::Act(act) => {
            row.ours("<button type=\"button\" class=\"button\" data-next id=\"next-").text(id);
            row.ours("\" aria-label=\"").text(act.words()).ours(" ").text(name).ours("\">");
            row.text(act.words()).ours("</button>");
        }
        Next::Go(words, tab) => {
            row.ours("<a class=\"button\" id=\"next-").text(id).ours("\" href=\"");
            row.text(&Route::Connection(connection.id.clone(), tab).path()).ours("\">");
            row.text(words).ours(" <span class=\"assistive\"> ").text(name).ours("</span></a>");
        }
    }
}

/// The button of the menu, which is built when it is pressed.
fn menu(row: &mut Markup, connection: &Connection) {
    row.ours("<span class=\"menu-place\"><button type=\"button\" class=\"button button-subtle\" data-menu id=\"menu-");
    row.text(connection.id.as_str()).ours("\" aria-haspopup=\"menu\" aria-expanded=\"false\" aria-label=\"");
    row.text(&menu_label(connection)).ours("\">");
    Icon::More.write(row);
    row.ours("</button></span>");
}

/// What the menu is called.
pub(super) fn menu_label(connection: &Connection) -> String {
    format!("Actions for {}", connection.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    fn row(name: &str, status: &str, deleted: &str) -> String {
        let json = format!(
            r#"{{"id":"con_1","name":"{name}","kind":"cloud_oauth2",
            "site":{{"cloud_id":"c","name":"<i>Acme","url":"https://acme.example/<u>","avatar_url":"javascript:alert(1)"}},
            "status":{status},"account":{{"account_id":"a","name":"<em>Mia","email":null}},
            "scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":null,"deleted":{deleted},
            "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"version":3}}"#
        );
        cells(&serde_json::from_str(&json).expect("a connection"), true, Told::nothing(), NOW).html()
    }

    #[test]
    fn nothing_that_people_wrote_becomes_markup() {
        let ended = r#"{"state":"unauthorized","cause":null,"since":"2026-01-01T00:00:00Z","by":"<b>Ada"}"#;
        let row = row("<script>", ended, "null");
        for written in ["<script", "<i>", "<u>", "<em>", "<b>", "javascript:", "<img"] {
            assert!(!row.contains(written), "{written}: {row}");
        }
        assert!(row.contains("&lt;script&gt;") && row.contains("&lt;b&gt;Ada"));
    }

    #[test]
    fn many_workspaces_are_named_in_part_and_counted() {
        let named = |names: &[&str]| {
            let one = |name| format!(r#"{{"id":"wsp_1","name":"{name}"}}"#);
            let all = names.iter().map(one).collect::<Vec<_>>().join(",");
            let json = format!(
                r#"{{"id":"con_1","name":"Staging","kind":"basic","site":null,"status":{{"state":"authorized"}},
                "account":null,"scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":null,
                "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"workspaces":[{all}],"version":3}}"#
            );
            workspaces(&serde_json::from_str(&json).expect("a connection"))
        };
        assert_eq!(named(&[]), "None");
        assert_eq!(named(&["Web", "Mobile"]), "Web, Mobile");
        assert_eq!(named(&["Web", "Mobile", "Data", "Old"]), "Web, Mobile and 2 more");
    }

    #[test]
    fn a_row_offers_what_its_state_asks_for() {
        let works = row("Staging", r#"{"state":"authorized"}"#, "null");
        assert!(
            works.contains("data-next") && works.contains(">Test</span> <span class=\"assistive\"> Staging</span>")
        );
        let off = r#"{"state":"deactivated","since":"2026-01-01T00:00:00Z","by":"Ada"}"#;
        assert!(row("Staging", off, "null").contains("aria-label=\"Activate Staging\""));
        let died = r#"{"state":"unauthorized","cause":"rotation_lost","since":"2026-01-01T00:00:00Z"}"#;
        assert!(row("Staging", died, "null").contains("Reauthorize <span class=\"assistive\"> Staging</span>"));
        assert!(row("Staging", died, "null").contains("Learn more"));
        let deleted = r#"{"at":"2026-01-01T00:00:00Z","by":"Ada","purge_at":"2026-02-01T00:00:00Z"}"#;
        let row = row("Old", died, deleted);
        assert!(
            row.contains("aria-label=\"Restore Old\"")
                && row.contains("<s><bdi>Old</bdi></s>")
                && !row.contains("Learn more")
        );
    }
}
