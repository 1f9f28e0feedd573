use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use super::*;
use crate::{Cause, CredentialShown, DeliveryOutcome, KeyScope, Kind, Role, State, Status, WebhookEvent};

fn survives<T: Serialize + DeserializeOwned>(written: &serde_json::Value) {
    let read: T = serde_json::from_value(written.clone()).expect("it is read");
    assert_eq!(&serde_json::to_value(read).expect("it is written"), written);
}

#[test]
fn a_cause_of_tomorrow_survives_being_read_and_written_back() {
    let cause: Cause = serde_json::from_str("\"eaten_by_a_grue\"").expect("it is read");
    assert_eq!(cause, Cause::Unknown(UnknownWord::new("eaten_by_a_grue")));
    assert_eq!(serde_json::to_string(&cause).expect("it is written"), "\"eaten_by_a_grue\"");
    assert_eq!(cause.remedy(), Cause::UNKNOWN.remedy());
    survives::<Status>(&json!({"state": "interrupted", "cause": "eaten_by_a_grue", "since": "1970-01-01T00:00:00Z"}));
}

#[test]
fn words_of_tomorrow_survive_being_read_and_written_back() {
    let word = json!("word-of:tomorrow");
    survives::<KeyScope>(&word);
    survives::<Kind>(&word);
    survives::<Role>(&word);
    survives::<State>(&word);
    survives::<WebhookEvent>(&word);
    survives::<crate::NeedAction>(&word);
    survives::<crate::FailureCode>(&word);
    survives::<crate::ProblemCode>(&word);
}

#[test]
fn a_status_an_outcome_and_a_credential_of_tomorrow_survive_with_their_fields() {
    let fields = json!({"a": [null, true, -1, 1.5, {"b": "c"}], "since": "1970-01-01T00:00:00Z", "n": 18_446_744_073_709_551_615_u64});
    let with = |tag: &str| {
        let mut fields = fields.clone();
        fields[tag] = "of_tomorrow".into();
        fields
    };
    survives::<Status>(&with("state"));
    survives::<DeliveryOutcome>(&with("outcome"));
    survives::<CredentialShown>(&with("kind"));
    survives::<CredentialShown>(&json!({"kind": "basic", "form": "of_tomorrow", "username": null, "expires_at": null}));
    let status: Status = serde_json::from_value(with("state")).expect("it is read");
    assert_eq!(status.state().as_str(), "of_tomorrow");
}

#[test]
fn a_word_that_no_version_wrote_is_unknown_and_never_cut() {
    for word in ["", &"w".repeat(41), "two words", "mot_clé"] {
        assert_eq!(Cause::read(word), Cause::UNKNOWN, "{word:?}");
    }
    let longest = "w".repeat(40);
    assert_eq!(Cause::read(&longest).as_str(), longest);
}

#[test]
fn an_object_in_a_request_is_not_read_from_an_array() {
    let asked = |credential: serde_json::Value| {
        serde_json::from_value::<crate::StartAuthorization>(json!({"kind": "basic", "credential": credential}))
    };
    let whole = json!({"kind": "basic", "address": "https://a.example", "form": "password", "secret": "s"});
    assert!(asked(whole).is_ok_and(|read| read.credential.is_some()));
    assert!(asked(json!(null)).is_ok_and(|read| read.credential.is_none()));
    assert!(asked(json!(["basic", "https://a.example", "password", null, "s", null])).is_err());
}

#[test]
fn a_request_is_refused_for_a_word_that_is_not_known() {
    let asked =
        |scope: &str| serde_json::from_value::<crate::NewApiKey>(json!({"name": "CI", "scopes": ["proxy", scope]}));
    assert!(asked("connections:read").is_ok());
    assert!(asked("launch:missiles").is_err_and(|error| error.to_string().contains("`launch:missiles`")));
}
