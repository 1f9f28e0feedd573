//! What an endpoint is: a method, a path, a request, an answer, and the problems that it answers instead.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::ProblemCode;

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
    /// Creates or replaces; sent twice, it does what it does once.
    Put,
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
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One endpoint of the JSON interface. Declared by [`endpoints!`], and by nothing else: an endpoint that is not in the
/// list of [`crate::for_each_endpoint`] does not compile.
///
/// The request of a `GET` travels in the query, every other one as a JSON body; [`Nothing`] travels not at all.
pub trait Endpoint: Listed + 'static {
    /// The endpoint's name, which is the operation's id in the `OpenAPI` document.
    const NAME: &'static str;
    /// What it does, in one line.
    const SUMMARY: &'static str;
    /// Who may call it and what to know about it, line by line.
    const DESCRIPTION: &'static [&'static str];
    /// The HTTP method.
    const METHOD: Method;
    /// The path with its parameters in braces, as `OpenAPI` writes it.
    const PATH: &'static str;
    /// The status of success.
    const SUCCESS: u16;
    /// Whether it needs the `ETag` that was read as `If-Match`.
    const GUARDED: bool;
    /// Whether it needs neither a session nor an API key.
    const ANONYMOUS: bool;
    /// The most bytes of a request's body.
    const BODY_BYTES: usize;
    /// The problems that its handler answers, beside the [`common_problems`] of its form.
    const PROBLEMS: &'static [ProblemCode];
    /// What stands in the braces.
    type Params: Params;
    /// What is sent to it.
    type Request: Serialize + DeserializeOwned + Described;
    /// What it answers on success; a failure is a [`crate::Problem`].
    type Answer: Serialize + DeserializeOwned + Described;

    /// The path with `params` filled in.
    fn path(params: &Self::Params) -> String {
        params.fill(Self::PATH)
    }

    /// Every problem that it can answer, by status.
    fn problems() -> Vec<ProblemCode> {
        let form = Form { method: Self::METHOD, path: Self::PATH, guarded: Self::GUARDED, anonymous: Self::ANONYMOUS };
        form.problems(Self::PROBLEMS)
    }
}

/// What the common problems of an operation follow from.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// The HTTP method.
    pub method: Method,
    /// The path with its parameters in braces.
    pub path: &'static str,
    /// Whether it needs `If-Match`.
    pub guarded: bool,
    /// Whether it needs neither a session nor an API key.
    pub anonymous: bool,
}

impl Form {
    /// Every problem that an operation of this form can answer, by status. `own` are those of its handler.
    fn problems(self, own: &[ProblemCode]) -> Vec<ProblemCode> {
        let mut problems = [common_problems(self).as_slice(), own].concat();
        problems.sort_by_key(|problem| (problem.status(), ProblemCode::ALL.iter().position(|one| one == problem)));
        problems.dedup();
        problems
    }
}

/// The problems that every operation of a form can answer, before or whatever its handler does.
pub fn common_problems(form: Form) -> Vec<ProblemCode> {
    use ProblemCode as Code;
    let always: &[Code] = &[
        Code::InvalidRequest,
        Code::ApiKeyRefused,
        Code::BodyTooLarge,
        Code::HeadersTooLarge,
        Code::TooManyRequests,
        Code::LoopDetected,
        Code::Internal,
        Code::Unavailable,
    ];
    let groups = [
        (true, always),
        (!form.anonymous, &[Code::NotSignedIn, Code::Forbidden]),
        (
            form.method != Method::Get,
            &[Code::CrossSite, Code::RequestTimeout, Code::UnsupportedMediaType, Code::Misconfigured],
        ),
        (form.path.contains('{'), &[Code::NotFound]),
        (form.guarded, &[Code::EditConflict, Code::IfMatchRequired]),
    ];
    groups.into_iter().filter(|(applies, _)| *applies).flat_map(|(_, group)| group.iter().copied()).collect()
}

/// Implemented for the endpoints in the list of [`crate::for_each_endpoint`].
pub trait Listed {}

/// What the `OpenAPI` document can describe; everything, where there is no document.
#[cfg(feature = "openapi")]
pub trait Described: utoipa::ToSchema + 'static {}
#[cfg(feature = "openapi")]
impl<T: utoipa::ToSchema + 'static> Described for T {}

/// What the `OpenAPI` document can describe; everything, where there is no document.
#[cfg(not(feature = "openapi"))]
pub trait Described {}
#[cfg(not(feature = "openapi"))]
impl<T> Described for T {}

/// Declares endpoints.
///
/// ```text
/// endpoints! {
///     /// The summary, in one line.
///     ///
///     /// Who may call it, and what to know about it.
///     EditThing: Patch "/api/v1/things/{id}" {
///         params: ThingId,            // left out: none
///         request: ThingEdit,         // left out: none
///         answer: 200 Thing,          // 204 Nothing: no content
///         if_match: required,         // left out: not needed
///         access: anonymous,          // left out: a session or an API key
///         body: large,                // 1 MiB; left out: 64 KiB
///         problems: [NameTaken],      // what its handler answers, see `Endpoint::PROBLEMS`
///     }
/// }
/// ```
macro_rules! endpoints {
    ($(
        #[doc = $summary:tt]
        $(#[doc = $description:tt])*
        $name:ident: $method:ident $path:literal {
            $(params: $params:ty,)?
            $(request: $request:ty,)?
            answer: $success:literal $answer:ty,
            $(if_match: $required:ident,)?
            $(access: $anonymous:ident,)?
            $(body: $large:ident,)?
            problems: [$($problem:ident),* $(,)?],
        }
    )*) => {$(
        #[doc = $summary]
        $(#[doc = $description])*
        #[doc = ""]
        #[doc = concat!("`", stringify!($method), " ", $path, "`")]
        pub struct $name;

        impl $crate::Endpoint for $name {
            const NAME: &'static str = stringify!($name);
            const SUMMARY: &'static str = $summary;
            const DESCRIPTION: &'static [&'static str] = &[$($description),*];
            const METHOD: $crate::Method = $crate::Method::$method;
            const PATH: &'static str = $path;
            const SUCCESS: u16 = $success;
            const GUARDED: bool = false $(|| endpoints!(@$required))?;
            const ANONYMOUS: bool = false $(|| endpoints!(@$anonymous))?;
            const BODY_BYTES: usize = endpoints!(@bytes $($large)?);
            const PROBLEMS: &'static [$crate::ProblemCode] = &[$($crate::ProblemCode::$problem),*];
            type Params = endpoints!(@or () $(, $params)?);
            type Request = endpoints!(@or $crate::Nothing $(, $request)?);
            type Answer = $answer;
        }
    )*};
    (@required) => { true };
    (@anonymous) => { true };
    (@bytes) => { $crate::BODY_BYTES };
    (@bytes large) => { $crate::TASK_REQUEST_BYTES };
    (@or $otherwise:ty) => { $otherwise };
    (@or $otherwise:ty, $given:ty) => { $given };
}
pub(crate) use endpoints;

/// The parameters of a path.
pub trait Params: Sized + Serialize + DeserializeOwned {
    /// Puts the parameters into the braces of `template`.
    fn fill(&self, template: &str) -> String;

    /// Takes what stood in the braces, from left to right, decoded. `None` if it is not of its form.
    fn read(values: &[&str]) -> Option<Self>;

    /// Each parameter's name, description and schema.
    #[cfg(feature = "openapi")]
    fn described() -> Vec<(&'static str, &'static str, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>;
}

impl Params for () {
    fn fill(&self, template: &str) -> String {
        template.to_owned()
    }

    fn read(_: &[&str]) -> Option<Self> {
        Some(())
    }

    #[cfg(feature = "openapi")]
    fn described() -> Vec<(&'static str, &'static str, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> {
        Vec::new()
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
    let parts = template.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?.1)));
    parts.map_or_else(|| template.to_owned(), |(before, after)| [before, value, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_takes_the_place_of_its_braces() {
        assert_eq!(fill_one("/a/{id}/b", "x"), "/a/x/b");
    }
}
