//! Commands over HTTP: the controls of [`crate::Model`] as JSON, for the binary.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::clock::Moment;
use crate::data_center::{AdminCommand, Instance};
use crate::deliveries::{self, DeliveryOrder};
use crate::families::Death;
use crate::faults::Fault;
use crate::jira::{JiraSite, Withheld, api, board};
use crate::people::Person;
use crate::world::{Shared, World};

/// One command, tagged by `do`: `{"do":"advance_clock","seconds":3660}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Command {
    /// Moves the clock forward.
    AdvanceClock { seconds: u64 },
    /// Injects a fault.
    OrderFault { fault: Fault },
    /// Removes all faults and releases the requests that they hold.
    ClearFaults,
    /// Releases the requests that slow faults hold.
    Release,
    /// Removes a person's consent.
    RevokeConsent { person: Person },
    /// Ends a person's families, keeps the consent.
    ChangePassword { person: Person },
    /// Deactivates an account.
    Deactivate { person: Person },
    /// Logs everybody out of Atlassian.
    LogEverybodyOut,
    /// Renames a site.
    RenameSite { site: String, name: String, url: String },
    /// Puts a site behind an IP allow-list, or no longer.
    SetIpAllowList { site: String, refuses: bool },
    /// Changes the named settings, leaves the others.
    ChangeSettings { settings: Map<String, Value> },
    /// Does something at a Data Center instance.
    AtInstance { instance: Instance, order: AdminCommand },
    /// An API token of Jira Cloud, with these scopes or without, that lives so many days or a year.
    CreateApiToken { person: Person, scopes: Option<Vec<String>>, days: Option<u64> },
    /// Revokes one.
    RevokeApiToken { token: String },
    /// Somebody drags an issue to another status, whatever the workflow says.
    DragIssue { site: String, issue: String, status: String, person: Person },
    /// Somebody moves an issue to another project.
    MoveIssue { site: String, issue: String, project: String, person: Person },
    /// Somebody deletes an issue.
    DeleteIssue { site: String, issue: String, person: Person },
    /// Takes a permission from somebody in a project, or gives it back.
    WithholdPermission { site: String, project: String, permission: String, person: Person, withheld: bool },
    /// Lets held webhooks go, each so many times.
    DeliverWebhooks { order: DeliveryOrder, times: usize },
    /// Forgets the recorded requests.
    ForgetRequests,
}

impl Command {
    /// Applies it. `Err` is a sentence for the caller; nothing was changed then.
    pub(crate) fn apply(self, world: &Shared) -> Result<(), String> {
        match self {
            Self::AdvanceClock { seconds } => world.change(|state| state.clock.advance(Duration::from_secs(seconds))),
            Self::OrderFault { fault } => drop(world.faults.inject(fault)),
            Self::ClearFaults => world.faults.clear(),
            Self::Release => world.faults.release_all(),
            Self::RevokeConsent { person } => drop(world.change(|state| state.revoke_consent(person))),
            Self::ChangePassword { person } => {
                world.change(|state| state.end_families_of(person, Death::PasswordChanged));
            }
            Self::Deactivate { person } => world.change(|state| state.deactivate(person)),
            Self::LogEverybodyOut => world.change(|state| state.log_ins.clear()),
            Self::RenameSite { site, name, url } => {
                return world.change(|state| state.change_site(&site, |site| (site.name, site.url) = (name, url)));
            }
            Self::SetIpAllowList { site, refuses } => {
                return world.change(|state| state.change_site(&site, |site| site.ip_allow_list = refuses));
            }
            Self::ChangeSettings { settings } => return change_settings(world, settings),
            Self::AtInstance { instance, order } => {
                return world.change(|state| {
                    let now = state.now();
                    let installation = state.data_centers.of_mut(instance);
                    order.apply(installation, installation.clock(now))
                });
            }
            Self::CreateApiToken { person, scopes, days } => {
                let life = days.map(|days| Duration::from_hours(24 * days));
                drop(world.change(|state| state.create_api_token(person, scopes, life)));
            }
            Self::RevokeApiToken { token } => {
                let revoked = world.change(|state| state.api_tokens.revoke(&token));
                return if revoked { Ok(()) } else { Err("There is no such API token.".into()) };
            }
            Self::DragIssue { site, issue, status, person } => {
                return by_hand(world, &site, person, |jira, now| board::drag(jira, &issue, &status, person, now));
            }
            Self::MoveIssue { site, issue, project, person } => {
                return by_hand(world, &site, person, |jira, now| board::move_to(jira, &issue, &project, person, now));
            }
            Self::DeleteIssue { site, issue, person } => {
                return by_hand(world, &site, person, |jira, _| board::delete(jira, &issue, person));
            }
            Self::WithholdPermission { site, project, permission, person, withheld } => {
                let lacked = Withheld { project, permission, person };
                return by_hand(world, &site, person, |jira, _| jira.withhold(lacked, withheld));
            }
            Self::DeliverWebhooks { order, times } => drop(deliveries::let_go(world, order, times)),
            Self::ForgetRequests => world.recorder.forget(),
        }
        Ok(())
    }
}

/// Changes the Jira of a Cloud site as a person would.
fn by_hand(
    world: &Shared,
    site: &str,
    person: Person,
    change: impl FnOnce(&mut JiraSite, Moment) -> Result<(), String>,
) -> Result<(), String> {
    let known = world.read(|state| state.site(site).cloned());
    let known = known.ok_or_else(|| format!("There is no site {site}."))?;
    api::change_by_hand(world, &known, person, change).unwrap_or_else(|| Err(format!("There is no Jira at {site}.")))
}

fn change_settings(world: &World, changes: Map<String, Value>) -> Result<(), String> {
    world.change(|state| {
        state.settings = changed(&state.settings, changes)?;
        Ok(())
    })
}

/// Settings with the named ones changed. `Err` is a sentence that names what makes no sense.
pub(crate) fn changed<T: Serialize + DeserializeOwned>(settings: &T, changes: Map<String, Value>) -> Result<T, String> {
    let mut all = serde_json::to_value(settings).map_err(|error| error.to_string())?;
    for (name, value) in changes {
        *all.get_mut(&name).ok_or_else(|| format!("There is no setting {name}."))? = value;
    }
    serde_json::from_value(all).map_err(|error| error.to_string())
}
