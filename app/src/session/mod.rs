//! Who is signed in: yes, no, or not yet known.

mod gate;
mod header;
mod sign_in;

pub(crate) use gate::SessionGate;
pub(crate) use header::Header;

use crate::{
    client::{CallError, get},
    json_reader::JsonReader,
    ui::{note, query::Query},
};
use api::{Endpoint, GetSession, Member, MemberId, ProblemCode, Role, Session, Timestamp};
use leptos::prelude::*;

/// Whether somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SignedIn {
    /// The edge has not answered yet.
    NotYetKnown,
    /// Yes: this session.
    Yes(Box<Session>),
    /// No, and why, in the edge's words.
    No(String),
    /// The edge could not be asked.
    Unclear(CallError),
}

impl SignedIn {
    fn from_answer(answer: Option<Result<Session, CallError>>) -> Self {
        match answer {
            None => Self::NotYetKnown,
            Some(Ok(session)) => Self::Yes(Box::new(session)),
            Some(Err(error)) if error.code() == Some(ProblemCode::NotSignedIn) => Self::No(error.sentence()),
            Some(Err(error)) => Self::Unclear(error),
        }
    }
}

/// The session of this browser, in context.
#[derive(Clone, Copy)]
pub(crate) struct CurrentSession {
    answer: Query<Session>,
    /// When the session that was loaded last ends; `None` before there was one.
    ends: StoredValue<Option<Timestamp>>,
    /// Whether the person has signed out.
    has_left: StoredValue<bool>,
}

/// What came before the sign-in page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nobody was signed in in this browser, or the last one signed out before the page was loaded.
    Nobody,
    /// The person signed out.
    SignedOut,
    /// The session ended. Whether it was as old as a session may get.
    Ended {
        /// The twelve hours were over.
        by_age: bool,
    },
}

impl CurrentSession {
    /// Loads it.
    pub(crate) fn load() -> Self {
        let ends = StoredValue::new(None);
        let load = move || async move {
            let answer = get(GetSession::PATH.to_owned(), read).await;
            if let Ok(session) = &answer {
                ends.try_set_value(Some(session.expires_at));
                remember(Some(session.expires_at));
            }
            answer
        };
        Self { answer: Query::new(load), ends, has_left: StoredValue::new(false) }
    }

    /// What came before, where nobody is signed in at `now`.
    pub(crate) fn before(self, now: Timestamp) -> Before {
        match self.ends.get_value().or_else(remembered) {
            _ if self.has_left.get_value() => Before::SignedOut,
            Some(ends) => Before::Ended { by_age: now >= ends },
            None => Before::Nobody,
        }
    }

    /// The person wanted to sign out. `signed_out` says whether the edge did so.
    pub(crate) fn leave(self, signed_out: bool) {
        self.has_left.set_value(signed_out);
        if signed_out {
            remember(None);
        }
        self.reload();
    }

    /// Whether somebody is signed in.
    pub(crate) fn signed_in(self) -> SignedIn {
        SignedIn::from_answer(self.answer.get())
    }

    /// Whether an administrator is signed in; false while that is not known.
    pub(crate) fn is_administrator(self) -> bool {
        matches!(self.signed_in(), SignedIn::Yes(session) if session.member.role == Role::Administrator)
    }

    /// Loads it again.
    pub(crate) fn reload(self) {
        self.answer.reload();
    }
}

/// The key of when the last session of this browser ends, in its local storage: a page that is loaded after that still
/// says that the session ended.
const STORAGE_KEY: &str = "causeway-session-ends";

/// Stores when the session ends, or that there is none. If the browser blocks storage, only this page knows.
fn remember(ends: Option<Timestamp>) {
    let Ok(Some(storage)) = window().local_storage() else { return };
    let stored = match ends {
        Some(ends) => storage.set_item(STORAGE_KEY, &ends.as_millis().to_string()),
        None => storage.remove_item(STORAGE_KEY),
    };
    note(stored, "the end of the session is not remembered");
}

fn remembered() -> Option<Timestamp> {
    let ends = window().local_storage().ok().flatten()?.get_item(STORAGE_KEY).ok().flatten()?;
    ends.parse().ok().map(Timestamp::from_millis)
}

fn read(json: &JsonReader) -> Option<Session> {
    let member = json.field("member");
    let role = match member.text("role")?.as_str() {
        "administrator" => Role::Administrator,
        "member" => Role::Member,
        _ => return None,
    };
    Some(Session {
        member: Member {
            id: MemberId::parse(member.text("id")?).ok()?,
            email: member.text("email")?,
            name: member.text("name")?,
            role,
        },
        organization: json.text("organization")?,
        expires_at: json.timestamp("expires_at")?,
    })
}

/// The address for signing in, which then returns to `here`, a path of ours.
pub(crate) fn sign_in_href(here: &str) -> String {
    format!("/sign-in?return_to={}", String::from(js_sys::encode_uri_component(here)))
}

#[cfg(test)]
mod tests {
    use api::Problem;

    use super::*;

    fn refused(code: ProblemCode) -> CallError {
        CallError::Refused(Box::new(Problem::new(code, "", "req_1")))
    }

    #[test]
    fn only_the_edge_can_say_that_nobody_is_signed_in() {
        assert_eq!(SignedIn::from_answer(None), SignedIn::NotYetKnown);
        assert_eq!(SignedIn::from_answer(Some(Err(refused(ProblemCode::NotSignedIn)))), SignedIn::No(String::new()));
        assert!(matches!(SignedIn::from_answer(Some(Err(refused(ProblemCode::Unavailable)))), SignedIn::Unclear(_)));
        let unreachable = Some(Err(CallError::Unreachable(String::new())));
        assert!(matches!(SignedIn::from_answer(unreachable), SignedIn::Unclear(_)));
    }
    #[cfg(target_arch = "wasm32")]
    #[wasm_bindgen_test::wasm_bindgen_test]
    fn a_session_is_read_as_the_contract_reads_it() {
        for role in ["administrator", "member"] {
            let json = format!(
                r#"{{"member":{{"id":"mem_1","email":"ada@example.com","name":"Ada","role":"{role}"}},
                "organization":"default","expires_at":"2026-01-01T00:00:00Z"}}"#
            );
            let reader = JsonReader::new(js_sys::JSON::parse(&json).expect("JSON"));
            assert_eq!(read(&reader), serde_json::from_str(&json).ok());
            assert_eq!(read(&reader.field("member")), None);
        }
    }
}
