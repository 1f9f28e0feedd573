//! `WAS` and `CHANGED`: what the change log says of a field.

use super::super::configuration::Kind;
use super::super::issue::{Change, ChangeItem, Issue};
use super::subject::Subject;
use super::{Operand, Operator, Predicate, Reader, Term, functions, moments};
use crate::clock::Moment;
use crate::people::Person;

/// A value that a field had for a while: its id and its text, from when to when, and who set it.
#[derive(Debug)]
struct Past {
    id: Option<String>,
    text: Option<String>,
    from: Moment,
    /// Still so, if none.
    until: Option<Moment>,
    by: Person,
}

impl Term {
    pub(super) fn was(&self, reader: Reader<'_>, subject: Subject<'_>, issue: &Issue) -> bool {
        let Subject::Field(field, kind) = subject else { return false };
        if self.operator == Operator::Changed {
            return issue.history.iter().any(|change| self.is_change(reader, field, kind, change));
        }
        let had = pasts(reader, field, issue).iter().any(|past| {
            self.predicates.iter().all(|predicate| predicate.covers(reader, past)) && self.names(reader, kind, past)
        });
        had != matches!(self.operator, Operator::WasNot | Operator::WasNotIn)
    }

    fn names(&self, reader: Reader<'_>, kind: Kind, past: &Past) -> bool {
        self.operands.iter().any(|operand| is(reader, kind, operand, past.id.as_deref(), past.text.as_deref()))
    }

    fn is_change(&self, reader: Reader<'_>, field: &str, kind: Kind, change: &Change) -> bool {
        let of_field = |item: &&ChangeItem| item.field_id == field;
        change.items.iter().filter(of_field).any(|item| {
            self.predicates.iter().all(|predicate| {
                let any = |id: &Option<String>, text: &Option<String>| {
                    let is = |operand| is(reader, kind, operand, id.as_deref(), text.as_deref());
                    predicate.operands.iter().any(is)
                };
                match predicate.name {
                    "from" => any(&item.from, &item.from_text),
                    "to" => any(&item.to, &item.to_text),
                    "by" => predicate.people(reader).contains(&change.author),
                    _ => predicate.spans(reader, change.created, Some(change.created)),
                }
            })
        })
    }
}

impl Predicate {
    fn covers(&self, reader: Reader<'_>, past: &Past) -> bool {
        if self.name == "by" {
            self.people(reader).contains(&past.by)
        } else {
            self.spans(reader, past.from, past.until)
        }
    }

    /// Whether a span of time, which may not have ended, is as the predicate wants it.
    fn spans(&self, reader: Reader<'_>, from: Moment, until: Option<Moment>) -> bool {
        let at = |place: usize| self.operands.get(place).and_then(|one| moments::of(one, reader.person, reader.now));
        let (Some(first), second) = (at(0), at(1)) else { return false };
        let ends_after = |moment: Moment| until.is_none_or(|until| until >= moment);
        match self.name {
            "after" => ends_after(Moment(first.0 + 1)),
            "before" => from < first,
            "on" => from < Moment(first.0 + 86_400) && ends_after(first),
            _ => second.is_some_and(|second| from <= second) && ends_after(first),
        }
    }

    fn people(&self, reader: Reader<'_>) -> Vec<Person> {
        let names = self.operands.iter().flat_map(|operand| match operand {
            Operand::Value(name) => vec![name.clone()],
            Operand::Function(name, arguments) => functions::values(reader, name, arguments).unwrap_or_default(),
            Operand::Empty => Vec::new(),
        });
        let names: Vec<String> = names.collect();
        Person::ALL
            .into_iter()
            .filter(|person| names.iter().any(|name| super::matching::is_called(*person, name)))
            .collect()
    }
}

/// What a field was from the beginning, oldest first.
fn pasts(reader: Reader<'_>, field: &str, issue: &Issue) -> Vec<Past> {
    let items =
        |change: &Change| change.items.iter().filter(|item| item.field_id == field).cloned().collect::<Vec<_>>();
    let changes: Vec<(Moment, Person, ChangeItem)> = issue
        .history
        .iter()
        .flat_map(|change| items(change).into_iter().map(move |item| (change.created, change.author, item)))
        .collect();
    let beginning = changes.first().map(|(at, _, item)| {
        let (id, text) = (item.from.clone(), item.from_text.clone());
        Past { id, text, from: issue.created, until: Some(*at), by: issue.creator }
    });
    let ends = changes.iter().skip(1).map(|(at, ..)| Some(*at)).chain([None]);
    let later = changes.iter().zip(ends).map(|((at, by, item), until)| Past {
        id: item.to.clone(),
        text: item.to_text.clone(),
        from: *at,
        until,
        by: *by,
    });
    let all: Vec<Past> = beginning.into_iter().chain(later).collect();
    if !all.is_empty() {
        return all;
    }
    let unchanged = |id: Option<String>| Past { id, text: None, from: issue.created, until: None, by: issue.creator };
    match field {
        "status" => vec![unchanged(Some(issue.status_id.to_string()))],
        "fixVersions" => {
            let ids = issue.value(field).as_array().map(Vec::as_slice).unwrap_or_default();
            let all: Vec<Past> = ids.iter().map(|id| unchanged(Some(id.to_string()))).collect();
            if all.is_empty() { vec![unchanged(None)] } else { all }
        }
        "assignee" | "reporter" => {
            let person = super::super::values::person(issue.value(field));
            vec![unchanged(person.map(|person| person.account_id().to_owned()))]
        }
        _ => {
            let id = issue.value(field).as_u64().filter(|_| reader.jira.configuration.field(field).is_some());
            vec![unchanged(id.map(|id| id.to_string()))]
        }
    }
}

/// Whether a logged value is what an operand names.
fn is(reader: Reader<'_>, kind: Kind, operand: &Operand, id: Option<&str>, text: Option<&str>) -> bool {
    let values = match operand {
        Operand::Empty => return id.is_none() && text.is_none(),
        Operand::Value(value) => vec![value.clone()],
        Operand::Function(name, arguments) => functions::values(reader, name, arguments).unwrap_or_default(),
    };
    let configuration = &reader.jira.configuration;
    values.iter().any(|value| {
        let wanted = match kind {
            Kind::Status => configuration.status_named(value).map(|found| found.id.to_string()),
            Kind::Priority => configuration.priority_named(value).map(|found| found.id.to_string()),
            Kind::Resolution if value.eq_ignore_ascii_case("unresolved") => return id.is_none(),
            Kind::Resolution => configuration.resolution_named(value).map(|found| found.id.to_string()),
            Kind::Person => {
                let logged = |person: &Person| id.is_some_and(|id| super::matching::is_called(*person, id));
                let found = Person::ALL.into_iter().find(logged);
                return found.is_some_and(|person| super::matching::is_called(person, value));
            }
            _ => None,
        };
        wanted.is_some_and(|wanted| id == Some(wanted.as_str()))
            || id == Some(value.as_str())
            || text.is_some_and(|text| text.eq_ignore_ascii_case(value))
    })
}
