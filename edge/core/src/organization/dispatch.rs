//! Lists every handler of the organization, and dispatches commands to them.

use serde_json::value::to_raw_value;

use crate::organization::{self as steps, Call, Envelope, IfMatch, Needs, RawReply, Refusal, Step, Turn};

/// A handler that is in the lists below. Only they implement this trait, so a handler that is missing there cannot be
/// sent.
pub trait Listed {
    /// The name of the handler in an [`Envelope`].
    const NAME: &'static str;
}

macro_rules! handlers {
    (endpoints: $($endpoint:ident)*; steps: $($(#[$condition:meta])* $step:ident)*) => {
        $(impl Listed for Call<api::$endpoint> {
            const NAME: &'static str = stringify!($endpoint);
        })*
        $($(#[$condition])* impl Listed for steps::$step {
            const NAME: &'static str = stringify!($step);
        })*

        /// What reads the commands of this name.
        fn reader(name: &str) -> Option<Reader> {
            Some(match name {
                $(stringify!($endpoint) => read::<Call<api::$endpoint>>,)*
                $($(#[$condition])* stringify!($step) => read::<steps::$step>,)*
                _ => return None,
            })
        }
    };
}

handlers! {
    endpoints:
        GetSession
        GetAuthorization ChooseAuthorizationSite VerifyAuthorization CancelAuthorization
        ListConnections CreateConnection GetConnection EditConnection GetAttention
        GetImpact UnauthorizeConnection DeleteConnection RestoreConnection RevertConnection RenewConnection
        ActivateConnection DeactivateConnection ConfirmAddress DismissAddress DropNextKey
        GetTimeline GetCalls GetAuditLog
        ListApiKeys RevokeApiKey
        ListWebhooks EditWebhook DeleteWebhook TestWebhook ListDeliveries GetDelivery ResendDelivery
        ListWorkspaces CreateWorkspace GetWorkspace EditWorkspace AddWorkspaceMember RemoveWorkspaceMember
        ListProjects CreateProject EditProject DeleteProject CheckProjects ListJiraProjects
        ListTasks PushTasks GetTask PutTask DeleteTask GetTaskTimeline RetryTask LinkTask UnlinkTask ResolveTask
        ListTaskChanges GetJiraMetadata GetMapping SuggestMapping CheckMapping StartTrial ListTrials EndTrial
        CreateConnectionResync ListConnectionResyncs CreateResync ListResyncs GetResync ListResyncItems StartResync CancelResync
        GetAccess EditAccess
        ListCharts CreateChart GetChart EditChart DeleteChart RestoreChart ListChartVersions
        ListViewers GetMyAccess RemoveViewerGrant
        ListChartDelegations CreateDelegation ListDelegations GetDelegation
        GrantDelegation PauseDelegation EndDelegation
        ListEmbeds GetEmbed EditEmbed DeleteEmbed GetSettings EditSettings
        ListChartSites PreviewChart RenderChart ListChartFields ListChartFilters CheckChartQuery
        ListMembers AddMember RemoveMember SignOutMember ReleaseAccount;
    steps:
        CheckNeeds RecordDelegatedFilter
        CheckSignIn OpenSession CloseSession
        BeginAuthorization BeginViewerAuthorization RedeemTicket RedeemState StoreRequestToken
        OfferSites SettleAuthorization FailAuthorization FailSiteChoice RefuseVerificationCode
        RestorePreviousCredential ChangeSiteAddress SuggestSiteAddress
        StoreNextKey PrepareKeyRotation AdoptNextKey
        StoreRsaKey GetRsaKey StoreGuide GetStoredGuide
        StoreApiKey ReplaceSecret StoreWebhook StoreEmbed ReplaceEmbedKey GetEmbedFrame RenderEmbed
        BeginCheckup RecordCheckup RequestCheckup RecordCalls BeginExport BeginConnectionExport
        RecordInstallation EndInstallation RenderForgeCharts PlanForgeChart FindForgeCharts CreateForgeChart GetForgeAccess EndForgeAccess
        BeginForgeAuthorization GetForgeAuthorization RedeemReaderTicket
        RecordProjectChecks StoreMapping GetProjectSync ReportTaskEvents FindNudged TakeWebhook ListWatched
        AuthorizeCall AuthorizeSiteCall GetAccessChanges ReportGrant GetClaim ConfirmRetired ListAlerts GetSealing
        #[cfg(test)] PanicHalfway
}

/// A command of any kind. What all go through is compiled once, and not for each: that was a twelfth of the Worker.
trait Command {
    /// What the caller needs, and which version the command may replace.
    fn conditions(&self) -> (Needs, Option<IfMatch>);

    /// Runs it, and writes its answer.
    fn run(self: Box<Self>, turn: &Turn<'_>) -> RawReply;
}

type Reader = fn(&str) -> serde_json::Result<Box<dyn Command>>;

fn read<S: Step + 'static>(content: &str) -> serde_json::Result<Box<dyn Command>> {
    Ok(Box::new(OfKind(serde_json::from_str::<S>(content)?)))
}

struct OfKind<S>(S);

impl<S: Step> Command for OfKind<S> {
    fn conditions(&self) -> (Needs, Option<IfMatch>) {
        (self.0.needs(), self.0.expected_version())
    }

    fn run(self: Box<Self>, turn: &Turn<'_>) -> RawReply {
        Ok(to_raw_value(&self.0.run(turn)?)?)
    }
}

impl Turn<'_> {
    /// Answers a command. 1. Identify the caller (401). 2. Check what the handler needs (403, 404). 3. Run the handler in
    /// one transaction.
    pub fn answer(self, envelope: &Envelope) -> RawReply {
        let Some(read) = reader(&envelope.name) else {
            return Err(Refusal::Storage(format!("this version has no handler {}", envelope.name)));
        };
        let who = self.identify(&envelope.caller)?;
        let command = read(envelope.content.get())?;
        let (needs, expected_version) = command.conditions();
        let turn = Self { who, expected_version, ..self };
        turn.check(&needs)?;
        turn.transaction(|| command.run(&turn))
    }
}

/// Writes and then panics, to test that the transaction is rolled back.
#[cfg(test)]
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct PanicHalfway {}

#[cfg(test)]
impl Step for PanicHalfway {
    type Answer = ();

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        turn.sql.run("DELETE FROM members", vec![])?;
        panic!("halfway");
    }
}
