//! Whom a credential is meant for: what two sites must agree in to be the same to it.

use api::{Kind, Site};

/// What decides where credentials of one kind are sent (their audience, as in RFC 8707). It changes only at the request
/// of somebody who manages the connection, and a credential is tried only at its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialAudience<'a> {
    cloud_id: Option<&'a str>,
    address: Option<&'a str>,
}

impl<'a> CredentialAudience<'a> {
    /// The audience of credentials of `kind` for `site`.
    ///
    /// Calls of Cloud's OAuth 2.0 go to Atlassian's gateway, by cloudId. Its site's address is only shown, and changes
    /// when the site is renamed. For every other kind a person entered the address, and the credential, or the question
    /// which site it is for, is sent there. Two Cloud sites may have had the same address, so the cloudId counts as well.
    pub fn of(site: &'a Site, kind: Kind) -> Self {
        let address = (kind != Kind::CloudOauth2).then_some(site.url.as_str());
        Self { cloud_id: site.cloud_id.as_deref(), address }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(cloud_id: Option<&str>, url: &str) -> Site {
        let cloud_id = cloud_id.map(str::to_owned);
        Site { cloud_id, name: url.to_owned(), url: url.to_owned(), avatar_url: None, version: None }
    }

    fn same(one: &Site, other: &Site, kind: Kind) -> bool {
        CredentialAudience::of(one, kind) == CredentialAudience::of(other, kind)
    }

    #[test]
    fn a_consent_follows_its_cloud_id_and_everything_else_its_address_too() {
        let (acme, renamed) = (site(Some("1"), "https://acme.example"), site(Some("1"), "https://apex.example"));
        let reused = site(Some("2"), "https://acme.example");
        assert!(same(&acme, &renamed, Kind::CloudOauth2) && !same(&acme, &reused, Kind::CloudOauth2));
        assert!(!same(&acme, &renamed, Kind::Basic) && !same(&acme, &reused, Kind::Basic));
        let (quarry, elsewhere) = (site(None, "https://jira.example.com"), site(None, "https://jira.example.com/new"));
        let same_but_newer = Site { version: Some("11".into()), name: "Q".into(), ..quarry.clone() };
        for kind in [Kind::Basic, Kind::Oauth1, Kind::DataCenterOauth2] {
            assert!(!same(&quarry, &elsewhere, kind) && same(&quarry, &same_but_newer, kind), "{kind:?}");
        }
    }
}
