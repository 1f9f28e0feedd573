//! With whose access the Jira of a chart is asked. The organization decides; the Worker asks.
//!
//! Nobody's access is used without a word in the request: it names a connection, or it is the caller's own.

use api::{
    ChartConnection, ChartId, ChartSite, ChartSourceQuery, CheckChartQuery, ConnectionId, GrantId, List,
    ListChartFields, ListChartFilters, ListChartSites, NewPreview, NewRender, Nothing, PICTURE_WIDTHS, PreviewChart,
    QueryToCheck, RenderAccess, RenderAccessKind, RenderChart, RenderState, Site,
};
use chart::Spec;
use serde::{Deserialize, Serialize};

use crate::{
    cloud_id::is_cloud_id,
    jira::JiraTarget,
    organization::{
        AccessLevel, Answers, DelegatedRender, Needs, Refusal, StoredConnection, Turn, charts::check_spec,
        jira_projects::JiraAccess, records,
    },
};

/// How to ask the Jira of a chart, and with whose access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartAccess {
    /// The connection whose access it is, at which a checkup looks if Jira refuses the credential; `None`: it is the
    /// caller's own.
    pub connection: Option<ConnectionId>,
    /// The grant whose keeper has the access token.
    pub grant: GrantId,
    /// Where its API is.
    pub target: JiraTarget,
    /// Whether it is Jira Cloud.
    pub is_cloud: bool,
    /// The base URL of the site, for people.
    pub site_url: String,
    /// Whose access it is, for people.
    pub shown: RenderAccess,
}

/// A chart to be computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChartToCompute {
    /// What it asks.
    pub spec: Spec,
    /// With whose access; `None`: the caller has not let Causeway read this site as them.
    pub access: Option<ChartAccess>,
    /// Whether and how it is shown with the access of a delegation, or why it cannot be shown with one's own; `None` if the
    /// request names no delegation, and the access decides.
    pub delegated: Option<DelegatedRender>,
}

impl Turn<'_> {
    /// The connections that the caller sees, and that are not deleted.
    fn seen_connections(&self) -> Result<Vec<StoredConnection>, Refusal> {
        let mut condition = self.who.sees()?;
        condition.and("deleted = 0", vec![]);
        let (clause, values) = condition.clause();
        Ok(records(self.sql, &format!("SELECT record FROM connections {clause} ORDER BY sort_key, id"), values)?)
    }

    /// The site with this key, if the caller sees a connection to it, or lets Causeway read it as them.
    pub(super) fn chart_site(&self, key: &str) -> Result<Site, Refusal> {
        let seen = self.seen_connections()?.into_iter().filter_map(|connection| connection.details.site);
        let own = self.own_grants()?.into_iter().map(|grant| grant.site);
        seen.chain(own).find(|site| site.key() == key).ok_or(Refusal::NotFound)
    }

    /// How to ask the Jira of `site` with the access of a connection, which must allow that, and which the caller must
    /// manage.
    pub(super) fn access_of_connection(&self, id: &ConnectionId, site: &str) -> Result<ChartAccess, Refusal> {
        self.require(id, AccessLevel::Manages)?;
        let connection = self.living_connection(id)?;
        let of_site = connection.details.site.clone().filter(|found| found.key() == site);
        let Some(found) = of_site else {
            return Err(Refusal::Invalid("The chosen connection is one to another site.".to_owned()));
        };
        if !connection.details.charts {
            return Err(Refusal::ChartsNotAllowed);
        }
        self.chart_access_of(&connection, &found)
    }

    /// How to ask Jira with the access of a connection, whoever calls.
    pub(super) fn chart_access_of(&self, connection: &StoredConnection, site: &Site) -> Result<ChartAccess, Refusal> {
        let JiraAccess { connection: id, grant, target, is_cloud } = self.jira_access(connection)?;
        let shown = RenderAccess {
            kind: RenderAccessKind::Connection,
            account: connection.details.account.as_ref().map(|account| account.name.clone()),
            connection: Some(connection.details.name.clone()),
            until: None,
        };
        Ok(ChartAccess { connection: Some(id), grant, target, is_cloud, site_url: site.url.clone(), shown })
    }

    /// How to ask the Jira of `site`: with the access of a connection, or with the caller's own.
    fn chart_access(&self, connection: Option<&ConnectionId>, site: &str) -> Result<ChartAccess, Refusal> {
        match connection {
            Some(id) => self.access_of_connection(id, site),
            None => self.own_access(site)?.ok_or(Refusal::ConsentNeeded),
        }
    }

    fn to_compute(&self, spec: Spec, connection: Option<&ConnectionId>, site: &str) -> Result<ChartToCompute, Refusal> {
        if connection.is_none() && !is_cloud_id(site) {
            return Ok(without_own_access(spec));
        }
        match self.chart_access(connection, site) {
            Ok(access) => {
                self.used_by_viewer(&access)?;
                Ok(ChartToCompute { spec, access: Some(access), delegated: None })
            }
            Err(Refusal::ConsentNeeded) => Ok(ChartToCompute { spec, access: None, delegated: None }),
            Err(other) => Err(other),
        }
    }
}

/// A chart of a Data Center that nobody's connection was chosen for. Consents are Atlassian's, and a Data Center has none of
/// them: each would need an application link of its own for every person.
pub(super) fn without_own_access(spec: Spec) -> ChartToCompute {
    let cause = "It is a Jira Data Center, which Causeway reads with the access of a connection. Choose one that you manage, \
         or ask whoever manages one to let others see the chart.";
    let refused = DelegatedRender::Refused { state: RenderState::NoOwnAccess, cause: Some(cause.to_owned()) };
    ChartToCompute { spec, access: None, delegated: Some(refused) }
}

/// Lists the sites of the connections that the caller sees, and those that Causeway reads as them.
impl Answers for ListChartSites {
    type Outcome = List<ChartSite>;

    fn needs((): &(), _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer((): (), _: Nothing, turn: &Turn<'_>) -> Result<List<ChartSite>, Refusal> {
        let mut items: Vec<ChartSite> = Vec::new();
        for connection in turn.seen_connections()? {
            let Some(site) = connection.details.site.clone() else { continue };
            let may_use = connection.details.charts
                && turn.access_level(&connection.details.id)?.is_some_and(|level| level >= AccessLevel::Manages);
            let usable =
                may_use.then_some(ChartConnection { id: connection.details.id, name: connection.details.name });
            let key = site.key().to_owned();
            if let Some(known) = items.iter_mut().find(|one| one.key == key) {
                known.connections.extend(usable);
            } else {
                let connections = usable.into_iter().collect();
                items.push(ChartSite { key, site, connections, is_authorized: false });
            }
        }
        for grant in turn.own_grants()? {
            let key = grant.site.key().to_owned();
            let is_authorized = grant.ended.is_none();
            match items.iter_mut().find(|one| one.key == key) {
                Some(known) => known.is_authorized = is_authorized,
                None => items.push(ChartSite { key, site: grant.site, connections: Vec::new(), is_authorized }),
            }
        }
        Ok(List { items, next_cursor: None })
    }
}

/// Decides with whose access a chart that is not saved is computed.
impl Answers for PreviewChart {
    type Outcome = ChartToCompute;

    fn needs((): &(), _: &NewPreview) -> Needs {
        Needs::AnySession
    }

    fn answer((): (), preview: NewPreview, turn: &Turn<'_>) -> Result<ChartToCompute, Refusal> {
        check_spec(&preview.spec)?;
        turn.chart_site(&preview.site)?;
        turn.to_compute(preview.spec, preview.connection_id.as_ref(), &preview.site)
    }
}

/// Decides with whose access a chart is computed.
impl Answers for RenderChart {
    type Outcome = ChartToCompute;

    fn needs(_: &ChartId, _: &NewRender) -> Needs {
        Needs::AnySession
    }

    fn answer(id: ChartId, render: NewRender, turn: &Turn<'_>) -> Result<ChartToCompute, Refusal> {
        let chart = turn.chart(&id)?;
        if chart.deleted.is_some() {
            return Err(Refusal::ChartDeleted);
        }
        if render.look.is_some_and(|look| !look.is_possible()) {
            let (least, most) = (PICTURE_WIDTHS.start(), PICTURE_WIDTHS.end());
            return Err(Refusal::Invalid(format!("A picture is {least} to {most} pixels wide.")));
        }
        match (&render.delegation_id, &render.connection_id) {
            (Some(_), Some(_)) => {
                return Err(Refusal::Invalid("Name a connection or a delegation, not both.".to_owned()));
            }
            (Some(delegation), None) => return turn.delegated(chart, delegation),
            (None, _) => {}
        }
        turn.to_compute(chart.spec, render.connection_id.as_ref(), chart.site.key())
    }
}

/// Decides how the Jira of a site is asked for its fields.
impl Answers for ListChartFields {
    type Outcome = ChartAccess;

    fn needs((): &(), _: &ChartSourceQuery) -> Needs {
        Needs::AnySession
    }

    fn answer((): (), query: ChartSourceQuery, turn: &Turn<'_>) -> Result<ChartAccess, Refusal> {
        turn.chart_access(query.connection_id.as_ref(), &query.site)
    }
}

/// Decides how the Jira of a site is asked for saved filters.
impl Answers for ListChartFilters {
    type Outcome = ChartAccess;

    fn needs((): &(), _: &ChartSourceQuery) -> Needs {
        Needs::AnySession
    }

    fn answer((): (), query: ChartSourceQuery, turn: &Turn<'_>) -> Result<ChartAccess, Refusal> {
        turn.chart_access(query.connection_id.as_ref(), &query.site)
    }
}

/// Decides how the Jira of a site is asked whether a query is one.
impl Answers for CheckChartQuery {
    type Outcome = ChartAccess;

    fn needs((): &(), _: &QueryToCheck) -> Needs {
        Needs::AnySession
    }

    fn answer((): (), query: QueryToCheck, turn: &Turn<'_>) -> Result<ChartAccess, Refusal> {
        if query.jql.trim().is_empty() || query.jql.chars().count() > chart::JQL_CHARACTERS {
            return Err(Refusal::Invalid(format!("A query has 1 to {} characters.", chart::JQL_CHARACTERS)));
        }
        turn.chart_access(query.connection_id.as_ref(), &query.site)
    }
}
