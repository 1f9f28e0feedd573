//! Calls that were let through: found in the table of operations, answered, and followed by what they set off.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use super::answer::Answer;
use super::call::{Asked, Call, Visitor};
use super::edition::Edition;
use super::operations::{self, Handler};
use super::site::JiraSite;
use super::{attachments, index, media, tasks, webhooks};
use crate::clock::Moment;
use crate::data_center::Instance;
use crate::deliveries;
use crate::people::Person;
use crate::settings::Obstacle;
use crate::sites::Site;
use crate::state::State;
use crate::world::World;

/// Which Jira is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Where<'a> {
    Site(&'a Site),
    Instance(Instance),
}

impl Where<'_> {
    pub(super) fn of<'s>(&self, state: &'s State) -> Option<&'s JiraSite> {
        match self {
            Self::Site(site) => state.jira_sites.get(&site.id),
            Self::Instance(instance) => Some(&state.data_centers.of(*instance).jira_site),
        }
    }

    fn of_mut<'s>(&self, state: &'s mut State) -> Option<&'s mut JiraSite> {
        match self {
            Self::Site(site) => state.jira_sites.get_mut(&site.id),
            Self::Instance(instance) => Some(&mut state.data_centers.of_mut(*instance).jira_site),
        }
    }
}

/// Answers for one Jira. Reads look at the state, writes hold it, so that none is lost.
pub(crate) fn answer(world: &Arc<World>, place: Where<'_>, visitor: Visitor, asked: &Asked<'_>) -> Response {
    let segments: Vec<&str> = asked.path.split('/').collect();
    let ["rest", "api", version, path @ ..] = segments.as_slice() else {
        return Answer::nothing_there().into_response();
    };
    let edition = match place {
        Where::Site(_) => Edition::of_cloud(version),
        Where::Instance(_) => Some(Edition::DataCenter).filter(|_| matches!(*version, "2" | "latest")),
    };
    let Some(edition) = edition else { return Answer::nothing_there().into_response() };
    let visitor = Visitor { edition, ..visitor };
    let Some((operation, captured)) = operations::find(edition, asked.method, path) else {
        return Answer::nothing_there().into_response();
    };
    if let (Handler::Elsewhere, Where::Site(site), Some(id)) = (operation.handler, place, captured.get("id").cloned()) {
        let call = Call::of(world, visitor, asked, captured);
        let response = attachment(world, &call, site, &id);
        world.answers.record(operation.id, edition.version(), asked.path, response.status().as_u16(), None);
        return response;
    }
    if let Where::Site(site) = place {
        work_off_tasks(world, site);
    }
    let call = Call::of(world, visitor, asked, captured);
    let answer = match operation.handler {
        Handler::Elsewhere => None,
        Handler::Tells(tell) => world.read(|state| place.of(state).map(|jira| Ok(tell(&call, jira)))),
        Handler::Reads(read) => world.read(|state| place.of(state).map(|jira| read(&call, jira))),
        Handler::Writes(write) => change(world, place, &call, |jira| write(&call, jira)),
    }
    .map_or_else(Answer::nothing_there, |outcome| outcome.unwrap_or_else(|refused| refused));
    world.answers.record(
        operation.id,
        recorded_version(place, edition),
        asked.path,
        answer.status().as_u16(),
        answer.body(),
    );
    if let (Where::Site(site), Handler::Writes(_)) = (place, operation.handler) {
        work_off_tasks(world, site);
    }
    let cost = Cost(operation.points(answer.objects()));
    let mut response = answer.into_response();
    response.extensions_mut().insert(cost);
    response
}

/// Data Center's version 2 is not Cloud's.
fn recorded_version(place: Where<'_>, edition: Edition) -> &'static str {
    match place {
        Where::Site(_) => edition.version(),
        Where::Instance(_) => "data-center",
    }
}

/// The points that an answer cost beyond the call itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost(pub(crate) u64);

/// Changes a Jira. The search index falls behind by what it was set to, and webhooks go on their way.
fn change<T>(
    world: &Arc<World>,
    place: Where<'_>,
    call: &Call<'_>,
    change: impl FnOnce(&mut JiraSite) -> T,
) -> Option<T> {
    let (result, told) = world.change(|state| {
        let is_shared = state.settings.obstacle != Obstacle::NotShared;
        let jira = place.of_mut(state)?;
        let before = if call.index_lag > 0 { jira.issues.clone() } else { Vec::new() };
        let result = change(jira);
        if call.index_lag > 0 {
            index::fall_behind(jira, before, call.now, call.index_lag);
        }
        Some((result, webhooks::deliveries(call, jira, is_shared)))
    })?;
    deliveries::post(world, told);
    Some(result)
}

/// The same for somebody who works at a site's pages.
pub(crate) fn change_by_hand<T>(
    world: &Arc<World>,
    site: &Site,
    person: Person,
    by_hand: impl FnOnce(&mut JiraSite, Moment) -> T,
) -> Option<T> {
    change_as(world, site, person, |call, jira| by_hand(jira, call.now))
}

/// Changes a site in the name of somebody who sent no request.
fn change_as<T>(
    world: &Arc<World>,
    site: &Site,
    person: Person,
    by_itself: impl FnOnce(&Call<'_>, &mut JiraSite) -> T,
) -> Option<T> {
    let visitor = Visitor::at_site(world, site.url.clone(), person, site);
    let (body, upload) = (bytes::Bytes::new(), super::upload::Upload::default());
    let asked = Asked { method: &http::Method::POST, path: "", query: "", body: &body, upload: &upload };
    let call = Call::of(world, visitor, &asked, std::collections::BTreeMap::new());
    change(world, Where::Site(site), &call, |jira| by_itself(&call, jira))
}

/// Does what is due of a site's tasks.
fn work_off_tasks(world: &Arc<World>, site: &Site) {
    let due = world.read(|state| state.jira_sites.get(&site.id).map(|jira| tasks::due(jira, state.now())));
    for (task, person) in due.unwrap_or_default() {
        change_as(world, site, person, |call, jira| tasks::run(call, jira, task));
    }
}

/// Redirects to the media host, unless `redirect=false` asks for the bytes, as Jira does. A thumbnail is the picture itself.
fn attachment(world: &World, call: &Call<'_>, site: &Site, id: &str) -> Response {
    if !may_read(world, Where::Site(site), call) && !is_made_up(world, id) {
        return attachments::not_found(id).into_response();
    }
    if call.parameter("redirect") != Some("false") {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, media::address(world, site, id))]).into_response();
    }
    media::bytes(world, Where::Site(site), id).unwrap_or_else(|| attachments::not_found(id).into_response())
}

/// The bytes of an attachment, for a caller who may browse its issue.
pub(crate) fn file(world: &World, place: Where<'_>, visitor: Visitor, id: &str) -> Response {
    let (body, upload) = (bytes::Bytes::new(), super::upload::Upload::default());
    let asked = Asked { method: &http::Method::GET, path: "", query: "", body: &body, upload: &upload };
    let call = Call::of(world, visitor, &asked, [("id", id.to_owned())].into());
    let found = may_read(world, place, &call).then(|| media::bytes(world, place, id)).flatten();
    found.unwrap_or_else(|| attachments::not_found(id).into_response())
}

fn may_read(world: &World, place: Where<'_>, call: &Call<'_>) -> bool {
    world.read(|state| place.of(state).is_some_and(|jira| attachments::may_read(call, jira)))
}

/// Whether the settings make an attachment up.
fn is_made_up(world: &World, id: &str) -> bool {
    id.parse().is_ok_and(|id: u64| world.read(|state| state.settings.attachments.contains_key(&id)))
}
