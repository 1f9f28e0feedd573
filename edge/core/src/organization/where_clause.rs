//! A `WHERE` clause that grows.

use crate::organization::Value;

/// What must hold for a row to be found. Without any part, everything is.
#[derive(Default)]
pub(super) struct WhereClause {
    parts: Vec<String>,
    values: Vec<Value>,
}

impl WhereClause {
    /// Adds a part, with the values of its question marks.
    pub(super) fn and(&mut self, part: &str, values: Vec<Value>) {
        self.parts.push(part.to_owned());
        self.values.extend(values);
    }

    /// Adds that a column that is lower case contains `words`, if there are any.
    pub(super) fn and_contains(&mut self, column: &str, words: Option<&str>) {
        if let Some(words) = words.map(str::trim).filter(|words| !words.is_empty()) {
            self.and(&format!("instr({column}, ?) > 0"), vec![words.to_lowercase().into()]);
        }
    }

    /// Adds all that must hold there, too.
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
