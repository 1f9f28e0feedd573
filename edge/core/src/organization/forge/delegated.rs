//! Charts that are shown on a page with the access that somebody gave for that page.
//!
//! Which page it is, and who looks, is the platform's word; whether the reader may read the page is Confluence's, which the
//! edge asks as the reader. On another page, such as a copy of the page, the access is not given. Which access is used is
//! never changed silently: a chart that is to be shown with somebody's access is shown with that or not at all.

use api::{ChartId, DelegationState, Placement, PlacementKind, RenderState};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::ForgeCall;
use crate::{
    delegation::{Reader, RenderRefused},
    forge::View,
    organization::{
        ChartToCompute, DelegatedRender, Refusal, Turn,
        charts::StoredChart,
        delegation_standing::{Look, refused},
        delegations::StoredDelegation,
        records,
    },
    secrets::Digest,
};

/// What Confluence says about the page on which somebody looks at charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageAccess {
    /// It was not asked yet.
    Unasked,
    /// The reader may read the page.
    Readable,
    /// The reader may not, or there is no such page.
    Hidden,
    /// It did not say.
    Unknown,
}

impl Turn<'_> {
    /// The delegations of a chart that were given for a page, the newest first, those that ended included.
    fn delegations_at(&self, chart: &ChartId, page: &str) -> Result<Vec<StoredDelegation>, Refusal> {
        let theirs = "SELECT record FROM delegations WHERE chart = ? ORDER BY asked_at DESC";
        let all: Vec<StoredDelegation> = records(self.sql, theirs, vec![chart.as_str().into()])?;
        let is_here = |one: &StoredDelegation| {
            let mut places = one.placements.iter();
            places.any(|place| place.kind == PlacementKind::Page && place.id.as_deref() == Some(page))
        };
        Ok(all.into_iter().filter(is_here).collect())
    }

    /// Whether it depends on Confluence if a chart is shown with somebody's access.
    pub(super) fn depends_on_page(&self, chart: &ChartId, view: &View) -> Result<bool, Refusal> {
        let Some(page) = view.place.page().filter(|_| view.account.is_some()) else { return Ok(false) };
        let given = self.delegations_at(chart, &page.placement())?;
        Ok(given.iter().any(|one| one.state == DelegationState::Active))
    }

    /// Whether an account at Atlassian is that of a member, who has let Causeway read Jira with it.
    fn is_of_member(&self, account: &str) -> Result<bool, Refusal> {
        let theirs = "SELECT v.id FROM viewer_grants g JOIN viewers v ON v.id = g.viewer \
             WHERE json_extract(g.record, '$.account.account_id') = ? LIMIT 1";
        Ok(!self.sql.rows::<IgnoredAny>(theirs, vec![account.into()])?.is_empty())
    }

    /// Who looks, as far as audiences are concerned. Whoever may not read the page is nobody.
    fn reader_of_page(&self, account: &str, is_licensed: bool) -> Result<Reader, Refusal> {
        if self.is_of_member(account)? {
            return Ok(Reader::Member);
        }
        Ok(if is_licensed { Reader::Licensed } else { Reader::OfPage })
    }

    /// Decides whether a chart is shown on a page with the access that somebody gave for it.
    ///
    /// 1. It is a page that the platform vouches for, and somebody is logged in. 2. Confluence lets the reader read it.
    /// 3. A delegation of the chart for this page admits the reader, and its access lives.
    pub(super) fn delegated_at(
        &self,
        chart: StoredChart,
        call: &ForgeCall,
        access: PageAccess,
    ) -> Result<ChartToCompute, Refusal> {
        let view = call.view()?;
        let (Some(page), Some(account)) = (view.place.page(), view.account.as_deref()) else {
            return Ok(refused(chart.spec, RenderRefused::NotHere));
        };
        let not_here = || refused(chart.spec.clone(), RenderRefused::NotHere);
        let page = page.placement();
        let given = self.delegations_at(&chart.id, &page)?;
        match access {
            PageAccess::Unknown => return Ok(unknown(chart.spec)),
            // What is over is said to whoever looks at the page; nothing is shown with it.
            PageAccess::Hidden | PageAccess::Unasked
                if given.iter().any(|one| one.state == DelegationState::Active) =>
            {
                return Ok(not_here());
            }
            PageAccess::Readable | PageAccess::Hidden | PageAccess::Unasked => {}
        }
        let (reader, who) = (self.reader_of_page(account, view.is_licensed)?, Digest::of(account));
        let mut over = None;
        for delegation in given {
            let is_here = |one: &&Placement| one.kind == PlacementKind::Page && one.id.as_ref() == Some(&page);
            let Some(place) = delegation.placements.iter().find(is_here).cloned() else { continue };
            let look = Look { place, reader, who: who.as_str() };
            let found = self.show_delegated(chart.clone(), delegation, &look)?;
            match &found.delegated {
                Some(DelegatedRender::Allowed { .. }) => return Ok(found),
                Some(DelegatedRender::Refused { state: RenderState::DelegationEnded, .. }) => {
                    over = over.or(Some(found));
                }
                _ => {}
            }
        }
        Ok(over.unwrap_or_else(not_here))
    }
}

/// A chart that is not shown, because nobody knows whether the reader may read the page.
fn unknown(spec: chart::Spec) -> ChartToCompute {
    let cause = "Confluence did not say whether you may read this page, so nobody's access is used for now.";
    let delegated = DelegatedRender::Refused { state: RenderState::NotDelegatedHere, cause: Some(cause.to_owned()) };
    ChartToCompute { spec, access: None, delegated: Some(delegated) }
}
