//! What the organization decided for all its members.

use api::{EditSettings, GetSettings, Nothing, Settings, SettingsEdit, TimelineEvent};
use serde::{Deserialize, Serialize};

use crate::organization::{Answers, Needs, Refusal, Turn, record, to_record};

/// The settings as stored. Version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredSettings {
    pub(crate) v: u8,
    #[serde(flatten)]
    pub(crate) settings: Settings,
}

impl Turn<'_> {
    /// What the organization decided; at first nothing.
    pub(super) fn settings(&self) -> Result<Settings, Refusal> {
        let stored: Option<StoredSettings> = record(self.sql, "SELECT record FROM settings", vec![])?;
        Ok(stored.map(|stored| stored.settings).unwrap_or_default())
    }
}

/// Shows what the organization decided.
impl Answers for GetSettings {
    type Outcome = Settings;

    fn needs((): &(), _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer((): (), _: Nothing, turn: &Turn<'_>) -> Result<Settings, Refusal> {
        turn.settings()
    }
}

/// Decides for the organization. What stays as it is is not recorded.
impl Answers for EditSettings {
    type Outcome = Settings;

    fn needs((): &(), _: &SettingsEdit) -> Needs {
        Needs::Administrator
    }

    fn answer((): (), edit: SettingsEdit, turn: &Turn<'_>) -> Result<Settings, Refusal> {
        let before = turn.settings()?;
        let settings = Settings { anonymous_charts: edit.anonymous_charts.unwrap_or(before.anonymous_charts) };
        if settings != before {
            let upsert = "INSERT OR REPLACE INTO settings (one, record) VALUES (1, ?)";
            turn.sql.run(upsert, vec![to_record(&StoredSettings { v: 1, settings })?])?;
            let event = TimelineEvent::AnonymousChartsAllowed { allowed: settings.anonymous_charts };
            turn.record_event(None, turn.who.actor(), event)?;
        }
        Ok(settings)
    }
}
