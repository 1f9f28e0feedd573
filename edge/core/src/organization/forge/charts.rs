//! The charts of a page: which there are, and with whose access each is computed.

use api::{
    ChartId, ChartSummary, CreatedForgeChart, ForgeCharts, ForgeSite, Id as _, ListChartsQuery, ListForgeCharts,
    MemberId, NewForgeChart, Site,
};
use chart::Spec;
use serde::{Deserialize, Serialize};

use super::ForgeCall;
use crate::{
    authorization::Reader,
    forge::VouchedPlace,
    organization::{
        Answers as _, ChartAccess, ChartToCompute, Refusal, Step, Turn,
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
}

/// The charts of a page, for whoever looks at it.
#[derive(Serialize, Deserialize)]
pub struct RenderForgeCharts {
    /// The invocation.
    pub call: ForgeCall,
    /// The charts.
    pub charts: Vec<ChartId>,
}

impl Step for RenderForgeCharts {
    /// One for each chart, in that order; `None` for one that does not exist.
    type Answer = Vec<Option<ForgeChart>>;

    fn run(self, turn: &Turn<'_>) -> Result<Vec<Option<ForgeChart>>, Refusal> {
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
        let mut charts = Vec::new();
        for id in self.charts {
            let chart = match turn.chart(&id) {
                Ok(chart) => chart,
                Err(Refusal::NotFound) => {
                    charts.push(None);
                    continue;
                }
                Err(other) => return Err(other),
            };
            let access = match turn.delegated_to(&chart, &view.place)? {
                Some(access) => Some(access),
                None => access_among(grants.clone(), chart.site.key()),
            };
            if let Some(access) = &access {
                turn.used_by_viewer(access)?;
            }
            let compute = ChartToCompute { spec: chart.spec, access, delegated: None };
            charts.push(Some(ForgeChart { title: compute.spec.says.title.clone(), site: chart.site, compute }));
        }
        Ok(charts)
    }
}

impl Turn<'_> {
    /// With whose delegated access a chart is computed at a place that the platform vouches for; `None`: nobody has
    /// delegated theirs there, so it is computed with the reader's own.
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "delegations are decided here once there are any"
    )]
    fn delegated_to(&self, _chart: &StoredChart, _place: &VouchedPlace) -> Result<Option<ChartAccess>, Refusal> {
        Ok(None)
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
