//! Why a task is blocked: what happened, what to do, and who can. Each is something that a person ends; what passes by
//! itself is retried and is no cause.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// Who can end what blocks a task.
    open TaskRemedier {
        /// What people call them, after "Who:".
        title: &'static str = "Somebody whom this version does not know",
    }
    /// Whoever has the role *issue tracking* in the workspace.
    IssueTracking = "issue_tracking", "You, or whoever has the role issue tracking in this workspace";
    /// The product that pushes the task, or whoever runs it.
    Product = "product", "Whoever runs the product that sends the task";
    /// An administrator of the Jira project.
    ProjectAdministrator = "project_administrator", "An administrator of the Jira project";
    /// An administrator of the Jira site.
    JiraAdministrator = "jira_administrator", "A Jira administrator";
}

words! {
    /// Why a task is blocked.
    open BlockedCause {
        /// What happened, in one sentence.
        sentence: &'static str = "A newer version of Causeway noted a cause that this one does not know.",
        /// What to do about it.
        remedy: &'static str = "Load the page again. If it persists, try the task again.",
        /// Who can.
        who: TaskRemedier = TaskRemedier::IssueTracking,
    }
    /// Jira wants a field that neither the task nor the mapping has.
    FieldRequired = "field_required",
        "Jira wants a field that the task does not have.",
        "Give the field a value in the mapping, or make it optional in Jira.",
        TaskRemedier::IssueTracking;
    /// Jira does not let the account set a field.
    FieldRefused = "field_refused",
        "Jira refuses a field: it is not on the screen for new issues, or the account may not set it.",
        "Put the field on the screen in Jira, or take its value out of the mapping.",
        TaskRemedier::ProjectAdministrator;
    /// Jira does not know the value of a field.
    ValueUnknown = "value_unknown",
        "Jira does not know the value of a field.",
        "Choose a value that the field has now, in the mapping.",
        TaskRemedier::IssueTracking;
    /// A text is longer than the field takes.
    TextTooLong = "text_too_long",
        "A text is longer than Jira takes.",
        "Shorten the text in the product and send the task again.",
        TaskRemedier::Product;
    /// The mapping says nothing about a status.
    NoMapping = "no_mapping",
        "The mapping says nothing about a status.",
        "Give the status a target in the mapping, or leave it on purpose.",
        TaskRemedier::IssueTracking;
    /// No transition leads from the issue's status to the one that it should have.
    NoWay = "no_way",
        "No transition leads from the issue's status to the one that it should have.",
        "Add a transition to the workflow, allow statuses to pass through in the mapping, or move the issue in Jira.",
        TaskRemedier::ProjectAdministrator;
    /// Each transition that leads there wants fields that the mapping has no values for.
    WayWantsFields = "way_wants_fields",
        "The transition wants fields that the mapping has no values for.",
        "Give the fields a value in the mapping, or move the issue in Jira.",
        TaskRemedier::IssueTracking;
    /// Jira refused the transition.
    WayRefused = "way_refused",
        "Jira refused the transition.",
        "Read what Jira says, then correct it there and try again.",
        TaskRemedier::ProjectAdministrator;
    /// The account lacks a permission.
    NotPermitted = "not_permitted",
        "The account of the connection lacks a permission in the Jira project.",
        "Give the account the permission, then try again.",
        TaskRemedier::ProjectAdministrator;
    /// The Jira project has no such type of issue any more.
    IssueTypeMissing = "issue_type_missing",
        "The Jira project does not have the type of issue that the task becomes.",
        "Choose another type in the mapping, or add the type to the Jira project.",
        TaskRemedier::IssueTracking;
    /// The issue is archived, so it can only be read.
    IssueArchived = "issue_archived",
        "The issue is archived in Jira and can only be read.",
        "Restore the issue in Jira, or unlink the task.",
        TaskRemedier::ProjectAdministrator;
    /// The type of issue is one of parts of others.
    ParentWanted = "parent_wanted",
        "Issues of this type need a parent, and tasks have none.",
        "Choose a type without a parent in the mapping.",
        TaskRemedier::IssueTracking;
    /// The task opened again, and its issue is done.
    Reopened = "reopened",
        "The task is open again in the product, but its issue is done.",
        "Choose which side is right. The mapping can say what happens from now on.",
        TaskRemedier::IssueTracking;
    /// Jira does not know the person that the issue should be assigned to.
    AssigneeUnknown = "assignee_unknown",
        "Jira cannot assign issues to the person in the mapping.",
        "Choose somebody whom issues can be assigned to, or nobody.",
        TaskRemedier::IssueTracking;
    /// The Jira project is gone, archived, or hidden from the account.
    ProjectMissing = "project_missing",
        "The Jira project does not exist, is archived, or is not visible to the account of the connection.",
        "Check the Jira project's key, and that the account may browse it.",
        TaskRemedier::IssueTracking;
    /// There is no mapping that tasks can be sent by.
    MappingIncomplete = "mapping_incomplete",
        "The project's mapping is missing or no longer covers every status.",
        "Open the mapping, cover what is marked, and save it.",
        TaskRemedier::IssueTracking;
    /// Something moves the issue each time that Causeway has moved it.
    MovedBack = "moved_back",
        "Something else keeps moving the issue back: it was moved more than six times in ten minutes.",
        "Look for a rule or an integration in Jira that moves the issue, then try again.",
        TaskRemedier::JiraAdministrator;
    /// Jira refused the issue for a reason that names no field.
    CreationRefused = "creation_refused",
        "Jira refused to create the issue.",
        "Read what Jira says, then correct it there and try again.",
        TaskRemedier::ProjectAdministrator;
}

/// What blocks a task. Its sentence names the field, permission or status where one is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Blocked {
    /// The cause: match on this.
    pub cause: BlockedCause,
    /// What happened, in a sentence or two.
    pub sentence: String,
    /// What to do about it.
    pub remedy: String,
    /// Who can end it.
    pub who: TaskRemedier,
    /// The field that it is about, by id; `null` if it is about none.
    #[serde(default)]
    pub field: Option<String>,
    /// The permission that is missing, by key; `null` if that is not the cause or not known.
    #[serde(default)]
    pub permission: Option<String>,
    /// The names of the statuses that Jira offered instead.
    #[serde(default)]
    pub offered: Vec<String>,
    /// What Jira said, as it said it; `null` if it said nothing.
    #[serde(default)]
    pub jira_said: Option<String>,
}

impl Blocked {
    /// The most characters that are kept of what Jira said.
    const SAID_CHARACTERS: usize = 500;

    /// A cause that names nothing in particular.
    pub fn new(cause: BlockedCause) -> Self {
        Self {
            cause,
            sentence: cause.sentence().to_owned(),
            remedy: cause.remedy().to_owned(),
            who: cause.who(),
            field: None,
            permission: None,
            offered: Vec::new(),
            jira_said: None,
        }
    }

    /// The same about a field, with the name that people know it by.
    #[must_use]
    pub fn of_field(self, id: &str, name: &str) -> Self {
        let sentence = format!("{} The field is {name}.", self.sentence);
        Self { field: Some(id.to_owned()), sentence, ..self }
    }

    /// The same about a permission, by its key.
    #[must_use]
    pub fn of_permission(self, key: &str) -> Self {
        let sentence = format!("{} The permission is {key}.", self.sentence);
        Self { permission: Some(key.to_owned()), sentence, ..self }
    }

    /// The same about a status, by its name.
    #[must_use]
    pub fn of_status(self, name: &str) -> Self {
        let sentence = format!("{} The status is {name}.", self.sentence);
        Self { sentence, ..self }
    }

    /// With the statuses that Jira offered, by name.
    #[must_use]
    pub fn with_offered(self, offered: Vec<String>) -> Self {
        let listed = if offered.is_empty() { "none".to_owned() } else { offered.join(", ") };
        let sentence = format!("{} Jira offers: {listed}.", self.sentence);
        Self { sentence, offered, ..self }
    }

    /// With what Jira said, cut after 500 characters.
    #[must_use]
    pub fn with_words(self, said: &str) -> Self {
        let said: String = said.chars().take(Self::SAID_CHARACTERS).collect();
        Self { jira_said: (!said.is_empty()).then_some(said), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_a_sentence_a_remedy_and_somebody_who_can() {
        for cause in BlockedCause::ALL {
            let blocked = Blocked::new(*cause);
            assert!(blocked.sentence.ends_with('.') && blocked.sentence.len() > 20, "{cause:?}");
            assert!(blocked.remedy.ends_with('.') && blocked.remedy.len() > 20, "{cause:?}");
            assert_ne!(blocked.who, TaskRemedier::UNKNOWN, "{cause:?}");
        }
    }

    #[test]
    fn a_sentence_names_what_it_is_about() {
        let blocked = Blocked::new(BlockedCause::FieldRequired).of_field("customfield_1", "Severity");
        assert_eq!(blocked.sentence, "Jira wants a field that the task does not have. The field is Severity.");
        assert_eq!(blocked.field.as_deref(), Some("customfield_1"));
        let blocked = Blocked::new(BlockedCause::NoWay).with_offered(vec!["Open".into(), "Done".into()]);
        assert!(blocked.sentence.ends_with("Jira offers: Open, Done."), "{}", blocked.sentence);
        assert!(Blocked::new(BlockedCause::NoWay).with_offered(Vec::new()).sentence.ends_with("Jira offers: none."));
    }

    #[test]
    fn what_jira_said_is_kept_and_bounded() {
        let blocked = Blocked::new(BlockedCause::WayRefused).with_words(&"é".repeat(501));
        assert_eq!(blocked.jira_said.map(|said| said.chars().count()), Some(500));
        assert_eq!(Blocked::new(BlockedCause::WayRefused).with_words("").jira_said, None);
    }
}
