//! Whether a mapping covers what there is: checked before it is saved, against what Jira offers now.
//!
//! Every status of the product and every status of the mapped types has a target or is left on purpose. A mapping with a
//! gap would be found out by the first task that falls into it.

use std::collections::BTreeSet;

use api::{
    IssueTypeMapping, JiraField, JiraId, JiraIssueType, JiraMetadata, MAPPING_ENTRIES, Mapping, MappingCheck,
    MappingFault, MappingFinding, MappingPart, MappingPlace,
};

use super::{suggestions::category_of, values};

/// The fields that every issue gets from its task.
const FROM_THE_TASK: [&str; 4] = ["project", "issuetype", "summary", "description"];

/// Checks a mapping.
pub fn check(mapping: &Mapping, metadata: &JiraMetadata) -> MappingCheck {
    let mut check = Check { mapping, metadata, findings: Vec::new() };
    check.whole();
    for of_type in &mapping.issue_types {
        check.issue_type(of_type);
    }
    check.kinds_and_priorities();
    check.permissions();
    let mut findings = check.findings;
    findings.sort_by_key(|finding| !finding.prevents_saving);
    let can_be_saved = !findings.iter().any(|finding| finding.prevents_saving);
    MappingCheck { findings, can_be_saved }
}

struct Check<'m> {
    mapping: &'m Mapping,
    metadata: &'m JiraMetadata,
    findings: Vec<MappingFinding>,
}

/// A part of one type of issue, or of the whole mapping.
#[derive(Clone, Copy)]
struct Part<'m> {
    part: MappingPart,
    issue_type: Option<&'m JiraId>,
}

impl<'m> Check<'m> {
    fn find(&mut self, fault: MappingFault, part: Part<'_>, item: Option<&str>, sentence: String) {
        let place = MappingPlace {
            part: part.part,
            issue_type: part.issue_type.map(ToString::to_string),
            item: item.map(str::to_owned),
        };
        self.findings.push(MappingFinding { fault, sentence, place, prevents_saving: fault.prevents_saving() });
    }

    fn whole(&mut self) {
        let mapping = self.mapping;
        let of_whole = |part| Part { part, issue_type: None };
        if let Some(word) = mapping.unknown_word() {
            let sentence = format!("This version of Causeway does not know the rule {word}.");
            self.find(MappingFault::WordUnknown, of_whole(MappingPart::Rules), Some(word), sentence);
        }
        let empty = [
            (mapping.statuses.is_empty(), MappingPart::Statuses, "Name the statuses that tasks have in the product."),
            (mapping.issue_types.is_empty(), MappingPart::IssueTypes, "Choose the type of issue that tasks become."),
        ];
        for (_, part, sentence) in empty.into_iter().filter(|(is_empty, ..)| *is_empty) {
            self.find(MappingFault::Empty, of_whole(part), None, sentence.to_owned());
        }
        self.list(of_whole(MappingPart::Statuses), mapping.statuses.iter().map(|one| one.status.as_str()));
        self.list(of_whole(MappingPart::IssueTypes), mapping.issue_types.iter().map(|one| one.issue_type.as_str()));
        self.list(of_whole(MappingPart::Kinds), mapping.kinds.iter().map(|one| one.kind.as_str()));
        self.list(of_whole(MappingPart::Priorities), mapping.priorities.iter().map(|one| one.priority.as_str()));
        for one in mapping.statuses.iter().filter(|one| category_of(mapping, &one.status).is_none()) {
            let status = one.status.as_str();
            let sentence = format!("Say what {status} means, so that Causeway can tell when a task opens again.");
            self.find(MappingFault::CategoryUnsaid, of_whole(MappingPart::Statuses), Some(status), sentence);
        }
    }

    /// Nothing stands in a list twice, and no list is endless.
    fn list<'i>(&mut self, part: Part<'_>, items: impl Iterator<Item = &'i str>) {
        let (mut seen, mut count) = (BTreeSet::new(), 0);
        for item in items {
            count += 1;
            if !seen.insert(item) {
                self.find(MappingFault::Repeated, part, Some(item), format!("{item} stands here more than once."));
            }
        }
        if count > MAPPING_ENTRIES {
            let sentence = format!("There are {count} entries; {MAPPING_ENTRIES} is the most.");
            self.find(MappingFault::TooMany, part, None, sentence);
        }
    }

    fn issue_type(&mut self, of_type: &'m IssueTypeMapping) {
        let place = Part { part: MappingPart::IssueTypes, issue_type: Some(&of_type.issue_type) };
        let Some(issue_type) = self.metadata.issue_type(&of_type.issue_type) else {
            let sentence = "The Jira project has no such type of issue, or the account may not create it.".to_owned();
            return self.find(MappingFault::IssueTypeUnknown, place, Some(of_type.issue_type.as_str()), sentence);
        };
        if issue_type.is_subtask {
            let sentence = format!("{} needs a parent, and tasks have none.", issue_type.name);
            self.find(MappingFault::IssueTypeIsSubtask, place, Some(of_type.issue_type.as_str()), sentence);
        }
        let of = OfType { of_type, issue_type };
        self.out(&of);
        self.inward(&of);
        self.fields(&of);
        self.pass_through(&of);
    }

    fn out(&mut self, of: &OfType<'_>) {
        let part = of.part(MappingPart::Out);
        self.list(part, of.of_type.out.iter().map(|rule| rule.status.as_str()));
        for one in self.mapping.statuses.iter().filter(|one| of.of_type.out(&one.status).is_none()) {
            let status = one.status.as_str();
            let sentence = format!("{status} has no target for {} in Jira.", of.issue_type.name);
            self.find(MappingFault::ProductStatusUncovered, part, Some(status), sentence);
        }
        for rule in &of.of_type.out {
            let status = rule.status.as_str();
            if !self.mapping.knows(&rule.status) {
                let sentence = format!("{status} is no status of the product.");
                self.find(MappingFault::ProductStatusUnknown, part, Some(status), sentence);
            }
            let Some(to) = &rule.to else { continue };
            self.jira_status(of, part, to, Some(status));
            let back = of.of_type.inward(to).flatten().filter(|back| **back != rule.status);
            if let Some(back) = back {
                let sentence = format!("{status} becomes {}, which comes back as {back}.", of.name(to));
                self.find(MappingFault::NotReversible, part, Some(status), sentence);
            }
        }
    }

    fn inward(&mut self, of: &OfType<'_>) {
        let part = of.part(MappingPart::In);
        self.list(part, of.of_type.inward.iter().map(|rule| rule.status.as_str()));
        for status in of.issue_type.statuses.iter().filter(|status| of.of_type.inward(&status.id).is_none()) {
            let sentence = format!("{} of {} has no target in the product.", status.name, of.issue_type.name);
            self.find(MappingFault::JiraStatusUncovered, part, Some(status.id.as_str()), sentence);
        }
        for rule in &of.of_type.inward {
            self.jira_status(of, part, &rule.status, Some(rule.status.as_str()));
            if let Some(to) = rule.to.as_ref().filter(|to| !self.mapping.knows(to)) {
                let sentence = format!("{to} is no status of the product.");
                self.find(MappingFault::ProductStatusUnknown, part, Some(rule.status.as_str()), sentence);
            }
        }
    }

    fn jira_status(&mut self, of: &OfType<'_>, part: Part<'_>, status: &JiraId, item: Option<&str>) {
        if of.issue_type.status(status).is_none() {
            let sentence = format!("{} has no status with the id {status} in Jira.", of.issue_type.name);
            self.find(MappingFault::JiraStatusUnknown, part, item, sentence);
        }
    }

    fn fields(&mut self, of: &OfType<'_>) {
        let part = of.part(MappingPart::Fields);
        self.list(part, of.of_type.fields.iter().map(|value| value.field.as_str()));
        for value in &of.of_type.fields {
            let id = value.field.as_str();
            match of.issue_type.field(id) {
                None => {
                    let sentence = format!("New issues of {} have no field {id} that can be set.", of.issue_type.name);
                    self.find(MappingFault::FieldUnknown, part, Some(id), sentence);
                }
                Some(field) if !values::fits(field, value) => {
                    let sentence = format!("{} does not take this value.", field.name);
                    self.find(MappingFault::ValueUnfit, part, Some(id), sentence);
                }
                Some(_) => {}
            }
        }
        let mapping = self.mapping;
        for field in of.issue_type.fields.iter().filter(|field| lacks(mapping, of.of_type, field)) {
            let sentence = format!("Jira wants {} for {}. Give it a value.", field.name, of.issue_type.name);
            self.find(MappingFault::FieldUncovered, part, Some(field.id.as_str()), sentence);
        }
        let part = of.part(MappingPart::TransitionFields);
        for field in &of.of_type.transition_fields {
            self.jira_status(of, part, &field.to, Some(field.value.field.as_str()));
            if values::value(super::jira::JiraVersion::Cloud, &field.value).is_none() {
                let sentence = format!("{} has no value that Jira could take.", field.value.field);
                self.find(MappingFault::ValueUnfit, part, Some(field.value.field.as_str()), sentence);
            }
        }
        if of.of_type.transition_fields.len() > MAPPING_ENTRIES {
            let sentence = format!("There are more than {MAPPING_ENTRIES} entries.");
            self.find(MappingFault::TooMany, part, None, sentence);
        }
    }

    fn pass_through(&mut self, of: &OfType<'_>) {
        let part = of.part(MappingPart::PassThrough);
        self.list(part, of.of_type.pass_through.iter().map(JiraId::as_str));
        for status in &of.of_type.pass_through {
            self.jira_status(of, part, status, Some(status.as_str()));
            if of.of_type.out.iter().any(|rule| rule.to.as_ref() == Some(status)) {
                let sentence = format!(
                    "Tasks are sent to {} and through it. On the way there it looks as if they had arrived.",
                    of.name(status)
                );
                self.find(MappingFault::PassThroughIsTarget, part, Some(status.as_str()), sentence);
            }
        }
    }

    fn kinds_and_priorities(&mut self) {
        let mapping = self.mapping;
        let part = Part { part: MappingPart::Kinds, issue_type: None };
        for target in mapping.kinds.iter().filter(|target| mapping.issue_type(&target.issue_type).is_none()) {
            let sentence = format!("{} becomes a type of issue that the mapping says nothing about.", target.kind);
            self.find(MappingFault::IssueTypeUnknown, part, Some(target.kind.as_str()), sentence);
        }
        let part = Part { part: MappingPart::Priorities, issue_type: None };
        let offers = |issue_type: &JiraIssueType, id: &JiraId| {
            issue_type.field("priority").is_none_or(|field| field.options.iter().any(|option| option.id == *id))
        };
        let types = mapping.issue_types.iter().filter_map(|one| self.metadata.issue_type(&one.issue_type));
        let types: Vec<&JiraIssueType> = types.collect();
        for target in &mapping.priorities {
            let unknown = target.to.as_ref().filter(|to| types.iter().any(|one| !offers(one, to)));
            if let Some(to) = unknown {
                let sentence =
                    format!("{} becomes a priority that Jira does not offer, with the id {to}.", target.priority);
                self.find(MappingFault::PriorityUnknown, part, Some(target.priority.as_str()), sentence);
            }
        }
    }

    fn permissions(&mut self) {
        let part = Part { part: MappingPart::Permissions, issue_type: None };
        for permission in self.metadata.permissions.iter().filter(|one| !one.is_granted) {
            let sentence = format!("The account of the connection lacks the permission {} in Jira.", permission.key);
            self.find(MappingFault::PermissionMissing, part, Some(&permission.key), sentence);
        }
    }
}

/// Whether Jira would refuse an issue for the lack of this field.
fn lacks(mapping: &Mapping, of_type: &IssueTypeMapping, field: &JiraField) -> bool {
    let id = field.id.as_str();
    let has_value = of_type.fields.iter().any(|value| value.field == field.id)
        || (id == "labels" && !mapping.labels.always.is_empty())
        || (id == "priority" && !mapping.priorities.is_empty());
    field.is_required && !field.has_default && !FROM_THE_TASK.contains(&id) && !has_value
}

/// A type of issue: what the mapping says and what Jira offers.
struct OfType<'m> {
    of_type: &'m IssueTypeMapping,
    issue_type: &'m JiraIssueType,
}

impl<'m> OfType<'m> {
    const fn part(&self, part: MappingPart) -> Part<'m> {
        Part { part, issue_type: Some(&self.of_type.issue_type) }
    }

    /// The name of a status, or its id if Jira has none such.
    fn name(&self, status: &'m JiraId) -> &'m str {
        self.issue_type.status(status).map_or(status.as_str(), |found| &found.name)
    }
}

#[cfg(test)]
mod tests;
