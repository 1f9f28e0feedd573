//! Resyncs of all projects of a connection over HTTP: the organization says which, the keeper of each has its own, and one
//! progress is made of all.

use api::{
    ConnectionId, ConnectionResync, CreateConnectionResync, List, ListConnectionResyncs, NewResync, ProjectResync,
    Resync, ResyncCounts, ResyncResults, ResyncState,
};

use crate::{
    http::{
        Edge, Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, finished},
    },
    issue_tracking::resync::add_moves,
    organization::{ResyncedProject, StoredConnectionResync},
    project_keeper::{ProjectCommand, ResyncCommand},
};

finished! {
    CreateConnectionResync => create;
    ListConnectionResyncs => list;
}

async fn create<P: Platform>(
    request: EndpointRequest<P, CreateConnectionResync>,
    stored: StoredConnectionResync,
) -> Result<Reply<ConnectionResync>, RequestFailure> {
    let plan = |stored: &StoredConnectionResync, project: &ResyncedProject| ProjectCommand::CreateResync {
        new: NewResync { scope: stored.scope, direction: stored.direction, external_ids: Vec::new() },
        by: stored.created_by.clone(),
        id: Some(stored.resync_of(&project.id)),
        start: stored.start,
    };
    Ok(request.edge.seen_together(&request.call.params, stored, plan).await.into())
}

async fn list<P: Platform>(
    request: EndpointRequest<P, ListConnectionResyncs>,
    stored: Option<StoredConnectionResync>,
) -> Result<Reply<List<ConnectionResync>>, RequestFailure> {
    let get = |stored: &StoredConnectionResync, project: &ResyncedProject| ProjectCommand::Resync {
        id: stored.resync_of(&project.id),
        action: ResyncCommand::Get,
    };
    let items = match stored {
        Some(stored) => vec![request.edge.seen_together(&request.call.params, stored, get).await],
        None => Vec::new(),
    };
    Ok(List { items, next_cursor: None }.into())
}

impl<P: Platform> Edge<P> {
    /// Sends the keeper of each project a command that answers its resync. One that refuses has none.
    async fn seen_together(
        &self,
        connection: &ConnectionId,
        stored: StoredConnectionResync,
        command: fn(&StoredConnectionResync, &ResyncedProject) -> ProjectCommand,
    ) -> ConnectionResync {
        let mut projects = Vec::with_capacity(stored.projects.len());
        for project in &stored.projects {
            let answer = self.command_project(&project.id, command(&stored, project)).await.ok();
            let resync: Option<Resync> = answer.and_then(|answer| serde_json::from_str(answer.get()).ok());
            let ResyncedProject { id, name, workspace } = project.clone();
            projects.push(ProjectResync { id, name, workspace, resync });
        }
        together(connection, stored, projects)
    }
}

/// One progress over all projects.
fn together(
    connection: &ConnectionId,
    stored: StoredConnectionResync,
    projects: Vec<ProjectResync>,
) -> ConnectionResync {
    let mut all = ConnectionResync {
        connection: connection.clone(),
        scope: stored.scope,
        direction: stored.direction,
        state: ResyncState::Finished,
        total: 0,
        looked_at: 0,
        planned: ResyncCounts::default(),
        moves: Vec::new(),
        results: ResyncResults::default(),
        points: 0,
        seconds: 0,
        created_at: stored.created_at,
        created_by: stored.created_by,
        projects: Vec::new(),
    };
    let resyncs: Vec<&Resync> = projects.iter().filter_map(|project| project.resync.as_ref()).collect();
    for resync in &resyncs {
        all.total += resync.total;
        all.looked_at += resync.looked_at;
        all.planned.add(resync.planned);
        add_moves(&mut all.moves, resync.moves.clone());
        all.results.done += resync.results.done;
        all.results.skipped += resync.results.skipped;
        all.results.failed += resync.results.failed;
        all.points = all.points.saturating_add(resync.points);
        all.seconds = all.seconds.max(resync.seconds);
    }
    let is_any = |state| resyncs.iter().any(|resync| resync.state == state);
    let least = [ResyncState::Planning, ResyncState::Running, ResyncState::Ready, ResyncState::Cancelled];
    all.state = least.into_iter().find(|state| is_any(*state)).unwrap_or(ResyncState::Finished);
    all.projects = projects;
    all
}
