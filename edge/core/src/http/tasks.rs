//! Tasks over HTTP. The organization checks the caller; the project's keeper answers.

use api::{
    BatchTask, DeleteTask, GetJiraMetadata, GetTask, GetTaskTimeline, JiraMetadata, LinkTask, List, ListTaskChanges,
    ListTasks, Nothing, ProblemCode, ProjectId, PushTasks, PutTask, ResolveTask, RetryTask, TASKS_AT_ONCE, Task,
    TaskBatchAnswer, TaskChanges, TaskEntry, TaskPage, TaskPath, UnlinkTask, external_id_refused,
};
use serde_json::value::RawValue;

use crate::{
    http::{
        Edge, Platform,
        failure::RequestFailure,
        routing::{Answer, EndpointRequest, Reply, finished},
    },
    organization::{Refusal, TaskCommand},
    project_keeper::{ProjectCommand, ProjectIdentity, TaskAction, command_project},
};

finished! {
    ListTasks => list;
    PushTasks => push;
    GetTask => get;
    PutTask => put;
    DeleteTask => delete;
    GetTaskTimeline => timeline;
    RetryTask => retry;
    LinkTask => link;
    UnlinkTask => unlink;
    ResolveTask => resolve;
    ListTaskChanges => changes;
    GetJiraMetadata => metadata;
}

impl<P: Platform> Edge<P> {
    /// Sends a command to the keeper of a project.
    pub(super) async fn command_project(
        &self,
        project: &ProjectId,
        command: ProjectCommand,
    ) -> Result<Box<RawValue>, Refusal> {
        let identity = ProjectIdentity { organization: self.organization.clone(), project: project.clone() };
        command_project(&*self.platform, identity, command).await
    }

    pub(super) async fn relay_project<T>(
        &self,
        project: &ProjectId,
        command: ProjectCommand,
    ) -> Result<Reply<T>, RequestFailure> {
        let answer = self.command_project(project, command).await?;
        Ok(Reply { answer: Answer::Relayed(answer), status: None, headers: Vec::new() })
    }

    async fn act(&self, path: &TaskPath, action: TaskAction) -> Result<Reply<Task>, RequestFailure> {
        let command = ProjectCommand::One { external_id: path.external_id.clone(), action };
        self.relay_project(&path.id, command).await
    }
}

async fn list<P: Platform>(
    request: EndpointRequest<P, ListTasks>,
    _: TaskCommand,
) -> Result<Reply<TaskPage>, RequestFailure> {
    let query = request.call.request.clone();
    request.edge.relay_project(&request.call.params, ProjectCommand::List { query }).await
}

async fn push<P: Platform>(
    request: EndpointRequest<P, PushTasks>,
    command: TaskCommand,
) -> Result<Reply<TaskBatchAnswer>, RequestFailure> {
    let tasks = request.call.request.tasks;
    if !(1..=TASKS_AT_ONCE).contains(&tasks.len()) {
        return Err(Refusal::Invalid(format!("A batch has 1 to {TASKS_AT_ONCE} tasks.")).into());
    }
    request.edge.relay_project(&request.call.params, ProjectCommand::Push { tasks, rules: command.rules }).await
}

/// Pushes a batch of one, whose refusal is a problem of its own.
async fn put<P: Platform>(
    request: EndpointRequest<P, PutTask>,
    command: TaskCommand,
) -> Result<Reply<Task>, RequestFailure> {
    let TaskPath { id, external_id } = request.call.params;
    if let Some(why) = external_id_refused(&external_id) {
        return Err(Refusal::Invalid(why.to_owned()).into());
    }
    let tasks = vec![BatchTask { external_id, task: request.call.request }];
    let answer = request.edge.command_project(&id, ProjectCommand::Push { tasks, rules: command.rules }).await?;
    let answer: TaskBatchAnswer = serde_json::from_str(answer.get()).map_err(Refusal::from)?;
    match answer.results.into_iter().next() {
        Some(api::TaskResult { task: Some(task), .. }) => Ok(task.into()),
        Some(api::TaskResult { refused: Some(refused), .. }) => Err(RequestFailure::new(refused.code, refused.detail)),
        _ => Err(RequestFailure::new(ProblemCode::Internal, "The push was neither stored nor refused.")),
    }
}

async fn get<P: Platform>(request: EndpointRequest<P, GetTask>, _: TaskCommand) -> Result<Reply<Task>, RequestFailure> {
    request.edge.act(&request.call.params, TaskAction::Get).await
}

async fn delete<P: Platform>(
    request: EndpointRequest<P, DeleteTask>,
    _: TaskCommand,
) -> Result<Reply<Nothing>, RequestFailure> {
    let TaskPath { id, external_id } = request.call.params;
    request.edge.relay_project(&id, ProjectCommand::Delete { external_id }).await
}

async fn timeline<P: Platform>(
    request: EndpointRequest<P, GetTaskTimeline>,
    _: TaskCommand,
) -> Result<Reply<List<TaskEntry>>, RequestFailure> {
    let TaskPath { id, external_id } = request.call.params;
    let query = request.call.request;
    request.edge.relay_project(&id, ProjectCommand::Timeline { external_id, query }).await
}

async fn retry<P: Platform>(
    request: EndpointRequest<P, RetryTask>,
    command: TaskCommand,
) -> Result<Reply<Task>, RequestFailure> {
    request.edge.act(&request.call.params, TaskAction::Retry { by: command.by }).await
}

async fn link<P: Platform>(
    request: EndpointRequest<P, LinkTask>,
    command: TaskCommand,
) -> Result<Reply<Task>, RequestFailure> {
    let issue = request.call.request.issue.trim().to_owned();
    request.edge.act(&request.call.params, TaskAction::Link { issue, by: command.by }).await
}

async fn unlink<P: Platform>(
    request: EndpointRequest<P, UnlinkTask>,
    command: TaskCommand,
) -> Result<Reply<Task>, RequestFailure> {
    request.edge.act(&request.call.params, TaskAction::Unlink { by: command.by }).await
}

async fn resolve<P: Platform>(
    request: EndpointRequest<P, ResolveTask>,
    command: TaskCommand,
) -> Result<Reply<Task>, RequestFailure> {
    let keep = request.call.request.keep;
    request.edge.act(&request.call.params, TaskAction::Resolve { keep, by: command.by }).await
}

async fn changes<P: Platform>(
    request: EndpointRequest<P, ListTaskChanges>,
    _: TaskCommand,
) -> Result<Reply<TaskChanges>, RequestFailure> {
    let query = request.call.request.clone();
    request.edge.relay_project(&request.call.params, ProjectCommand::Changes { query }).await
}

async fn metadata<P: Platform>(
    request: EndpointRequest<P, GetJiraMetadata>,
    _: TaskCommand,
) -> Result<Reply<JiraMetadata>, RequestFailure> {
    request.edge.relay_project(&request.call.params, ProjectCommand::Metadata).await
}
