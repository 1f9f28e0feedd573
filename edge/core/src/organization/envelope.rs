//! The messages between the Worker and the organization's object.

use futures::future::LocalBoxFuture;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    organization::{Caller, Refusal, Step},
    organization_id::OrganizationId,
    ports::PortFailure,
};

/// A command to the organization. The Worker and the object are one deployment, so this form may change with any
/// version.
#[derive(Serialize, Deserialize)]
pub struct Envelope {
    /// The organization that the command is for. An object that has not stored its organization yet stores this one.
    pub organization: OrganizationId,
    /// The name of the handler: [`Listed::NAME`](crate::organization::Listed::NAME).
    pub name: String,
    /// The caller.
    pub caller: Caller,
    /// The step, or the endpoint's call, as JSON that is passed on without being parsed.
    pub content: Box<RawValue>,
}

/// The reply of an object: the handler's answer as unparsed JSON, or its refusal.
pub type RawReply = Result<Box<RawValue>, Refusal>;

/// Access to the objects of the organizations. Each command is one request to one object.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait Organizations {
    /// Sends JSON of an [`Envelope`] to the organization's object and returns JSON of a [`RawReply`], as
    /// [`send_to_object`](crate::ports::send_to_object) does.
    async fn call_organization(
        &self,
        organization: &OrganizationId,
        envelope: String,
        is_question: bool,
    ) -> Result<String, PortFailure>;
}

/// The handler that a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    name: &'static str,
    is_question: bool,
}

impl Handler {
    /// The handler of a step.
    pub const fn of<S: Step>() -> Self {
        Self { name: S::NAME, is_question: S::IS_QUESTION }
    }
}

/// Sends a step to the organization, and returns its answer as unparsed JSON.
///
/// The future is boxed, because one copy of it in each handler would make up a good part of the Worker's size.
pub fn relay<'a>(
    organizations: &'a impl Organizations,
    organization: &'a OrganizationId,
    caller: Caller,
    handler: Handler,
    content: serde_json::Result<Box<RawValue>>,
) -> LocalBoxFuture<'a, RawReply> {
    Box::pin(async move {
        let envelope =
            Envelope { organization: organization.clone(), name: handler.name.to_owned(), caller, content: content? };
        let envelope = serde_json::to_string(&envelope)?;
        let reply = organizations.call_organization(organization, envelope, handler.is_question).await?;
        serde_json::from_str::<RawReply>(&reply)?
    })
}

/// Sends a step to the organization, and parses its answer.
pub async fn send<S: Step>(
    organizations: &impl Organizations,
    organization: &OrganizationId,
    caller: Caller,
    step: &S,
) -> Result<S::Answer, Refusal> {
    send_as(organizations, organization, caller, step).await
}

/// Sends a step to the organization, and parses its answer as `A`, which may have fewer fields.
pub async fn send_as<S: Step, A: DeserializeOwned>(
    organizations: &impl Organizations,
    organization: &OrganizationId,
    caller: Caller,
    step: &S,
) -> Result<A, Refusal> {
    let reply = relay(organizations, organization, caller, Handler::of::<S>(), to_raw_value(step)).await?;
    Ok(serde_json::from_str(reply.get())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organization::{
        AuthorizeCall, AuthorizeSiteCall, Call, CheckNeeds, GetClaim, RecordCheckup, SettleAuthorization, StoreApiKey,
    };

    #[test]
    fn what_decides_or_creates_something_is_no_question() {
        let questions = [
            Handler::of::<AuthorizeCall>(),
            Handler::of::<AuthorizeSiteCall>(),
            Handler::of::<CheckNeeds>(),
            Handler::of::<GetClaim>(),
            Handler::of::<Call<api::ListConnections>>(),
        ];
        let commands = [
            Handler::of::<StoreApiKey>(),
            Handler::of::<RecordCheckup>(),
            Handler::of::<SettleAuthorization>(),
            Handler::of::<Call<api::CreateConnection>>(),
            Handler::of::<Call<api::EditConnection>>(),
            Handler::of::<Call<api::DeleteConnection>>(),
        ];
        assert!(questions.iter().all(|handler| handler.is_question), "{questions:?}");
        assert!(!commands.iter().any(|handler| handler.is_question), "{commands:?}");
    }
}
