//! Lists every handler of the organization, and dispatches commands to them.

use serde_json::value::to_raw_value;

use crate::organization::{self as steps, Call, Envelope, RawReply, Refusal, Step, Turn};

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

        impl Turn<'_> {
            /// Answers a command.
            pub fn answer(self, envelope: &Envelope) -> RawReply {
                match envelope.name.as_str() {
                    $(stringify!($endpoint) => self.run::<Call<api::$endpoint>>(envelope),)*
                    $($(#[$condition])* stringify!($step) => self.run::<steps::$step>(envelope),)*
                    name => Err(Refusal::Storage(format!("this version has no handler {name}"))),
                }
            }
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
        ListChartSites PreviewChart RenderChart ListChartFields ListChartFilters CheckChartQuery
        ListMembers AddMember RemoveMember SignOutMember ReleaseAccount;
    steps:
        CheckNeeds
        CheckSignIn OpenSession CloseSession
        BeginAuthorization BeginViewerAuthorization RedeemTicket RedeemState StoreRequestToken
        OfferSites SettleAuthorization FailAuthorization FailSiteChoice RefuseVerificationCode
        RestorePreviousCredential ChangeSiteAddress SuggestSiteAddress
        StoreNextKey PrepareKeyRotation AdoptNextKey
        StoreRsaKey GetRsaKey StoreGuide GetStoredGuide
        StoreApiKey ReplaceSecret StoreWebhook
        BeginCheckup RecordCheckup RequestCheckup RecordCalls BeginExport BeginConnectionExport
        RecordInstallation EndInstallation RenderForgeCharts FindForgeCharts CreateForgeChart GetForgeAccess EndForgeAccess
        BeginForgeAuthorization GetForgeAuthorization RedeemReaderTicket
        RecordProjectChecks StoreMapping GetProjectSync ReportTaskEvents FindNudged TakeWebhook ListWatched
        AuthorizeCall AuthorizeSiteCall ReportGrant GetClaim ConfirmRetired ListAlerts GetSealing
        #[cfg(test)] PanicHalfway
}

impl Turn<'_> {
    /// 1. Identify the caller (401). 2. Check what the handler needs (403, 404). 3. Run the handler in one transaction.
    fn run<S: Step>(self, envelope: &Envelope) -> RawReply {
        let who = self.identify(&envelope.caller)?;
        let step: S = serde_json::from_str(envelope.content.get())?;
        let turn = Self { who, expected_version: step.expected_version(), ..self };
        turn.check(&step.needs())?;
        let answer = turn.transaction(|| step.run(&turn))?;
        Ok(to_raw_value(&answer)?)
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
