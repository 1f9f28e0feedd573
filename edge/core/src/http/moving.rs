//! `…/confirm-address`: a Data Center site has another address, or it has not.

use api::{ConfirmAddress, Connection, DismissAddress, Failure, FailureCode, ProblemCode};
use axum::Router;

use crate::{
    address::{Address, StoredAddress},
    authorization::AuthConfig,
    grant::{KeeperAnswer, KeeperCommand},
    http::{
        Edge, Platform,
        connections::tagged,
        failure::Failed,
        instances::address_refused,
        mount::{Asking, Reply, mount, relay_tagged},
    },
    organization::{DismissMove, FindMove, Move, MoveConnection},
};

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let routes = mount::<P, ConfirmAddress, _>(routes, edge, confirm);
    relay_tagged::<P, DismissAddress, _>(routes, edge, |id, _| DismissMove { id })
}

/// 1. An address is offered (400), and may be called (422). 2. Jira answers there, and the credential is the same
///    account (422). 3. Refreshes go there. 4. The connection does. Until then the old address is in use.
async fn confirm<P: Platform>(asking: Asking<P, ConfirmAddress>) -> Result<Reply<Connection>, Failed> {
    let (edge, id) = (&asking.edge, asking.params.clone());
    let found = asking.ask(&FindMove { id: id.clone() }).await?;
    let address = Address::check(&found.to, edge.configuration.address_policy()).map_err(address_refused)?;
    let credential = edge.credential_of(&found.grant).await?.credential;
    let to = edge.find(address.clone()).await.map_err(not_there)?;
    let auth = AuthConfig { address: StoredAddress::from(address), ..found.auth.clone() };
    let account = edge.ask_who(&auth, &to, &credential).await.map_err(not_there)?;
    if found.account.as_ref().is_some_and(|before| before.account_id != account.account_id) {
        return Err(another(&found, &account.name));
    }
    let command = KeeperCommand::Move { address: auth.address };
    match edge.platform.command(&edge.organization, &found.grant, command).await {
        Ok(KeeperAnswer::Done) => {}
        other => return Err(Failed::keeper_silent(&other)),
    }
    let saved = asking.ask(&MoveConnection { id, grant: found.grant, to }).await?;
    edge.tell_keepers(&saved).await?;
    Ok(tagged(saved.connection))
}

fn another(found: &Move, account: &str) -> Failed {
    let before = found.account.as_ref().map_or("somebody else", |account| account.name.as_str());
    let detail = format!("At the new address the credential is {account}, not {before}. The old address stays in use.");
    Failed::new(ProblemCode::InstanceUnreachable, detail)
}

fn not_there(failure: Failure) -> Failed {
    let code = match failure.code {
        FailureCode::AddressRefused => ProblemCode::AddressRefused,
        _ => ProblemCode::InstanceUnreachable,
    };
    let detail = format!("{} The old address stays in use.", failure.message);
    Failed { cause: failure.details, ..Failed::new(code, detail) }
}
