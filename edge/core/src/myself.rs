//! The response to `/rest/api/{2,3}/myself`: whose credential made the call.

use api::Account;
use serde::Deserialize;

/// Cloud sends `accountId`, Data Center `key` and `name`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Myself {
    account_id: Option<String>,
    key: Option<String>,
    name: Option<String>,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    email_address: Option<String>,
}

/// The account that the response names; `None` if it names none.
pub(crate) fn read_account(body: &[u8]) -> Option<Account> {
    let myself: Myself = serde_json::from_slice(body).ok()?;
    let id = myself.account_id.or(myself.key).or_else(|| myself.name.clone())?;
    let name = Some(myself.display_name).filter(|name| !name.is_empty()).or(myself.name).unwrap_or_default();
    Some(Account { account_id: id, name, email: myself.email_address }).filter(|account| !account.account_id.is_empty())
}
