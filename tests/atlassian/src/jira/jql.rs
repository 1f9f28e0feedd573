//! A small, believable part of JQL: conditions joined by `AND`, each `field = value`, `field != value`,
//! `field in (a, b)` or `field not in (a, b)` over project, status, statusCategory, issuetype, priority, assignee,
//! key and labels, and `ORDER BY` over key, created, updated, priority and status.

use super::names::{priority_name, status_category, status_name, type_name};
use super::site::Issue;
use crate::people::Person;

/// A search that was understood.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    conditions: Vec<Condition>,
    order: Vec<Order>,
}

#[derive(Clone, Debug)]
struct Condition {
    field: String,
    negated: bool,
    values: Vec<String>,
}

#[derive(Clone, Debug)]
struct Order {
    field: String,
    descending: bool,
}

const SEARCHABLE: [&str; 8] =
    ["project", "status", "statuscategory", "issuetype", "priority", "assignee", "key", "labels"];
const SORTABLE: [&str; 5] = ["key", "created", "updated", "priority", "status"];

impl Query {
    /// Reads JQL. `Err` is the sentence for `errorMessages`.
    pub(super) fn read(jql: &str) -> Result<Self, String> {
        let mut words = Words { words: split(jql)?, next: 0 };
        let mut query = Self::default();
        if !words.is_next("order") && !words.is_at_end() {
            query.conditions.push(words.condition()?);
            while words.takes("and") {
                query.conditions.push(words.condition()?);
            }
        }
        if words.takes("order") {
            words.demand("by")?;
            query.order.push(words.order()?);
            while words.takes(",") {
                query.order.push(words.order()?);
            }
        }
        if words.is_at_end() { Ok(query) } else { Err(words.complaint()) }
    }

    /// Whether a restriction keeps the search from covering everything.
    pub(super) fn is_bounded(&self) -> bool {
        !self.conditions.is_empty()
    }

    /// The issues found, in order; `me` is `currentUser()`.
    pub(super) fn run<'a>(&self, issues: &'a [Issue], me: Person) -> Vec<&'a Issue> {
        let mut found: Vec<&Issue> =
            issues.iter().filter(|issue| self.conditions.iter().all(|condition| condition.holds(issue, me))).collect();
        // Without an order Jira sorts by creation, newest first.
        found.sort_by_key(|issue| std::cmp::Reverse((issue.created, issue.id)));
        for order in self.order.iter().rev() {
            found.sort_by(|a, b| order.compare(a, b));
        }
        found
    }
}

impl Condition {
    fn holds(&self, issue: &Issue, me: Person) -> bool {
        self.values.iter().any(|value| is(issue, &self.field, value, me)) != self.negated
    }
}

impl Order {
    fn compare(&self, a: &Issue, b: &Issue) -> std::cmp::Ordering {
        let ascending = match self.field.as_str() {
            "key" => (&a.project, a.number).cmp(&(&b.project, b.number)),
            "created" => a.created.cmp(&b.created),
            "updated" => a.updated.cmp(&b.updated),
            // Highest is 1 and sorts last when ascending, as in Jira.
            "priority" => b.priority_id.cmp(&a.priority_id),
            _ => a.status_id.cmp(&b.status_id),
        };
        if self.descending { ascending.reverse() } else { ascending }
    }
}

fn is(issue: &Issue, field: &str, value: &str, me: Person) -> bool {
    let same = |name: &str| name.eq_ignore_ascii_case(value);
    match field {
        "project" => same(&issue.project),
        "status" => same(status_name(issue.status_id)),
        "statuscategory" => same(status_category(issue.status_id)),
        "issuetype" => same(type_name(issue.type_id)),
        "priority" => same(priority_name(issue.priority_id)),
        "key" => same(&issue.key()),
        "labels" => issue.labels.iter().any(|label| same(label)),
        _ => match issue.assignee {
            None => same("empty"),
            Some(person) => same(person.account_id()) || (same("currentUser()") && person == me),
        },
    }
}

struct Words {
    words: Vec<String>,
    next: usize,
}

impl Words {
    fn is_at_end(&self) -> bool {
        self.next >= self.words.len()
    }

    fn is_next(&self, word: &str) -> bool {
        self.words.get(self.next).is_some_and(|next| next.eq_ignore_ascii_case(word))
    }

    fn takes(&mut self, word: &str) -> bool {
        let taken = self.is_next(word);
        self.next += usize::from(taken);
        taken
    }

    fn demand(&mut self, word: &str) -> Result<(), String> {
        if self.takes(word) { Ok(()) } else { Err(self.complaint()) }
    }

    fn word(&mut self) -> Result<String, String> {
        let word = self.words.get(self.next).filter(|word| !"(),=".contains(word.as_str()));
        let word = word.cloned().ok_or_else(|| self.complaint())?;
        self.next += 1;
        Ok(word)
    }

    fn complaint(&self) -> String {
        match self.words.get(self.next) {
            Some(word) => format!("Error in the JQL Query: Unexpected '{word}'."),
            None => "Error in the JQL Query: The query ends too early.".into(),
        }
    }

    fn condition(&mut self) -> Result<Condition, String> {
        let field = self.word()?.to_lowercase();
        let field = if field == "type" { "issuetype".into() } else { field };
        if !SEARCHABLE.contains(&field.as_str()) {
            return Err(format!("Field '{field}' does not exist or you do not have permission to view it."));
        }
        if self.takes("=") || self.takes("is") {
            let negated = self.takes("not");
            return Ok(Condition { field, negated, values: vec![self.word()?] });
        }
        if self.takes("!=") {
            return Ok(Condition { field, negated: true, values: vec![self.word()?] });
        }
        let negated = self.takes("not");
        self.demand("in")?;
        Ok(Condition { field, negated, values: self.list()? })
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        self.demand("(")?;
        let mut values = vec![self.word()?];
        while self.takes(",") {
            values.push(self.word()?);
        }
        self.demand(")")?;
        Ok(values)
    }

    fn order(&mut self) -> Result<Order, String> {
        let field = self.word()?.to_lowercase();
        if !SORTABLE.contains(&field.as_str()) {
            return Err(format!("Not able to sort using field '{field}'."));
        }
        let descending = self.takes("desc");
        let _ascending = !descending && self.takes("asc");
        Ok(Order { field, descending })
    }
}

/// Words, quoted texts and signs. A pair of parentheses right after a word belongs to it: `currentUser()`.
fn split(jql: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = jql.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' => {
                let text = &rest[1..];
                let end =
                    text.find(first).ok_or("Error in the JQL Query: The quoted string has not been completed.")?;
                words.push(text[..end].to_owned());
                rest = text[end + 1..].trim_start();
                continue;
            }
            '!' if rest.starts_with("!=") => 2,
            '(' | ')' | ',' | '=' | '!' => 1,
            _ => word_length(rest),
        };
        words.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    Ok(words)
}

fn word_length(rest: &str) -> usize {
    let end = rest.find(|letter: char| letter.is_whitespace() || "(),=!\"'".contains(letter)).unwrap_or(rest.len());
    if rest[end..].starts_with("()") { end + 2 } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::JiraSite;
    use crate::sites::HARBOUR;

    fn found(jql: &str) -> Vec<String> {
        let site = JiraSite::of(HARBOUR);
        Query::read(jql).unwrap().run(&site.issues, Person::Ada).iter().map(|issue| issue.key()).collect()
    }

    #[test]
    fn conditions_are_joined_by_and() {
        let in_progress = found("project = DOCK AND status = \"In Progress\" ORDER BY key");
        assert_eq!(in_progress, ["DOCK-2", "DOCK-5", "DOCK-7", "DOCK-10", "DOCK-12"]);
        assert!(found("project = DOCK and status in (Done) and assignee = currentUser()").len() < in_progress.len());
    }

    #[test]
    fn a_negated_condition_finds_the_rest() {
        let (done, open) = (found("statusCategory = Done"), found("statusCategory != Done"));
        assert_eq!(done.len() + open.len(), found("project in (DOCK, CUST, OPS)").len());
        assert_eq!(found("assignee is EMPTY").len() + found("assignee is not EMPTY").len(), done.len() + open.len());
    }

    #[test]
    fn keys_are_sorted_by_number() {
        let keys = found("project = DOCK ORDER BY key DESC");
        assert_eq!((keys[0].as_str(), keys[11].as_str()), ("DOCK-12", "DOCK-1"));
    }

    #[test]
    fn a_search_without_restriction_is_not_bounded() {
        assert!(!Query::read("ORDER BY created").unwrap().is_bounded());
        assert!(!Query::read("").unwrap().is_bounded());
        assert!(Query::read("project = DOCK").unwrap().is_bounded());
    }

    #[test]
    fn what_is_not_understood_is_refused_in_words() {
        for jql in ["project", "project =", "colour = red", "project = A OR project = B", "project = \"A", "ORDER key"]
        {
            assert!(Query::read(jql).is_err(), "{jql} was understood");
        }
    }
}
