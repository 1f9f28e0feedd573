//! A query as `jql/parse` writes it.

use serde_json::{Value, json};

use super::{Clause, Operand, Operator, Query, Term};

impl Query {
    pub(in super::super) fn structure(&self) -> Value {
        let mut structure = json!({});
        if let Some(clause) = &self.clause {
            structure["where"] = clause.structure();
        }
        if !self.order.is_empty() {
            let fields = self.order.iter().map(|order| {
                let mut element = json!({ "field": field(&order.field) });
                if let Some(descending) = order.descending {
                    element["direction"] = json!(if descending { "desc" } else { "asc" });
                }
                element
            });
            structure["orderBy"] = json!({ "fields": fields.collect::<Vec<_>>() });
        }
        structure
    }
}

impl Clause {
    fn structure(&self) -> Value {
        let compound = |operator: &str, clauses: Vec<Value>| json!({ "operator": operator, "clauses": clauses });
        match self {
            Self::And(all) => compound("and", all.iter().map(Self::structure).collect()),
            Self::Or(all) => compound("or", all.iter().map(Self::structure).collect()),
            Self::Not(clause) => compound("not", vec![clause.structure()]),
            Self::Term(term) => term.structure(),
        }
    }
}

impl Term {
    fn structure(&self) -> Value {
        let mut structure = json!({ "field": field(&self.field), "operator": self.operator.sign() });
        let is_list = matches!(self.operator, Operator::In | Operator::NotIn | Operator::WasIn | Operator::WasNotIn);
        if is_list {
            structure["operand"] = json!({ "values": self.operands.iter().map(operand).collect::<Vec<_>>() });
        } else if let Some(only) = self.operands.first() {
            structure["operand"] = operand(only);
        }
        if self.operator.is_of_history() {
            let predicates = self.predicates.iter().map(|predicate| {
                let operands: Vec<Value> = predicate.operands.iter().map(operand).collect();
                let one = operands.first().cloned().unwrap_or_default();
                let all = if operands.len() == 1 { one } else { json!({ "values": operands }) };
                json!({ "operator": predicate.name, "operand": all })
            });
            structure["predicates"] = predicates.collect();
        }
        structure
    }
}

fn field(name: &str) -> Value {
    json!({ "name": name, "encodedName": encoded(name) })
}

fn operand(operand: &Operand) -> Value {
    match operand {
        Operand::Value(value) => json!({ "value": value, "encodedValue": encoded(value) }),
        Operand::Function(name, arguments) => json!({ "function": name, "arguments": arguments }),
        Operand::Empty => json!({ "keyword": "empty" }),
    }
}

/// As it can stand in a query: quoted where it must be.
fn encoded(text: &str) -> String {
    let is_plain = !text.is_empty() && text.chars().all(|letter| letter.is_alphanumeric() || "-_[]".contains(letter));
    if is_plain { text.to_owned() } else { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) }
}
