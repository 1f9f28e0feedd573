//! The mapping of a project over HTTP. It is checked against what Jira offers now, which the project's keeper asks for.

use api::{
    CheckMapping, EndTrial, JiraMetadata, List, ListTrials, Mapping, MappingCheck, MappingEdit, MappingSuggestions,
    ProblemCode, ProjectId, ProjectMapping, PutMapping, StartTrial, SuggestMapping, Trial,
};

use crate::{
    http::{
        Edge, Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, Reply, checked, finished, relayed},
    },
    issue_tracking::{coverage::check, suggestions::suggest},
    organization::{Guarded, Needs, Refusal, StoreMapping, TaskCommand, WorkspaceRole},
    ports::Level,
    project_keeper::ProjectCommand,
};

/// The most findings that the detail of a problem names.
const NAMED: usize = 5;

relayed! { GetMapping }
finished! {
    SuggestMapping => suggest_targets;
    CheckMapping => check_coverage;
    StartTrial => start_trial;
    ListTrials => trials;
    EndTrial => end_trial;
}
checked! { PutMapping => save; }

impl Guarded for PutMapping {
    fn needs(project: &ProjectId, _: &MappingEdit) -> Needs {
        Needs::Project(project.clone(), WorkspaceRole::TracksIssues)
    }
}

impl<P: Platform> Edge<P> {
    async fn jira_metadata(&self, project: &ProjectId) -> Result<JiraMetadata, RequestFailure> {
        let answer = self.command_project(project, ProjectCommand::Metadata).await?;
        Ok(serde_json::from_str(answer.get()).map_err(Refusal::from)?)
    }
}

/// Refuses a rule that this version does not know: it would be stored, and not be followed.
fn known(mapping: &Mapping) -> Result<(), RequestFailure> {
    match mapping.unknown_word() {
        Some(word) => Err(Refusal::Invalid(format!("The mapping has the unknown word {word}.")).into()),
        None => Ok(()),
    }
}

async fn suggest_targets<P: Platform>(
    request: EndpointRequest<P, SuggestMapping>,
    _: TaskCommand,
) -> Result<Reply<MappingSuggestions>, RequestFailure> {
    let metadata = request.edge.jira_metadata(&request.call.params).await?;
    Ok(suggest(&request.call.request, &metadata).into())
}

async fn check_coverage<P: Platform>(
    request: EndpointRequest<P, CheckMapping>,
    _: TaskCommand,
) -> Result<Reply<MappingCheck>, RequestFailure> {
    let metadata = request.edge.jira_metadata(&request.call.params).await?;
    Ok(check(&request.call.request, &metadata).into())
}

/// Refuses a mapping that cannot be saved as it is.
async fn checked_against_jira<P: Platform>(
    edge: &Edge<P>,
    project: &ProjectId,
    mapping: &Mapping,
) -> Result<(), RequestFailure> {
    known(mapping)?;
    let checked = check(mapping, &edge.jira_metadata(project).await?);
    if checked.can_be_saved {
        return Ok(());
    }
    let in_the_way = checked.findings.iter().filter(|finding| finding.prevents_saving);
    let named: Vec<&str> = in_the_way.take(NAMED).map(|finding| finding.sentence.as_str()).collect();
    Err(RequestFailure::new(ProblemCode::MappingRefused, named.join(" ")))
}

async fn start_trial<P: Platform>(
    request: EndpointRequest<P, StartTrial>,
    command: TaskCommand,
) -> Result<Reply<Trial>, RequestFailure> {
    let (project, new) = (&request.call.params, request.call.request.clone());
    checked_against_jira(&request.edge, project, &new.mapping).await?;
    request.edge.relay_project(project, ProjectCommand::StartTrial { new: Box::new(new), by: command.by }).await
}

async fn trials<P: Platform>(
    request: EndpointRequest<P, ListTrials>,
    _: TaskCommand,
) -> Result<Reply<List<Trial>>, RequestFailure> {
    request.edge.relay_project(&request.call.params, ProjectCommand::ListTrials).await
}

async fn end_trial<P: Platform>(
    request: EndpointRequest<P, EndTrial>,
    _: TaskCommand,
) -> Result<Reply<Trial>, RequestFailure> {
    let close = request.call.request.close;
    request.edge.relay_project(&request.call.params, ProjectCommand::EndTrial { close }).await
}

/// 1. Check the mapping. 2. Store it, if nobody else did meanwhile. 3. Wake the keeper, so that what the last mapping blocked
///    is tried again.
async fn save<P: Platform>(request: EndpointRequest<P, PutMapping>) -> Result<Reply<ProjectMapping>, RequestFailure> {
    let (project, MappingEdit { mapping, revision }) = (request.call.params.clone(), request.call.request.clone());
    checked_against_jira(&request.edge, &project, &mapping).await?;
    let saved = request.relay(&StoreMapping { project: project.clone(), mapping, revision }).await?;
    // The mapping is saved, whether the keeper hears of it now or with its next run.
    if let Err(refusal) = request.edge.command_project(&project, ProjectCommand::Wake).await {
        let cause = format!("{refusal:?}");
        request.edge.platform.log(Level::Warning, "project.not_woken", &[("cause", &cause)]);
    }
    Ok(saved)
}
