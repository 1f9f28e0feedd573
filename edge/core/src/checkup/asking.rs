//! The questions of the steps: to the keeper, to Atlassian, to Jira. What comes back goes into the evidence and is judged
//! in the module of the step's name.

use api::StepOutcome;

use crate::{
    atlassian::{self, RESOURCES_PATH, jira_path},
    checkup::{
        Checkup, Surroundings, clock, evidence::Answer, identity, judgement::Judgement, network, permissions, site,
        token,
    },
    configuration::{Atlassian, SCOPES},
    grant::{Generation, KeeperCommand},
    ports::{Clock, GrantKeepers, Http},
    verdict::Credential,
};

impl Checkup {
    /// Asks in nobody's name: Atlassian answers 401, and that is an answer.
    pub(super) async fn network<W: Http + Clock>(
        &mut self,
        around: &Surroundings<'_, W>,
        atlassian: &Atlassian<'_>,
    ) -> Judgement {
        let answer = atlassian::call(around.world, atlassian, RESOURCES_PATH, None).await;
        if let Ok(answer) = &answer {
            self.evidence.dated = clock::read(answer.headers()).map(|theirs| (theirs, around.world.now()));
        }
        network::judge(&answer)
    }

    /// Asks the keeper for a token as any caller does: it refreshes one that has expired, and no other.
    pub(super) async fn token<W: GrantKeepers + Clock>(&mut self, around: &Surroundings<'_, W>) -> Judgement {
        self.ask_keeper(around, None).await
    }

    async fn ask_keeper<W: GrantKeepers + Clock>(
        &mut self,
        around: &Surroundings<'_, W>,
        refused: Option<Generation>,
    ) -> Judgement {
        let Some(grant) = &self.subject.grant else {
            self.evidence.credential = Some(Credential::Dead { cause: self.subject.connection.status.cause() });
            return token::none(&self.subject.connection.status);
        };
        let command = KeeperCommand::Token { seen: refused, refused: refused.is_some() };
        let answer = around.world.ask(around.organization, grant, command).await;
        let learnt = token::read(answer, self.subject.connection.status.cause());
        self.evidence.credential = learnt.credential;
        self.evidence.token = learnt.token;
        learnt.judgement
    }

    pub(super) async fn identity<W: Http + Clock + GrantKeepers>(
        &mut self,
        around: &Surroundings<'_, W>,
        atlassian: &Atlassian<'_>,
    ) -> Judgement {
        let Some(answer) = self.ask_jira(around, atlassian, "myself").await else {
            return Judgement::skipped("The connection has no site.");
        };
        let refused = self.evidence.token.as_ref().map(|token| token.generation);
        self.evidence.identity = Some(answer);
        if self.evidence.identity.as_ref().is_some_and(identity::is_credential_refused) {
            let replaced = self.ask_keeper(around, refused).await;
            if replaced.outcome != StepOutcome::Passed {
                return replaced;
            }
            self.evidence.identity = self.ask_jira(around, atlassian, "myself").await;
        }
        let known = self.subject.connection.account.as_ref();
        self.evidence.identity.as_ref().map_or_else(Judgement::unanswered, |answer| identity::judge(answer, known))
    }

    pub(super) async fn site<W: Http>(&mut self, around: &Surroundings<'_, W>, atlassian: &Atlassian<'_>) -> Judgement {
        let Some(known) = &self.subject.connection.site else {
            return Judgement::skipped("The connection has no site.");
        };
        let token = self.evidence.token.as_ref().and_then(|token| token.credential.bearer());
        let answer = atlassian::call(around.world, atlassian, RESOURCES_PATH, token).await;
        let (judgement, reached) = site::judge(&answer, known);
        self.evidence.reached = reached;
        judgement
    }

    pub(super) fn scopes(&self) -> Judgement {
        let granted = &self.subject.connection.scopes;
        let there = self.evidence.reached.as_ref().map(|reached| reached.scopes.as_slice());
        site::judge_scopes(&site::missing_scopes(SCOPES, granted, there))
    }

    pub(super) async fn permissions<W: Http + Clock>(
        &mut self,
        around: &Surroundings<'_, W>,
        atlassian: &Atlassian<'_>,
    ) -> Judgement {
        self.evidence.permissions = self.ask_jira(around, atlassian, permissions::QUESTION).await;
        self.evidence.permissions.as_ref().map_or_else(Judgement::unanswered, permissions::judge)
    }

    async fn ask_jira<W: Http + Clock>(
        &self,
        around: &Surroundings<'_, W>,
        atlassian: &Atlassian<'_>,
        rest: &str,
    ) -> Option<Answer> {
        let site = self.subject.connection.site.as_ref()?;
        let token = self.evidence.token.as_ref().and_then(|token| token.credential.bearer());
        Some(atlassian::call(around.world, atlassian, &jira_path(site.key(), rest), token).await)
    }
}
