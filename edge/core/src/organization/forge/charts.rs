//! The charts of a page: which there are, and with whose access each is computed.

use std::collections::BTreeMap;

use api::{
    ChartId, ChartSummary, CreatedForgeChart, ForgeCharts, ForgeSite, Id as _, ListChartsQuery, ListForgeCharts,
    MemberId, NewForgeChart, Site,
};
use chart::Spec;
use serde::{Deserialize, Serialize};

use super::{ForgeCall, PageAccess};
use crate::{
    authorization::Reader,
    organization::{
        Answers as _, ChartToCompute, Refusal, Step, Turn,
        chart_access::without_own_access,
        charts::{NewStoredChart, StoredChart, check_spec},
        viewers::access_among,
    },
    secrets::Digest,
};

/// The most charts that one account may create from within pages.
const CREATED: u32 = 50;

/// A chart of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForgeChart {
    /// Its title.
    pub title: String,
    /// The site that it is about.
    pub site: Site,
    /// What is computed, and with whose access.
    pub compute: ChartToCompute,
    /// The name of who created it.
    pub author: String,
    /// Whether the reader is logged in to the site that it is about, so that their browser can have it counted.
    pub is_same_site: bool,
}

/// A chart that a page wants to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedForgeChart {
    /// The chart.
    pub chart: ChartId,
    /// Whether it is shown with the access that somebody gave for the page.
    pub delegated: bool,
}

/// The charts of a page, for whoever looks at it.
#[derive(Clone, Serialize, Deserialize)]
pub struct RenderForgeCharts {
    /// The invocation.
    pub call: ForgeCall,
    /// The charts.
    pub charts: Vec<WantedForgeChart>,
    /// What Confluence said about the page.
    pub page: PageAccess,
}

/// The charts of a page, or what has to be found out before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundForgeCharts {
    /// One for each chart, in that order; `None` for one that does not exist.
    Charts(Vec<Option<ForgeChart>>),
    /// Confluence has to be asked whether the reader may read the page.
    AskPage,
}

impl Step for RenderForgeCharts {
    type Answer = FoundForgeCharts;

    fn run(self, turn: &Turn<'_>) -> Result<FoundForgeCharts, Refusal> {
        turn.admit_installation(&self.call)?;
        let view = self.call.view()?;
        let reader = match view.account {
            Some(_) => turn.reader(&self.call.reader()?)?,
            None => None,
        };
        let grants = match &reader {
            Some(reader) => turn.grants_of_viewer(&reader.id)?,
            None => Vec::new(),
        };
        if self.page == PageAccess::Unasked {
            for wanted in self.charts.iter().filter(|wanted| wanted.delegated) {
                if turn.depends_on_page(&wanted.chart, view)? {
                    return Ok(FoundForgeCharts::AskPage);
                }
            }
        }
        let mut charts = Vec::new();
        for wanted in &self.charts {
            let Some(chart) = turn.chart_of_page(&wanted.chart)? else {
                charts.push(None);
                continue;
            };
            let (site, author) = (chart.site.clone(), chart.created_by.clone());
            let is_same_site = view.account.is_some() && site.cloud_id.as_ref() == Some(&view.place.cloud_id);
            let compute = if wanted.delegated {
                turn.delegated_at(chart, &self.call, self.page)?
            } else if site.cloud_id.is_none() {
                without_own_access(chart.spec)
            } else {
                let access = access_among(grants.clone(), site.key());
                if let Some(access) = &access {
                    turn.used_by_viewer(access)?;
                }
                ChartToCompute { spec: chart.spec, access, delegated: None }
            };
            let title = compute.spec.says.title.clone();
            charts.push(Some(ForgeChart { title, site, compute, author, is_same_site }));
        }
        Ok(FoundForgeCharts::Charts(charts))
    }
}

impl Turn<'_> {
    /// A chart that pages can show; `None` if it does not exist, or was deleted.
    fn chart_of_page(&self, id: &ChartId) -> Result<Option<StoredChart>, Refusal> {
        match self.chart(id) {
            Err(Refusal::NotFound) => Ok(None),
            found => found.map(Some),
        }
    }
}

/// Decides whether the browser of whoever looks may have a chart counted: it must be logged in to the site that the chart is
/// about.
#[derive(Serialize, Deserialize)]
pub struct PlanForgeChart {
    /// The invocation.
    pub call: ForgeCall,
    /// The chart.
    pub chart: ChartId,
    /// What to narrow it by.
    pub params: BTreeMap<String, String>,
}

impl Step for PlanForgeChart {
    type Answer = ForgeChart;

    fn run(self, turn: &Turn<'_>) -> Result<ForgeChart, Refusal> {
        turn.admit_installation(&self.call)?;
        let view = self.call.view()?;
        let chart = turn.chart_of_page(&self.chart)?.ok_or(Refusal::NotFound)?;
        if view.account.is_none() || chart.site.cloud_id.as_ref() != Some(&view.place.cloud_id) {
            return Err(Refusal::Invalid(
                "The browser can count only the issues of the site that it shows.".to_owned(),
            ));
        }
        if let Err(chart::BaseRefused::Param(name)) = chart::bases(&chart.spec, &self.params) {
            return Err(Refusal::Invalid(format!("The chart has no parameter {name} with this value.")));
        }
        let (title, author) = (chart.spec.says.title.clone(), chart.created_by);
        let compute = ChartToCompute { spec: chart.spec, access: None, delegated: None };
        Ok(ForgeChart { title, site: chart.site, compute, author, is_same_site: true })
    }
}

/// Lists the charts that can be put on a page, and the sites that charts can be made of.
#[derive(Serialize, Deserialize)]
pub struct FindForgeCharts {
    /// The invocation.
    pub call: ForgeCall,
    /// Which.
    pub query: ListForgeCharts,
}

impl Step for FindForgeCharts {
    type Answer = ForgeCharts;

    fn run(self, turn: &Turn<'_>) -> Result<ForgeCharts, Refusal> {
        turn.admit_installation(&self.call)?;
        let query = ListChartsQuery { q: self.query.q, deleted: None };
        let charts: Vec<ChartSummary> = api::ListCharts::answer((), query, turn)?.items;
        let grants = match turn.reader(&self.call.reader()?)? {
            Some(reader) => turn.grants_of_viewer(&reader.id)?,
            None => Vec::new(),
        };
        let site = |site: Site| ForgeSite {
            key: site.key().to_owned(),
            is_authorized: grants.iter().any(|grant| grant.site.key() == site.key() && grant.ended.is_none()),
            site,
        };
        let sites = turn.sites_for(&self.call)?.into_iter().map(site).collect();
        Ok(ForgeCharts { charts, sites })
    }
}

#[derive(Deserialize)]
struct Counted {
    n: u32,
}

impl Turn<'_> {
    /// How many charts an account has created from within pages.
    fn charts_created_by(&self, creator: &MemberId) -> Result<u32, Refusal> {
        let count = "SELECT count(*) AS n FROM charts WHERE creator = ?";
        let counted: Vec<Counted> = self.sql.rows(count, vec![creator.as_str().into()])?;
        Ok(counted.first().map_or(0, |row| row.n))
    }
}

/// Creates a chart from within a page that is edited. The account must have let Causeway read the site, so that nobody
/// makes charts of what they have never seen.
#[derive(Serialize, Deserialize)]
pub struct CreateForgeChart {
    /// The invocation.
    pub call: ForgeCall,
    /// The chart.
    pub new: NewForgeChart,
}

impl Step for CreateForgeChart {
    type Answer = CreatedForgeChart;

    fn run(self, turn: &Turn<'_>) -> Result<CreatedForgeChart, Refusal> {
        turn.admit_once(&self.call)?;
        let reader = self.call.reader()?;
        if !self.call.view()?.is_licensed {
            return Err(Refusal::Forbidden);
        }
        let Some(known) = turn.reader(&reader)? else { return Err(Refusal::ConsentNeeded) };
        let mut grants = turn.grants_of_viewer(&known.id)?.into_iter();
        let grant = grants.find(|grant| grant.site.key() == self.new.site && grant.ended.is_none());
        let site = grant.ok_or(Refusal::ConsentNeeded)?.site;
        let meaning = check_spec(&self.new.spec)?;
        let creator = creator(&reader);
        if turn.charts_created_by(&creator)? >= CREATED {
            let why = format!("You have created {CREATED} charts from within pages already. Choose one of them.");
            return Err(Refusal::LimitReached(why));
        }
        let Spec { says, mark, .. } = &self.new.spec;
        let (title, mark) = (says.title.clone(), *mark);
        let new = NewStoredChart { site, spec: self.new.spec, meaning, creator, by: known.name() };
        let id = turn.new_chart(new, api::Actor::Atlassian)?.id;
        Ok(CreatedForgeChart { id, title, mark })
    }
}

/// What stands for the member that a reader is not. No member has such an id, so only administrators may change the chart
/// in Causeway.
fn creator(reader: &Reader) -> MemberId {
    MemberId::from_opaque(&format!("reader-{}", Digest::of(&reader.account).as_str()))
}
