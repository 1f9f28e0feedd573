//! The statements that select stories and needs.

use api::{Cause, NeedAction};

/// Failures at several sites within this time of each other are one outage, in milliseconds: ten minutes.
const OUTAGE: i64 = 600_000;

/// Selects the stories. A story is three or more connections that fail for the same cause at one site or at all of
/// Atlassian, or two or more that lost the consent of one account; losses more than an hour apart are separate stories. Three
/// or more connections at two or more sites that began to fail for the same cause at about the same time are one story, too
/// (`is_wide`), and then in no other.
fn story_rows() -> String {
    let of_sites = words(Cause::ALL.iter().filter(|cause| is_of_a_site(**cause)));
    format!(
        "WITH failures AS (\
         SELECT story, failing, failing_since, CASE WHEN failing = 'grant_refused' AND \
         failing_since - lag(failing_since) OVER (PARTITION BY story ORDER BY failing_since) > 3600000 THEN 1 ELSE 0 END AS apart, \
         CASE WHEN failing_since - lag(failing_since) OVER (PARTITION BY failing ORDER BY failing_since) > {OUTAGE} \
         THEN 1 ELSE 0 END AS later \
         FROM connections WHERE story IS NOT NULL), \
         incidents AS (\
         SELECT story, failing, failing_since, sum(apart) OVER (PARTITION BY story ORDER BY failing_since) AS incident, \
         sum(later) OVER (PARTITION BY failing ORDER BY failing_since) AS wave FROM failures), \
         outages AS (\
         SELECT failing, wave, min(failing_since) AS first, max(failing_since) AS last, count(*) AS total, \
         count(DISTINCT story) AS sites FROM incidents WHERE failing IN ({of_sites}) GROUP BY failing, wave \
         HAVING count(DISTINCT story) >= 2 AND count(*) >= 3), \
         told AS (\
         SELECT failing AS story, failing, first, last, total, sites, 1 AS is_wide FROM outages UNION ALL \
         SELECT story, failing, min(failing_since) AS first, max(failing_since) AS last, count(*) AS total, 1 AS sites, \
         0 AS is_wide FROM incidents WHERE (failing, wave) NOT IN (SELECT failing, wave FROM outages) \
         GROUP BY story, incident, failing HAVING count(*) >= CASE failing WHEN 'grant_refused' THEN 2 ELSE 3 END) "
    )
}

/// Causes as a list in SQL.
fn words<'c>(causes: impl Iterator<Item = &'c Cause>) -> String {
    causes.map(|cause| format!("'{}'", cause.as_str())).collect::<Vec<_>>().join(", ")
}

/// Whether a cause is about a whole site, so that all connections to the site fail for it.
pub(super) const fn is_of_a_site(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::IpAllowList
            | Cause::SiteUnreachable
            | Cause::RateLimited
            | Cause::BasicDisabled
            | Cause::CredentialRefused
            | Cause::ClockSkew
            | Cause::SiteMoved
            | Cause::AddressRefused
    )
}

/// The causes that only a person can remove, as a list in SQL.
fn for_people() -> String {
    words(Cause::ALL.iter().filter(|cause| NeedAction::ending(**cause).is_some()))
}

/// Selects the stories, those that a person must resolve first. Value: how many.
pub(super) fn stories_sql() -> String {
    let (rows, people) = (story_rows(), for_people());
    format!(
        "{rows} SELECT *, sum(total) OVER () AS everyone, \
         sum(CASE WHEN failing IN ({people}) THEN total ELSE 0 END) OVER () AS people FROM told \
         ORDER BY failing IN ({people}) DESC, total DESC, first, story LIMIT ?"
    )
}

/// Selects the connections that need attention or wait, and are in no story, the most urgent first. Values: until when a
/// horizon warns, twice; until when it presses; until when it warns; how many.
pub(super) fn needs_sql() -> String {
    let (rows, people, all) = (story_rows(), for_people(), words(Cause::ALL.iter()));
    format!(
        "{rows} SELECT record, count(*) OVER () AS everyone, \
         sum(failing IN ({people}) OR horizon IS NOT NULL AND horizon <= ?) OVER () AS people \
         FROM connections AS c WHERE (failing IN ({all}) OR horizon <= ?) \
         AND NOT EXISTS (SELECT 1 FROM told WHERE (told.story = c.story OR told.is_wide = 1 AND told.failing = c.failing) \
         AND c.story IS NOT NULL AND c.failing_since BETWEEN told.first AND told.last) \
         ORDER BY CASE WHEN state = 'unauthorized' THEN 0 WHEN state = 'interrupted' AND failing IN ({people}) THEN 1 \
         WHEN horizon <= ? THEN 2 WHEN failing = 'scopes_missing' THEN 3 WHEN horizon <= ? THEN 4 ELSE 5 END, \
         horizon, name_key, id LIMIT ?"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organization::{Value, fixture::Fixture};

    fn plan(statement: &str, values: Vec<Value>) -> String {
        let fixture = Fixture::new();
        let steps: Vec<serde_json::Value> =
            fixture.tables.rows(&format!("EXPLAIN QUERY PLAN {statement}"), values).expect("a plan");
        steps.iter().filter_map(|step| step["detail"].as_str()).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn connections_that_work_are_not_even_looked_at() {
        let needs = plan(&needs_sql(), vec![0.into(), 0.into(), 0.into(), 0.into(), 20.into()]);
        let stories = plan(&stories_sql(), vec![5.into()]);
        assert!(
            stories.contains("SEARCH connections USING COVERING INDEX connections_by_story (story>?)"),
            "{stories}"
        );
        for index in ["connections_failing (failing=?)", "connections_by_horizon (horizon<?)"] {
            assert!(needs.contains(index), "{index}: {needs}");
        }
        for plan in [needs, stories] {
            assert!(!plan.contains("SCAN c"), "{plan}");
        }
    }
}
