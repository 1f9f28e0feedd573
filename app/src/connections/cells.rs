//! The cells of a row, as HTML. The table's body handles their events: `row_events`.

use api::Timestamp;

use super::{
    connection_row::ConnectionRow,
    next_step::{NextStep, next_step},
    row_test::RowTestText,
    status::{failed_calls, since, verdict},
};
use crate::{
    calls::sparkline,
    route::{Route, Tab},
    ui::{avatar, icon::Icon, lozenge, markup::Markup},
};

/// The cells of a connection's row. `may_manage` says whether this member may change it, `selected` whether it is selected
/// (`None`: rows cannot be selected), `test` what the row says of a checkup that was started in it.
pub(super) fn cells(
    connection: &ConnectionRow,
    may_manage: bool,
    selected: Option<bool>,
    test: &RowTestText,
    now: Timestamp,
) -> Markup {
    let mut row = Markup::default();
    if let Some(selected) = selected {
        checkbox(&mut row, connection, selected);
    }
    row.ours("<th scope=\"row\" role=\"rowheader\"><span class=\"who\">");
    name(&mut row, connection);
    row.ours("</span></th><td role=\"cell\" data-label=\"Status\">");
    status(&mut row, connection, now);
    row.ours("<span class=\"status-more\" role=\"status\" id=\"tested-").text(connection.id.as_str());
    row.ours("\">").text(&test.status).ours("</span>");
    row.ours("</td><td role=\"cell\" data-label=\"Kind\">").text(connection.kind.title_with(connection.form));
    row.ours("</td><td role=\"cell\" data-label=\"Authorized as\"><bdi>")
        .text(connection.account.as_deref().unwrap_or("Nobody"));
    row.ours("</bdi></td><td role=\"cell\" data-label=\"Workspaces\" class=\"of-workspaces\"><bdi>");
    row.text(&workspaces(&connection.workspaces));
    row.ours("</bdi></td><td role=\"cell\" data-label=\"Used by\" class=\"of-workspaces\">")
        .text(&used_by(connection.projects));
    row.ours("</td><td role=\"cell\" data-label=\"Last activity\">").moment(connection.last_activity_at, now);
    if let Some((succeeded, failed)) = &connection.calls {
        sparkline(&mut row, succeeded, failed);
    }
    row.ours("</td><td role=\"cell\" class=\"row-actions\"><span class=\"row-buttons\">");
    let step = next_step(connection, now);
    if step.is_for(may_manage, connection.may_reauthorize) {
        step_button(&mut row, connection, step, test.button);
    }
    menu_button(&mut row, connection);
    row.ours("</span></td>");
    row
}

/// The checkbox that selects the row.
fn checkbox(row: &mut Markup, connection: &ConnectionRow, selected: bool) {
    row.ours("<td role=\"cell\" class=\"of-selection\"><input type=\"checkbox\" data-select id=\"select-");
    row.text(connection.id.as_str()).ours(if selected { "\" checked" } else { "\"" });
    row.ours(" aria-label=\"Select ").text(connection.name.as_str()).ours("\"></td>");
}

/// The names of the first two workspaces, and how many more there are.
fn workspaces(names: &[String]) -> String {
    match names {
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

fn name(row: &mut Markup, connection: &ConnectionRow) {
    let (id, name, site) = (connection.id.as_str(), connection.name.as_str(), connection.site.as_ref());
    avatar::write(row, site.map_or(name, |site| &site.name), site.and_then(|site| site.avatar_url.as_deref()));
    row.ours("<span class=\"site-words\"><a class=\"row-link\" id=\"name-").text(id).ours("\" href=\"");
    row.text(&Route::Connection(connection.id.clone(), Tab::Overview).path()).ours("\">");
    let (before, after) = if connection.deleted.is_some() { ("<s><bdi>", "</bdi></s>") } else { ("<bdi>", "</bdi>") };
    row.ours(before).text(name).ours(after).ours("</a><bdi class=\"subtle\">");
    let address = site.map(|site| site.url.as_str()).or(connection.drafted.as_deref());
    row.text(address.unwrap_or_default()).ours("</bdi></span>");
}

/// The status, in two lines.
fn status(row: &mut Markup, connection: &ConnectionRow, now: Timestamp) {
    let (tone, word) = verdict(connection, now);
    lozenge::write(row, tone, word);
    row.ours("<span class=\"status-more\">");
    let (words, since) = since(connection);
    row.text(&words);
    if let Some(at) = since {
        row.moment(at, now);
    }
    if let Some(failing) = connection.failing.filter(|_| connection.status.cause().is_some()) {
        row.ours(" (").text(&failed_calls(failing.failed, failing.of)).ours(")");
    }
    if let Some(remedy) = connection.remedy.as_ref().filter(|_| connection.deleted.is_none()) {
        row.ours("<span class=\"remedy\">. ").text(remedy).ours("</span>");
    }
    if let Some(cause) = connection.status.cause().filter(|_| connection.deleted.is_none()) {
        row.ours(" <a class=\"learn-more\" target=\"_blank\" rel=\"noopener\" href=\"").text(&cause.help_path());
        row.ours("\">Learn more ");
        Icon::External.write(row);
        row.ours(" <span class=\"assistive\"> (opens a new window)</span></a>");
    }
    let soon = connection.horizon(now).filter(|horizon| horizon.warns());
    if let Some(at) = soon.and(connection.reauthorize_before) {
        row.ours(if connection.headline.is_some() { " " } else { ". " });
        row.ours("Authorization ends ").moment(at, now);
    }
    row.ours("</span>");
}

/// The next step, beside the menu. `test` is the label of the button that starts or cancels a checkup.
fn step_button(row: &mut Markup, connection: &ConnectionRow, step: NextStep, test: &str) {
    let (id, name) = (connection.id.as_str(), connection.name.as_str());
    match step {
        NextStep::Test => {
            row.ours("<button type=\"button\" class=\"button\" data-next id=\"next-").text(id);
            row.ours("\"><span id=\"test-").text(id).ours("\">").text(test);
            row.ours("</span> <span class=\"assistive\"> ").text(name).ours("</span></button>");
        }
        NextStep::Act(action) => {
            row.ours("<button type=\"button\" class=\"button\" data-next id=\"next-").text(id);
            row.ours("\" aria-label=\"").text(action.words()).ours(" ").text(name).ours("\">");
            row.text(action.words()).ours("</button>");
        }
        NextStep::Go(words, tab) => {
            row.ours("<a class=\"button\" id=\"next-").text(id).ours("\" href=\"");
            row.text(&Route::Connection(connection.id.clone(), tab).path()).ours("\">");
            row.text(words).ours(" <span class=\"assistive\"> ").text(name).ours("</span></a>");
        }
    }
}

/// The button of the menu. The menu itself is built when the button is pressed.
fn menu_button(row: &mut Markup, connection: &ConnectionRow) {
    row.ours("<span class=\"menu-place\"><button type=\"button\" class=\"button button-subtle\" data-menu id=\"menu-");
    row.text(connection.id.as_str()).ours("\" aria-haspopup=\"menu\" aria-expanded=\"false\" aria-label=\"");
    row.text(&connection.menu_label()).ours("\">");
    Icon::More.write(row);
    row.ours("</button></span>");
}

#[cfg(test)]
mod tests {
    use super::{
        super::connection_row::{
            RowSite,
            tests::{deleted, row, status},
        },
        *,
    };

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    fn written(connection: &ConnectionRow) -> String {
        cells(connection, true, Some(false), &RowTestText::none(), NOW).html().to_owned()
    }

    #[test]
    fn nothing_that_people_wrote_becomes_markup() {
        let ended = r#"{"state":"unauthorized","cause":null,"since":"2026-01-01T00:00:00Z","by":"<b>Ada"}"#;
        let site = RowSite {
            name: "<i>Acme".to_owned(),
            url: "https://acme.example/<u>".to_owned(),
            avatar_url: Some("javascript:alert(1)".to_owned()),
        };
        let connection = ConnectionRow {
            site: Some(site),
            account: Some("<em>Mia".to_owned()),
            workspaces: vec!["<q>Web".to_owned()],
            ..row("<script>", status(ended))
        };
        let row = written(&connection);
        for tag in ["<script", "<i>", "<u>", "<em>", "<b>", "<q>", "javascript:", "<img"] {
            assert!(!row.contains(tag), "{tag}: {row}");
        }
        assert!(row.contains("&lt;script&gt;") && row.contains("&lt;b&gt;Ada"));
    }

    #[test]
    fn many_workspaces_are_named_in_part_and_counted() {
        let named = |names: &[&str]| workspaces(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(named(&[]), "None");
        assert_eq!(named(&["Web", "Mobile"]), "Web, Mobile");
        assert_eq!(named(&["Web", "Mobile", "Data", "Old"]), "Web, Mobile and 2 more");
    }

    #[test]
    fn a_row_offers_what_its_state_asks_for() {
        let with = |json| row("Staging", status(json));
        let works = written(&with(r#"{"state":"authorized"}"#));
        assert!(
            works.contains("data-next") && works.contains(">Test</span> <span class=\"assistive\"> Staging</span>")
        );
        let off = r#"{"state":"deactivated","since":"2026-01-01T00:00:00Z","by":"Ada"}"#;
        assert!(written(&with(off)).contains("aria-label=\"Activate Staging\""));
        let died = r#"{"state":"unauthorized","cause":"rotation_lost","since":"2026-01-01T00:00:00Z"}"#;
        assert!(written(&with(died)).contains("Reauthorize <span class=\"assistive\"> Staging</span>"));
        assert!(written(&with(died)).contains("Learn more"));
        assert!(written(&with(died)).contains("aria-label=\"Select Staging\""));
        let gone = written(&ConnectionRow { deleted: Some(deleted()), ..row("Old", status(died)) });
        assert!(gone.contains("aria-label=\"Restore Old\"") && gone.contains("<s><bdi>Old</bdi></s>"));
        assert!(!gone.contains("Learn more"));
    }
}
