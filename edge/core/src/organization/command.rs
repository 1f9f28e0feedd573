//! How the organization is asked: one command, one caller, one answer.

use api::Timestamp;
use futures::future::LocalBoxFuture;
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};

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

/// What is written exactly as `T` is, whether or not it was read on the way.
pub trait WrittenAs<T> {}
impl<T> WrittenAs<T> for T {}

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

/// Asks the organization for what is passed on as it wrote it: the answer as JSON, unread.
///
/// The way there is one boxed future: laid out anew in each handler, it would make up a good part of the Worker.
pub fn relay<'a>(
    organizations: &'a impl Organizations,
    organization: &'a OrganizationId,
    caller: Caller,
    name: &'static str,
    command: String,
) -> LocalBoxFuture<'a, Result<String, Refusal>> {
    Box::pin(async move {
        let asked = Asked { name: name.to_owned(), caller, command };
        let asked = serde_json::to_string(&asked).map_err(|error| broken(name, &error))?;
        let answer = organizations.carry(organization, asked).await?;
        if let Some(answer) = answer.strip_prefix(r#"{"Ok":"#).and_then(|rest| rest.strip_suffix('}')) {
            return Ok(answer.to_owned());
        }
        match serde_json::from_str::<Result<IgnoredAny, Refusal>>(&answer).map_err(|error| broken(name, &error))? {
            Err(refusal) => Err(refusal),
            Ok(_) => Err(Refusal::Storage(format!("{name}: an answer is not written as it always is"))),
        }
    })
}

/// Asks `command` of the organization.
pub async fn ask<C: Command>(
    organizations: &impl Organizations,
    organization: &OrganizationId,
    caller: Caller,
    command: &C,
) -> Result<C::Answer, Refusal> {
    ask_as(organizations, organization, caller, command).await
}

/// Asks `command` of the organization, and reads the answer only as far as `A` does.
pub async fn ask_as<C: Command, A: DeserializeOwned>(
    organizations: &impl Organizations,
    organization: &OrganizationId,
    caller: Caller,
    command: &C,
) -> Result<A, Refusal> {
    let command = serde_json::to_string(command).map_err(|error| broken(C::NAME, &error))?;
    let answer = relay(organizations, organization, caller, C::NAME, command).await?;
    serde_json::from_str(&answer).map_err(|error| broken(C::NAME, &error))
}

fn broken(command: &str, error: &serde_json::Error) -> Refusal {
    Refusal::Storage(format!("{command}: {error}"))
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
        answered.map(|answer| format!(r#"{{"Ok":{answer}}}"#)).or_else(refused).unwrap_or_else(unwritable)
    }

    /// The answer as JSON.
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
            KeepRsaKey FindRsaKey MakeGuide FindGuide AdmitConnecting AdmitSigning
            BeginCheckup RecordCheckup WantCheckup
            SwitchConnection FindMembers SignMemberOut
            FindWorkspaces ShowWorkspace MakeWorkspace SaveWorkspace AddMembership DropMembership
            FindProjects MakeProject SaveProject DropProject FindAccess SaveAccess
            AdmitCall ReportGrant FindClaim ConfirmRetired FindAlerts FindSealing
        }
    }

    fn carry_out<C: Command>(&self, asked: &Asked) -> Result<String, Refusal> {
        let who = self.identify(&asked.caller, C::NEEDS)?;
        let command: C = serde_json::from_str(&asked.command).map_err(|error| broken(C::NAME, &error))?;
        serde_json::to_string(&command.run(self, &who)?).map_err(|error| broken(C::NAME, &error))
    }
}
