//! Builds `WHERE` clauses.

use crate::{folding::folded, organization::Value};

/// The conditions of a statement, joined by `AND`. Without conditions, every row matches.
#[derive(Default)]
pub(super) struct WhereClause {
    parts: Vec<String>,
    values: Vec<Value>,
}

impl WhereClause {
    /// Adds a condition, with the values of its parameters.
    pub(super) fn and(&mut self, part: &str, values: Vec<Value>) {
        self.parts.push(part.to_owned());
        self.values.extend(values);
    }

    /// Adds the condition that a column of [`crate::folding`] contains `words`, unless they are empty. Rows that an older
    /// version wrote are lower case and not folded.
    pub(super) fn and_contains(&mut self, column: &str, words: Option<&str>) {
        if let Some(words) = words.map(str::trim).filter(|words| !words.is_empty()) {
            let contains = format!("(instr({column}, ?) > 0 OR instr({column}, ?) > 0)");
            self.and(&contains, vec![folded(words).into(), words.to_lowercase().into()]);
        }
    }

    /// Adds the conditions of another clause.
    pub(super) fn join(&mut self, other: Self) {
        self.parts.extend(other.parts);
        self.values.extend(other.values);
    }

    /// The clause and its values.
    pub(super) fn clause(self) -> (String, Vec<Value>) {
        let clause = if self.parts.is_empty() { String::new() } else { format!("WHERE {}", self.parts.join(" AND ")) };
        (clause, self.values)
    }
}
