//! The traits of the organization's handlers: endpoints of the contract under their own names, and steps that the edge
//! sends.
//!
//! A handler declares what its caller needs, and the dispatcher checks that before the handler runs. `dispatch.rs`
//! lists all handlers: one that is missing there does not compile.

use api::Endpoint;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::organization::{IfMatch, Listed, Needs, Refusal, Turn};

/// An endpoint that declares what its caller needs.
pub trait Guarded: Endpoint {
    /// What the caller needs for this request. The dispatcher checks it before anything else is done.
    fn needs(params: &Self::Params, request: &Self::Request) -> Needs;
}

/// An endpoint that the organization answers.
pub trait Answers: Endpoint {
    /// The organization's answer: the endpoint's response, or the data from which the edge completes the response.
    type Outcome: Serialize + DeserializeOwned;

    /// See [`Guarded::needs`].
    fn needs(params: &Self::Params, request: &Self::Request) -> Needs;

    /// Decides, reads and writes, in one transaction: a refusal changes nothing.
    fn answer(params: Self::Params, request: Self::Request, turn: &Turn<'_>) -> Result<Self::Outcome, Refusal>;
}

impl<E: Answers> Guarded for E {
    fn needs(params: &Self::Params, request: &Self::Request) -> Needs {
        <Self as Answers>::needs(params, request)
    }
}

/// Types whose JSON is that of `T`, so that an answer can be relayed without reading it.
pub trait WrittenAs<T> {}
impl<T> WrittenAs<T> for T {}

/// A command that only the edge sends, for itself or for its caller.
pub trait Step: Listed + Serialize + DeserializeOwned {
    /// The answer.
    type Answer: Serialize + DeserializeOwned;

    /// Whether it only asks, so that asking twice is as good as once. (Dates of last use may be written.)
    const IS_QUESTION: bool = false;

    /// What the caller needs. By default only the edge itself may send the step.
    fn needs(&self) -> Needs {
        Needs::Edge
    }

    /// Which version an edit may replace, so that it does not overwrite a newer one.
    fn expected_version(&self) -> Option<IfMatch> {
        None
    }

    /// Decides, reads and writes, in one transaction: a refusal changes nothing.
    fn run(self, turn: &Turn<'_>) -> Result<Self::Answer, Refusal>;
}

/// A call of an endpoint that the organization answers.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Call<E: Endpoint> {
    /// The parameters in the path.
    pub params: E::Params,
    /// The body or the query of the request.
    pub request: E::Request,
    /// The condition in `If-Match`, for endpoints that are guarded by it.
    #[serde(default)]
    pub if_match: Option<IfMatch>,
}

impl<E: Endpoint> Call<E> {
    /// A call without `If-Match`.
    pub const fn new(params: E::Params, request: E::Request) -> Self {
        Self { params, request, if_match: None }
    }
}

impl<E: Answers> Step for Call<E>
where
    Self: Listed,
{
    type Answer = E::Outcome;

    const IS_QUESTION: bool = matches!(E::METHOD, api::Method::Get);

    fn needs(&self) -> Needs {
        <E as Answers>::needs(&self.params, &self.request)
    }

    fn expected_version(&self) -> Option<IfMatch> {
        self.if_match.clone()
    }

    fn run(self, turn: &Turn<'_>) -> Result<E::Outcome, Refusal> {
        E::answer(self.params, self.request, turn)
    }
}
