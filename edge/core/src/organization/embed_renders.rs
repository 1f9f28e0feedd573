//! How embeds are shown: to which pages, to whom, and with whose access. Whoever looks has no session here. The place is
//! vouched for by the embed, and that somebody may look by the host's key, which the edge has checked.

use std::collections::BTreeMap;

use api::{EmbedId, EmbedKind, EmbedState, RenderState};
use serde::{Deserialize, Serialize};

use crate::{
    delegation::Reader,
    organization::{
        ChartToCompute, DelegatedRender, Refusal, Step, Turn, charts::StoredChart, delegation_standing::Look,
        embeds::StoredEmbed,
    },
    sealing::Sealed,
    secrets::Digest,
};

/// The age at which "last used" is written again, in milliseconds: ten minutes.
const TOUCH: i64 = 600_000;

/// What the edge has to know of an embed to serve its page, and to check the tokens of its host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbedFrame {
    /// For whom it is.
    pub kind: EmbedKind,
    /// The origins whose pages may show it.
    pub origins: Vec<String>,
    /// The title of the chart; `None` for a signed embed, whose page tells nothing before there is a token.
    pub title: Option<String>,
    /// The parameters that a token must have values for.
    pub locked_params: Vec<String>,
    /// The keys that work now, the newest first.
    pub keys: Vec<EmbedFrameKey>,
}

/// A key of an embed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbedFrameKey {
    /// Which of the embed's keys it is.
    pub number: u32,
    /// The key.
    pub secret: Sealed,
}

/// What a host's server signed for a reader of a signed embed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbedPass {
    /// Which of the embed's keys signed it.
    pub key: u32,
    /// The values of the locked parameters.
    pub params: BTreeMap<String, String>,
    /// What the host calls the reader, by its digest.
    pub subject: Option<Digest>,
}

/// A chart to be shown in an embed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EmbeddedChart {
    /// The title of the chart.
    pub title: String,
    /// What is computed, and with whose access.
    pub compute: ChartToCompute,
}

impl Turn<'_> {
    /// An embed that is shown, with its chart. `None` for one that does not exist, paused or ended, whose chart was deleted,
    /// or that the organization does not allow.
    fn shown_embed(&self, id: &EmbedId) -> Result<Option<(StoredEmbed, StoredChart)>, Refusal> {
        let found = |refusal| match refusal {
            Refusal::NotFound => Ok(None),
            other => Err(other),
        };
        let Some(embed) = self.embed(id).map(Some).or_else(found)? else { return Ok(None) };
        let is_allowed = match embed.kind {
            EmbedKind::Published => self.settings()?.anonymous_charts,
            EmbedKind::Signed => true,
            EmbedKind::Unknown(_) => false,
        };
        if embed.state != EmbedState::Active || !is_allowed {
            return Ok(None);
        }
        let chart = self.chart(&embed.chart).map(Some).or_else(|refusal| match refusal {
            Refusal::NotFound => Ok(None),
            other => Err(other),
        })?;
        Ok(chart.filter(|chart| chart.deleted.is_none()).map(|chart| (embed, chart)))
    }

    /// Decides with which of the delegations for an embed its chart is shown. Without one that lets it be shown, the first
    /// reason is told that is more than that there is none.
    fn show_in_embed(
        &self,
        embed: &StoredEmbed,
        chart: StoredChart,
        (reader, who): (Reader, &str),
    ) -> Result<ChartToCompute, Refusal> {
        let mut why = None;
        for delegation in self.delegations_of_embed(embed)? {
            let look = Look { place: embed.placement(), reader, who };
            let compute = self.show_delegated(chart.clone(), delegation, &look)?;
            match &compute.delegated {
                Some(DelegatedRender::Refused { state: RenderState::NotDelegatedHere, .. }) => {}
                Some(DelegatedRender::Refused { .. }) => why = why.or(Some(compute)),
                _ => return Ok(compute),
            }
        }
        let none = DelegatedRender::Refused { state: RenderState::NotDelegatedHere, cause: None };
        let nothing = ChartToCompute { spec: chart.spec, access: None, delegated: Some(none) };
        Ok(why.unwrap_or(nothing))
    }

    /// Remembers that an embed was shown, to ten minutes.
    fn touch_embed(&self, mut embed: StoredEmbed) -> Result<(), Refusal> {
        if embed.last_used_at.is_some_and(|at| (0..TOUCH).contains(&self.now.since(at))) {
            return Ok(());
        }
        embed.last_used_at = Some(self.now);
        self.store_embed(&embed)
    }
}

/// Finds what serves the page of an embed; `None` if it is not shown.
#[derive(Serialize, Deserialize)]
pub struct GetEmbedFrame {
    /// The embed.
    pub id: EmbedId,
}

impl Step for GetEmbedFrame {
    type Answer = Option<EmbedFrame>;

    const IS_QUESTION: bool = true;

    fn run(self, turn: &Turn<'_>) -> Result<Option<EmbedFrame>, Refusal> {
        let Some((embed, chart)) = turn.shown_embed(&self.id)? else { return Ok(None) };
        let key =
            |key: &super::embeds::StoredEmbedKey| EmbedFrameKey { number: key.number, secret: key.secret.clone() };
        Ok(Some(EmbedFrame {
            title: (embed.kind == EmbedKind::Published).then_some(chart.spec.says.title),
            keys: embed.keys_at(turn.now).map(key).collect(),
            kind: embed.kind,
            origins: embed.origins,
            locked_params: embed.locked_params,
        }))
    }
}

/// Decides whether and with whose access a chart is shown in an embed; `None` if the embed is not shown, or the pass is not
/// one for it, or not any more.
#[derive(Serialize, Deserialize)]
pub struct RenderEmbed {
    /// The embed.
    pub id: EmbedId,
    /// What the host signed; `None` for a published one.
    pub pass: Option<EmbedPass>,
}

impl Step for RenderEmbed {
    type Answer = Option<EmbeddedChart>;

    fn run(self, turn: &Turn<'_>) -> Result<Option<EmbeddedChart>, Refusal> {
        let Some((embed, chart)) = turn.shown_embed(&self.id)? else { return Ok(None) };
        let who = match (&embed.kind, &self.pass) {
            (EmbedKind::Published, None) => (Reader::Anybody, "anybody"),
            (EmbedKind::Signed, Some(pass)) if embed.admits(pass, turn) => {
                (Reader::OfPage, pass.subject.as_ref().map_or("somebody", Digest::as_str))
            }
            _ => return Ok(None),
        };
        let title = chart.spec.says.title.clone();
        let compute = turn.show_in_embed(&embed, chart, who)?;
        if matches!(compute.delegated, Some(DelegatedRender::Allowed { .. })) {
            turn.touch_embed(embed)?;
        }
        Ok(Some(EmbeddedChart { title, compute }))
    }
}

impl StoredEmbed {
    /// Whether a pass is one for this embed as it is now: of a key that works, with values for the locked parameters and
    /// for no others.
    fn admits(&self, pass: &EmbedPass, turn: &Turn<'_>) -> bool {
        let is_locked = |name: &String| self.locked_params.contains(name);
        self.keys_at(turn.now).any(|key| key.number == pass.key)
            && pass.params.len() == self.locked_params.len()
            && pass.params.keys().all(is_locked)
    }
}
