//! Sealing the texts anew that are sealed with another key than the first, so that old keys can be removed. The organization's
//! alarm asks for it, a few texts at a time.

use serde::Deserialize;

use super::{
    ProjectObject, ProjectResealed, ProjectWorld, bodies::BODY, comments::COMMENT, store::StoredEvent, task::StoredTask,
};
use crate::{
    organization::{Refusal, Value},
    sealing::{self, Sealed, SealingContext},
};

/// How many texts are sealed anew at once.
const AT_ONCE: usize = 100;
/// What the cursor of an event begins with; that of a task is its id.
const EVENT: char = '#';

#[derive(Deserialize)]
struct TaskRow {
    id: String,
    record: String,
}

#[derive(Deserialize)]
struct EventRow {
    number: i64,
    record: String,
}

/// A sealed text, and where it stands.
struct Place {
    /// The statement that replaces it, and the key of its row.
    update: &'static str,
    key: Value,
    owner: String,
    field: &'static str,
    sealed: String,
}

/// The next texts, and after which one it goes on.
struct Page {
    places: Vec<Place>,
    next: Option<String>,
}

impl<W: ProjectWorld> ProjectObject<W> {
    /// Seals the next texts anew, after a cursor: first the bodies of tasks that wait, then comments.
    pub(super) async fn reseal(&self, after: Option<&str>) -> Result<ProjectResealed, Refusal> {
        let ring = self.configuration().key_ring().map_err(|finding| Refusal::Storage(finding.message.clone()))?;
        let Some(first) = ring.ids().into_iter().next() else { return Ok(ProjectResealed::default()) };
        let (identity, platform) = (self.identity()?, self.world().platform());
        let Page { places, next } = self.sealed_after(after.unwrap_or_default(), &format!(r#""kid":"{first}""#))?;
        let mut done = ProjectResealed { next, ..ProjectResealed::default() };
        for place in &places {
            let owner = format!("{}/{}", identity.project, place.owner);
            let context = SealingContext {
                organization: &identity.organization,
                owner: &owner,
                generation: 0,
                field: place.field,
            };
            let Ok(sealed) = serde_json::from_str::<Sealed>(&place.sealed) else {
                done.unopened += 1;
                continue;
            };
            match sealing::reseal(platform, platform, ring, &context, &sealed).await {
                Ok(None) => {}
                Ok(Some(anew)) => {
                    self.replace(place, &serde_json::to_string(&anew)?)?;
                    done.resealed += 1;
                }
                // It stays as it is: its key may come back.
                Err(_) => done.unopened += 1,
            }
        }
        Ok(done)
    }

    /// The texts after a cursor that name another key than the first.
    fn sealed_after(&self, after: &str, first_key: &str) -> Result<Page, Refusal> {
        let most = || Value::from(i64::try_from(AT_ONCE).unwrap_or(i64::MAX));
        // A record holds sealed JSON as escaped text, hence the removed backslashes.
        let names_other = r#"instr(replace(replace(record, '\', ''), ?, ''), '"kid":"') > 0"#;
        let sql = self.world().sql();
        if let Some(number) = after.strip_prefix(EVENT) {
            let number: i64 = number.parse().unwrap_or(0);
            let select = format!(
                "SELECT number, record FROM events WHERE told = 1 AND number > ? AND {names_other} ORDER BY number LIMIT ?"
            );
            let rows: Vec<EventRow> = sql.rows(&select, vec![number.into(), first_key.into(), most()])?;
            let next = rows.last().filter(|_| rows.len() == AT_ONCE).map(|row| format!("{EVENT}{}", row.number));
            let place = |row: EventRow| {
                let event: StoredEvent = serde_json::from_str(&row.record).ok()?;
                let comment = event.comment?;
                Some(Place {
                    update: "UPDATE events SET record = replace(record, ?, ?) WHERE number = ?",
                    key: row.number.into(),
                    owner: format!("{}/{}", event.external_id, comment.id),
                    field: COMMENT,
                    sealed: comment.sealed,
                })
            };
            return Ok(Page { places: rows.into_iter().filter_map(place).collect(), next });
        }
        let select = format!(
            "SELECT id, record FROM tasks INDEXED BY tasks_without_issue WHERE issue IS NULL AND id > ? AND {names_other} \
             ORDER BY id LIMIT ?"
        );
        let rows: Vec<TaskRow> = sql.rows(&select, vec![after.into(), first_key.into(), most()])?;
        let next =
            rows.last().filter(|_| rows.len() == AT_ONCE).map_or_else(|| EVENT.to_string(), |row| row.id.clone());
        let place = |row: TaskRow| {
            let task: StoredTask = serde_json::from_str(&row.record).ok()?;
            Some(Place {
                update: "UPDATE tasks SET record = replace(record, ?, ?) WHERE id = ?",
                key: task.id.as_str().into(),
                owner: task.external_id,
                field: BODY,
                sealed: task.body?.sealed?,
            })
        };
        Ok(Page { places: rows.into_iter().filter_map(place).collect(), next: Some(next) })
    }

    /// Replaces a sealed text. Does nothing if another one stands there by now.
    fn replace(&self, place: &Place, anew: &str) -> Result<(), Refusal> {
        let as_text = |json: &str| Value::from(json.replace('"', "\\\""));
        Ok(self.world().sql().run(place.update, vec![as_text(&place.sealed), as_text(anew), place.key.clone()])?)
    }
}
