//! The response to `/rest/api/{2,3}/myself`: whose credential made the call.

use api::Account;
use serde::Deserialize;

use crate::excerpt;

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
    account(id, &name, myself.email_address.as_deref())
}

/// An account as it is kept in records: its name and e-mail address are bounded, because another system chose them.
/// `None` if the id is none.
pub(crate) fn account(id: String, name: &str, email: Option<&str>) -> Option<Account> {
    Some(Account { account_id: excerpt::id(id)?, name: excerpt::name(name), email: email.map(excerpt::name) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &str, name: &str) -> Option<Account> {
        let body = serde_json::json!({"accountId": id, "displayName": name, "emailAddress": name}).to_string();
        read_account(body.as_bytes())
    }

    #[test]
    fn names_of_a_hostile_instance_are_cut() {
        let long = "é".repeat(1_000_000);
        let account = named("ada", &long).expect("an account");
        assert_eq!((account.name.chars().count(), account.email.map(|email| email.chars().count())), (255, Some(255)));
        assert_eq!(named(&long, "Ada"), None, "an id that is cut would be another one");
    }
}
