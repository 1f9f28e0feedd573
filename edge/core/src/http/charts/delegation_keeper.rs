//! The keeper of a delegation: the numbers that everybody sees with its access.
//!
//! One Durable Object for each delegation, so that however many people look, and wherever, Jira is asked once in five
//! minutes. It asks for nobody in particular: the organization has decided before whether whoever looks may, and with which
//! access. What it keeps is what readers may see, in memory alone: nothing of it is stored, and nothing is left of it some
//! minutes after the last reader. It is not the grant's keeper, because one grant may stand behind many charts, and because
//! what holds refresh tokens should do nothing else.

use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

use api::{DelegationId, DelegationPause, DelegationShows, RenderState, Timestamp};
use chart::{Data, ShownToOthers, Source, Spec};
use futures::future::{FutureExt as _, LocalBoxFuture, Shared};
use serde::{Deserialize, Serialize};

use super::{asking::ChartJira, compute_with, told};
use crate::{
    http::{Edge, Platform},
    organization::{ChartAccess, RecordDelegatedFilter, Refusal},
    organization_id::OrganizationId,
    ports::{Level, Spawner},
};

/// How long numbers are given again, in milliseconds: five minutes.
const FRESH: i64 = 300_000;
/// How long they are given while new ones are asked for, or where Jira cannot be asked, in milliseconds: an hour.
const KEPT: i64 = 3_600_000;
/// How long nobody asks again after Jira refused or was silent, in milliseconds: a minute.
const PAUSE: i64 = 60_000;
/// How long others wait for the one who asks Jira, in milliseconds: a minute, in which each call has timed out.
const LONGEST: i64 = 60_000;
/// The most charts that are kept: one for each choice of parameters.
const CHARTS: usize = 16;

/// What a keeper is asked. The organization has allowed it.
#[derive(Serialize, Deserialize)]
pub(super) struct DelegatedQuestion {
    pub(super) organization: OrganizationId,
    pub(super) spec: Spec,
    pub(super) access: ChartAccess,
    pub(super) params: BTreeMap<String, String>,
    pub(super) shows: DelegationShows,
    /// The delegation to which it is told what the chart's saved filter says now; `None`: that is known already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) filter_of: Option<DelegationId>,
}

/// What a keeper answers.
#[derive(Serialize, Deserialize)]
pub(super) struct DelegatedAnswer {
    pub(super) state: RenderState,
    pub(super) cause: Option<String>,
    pub(super) data: Option<Data>,
}

/// What is known of one chart.
#[derive(Default)]
struct Kept {
    key: String,
    last: Option<(Timestamp, Data)>,
    failed: Option<(Timestamp, RenderState, Option<String>)>,
    /// Asking Jira, since when, which several readers can wait for.
    under_way: Option<(Timestamp, Asking)>,
}

/// Jira is being asked. Whoever waits for it drives it.
type Asking = Shared<LocalBoxFuture<'static, ()>>;

impl Kept {
    fn last_within(&self, age: i64, now: Timestamp) -> Option<Data> {
        self.last.as_ref().filter(|(at, _)| (0..age).contains(&now.since(*at))).map(|(_, data)| data.clone())
    }

    /// What can be answered without asking Jira. `None`: it has to be asked.
    fn answer(&self, now: Timestamp) -> Option<DelegatedAnswer> {
        if let Some(data) = self.last_within(FRESH, now) {
            return Some(drawn(data));
        }
        let (_, state, cause) = self.failed.as_ref().filter(|(at, ..)| (0..PAUSE).contains(&now.since(*at)))?;
        let may_be_old = matches!(state, RenderState::QuotaExhausted | RenderState::SiteUnreachable);
        Some(match self.last_within(KEPT, now).filter(|_| may_be_old) {
            Some(data) => DelegatedAnswer { state: RenderState::Stale, cause: cause.clone(), data: Some(data) },
            None => DelegatedAnswer { state: *state, cause: cause.clone(), data: None },
        })
    }
}

const fn drawn(data: Data) -> DelegatedAnswer {
    DelegatedAnswer { state: RenderState::Drawn, cause: None, data: Some(data) }
}

/// What a keeper remembers, as long as its object lives. The newest last.
#[derive(Clone, Default)]
pub struct DelegationMemory(Rc<RefCell<VecDeque<Kept>>>);

impl DelegationMemory {
    /// Answers JSON of a question with JSON of an answer, or of a refusal.
    pub async fn handle<P: Platform>(&self, edge: &Edge<P>, spawner: &impl Spawner, question: &str) -> String {
        let answer = self.reply(edge, spawner, question).await;
        serde_json::to_string(&answer).unwrap_or_else(|_| r#"{"Err":{"storage":"unwritable answer"}}"#.to_owned())
    }

    /// 1. Numbers of the last five minutes are given again, and what failed is not tried again for a minute. 2. Older ones
    ///    are given while new ones are asked for. 3. Otherwise Jira is asked, once for all who wait.
    async fn reply<P: Platform>(
        &self,
        edge: &Edge<P>,
        spawner: &impl Spawner,
        question: &str,
    ) -> Result<DelegatedAnswer, Refusal> {
        let question: DelegatedQuestion = serde_json::from_str(question)?;
        let key = serde_json::to_string(&(
            &question.access.grant,
            question.spec.digests()?.whole,
            &question.params,
            question.shows,
        ))?;
        let now = edge.platform.now();
        if let Some(answer) = self.with(&key, |kept| kept.answer(now)) {
            return Ok(answer);
        }
        let under_way = self.ask(edge, &key, question);
        if let Some(old) = self.with(&key, |kept| kept.last_within(KEPT, now)) {
            spawner.spawn(Box::pin(under_way));
            return Ok(drawn(old));
        }
        under_way.await;
        let answer = self.with(&key, |kept| kept.answer(edge.platform.now()));
        answer.ok_or_else(|| Refusal::Internal("a chart was neither computed nor refused".to_owned()))
    }

    fn with<T>(&self, key: &str, look: impl FnOnce(&mut Kept) -> T) -> T {
        let mut all = self.0.borrow_mut();
        let at = all.iter().position(|kept| kept.key == key);
        let mut kept =
            at.and_then(|at| all.remove(at)).unwrap_or_else(|| Kept { key: key.to_owned(), ..Kept::default() });
        let seen = look(&mut kept);
        all.push_back(kept);
        while all.len() > CHARTS {
            all.pop_front();
        }
        seen
    }

    /// Asks Jira, or joins those who wait for it already.
    fn ask<P: Platform>(&self, edge: &Edge<P>, key: &str, question: DelegatedQuestion) -> Asking {
        let (memory, edge, own_key) = (self.clone(), edge.clone(), key.to_owned());
        let now = edge.platform.now();
        self.with(key, |kept| {
            if let Some((since, asking)) = &kept.under_way
                && (0..LONGEST).contains(&now.since(*since))
            {
                return asking.clone();
            }
            let asking = {
                let work = async move {
                    let outcome = compute_for_others(&edge, question).await;
                    let now = edge.platform.now();
                    memory.with(&own_key, |kept| {
                        kept.under_way = None;
                        match outcome {
                            Ok(data) => (kept.last, kept.failed) = (Some((now, data)), None),
                            Err((state, cause)) => kept.failed = Some((now, state, cause)),
                        }
                    });
                };
                work.boxed_local().shared()
            };
            kept.under_way = Some((now, asking.clone()));
            asking
        })
    }
}

/// Tells the organization whether the saved filter of a chart says something else now. A failure is looked at again with the
/// next numbers.
async fn tell_filter<P: Platform>(
    edge: &Edge<P>,
    spec: &Spec,
    access: ChartAccess,
    delegation: DelegationId,
) -> Result<(), String> {
    let Source::Filter(filter) = &spec.source else { return Ok(()) };
    let jira = ChartJira::open(edge, access).await.map_err(|failure| failure.cause)?;
    let now = jira.query_of_filter(&filter.id).await.map_err(|failure| failure.cause)?;
    let words = |jql: &str| jql.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let changed = now.as_deref().map(words) != filter.jql.as_deref().map(words);
    let told = edge.send(&RecordDelegatedFilter { delegation, changed }).await;
    told.map_err(|refusal| format!("{refusal:?}"))
}

/// Computes a chart, and leaves out what readers may not see. Jira's own words could repeat the query, so they are logged
/// and not shown.
async fn compute_for_others<P: Platform>(
    edge: &Edge<P>,
    question: DelegatedQuestion,
) -> Result<Data, (RenderState, Option<String>)> {
    let DelegatedQuestion { organization, spec, access, params, shows, filter_of } = question;
    let edge = Edge { organization, ..edge.clone() };
    let again = filter_of.map(|delegation| (delegation, access.clone()));
    match compute_with(&edge, &spec, access, &params).await {
        Ok((data, people)) => {
            if let Some((delegation, access)) = again
                && let Err(cause) = tell_filter(&edge, &spec, access, delegation).await
            {
                edge.platform.log(Level::Info, "delegation.filter_not_asked", &[("cause", &cause)]);
            }
            let DelegationShows { names, keys, drill_down } = shows;
            Ok(data.for_others(ShownToOthers { names, keys, links: drill_down }, people))
        }
        Err(failed) => {
            let (state, cause) = told(failed);
            edge.platform.log(Level::Info, "delegation.not_computed", &[("state", state.as_str())]);
            Err(match state {
                RenderState::ConsentNeeded => {
                    (RenderState::DelegationEnded, Some(DelegationPause::AccessEnded.sentence().to_owned()))
                }
                RenderState::QueryRefused | RenderState::NoJiraAccess => (state, None),
                _ => (state, Some(cause)),
            })
        }
    }
}
