//! Reads an answer of the edge field by field. Used for what the first screen loads, and for every refusal.
//!
//! Used instead of the readers that serde derives, which are too large for the first load: see `app/SIZES.md`. Tests
//! compare each reader with what serde reads from the same answer.

use api::{Problem, ProblemCode, Timestamp};
use js_sys::{Array, Date, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A JSON value: an answer, or a part of one.
#[derive(Clone, Debug)]
pub(crate) struct JsonReader(JsValue);

impl JsonReader {
    /// Reads this value.
    pub(crate) fn new(value: JsValue) -> Self {
        Self(value)
    }

    /// The field `name`; undefined if there is none.
    pub(crate) fn field(&self, name: &str) -> Self {
        Self(Reflect::get(&self.0, &JsValue::from_str(name)).unwrap_or_default())
    }

    /// The value itself as a string.
    pub(crate) fn as_text(&self) -> Option<String> {
        self.0.as_string()
    }

    /// A string field.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.field(name).as_text()
    }

    /// A number field.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.field(name).0.as_f64()
    }

    /// The value itself as a count.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of the contract are u32")]
    pub(crate) fn as_count(&self) -> Option<u32> {
        self.0.as_f64().map(|count| count as u32)
    }

    /// A count; zero if the field is missing.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of the contract are u32")]
    pub(crate) fn count(&self, name: &str) -> u32 {
        self.number(name).unwrap_or_default() as u32
    }

    /// Whether the field is there and true.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.field(name).0.is_truthy()
    }

    /// The value itself, unless it is null or undefined.
    pub(crate) fn present(self) -> Option<Self> {
        if self.0.is_null() || self.0.is_undefined() { None } else { Some(self) }
    }

    /// An optional field: `Some(None)` if it is missing or null, `None` if it is there and cannot be read.
    #[expect(clippy::option_option, reason = "three cases: absent, read, unreadable; `?` passes on the last")]
    pub(crate) fn optional<T>(&self, name: &str, read: impl FnOnce(&Self) -> Option<T>) -> Option<Option<T>> {
        self.field(name).present().map_or(Some(None), |value| read(&value).map(Some))
    }

    /// The value itself as a timestamp.
    pub(crate) fn as_timestamp(&self) -> Option<Timestamp> {
        // Only strings: `Date` would also take numbers.
        let millis = Date::parse(&self.as_text()?);
        #[expect(clippy::cast_possible_truncation, reason = "a date is far under 2^53")]
        (!millis.is_nan()).then(|| Timestamp::from_millis(millis as i64))
    }

    /// A timestamp field.
    pub(crate) fn timestamp(&self, name: &str) -> Option<Timestamp> {
        self.field(name).as_timestamp()
    }

    /// A list; empty if the field is missing, `None` if an item cannot be read.
    pub(crate) fn list<T>(&self, name: &str, read: impl Fn(&Self) -> Option<T>) -> Option<Vec<T>> {
        let Some(list) = self.field(name).present() else { return Some(Vec::new()) };
        list.0.dyn_ref::<Array>()?.iter().map(|one| read(&Self(one))).collect()
    }

    /// The value as a problem of the contract: why the edge refused.
    pub(crate) fn problem(&self) -> Option<Problem> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a status has three digits")]
        Some(Problem {
            type_uri: self.text("type")?,
            title: self.text("title")?,
            status: self.number("status")? as u16,
            detail: self.text("detail")?,
            code: ProblemCode::read(&self.text("code")?),
            remedy: self.text("remedy")?,
            request_id: self.text("request_id")?,
        })
    }
}
