//! What the edge answered, read field by field: the way of the first screen, and of every refusal.
//!
//! A reader that serde derives is a third of what such a screen weighs. The contract's types stay what is read, and
//! tests hold each reading to what serde reads from the same answer.

use api::{Problem, ProblemCode, Timestamp};
use js_sys::{Array, Date, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// An answer, or something within one.
#[derive(Clone, Debug)]
pub(crate) struct Given(JsValue);

impl Given {
    /// This value.
    pub(crate) fn of(value: JsValue) -> Self {
        Self(value)
    }

    /// The field called `name`; nothing if there is none.
    pub(crate) fn field(&self, name: &str) -> Self {
        Self(Reflect::get(&self.0, &JsValue::from_str(name)).unwrap_or_default())
    }

    /// Itself as text.
    pub(crate) fn as_text(&self) -> Option<String> {
        self.0.as_string()
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.field(name).as_text()
    }

    /// A number.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.field(name).0.as_f64()
    }

    /// A count; zero if it is not given.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of the contract are u32")]
    pub(crate) fn count(&self, name: &str) -> u32 {
        self.number(name).unwrap_or_default() as u32
    }

    /// Whether it is given and true.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.field(name).0.is_truthy()
    }

    /// Itself, or nothing where `null` or nothing is given.
    pub(crate) fn present(self) -> Option<Self> {
        if self.0.is_null() || self.0.is_undefined() { None } else { Some(self) }
    }

    /// What may be absent: `Some(None)` if it is, `None` if it is there and cannot be read.
    #[expect(clippy::option_option, reason = "there are three cases, and `?` is for the last of them")]
    pub(crate) fn optional<T>(&self, name: &str, read: impl FnOnce(&Self) -> Option<T>) -> Option<Option<T>> {
        self.field(name).present().map_or(Some(None), |given| read(&given).map(Some))
    }

    /// Itself as a moment.
    pub(crate) fn as_moment(&self) -> Option<Timestamp> {
        // `Date` would read other things than text, too.
        let millis = Date::parse(&self.as_text()?);
        #[expect(clippy::cast_possible_truncation, reason = "a date is far under 2^53")]
        (!millis.is_nan()).then(|| Timestamp::from_millis(millis as i64))
    }

    /// A moment.
    pub(crate) fn moment(&self, name: &str) -> Option<Timestamp> {
        self.field(name).as_moment()
    }

    /// A list; empty if it is not given, `None` if something of it cannot be read.
    pub(crate) fn list<T>(&self, name: &str, read: impl Fn(&Self) -> Option<T>) -> Option<Vec<T>> {
        let Some(list) = self.field(name).present() else { return Some(Vec::new()) };
        list.0.dyn_ref::<Array>()?.iter().map(|one| read(&Self(one))).collect()
    }

    /// Why the edge refused, if it is one of the contract's problems.
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
