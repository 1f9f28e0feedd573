//! `…/confirm-address`: a Data Center site has moved to another address, or it has not.

use api::{Account, ConfirmAddress, Connection, Failure, FailureCode, ProblemCode};

use crate::{
    address::{Address, StoredAddress},
    authorization::AuthConfig,
    grant::{KeeperAnswer, KeeperCommand},
    http::{
        Platform,
        credential_check::same_product,
        failure::RequestFailure,
        instances::address_refused,
        routing::{EndpointRequest, Reply, finished, tagged, tagged_reply},
    },
    organization::{ChangeSiteAddress, Move},
};

tagged! { DismissAddress }
finished! { ConfirmAddress => confirm; }

/// Moves a connection to the address that a checkup found. The old address stays in use until the last step.
///
/// 1. The new address may be called (422).
/// 2. Data Center answers there, and the credential belongs to the same account (422; 409 or 503 without a credential).
/// 3. The keeper refreshes there from now on (503 if it does not answer).
/// 4. The organization changes the connection's address.
async fn confirm<P: Platform>(
    request: EndpointRequest<P, ConfirmAddress>,
    found: Move,
) -> Result<Reply<Connection>, RequestFailure> {
    let (edge, id) = (&request.edge, request.call.params.clone());
    let address = Address::check(&found.to, edge.configuration.address_policy()).map_err(address_refused)?;
    let credential = edge.credential_of(&found.grant).await?.credential;
    let to =
        edge.fetch_site(address.clone()).await.and_then(|to| same_product(&found.auth, to)).map_err(address_failure)?;
    let auth = AuthConfig { address: StoredAddress::from(address), ..found.auth.clone() };
    let account = edge.identify(&auth, &to, &credential).await.map_err(address_failure)?;
    let id_of = |account: &Option<Account>| account.as_ref().map(|account| account.account_id.clone());
    if found.account.is_some() && id_of(&found.account) != id_of(&account) {
        return Err(account_mismatch(&found, account.as_ref()));
    }
    let to = edge.describe(&auth, to, &credential).await.map_err(address_failure)?;
    let command = KeeperCommand::Move { address: auth.address };
    match edge.platform.command(&edge.organization, &found.grant, command).await {
        Ok(KeeperAnswer::Done) => {}
        other => return Err(RequestFailure::keeper_unreachable(&other)),
    }
    let saved = request.send(&ChangeSiteAddress { id, grant: found.grant, to }).await?;
    edge.notify_keepers(&saved).await?;
    Ok(tagged_reply(saved.connection))
}

/// The credential belongs to another account at the new address (422).
fn account_mismatch(found: &Move, account: Option<&Account>) -> RequestFailure {
    let name_of =
        |account: Option<&Account>| account.map_or_else(|| "somebody else".to_owned(), |one| one.name.clone());
    let (before, account) = (name_of(found.account.as_ref()), name_of(account));
    let detail = format!("At the new address the credential is {account}, not {before}. The old address stays in use.");
    RequestFailure::new(ProblemCode::InstanceUnreachable, detail)
}

/// Jira does not work at the new address (422).
fn address_failure(failure: Failure) -> RequestFailure {
    let code = match failure.code {
        FailureCode::AddressRefused => ProblemCode::AddressRefused,
        _ => ProblemCode::InstanceUnreachable,
    };
    let detail = format!("{} The old address stays in use.", failure.message);
    RequestFailure { cause: failure.details, ..RequestFailure::new(code, detail) }
}
