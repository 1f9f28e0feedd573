//! The plan that has Jira count each segment.

use super::{
    Failed, Jira, Question,
    parts::{Axis, Part, Pick, Tally},
    reading::{Row, shown, without_empty},
};
use crate::{CALLS, Counter, Data, FieldValue, PAGE, calls};

impl<J: Jira> Question<'_, J> {
    /// Jira counts each number. `totals` is what it counted of each base.
    ///
    /// 1. The values to choose from: all that the field can have, or those of the 100 issues that changed last.
    /// 2. Without columns those are counted, and the largest are kept. With columns the most frequent are kept.
    /// 3. *Other*, *None* and the columns are counted: each is a query, none is a difference.
    pub(super) async fn count(&self, totals: &[u64]) -> Result<Data, Failed<J::Failure>> {
        let total = Tally::counted(totals.iter().sum());
        let Some(axis) = self.group_axis() else { return Ok(self.total_alone(totals)) };
        if self.is_by_time() {
            let segments = self.spans().ok_or(Failed::NoSpans)?;
            let split = match self.split_axis() {
                Some(split) => Some((self.sample().await?.1, split)),
                None => None,
            };
            let sampled = split.is_some() && total.issues > PAGE;
            let columns = split.map_or_else(|| self.series(), |(seen, axis)| axis.parts(frequent(&axis, seen)));
            return self.counted(total, segments, columns, sampled).await;
        }
        let (groups, splits, sampled) = self.candidates(&axis, total.issues).await?;
        let columns = match self.split_axis() {
            Some(split) => split.parts(frequent(&split, splits)),
            None => self.series(),
        };
        let kept = if columns.is_empty() && groups.len() > axis.limit {
            self.largest(&axis, groups).await?
        } else {
            frequent(&axis, groups)
        };
        self.counted(total, axis.parts(kept), columns, sampled).await
    }

    /// The values to choose segments and columns from, and whether there may be others.
    async fn candidates(
        &self,
        axis: &Axis<'_>,
        total: u64,
    ) -> Result<(Vec<FieldValue>, Vec<FieldValue>, bool), Failed<J::Failure>> {
        let listed = if Self::is_listed(self.kinds.group) { self.all_values(axis).await? } else { None };
        if let (Some(all), None) = (&listed, self.split_axis()) {
            return Ok((all.clone(), Vec::new(), false));
        }
        let (mut groups, splits) = self.sample().await?;
        let unseen: Vec<FieldValue> =
            axis.described().filter(|one| groups.iter().all(|seen| seen.value != one.value)).collect();
        // What somebody described is wanted: it comes before what only happens to be frequent.
        groups.splice(0..0, unseen);
        groups.truncate(room(self.spec, axis));
        Ok((groups, splits, total > PAGE))
    }

    /// All values of the field, if Jira lists them and each can be counted.
    async fn all_values(&self, axis: &Axis<'_>) -> Result<Option<Vec<FieldValue>>, Failed<J::Failure>> {
        let all = self.jira.values(axis.field).await.map_err(Failed::Jira)?;
        Ok(all.filter(|all| (1..=room(self.spec, axis)).contains(&all.len())))
    }

    /// Counts candidates, and keeps the largest in their order.
    async fn largest(
        &self,
        axis: &Axis<'_>,
        candidates: Vec<FieldValue>,
    ) -> Result<Vec<FieldValue>, Failed<J::Failure>> {
        let Some(base) = self.bases.first() else { return Ok(Vec::new()) };
        let candidates: Vec<FieldValue> =
            candidates.into_iter().filter(|one| !axis.is_hidden(&Pick::Value(one.value.clone()).key())).collect();
        let query = |one: &FieldValue| base.jql.and(&Pick::Value(one.value.clone()).condition(axis.field));
        let queries: Vec<String> = candidates.iter().map(|one| query(one).as_str().to_owned()).collect();
        let counts = self.jira.count(&queries).await.map_err(Failed::Jira)?;
        let mut sizes: Vec<(u64, usize)> = counts.into_iter().enumerate().map(|(at, count)| (count, at)).collect();
        sizes.sort_by_key(|(count, at)| (u64::MAX - count, *at));
        sizes.truncate(axis.limit);
        let kept = |at: usize| sizes.iter().any(|(count, kept)| *kept == at && *count > 0);
        Ok(candidates.into_iter().enumerate().filter(|(at, _)| kept(*at)).map(|(_, one)| one).collect())
    }

    /// Counts every segment with its columns.
    async fn counted(
        &self,
        total: Tally,
        segments: Vec<Part>,
        columns: Vec<Part>,
        sampled: bool,
    ) -> Result<Data, Failed<J::Failure>> {
        let mut queries = Vec::new();
        for part in &segments {
            if !self.is_series() {
                queries.extend(self.amount(Tally::default(), None, Some(part), None).jql);
            }
            for (at, column) in columns.iter().enumerate() {
                let column = Some(column).filter(|_| !self.is_series());
                queries.extend(self.amount(Tally::default(), Some(at), Some(part), column).jql);
            }
        }
        let mut counts = self.jira.count(&queries).await.map_err(Failed::Jira)?.into_iter().map(Tally::counted);
        let mut row = || -> Row {
            let whole = if self.is_series() { None } else { counts.next() };
            let cells: Vec<Tally> = counts.by_ref().take(columns.len()).collect();
            (whole.unwrap_or_else(|| Tally::counted(cells.iter().map(|cell| cell.issues).sum())), cells)
        };
        let rows = segments.iter().map(|_| row()).collect();
        let (segments, rows) = shown(segments, rows);
        let seen: Vec<bool> = (0..columns.len())
            .map(|at| rows.iter().any(|(_, cells)| cells.get(at).is_some_and(|cell| cell.issues > 0)))
            .collect();
        let (columns, rows) = without_empty(columns, rows, &seen);
        Ok(self.data(total, &segments, columns, rows, (Counter::Jira, sampled)))
    }
}

/// How many values can be counted before the largest are kept: the calls that are left, and at least the limit.
fn room(spec: &crate::Spec, axis: &Axis<'_>) -> usize {
    if spec.most_columns() > 0 { axis.limit } else { axis.limit.max(CALLS.saturating_sub(calls(spec))) }
}

/// The first values that are not hidden, as many as the axis shows.
fn frequent(axis: &Axis<'_>, ranked: Vec<FieldValue>) -> Vec<FieldValue> {
    let shown = ranked.into_iter().filter(|one| !axis.is_hidden(&Pick::Value(one.value.clone()).key()));
    shown.take(axis.limit).collect()
}
