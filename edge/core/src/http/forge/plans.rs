//! Charts that the reader's browser has counted: where the page is on the site that the chart is about, the reader is logged
//! in to Jira already, so nobody needs to consent, and the app spends none of its points.

use std::collections::BTreeMap;

use api::{ChartId, ForgeRender};
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::{drawing::drawn, json};
use crate::{
    http::{
        Edge, Platform,
        charts::{BrowserAnswer, BrowserQuestion, Counted},
        failure::RequestFailure,
    },
    organization::{ForgeCall, PlanForgeChart},
};

/// The most bytes of what a browser hands in: five pages of issues, with the names that charts need.
pub(super) const PLAN_BODY: usize = 1024 * 1024;
/// The most characters of the name of a time zone.
const LONGEST_ZONE: usize = 64;

/// A chart that the browser has counted, as far as it has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewForgePlan {
    chart: ChartId,
    /// How wide it is to be drawn, in CSS pixels.
    #[serde(default)]
    width: Option<u16>,
    /// What to narrow it by.
    #[serde(default)]
    params: BTreeMap<String, String>,
    /// The reader's time zone, by its IANA name.
    #[serde(default)]
    zone: Option<String>,
    /// Every answer until now.
    #[serde(default)]
    answers: Vec<BrowserAnswer>,
}

/// What the browser asks next, or the chart.
#[derive(Serialize)]
struct ForgePlan {
    ask: Vec<BrowserQuestion>,
    render: Option<ForgeRender>,
}

/// The name of a time zone, or else UTC: it only says how dates were read.
fn zone_of(said: Option<String>) -> String {
    let is_name = |text: &String| {
        (1..=LONGEST_ZONE).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte))
    };
    said.filter(is_name).unwrap_or_else(|| "UTC".to_owned())
}

impl<P: Platform> Edge<P> {
    /// 1. The organization says whether the browser may. 2. The chart is computed from the answers. 3. What is missing is
    ///    asked for; if nothing is, the chart is drawn. Nothing is kept.
    pub(super) async fn plan_forge(&self, call: ForgeCall, plan: NewForgePlan) -> Result<Response, RequestFailure> {
        let NewForgePlan { chart, width, params, zone, answers } = plan;
        let step = PlanForgeChart { call, chart, params };
        let found = self.send(&step).await?;
        let (chart, params) = (step.chart, step.params);
        let spec = found.compute.spec;
        let counted = self.compute_with_browser(&spec, &params, &found.site.url, zone_of(zone), answers);
        let plan = match Box::pin(counted).await? {
            Counted::Asks(ask) => ForgePlan { ask, render: None },
            Counted::Done(render) => {
                let mut drawn = drawn(chart, (found.title, found.site), &spec, *render, width, false);
                let public_url = self.configuration.public_url()?;
                drawn.edit_url = public_url.at(&format!("/charts/{}", drawn.chart));
                ForgePlan { ask: Vec::new(), render: Some(ForgeRender { author: Some(found.author), ..drawn }) }
            }
        };
        json(StatusCode::OK, &plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_is_a_name_and_nothing_else() {
        for (said, zone) in [
            (Some("Europe/Berlin"), "Europe/Berlin"),
            (Some("Etc/GMT+5"), "Etc/GMT+5"),
            (Some("<b>"), "UTC"),
            (Some(""), "UTC"),
            (None, "UTC"),
        ] {
            assert_eq!(zone_of(said.map(str::to_owned)), zone);
        }
    }
}
