//! Resyncs over HTTP. The organization checks the caller; the project's keeper, which the id names, answers.

use api::{
    CancelResync, CreateResync, GetResync, List, ListResyncItems, ListResyncs, ProjectId, Resync, ResyncId, ResyncItem,
    StartResync,
};

use crate::{
    http::{
        Edge, Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, finished},
    },
    organization::{Refusal, TaskCommand},
    project_keeper::{ProjectCommand, ResyncCommand},
};

finished! {
    CreateResync => create;
    ListResyncs => list;
    GetResync => get;
    ListResyncItems => items;
    StartResync => start;
    CancelResync => cancel;
}

fn project_of(id: &ResyncId) -> Result<ProjectId, RequestFailure> {
    Ok(id.project().ok_or(Refusal::NotFound)?)
}

impl<P: Platform> Edge<P> {
    async fn command_resync(&self, id: &ResyncId, action: ResyncCommand) -> Result<Reply<Resync>, RequestFailure> {
        let command = ProjectCommand::Resync { id: id.clone(), action };
        self.relay_project(&project_of(id)?, command).await
    }
}

async fn create<P: Platform>(
    request: EndpointRequest<P, CreateResync>,
    command: TaskCommand,
) -> Result<Reply<Resync>, RequestFailure> {
    let new = request.call.request.clone();
    let command = ProjectCommand::CreateResync { new, by: command.by, id: None, start: false };
    request.edge.relay_project(&request.call.params, command).await
}

async fn list<P: Platform>(
    request: EndpointRequest<P, ListResyncs>,
    _: TaskCommand,
) -> Result<Reply<List<Resync>>, RequestFailure> {
    request.edge.relay_project(&request.call.params, ProjectCommand::ListResyncs).await
}

async fn get<P: Platform>(
    request: EndpointRequest<P, GetResync>,
    _: TaskCommand,
) -> Result<Reply<Resync>, RequestFailure> {
    request.edge.command_resync(&request.call.params, ResyncCommand::Get).await
}

async fn items<P: Platform>(
    request: EndpointRequest<P, ListResyncItems>,
    _: TaskCommand,
) -> Result<Reply<List<ResyncItem>>, RequestFailure> {
    let (id, query) = (request.call.params.clone(), request.call.request.clone());
    let project = project_of(&id)?;
    request.edge.relay_project(&project, ProjectCommand::ResyncItems { id, query }).await
}

async fn start<P: Platform>(
    request: EndpointRequest<P, StartResync>,
    _: TaskCommand,
) -> Result<Reply<Resync>, RequestFailure> {
    request.edge.command_resync(&request.call.params, ResyncCommand::Start).await
}

async fn cancel<P: Platform>(
    request: EndpointRequest<P, CancelResync>,
    _: TaskCommand,
) -> Result<Reply<Resync>, RequestFailure> {
    request.edge.command_resync(&request.call.params, ResyncCommand::Cancel).await
}
