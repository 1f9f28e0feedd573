//! The field for the Jira project of a project: picked from those that the connection's account sees in Jira. While Jira
//! cannot be asked, a key can be entered instead.

use std::time::Duration;

use api::{ConnectionId, JiraProject, JiraProjects, JiraProjectsQuery, ListJiraProjects};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::{CallError, call},
    ui::{
        combobox::{Combobox, Suggestion},
        isolated,
    },
};

/// How long it waits for the next keystroke before it asks.
const KEYSTROKES: Duration = Duration::from_millis(250);

/// What is known of the projects that match.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Known {
    /// Nobody was asked: there is no connection, or nobody entered the field yet.
    NotAsked,
    /// Jira is being asked.
    Asking,
    /// What Jira answered.
    Found(JiraProjects),
    /// Jira could not be asked.
    Failed(CallError),
}

/// What the field holds, and what it may be saved as.
#[derive(Clone, Copy)]
pub(super) struct JiraProjectChoice {
    text: RwSignal<String>,
    before: StoredValue<String>,
    known: RwSignal<Known>,
    /// Counts the questions: of several that are under way only the answer to the last one is taken.
    asked: StoredValue<u32>,
    /// Whether the person has tried to save.
    tried: RwSignal<bool>,
}

impl JiraProjectChoice {
    /// The key that is stored, if any.
    pub(super) fn new(before: Option<String>) -> Self {
        let before = before.unwrap_or_default();
        Self {
            text: RwSignal::new(before.clone()),
            before: StoredValue::new(before),
            known: RwSignal::new(Known::NotAsked),
            asked: StoredValue::new(0),
            tried: RwSignal::new(false),
        }
    }

    /// The key to save, or why there is none. `Ok(None)` for no Jira project.
    fn read(self) -> Result<Option<String>, String> {
        let text = self.text.get();
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if self.before.with_value(|before| before == text) {
            return Ok(Some(text.to_owned()));
        }
        chosen(text, &self.known.get()).map(Some)
    }

    /// The key to save, `Ok(None)` for no Jira project. An error is shown from now on.
    pub(super) fn key(self) -> Result<Option<String>, String> {
        self.tried.set(true);
        untrack(|| self.read())
    }

    fn error(self) -> Option<String> {
        if self.tried.get() { self.read().err() } else { None }
    }

    fn suggestions(self) -> Vec<Suggestion> {
        let Known::Found(found) = self.known.get() else { return Vec::new() };
        let suggestion = |JiraProject { key, name }| Suggestion { words: format!("{name} ({key})"), value: key };
        found.items.into_iter().map(suggestion).collect()
    }

    fn help(self, has_connection: bool) -> String {
        match self.known.get() {
            Known::NotAsked if has_connection => "Search by name or key.".to_owned(),
            Known::NotAsked => {
                "Choose a connection to pick from its projects, or enter a key, for example ABC.".to_owned()
            }
            Known::Asking => "Asking Jira …".to_owned(),
            Known::Failed(error) => {
                format!("{} Enter the key. It is not checked until Jira can be asked.", error.sentence())
            }
            Known::Found(found) => counted(&found),
        }
    }

    /// Asks Jira for the projects that match, unless the person types on meanwhile.
    fn search(self, connection: Option<ConnectionId>, text: String) {
        let question = self.asked.get_value().wrapping_add(1);
        self.asked.set_value(question);
        let Some(connection) = connection else {
            self.known.set(Known::NotAsked);
            return;
        };
        self.known.update(|known| {
            if !matches!(known, Known::Found(_)) {
                *known = Known::Asking;
            }
        });
        // What was stored or picked is a key: the others are wanted as well.
        let is_settled = self.before.with_value(|before| *before == text);
        let q = Some(text.trim().to_owned()).filter(|text| !text.is_empty() && !is_settled);
        let is_last = move || self.asked.try_get_value() == Some(question);
        let ask = move || {
            if !is_last() {
                return;
            }
            spawn_local(async move {
                let answer = call::<ListJiraProjects>(&connection, &JiraProjectsQuery { q }).await;
                if is_last() {
                    self.known.try_set(match answer {
                        Ok(found) => Known::Found(found),
                        Err(error) => Known::Failed(error),
                    });
                }
            });
        };
        set_timeout(ask, KEYSTROKES);
    }
}

/// The key that a text stands for: that of a project that Jira listed or, while Jira lists none, a key as it was typed.
fn chosen(text: &str, known: &Known) -> Result<String, String> {
    let is_named = |one: &&JiraProject| one.key.eq_ignore_ascii_case(text) || one.name.eq_ignore_ascii_case(text);
    if let Known::Found(found) = known {
        let listed = found.items.iter().find(is_named).map(|one| one.key.clone());
        let missing = || {
            format!(
                "{} does not exist in this Jira, or the account of the connection may not see it. Choose a project from \
                 the list.",
                isolated(text)
            )
        };
        return listed.ok_or_else(missing);
    }
    let key = text.to_ascii_uppercase();
    let is_key = key.starts_with(|first: char| first.is_ascii_uppercase())
        && key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if is_key { Ok(key) } else { Err("Enter the key of the Jira project, for example ABC.".to_owned()) }
}

fn counted(found: &JiraProjects) -> String {
    match (found.items.len(), found.more) {
        (0, _) => "Jira shows no such project to the account of this connection.".to_owned(),
        (1, false) => "1 project. Use the arrow keys to choose.".to_owned(),
        (count, false) => format!("{count} projects. Use the arrow keys to choose."),
        (count, true) => format!("The first {count} projects. Type to find others."),
    }
}

/// The field.
#[component]
pub(super) fn JiraProjectField(
    /// What it holds.
    choice: JiraProjectChoice,
    /// The connection to ask through.
    connection: Signal<Option<ConnectionId>>,
) -> impl IntoView {
    Effect::new(move |before: Option<Option<ConnectionId>>| {
        let now = connection.get();
        if before.is_some_and(|before| before != now) {
            choice.known.set(Known::NotAsked);
        }
        now
    });
    view! {
        <Combobox
            id="project-key"
            label="Jira project"
            help=Signal::derive(move || choice.help(connection.with(Option::is_some)))
            value=choice.text
            suggestions=Signal::derive(move || choice.suggestions())
            error=Signal::derive(move || choice.error())
            on_search=move |text| choice.search(connection.get_untracked(), text)
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> Known {
        let shop = JiraProject { key: "SHOP".to_owned(), name: "Web shop".to_owned() };
        Known::Found(JiraProjects { items: vec![shop], more: false })
    }

    #[test]
    fn while_jira_answers_only_what_it_lists_can_be_chosen() {
        for text in ["SHOP", "shop", "web SHOP"] {
            assert_eq!(chosen(text, &found()).as_deref(), Ok("SHOP"), "{text}");
        }
        assert!(chosen("NOPE", &found()).is_err());
    }

    #[test]
    fn while_jira_cannot_be_asked_a_key_is_taken_as_it_is() {
        let failed = Known::Failed(CallError::Unreachable(String::new()));
        for known in [Known::NotAsked, Known::Asking, failed] {
            assert_eq!(chosen("nope_1", &known).as_deref(), Ok("NOPE_1"));
            for text in ["1A", "A-B", "two words"] {
                assert!(chosen(text, &known).is_err(), "{text}");
            }
        }
    }
}
