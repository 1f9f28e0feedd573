//! Embeds as stored things, and the commands about them. Whoever may change a chart makes its embeds; with whose access one
//! is shown is a delegation that names it as its place. How they are shown is in `embed_renders.rs`.

use api::{
    ChartId, CreateDelegation, CreateEmbed, Delegation, DelegationAudience, DelegationState, DeleteEmbed, EMBEDS,
    EditEmbed, Embed, EmbedAccess, EmbedChange, EmbedEdit, EmbedId, EmbedKey, EmbedKeyRotation, EmbedKind, EmbedState,
    GetEmbed, KEY_OVERLAP_SECONDS, List, ListEmbeds, ListEmbedsQuery, Name, NewDelegation, NewEmbed, Nothing,
    Placement, PlacementKind, RotateEmbedKey, TimelineEvent, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::{
    delegation::DelegationEvent,
    organization::{
        Answers, Guarded, Needs, Refusal, Step, Turn, charts::StoredChart, delegations::StoredDelegation, record,
        records, to_record,
    },
    sealing::Sealed,
};

/// An embed as stored. Version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredEmbed {
    pub(crate) v: u8,
    pub(crate) id: EmbedId,
    pub(crate) chart: ChartId,
    pub(crate) kind: EmbedKind,
    pub(crate) origins: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) locked_params: Vec<String>,
    pub(crate) state: EmbedState,
    pub(crate) created_at: Timestamp,
    /// The name of the member who created it, at the time.
    pub(crate) created_by: String,
    #[serde(default)]
    pub(crate) last_used_at: Option<Timestamp>,
    /// The keys of a signed embed, the newest first: two at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) keys: Vec<StoredEmbedKey>,
}

/// A key of an embed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredEmbedKey {
    /// Which of the embed's keys it is, in the order in which they were made.
    pub(crate) number: u32,
    pub(crate) created_at: Timestamp,
    /// When it stops working; `None`: it is the newest one.
    #[serde(default)]
    pub(crate) until: Option<Timestamp>,
    pub(crate) secret: Sealed,
}

impl StoredEmbed {
    /// The field of the keys in the sealing context.
    pub(crate) const FIELD: &'static str = "embed_key";

    /// The keys that work now.
    pub(super) fn keys_at(&self, now: Timestamp) -> impl Iterator<Item = &StoredEmbedKey> {
        self.keys.iter().filter(move |key| key.until.is_none_or(|until| now < until))
    }

    /// Where it is shown, as delegations name it.
    pub(super) fn placement(&self) -> Placement {
        let title = self.origins.first().and_then(|origin| Name::parse(origin).ok());
        Placement { kind: PlacementKind::Embed, id: Some(self.id.to_string()), title }
    }

    /// To whom a delegation has to be given, so that everybody sees it who may.
    const fn audience(&self) -> DelegationAudience {
        match self.kind {
            EmbedKind::Published => DelegationAudience::Anonymous,
            EmbedKind::Signed | EmbedKind::Unknown(_) => DelegationAudience::Page,
        }
    }
}

/// Refuses parameters that a chart does not have, and those of a published embed, for which nobody signs.
fn check_params(kind: EmbedKind, locked: &[String], chart: &StoredChart) -> Result<(), Refusal> {
    if kind != EmbedKind::Signed && !locked.is_empty() {
        return Err(Refusal::Invalid("Only signed embeds lock parameters.".to_owned()));
    }
    for (place, name) in locked.iter().enumerate() {
        if !chart.spec.params.iter().any(|param| param.name == *name) {
            return Err(Refusal::Invalid(format!("The chart has no parameter {name}.")));
        }
        if locked.iter().take(place).any(|before| before == name) {
            return Err(Refusal::Invalid(format!("The parameter {name} is locked twice.")));
        }
    }
    Ok(())
}

impl Turn<'_> {
    /// An embed.
    pub(super) fn embed(&self, id: &EmbedId) -> Result<StoredEmbed, Refusal> {
        let found = record(self.sql, "SELECT record FROM embeds WHERE id = ?", vec![id.as_str().into()])?;
        found.ok_or(Refusal::NotFound)
    }

    fn embeds_of_chart(&self, chart: &ChartId) -> Result<Vec<StoredEmbed>, Refusal> {
        let newest = "SELECT record FROM embeds WHERE chart = ? ORDER BY created_at DESC, id";
        Ok(records(self.sql, newest, vec![chart.as_str().into()])?)
    }

    pub(super) fn store_embed(&self, embed: &StoredEmbed) -> Result<(), Refusal> {
        let values = vec![
            embed.id.as_str().into(),
            embed.chart.as_str().into(),
            embed.created_at.as_millis().into(),
            to_record(embed)?,
        ];
        let upsert = "INSERT OR REPLACE INTO embeds (id, chart, created_at, record) VALUES (?, ?, ?, ?)";
        Ok(self.sql.run(upsert, values)?)
    }

    /// An embed of a chart that the caller may change, with the chart.
    fn own_embed(&self, id: &EmbedId) -> Result<(StoredEmbed, StoredChart), Refusal> {
        let embed = self.embed(id)?;
        let chart = self.own_chart(&embed.chart)?;
        Ok((embed, chart))
    }

    fn record_embed(&self, embed: &StoredEmbed, chart: &StoredChart, change: EmbedChange) -> Result<(), Refusal> {
        let (chart, origins) = (chart.spec.says.title.clone(), embed.origins.clone());
        self.record_event(None, self.who.actor(), TimelineEvent::EmbedChanged { chart, origins, change })
    }

    /// The delegations that name an embed: those that are given first, those that ended last, and otherwise the newest first.
    pub(super) fn delegations_of_embed(&self, embed: &StoredEmbed) -> Result<Vec<StoredDelegation>, Refusal> {
        let newest = "SELECT record FROM delegations WHERE chart = ? ORDER BY asked_at DESC";
        let mut theirs: Vec<StoredDelegation> = records(self.sql, newest, vec![embed.chart.as_str().into()])?;
        theirs.retain(|one| one.placements.iter().any(|place| is_embed(place, &embed.id)));
        theirs.sort_by_key(|one| match one.state {
            DelegationState::Active => 0,
            DelegationState::Ended => 2,
            _ => 1,
        });
        Ok(theirs)
    }

    fn embed_view(&self, embed: StoredEmbed, chart: &StoredChart) -> Result<Embed, Refusal> {
        let delegation = self.delegations_of_embed(&embed)?.into_iter().next();
        let delegation: Option<Delegation> = delegation.map(|one| self.delegation_view(one, chart)).transpose()?;
        let previous_until = self.now_or_later(embed.keys_at(self.now).find_map(|key| key.until));
        let key = embed.keys.first().map(|key| EmbedKey { created_at: key.created_at, previous_until });
        Ok(Embed {
            is_withheld: embed.kind == EmbedKind::Published && !self.settings()?.anonymous_charts,
            may_edit: self.may_edit(&chart.creator),
            chart_title: chart.spec.says.title.clone(),
            delegation,
            key,
            id: embed.id,
            chart_id: embed.chart,
            kind: embed.kind,
            origins: embed.origins,
            locked_params: embed.locked_params,
            state: embed.state,
            created_at: embed.created_at,
            created_by: embed.created_by,
            last_used_at: embed.last_used_at,
        })
    }

    fn now_or_later(&self, moment: Option<Timestamp>) -> Option<Timestamp> {
        moment.filter(|moment| *moment > self.now)
    }

    /// Gives the access that an embed is to be shown with, or asks for it.
    fn give_access(&self, embed: &StoredEmbed, access: EmbedAccess) -> Result<(), Refusal> {
        let EmbedAccess { connection_id, ask, shows, expires_at } = access;
        let (audience, placements) = (embed.audience(), vec![embed.placement()]);
        let new = NewDelegation { connection_id, ask, audience, placements, shows, expires_at };
        CreateDelegation::answer(embed.chart.clone(), new, self).map(drop)
    }

    /// Refuses a place that is an embed of another chart, or none.
    pub(super) fn check_embeds(&self, placements: &[Placement], chart: &ChartId) -> Result<(), Refusal> {
        for placement in placements.iter().filter(|one| one.kind == PlacementKind::Embed) {
            let id = placement.id.as_deref().and_then(|id| EmbedId::parse(id).ok());
            let embed = id.map(|id| self.embed(&id)).transpose().or_else(|refusal| match refusal {
                Refusal::NotFound => Ok(None),
                other => Err(other),
            })?;
            if embed.is_none_or(|embed| embed.chart != *chart) {
                return Err(Refusal::Invalid("This chart has no such embed.".to_owned()));
            }
        }
        Ok(())
    }

    /// Forgets the embeds of a chart that is purged.
    pub(super) fn forget_embeds(&self, chart: &ChartId) -> Result<(), Refusal> {
        Ok(self.sql.run("DELETE FROM embeds WHERE chart = ?", vec![chart.as_str().into()])?)
    }
}

fn is_embed(place: &Placement, id: &EmbedId) -> bool {
    place.kind == PlacementKind::Embed && place.id.as_deref() == Some(id.as_str())
}

/// Lists embeds, the newest first.
impl Answers for ListEmbeds {
    type Outcome = List<Embed>;

    fn needs((): &(), _: &ListEmbedsQuery) -> Needs {
        Needs::AnySession
    }

    fn answer((): (), query: ListEmbedsQuery, turn: &Turn<'_>) -> Result<List<Embed>, Refusal> {
        let embeds = match &query.chart_id {
            Some(chart) => turn.embeds_of_chart(&turn.chart(chart)?.id)?,
            None => records(turn.sql, "SELECT record FROM embeds ORDER BY created_at DESC, id", vec![])?,
        };
        let mut items = Vec::new();
        for embed in embeds {
            match turn.chart(&embed.chart) {
                Ok(chart) => items.push(turn.embed_view(embed, &chart)?),
                // Only those who may restore a deleted chart see what it was shown with.
                Err(Refusal::NotFound) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(List { items, next_cursor: None })
    }
}

/// Shows an embed.
impl Answers for GetEmbed {
    type Outcome = Embed;

    fn needs(_: &EmbedId, _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer(id: EmbedId, _: Nothing, turn: &Turn<'_>) -> Result<Embed, Refusal> {
        let embed = turn.embed(&id)?;
        let chart = turn.chart(&embed.chart)?;
        turn.embed_view(embed, &chart)
    }
}

impl Guarded for CreateEmbed {
    fn needs((): &(), _: &NewEmbed) -> Needs {
        Needs::AnySession
    }
}

/// Stores a new embed, and gives or asks for the access that it is to be shown with. The edge has checked its origins.
#[derive(Serialize, Deserialize)]
pub struct StoreEmbed {
    /// The embed's id, for which the key was sealed.
    pub id: EmbedId,
    /// The embed.
    pub new: NewEmbed,
    /// The key of a signed one.
    pub secret: Option<Sealed>,
}

impl Step for StoreEmbed {
    type Answer = Embed;

    fn needs(&self) -> Needs {
        Needs::AnySession
    }

    fn run(self, turn: &Turn<'_>) -> Result<Embed, Refusal> {
        let Self { id, new, secret } = self;
        turn.own_chart(&new.chart_id)?;
        let chart = turn.chart_for_others(&new.chart_id)?;
        check_params(new.kind, &new.locked_params, &chart)?;
        if new.kind == EmbedKind::Published {
            turn.require_anonymous_charts()?;
        }
        let all = "SELECT count(*) AS n FROM embeds WHERE chart = ?";
        let why = format!("This chart has {EMBEDS} embeds already. End one first.");
        turn.limit(EMBEDS, all, vec![chart.id.as_str().into()], &why)?;
        let key = |secret| StoredEmbedKey { number: 1, created_at: turn.now, until: None, secret };
        let embed = StoredEmbed {
            v: 1,
            id,
            chart: new.chart_id,
            kind: new.kind,
            origins: new.origins,
            locked_params: new.locked_params,
            state: EmbedState::Active,
            created_at: turn.now,
            created_by: turn.who.name(),
            last_used_at: None,
            keys: secret.map(key).into_iter().collect(),
        };
        turn.store_embed(&embed)?;
        turn.record_embed(&embed, &chart, EmbedChange::Created)?;
        if let Some(access) = new.access {
            turn.give_access(&embed, access)?;
        }
        turn.embed_view(embed, &chart)
    }
}

/// Changes an embed. The edge has checked its origins. What stays as it is is not recorded.
impl Answers for EditEmbed {
    type Outcome = Embed;

    fn needs(_: &EmbedId, _: &EmbedEdit) -> Needs {
        Needs::AnySession
    }

    fn answer(id: EmbedId, edit: EmbedEdit, turn: &Turn<'_>) -> Result<Embed, Refusal> {
        let (before, chart) = turn.own_embed(&id)?;
        let mut embed = before.clone();
        if let Some(locked) = edit.locked_params {
            check_params(embed.kind, &locked, &chart)?;
            embed.locked_params = locked;
        }
        embed.origins = edit.origins.unwrap_or(embed.origins);
        let is_changed = embed != before;
        embed.state = edit.state.unwrap_or(embed.state);
        if embed != before {
            turn.store_embed(&embed)?;
        }
        if is_changed {
            turn.record_embed(&embed, &chart, EmbedChange::Changed)?;
        }
        if embed.state != before.state {
            let is_paused = embed.state == EmbedState::Paused;
            let change = if is_paused { EmbedChange::Paused } else { EmbedChange::Resumed };
            turn.record_embed(&embed, &chart, change)?;
        }
        turn.embed_view(embed, &chart)
    }
}

impl Guarded for RotateEmbedKey {
    fn needs(_: &EmbedId, _: &EmbedKeyRotation) -> Needs {
        Needs::AnySession
    }
}

/// Stores another key of an embed, in place of the one before or beside it for a while.
#[derive(Serialize, Deserialize)]
pub struct ReplaceEmbedKey {
    /// The embed.
    pub id: EmbedId,
    /// How to replace its key.
    pub rotation: EmbedKeyRotation,
    /// The new key.
    pub secret: Sealed,
}

impl Step for ReplaceEmbedKey {
    type Answer = ();

    fn needs(&self) -> Needs {
        Needs::AnySession
    }

    fn run(self, turn: &Turn<'_>) -> Result<(), Refusal> {
        let Self { id, rotation: EmbedKeyRotation { overlap_seconds }, secret } = self;
        let (mut embed, chart) = turn.own_embed(&id)?;
        if overlap_seconds > KEY_OVERLAP_SECONDS {
            return Err(Refusal::Invalid(format!("overlap_seconds is 0 to {KEY_OVERLAP_SECONDS}.")));
        }
        let Some(mut before) = embed.keys.first().cloned() else {
            return Err(Refusal::Invalid("Only signed embeds have a key.".to_owned()));
        };
        let number = before.number.saturating_add(1);
        let until = turn.now.plus_seconds(overlap_seconds.into());
        before.until = Some(until);
        let previous = (until > turn.now).then_some(before);
        let newest = StoredEmbedKey { number, created_at: turn.now, until: None, secret };
        embed.keys = std::iter::once(newest).chain(previous).collect();
        turn.store_embed(&embed)?;
        turn.record_embed(&embed, &chart, EmbedChange::KeyRotated)
    }
}

/// Ends an embed, and the delegations that were given for it alone.
impl Answers for DeleteEmbed {
    type Outcome = Nothing;

    fn needs(_: &EmbedId, _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer(id: EmbedId, _: Nothing, turn: &Turn<'_>) -> Result<Nothing, Refusal> {
        let (embed, chart) = turn.own_embed(&id)?;
        for mut delegation in turn.delegations_of_embed(&embed)? {
            if delegation.placements.iter().all(|place| is_embed(place, &id)) {
                turn.happen(&mut delegation, DelegationEvent::End, turn.who.actor())?;
            }
        }
        turn.sql.run("DELETE FROM embeds WHERE id = ?", vec![id.as_str().into()])?;
        turn.record_embed(&embed, &chart, EmbedChange::Ended)?;
        Ok(Nothing {})
    }
}
