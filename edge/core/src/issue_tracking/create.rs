//! Creating the issue of a task, exactly once.
//!
//! Jira has no idempotency key. So the issue is born with a mark, and an answer that was lost is settled by looking for the
//! mark before anything is created again: see [`after_lost_answer`].

use api::{
    Blocked, BlockedCause, FieldForm, FieldText, FieldValue, IssueTypeMapping, JiraField, JiraId, JiraIssueType,
    JiraMetadata, Mapping, Name, Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    causes::{RefusedRequest, of_refusal},
    jira::{FoundIssue, JiraRefusal, JiraVersion, MARK_PROPERTY, TaskMark},
    values,
};

/// The most characters of a summary.
const SUMMARY_CHARACTERS: usize = 255;
/// When an issue whose answer was lost is looked for, in milliseconds after the attempt. The last look is that after an hour.
const LOOKS: [i64; 5] = [15_000, 60_000, 300_000, 900_000, 1_800_000];
/// How many looks there are at least before an issue is created again.
const FEWEST_LOOKS: u8 = 3;
/// How long it takes at most until no search shows the issue for another reason than that it is not there: an hour.
const SURELY_INDEXED: i64 = 60 * 60 * 1000;
/// By how much another issue must be younger than the attempt, so that finding it shows that the index has passed the
/// attempt. Jira indexes several issues at once, so a younger one can come first by a while.
const INDEX_PASSED: i64 = 10 * 60 * 1000;

/// What a task says, as far as its issue shows it.
#[derive(Clone, Copy, Debug)]
pub struct TaskContent<'a> {
    /// The title.
    pub title: &'a str,
    /// The text, in Markdown.
    pub body: Option<&'a str>,
    /// Where the task is in the product.
    pub url: Option<&'a str>,
    /// The kind.
    pub kind: Option<&'a Name>,
    /// The priority.
    pub priority: Option<&'a Name>,
    /// The labels.
    pub labels: &'a [Name],
}

/// An issue that can be created.
#[derive(Clone, Debug, PartialEq)]
pub struct NewIssue {
    /// The id of its type.
    pub issue_type: JiraId,
    /// The body of the request.
    pub body: Value,
}

/// What an answer to `POST issue` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Creation {
    /// The issue is there.
    Created {
        /// Its id.
        id: JiraId,
        /// Its key.
        key: String,
    },
    /// Jira refused it, and a person has to do something.
    Refused(Blocked),
    /// Jira did not look at it: the rate limit is used up.
    Limited,
    /// Jira did not look at it: it refused the credential.
    CredentialRefused,
    /// The issue may be there or not.
    Unknown,
}

/// An attempt to create an issue, stored before the request leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreationAttempt {
    /// What tells this attempt from all others. It stays when the issue is created again after a lost answer.
    pub nonce: String,
    /// When the request was sent last.
    pub sent_at: Timestamp,
    /// How often the issue was looked for since.
    #[serde(default)]
    pub looks: u8,
}

/// What follows from a search after a lost answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterLostAnswer {
    /// The issue was created: it is the task's.
    Adopt {
        /// Its id.
        id: JiraId,
        /// Its key.
        key: String,
    },
    /// It may still appear in the search.
    LookAgain {
        /// When to look again.
        at: Timestamp,
    },
    /// It was not created. It is created again with the same nonce.
    CreateAgain,
}

/// Makes the issue of a task, or says what is missing before Jira has to.
#[expect(clippy::result_large_err, reason = "its caller stores what blocks the task at once")]
pub fn new_issue(
    task: &TaskContent<'_>,
    mapping: &Mapping,
    metadata: &JiraMetadata,
    version: JiraVersion,
    jira_project: &str,
    mark: &TaskMark,
) -> Result<NewIssue, Blocked> {
    let of_type = mapping.issue_type_of(task.kind).ok_or_else(|| Blocked::new(BlockedCause::MappingIncomplete))?;
    let issue_type = creatable(of_type, metadata)?;
    let mut fields = Map::new();
    fields.insert("project".into(), json!({ "key": jira_project }));
    fields.insert("issuetype".into(), json!({ "id": issue_type.id.as_str() }));
    fields.insert("summary".into(), summary(task.title).into());
    if issue_type.field("description").is_some() {
        fields.insert("description".into(), values::long_text(version, &description(task)));
    }
    let of_task = priority(task, mapping).into_iter().chain(labels(task, mapping));
    for value in of_task.filter(|value| issue_type.field(value.field.as_str()).is_some()) {
        set(&mut fields, issue_type, &value, version)?;
    }
    for value in &of_type.fields {
        set(&mut fields, issue_type, value, version)?;
    }
    let wants = |field: &&JiraField| field.is_required && !field.has_default && !fields.contains_key(field.id.as_str());
    if let Some(missing) = issue_type.fields.iter().find(wants) {
        return Err(Blocked::new(BlockedCause::FieldRequired).of_field(missing.id.as_str(), &missing.name));
    }
    let properties = json!([{ "key": MARK_PROPERTY, "value": mark }]);
    Ok(NewIssue { issue_type: issue_type.id.clone(), body: json!({ "fields": fields, "properties": properties }) })
}

#[expect(clippy::result_large_err, reason = "its caller stores what blocks the task at once")]
fn creatable<'m>(of_type: &IssueTypeMapping, metadata: &'m JiraMetadata) -> Result<&'m JiraIssueType, Blocked> {
    let lacks = |key: &str| metadata.permissions.iter().any(|one| one.key == key && !one.is_granted);
    if lacks("BROWSE_PROJECTS") {
        return Err(Blocked::new(BlockedCause::ProjectMissing));
    }
    if lacks("CREATE_ISSUES") {
        return Err(Blocked::new(BlockedCause::NotPermitted).of_permission("CREATE_ISSUES"));
    }
    match metadata.issue_type(&of_type.issue_type) {
        None => Err(Blocked::new(BlockedCause::IssueTypeMissing)),
        Some(issue_type) if issue_type.is_subtask => Err(Blocked::new(BlockedCause::ParentWanted)),
        Some(issue_type) => Ok(issue_type),
    }
}

#[expect(clippy::result_large_err, reason = "its caller stores what blocks the task at once")]
fn set(
    fields: &mut Map<String, Value>,
    of: &JiraIssueType,
    value: &FieldValue,
    version: JiraVersion,
) -> Result<(), Blocked> {
    let id = value.field.as_str();
    let Some(field) = of.field(id) else { return Err(Blocked::new(BlockedCause::FieldRefused).of_field(id, id)) };
    let written = values::value(version, value).filter(|_| values::fits(field, value));
    let written = written.ok_or_else(|| Blocked::new(BlockedCause::ValueUnknown).of_field(id, &field.name))?;
    fields.insert(id.to_owned(), written);
    Ok(())
}

fn priority(task: &TaskContent<'_>, mapping: &Mapping) -> Option<FieldValue> {
    let target = mapping.priorities.iter().find(|target| Some(&target.priority) == task.priority)?;
    let option = FieldText::parse(target.to.as_ref()?.as_str())?;
    Some(FieldValue { field: JiraId::parse("priority")?, form: FieldForm::Option, values: vec![option] })
}

fn labels(task: &TaskContent<'_>, mapping: &Mapping) -> Option<FieldValue> {
    let copied = task.labels.iter().filter(|_| mapping.labels.copied);
    let labels = mapping.labels.always.iter().chain(copied).filter_map(|label| FieldText::parse(label.as_str()));
    let labels: Vec<_> = labels.collect();
    let field = JiraId::parse("labels")?;
    (!labels.is_empty()).then_some(FieldValue { field, form: FieldForm::Texts, values: labels })
}

/// One line of at most 255 characters. What is cut off stands in the description.
fn summary(title: &str) -> String {
    let line = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SUMMARY_CHARACTERS {
        return line;
    }
    line.chars().take(SUMMARY_CHARACTERS - 1).chain(['…']).collect()
}

fn description(task: &TaskContent<'_>) -> String {
    let is_cut = summary(task.title).ends_with('…');
    let title = is_cut.then_some(task.title);
    let link = task.url.map(|url| format!("[{url}](<{url}>)"));
    let parts = title.into_iter().chain(task.body).map(str::to_owned).chain(link);
    parts.collect::<Vec<_>>().join("\n\n")
}

/// Reads the answer to `POST issue`. `sent` is the body that it answers.
pub fn read_creation(status: u16, body: &[u8], sent: &NewIssue, metadata: &JiraMetadata) -> Creation {
    #[derive(Deserialize)]
    struct Created {
        id: String,
        #[serde(default)]
        key: String,
    }
    match (status, JiraRefusal::read(body)) {
        (200 | 201, _) => {
            let created = serde_json::from_slice::<Created>(body).ok();
            let created = created.and_then(|created| Some((JiraId::parse(&created.id)?, created.key)));
            created.map_or(Creation::Unknown, |(id, key)| Creation::Created { id, key })
        }
        (429, _) => Creation::Limited,
        (401, _) => Creation::CredentialRefused,
        (400..=499, Some(refusal)) => {
            let known = metadata.issue_type(&sent.issue_type).map(|one| one.fields.as_slice()).unwrap_or_default();
            let none = Map::new();
            let fields = sent.body.get("fields").and_then(Value::as_object).unwrap_or(&none);
            Creation::Refused(of_refusal(RefusedRequest::Creation, status, &refusal, fields, known))
        }
        _ => Creation::Unknown,
    }
}

impl CreationAttempt {
    /// An attempt whose request is about to leave.
    pub const fn new(nonce: String, now: Timestamp) -> Self {
        Self { nonce, sent_at: now, looks: 0 }
    }

    /// When the issue is looked for next, while its answer is lost.
    pub fn next_look(&self) -> Timestamp {
        let after = LOOKS.get(usize::from(self.looks)).copied();
        self.sent_at.plus_millis(after.unwrap_or(SURELY_INDEXED))
    }

    /// The same attempt, sent again.
    #[must_use]
    pub fn again(&self, now: Timestamp) -> Self {
        Self::new(self.nonce.clone(), now)
    }
}

/// Decides what follows from a search for the issues that this account created, after an answer was lost. `found` is the
/// whole result around the attempt. Not finding the mark proves nothing until the index has demonstrably passed the attempt.
pub fn after_lost_answer(attempt: &mut CreationAttempt, found: &[FoundIssue], now: Timestamp) -> AfterLostAnswer {
    let is_ours = |issue: &&FoundIssue| issue.mark.as_ref().is_some_and(|mark| mark.nonce == attempt.nonce);
    if let Some(issue) = found.iter().find(is_ours) {
        return AfterLostAnswer::Adopt { id: issue.id.clone(), key: issue.key.clone() };
    }
    attempt.looks = attempt.looks.saturating_add(1);
    let passed =
        found.iter().filter_map(|issue| issue.created).any(|created| created.since(attempt.sent_at) >= INDEX_PASSED);
    if (passed && attempt.looks >= FEWEST_LOOKS) || now.since(attempt.sent_at) >= SURELY_INDEXED {
        return AfterLostAnswer::CreateAgain;
    }
    AfterLostAnswer::LookAgain { at: attempt.next_look().max(now) }
}

#[cfg(test)]
mod tests;
