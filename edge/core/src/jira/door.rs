//! Which way calls reach an instance.

use api::{BasicForm, Connection, CredentialShown, Kind, Site};
use serde::{Deserialize, Serialize};

use crate::address::{AddressRefused, Policy, StoredAddress};

/// Which way calls reach an instance. Written flat: `{"cloud_id":…}` or `{"address":…}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Door {
    /// Through Atlassian's gateway, by cloudId.
    Gateway {
        /// The site.
        cloud_id: String,
    },
    /// Straight to the instance.
    Direct {
        /// Its base URL with the context path; judged again at every use.
        address: StoredAddress,
    },
}

/// Why an instance may not be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoorClosed {
    /// The configuration lacks the gateway's address.
    Misconfigured,
    /// What should be a cloudId is none, or the path leads elsewhere.
    Nowhere,
    /// The address may not be called any more.
    Refused(AddressRefused),
}

impl Door {
    /// The way that the calls of a connection go; `None` while it has no site.
    pub fn of(connection: &Connection) -> Option<Self> {
        Some(Self::to(connection.site.as_ref()?, connection.kind, connection.credential.as_ref()))
    }

    /// The way to a site, with a credential of that kind: Cloud's own and its scoped tokens go through the gateway.
    pub fn to(site: &Site, kind: Kind, credential: Option<&CredentialShown>) -> Self {
        let scoped = matches!(credential, Some(CredentialShown::Basic { form: BasicForm::ScopedApiToken, .. }));
        match &site.cloud_id {
            Some(cloud_id) if scoped || kind == Kind::CloudOauth2 => Self::Gateway { cloud_id: cloud_id.clone() },
            _ => Self::Direct { address: site.url.clone().into() },
        }
    }

    /// What tells one instance from another.
    pub fn key(&self) -> &str {
        match self {
            Self::Gateway { cloud_id } => cloud_id,
            Self::Direct { address } => address.as_str(),
        }
    }

    /// The whole address of `path_and_query`, which begins with a slash. `api_url` is the gateway's, without a slash at
    /// its end.
    pub fn at(&self, api_url: &str, policy: Policy, path_and_query: &str) -> Result<String, DoorClosed> {
        match self {
            Self::Gateway { .. } if api_url.is_empty() => Err(DoorClosed::Misconfigured),
            Self::Gateway { cloud_id } if is_cloud_id(cloud_id) => {
                Ok(format!("{api_url}/ex/jira/{cloud_id}{path_and_query}"))
            }
            Self::Gateway { .. } => Err(DoorClosed::Nowhere),
            Self::Direct { address } => {
                let address = address.recheck(policy).map_err(DoorClosed::Refused)?;
                address.join(path_and_query).ok_or(DoorClosed::Nowhere)
            }
        }
    }
}

/// It becomes a segment of every path that is called.
fn is_cloud_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: Policy = Policy { allow_loopback: false };

    fn direct(address: &str) -> Door {
        Door::Direct { address: address.to_owned().into() }
    }

    fn site(cloud_id: Option<&str>) -> Site {
        let cloud_id = cloud_id.map(str::to_owned);
        Site {
            cloud_id,
            name: "Acme".into(),
            url: "https://jira.example.com/jira".into(),
            avatar_url: None,
            version: None,
        }
    }

    #[test]
    fn an_address_is_judged_again_at_every_use_and_keeps_its_context_path() {
        let at = |door: &Door| door.at("https://api.example", STRICT, "/rest/api/2/myself");
        assert_eq!(
            at(&direct("https://jira.example.com/jira")).as_deref(),
            Ok("https://jira.example.com/jira/rest/api/2/myself")
        );
        assert!(matches!(at(&direct("https://10.0.0.1")), Err(DoorClosed::Refused(_))));
        assert!(matches!(at(&direct("http://localhost:2990")), Err(DoorClosed::Refused(_))));
        assert_eq!(direct("https://jira.example.com/jira").at("", STRICT, "/../x"), Err(DoorClosed::Nowhere));
    }

    #[test]
    fn only_a_cloud_id_becomes_a_segment_of_the_gateways_path() {
        let gateway = |id: &str| Door::Gateway { cloud_id: id.into() }.at("https://api.example", STRICT, "/rest/x");
        assert_eq!(gateway("a-1").as_deref(), Ok("https://api.example/ex/jira/a-1/rest/x"));
        for id in ["", "a/b", "..", "a%2fb", "a?b"] {
            assert_eq!(gateway(id), Err(DoorClosed::Nowhere), "{id}");
        }
        assert_eq!(Door::Gateway { cloud_id: "a".into() }.at("", STRICT, "/rest"), Err(DoorClosed::Misconfigured));
    }

    #[test]
    fn only_clouds_own_credentials_and_scoped_tokens_go_through_the_gateway() {
        let basic = |form| CredentialShown::Basic { form, username: None, expires_at: None };
        let is_direct = |site: &Site, kind, shown: Option<&CredentialShown>| {
            matches!(Door::to(site, kind, shown), Door::Direct { .. })
        };
        let cloud = site(Some("one"));
        assert!(!is_direct(&cloud, Kind::CloudOauth2, None));
        assert!(!is_direct(&cloud, Kind::Basic, Some(&basic(BasicForm::ScopedApiToken))));
        assert!(is_direct(&cloud, Kind::Basic, Some(&basic(BasicForm::ApiToken))));
        for kind in [Kind::DataCenterOauth2, Kind::Oauth1, Kind::Basic] {
            assert!(is_direct(&site(None), kind, None));
        }
    }

    #[test]
    fn a_door_is_written_so_that_earlier_versions_read_the_gateways() {
        let gateway = Door::Gateway { cloud_id: "one".into() };
        assert_eq!(serde_json::to_string(&gateway).ok().as_deref(), Some(r#"{"cloud_id":"one"}"#));
        let stored = r#"{"address":"https://jira.example.com"}"#;
        let read: Door = serde_json::from_str(stored).expect("a door");
        assert_eq!(read, direct("https://jira.example.com"));
    }
}
