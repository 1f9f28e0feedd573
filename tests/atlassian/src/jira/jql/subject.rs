//! What the names of fields in JQL stand for.

use super::super::configuration::Kind;
use super::{Operator, Reader};

/// What a name in JQL stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject<'a> {
    Key,
    Id,
    StatusCategory,
    /// Summary, description and comments at once.
    Text,
    Comment,
    Watcher,
    WatcherCount,
    Voter,
    WorklogAuthor,
    WorklogDate,
    /// The types of the links that an issue has.
    LinkType,
    HierarchyLevel,
    ProjectType,
    /// A saved search, whose issues are meant.
    Filter,
    Creator,
    Created,
    Updated,
    Resolved,
    CategoryChanged,
    Due,
    /// Seconds of the time tracking, by the field that shows them.
    Tracked(&'static str),
    Field(&'a str, Kind),
}

impl Reader<'_> {
    /// The meaning of a field's name; none if there is no such field.
    pub(super) fn subject(&self, name: &str) -> Option<Subject<'_>> {
        Some(match name.to_lowercase().as_str() {
            "key" | "issuekey" | "issue" | "workitemkey" => Subject::Key,
            "id" => Subject::Id,
            "statuscategory" => Subject::StatusCategory,
            "text" => Subject::Text,
            "comment" => Subject::Comment,
            "watcher" => Subject::Watcher,
            "watchers" => Subject::WatcherCount,
            "voter" => Subject::Voter,
            "worklogauthor" => Subject::WorklogAuthor,
            "worklogdate" => Subject::WorklogDate,
            "issuelinktype" => Subject::LinkType,
            "hierarchylevel" => Subject::HierarchyLevel,
            "projecttype" => Subject::ProjectType,
            "filter" | "request" | "savedfilter" | "searchrequest" => Subject::Filter,
            "creator" => Subject::Creator,
            "created" | "createddate" => Subject::Created,
            "updated" | "updateddate" => Subject::Updated,
            "resolved" | "resolutiondate" => Subject::Resolved,
            "statuscategorychangeddate" => Subject::CategoryChanged,
            "due" | "duedate" => Subject::Due,
            "originalestimate" | "timeoriginalestimate" => Subject::Tracked("timeoriginalestimate"),
            "remainingestimate" | "timeestimate" => Subject::Tracked("timeestimate"),
            "timespent" => Subject::Tracked("timespent"),
            "type" | "worktype" => Subject::Field("issuetype", Kind::IssueType),
            "component" => Subject::Field("components", Kind::Components),
            "fixversion" => Subject::Field("fixVersions", Kind::Versions),
            "affectedversion" => Subject::Field("versions", Kind::Versions),
            "attachments" => Subject::Field("attachment", Kind::Attachments),
            "parentepic" => Subject::Field("parent", Kind::Parent),
            _ => {
                let field = self.jira.configuration.field_named(name)?;
                Subject::Field(&field.id, field.kind)
            }
        })
    }
}

impl Subject<'_> {
    pub(super) fn is_date(self) -> bool {
        let of_itself = matches!(
            self,
            Self::Created | Self::Updated | Self::Resolved | Self::Due | Self::CategoryChanged | Self::WorklogDate
        );
        of_itself || matches!(self, Self::Field(_, Kind::Date | Kind::DateTime))
    }

    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Comment | Self::Field(_, Kind::Text | Kind::Paragraph | Kind::Url))
    }

    pub(super) fn is_person(self) -> bool {
        matches!(self, Self::Watcher | Self::Voter | Self::WorklogAuthor | Self::Creator)
            || matches!(self, Self::Field(_, Kind::Person | Kind::People))
    }

    pub(super) fn is_ordered(self) -> bool {
        self.is_date()
            || matches!(self, Self::Key | Self::Id | Self::WatcherCount | Self::HierarchyLevel | Self::Tracked(_))
            || matches!(self, Self::Field(_, Kind::Number | Kind::Priority | Kind::Votes))
    }

    /// Whether Jira keeps a history of it that can be searched.
    pub(super) fn has_history(self) -> bool {
        match self {
            Self::Field(_, Kind::Status | Kind::Priority | Kind::Resolution) => true,
            Self::Field(id, _) => ["assignee", "reporter", "fixVersions"].contains(&id),
            _ => false,
        }
    }

    /// The operators that it takes, as the editor of JQL offers them.
    pub(in super::super) fn operators(self) -> Vec<&'static str> {
        const ALL: [Operator; 17] = [
            Operator::Equals,
            Operator::EqualsNot,
            Operator::Contains,
            Operator::ContainsNot,
            Operator::Less,
            Operator::LessOrEqual,
            Operator::Greater,
            Operator::GreaterOrEqual,
            Operator::Is,
            Operator::IsNot,
            Operator::In,
            Operator::NotIn,
            Operator::Was,
            Operator::WasIn,
            Operator::WasNotIn,
            Operator::WasNot,
            Operator::Changed,
        ];
        ALL.into_iter().filter(|operator| operator.suits(self)).map(Operator::sign).collect()
    }
}

impl Operator {
    pub(super) fn suits(self, subject: Subject<'_>) -> bool {
        match self {
            Self::Contains | Self::ContainsNot => subject.is_text(),
            _ if self.is_of_size() => subject.is_ordered(),
            _ if self.is_of_history() => subject.has_history(),
            Self::Is | Self::IsNot => true,
            _ => !subject.is_text(),
        }
    }
}
