//! Reads JQL as a tree.

use super::words::{Word, cut};
use super::{Clause, Operand, Operator, Order, Predicate, Query, Term};

/// Brackets within brackets, before a query is refused.
const DEEPEST: usize = 50;
const OPERATORS: &str =
    "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.";
const OPERATOR: &str = "operator";
const FIELD: &str = "a field name";
const VALUE: &str = "either a value, list or function";
const JOINT: &str = "either 'OR' or 'AND'";
const LIST: &str = "either a list or a function";

/// Words that have to be quoted where they are values.
pub(in super::super) const RESERVED: [&str; 24] = [
    "after", "and", "asc", "before", "by", "changed", "desc", "during", "empty", "from", "in", "is", "not", "null",
    "on", "or", "order", "to", "was", "select", "where", "field", "having", "limit",
];

impl Query {
    /// Reads JQL. `Err` is the sentence for `errorMessages`.
    pub(in super::super) fn parse(jql: &str) -> Result<Self, String> {
        let mut words = Words { all: cut(jql)?, next: 0, depth: 0 };
        let mut query = Self::default();
        if !words.is_next("order") && !words.is_at_end() {
            query.clause = Some(words.any()?);
        }
        if words.takes("order") {
            words.demand("by", "'BY'")?;
            query.order.push(words.order()?);
            while words.takes(",") {
                query.order.push(words.order()?);
            }
        }
        if words.is_at_end() { Ok(query) } else { Err(words.complaint(JOINT)) }
    }
}

struct Words {
    all: Vec<Word>,
    next: usize,
    depth: usize,
}

impl Words {
    fn is_at_end(&self) -> bool {
        self.next >= self.all.len()
    }

    /// Whether a keyword or sign comes next; a quoted text is neither.
    fn is_next(&self, word: &str) -> bool {
        self.is_at(self.next, word)
    }

    fn is_at(&self, place: usize, word: &str) -> bool {
        let word_there = self.all.get(place).filter(|there| !there.is_quoted());
        word_there.is_some_and(|there| there.text().eq_ignore_ascii_case(word))
    }

    fn takes(&mut self, word: &str) -> bool {
        let taken = self.is_next(word);
        self.next += usize::from(taken);
        taken
    }

    fn demand(&mut self, word: &str, expected: &str) -> Result<(), String> {
        if self.takes(word) { Ok(()) } else { Err(self.complaint(expected)) }
    }

    fn word(&mut self, expected: &str) -> Result<String, String> {
        let word = self.all.get(self.next).filter(|word| !word.is_sign());
        let word = word.map(|word| word.text().to_owned()).ok_or_else(|| self.complaint(expected))?;
        self.next += 1;
        Ok(word)
    }

    /// What Jira says where something else was expected.
    fn complaint(&self, expected: &str) -> String {
        let advice = if expected == OPERATOR { format!(" {OPERATORS}") } else { String::new() };
        match self.all.get(self.next) {
            Some(word) => format!(
                "Error in the JQL Query: Expecting {expected} but got '{}'.{advice} (line 1, character {})",
                word.text(),
                word.place
            ),
            None => format!("Error in the JQL Query: Expecting {expected} before the end of the query.{advice}"),
        }
    }

    fn any(&mut self) -> Result<Clause, String> {
        let mut clauses = vec![self.all()?];
        while self.takes("or") || self.takes("||") {
            clauses.push(self.all()?);
        }
        Ok(if clauses.len() == 1 { clauses.remove(0) } else { Clause::Or(clauses) })
    }

    fn all(&mut self) -> Result<Clause, String> {
        let mut clauses = vec![self.one()?];
        while self.takes("and") || self.takes("&&") || self.takes("&") {
            clauses.push(self.one()?);
        }
        Ok(if clauses.len() == 1 { clauses.remove(0) } else { Clause::And(clauses) })
    }

    fn one(&mut self) -> Result<Clause, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("Error in the JQL Query: The query is nested too deeply.".into());
        }
        let clause = if self.takes("not") || self.takes("!") {
            Clause::Not(Box::new(self.one()?))
        } else if self.takes("(") {
            let inner = self.any()?;
            self.demand(")", JOINT)?;
            inner
        } else {
            Clause::Term(self.term()?)
        };
        self.depth -= 1;
        Ok(clause)
    }

    fn term(&mut self) -> Result<Term, String> {
        let field = self.word(FIELD)?;
        let operator = self.operator()?;
        let operands = match operator {
            Operator::Changed => Vec::new(),
            Operator::In | Operator::NotIn | Operator::WasIn | Operator::WasNotIn => self.list()?,
            _ => vec![self.operand()?],
        };
        let mut predicates = Vec::new();
        while let Some(predicate) = self.predicate(operator)? {
            predicates.push(predicate);
        }
        Ok(Term { field, operator, operands, predicates })
    }

    /// `AFTER`, `BEFORE`, `ON`, `DURING` and `BY` of history, `FROM` and `TO` of `CHANGED`.
    fn predicate(&mut self, operator: Operator) -> Result<Option<Predicate>, String> {
        let of_history = ["after", "before", "on", "during", "by"];
        let of_change = ["from", "to"];
        let known = of_history.iter().filter(|_| operator.is_of_history());
        let known = known.chain(of_change.iter().filter(|_| operator == Operator::Changed));
        let Some(name) = known.copied().find(|name| self.is_next(name)) else { return Ok(None) };
        self.next += 1;
        let operands = if self.is_next("(") { self.list()? } else { vec![self.operand()?] };
        if name == "during" && operands.len() != 2 {
            return Err("Error in the JQL Query: The predicate 'DURING' takes two dates in brackets.".into());
        }
        Ok(Some(Predicate { name, operands }))
    }

    fn operator(&mut self) -> Result<Operator, String> {
        let spelled: [(&[&str], Operator); 19] = [
            (&["was", "not", "in"], Operator::WasNotIn),
            (&["was", "not"], Operator::WasNot),
            (&["was", "in"], Operator::WasIn),
            (&["was"], Operator::Was),
            (&["changed"], Operator::Changed),
            (&["is", "not"], Operator::IsNot),
            (&["is"], Operator::Is),
            (&["not", "in"], Operator::NotIn),
            (&["in"], Operator::In),
            (&["!="], Operator::EqualsNot),
            (&["!~"], Operator::ContainsNot),
            (&["<="], Operator::LessOrEqual),
            (&[">="], Operator::GreaterOrEqual),
            (&["="], Operator::Equals),
            (&["~"], Operator::Contains),
            (&["<"], Operator::Less),
            (&[">"], Operator::Greater),
            (&["!", "="], Operator::EqualsNot),
            (&["!", "~"], Operator::ContainsNot),
        ];
        let fits = |words: &[&str]| words.iter().enumerate().all(|(offset, word)| self.is_at(self.next + offset, word));
        let found = spelled.into_iter().find(|(words, _)| fits(words));
        let (words, operator) = found.ok_or_else(|| self.complaint(OPERATOR))?;
        self.next += words.len();
        Ok(operator)
    }

    /// A list in brackets, or a function that gives one.
    fn list(&mut self) -> Result<Vec<Operand>, String> {
        if !self.takes("(") {
            let operand = self.operand()?;
            return if matches!(operand, Operand::Function(..)) {
                Ok(vec![operand])
            } else {
                Err(self.complaint(LIST))
            };
        }
        let mut operands = vec![self.operand()?];
        while self.takes(",") {
            operands.push(self.operand()?);
        }
        self.demand(")", "')' or ','")?;
        Ok(operands)
    }

    fn operand(&mut self) -> Result<Operand, String> {
        if self.takes("empty") || self.takes("null") {
            return Ok(Operand::Empty);
        }
        let is_quoted = self.all.get(self.next).is_some_and(Word::is_quoted);
        let word = self.word(VALUE)?;
        if is_quoted || !self.takes("(") {
            return Ok(Operand::Value(word));
        }
        let mut arguments = Vec::new();
        while !self.takes(")") {
            if !arguments.is_empty() {
                self.demand(",", "')' or ','")?;
            }
            arguments.push(self.word("an argument")?);
        }
        Ok(Operand::Function(word, arguments))
    }

    fn order(&mut self) -> Result<Order, String> {
        let field = self.word(FIELD)?;
        let descending = if self.takes("desc") { Some(true) } else { self.takes("asc").then_some(false) };
        Ok(Order { field, descending })
    }
}
