//! Values for fields, as Jira takes them.

use api::{FieldForm, FieldText, FieldValue, JiraField};
use serde_json::{Number, Value, json};

use super::{document, jira::JiraVersion};

/// The value as Jira takes it; `None` if there is none, or if it does not have its form.
pub(super) fn value(version: JiraVersion, value: &FieldValue) -> Option<Value> {
    let first = value.values.first()?.as_str();
    Some(match value.form {
        FieldForm::Text | FieldForm::Date => first.into(),
        FieldForm::LongText => long_text(version, first),
        FieldForm::Number => Value::Number(number(first)?),
        FieldForm::Option => json!({ "id": first }),
        FieldForm::Options => value.values.iter().map(|option| json!({ "id": option.as_str() })).collect(),
        FieldForm::Texts => value.values.iter().map(FieldText::as_str).map(label).collect(),
        FieldForm::User if version == JiraVersion::Cloud => json!({ "accountId": first }),
        FieldForm::User => json!({ "name": first }),
        FieldForm::Other | FieldForm::Unknown(_) => return None,
    })
}

/// A text of several lines, from Markdown.
pub(super) fn long_text(version: JiraVersion, markdown: &str) -> Value {
    match version {
        JiraVersion::Cloud => document::to_adf(markdown),
        JiraVersion::DataCenter => document::to_wiki_markup(markdown).into(),
    }
}

/// A label: Jira's have no spaces.
pub(super) fn label(text: &str) -> String {
    let label: String =
        text.trim().chars().map(|c| if c.is_whitespace() || c.is_control() { '_' } else { c }).collect();
    label.chars().take(LABEL_CHARACTERS).collect()
}

/// The most characters of a label.
const LABEL_CHARACTERS: usize = 255;

fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    text.parse::<i64>().ok().map(Number::from).or_else(|| Number::from_f64(text.parse().ok()?))
}

/// Whether a field takes a value: of its form, and one of its options where Jira lists them.
pub(super) fn fits(field: &JiraField, value: &FieldValue) -> bool {
    let is_listed = |text: &FieldText| {
        field.options.is_empty() || field.options.iter().any(|option| option.id.as_str() == text.as_str())
    };
    let has_options = matches!(value.form, FieldForm::Option | FieldForm::Options);
    let is_readable =
        value.form != FieldForm::Number || value.values.first().is_some_and(|n| number(n.as_str()).is_some());
    field.form == value.form
        && !value.values.is_empty()
        && is_readable
        && (!has_options || value.values.iter().all(is_listed))
}

#[cfg(test)]
mod tests {
    use api::JiraId;

    use super::*;

    fn of(form: FieldForm, values: &[&str]) -> FieldValue {
        let values = values.iter().map(|text| FieldText::parse(text).expect("a text")).collect();
        FieldValue { field: JiraId::parse("customfield_1").expect("an id"), form, values }
    }

    #[test]
    fn each_form_is_written_as_jira_takes_it() {
        let written = |form, values: &[&str]| value(JiraVersion::DataCenter, &of(form, values));
        assert_eq!(written(FieldForm::Option, &["10000"]), Some(json!({"id": "10000"})));
        assert_eq!(written(FieldForm::Options, &["1", "2"]), Some(json!([{"id": "1"}, {"id": "2"}])));
        assert_eq!(written(FieldForm::Number, &["2.5"]), Some(json!(2.5)));
        assert_eq!(written(FieldForm::Number, &["3"]), Some(json!(3)));
        for odd in ["NaN", "inf", "many", ""].into_iter().filter_map(FieldText::parse) {
            assert_eq!(written(FieldForm::Number, &[odd.as_str()]), None, "{odd:?}");
        }
        assert_eq!(written(FieldForm::Texts, &["two words"]), Some(json!(["two_words"])));
        assert_eq!(written(FieldForm::User, &["kim"]), Some(json!({"name": "kim"})));
        assert_eq!(value(JiraVersion::Cloud, &of(FieldForm::User, &["5b1"])), Some(json!({"accountId": "5b1"})));
        assert_eq!(
            value(JiraVersion::Cloud, &of(FieldForm::LongText, &["x"])).map(|doc| doc["type"].clone()),
            Some(json!("doc"))
        );
        assert_eq!(written(FieldForm::Other, &["x"]), None);
        assert_eq!(written(FieldForm::Text, &[]), None);
    }
}
