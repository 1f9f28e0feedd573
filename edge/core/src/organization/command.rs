//! How the organization is asked: one command, one caller, one answer.

use api::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    organization::{Caller, Identity, Needs, Refusal, Sql, migrate},
    organization_id::OrganizationId,
    ports::{PortFailure, Random},
};

/// Something the organization can be asked. The Worker and the Durable Object share this declaration.
pub trait Command: Serialize + DeserializeOwned {
    /// Names it between the Worker and the Durable Object.
    const NAME: &'static str;
    /// Who may ask it.
    const NEEDS: Needs;
    /// What is answered.
    type Answer: Serialize + DeserializeOwned;

    /// Decides, reads and writes.
    fn run<S: Sql, R: Random>(
        self,
        organization: &Organization<'_, S, R>,
        who: &Identity,
    ) -> Result<Self::Answer, Refusal>;
}

/// A command on its way, with who asks it.
#[derive(Serialize, Deserialize)]
pub struct Asked {
    /// [`Command::NAME`].
    pub name: String,
    /// Who asks.
    pub caller: Caller,
    /// The command, as JSON text: what carries it need not know its form.
    pub command: String,
}

/// The way to the organization, from anywhere: one hop a command.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait Organizations {
    /// Carries `asked` (JSON of [`Asked`]) to the organization's object and brings back what
    /// [`Organization::answer`] gave.
    async fn carry(&self, organization: &OrganizationId, asked: String) -> Result<String, PortFailure>;
}

/// Asks the organization for what is passed on as it wrote it: the answer as JSON. Nothing is read on the way, which
/// keeps the Worker small.
pub async fn relay(
    organizations: &impl Organizations,
    organization: &OrganizationId,
    caller: Caller,
    name: &'static str,
    command: String,
) -> Result<String, Refusal> {
    let broken = |error: serde_json::Error| Refusal::Storage(format!("{name}: {error}"));
    let asked = Asked { name: name.to_owned(), caller, command };
    let answer = organizations.carry(organization, serde_json::to_string(&asked).map_err(broken)?).await?;
    if let Some(answer) = answer.strip_prefix(r#"{"Ok":"#).and_then(|rest| rest.strip_suffix('}')) {
        return Ok(answer.to_owned());
    }
    match serde_json::from_str::<Result<serde::de::IgnoredAny, Refusal>>(&answer).map_err(broken)? {
        Err(refusal) => Err(refusal),
        Ok(_) => Err(Refusal::Storage(format!("{name}: an answer is not written as it always is"))),
    }
}

/// Asks `command` of the organization.
pub async fn ask<C: Command>(
    organizations: &impl Organizations,
    organization: &OrganizationId,
    caller: Caller,
    command: &C,
) -> Result<C::Answer, Refusal> {
    let broken = |error: serde_json::Error| Refusal::Storage(format!("{}: {error}", C::NAME));
    let command = serde_json::to_string(command).map_err(broken)?;
    let asked = Asked { name: C::NAME.to_owned(), caller, command };
    let asked = serde_json::to_string(&asked).map_err(broken)?;
    let answer = organizations.carry(organization, asked).await?;
    serde_json::from_str::<Result<C::Answer, Refusal>>(&answer).map_err(broken)?
}

/// The organization at one moment.
pub struct Organization<'a, S, R> {
    /// Its tables.
    pub sql: &'a S,
    /// Where ids come from.
    pub random: &'a R,
    /// Now.
    pub now: Timestamp,
    /// The verified e-mail addresses of the administrators, lower case, as the operator names them today.
    pub administrators: &'a [String],
}

impl<S: Sql, R: Random> Organization<'_, S, R> {
    /// Brings the tables to this version.
    pub fn prepare(sql: &S) -> Result<(), PortFailure> {
        migrate(sql)
    }

    /// Answers a command that came as JSON of [`Asked`], with JSON of a `Result`.
    pub fn answer(&self, asked: &str) -> String {
        let answered = serde_json::from_str(asked)
            .map_err(|error| Refusal::Storage(format!("a command cannot be read: {error}")))
            .and_then(|asked| self.dispatch(&asked));
        let refused = |refusal| serde_json::to_string(&Err::<(), _>(refusal));
        let unwritable = |_| r#"{"Err":{"storage":"unwritable answer"}}"#.to_owned();
        answered.or_else(refused).unwrap_or_else(unwritable)
    }

    /// The answer as JSON of a `Result` that is `Ok`.
    fn dispatch(&self, asked: &Asked) -> Result<String, Refusal> {
        macro_rules! commands {
            ($($command:ident)*) => {
                match asked.name.as_str() {
                    $(name if name == super::$command::NAME => self.carry_out::<super::$command>(asked),)*
                    name => Err(Refusal::Storage(format!("no command is named {name}"))),
                }
            };
        }
        commands! {
            BeginSignIn SpendSignIn OpenSession ShowSession CloseSession
            BeginBrought KeepRequestToken PasteCode SettleBrought
            BeginAttempt SpendTicket SpendState OfferSites SettleAttempt FailAttempt FailChoice ShowAttempt FindChoice CancelAttempt
            SaveNewConnection SaveConnection FindWayBack RevertConnection ShowConnection FindConnections FindAttention
            FindImpact EndAuthorization DeleteConnection RestoreConnection FindRenewal
            FindTimeline FindAuditLog BeginExport
            MakeApiKey FindApiKeys DropApiKey
            MakeWebhook FindWebhooks SaveWebhook DropWebhook TryWebhook FindDeliveries SendAgain
            FindMove MoveConnection DismissMove OfferAddress
            KeepNextKey GiveUpNextKey FindRotation AdoptNextKey
            KeepRsaKey FindRsaKey MakeGuide FindGuide AdmitConnecting
            BeginCheckup RecordCheckup WantCheckup
            SwitchConnection FindMembers SignMemberOut
            FindWorkspaces ShowWorkspace MakeWorkspace SaveWorkspace AddMembership DropMembership
            FindProjects MakeProject SaveProject DropProject FindAccess SaveAccess
            AdmitCall ReportGrant FindClaim ConfirmRetired FindAlerts FindSealing
        }
    }

    fn carry_out<C: Command>(&self, asked: &Asked) -> Result<String, Refusal> {
        let unreadable = |error: serde_json::Error| Refusal::Storage(format!("{}: {error}", C::NAME));
        let who = self.identify(&asked.caller, C::NEEDS)?;
        let command: C = serde_json::from_str(&asked.command).map_err(unreadable)?;
        serde_json::to_string(&Ok::<_, ()>(command.run(self, &who)?)).map_err(unreadable)
    }
}
