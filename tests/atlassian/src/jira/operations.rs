//! The one table of operations: how each is called, by which scope, and what answers it. Names and scopes are those of
//! Atlassian's document.
//!
//! `serverInfo` answers anybody and the bytes of attachments are no JSON, so they are answered elsewhere: the table has
//! them for their names and scopes.

mod table;

use std::collections::BTreeMap;

use http::Method;
use percent_encoding::percent_decode_str;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::edition::Edition;
use super::site::JiraSite;
use table::OPERATIONS;

use Handler::{Elsewhere, Reads, Tells, Writes};
use Scope::{ManageConfiguration, ManageProject, ManageWebhook, ReadUser, ReadWork, WriteWork};

/// One operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// What follows `rest/api/3/`, with names in braces.
    pub(super) template: &'static str,
    /// The `operationId` of the document.
    pub(super) id: &'static str,
    pub(super) scope: Scope,
    pub(super) handler: Handler,
    at_cloud: bool,
    at_data_center: bool,
}

/// What answers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Handler {
    /// What nothing can be wrong with.
    Tells(fn(&Call<'_>, &JiraSite) -> Answer),
    Reads(fn(&Call<'_>, &JiraSite) -> Outcome),
    Writes(fn(&Call<'_>, &mut JiraSite) -> Outcome),
    /// Whatever answers it, it is no function of a call and a site: `serverInfo`, and the bytes of files.
    Elsewhere,
}

/// A scope of Cloud's OAuth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    ReadWork,
    WriteWork,
    ReadUser,
    ManageConfiguration,
    ManageProject,
    ManageWebhook,
}

impl Operation {
    /// The points that an answer with so many objects costs beyond the call: writes nothing, people twice as much.
    pub(super) fn points(&self, objects: usize) -> u64 {
        let objects = u64::try_from(objects).unwrap_or(u64::MAX);
        match (self.handler, self.scope) {
            (Writes(_) | Elsewhere, _) => 0,
            (Tells(_) | Reads(_), ReadUser) => objects * 2,
            (Tells(_) | Reads(_), _) => objects,
        }
    }
}

impl Scope {
    pub(super) fn name(self) -> &'static str {
        match self {
            ReadWork => "read:jira-work",
            WriteWork => "write:jira-work",
            ReadUser => "read:jira-user",
            ManageConfiguration => "manage:jira-configuration",
            ManageProject => "manage:jira-project",
            ManageWebhook => "manage:jira-webhook",
        }
    }
}

const fn both(
    method: &'static str,
    template: &'static str,
    id: &'static str,
    scope: Scope,
    handler: Handler,
) -> Operation {
    Operation { method, template, id, scope, handler, at_cloud: true, at_data_center: true }
}

const fn cloud(
    method: &'static str,
    template: &'static str,
    id: &'static str,
    scope: Scope,
    handler: Handler,
) -> Operation {
    Operation { at_data_center: false, ..both(method, template, id, scope, handler) }
}

const fn data_center(
    method: &'static str,
    template: &'static str,
    id: &'static str,
    scope: Scope,
    handler: Handler,
) -> Operation {
    Operation { at_cloud: false, ..both(method, template, id, scope, handler) }
}

impl Operation {
    /// Whether it changes something, and so counts as a write.
    pub(super) fn writes(&self) -> bool {
        matches!(self.handler, Writes(_))
    }
}

/// The operation of a path that follows `rest/api/{version}/`, and what stands in it for the names in braces.
pub(super) fn find(
    edition: Edition,
    method: &Method,
    path: &[&str],
) -> Option<(&'static Operation, BTreeMap<&'static str, String>)> {
    let served = |operation: &&Operation| match edition {
        Edition::Cloud | Edition::CloudVersion2 => operation.at_cloud,
        Edition::DataCenter => operation.at_data_center,
    };
    let of_method = OPERATIONS.iter().filter(served).filter(|operation| operation.method == method.as_str());
    of_method.into_iter().find_map(|operation| Some((operation, captures(operation.template, path)?)))
}

/// The names of all operations of Cloud, in alphabetical order.
pub(super) fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = OPERATIONS.iter().filter(|one| one.at_cloud).map(|one| one.id).collect();
    names.sort_unstable();
    names
}

/// The scope that a call of Cloud needs, as far as Jira has a say: what it does not know is told by its method.
pub(super) fn scope_of(method: &Method, path: &[&str]) -> Scope {
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let found = find(Edition::Cloud, method, path);
    found.map_or(if reads { ReadWork } else { WriteWork }, |(operation, _)| operation.scope)
}

fn captures(template: &'static str, path: &[&str]) -> Option<BTreeMap<&'static str, String>> {
    let parts: Vec<&'static str> = template.split('/').collect();
    if parts.len() != path.len() {
        return None;
    }
    let mut captured = BTreeMap::new();
    for (part, found) in parts.into_iter().zip(path) {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => drop(captured.insert(name, percent_decode_str(found).decode_utf8_lossy().into_owned())),
            None if part == *found => {}
            None => return None,
        }
    }
    Some(captured)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_operation_hides_behind_another() {
        for operation in OPERATIONS {
            let path: Vec<&str> = operation.template.split('/').collect();
            let edition = if operation.at_cloud { Edition::Cloud } else { Edition::DataCenter };
            let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
            let (found, _) = find(edition, &method, &path).unwrap();
            assert_eq!(found.template, operation.template);
        }
        let names: BTreeSet<_> = OPERATIONS.iter().map(|one| (one.id, one.at_cloud)).collect();
        assert_eq!(names.len(), OPERATIONS.len(), "two operations have one name");
    }

    #[test]
    fn what_stands_for_a_name_is_decoded() {
        let path = ["issue", "DOCK-1", "properties", "com.example%3Akey%2Fpart"];
        let (operation, captured) = find(Edition::Cloud, &Method::GET, &path).unwrap();
        assert_eq!((operation.id, captured["propertyKey"].as_str()), ("getIssueProperty", "com.example:key/part"));
    }
}
