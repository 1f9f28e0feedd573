//! Targets for statuses that a mapping does not cover: by name, then by what the statuses mean.

use api::{
    GuessedCategory, IssueTypeMapping, JiraIssueType, JiraMetadata, JiraStatus, Mapping, MappingSuggestion,
    MappingSuggestions, Name, ProductStatus, StatusCategory, SuggestionReason,
};

/// Words of names by what they mean. Products speak English more often than not; where none is found, nobody guesses.
const WORDS: [(StatusCategory, &[&str]); 3] = [
    (
        StatusCategory::Done,
        &[
            "done",
            "closed",
            "resolved",
            "fixed",
            "completed",
            "complete",
            "verified",
            "wontfix",
            "rejected",
            "cancelled",
            "canceled",
            "duplicate",
            "ignored",
            "dismissed",
            "mitigated",
            "remediated",
            "passed",
            "solved",
            "accepted",
            "suppressed",
            "finished",
            "archived",
        ],
    ),
    (
        StatusCategory::InProgress,
        &[
            "progress",
            "review",
            "reviewing",
            "doing",
            "started",
            "testing",
            "active",
            "investigating",
            "fixing",
            "working",
            "confirmed",
            "assigned",
            "blocked",
            "waiting",
        ],
    ),
    (
        StatusCategory::ToDo,
        &[
            "open",
            "new",
            "todo",
            "backlog",
            "reopened",
            "created",
            "detected",
            "triage",
            "failed",
            "unconfirmed",
            "ready",
            "selected",
            "reported",
        ],
    ),
];

/// What a status of the product means: as the mapping says, or as its name tells.
pub(super) fn category_of(mapping: &Mapping, status: &Name) -> Option<StatusCategory> {
    let said = mapping.statuses.iter().find(|one| one.status == *status).and_then(|one| one.category);
    said.or_else(|| guess(status.as_str()))
}

/// Suggests targets for what is not covered. Nothing is suggested where nothing fits.
pub fn suggest(mapping: &Mapping, metadata: &JiraMetadata) -> MappingSuggestions {
    let mut items = Vec::new();
    for of_type in &mapping.issue_types {
        if let Some(issue_type) = metadata.issue_type(&of_type.issue_type) {
            let out = out(mapping, of_type, issue_type);
            items.extend(inward(mapping, of_type, issue_type, &out));
            items.splice(0..0, out);
        }
    }
    let unsaid = mapping.statuses.iter().filter(|one| one.category.is_none());
    let guessed = unsaid
        .filter_map(|one| Some(GuessedCategory { status: one.status.clone(), category: guess(one.status.as_str())? }));
    MappingSuggestions { items, categories: guessed.collect() }
}

fn out(mapping: &Mapping, of_type: &IssueTypeMapping, issue_type: &JiraIssueType) -> Vec<MappingSuggestion> {
    let uncovered = mapping.statuses.iter().filter(|one| of_type.out(&one.status).is_none());
    let target = |one: &ProductStatus| {
        let (to, reason) = jira_status_for(mapping, one, issue_type)?;
        let (issue_type, status) = (issue_type.id.clone(), one.status.clone());
        Some(MappingSuggestion::Out { issue_type, status, to: to.id.clone(), reason })
    };
    uncovered.filter_map(target).collect()
}

fn jira_status_for<'m>(
    mapping: &Mapping,
    one: &ProductStatus,
    issue_type: &'m JiraIssueType,
) -> Option<(&'m JiraStatus, SuggestionReason)> {
    let named = issue_type.statuses.iter().find(|status| is_same(&status.name, one.status.as_str()));
    let category = category_of(mapping, &one.status);
    let meaning = || issue_type.statuses.iter().find(|status| category.is_some() && status.category == category);
    let by_name = named.map(|status| (status, SuggestionReason::Name));
    by_name.or_else(|| meaning().map(|status| (status, SuggestionReason::Category)))
}

fn inward(
    mapping: &Mapping,
    of_type: &IssueTypeMapping,
    issue_type: &JiraIssueType,
    out: &[MappingSuggestion],
) -> Vec<MappingSuggestion> {
    let uncovered = issue_type.statuses.iter().filter(|status| of_type.inward(&status.id).is_none());
    let target = |status: &JiraStatus| {
        let (to, reason) = product_status_for(mapping, of_type, status, out)?;
        let (issue_type, status) = (issue_type.id.clone(), status.id.clone());
        Some(MappingSuggestion::In { issue_type, status, to: to.clone(), reason })
    };
    uncovered.filter_map(target).collect()
}

/// By name, then one that is sent there, so that a status comes back as it went, then by meaning.
fn product_status_for<'m>(
    mapping: &'m Mapping,
    of_type: &IssueTypeMapping,
    status: &JiraStatus,
    out: &[MappingSuggestion],
) -> Option<(&'m Name, SuggestionReason)> {
    let is_sent_there = |one: &&ProductStatus| {
        let saved = of_type.out(&one.status).flatten() == Some(&status.id);
        saved || out.iter().any(|suggested| matches!(suggested, MappingSuggestion::Out { status: from, to, .. } if *from == one.status && *to == status.id))
    };
    let means_the_same =
        |one: &&ProductStatus| status.category.is_some() && category_of(mapping, &one.status) == status.category;
    let named = mapping.statuses.iter().find(|one| is_same(&status.name, one.status.as_str()));
    let by_meaning = || {
        let statuses = || mapping.statuses.iter();
        statuses().find(is_sent_there).or_else(|| statuses().find(means_the_same))
    };
    let by_name = named.map(|one| (&one.status, SuggestionReason::Name));
    by_name.or_else(|| by_meaning().map(|one| (&one.status, SuggestionReason::Category)))
}

/// Whether two names differ only in case, blanks and punctuation.
fn is_same(one: &str, other: &str) -> bool {
    let letters =
        |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let one = letters(one);
    !one.is_empty() && one == letters(other)
}

/// What a name seems to mean. One that denies something tells nothing.
fn guess(name: &str) -> Option<StatusCategory> {
    let lower = name.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).collect();
    if words.iter().any(|word| matches!(*word, "not" | "un" | "non")) {
        return None;
    }
    if words.iter().any(|word| matches!(*word, "won't" | "wont")) || lower.contains("false positive") {
        return Some(StatusCategory::Done);
    }
    let of_word = |known: &[&str]| words.iter().any(|word| known.contains(word));
    WORDS.iter().find(|(_, known)| of_word(known)).map(|(category, _)| *category)
}

#[cfg(test)]
mod tests {
    use api::JiraId;

    use super::*;
    use crate::issue_tracking::tests::world::{metadata, name, product_statuses, type_mapping};

    fn bare() -> Mapping {
        let mut of_type = type_mapping();
        of_type.out.clear();
        of_type.inward.clear();
        Mapping { statuses: product_statuses(), issue_types: vec![of_type], ..Mapping::default() }
    }

    fn id(text: &str) -> JiraId {
        JiraId::parse(text).expect("an id")
    }

    #[test]
    fn every_status_gets_its_namesake_or_one_that_means_the_same() {
        let suggested = suggest(&bare(), &metadata());
        let out = |status: &str| {
            let of = |one: &MappingSuggestion| match one {
                MappingSuggestion::Out { status: from, to, reason, .. } if *from == name(status) => {
                    Some((to.clone(), *reason))
                }
                _ => None,
            };
            suggested.items.iter().find_map(of)
        };
        assert_eq!(out("in_progress"), Some((id("20"), SuggestionReason::Name)));
        assert_eq!(out("open"), Some((id("10"), SuggestionReason::Category)), "guessed from its name");
        assert_eq!(out("fixed"), Some((id("40"), SuggestionReason::Category)));
        let covered = suggested.items.iter().filter(|one| matches!(one, MappingSuggestion::In { .. })).count();
        assert_eq!(covered, 4, "every status of Jira");
    }

    #[test]
    fn what_is_covered_or_left_on_purpose_is_not_suggested_anew() {
        let mut mapping = bare();
        mapping.issue_types[0].out.push(api::OutRule { status: name("open"), to: None });
        let suggested = suggest(&mapping, &metadata());
        assert!(
            !suggested
                .items
                .iter()
                .any(|one| matches!(one, MappingSuggestion::Out { status, .. } if *status == name("open")))
        );
    }

    #[test]
    fn a_name_tells_what_it_means_unless_it_denies_something() {
        for (text, category) in [
            ("Fixed", Some(StatusCategory::Done)),
            ("won't fix", Some(StatusCategory::Done)),
            ("False positive", Some(StatusCategory::Done)),
            ("In review", Some(StatusCategory::InProgress)),
            ("to-do: new", Some(StatusCategory::ToDo)),
            ("not fixed", None),
            ("offen", None),
            ("unresolved", None),
        ] {
            assert_eq!(guess(text), category, "{text}");
        }
    }
}
