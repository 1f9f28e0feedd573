//! What a route is: a method, a path, a request and an answer.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The header that shows a mutating request comes from the app: a foreign page cannot send it without a preflight,
/// which is never answered. Its value is [`PROOF_VALUE`].
pub const PROOF_HEADER: &str = "x-causeway";
/// The only value of [`PROOF_HEADER`].
pub const PROOF_VALUE: &str = "1";
/// Names a request in answers and logs. Quoted in every problem.
pub const REQUEST_ID_HEADER: &str = "x-request-id";

/// The methods that the contract uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads; never changes anything.
    Get,
    /// Creates, or commands.
    Post,
    /// Changes the named fields.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The method's name in HTTP.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One route of the JSON interface.
///
/// A `GET`'s request travels in the query, every other one as a JSON body; [`Nothing`] travels not at all.
pub trait Endpoint {
    /// The HTTP method.
    const METHOD: Method;
    /// The path with its parameters in braces, as `OpenAPI` writes it.
    const PATH: &'static str;
    /// The status of success.
    const SUCCESS: u16 = 200;
    /// Whether it needs the `ETag` that was read as `If-Match`.
    const GUARDED: bool = false;
    /// What stands in the braces.
    type Params: Params;
    /// What is asked.
    type Request: Serialize + DeserializeOwned;
    /// What is answered on success; a failure is a [`crate::Problem`].
    type Answer: Serialize + DeserializeOwned;

    /// The path with `params` filled in.
    fn path(params: &Self::Params) -> String {
        params.fill(Self::PATH)
    }
}

/// The parameters of a path.
pub trait Params: Sized + Serialize + DeserializeOwned {
    /// Puts the parameters into the braces of `template`.
    fn fill(&self, template: &str) -> String;

    /// Takes what stood in the braces, from left to right, decoded. `None` if it is not of its form.
    fn read(values: &[&str]) -> Option<Self>;
}

impl Params for () {
    fn fill(&self, template: &str) -> String {
        template.to_owned()
    }

    fn read(_: &[&str]) -> Option<Self> {
        Some(())
    }
}

/// No content: a request without a body, or an answer without one (status 204).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List<T> {
    /// The page's items, in the order asked for.
    pub items: Vec<T>,
    /// Give this back as `cursor` for the next page; `null` on the last.
    pub next_cursor: Option<String>,
}

/// Puts `value` into the only pair of braces of `template`.
pub(crate) fn fill_one(template: &str, value: &str) -> String {
    match (template.find('{'), template.find('}')) {
        (Some(open), Some(close)) if open < close => {
            let mut path = String::with_capacity(template.len() + value.len());
            path.push_str(&template[..open]);
            path.push_str(value);
            path.push_str(&template[close + 1..]);
            path
        }
        _ => template.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_takes_the_place_of_its_braces() {
        assert_eq!(fill_one("/a/{id}/b", "x"), "/a/x/b");
    }
}
