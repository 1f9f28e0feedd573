//! What Jira says when it refuses a request.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A refusal in Jira's words: sentences, and a sentence for each field that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JiraRefusal {
    /// Sentences about the whole request.
    pub messages: Vec<String>,
    /// Sentences by the id of a field.
    pub fields: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    error_messages: Option<Vec<String>>,
    errors: Option<BTreeMap<String, serde_json::Value>>,
    /// What some endpoints write instead.
    message: Option<String>,
}

impl JiraRefusal {
    /// Reads a refusal; `None` if the body is none, such as a page of a proxy.
    pub fn read(body: &[u8]) -> Option<Self> {
        let written: Written = serde_json::from_slice(body).ok()?;
        if written.error_messages.is_none() && written.errors.is_none() && written.message.is_none() {
            return None;
        }
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        let messages = written.error_messages.into_iter().flatten().chain(written.message);
        let fields = written.errors.into_iter().flatten().map(|(field, value)| (field, text(value)));
        Some(Self { messages: messages.collect(), fields: fields.collect() })
    }

    /// All that Jira said, in one text.
    pub fn words(&self) -> String {
        let fields = self.fields.iter().map(|(field, said)| format!("{field}: {said}"));
        self.messages.iter().cloned().chain(fields).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_refusal_are_read_and_a_page_is_none() {
        let refusal = JiraRefusal::read(br#"{"errorMessages":["No."],"errors":{"summary":"Too long."},"status":400}"#);
        assert_eq!(refusal.map(|refusal| refusal.words()).as_deref(), Some("No. summary: Too long."));
        let refusal = JiraRefusal::read(br#"{"message":"Client must be authenticated.","status-code":401}"#);
        assert_eq!(refusal.map(|refusal| refusal.words()).as_deref(), Some("Client must be authenticated."));
        for body in ["<html>502</html>", "", "{}", "[]", r#"{"issues": []}"#] {
            assert_eq!(JiraRefusal::read(body.as_bytes()), None, "{body}");
        }
    }
}
