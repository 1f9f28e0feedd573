//! How a command travels from the Worker to the organization's object and back.

use futures::future::LocalBoxFuture;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    organization::{Caller, Refusal, Step},
    organization_id::OrganizationId,
    ports::PortFailure,
};

/// A command on its way. The Worker and the object are one deployment, so this form may change with any version.
#[derive(Serialize, Deserialize)]
pub struct Envelope {
    /// Whose object this is for: an object that does not know its name yet learns it here.
    pub organization: OrganizationId,
    /// Which handler: [`Listed::NAME`](crate::organization::Listed::NAME).
    pub name: String,
    /// Who calls.
    pub caller: Caller,
    /// The step, or the endpoint's call. What carries it need not know its form.
    pub content: Box<RawValue>,
}

/// What an object answers: the handler's answer as it wrote it, or why it refused.
pub type RawReply = Result<Box<RawValue>, Refusal>;

/// The way to the organizations, from anywhere: one hop a command.
#[expect(async_fn_in_trait, reason = "a Worker has one thread, so no future needs to be Send")]
pub trait Organizations {
    /// Sends JSON of an [`Envelope`] to the organization's object and returns JSON of a [`RawReply`].
    async fn call_organization(&self, organization: &OrganizationId, envelope: String) -> Result<String, PortFailure>;
}

/// Sends a step to the organization, and returns its answer as the organization wrote it.
///
/// The way there is one boxed future: laid out anew in each handler, it would make up a good part of the Worker.
pub fn relay<'a>(
    organizations: &'a impl Organizations,
    organization: &'a OrganizationId,
    caller: Caller,
    name: &'static str,
    content: serde_json::Result<Box<RawValue>>,
) -> LocalBoxFuture<'a, RawReply> {
    Box::pin(async move {
        let envelope =
            Envelope { organization: organization.clone(), name: name.to_owned(), caller, content: content? };
        let reply = organizations.call_organization(organization, serde_json::to_string(&envelope)?).await?;
        serde_json::from_str::<RawReply>(&reply)?
    })
}

/// Sends a step to the organization, and reads its answer.
pub async fn send<S: Step>(
    organizations: &impl Organizations,
    organization: &OrganizationId,
    caller: Caller,
    step: &S,
) -> Result<S::Answer, Refusal> {
    send_as(organizations, organization, caller, step).await
}

/// Sends a step to the organization, and reads its answer only as far as `A` does.
pub async fn send_as<S: Step, A: DeserializeOwned>(
    organizations: &impl Organizations,
    organization: &OrganizationId,
    caller: Caller,
    step: &S,
) -> Result<A, Refusal> {
    let reply = relay(organizations, organization, caller, S::NAME, to_raw_value(step)).await?;
    Ok(serde_json::from_str(reply.get())?)
}
