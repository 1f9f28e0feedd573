//! The calls of the steps: to the keeper, to Atlassian and to Jira. Their responses become evidence, which the module
//! of each step evaluates.

use api::{Cause, Kind, StepOutcome, Timestamp};

use crate::{
    address::StoredAddress,
    atlassian::{self, RESOURCES_PATH},
    checkup::{
        Checkup, Context, clock, direct, evidence::ProbeAnswer, identity, network, permissions, site,
        step_result::StepResult, token,
    },
    configuration::{Atlassian, EVENTS_SCOPE, SCOPES},
    connection_status::CredentialState,
    credential_refusal::{is_kept, kept_cause},
    grant::{self, AccessToken, Generation, GrantKeepers, KeeperCommand},
    instance::{Unreachable, fetch_server_info},
    jira::{self, CallFailed, Denial, JiraTarget, ObservedResponse},
    myself::read_account,
    oauth1::Rsa,
    ports::{Clock, Http, HttpFailure, Random},
};

impl Checkup {
    /// Calls Atlassian anonymously: a 401 is a response.
    pub(super) async fn network<W: Http + Clock>(
        &mut self,
        cx: &Context<'_, W>,
        atlassian: &Atlassian<'_>,
    ) -> StepResult {
        let answer = atlassian::call(cx.world, atlassian, RESOURCES_PATH, None).await;
        if let Ok(answer) = &answer {
            self.evidence.clock_reading = clock::read(answer.headers()).map(|theirs| (theirs, cx.world.now()));
        }
        network::judge(&answer)
    }

    /// Requests a token from the keeper as every caller does: it refreshes an expired one, and no other.
    pub(super) async fn token<W: GrantKeepers + Clock>(&mut self, cx: &Context<'_, W>) -> StepResult {
        self.fetch_token(cx, None).await
    }

    async fn fetch_token<W: GrantKeepers + Clock>(
        &mut self,
        cx: &Context<'_, W>,
        refused: Option<Generation>,
    ) -> StepResult {
        let Some(grant) = &self.subject.grant else {
            self.evidence.credential = Some(CredentialState::Dead { cause: self.subject.connection.status.cause() });
            return token::none(&self.subject.connection.status);
        };
        let command = KeeperCommand::Token { seen: refused, refused: refused.is_some() };
        let answer = cx.world.command(cx.organization, grant, command).await;
        let step = token::read(answer, self.subject.connection.status.cause(), self.kind());
        self.evidence.credential = step.credential;
        self.evidence.token = step.token;
        self.evidence.token_status = step.status;
        step.result
    }

    pub(super) async fn identity<W: Http + Clock + GrantKeepers + Rsa + Random>(
        &mut self,
        cx: &Context<'_, W>,
    ) -> StepResult {
        if self.was_refused_just_now(cx.world.now()) {
            return StepResult::failed(
                kept_cause(self.subject.connection.status.cause()),
                "The credential was refused less than a minute ago. It is not shown again so soon, because each refused \
                 login can lead to a CAPTCHA.",
            );
        }
        let Some(answer) = self.get(cx, "myself").await else {
            return StepResult::skipped("The connection has no site.");
        };
        let refused = self.evidence.token.as_ref().map(|token| token.generation);
        self.evidence.identity = Some(answer);
        self.read_clock(cx.world.now());
        if let Some(denial) = self.denial(cx) {
            return self.denied(cx, denial).await;
        }
        if self.evidence.identity.as_ref().is_some_and(identity::is_credential_refused) {
            let replaced = self.fetch_token(cx, refused).await;
            if replaced.outcome != StepOutcome::Passed {
                return replaced;
            }
            self.evidence.identity = self.get(cx, "myself").await;
            self.read_clock(cx.world.now());
        }
        self.judge_identity()
    }

    /// Reads the clock of an instance that is called directly, also from a refusal.
    fn read_clock(&mut self, now: Timestamp) {
        if let (Some(Ok(answer)), Some(JiraTarget::Direct { .. })) =
            (&self.evidence.identity, JiraTarget::of(&self.subject.connection))
        {
            self.evidence.clock_reading = clock::read(answer.headers()).map(|theirs| (theirs, now));
        }
    }

    /// Whether a user name with its secret was refused less than a minute ago. Whoever asks for checkups in a loop must
    /// not lock the account.
    fn was_refused_just_now(&self, now: Timestamp) -> bool {
        let has_username = |token: &AccessToken| matches!(token.credential, grant::Credential::Basic(_));
        self.evidence.token.as_ref().is_some_and(has_username)
            && self.subject.refusal.is_some_and(|refusal| (0..60_000).contains(&now.since(refusal.last_at)))
    }

    fn judge_identity(&mut self) -> StepResult {
        let kind = self.kind();
        let Some(Ok(answer)) = &self.evidence.identity else {
            return self
                .evidence
                .identity
                .as_ref()
                .map_or_else(StepResult::unanswered, |answer| identity::judge(answer, None, kind));
        };
        if answer.status().is_redirection() && matches!(self.evidence.found, Some(Ok(Err(Unreachable::Moved { .. })))) {
            return StepResult::caused(Cause::SiteMoved);
        }
        self.evidence.refusal_is_over =
            answer.status() == http::StatusCode::OK && read_account(answer.body()).is_some();
        self.evidence.owner_active = direct::is_active(answer.body());
        if self.evidence.owner_active == Some(false) {
            return StepResult::flawed(Cause::OwnerDeactivated.sentence(), Cause::OwnerDeactivated.remedy());
        }
        let known = self.subject.connection.account.as_ref();
        if known.is_none() && self.subject.connection.kind == Kind::Basic && identity::is_unnamed(answer) {
            return StepResult::flawed(
                "The API token lacks the scope read:jira-user, so Jira does not say whose it is. Everything else works.",
                "If that should be known, reauthorize the connection with an API token that has this scope.",
            );
        }
        self.evidence
            .identity
            .as_ref()
            .map_or_else(StepResult::unanswered, |answer| identity::judge(answer, known, kind))
    }

    /// The refusal of a credential that cannot be refreshed: by Jira's own word, or by a plain 401, which may come from
    /// something in front of Jira.
    fn denial<W: Clock>(&self, cx: &Context<'_, W>) -> Option<Denial> {
        let token = self.evidence.token.as_ref().filter(|token| token.is_static())?;
        let answer = self.evidence.identity.as_ref()?.as_ref().ok()?;
        let text = |value: &http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers: Vec<_> = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let seen = ObservedResponse { status: answer.status().as_u16(), headers: &headers, body: answer.body() };
        let target = JiraTarget::of(&self.subject.connection)?;
        let (api_url, policy) = (cx.configuration.api_url(), cx.configuration.address_policy());
        let called = target.url(api_url, policy, &self.path("myself")).ok()?;
        let plain = || {
            let refused = !matches!(token.credential, grant::Credential::Oauth1(_))
                && self.evidence.identity.as_ref().is_some_and(identity::is_credential_refused);
            refused.then_some(Denial::passing(Cause::CredentialRefused))
        };
        Denial::read(&seen, &token.credential, &called, cx.world.now()).or_else(plain)
    }

    /// The following steps do not use the credential; nobody does any more, if the refusal is definitive.
    async fn denied<W: GrantKeepers + Clock>(&mut self, cx: &Context<'_, W>, denial: Denial) -> StepResult {
        let denial = self.weighed(denial, cx.world.now());
        let cause = denial.cause;
        let token = self.evidence.token.take();
        if is_kept(cause) && !denial.is_definitive {
            self.evidence.is_refused = true;
            self.evidence.credential = Some(CredentialState::Unavailable { cause });
        } else {
            self.evidence.refusal_is_over = true;
        }
        if let (true, Some(token), Some(grant)) = (denial.is_definitive, token, &self.subject.grant) {
            self.evidence.credential = Some(CredentialState::Dead { cause: Some(cause) });
            let refuse = KeeperCommand::Refuse { generation: token.generation, cause };
            // If the keeper cannot be reached, the next checkup repeats this.
            let _told = cx.world.command(cx.organization, grant, refuse).await;
        }
        match denial.told {
            Some((detail, remedy)) => {
                StepResult { remedy: Some(remedy.to_owned()), ..StepResult::failed(cause, detail) }
            }
            None => StepResult::caused(cause),
        }
    }

    /// The denial beside those before it: a day of refusals is as good as Jira's own word.
    fn weighed(&self, denial: Denial, now: Timestamp) -> Denial {
        let ends = self.subject.refusal.is_some_and(|refusal| refusal.ends_with_another(now));
        match denial.cause {
            Cause::CredentialRefused if ends => Denial::definitive(Cause::PasswordRefused),
            Cause::CaptchaRequired => Denial { is_definitive: ends, ..denial },
            _ => denial,
        }
    }

    /// Calls `serverInfo` anonymously.
    pub(super) async fn network_directly<W: Http>(
        &mut self,
        cx: &Context<'_, W>,
        address: &StoredAddress,
    ) -> StepResult {
        let found = match address.recheck(cx.configuration.address_policy()) {
            Ok(address) => Ok(fetch_server_info(cx.world, &address, cx.configuration.address_policy()).await),
            Err(refused) => Err(refused),
        };
        let result = direct::network(&found);
        self.evidence.found = Some(found);
        result
    }

    /// Evaluates what the instance said about itself.
    pub(super) fn site_directly(&mut self) -> StepResult {
        let (Some(found), Some(known)) = (&self.evidence.found, &self.subject.connection.site) else {
            return StepResult::unanswered();
        };
        let (result, site_reached, moved_to) = direct::site(found, known);
        self.evidence.site_reached = site_reached;
        self.evidence.moved_to = moved_to;
        result
    }

    pub(super) async fn site<W: Http>(&mut self, cx: &Context<'_, W>, atlassian: &Atlassian<'_>) -> StepResult {
        let Some(known) = &self.subject.connection.site else {
            return StepResult::skipped("The connection has no site.");
        };
        let token = self.evidence.token.as_ref().and_then(|token| token.credential.bearer());
        if token.is_none() {
            return StepResult::skipped("Skipped: an API token does not say which sites it reaches.");
        }
        let answer = atlassian::call(cx.world, atlassian, RESOURCES_PATH, token).await;
        let (result, site_reached) = site::judge(&answer, known);
        self.evidence.reaches_no_site = site::is_empty(&answer);
        self.evidence.site_reached = site_reached;
        result
    }

    pub(super) fn scopes(&self, hears_events: bool) -> StepResult {
        if self.subject.connection.kind != Kind::CloudOauth2 {
            return StepResult::skipped("Skipped: Jira does not say which scopes an API token has.");
        }
        let granted = &self.subject.connection.scopes;
        let there = self.evidence.site_reached.as_ref().map(|site_reached| site_reached.scopes.as_slice());
        let judged = site::judge_scopes(&site::missing_scopes(SCOPES, granted, there));
        let wanted = self.subject.events.as_ref().filter(|_| hears_events && judged.outcome == StepOutcome::Passed);
        let Some(wanted) = wanted else { return judged };
        let lacks_scope = !site::missing_scopes(&[EVENTS_SCOPE], granted, there).is_empty();
        site::judge_events(judged, lacks_scope, wanted)
    }

    pub(super) async fn permissions<W: Http + Clock + Rsa + Random>(&mut self, cx: &Context<'_, W>) -> StepResult {
        self.evidence.permissions = self.get(cx, permissions::QUESTION).await;
        self.evidence.permissions.as_ref().map_or_else(StepResult::unanswered, permissions::judge)
    }

    /// Cloud has version 3 of the REST API, Data Center only version 2.
    fn path(&self, rest: &str) -> String {
        let is_cloud = self.subject.connection.site.as_ref().is_some_and(|site| site.cloud_id.is_some());
        format!("/rest/api/{}/{rest}", if is_cloud { 3 } else { 2 })
    }

    /// Calls the connection's instance, whatever its kind.
    async fn get<W: Http + Clock + Rsa + Random>(&self, cx: &Context<'_, W>, rest: &str) -> Option<ProbeAnswer> {
        let target = JiraTarget::of(&self.subject.connection)?;
        let credential = self.evidence.token.as_ref().map(|token| &token.credential);
        let asked = jira::get(cx.world, cx.configuration, &target, &self.path(rest), credential).await;
        Some(asked.map_err(|failed| match failed {
            CallFailed::Failed(failure) => failure,
            CallFailed::NotSigned(why) => HttpFailure::Broken(why.to_string()),
            CallFailed::Closed(_) => HttpFailure::Broken("the site may not be called".to_owned()),
        }))
    }
}
