//! Computes the numbers of a chart: asks [`Jira`] as the [`Plan`] says, and puts what it answers together.

mod counting;
mod parts;
mod reading;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    Amount, Compute, Counted, Counter, Data, Field, FieldKind, FieldValue, Jql, Kinds, NotJql, Note, Plan, Segment,
    Source, Spec, TooLarge, choose, clause, quoted,
};
use parts::{Part, Pick, Tally};

/// What Jira is asked while a chart is computed. The caller implements it, with somebody's access.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait Jira {
    /// Why Jira did not answer.
    type Failure;

    /// How many issues each of the queries finds.
    async fn count(&self, queries: &[String]) -> Result<Vec<u64>, Self::Failure>;

    /// Whether those counts are exact.
    fn counts_exactly(&self) -> bool;

    /// These fields of the issues that a query finds, in its order, `most` issues at most.
    async fn issues(&self, query: &str, fields: &[&str], most: u64) -> Result<Vec<Map<String, Value>>, Self::Failure>;

    /// The kinds of fields, in their order.
    async fn kinds(&self, fields: &[&str]) -> Result<Vec<FieldKind>, Self::Failure>;

    /// Every value that a field can have, in Jira's order; `None` if there is no list of them.
    async fn values(&self, field: &str) -> Result<Option<Vec<FieldValue>>, Self::Failure>;
}

/// When and where a chart is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Now, in RFC 3339 and UTC.
    pub at: String,
    /// Today.
    pub today: Date,
    /// The time zone of the account that asks, by its IANA name.
    pub zone: String,
    /// The base URL of the site, without a slash at its end.
    pub site: String,
}

impl Moment {
    /// The moment `seconds` after the Unix epoch. Its day is UTC's: no time zones are known here, so that in the hours
    /// around midnight the last span of time can be one that has not begun, or has just ended, where the account is. Which
    /// issues a span has is Jira's to say, in the account's zone. `None`: beyond the calendar.
    pub fn new(seconds: i64, zone: String, site: String) -> Option<Self> {
        let now = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
        Some(Self { at: now.format(&Rfc3339).ok()?, today: now.date(), zone, site })
    }
}

/// Why a chart could not be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed<F> {
    /// A query of the chart is none.
    Query(NotJql),
    /// A filter whose query was not looked up.
    Unresolved,
    /// This parameter is not one of the chart's, or may not have this value.
    Param(String),
    /// There are too many numbers or issues.
    TooLarge(TooLarge),
    /// Spans of time of a field that is no date, or beyond the calendar.
    NoSpans,
    /// Jira did not answer.
    Jira(F),
}

impl<F> From<NotJql> for Failed<F> {
    fn from(why: NotJql) -> Self {
        Self::Query(why)
    }
}

/// What one series, or the only source, asks for.
struct Base<'a> {
    jql: Jql,
    group: Option<&'a Field>,
}

/// A chart with what is known of it before Jira is asked.
struct Question<'a, J> {
    spec: &'a Spec,
    jira: &'a J,
    moment: &'a Moment,
    bases: Vec<Base<'a>>,
    kinds: Kinds,
}

/// The queries of a chart, one for each series, narrowed by parameters.
pub fn bases(spec: &Spec, params: &BTreeMap<String, String>) -> Result<Vec<Jql>, BaseRefused> {
    let queries: Vec<&str> = match &spec.source {
        Source::Jql(jql) => vec![jql],
        Source::Filter(filter) => vec![filter.jql.as_deref().ok_or(BaseRefused::Unresolved)?],
        Source::Series(series) => series.iter().map(|one| one.jql.as_str()).collect(),
    };
    let mut bases = queries.into_iter().map(Jql::read).collect::<Result<Vec<_>, _>>().map_err(BaseRefused::Query)?;
    for (name, value) in params {
        let param = spec.params.iter().find(|one| one.name == *name && one.values.contains(value));
        let param = param.ok_or_else(|| BaseRefused::Param(name.clone()))?;
        let condition = format!("{} = {}", clause(&param.field.id), quoted(value));
        bases = bases.iter().map(|base| base.and(&condition)).collect();
    }
    Ok(bases)
}

/// Why a chart has no query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseRefused {
    /// What somebody wrote is none.
    Query(NotJql),
    /// A filter whose query was not looked up.
    Unresolved,
    /// This parameter is not one of the chart's, or may not have this value.
    Param(String),
}

impl<F> From<BaseRefused> for Failed<F> {
    fn from(why: BaseRefused) -> Self {
        match why {
            BaseRefused::Query(why) => Self::Query(why),
            BaseRefused::Unresolved => Self::Unresolved,
            BaseRefused::Param(name) => Self::Param(name),
        }
    }
}

/// Computes the numbers of a chart, narrowed by `params`.
///
/// 1. The queries are composed; what is none is refused before Jira is asked. 2. Jira counts the total. 3. The plan
///    follows from it. 4. Jira counts the segments, or its issues are read.
pub async fn compute<J: Jira>(
    spec: &Spec,
    params: &BTreeMap<String, String>,
    jira: &J,
    moment: &Moment,
) -> Result<Data, Failed<J::Failure>> {
    let queries = bases(spec, params)?;
    let texts: Vec<String> = queries.iter().map(|one| one.as_str().to_owned()).collect();
    let totals = jira.count(&texts).await.map_err(Failed::Jira)?;
    let group = spec.group.as_ref().map(|group| &group.field);
    let field_of = |at: usize| match &spec.source {
        Source::Series(series) => series.get(at).and_then(|one| one.field.as_ref()).or(group),
        _ => group,
    };
    let bases = queries.into_iter().enumerate().map(|(at, jql)| Base { jql, group: field_of(at) }).collect();
    let mut question = Question { spec, jira, moment, bases, kinds: Kinds::default() };
    if totals.iter().any(|total| *total > 0) {
        question.kinds = question.ask_kinds().await?;
        if spec.group.as_ref().is_some_and(|group| group.buckets.is_some()) && !question.is_by_time() {
            return Err(Failed::NoSpans);
        }
    }
    match choose(spec, question.kinds, &totals) {
        Plan::Empty | Plan::Total => Ok(question.total_alone(&totals)),
        Plan::Issues => question.read().await,
        Plan::Count => question.count(&totals).await,
        Plan::Refused(why) => Err(Failed::TooLarge(why)),
    }
}

impl<J: Jira> Question<'_, J> {
    async fn ask_kinds(&self) -> Result<Kinds, Failed<J::Failure>> {
        let group = self.bases.first().and_then(|base| base.group).map(|field| field.id.as_str());
        let split = self.spec.split.as_ref().map(|split| split.field.id.as_str());
        let wanted: Vec<&str> = [group, split].into_iter().flatten().collect();
        if wanted.is_empty() {
            return Ok(Kinds::default());
        }
        let mut kinds = self.jira.kinds(&wanted).await.map_err(Failed::Jira)?.into_iter();
        let group = group.and_then(|_| kinds.next());
        Ok(Kinds { group, split: split.and_then(|_| kinds.next()) })
    }

    /// Whether the segments are spans of time.
    fn is_by_time(&self) -> bool {
        self.kinds.group == Some(FieldKind::Date)
    }

    fn is_series(&self) -> bool {
        matches!(self.spec.source, Source::Series(_))
    }

    /// What is known without segments.
    fn total_alone(&self, totals: &[u64]) -> Data {
        let total = Tally::counted(totals.iter().sum());
        self.data(total, &[], Vec::new(), Vec::new(), (Counter::Jira, false))
    }

    /// The columns of two series.
    fn series(&self) -> Vec<Part> {
        let Source::Series(series) = &self.spec.source else { return Vec::new() };
        let part = |(at, one): (u8, &crate::Series)| Part {
            pick: Pick::Series(at),
            label: one.name.clone(),
            color: one.color,
            category: None,
        };
        (0..).zip(series).map(part).collect()
    }

    /// A number with the query that finds its issues: those of all bases, or of the one at `series`, that match the
    /// conditions.
    fn amount(&self, tally: Tally, series: Option<usize>, segment: Option<&Part>, column: Option<&Part>) -> Amount {
        let base = match (self.bases.as_slice(), series) {
            ([only], _) => Some(only),
            (all, Some(at)) => all.get(at),
            _ => None,
        };
        let split = self.spec.split.as_ref().map(|split| &split.field);
        let jql = base.map(|base| {
            let conditions = [segment.zip(base.group), column.zip(split)];
            let conditions = conditions.into_iter().flatten().map(|(part, field)| part.pick.condition(&field.id));
            conditions.fold(base.jql.clone(), |jql, condition| jql.and(&condition)).as_str().to_owned()
        });
        let url = jql.as_ref().map(|jql| format!("{}/issues/?jql={}", self.moment.site, percent_encoded(jql)));
        Amount { issues: tally.issues, value: tally.value(self.spec.measure.compute), jql, url }
    }

    /// Puts the numbers together. `cells` has one row for each segment, in its order: the segment's number, and those of
    /// its columns.
    fn data(
        &self,
        total: Tally,
        segments: &[Part],
        columns: Vec<Part>,
        cells: Vec<(Tally, Vec<Tally>)>,
        (by, sampled): (Counter, bool),
    ) -> Data {
        let is_series = self.is_series();
        let segment = |(part, (tally, cells)): (&Part, (Tally, Vec<Tally>))| {
            let cell = |(at, (column, tally)): (usize, (&Part, Tally))| {
                let split = Some(column).filter(|_| !is_series);
                self.amount(tally, Some(at).filter(|_| is_series), Some(part), split)
            };
            Segment {
                key: part.pick.key(),
                label: part.label.clone(),
                color: part.color,
                category: part.category,
                amount: self.amount(tally, None, Some(part), None),
                cells: columns.iter().zip(cells).enumerate().map(cell).collect(),
            }
        };
        let mut segments: Vec<Segment> = segments.iter().zip(cells).map(segment).collect();
        self.sort(&mut segments);
        let covered: u64 = segments.iter().map(|one| one.amount.issues).sum();
        let overlapping = [self.kinds.group, self.kinds.split].contains(&Some(FieldKind::Multiple));
        let is_whole = covered == total.issues;
        let adds_up = is_whole && !overlapping && !is_series && self.spec.measure.compute != Compute::Average;
        let exact = by == Counter::Issues || self.jira.counts_exactly();
        let incomplete = !is_whole && !overlapping && !segments.is_empty();
        let notes = [
            (!exact, Note::Approximate),
            (overlapping, Note::Overlapping),
            (sampled, Note::Sampled),
            (incomplete, Note::Incomplete),
        ];
        Data {
            total: self.amount(total, None, None, None),
            segments,
            columns: columns.into_iter().map(Part::column).collect(),
            adds_up,
            counted: Counted { at: self.moment.at.clone(), by, zone: self.moment.zone.clone() },
            notes: notes.into_iter().filter_map(|(applies, note)| applies.then_some(note)).collect(),
        }
    }
}

/// As a query of a URL takes it (RFC 3986).
fn percent_encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            // Writing to a text cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}
