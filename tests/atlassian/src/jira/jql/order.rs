//! `ORDER BY`.

use std::cmp::Ordering;

use super::super::configuration::Kind;
use super::super::issue::Issue;
use super::matching::moment_of;
use super::subject::Subject;
use super::{Order, Reader};

impl Order {
    pub(super) fn compare(&self, reader: Reader<'_>, a: &Issue, b: &Issue) -> Ordering {
        let Some(subject) = reader.subject(&self.field) else { return a.id.cmp(&b.id) };
        let ascending = ascending(reader, subject, a, b);
        if self.descending == Some(true) { ascending.reverse() } else { ascending }
    }
}

fn ascending(reader: Reader<'_>, subject: Subject<'_>, a: &Issue, b: &Issue) -> Ordering {
    if subject.is_date() {
        return moment_of(reader, subject, a).cmp(&moment_of(reader, subject, b));
    }
    let id = |issue: &Issue, field: &str| issue.value(field).as_u64();
    match subject {
        Subject::Key => (&a.project, a.number).cmp(&(&b.project, b.number)),
        Subject::Id => a.id.cmp(&b.id),
        Subject::Creator => a.creator.cmp(&b.creator),
        // Highest is 1 and sorts last when ascending, as in Jira.
        Subject::Field(field, Kind::Priority) => id(b, field).cmp(&id(a, field)),
        Subject::StatusCategory | Subject::Field(_, Kind::Status) => place(reader, a).cmp(&place(reader, b)),
        Subject::Field(_, Kind::IssueType) => a.type_id.cmp(&b.type_id),
        Subject::Field(_, Kind::Project) => a.project.cmp(&b.project),
        Subject::WatcherCount => a.watchers.len().cmp(&b.watchers.len()),
        Subject::Tracked(field) => a.tracked(field).cmp(&b.tracked(field)),
        Subject::Field(_, Kind::Votes) => a.votes.len().cmp(&b.votes.len()),
        Subject::Field(field, Kind::Number) => {
            a.value(field).as_f64().partial_cmp(&b.value(field).as_f64()).unwrap_or(Ordering::Equal)
        }
        Subject::Field(field, _) => {
            a.value(field).to_string().to_lowercase().cmp(&b.value(field).to_string().to_lowercase())
        }
        _ => Ordering::Equal,
    }
}

/// The place of an issue's status in the list of all.
fn place(reader: Reader<'_>, issue: &Issue) -> Option<usize> {
    reader.jira.configuration.statuses.iter().position(|status| status.id == issue.status_id)
}
