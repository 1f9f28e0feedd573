//! The mapping while it is edited: what each status leads to, and what is not covered yet.

use api::{
    FieldForm, FieldText, FieldValue, InRule, IssueTypeMapping, JiraId, JiraIssueType, JiraMetadata, Mapping,
    MappingSuggestion, Name, OutRule, ProductStatus, StatusCategory, TransitionField,
};

/// From which side a status is mapped to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the product to Jira.
    Out,
    /// From Jira to the product.
    In,
}

/// What a status leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Nobody has said it yet.
    Undecided,
    /// The other side stays as it is, on purpose.
    Leave,
    /// A status of the other side: an id in Jira, a name in the product.
    To(String),
}

impl Target {
    /// The target as the value of an option.
    pub(super) fn value(&self) -> String {
        match self {
            Self::Undecided => String::new(),
            Self::Leave => "leave".to_owned(),
            Self::To(status) => format!("to:{status}"),
        }
    }

    /// Reads such a value.
    pub(super) fn read(value: &str) -> Self {
        match value.strip_prefix("to:") {
            Some(status) => Self::To(status.to_owned()),
            None if value == "leave" => Self::Leave,
            None => Self::Undecided,
        }
    }
}

/// A status of one side that needs a target on the other, for one type of issue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Line {
    pub(super) issue_type: JiraId,
    pub(super) out: bool,
    /// The name in the product, or the id in Jira.
    pub(super) status: String,
}

impl Line {
    /// The id of its list on the screen.
    pub(super) fn element(&self) -> String {
        place_element(if self.out { "out" } else { "in" }, Some(self.issue_type.as_str()), Some(&self.status))
    }
}

/// The id of the element for a part of the mapping. Anything may stand in a status, so it is written in safe characters.
pub(super) fn place_element(part: &str, issue_type: Option<&str>, item: Option<&str>) -> String {
    let safe = |text: &str| {
        text.chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("_{:x}", u32::from(c)) })
            .collect::<String>()
    };
    format!("map-{part}-{}-{}", safe(issue_type.unwrap_or_default()), safe(item.unwrap_or_default()))
}

fn of_type<'a>(mapping: &'a Mapping, id: &JiraId) -> Option<&'a IssueTypeMapping> {
    mapping.issue_types.iter().find(|one| one.issue_type == *id)
}

/// What a line leads to.
pub(super) fn target(mapping: &Mapping, line: &Line) -> Target {
    let Some(of_type) = of_type(mapping, &line.issue_type) else { return Target::Undecided };
    let found = if line.out {
        let rule = of_type.out.iter().find(|rule| rule.status.as_str() == line.status);
        rule.map(|rule| rule.to.as_ref().map(|to| to.as_str().to_owned()))
    } else {
        let rule = of_type.inward.iter().find(|rule| rule.status.as_str() == line.status);
        rule.map(|rule| rule.to.as_ref().map(|to| to.as_str().to_owned()))
    };
    match found {
        None => Target::Undecided,
        Some(None) => Target::Leave,
        Some(Some(to)) => Target::To(to),
    }
}

/// Says what a line leads to.
pub(super) fn set_target(mapping: &mut Mapping, line: &Line, target: &Target) {
    let Some(of_type) = mapping.issue_types.iter_mut().find(|one| one.issue_type == line.issue_type) else { return };
    let to = match target {
        Target::To(status) => Some(status.as_str()),
        Target::Leave | Target::Undecided => None,
    };
    if line.out {
        of_type.out.retain(|rule| rule.status.as_str() != line.status);
        if let (Ok(status), true) = (Name::parse(&line.status), *target != Target::Undecided) {
            of_type.out.push(OutRule { status, to: to.and_then(JiraId::parse) });
        }
    } else {
        of_type.inward.retain(|rule| rule.status.as_str() != line.status);
        if let (Some(status), true) = (JiraId::parse(&line.status), *target != Target::Undecided) {
            of_type.inward.push(InRule { status, to: to.and_then(|to| Name::parse(to).ok()) });
        }
    }
}

/// The lines of a type in one direction; those without a target come first.
pub(super) fn lines(mapping: &Mapping, of: &JiraIssueType, direction: Direction) -> Vec<Line> {
    let out = direction == Direction::Out;
    let line = |status: &str| Line { issue_type: of.id.clone(), out, status: status.to_owned() };
    let mut lines: Vec<Line> = if out {
        mapping.statuses.iter().map(|status| line(status.status.as_str())).collect()
    } else {
        of.statuses.iter().map(|status| line(status.id.as_str())).collect()
    };
    lines.sort_by_key(|line| target(mapping, line) != Target::Undecided);
    lines
}

/// How many statuses have no target yet, over all mapped types.
pub(super) fn uncovered(mapping: &Mapping, jira: &JiraMetadata) -> usize {
    let of_type = |one: &IssueTypeMapping| {
        let Some(of) = jira.issue_type(&one.issue_type) else { return 0 };
        let count = |direction| {
            let lines = lines(mapping, of, direction);
            lines.iter().filter(|line| target(mapping, line) == Target::Undecided).count()
        };
        count(Direction::Out) + count(Direction::In)
    };
    mapping.issue_types.iter().map(of_type).sum()
}

/// The line that a suggestion is about, and what it suggests.
pub(super) fn suggested(suggestion: &MappingSuggestion) -> (Line, Target) {
    match suggestion {
        MappingSuggestion::Out { issue_type, status, to, .. } => (
            Line { issue_type: issue_type.clone(), out: true, status: status.as_str().to_owned() },
            Target::To(to.as_str().to_owned()),
        ),
        MappingSuggestion::In { issue_type, status, to, .. } => (
            Line { issue_type: issue_type.clone(), out: false, status: status.as_str().to_owned() },
            Target::To(to.as_str().to_owned()),
        ),
    }
}

/// The suggestions for lines that have no target.
pub(super) fn open_suggestions(mapping: &Mapping, suggestions: &[MappingSuggestion]) -> Vec<(Line, Target)> {
    suggestions.iter().map(suggested).filter(|(line, _)| target(mapping, line) == Target::Undecided).collect()
}

/// Adds statuses of the product, written with commas or line breaks between them. What is there already stays.
pub(super) fn add_statuses(mapping: &mut Mapping, text: &str) {
    for part in text.split([',', '\n']) {
        let Ok(status) = Name::parse(part.trim()) else { continue };
        if mapping.statuses.iter().all(|one| one.status != status) {
            mapping.statuses.push(ProductStatus { status, category: None });
        }
    }
}

/// Removes a status of the product, and every rule that leads from or to it.
pub(super) fn remove_status(mapping: &mut Mapping, status: &str) {
    mapping.statuses.retain(|one| one.status.as_str() != status);
    for of_type in &mut mapping.issue_types {
        of_type.out.retain(|rule| rule.status.as_str() != status);
        of_type.inward.retain(|rule| rule.to.as_ref().is_none_or(|to| to.as_str() != status));
    }
}

/// Says what a status of the product means.
pub(super) fn set_category(mapping: &mut Mapping, status: &str, category: Option<StatusCategory>) {
    if let Some(one) = mapping.statuses.iter_mut().find(|one| one.status.as_str() == status) {
        one.category = category;
    }
}

/// A type of issue without any rule.
fn empty_type(id: JiraId) -> IssueTypeMapping {
    IssueTypeMapping {
        issue_type: id,
        out: Vec::new(),
        inward: Vec::new(),
        fields: Vec::new(),
        transition_fields: Vec::new(),
        pass_through: Vec::new(),
        on_conflict: api::ConflictRule::default(),
        on_reopen: api::ReopenRule::default(),
    }
}

/// Adds a type of issue, or removes it with its rules.
pub(super) fn tick_type(mapping: &mut Mapping, id: &JiraId, ticked: bool) {
    let is_there = mapping.issue_types.iter().any(|one| one.issue_type == *id);
    if ticked && !is_there {
        mapping.issue_types.push(empty_type(id.clone()));
    } else if !ticked {
        mapping.issue_types.retain(|one| one.issue_type != *id);
        mapping.kinds.retain(|kind| kind.issue_type != *id);
    }
}

/// The mapping to begin with: one type of issue is chosen, if there is one that tasks can become.
pub(super) fn begun(mut mapping: Mapping, jira: &JiraMetadata) -> Mapping {
    if mapping.issue_types.is_empty() {
        let usable = || jira.issue_types.iter().filter(|one| !one.is_subtask);
        let first = usable().find(|one| one.name.eq_ignore_ascii_case("task")).or_else(|| usable().next());
        mapping.issue_types.extend(first.map(|one| empty_type(one.id.clone())));
    }
    mapping
}

/// The values that are set in a field; empty text removes the field.
pub(super) fn set_field(fields: &mut Vec<FieldValue>, field: &JiraId, form: FieldForm, value: &str) {
    fields.retain(|one| one.field != *field);
    if let Some(text) = FieldText::parse(value.trim()) {
        fields.push(FieldValue { field: field.clone(), form, values: vec![text] });
    }
}

/// The same for a field that transitions to a status want.
pub(super) fn set_transition_field(
    fields: &mut Vec<TransitionField>,
    to: &JiraId,
    field: &JiraId,
    form: FieldForm,
    value: &str,
) {
    fields.retain(|one| one.to != *to || one.value.field != *field);
    if let Some(text) = FieldText::parse(value.trim()) {
        let value = FieldValue { field: field.clone(), form, values: vec![text] };
        fields.push(TransitionField { to: to.clone(), value });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jira() -> JiraMetadata {
        let json = r#"{"issue_types":[
            {"id":"1","name":"Sub-task","is_subtask":true,"statuses":[],"fields":[]},
            {"id":"2","name":"Bug","is_subtask":false,"fields":[],"statuses":[
                {"id":"10","name":"To Do","category":"to_do"},{"id":"30","name":"Done","category":"done"}]}],
            "permissions":[],"read_at":"2026-01-01T00:00:00Z"}"#;
        serde_json::from_str(json).expect("what Jira offers")
    }

    fn mapping(statuses: &str) -> Mapping {
        let mut mapping = begun(Mapping::default(), &jira());
        add_statuses(&mut mapping, statuses);
        mapping
    }

    fn line(out: bool, status: &str) -> Line {
        Line { issue_type: JiraId::parse("2").expect("an id"), out, status: status.to_owned() }
    }

    #[test]
    fn a_new_mapping_begins_with_a_type_that_needs_no_parent() {
        assert_eq!(mapping("").issue_types[0].issue_type.as_str(), "2");
    }

    #[test]
    fn what_was_decided_is_read_again_and_what_is_not_comes_first() {
        let mut mapping = mapping("open, fixed, ignored,open");
        assert_eq!(mapping.statuses.len(), 3, "a status is there once");
        assert_eq!(uncovered(&mapping, &jira()), 5);
        for (status, target_of) in [("open", Target::To("10".to_owned())), ("ignored", Target::Leave)] {
            set_target(&mut mapping, &line(true, status), &target_of);
            assert_eq!(target(&mapping, &line(true, status)), target_of);
        }
        let order: Vec<String> =
            lines(&mapping, jira().issue_type(&line(true, "").issue_type).expect("it"), Direction::Out)
                .into_iter()
                .map(|line| line.status)
                .collect();
        assert_eq!(order, ["fixed", "open", "ignored"]);
        assert_eq!(uncovered(&mapping, &jira()), 3);
        set_target(&mut mapping, &line(true, "open"), &Target::Undecided);
        assert_eq!(uncovered(&mapping, &jira()), 4);
    }

    #[test]
    fn a_choice_survives_the_list_that_it_is_made_in() {
        for target in [Target::Undecided, Target::Leave, Target::To("leave".to_owned()), Target::To(String::new())] {
            assert_eq!(Target::read(&target.value()), target);
        }
    }

    #[test]
    fn a_status_that_is_removed_takes_its_rules_along() {
        let mut mapping = mapping("open, fixed");
        set_target(&mut mapping, &line(true, "open"), &Target::To("10".to_owned()));
        set_target(&mut mapping, &line(false, "10"), &Target::To("open".to_owned()));
        set_target(&mut mapping, &line(false, "30"), &Target::To("fixed".to_owned()));
        remove_status(&mut mapping, "open");
        assert!(mapping.issue_types[0].out.is_empty());
        assert_eq!(target(&mapping, &line(false, "10")), Target::Undecided);
        assert_eq!(target(&mapping, &line(false, "30")), Target::To("fixed".to_owned()));
    }

    #[test]
    fn a_suggestion_is_open_until_its_status_has_a_target() {
        let mut mapping = mapping("open");
        let json = r#"[{"direction":"out","issue_type":"2","status":"open","to":"10","reason":"category"}]"#;
        let suggestions: Vec<MappingSuggestion> = serde_json::from_str(json).expect("suggestions");
        let open = open_suggestions(&mapping, &suggestions);
        assert_eq!(open, [(line(true, "open"), Target::To("10".to_owned()))]);
        set_target(&mut mapping, &open[0].0, &Target::Leave);
        assert!(open_suggestions(&mapping, &suggestions).is_empty());
    }

    #[test]
    fn the_element_of_a_place_is_one_word_whatever_the_status() {
        let element = line(true, "won't fix / ä").element();
        assert!(element.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'), "{element}");
        assert_ne!(line(true, "a b").element(), line(true, "a-b").element());
    }

    #[test]
    fn a_field_without_a_value_is_no_field() {
        let (field, to) = (JiraId::parse("resolution").expect("an id"), JiraId::parse("30").expect("an id"));
        let (mut fields, mut wanted) = (Vec::new(), Vec::new());
        set_field(&mut fields, &field, FieldForm::Option, "1");
        set_field(&mut fields, &field, FieldForm::Option, "2");
        set_transition_field(&mut wanted, &to, &field, FieldForm::Option, "1");
        assert_eq!((fields.len(), fields[0].values[0].as_str(), wanted.len()), (1, "2", 1));
        set_field(&mut fields, &field, FieldForm::Option, " ");
        set_transition_field(&mut wanted, &to, &field, FieldForm::Option, "");
        assert!(fields.is_empty() && wanted.is_empty());
    }
}
