//! `…/confirm-address`: a Data Center site has another address, or it has not.

use api::{ConfirmAddress, Connection, Failure, FailureCode, ProblemCode};

use crate::{
    address::{Address, StoredAddress},
    authorization::AuthConfig,
    grant::{KeeperAnswer, KeeperCommand},
    http::{
        Platform,
        failure::RequestFailure,
        instances::address_refused,
        routing::{EndpointRequest, Reply, finished, tagged, tagged_reply},
    },
    organization::{ChangeSiteAddress, Move},
};

tagged! { DismissAddress }
finished! { ConfirmAddress => confirm; }

/// 1. An address is offered (400), and may be called (422). 2. Jira answers there, and the credential is the same
///    account (422). 3. Refreshes go there. 4. The connection does. Until then the old address is in use.
async fn confirm<P: Platform>(
    request: EndpointRequest<P, ConfirmAddress>,
    found: Move,
) -> Result<Reply<Connection>, RequestFailure> {
    let (edge, id) = (&request.edge, request.call.params.clone());
    let address = Address::check(&found.to, edge.configuration.address_policy()).map_err(address_refused)?;
    let credential = edge.credential_of(&found.grant).await?.credential;
    let to = edge.fetch_site(address.clone()).await.map_err(address_failure)?;
    let auth = AuthConfig { address: StoredAddress::from(address), ..found.auth.clone() };
    let account = edge.identify(&auth, &to, &credential).await.map_err(address_failure)?;
    if found.account.as_ref().is_some_and(|before| before.account_id != account.account_id) {
        return Err(account_mismatch(&found, &account.name));
    }
    let command = KeeperCommand::Move { address: auth.address };
    match edge.platform.command(&edge.organization, &found.grant, command).await {
        Ok(KeeperAnswer::Done) => {}
        other => return Err(RequestFailure::keeper_unreachable(&other)),
    }
    let saved = request.send(&ChangeSiteAddress { id, grant: found.grant, to }).await?;
    edge.notify_keepers(&saved).await?;
    Ok(tagged_reply(saved.connection))
}

fn account_mismatch(found: &Move, account: &str) -> RequestFailure {
    let before = found.account.as_ref().map_or("somebody else", |account| account.name.as_str());
    let detail = format!("At the new address the credential is {account}, not {before}. The old address stays in use.");
    RequestFailure::new(ProblemCode::InstanceUnreachable, detail)
}

fn address_failure(failure: Failure) -> RequestFailure {
    let code = match failure.code {
        FailureCode::AddressRefused => ProblemCode::AddressRefused,
        _ => ProblemCode::InstanceUnreachable,
    };
    let detail = format!("{} The old address stays in use.", failure.message);
    RequestFailure { cause: failure.details, ..RequestFailure::new(code, detail) }
}
