//! Schedules resealing after the sealing keys have changed, and stores its progress.
//!
//! A round visits every sealed secret, a few at a time. A round that resealed something is followed by another, until
//! one finds nothing to reseal: then every key but the first may be removed. A round that is interrupted continues at
//! its cursor; visiting a secret twice does no harm.

use api::{Sealing, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    authorization::{AuthConfig, AuthMethod},
    organization::{
        Refusal, Step, StoredConnection, StoredEmbed, StoredRsaKey, StoredWebhook, Turn, record, to_record,
    },
    ports::PortFailure,
    sealing::{KeyId, Sealed},
    webhooks::SigningSecret,
};

/// The pause between two rounds, in milliseconds: an hour. By then authorizations that began under the old key have
/// expired, KV returns what was written, and no earlier deployment runs any more.
const BETWEEN_ROUNDS: i64 = 3_600_000;
/// The pause before secrets that could not be opened are visited again, in milliseconds: a day. A change of the key
/// ring begins a round at once.
const UNOPENED_AGAIN: i64 = 24 * BETWEEN_ROUNDS;

/// Selects the ids of grants and of projects, whose keepers look for themselves, and of records that name another key than
/// the first. A record may contain sealed JSON as escaped text, hence the removed backslashes. User text that looks like
/// the name of a key causes a needless visit, no more. The platform takes five terms of a compound SELECT.
const SEALED_IDS: &str = r#"SELECT id FROM (
    SELECT id FROM (SELECT grant_id AS id FROM connections UNION ALL SELECT previous_grant_id FROM connections)
        WHERE id IS NOT NULL
    UNION SELECT grant_id FROM viewer_grants
    UNION SELECT id FROM projects
    UNION SELECT grant_id FROM attempts WHERE grant_id IS NOT NULL AND expires_at > ?
    UNION SELECT id FROM (SELECT id, record FROM rsa_keys UNION ALL SELECT id, record FROM connections
        UNION ALL SELECT id, record FROM webhooks UNION ALL SELECT id, record FROM embeds)
        WHERE instr(replace(replace(record, '\', ''), ?, ''), '"kid":"') > 0
) WHERE id > ? ORDER BY id LIMIT ?"#;

/// Counts the pending authorizations that name another key than the first. They end within minutes.
const PENDING: &str = r#"SELECT count(*) AS waiting FROM attempts
    WHERE expires_at > ? AND instr(replace(replace(record, '\', ''), ?, ''), '"kid":"') > 0"#;

/// A round of resealing as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Round {
    v: u8,
    /// The key ring of the round. Its first key seals.
    keys: Vec<KeyId>,
    /// The names of the keys of earlier rounds: secrets may have been issued under them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<KeyId>,
    /// The id that was visited last.
    #[serde(default)]
    cursor: String,
    /// The results so far.
    #[serde(default)]
    so_far: ResealCount,
    /// The number of ids in the previous round with a secret that could not be opened.
    #[serde(default)]
    unopened: u32,
    /// When a round found nothing to reseal.
    #[serde(default)]
    finished_at: Option<Timestamp>,
}

/// The result of visiting one id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResealOutcome {
    /// Every secret is sealed with the first key already, or nothing is stored under the id any more.
    Unchanged,
    /// At least one secret was resealed.
    Resealed,
    /// A secret cannot be opened. It stays as it is.
    Unopened,
    /// The keeper of the grant or the project did not answer.
    Unreachable,
}

/// The results of visiting several ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResealCount {
    /// The number of ids that were resealed or did not answer, so that another round is needed.
    #[serde(default)]
    again: u32,
    /// The number of ids with a secret that could not be opened.
    #[serde(default)]
    unopened: u32,
}

impl ResealCount {
    /// Counts one result.
    pub fn count(&mut self, outcome: ResealOutcome) {
        match outcome {
            ResealOutcome::Unchanged => {}
            ResealOutcome::Resealed | ResealOutcome::Unreachable => self.again = self.again.saturating_add(1),
            ResealOutcome::Unopened => self.unopened = self.unopened.saturating_add(1),
        }
    }
}

/// A sealed secret in a record of the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSecret {
    /// The owner in its sealing context.
    pub owner: String,
    /// The field in its sealing context.
    pub field: &'static str,
    /// The sealed secret.
    pub sealed: Sealed,
}

#[derive(Deserialize)]
struct SealedId {
    id: String,
}

#[derive(Deserialize)]
struct PendingCount {
    waiting: i64,
}

#[derive(Deserialize)]
struct Due {
    due_at: Option<i64>,
}

impl Turn<'_> {
    /// Begins a round if the ids of the sealing keys differ from those of the last round.
    pub fn expect_keys(&self, keys: &[KeyId]) -> Result<(), PortFailure> {
        let before = self.round()?;
        if before.as_ref().is_some_and(|round| round.keys == keys) {
            return Ok(());
        }
        let mut earlier = before.map(|round| [round.earlier, round.keys].concat()).unwrap_or_default();
        earlier.retain(|id| !keys.contains(id));
        let round = Round {
            v: 1,
            keys: keys.to_vec(),
            earlier,
            cursor: String::new(),
            so_far: ResealCount::default(),
            unopened: 0,
            finished_at: None,
        };
        self.store_round(&round, Some(self.now))
    }

    /// When the next secrets are due to be visited; `None` if resealing is finished.
    pub(super) fn resealing_due_at(&self) -> Result<Option<Timestamp>, PortFailure> {
        let rows: Vec<Due> = self.sql.rows("SELECT due_at FROM resealing", vec![])?;
        Ok(rows.first().and_then(|row| row.due_at).map(Timestamp::from_millis))
    }

    /// The ids to visit now, at most `most`. `None` while none are due.
    pub fn next_to_reseal(&self, most: usize) -> Result<Option<Vec<String>>, PortFailure> {
        let is_due = self.resealing_due_at()?.is_some_and(|due| due <= self.now);
        let Some(round) = self.round()?.filter(|_| is_due) else { return Ok(None) };
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let values =
            vec![self.now.as_millis().into(), first_key(&round).into(), round.cursor.as_str().into(), most.into()];
        let ids: Vec<SealedId> = self.sql.rows(SEALED_IDS, values)?;
        Ok(Some(ids.into_iter().map(|row| row.id).collect()))
    }

    /// Postpones a round that is due now.
    pub fn postpone_resealing(&self) -> Result<(), PortFailure> {
        let (now, later) = (self.now.as_millis(), self.now.plus_millis(BETWEEN_ROUNDS).as_millis());
        self.sql.run("UPDATE resealing SET due_at = ? WHERE due_at <= ?", vec![later.into(), now.into()])
    }

    /// Records the results of a visit. `last` is the id at which the round continues; `None` ends the round.
    pub fn record_resealed(&self, visited: ResealCount, last: Option<&str>) -> Result<(), PortFailure> {
        let Some(mut round) = self.round()? else { return Ok(()) };
        round.so_far.again = round.so_far.again.saturating_add(visited.again);
        round.so_far.unopened = round.so_far.unopened.saturating_add(visited.unopened);
        if let Some(last) = last {
            last.clone_into(&mut round.cursor);
            return self.store_round(&round, Some(self.now));
        }
        self.end_round(round)
    }

    fn end_round(&self, round: Round) -> Result<(), PortFailure> {
        let values = vec![self.now.as_millis().into(), first_key(&round).into()];
        let waiting: Vec<PendingCount> = self.sql.rows(PENDING, values)?;
        let again = round.so_far.again > 0 || waiting.iter().any(|row| row.waiting > 0);
        let unopened = round.so_far.unopened;
        let (pause, finished_at) = match (again, unopened) {
            (true, _) => (Some(BETWEEN_ROUNDS), None),
            (false, 0) => (None, Some(self.now)),
            (false, _) => (Some(UNOPENED_AGAIN), None),
        };
        let round = Round { cursor: String::new(), so_far: ResealCount::default(), unopened, finished_at, ..round };
        self.store_round(&round, pause.map(|pause| self.now.plus_millis(pause)))
    }

    fn round(&self) -> Result<Option<Round>, PortFailure> {
        record(self.sql, "SELECT record FROM resealing", vec![])
    }

    fn store_round(&self, round: &Round, due: Option<Timestamp>) -> Result<(), PortFailure> {
        let upsert = "INSERT INTO resealing (id, due_at, record) VALUES (1, ?, ?) \
             ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, record = excluded.record";
        let due = due.map_or(crate::organization::Value::Null, |due| due.as_millis().into());
        self.sql.run(upsert, vec![due, to_record(round)?])
    }

    /// The sealed secrets in the organization's record with this id.
    pub fn sealed_at(&self, id: &str) -> Result<Vec<SealedSecret>, PortFailure> {
        let Some(table) = table(id) else { return Ok(Vec::new()) };
        let (by_id, values) = (format!("SELECT record FROM {table} WHERE id = ?"), vec![id.into()]);
        Ok(match table {
            "rsa_keys" => {
                record::<StoredRsaKey>(self.sql, &by_id, values)?.map(|key| of_key(id, key)).into_iter().collect()
            }
            "connections" => {
                record::<StoredConnection>(self.sql, &by_id, values)?.map(of_connection).unwrap_or_default()
            }
            "embeds" => record::<StoredEmbed>(self.sql, &by_id, values)?.map(of_embed).unwrap_or_default(),
            _ => record::<StoredWebhook>(self.sql, &by_id, values)?
                .map(|hook| of_webhook(id, &hook))
                .transpose()?
                .into_iter()
                .collect(),
        })
    }

    /// Replaces a sealed secret in the record with this id by the resealed one. Does nothing if the record no longer
    /// contains `was`. The version stays, because no visible field changes.
    pub fn replace_sealed(&self, id: &str, was: &Sealed, is: &Sealed) -> Result<(), PortFailure> {
        let Some(table) = table(id) else { return Ok(()) };
        let (was, is) = (was.to_json(), is.to_json());
        let as_text = |json: &str| json.replace('"', "\\\"");
        let update = format!("UPDATE {table} SET record = replace(replace(record, ?, ?), ?, ?) WHERE id = ?");
        let values =
            vec![was.as_str().into(), is.as_str().into(), as_text(&was).into(), as_text(&is).into(), id.into()];
        self.sql.run(&update, values)
    }
}

/// The JSON by which a record names the first key.
fn first_key(round: &Round) -> String {
    round.keys.first().map(|key| format!(r#""kid":"{key}""#)).unwrap_or_default()
}

/// The table of the record with that id; `None` for grants, which their keepers store.
fn table(id: &str) -> Option<&'static str> {
    match id.split_once('_')?.0 {
        "rsa" => Some("rsa_keys"),
        "con" => Some("connections"),
        "whk" => Some("webhooks"),
        "emb" => Some("embeds"),
        _ => None,
    }
}

fn of_key(id: &str, key: StoredRsaKey) -> SealedSecret {
    SealedSecret { owner: id.to_owned(), field: StoredRsaKey::FIELD, sealed: key.private_key }
}

fn of_connection(connection: StoredConnection) -> Vec<SealedSecret> {
    let before = connection.replaced.and_then(|replaced| replaced.credential.auth);
    [connection.auth, before].into_iter().flatten().filter_map(of_auth).collect()
}

fn of_auth(auth: AuthConfig) -> Option<SealedSecret> {
    match auth.method {
        AuthMethod::IncomingLink { client_secret, sealed_for, .. } => Some(SealedSecret {
            owner: sealed_for.to_string(),
            field: AuthMethod::CLIENT_SECRET,
            sealed: client_secret,
        }),
        AuthMethod::ApplicationLink { .. } | AuthMethod::Basic { .. } => None,
    }
}

fn of_embed(embed: StoredEmbed) -> Vec<SealedSecret> {
    let owner = embed.id.to_string();
    let secret = |key| SealedSecret { owner: owner.clone(), field: StoredEmbed::FIELD, sealed: key };
    embed.keys.into_iter().map(|key| secret(key.secret)).collect()
}

fn of_webhook(id: &str, webhook: &StoredWebhook) -> Result<SealedSecret, PortFailure> {
    let sealed = Sealed::from_json(webhook.secret.as_bytes()).map_err(|why| PortFailure(why.to_string()))?;
    Ok(SealedSecret { owner: id.to_owned(), field: SigningSecret::FIELD, sealed })
}

/// How far resealing has come, and which keys there were.
#[derive(Debug, Serialize, Deserialize)]
pub struct SealingState {
    /// The progress.
    pub progress: Sealing,
    /// The names of keys that have left the ring.
    pub earlier: Vec<KeyId>,
}

/// Returns the progress of resealing.
#[derive(Serialize, Deserialize)]
pub struct GetSealing {}

impl Step for GetSealing {
    type Answer = Option<SealingState>;

    const IS_QUESTION: bool = true;

    fn run(self, turn: &Turn<'_>) -> Result<Option<SealingState>, Refusal> {
        Ok(turn.round()?.map(|round| SealingState {
            progress: Sealing {
                key: round.keys.first().map(ToString::to_string).unwrap_or_default(),
                finished_at: round.finished_at,
                unopened: round.unopened.max(round.so_far.unopened),
            },
            earlier: round.earlier,
        }))
    }
}
