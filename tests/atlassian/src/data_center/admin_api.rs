//! The admin API of one Data Center instance: what its administrator can do, and what can happen to it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::installation::Installation;
use super::{ApplicationLink, Scope};
use crate::clock::Moment;
use crate::commands::changed;
use crate::people::Person;

/// One command, tagged by `do`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum AdminCommand {
    /// Registers an application link of OAuth 1.0a, or replaces the one of that key.
    RegisterApplicationLink { consumer_key: String, consumer_name: String, public_key: String },
    /// Removes an application link and its tokens.
    RemoveApplicationLink { consumer_key: String },
    /// Creates an incoming link of OAuth 2.0.
    CreateIncomingLink { name: String, redirect_url: String, permission: Scope },
    /// Removes an incoming link and its tokens.
    RemoveIncomingLink { client_id: String },
    /// A personal access token that lives so many days, or for ever.
    CreatePersonalAccessToken { person: Person, days: Option<u64> },
    /// Revokes one.
    RevokePersonalAccessToken { token: String },
    /// Takes back what a person gave to applications by OAuth.
    RevokeAccess { person: Person },
    /// Changes a password.
    SetPassword { person: Person, password: String },
    /// Deactivates an account or activates it again.
    SetActive { person: Person, active: bool },
    /// Logs everybody out.
    LogEverybodyOut,
    /// Moves to the new address, or back.
    SetMoved { moved: bool },
    /// Changes the named settings, leaves the others.
    ChangeSettings { settings: Map<String, Value> },
}

impl AdminCommand {
    /// Applies it. `Err` is a sentence for the caller; nothing was changed then.
    pub(crate) fn apply(self, installation: &mut Installation, clock: Moment) -> Result<(), String> {
        match self {
            Self::RegisterApplicationLink { consumer_key, consumer_name, public_key } => {
                let link = ApplicationLink { consumer_key, consumer_name, public_key };
                return installation.oauth1.links.register(link);
            }
            Self::RemoveApplicationLink { consumer_key } => {
                return found(installation.oauth1.remove_link(&consumer_key), "application link");
            }
            Self::CreateIncomingLink { name, redirect_url, permission } => {
                return installation.oauth2.links.create(&name, &redirect_url, permission).map(drop);
            }
            Self::RemoveIncomingLink { client_id } => {
                return found(installation.oauth2.remove_link(&client_id), "incoming link");
            }
            Self::CreatePersonalAccessToken { person, days } => {
                let life = days.map(|days| Duration::from_hours(24 * days));
                installation.personal_access_tokens.create(person, life, clock);
            }
            Self::RevokePersonalAccessToken { token } => {
                return found(installation.personal_access_tokens.revoke(&token), "personal access token");
            }
            Self::RevokeAccess { person } => installation.revoke_access(person),
            Self::SetPassword { person, password } => {
                let account = installation.accounts.of_person(person);
                return found(account.map(|account| account.password = password).is_some(), "account");
            }
            Self::SetActive { person, active } => {
                let account = installation.accounts.of_person(person);
                return found(account.map(|account| account.active = active).is_some(), "account");
            }
            Self::LogEverybodyOut => installation.sessions.clear(),
            Self::SetMoved { moved } => installation.moved = moved,
            Self::ChangeSettings { settings } => installation.settings = changed(&installation.settings, settings)?,
        }
        Ok(())
    }
}

fn found(found: bool, what: &str) -> Result<(), String> {
    if found { Ok(()) } else { Err(format!("There is no such {what}.")) }
}
