//! Which scopes a credential lacks.

use api::{Account, BasicForm, CredentialShown, Kind};

use crate::configuration::SCOPES;

/// The scope without which Jira does not say whose credential it is.
const WHO_IT_IS: &str = "read:jira-user";

/// The scopes that Causeway needs and that were not granted, as far as that is known. Of Cloud's OAuth 2.0 Atlassian
/// names them. Nobody lists those of a scoped API token, but without an account it lacks the one that tells it. Other
/// credentials have no scopes of Cloud.
pub fn missing_scopes(
    kind: Kind,
    credential: Option<&CredentialShown>,
    account: Option<&Account>,
    granted: &[String],
) -> Vec<String> {
    let is_missing = |scope: &&&str| !granted.iter().any(|granted| granted == **scope);
    match (kind, credential) {
        (Kind::CloudOauth2, _) => SCOPES.iter().filter(is_missing).map(ToString::to_string).collect(),
        (Kind::Basic, Some(CredentialShown::Basic { form: BasicForm::ScopedApiToken, .. })) if account.is_none() => {
            vec![WHO_IT_IS.to_owned()]
        }
        _ => Vec::new(),
    }
}
