//! oEmbed, so that the address of a published embed becomes the chart where somebody pastes it.
//! Source: <https://oembed.com>.

use api::{EmbedId, ProblemCode};
use serde::{Deserialize, Serialize};

use crate::{
    configuration::Origin,
    http::{failure::RequestFailure, page::escape},
    organization::Refusal,
};

/// The size of a frame, unless somebody has less room, in CSS pixels.
const SIZE: (u32, u32) = (640, 480);
/// The smallest size in which a chart can be read.
const LEAST: (u32, u32) = (240, 200);
/// For how long an answer may be kept, in seconds: an hour. What ends is not shown in the frame.
const CACHE_AGE: u32 = 3_600;

/// What is asked. Whatever else an address says is not looked at.
#[derive(Debug, Deserialize)]
pub(super) struct Question {
    url: String,
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    maxwidth: Option<u32>,
    #[serde(default)]
    maxheight: Option<u32>,
}

/// The answer, of the type `rich`.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    version: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    provider_name: &'static str,
    provider_url: String,
    cache_age: u32,
    html: String,
    width: u32,
    height: u32,
}

impl Question {
    /// The embed that is asked for. 501 for another format than JSON, 404 for an address that is none of an embed here.
    pub(super) fn embed(&self, own: &Origin) -> Result<EmbedId, RequestFailure> {
        if self.format.as_deref().is_some_and(|format| format != "json") {
            return Err(RequestFailure::new(ProblemCode::FormatNotOffered, "Only JSON is offered."));
        }
        let path = self.url.strip_prefix(own.as_str()).and_then(|rest| rest.strip_prefix("/embed/"));
        let id = path.map(|path| path.split(['?', '#']).next().unwrap_or_default());
        Ok(id.and_then(|id| EmbedId::parse(id).ok()).ok_or(Refusal::NotFound)?)
    }

    /// The answer for an embed with this title.
    pub(super) fn answer(&self, id: &EmbedId, title: String, own: &Origin) -> Answer {
        let side = |most: Option<u32>, usual: u32, least: u32| most.unwrap_or(usual).clamp(least, usual);
        let width = side(self.maxwidth, SIZE.0, LEAST.0);
        let height = side(self.maxheight, SIZE.1, LEAST.1);
        let html = format!(
            r#"<iframe src="{address}" title="{title}" width="{width}" height="{height}" sandbox="{SANDBOX}" loading="lazy" frameborder="0"></iframe>"#,
            address = escape(&own.at(&format!("/embed/{id}"))),
            title = escape(&title),
        );
        Answer {
            version: "1.0",
            kind: "rich",
            title,
            provider_name: "Causeway",
            provider_url: own.as_str().to_owned(),
            cache_age: CACHE_AGE,
            html,
            width,
            height,
        }
    }
}

/// What a frame may do: run its script, ask its own server, and open issues in Jira in windows of their own. The snippet that
/// the app offers says the same.
const SANDBOX: &str = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox";
