//! Charts as stored things: creating, listing, changing, deleting and restoring them, and their versions.
//!
//! Every member of the organization sees every chart, because a chart holds a question and no answers. Whoever created it
//! and the administrators may change it.

use api::{
    Actor, CHART_VERSIONS, CHARTS, Chart, ChartChange, ChartEdit, ChartId, ChartSummary, ChartVersion, CreateChart,
    DeleteChart, Deleted, EditChart, GetChart, KeyScope, List, ListChartVersions, ListCharts, ListChartsQuery,
    MemberId, NewChart, Nothing, RestoreChart, Site, TimelineEvent, Timestamp,
};
use chart::{Source, Spec};
use serde::{Deserialize, Serialize};

use crate::{
    folding::folded,
    organization::{Answers, Identity, Needs, Refusal, Turn, record, records, to_record},
};

/// How long a deleted chart can be restored, in milliseconds: 30 days.
const RESTORABLE: i64 = 30 * 86_400_000;
/// The most charts purged in one turn; the next turn purges the rest.
const AT_ONCE: i64 = 100;

/// A chart as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredChart {
    pub(crate) v: u8,
    pub(crate) id: ChartId,
    /// The site that it is about, as it was when the chart was created.
    pub(crate) site: Site,
    pub(crate) spec: Spec,
    /// The digest of what it asks: [`chart::Digests::meaning`].
    pub(crate) meaning: String,
    pub(crate) created_at: Timestamp,
    /// The member who created it, and who may change it.
    pub(crate) creator: MemberId,
    /// The creator's name at the time.
    pub(crate) created_by: String,
    pub(crate) saved_at: Timestamp,
    /// The name of who saved this version, at the time.
    pub(crate) saved_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deleted: Option<Deleted>,
    pub(crate) version: u64,
}

/// A chart to be stored, checked already.
pub(super) struct NewStoredChart {
    pub(super) site: Site,
    pub(super) spec: Spec,
    /// The digest of what it asks.
    pub(super) meaning: String,
    pub(super) creator: MemberId,
    /// The creator's name.
    pub(super) by: String,
}

/// What a list shows of a chart, so that it need not read every spec.
#[derive(Deserialize)]
struct Listed {
    summary: String,
    creator: MemberId,
}

impl StoredChart {
    fn summary(&self) -> ChartSummary {
        ChartSummary {
            id: self.id.clone(),
            title: self.spec.says.title.clone(),
            mark: self.spec.mark,
            site: self.site.clone(),
            saved_at: self.saved_at,
            saved_by: self.saved_by.clone(),
            deleted: self.deleted.clone(),
            may_edit: false,
        }
    }

    fn as_version(&self) -> ChartVersion {
        ChartVersion {
            version: self.version,
            spec: self.spec.clone(),
            meaning: self.meaning.clone(),
            saved_at: self.saved_at,
            saved_by: self.saved_by.clone(),
        }
    }
}

/// Refuses a spec that makes no sense, with every place and what is wrong there. Returns the digest of its meaning.
pub(super) fn check_spec(spec: &Spec) -> Result<String, Refusal> {
    let mut faults: Vec<String> = spec.faults().into_iter().map(|fault| told(&fault.path, &fault.sentence)).collect();
    if let Source::Filter(filter) = &spec.source
        && filter.jql.is_none()
    {
        faults.push(told("source.filter.jql", "Choose the filter again, so that its query is saved with the chart."));
    }
    if faults.is_empty()
        && let Err(chart::BaseRefused::Query(why)) = chart::bases(spec, &std::collections::BTreeMap::new())
    {
        faults.push(told("source", &why.to_string()));
    }
    if faults.is_empty() { Ok(spec.digests()?.meaning) } else { Err(Refusal::Invalid(faults.join(" "))) }
}

fn told(path: &str, sentence: &str) -> String {
    if path.is_empty() { sentence.to_owned() } else { format!("{path}: {sentence}") }
}

impl Turn<'_> {
    /// A chart; a deleted one only for those who may change it.
    pub(super) fn chart(&self, id: &ChartId) -> Result<StoredChart, Refusal> {
        let found: Option<StoredChart> =
            record(self.sql, "SELECT record FROM charts WHERE id = ?", vec![id.as_str().into()])?;
        let chart = found.ok_or(Refusal::NotFound)?;
        if chart.deleted.is_some() && !self.may_edit(&chart.creator) { Err(Refusal::NotFound) } else { Ok(chart) }
    }

    /// A chart that the caller may change.
    pub(super) fn own_chart(&self, id: &ChartId) -> Result<StoredChart, Refusal> {
        let chart = self.chart(id)?;
        if self.may_edit(&chart.creator) { Ok(chart) } else { Err(Refusal::Forbidden) }
    }

    pub(super) fn may_edit(&self, creator: &MemberId) -> bool {
        let is_creator = matches!(&self.who, Identity::Member { member, .. } if member.id == *creator);
        is_creator || self.who.is_administrator()
    }

    /// Creates a chart, unless there are too many.
    pub(super) fn new_chart(&self, new: NewStoredChart, actor: Actor) -> Result<StoredChart, Refusal> {
        let all = "SELECT count(*) AS n FROM charts WHERE deleted IN (0, 1)";
        let why = format!("There are {CHARTS} charts already, deleted ones among them. Delete some, and wait 30 days.");
        self.limit(CHARTS, all, vec![], &why)?;
        let chart = StoredChart {
            v: 1,
            id: self.new_id(),
            site: new.site,
            spec: new.spec,
            meaning: new.meaning,
            created_at: self.now,
            creator: new.creator,
            created_by: new.by.clone(),
            saved_at: self.now,
            saved_by: new.by,
            deleted: None,
            version: 1,
        };
        self.store_chart(&chart)?;
        self.store_chart_version(&chart)?;
        let event = TimelineEvent::ChartChanged { chart: chart.spec.says.title.clone(), change: ChartChange::Created };
        self.record_event(None, actor, event)?;
        Ok(chart)
    }

    fn store_chart(&self, chart: &StoredChart) -> Result<(), Refusal> {
        let purge_at = chart.deleted.as_ref().map(|deleted| deleted.purge_at.as_millis());
        let values = vec![
            chart.id.as_str().into(),
            folded(&chart.spec.says.title).into(),
            i64::from(chart.deleted.is_some()).into(),
            purge_at.map_or(crate::organization::Value::Null, Into::into),
            chart.creator.as_str().into(),
            to_record(&chart.summary())?,
            to_record(chart)?,
        ];
        let upsert = "INSERT OR REPLACE INTO charts (id, title_key, deleted, purge_at, creator, summary, record) \
             VALUES (?, ?, ?, ?, ?, ?, ?)";
        Ok(self.sql.run(upsert, values)?)
    }

    /// Stores a version, and removes those that are too old to be kept.
    fn store_chart_version(&self, chart: &StoredChart) -> Result<(), Refusal> {
        let number = i64::try_from(chart.version).unwrap_or(i64::MAX);
        let values = vec![chart.id.as_str().into(), number.into(), to_record(&chart.as_version())?];
        self.sql.run("INSERT INTO chart_versions (chart, version, record) VALUES (?, ?, ?)", values)?;
        let old = vec![chart.id.as_str().into(), (number - i64::from(CHART_VERSIONS)).into()];
        Ok(self.sql.run("DELETE FROM chart_versions WHERE chart = ? AND version <= ?", old)?)
    }

    fn chart_view(&self, chart: StoredChart) -> Chart {
        Chart {
            may_edit: self.may_edit(&chart.creator),
            id: chart.id,
            site: chart.site,
            spec: chart.spec,
            meaning: chart.meaning,
            created_at: chart.created_at,
            created_by: chart.created_by,
            saved_at: chart.saved_at,
            saved_by: chart.saved_by,
            deleted: chart.deleted,
            version: chart.version,
        }
    }

    fn record_chart(&self, chart: &StoredChart, change: ChartChange) -> Result<(), Refusal> {
        let event = TimelineEvent::ChartChanged { chart: chart.spec.says.title.clone(), change };
        self.record_event(None, self.who.actor(), event)
    }

    /// Purges the deleted charts that can no longer be restored.
    pub(super) fn purge_charts(&self) -> Result<(), Refusal> {
        let due = "SELECT id, record FROM charts WHERE purge_at <= ? ORDER BY purge_at LIMIT ?";
        let values = vec![self.now.as_millis().into(), AT_ONCE.into()];
        let keep = "UPDATE charts SET purge_at = NULL WHERE id = ?";
        for chart in self.readable::<StoredChart>("charts", due, values, keep)? {
            self.forget_delegations(&chart.id)?;
            self.forget_embeds(&chart.id)?;
            for delete in ["DELETE FROM charts WHERE id = ?", "DELETE FROM chart_versions WHERE chart = ?"] {
                self.sql.run(delete, vec![chart.id.as_str().into()])?;
            }
            let event = TimelineEvent::ChartChanged { chart: chart.spec.says.title, change: ChartChange::Purged };
            self.record_event(None, Actor::Causeway, event)?;
        }
        Ok(())
    }
}

/// Lists charts by title.
impl Answers for ListCharts {
    type Outcome = List<ChartSummary>;

    fn needs((): &(), _: &ListChartsQuery) -> Needs {
        Needs::AnySessionOrKey(KeyScope::ChartsRead)
    }

    fn answer((): (), query: ListChartsQuery, turn: &Turn<'_>) -> Result<List<ChartSummary>, Refusal> {
        let deleted = query.deleted.unwrap_or(false);
        let by_title = "SELECT summary, creator FROM charts WHERE deleted = ? ORDER BY title_key, id";
        let rows: Vec<Listed> = turn.sql.rows(by_title, vec![i64::from(deleted).into()])?;
        let wanted = folded(query.q.as_deref().unwrap_or_default().trim());
        let mut items = Vec::new();
        for Listed { summary, creator } in rows {
            let mut shown: ChartSummary = serde_json::from_str(&summary)?;
            shown.may_edit = turn.may_edit(&creator);
            if folded(&shown.title).contains(&wanted) && (!deleted || shown.may_edit) {
                items.push(shown);
            }
        }
        Ok(List { items, next_cursor: None })
    }
}

/// Creates a chart of a site that the caller sees.
impl Answers for CreateChart {
    type Outcome = Chart;

    fn needs((): &(), _: &NewChart) -> Needs {
        Needs::AnySession
    }

    fn answer((): (), new: NewChart, turn: &Turn<'_>) -> Result<Chart, Refusal> {
        let meaning = check_spec(&new.spec)?;
        let site = turn.chart_site(&new.site)?;
        let Identity::Member { member, .. } = &turn.who else { return Err(Refusal::Forbidden) };
        let creator = member.id.clone();
        let new = NewStoredChart { site, spec: new.spec, meaning, creator, by: turn.who.name() };
        Ok(turn.chart_view(turn.new_chart(new, turn.who.actor())?))
    }
}

/// Shows a chart.
impl Answers for GetChart {
    type Outcome = Chart;

    fn needs(_: &ChartId, _: &Nothing) -> Needs {
        Needs::AnySessionOrKey(KeyScope::ChartsRead)
    }

    fn answer(id: ChartId, _: Nothing, turn: &Turn<'_>) -> Result<Chart, Refusal> {
        Ok(turn.chart_view(turn.chart(&id)?))
    }
}

/// Saves another version of a chart.
impl Answers for EditChart {
    type Outcome = Chart;

    fn needs(_: &ChartId, _: &ChartEdit) -> Needs {
        Needs::AnySession
    }

    fn answer(id: ChartId, edit: ChartEdit, turn: &Turn<'_>) -> Result<Chart, Refusal> {
        let mut chart = turn.own_chart(&id)?;
        if chart.deleted.is_some() {
            return Err(Refusal::ChartDeleted);
        }
        turn.check_version(chart.version)?;
        let before = std::mem::replace(&mut chart.meaning, check_spec(&edit.spec)?);
        chart.spec = edit.spec;
        chart.saved_at = turn.now;
        chart.saved_by = turn.who.name();
        chart.version += 1;
        turn.store_chart(&chart)?;
        turn.store_chart_version(&chart)?;
        turn.record_chart(&chart, ChartChange::Changed)?;
        turn.chart_changed(&chart, &before)?;
        Ok(turn.chart_view(chart))
    }
}

/// Deletes a chart. One that is deleted already stays as it is.
impl Answers for DeleteChart {
    type Outcome = Nothing;

    fn needs(_: &ChartId, _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer(id: ChartId, _: Nothing, turn: &Turn<'_>) -> Result<Nothing, Refusal> {
        let mut chart = turn.own_chart(&id)?;
        if chart.deleted.is_none() {
            let purge_at = turn.now.plus_millis(RESTORABLE);
            chart.deleted = Some(Deleted { at: turn.now, by: turn.who.name(), purge_at });
            turn.store_chart(&chart)?;
            turn.record_chart(&chart, ChartChange::Deleted)?;
        }
        Ok(Nothing {})
    }
}

/// Restores a deleted chart. One that is not deleted stays as it is.
impl Answers for RestoreChart {
    type Outcome = Chart;

    fn needs(_: &ChartId, _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer(id: ChartId, _: Nothing, turn: &Turn<'_>) -> Result<Chart, Refusal> {
        let mut chart = turn.own_chart(&id)?;
        if chart.deleted.take().is_some() {
            turn.store_chart(&chart)?;
            turn.record_chart(&chart, ChartChange::Restored)?;
        }
        Ok(turn.chart_view(chart))
    }
}

/// Lists the versions of a chart, the newest first.
impl Answers for ListChartVersions {
    type Outcome = List<ChartVersion>;

    fn needs(_: &ChartId, _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer(id: ChartId, _: Nothing, turn: &Turn<'_>) -> Result<List<ChartVersion>, Refusal> {
        let chart = turn.chart(&id)?;
        let newest = "SELECT record FROM chart_versions WHERE chart = ? ORDER BY version DESC";
        Ok(List { items: records(turn.sql, newest, vec![chart.id.as_str().into()])?, next_cursor: None })
    }
}
