//! How the organization answers: endpoints of the contract under their own names, and the steps that the edge asks for.
//!
//! A handler declares beside itself what its caller needs; the dispatcher checks that before the handler runs. Both
//! lists stand in `dispatch.rs`: a handler that is not listed there does not compile.

use api::Endpoint;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::organization::{Listed, Needs, Refusal, Turn};

/// An endpoint with what its caller needs.
pub trait Guarded: Endpoint {
    /// What must hold before anything is done for this request. Checked by the dispatcher.
    fn needs(params: &Self::Params, request: &Self::Request) -> Needs;
}

/// An endpoint that the organization answers.
pub trait Answers: Endpoint {
    /// What the organization answers: what goes over the wire, or what the edge finishes the endpoint's answer with.
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

/// A step that only the edge asks for, in its own name or in its caller's.
pub trait Step: Listed + Serialize + DeserializeOwned {
    /// What is answered.
    type Answer: Serialize + DeserializeOwned;

    /// What the caller needs. Only the edge itself, unless the step says otherwise.
    fn needs(&self) -> Needs {
        Needs::Edge
    }

    /// The version that the caller read, where an edit must not overwrite a newer one.
    fn expected_version(&self) -> Option<u64> {
        None
    }

    /// Decides, reads and writes, in one transaction: a refusal changes nothing.
    fn run(self, turn: &Turn<'_>) -> Result<Self::Answer, Refusal>;
}

/// A call of an endpoint, on its way to the organization.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Call<E: Endpoint> {
    /// What stands in the path.
    pub params: E::Params,
    /// What was sent.
    pub request: E::Request,
    /// The version in `If-Match`, for endpoints that are guarded by it.
    #[serde(default)]
    pub if_match: Option<u64>,
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

    fn needs(&self) -> Needs {
        <E as Answers>::needs(&self.params, &self.request)
    }

    fn expected_version(&self) -> Option<u64> {
        self.if_match
    }

    fn run(self, turn: &Turn<'_>) -> Result<E::Outcome, Refusal> {
        E::answer(self.params, self.request, turn)
    }
}
