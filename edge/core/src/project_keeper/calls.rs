//! Calls to Jira within a run: counted, sent only while the organization allows it, and told apart by who has to wait.

use std::cell::{Cell, RefCell};

use api::{JiraMetadata, Mapping, Paused, Timestamp};

use super::{ProjectObject, ProjectWorld};
use crate::{
    atlassian::{is_allow_list, is_scope_mismatch},
    grant::{AccessToken, GrantKeepers as _, KeeperAnswer, KeeperCommand},
    issue_tracking::jira::{JiraRequest, JiraVersion},
    jira::{self, CallFailed, JiraMessage},
    organization::{Caller, GetProjectSync, JiraWay, NotConnected, ProjectSync, Refusal, RequestCheckup, send},
    ports::{Clock as _, HttpLimits, Level},
};

/// The most calls of a run. A Worker on the free plan has fifty outgoing calls for each request, and the run needs some to
/// reach other objects.
const CALLS: u32 = 45;
/// For so long, in milliseconds, the organization's word about access stands within a run.
const ACCESS_STANDS: i64 = 1_000;
/// After so many calls in a row to which no Jira answered, the run ends: the others would wait for the same.
const SILENCE: u32 = 3;
/// The pause after a run that ended because Jira was silent, in milliseconds.
const SILENT_PAUSE: i64 = 60_000;
/// The pause after Jira did not say what a project offers, in milliseconds: five minutes.
const NO_PROJECT_PAUSE: i64 = 300_000;

/// Why a run ends before its work does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It made as many calls as a run makes. The next one goes on.
    EnoughCalls,
    /// Something is in the way of every call.
    Paused(Paused),
}

/// Why a call has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// It was not sent, or Jira said that it did not look at it.
    NotSent,
    /// It may have been carried out.
    Lost,
    /// Jira limits the writes to this issue for a while.
    LimitedHere {
        /// When it may be sent again.
        until: Timestamp,
    },
}

/// An answer of Jira.
#[derive(Debug)]
pub(super) struct JiraAnswer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// What a run knows.
pub(super) struct Run {
    pub(super) way: JiraWay,
    pub(super) mapping: Option<Mapping>,
    pub(super) revision: u32,
    pub(super) metadata: RefCell<Option<JiraMetadata>>,
    token: RefCell<AccessToken>,
    has_refreshed: Cell<bool>,
    calls_left: Cell<u32>,
    silence: Cell<u32>,
    allowed_at: Cell<Timestamp>,
    stop: RefCell<Option<Stop>>,
    /// When the app's hour ends, if the run has found it used up.
    pub(super) quota: Cell<Option<Timestamp>>,
}

impl Run {
    /// The interface that is spoken.
    pub(super) const fn version(&self) -> JiraVersion {
        JiraVersion::of(self.way.access.is_cloud)
    }

    /// Whether calls spend points of the app's hour.
    pub(super) fn costs_points(&self) -> bool {
        self.way.access.target.costs_points(&self.token.borrow().credential)
    }

    /// Whether the mapping wants comments of Jira to be told.
    pub(super) fn wants_comments(&self) -> bool {
        self.mapping.as_ref().is_some_and(|mapping| mapping.comments_from_jira)
    }

    /// Why the run ends; `None` while it goes on.
    pub(super) fn stopped(&self) -> Option<Stop> {
        self.stop.borrow().clone()
    }

    /// How many calls are left.
    pub(super) fn calls_left(&self) -> u32 {
        self.calls_left.get()
    }

    fn stop(&self, stop: Stop) -> NoAnswer {
        self.stop.borrow_mut().get_or_insert(stop);
        NoAnswer::NotSent
    }

    pub(super) fn pause(&self, sentence: &str, until: Option<Timestamp>) -> NoAnswer {
        self.stop(Stop::Paused(Paused { sentence: sentence.to_owned(), until }))
    }

    fn is_of(&self, way: &JiraWay) -> bool {
        self.way.access == way.access && self.way.jira_project == way.jira_project
    }
}

/// What people are told while a project's keeper may not call Jira.
pub(super) fn sentence_of(why: NotConnected) -> &'static str {
    match why {
        NotConnected::NoConnection => "The project has no connection. Its tasks are kept, and go on once it has one.",
        NotConnected::NoJiraProject => "The project names no Jira project. Its tasks are kept, and go on once it does.",
        NotConnected::Unauthorized => {
            "The connection is not authorized. Everything is kept, and goes on once somebody has reauthorized it."
        }
        NotConnected::Deactivated => {
            "The connection is deactivated. Everything is kept, and goes on once it is activated."
        }
    }
}

impl<W: ProjectWorld> ProjectObject<W> {
    /// Asks the organization how the project's tasks reach Jira now.
    pub(super) async fn ask_organization(&self) -> Result<ProjectSync, Refusal> {
        let identity = self.identity()?;
        let ask = GetProjectSync { project: identity.project.clone() };
        send(self.world().platform(), &identity.organization, Caller::Edge, &ask).await
    }

    /// Begins a run: gets a token for it.
    pub(super) async fn begin(&self, way: JiraWay, sync: (Option<Mapping>, u32)) -> Result<Run, Refusal> {
        let allowed_at = self.now();
        let identity = self.identity()?;
        let command = KeeperCommand::Token { seen: None, refused: false };
        let answer = self.world().platform().command(&identity.organization, &way.access.grant, command).await?;
        let token = match answer {
            KeeperAnswer::Token { token } => token,
            KeeperAnswer::Unauthorized { .. } | KeeperAnswer::Gone => return Err(Refusal::ConnectionUnauthorized),
            KeeperAnswer::Unavailable { retry_after, .. } => return Err(Refusal::NoToken(retry_after)),
            other => return Err(Refusal::Internal(format!("a keeper answered {other:?} to a request for a token"))),
        };
        let (mapping, revision) = sync;
        Ok(Run {
            way,
            mapping,
            revision,
            metadata: RefCell::default(),
            token: RefCell::new(token),
            has_refreshed: Cell::new(false),
            calls_left: Cell::new(CALLS),
            silence: Cell::new(0),
            allowed_at: Cell::new(allowed_at),
            stop: RefCell::default(),
            quota: Cell::new(None),
        })
    }

    /// Sends a call to Jira.
    ///
    /// 1. Nothing is sent once the run has ended. 2. The organization is asked again, at most once a second, so that access
    ///    which is withdrawn ends the run. 3. The call spends points of the app's hour, where Atlassian counts them.
    /// 4. A credential that Jira refuses is refreshed once. 5. Whatever is in the way of every call ends the run, and counts
    ///    against no task.
    pub(super) async fn call(&self, run: &Run, request: JiraRequest) -> Result<JiraAnswer, NoAnswer> {
        self.may_call(run).await?;
        match self.send_once(run, &request).await? {
            answer if answer.status == 401 && !is_scope_mismatch(&answer.body) => {
                self.refresh(run).await?;
                self.may_call(run).await?;
                match self.send_once(run, &request).await? {
                    answer if answer.status == 401 => Err(self.credential_refused(run).await),
                    answer => Ok(answer),
                }
            }
            answer if answer.status == 401 => {
                Err(run.pause("The connection lacks a scope that tasks need. Somebody has to reauthorize it.", None))
            }
            answer => Ok(answer),
        }
    }

    async fn may_call(&self, run: &Run) -> Result<(), NoAnswer> {
        if run.stop.borrow().is_some() {
            return Err(NoAnswer::NotSent);
        }
        let Some(left) = run.calls_left.get().checked_sub(1) else { return Err(run.stop(Stop::EnoughCalls)) };
        run.calls_left.set(left);
        if (0..ACCESS_STANDS).contains(&self.now().since(run.allowed_at.get())) {
            return self.spend(run).await;
        }
        match self.ask_organization().await {
            Ok(ProjectSync { way: Ok(way), .. }) if run.is_of(&way) => {
                run.allowed_at.set(self.now());
                self.spend(run).await
            }
            Ok(ProjectSync { way: Err(why), .. }) => Err(run.pause(sentence_of(why), None)),
            Ok(ProjectSync { way: Ok(_), .. }) | Err(Refusal::NotFound) => Err(run.stop(Stop::EnoughCalls)),
            Err(refusal) => {
                self.log(Level::Warning, "project.organization_not_asked", &format!("{refusal:?}"));
                Err(run.stop(Stop::EnoughCalls))
            }
        }
    }

    async fn send_once(&self, run: &Run, request: &JiraRequest) -> Result<JiraAnswer, NoAnswer> {
        let (world, configuration) = (self.world().platform(), self.configuration());
        let credential = run.token.borrow().credential.clone();
        let message = JiraMessage { method: &request.method, path: &request.path, body: request.body.as_ref() };
        let target = &run.way.access.target;
        let sent = jira::send_within(world, configuration, target, message, Some(&credential), HttpLimits::WHOLE_LIST);
        let answer = match sent.await {
            Ok(answer) => answer,
            Err(CallFailed::Closed(why)) => {
                self.log(Level::Warning, "project.address_refused", &format!("{why:?}"));
                return Err(run.pause("The address of the connection's Jira may not be called any more.", None));
            }
            Err(CallFailed::NotSigned(why)) => {
                self.log(Level::Alert, "project.call_not_signed", &format!("{why:?}"));
                return Err(run.pause("Calls to Jira cannot be signed with the connection's key.", None));
            }
            Err(CallFailed::Failed(_)) => {
                self.note_silence(run);
                return Err(NoAnswer::Lost);
            }
        };
        let status = answer.status().as_u16();
        if status >= 500 {
            self.note_silence(run);
        } else {
            run.silence.set(0);
        }
        if status == 429 {
            return Err(self.limited(run, &answer).await);
        }
        if is_allow_list(answer.body()) {
            return Err(run.pause("The site's IP allowlist refuses calls from Causeway.", None));
        }
        self.charge(run, request, &answer);
        Ok(JiraAnswer { status, body: answer.into_body() })
    }

    fn note_silence(&self, run: &Run) {
        run.silence.set(run.silence.get() + 1);
        if run.silence.get() >= SILENCE {
            self.pause_for_silence(run);
        }
    }

    fn pause_for_silence(&self, run: &Run) {
        let until = self.now().plus_millis(SILENT_PAUSE);
        run.pause("Jira does not answer at present. Causeway tries again by itself.", Some(until));
    }

    /// Ends a run that cannot create issues, because Jira does not say what the project offers.
    pub(super) fn pause_without_metadata(&self, run: &Run) {
        if run.silence.get() > 0 {
            return self.pause_for_silence(run);
        }
        let sentence = format!(
            "Jira does not say what the Jira project {} offers: it may not exist any more, or the account may not see it. \
             Causeway looks again by itself.",
            run.way.jira_project
        );
        run.pause(&sentence, Some(self.now().plus_millis(NO_PROJECT_PAUSE)));
    }

    async fn refresh(&self, run: &Run) -> Result<(), NoAnswer> {
        let seen = run.token.borrow().generation;
        let is_static = run.token.borrow().is_static();
        if is_static || run.has_refreshed.replace(true) {
            return Err(self.credential_refused(run).await);
        }
        let Ok(identity) = self.identity() else { return Err(NoAnswer::NotSent) };
        let command = KeeperCommand::Token { seen: Some(seen), refused: true };
        let answer = self.world().platform().command(&identity.organization, &run.way.access.grant, command).await;
        match answer {
            Ok(KeeperAnswer::Token { token }) => {
                run.token.replace(token);
                Ok(())
            }
            other => {
                self.log(Level::Warning, "project.no_fresh_token", &format!("{other:?}"));
                Err(self.credential_refused(run).await)
            }
        }
    }

    /// Only a checkup can tell why Jira refuses the credential, and whether the connection still works.
    async fn credential_refused(&self, run: &Run) -> NoAnswer {
        if let Ok(identity) = self.identity() {
            let request = RequestCheckup { connection: run.way.access.connection.clone() };
            let asked = send(self.world().platform(), &identity.organization, Caller::Edge, &request).await;
            if let Err(refusal) = asked {
                self.log(Level::Warning, "project.no_checkup", &format!("{refusal:?}"));
            }
        }
        let until = self.world().platform().now().plus_millis(SILENT_PAUSE);
        run.pause("Jira refuses the credential of the connection. Causeway is testing the connection.", Some(until))
    }
}
