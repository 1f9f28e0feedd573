//! Where calls to an instance go.

use api::{BasicForm, Connection, CredentialShown, Kind, Site};
use serde::{Deserialize, Serialize};

use crate::{
    address::{AddressRefused, Policy, StoredAddress},
    cloud_id::is_cloud_id,
    grant::Credential,
};

/// Where calls to an instance go. Serialized flat: `{"cloud_id":…}` or `{"address":…}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum JiraTarget {
    /// To Atlassian's gateway, by cloudId.
    Gateway {
        /// The site.
        cloud_id: String,
    },
    /// Directly to the instance.
    Direct {
        /// The base URL with the context path; checked again for each call.
        address: StoredAddress,
    },
}

/// Why an instance may not be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetRefused {
    /// The configuration lacks the gateway's address.
    Misconfigured,
    /// The stored cloudId is not one, or the path leads elsewhere.
    Nowhere,
    /// The address policy does not allow the address any more.
    Refused(AddressRefused),
}

impl JiraTarget {
    /// The target of a connection's calls; `None` while it has no site.
    pub fn of(connection: &Connection) -> Option<Self> {
        Some(Self::for_site(connection.site.as_ref()?, connection.kind, connection.credential.as_ref()))
    }

    /// The target for a site and a kind of credential: Cloud's OAuth 2.0 and scoped API tokens use the gateway.
    pub fn for_site(site: &Site, kind: Kind, credential: Option<&CredentialShown>) -> Self {
        let scoped = matches!(credential, Some(CredentialShown::Basic { form: BasicForm::ScopedApiToken, .. }));
        match &site.cloud_id {
            Some(cloud_id) if scoped || kind == Kind::CloudOauth2 => Self::Gateway { cloud_id: cloud_id.clone() },
            _ => Self::Direct { address: site.url.clone().into() },
        }
    }

    /// Whether Atlassian counts points for calls with `credential`: those with a token of the app do, at Jira Cloud. API tokens
    /// and Data Centers have no part in the app's hour.
    pub const fn costs_points(&self, credential: &Credential) -> bool {
        matches!((self, credential), (Self::Gateway { .. }, Credential::Bearer(_)))
    }

    /// Identifies the instance: its cloudId or address.
    pub fn key(&self) -> &str {
        match self {
            Self::Gateway { cloud_id } => cloud_id,
            Self::Direct { address } => address.as_str(),
        }
    }

    /// The context path of an instance that is called directly: empty, or it begins with a slash. `None` for what is
    /// called through the gateway.
    pub fn context_path(&self) -> Option<&str> {
        let Self::Direct { address } = self else { return None };
        let (_, rest) = address.as_str().split_once("://")?;
        Some(rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default())
    }

    /// The URL of `path_and_query`, which begins with a slash. `api_url` is the gateway's address without a trailing
    /// slash.
    pub fn url(&self, api_url: &str, policy: &Policy, path_and_query: &str) -> Result<String, TargetRefused> {
        match self {
            Self::Gateway { .. } if api_url.is_empty() => Err(TargetRefused::Misconfigured),
            Self::Gateway { cloud_id } if is_cloud_id(cloud_id) => {
                Ok(format!("{api_url}/ex/jira/{cloud_id}{path_and_query}"))
            }
            Self::Gateway { .. } => Err(TargetRefused::Nowhere),
            Self::Direct { address } => {
                let address = address.recheck(policy).map_err(TargetRefused::Refused)?;
                address.join(path_and_query).ok_or(TargetRefused::Nowhere)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: &Policy = &Policy { allow_loopback: false, own_host: None };

    fn direct(address: &str) -> JiraTarget {
        JiraTarget::Direct { address: address.to_owned().into() }
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
        let at = |target: &JiraTarget| target.url("https://api.example", STRICT, "/rest/api/2/myself");
        assert_eq!(
            at(&direct("https://jira.example.com/jira")).as_deref(),
            Ok("https://jira.example.com/jira/rest/api/2/myself")
        );
        assert!(matches!(at(&direct("https://10.0.0.1")), Err(TargetRefused::Refused(_))));
        assert!(matches!(at(&direct("http://localhost:2990")), Err(TargetRefused::Refused(_))));
        assert_eq!(direct("https://jira.example.com/jira").url("", STRICT, "/../x"), Err(TargetRefused::Nowhere));
    }

    #[test]
    fn only_a_cloud_id_becomes_a_segment_of_the_gateways_path() {
        let gateway =
            |id: &str| JiraTarget::Gateway { cloud_id: id.into() }.url("https://api.example", STRICT, "/rest/x");
        assert_eq!(gateway("a-1").as_deref(), Ok("https://api.example/ex/jira/a-1/rest/x"));
        for id in ["", "a/b", "..", "a%2fb", "a?b"] {
            assert_eq!(gateway(id), Err(TargetRefused::Nowhere), "{id}");
        }
        assert_eq!(
            JiraTarget::Gateway { cloud_id: "a".into() }.url("", STRICT, "/rest"),
            Err(TargetRefused::Misconfigured)
        );
    }

    #[test]
    fn only_calls_with_a_token_of_the_app_cost_points() {
        let gateway = JiraTarget::Gateway { cloud_id: "one".into() };
        let direct = JiraTarget::Direct { address: "https://jira.example.com".to_owned().into() };
        let bearer = Credential::Bearer(crate::grant::Token::parse("ACCESS-TOKEN").expect("a token"));
        let login = Credential::Basic(crate::grant::Login::parse("ada", "API-TOKEN").expect("a login"));
        let cost = |target: &JiraTarget| [&bearer, &login].map(|credential| target.costs_points(credential));
        assert_eq!((cost(&gateway), cost(&direct)), ([true, false], [false, false]));
    }

    #[test]
    fn only_clouds_own_credentials_and_scoped_tokens_go_through_the_gateway() {
        let basic = |form| CredentialShown::Basic { form, username: None, expires_at: None };
        let is_direct = |site: &Site, kind, shown: Option<&CredentialShown>| {
            matches!(JiraTarget::for_site(site, kind, shown), JiraTarget::Direct { .. })
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
        let gateway = JiraTarget::Gateway { cloud_id: "one".into() };
        assert_eq!(serde_json::to_string(&gateway).ok().as_deref(), Some(r#"{"cloud_id":"one"}"#));
        let stored = r#"{"address":"https://jira.example.com"}"#;
        let read: JiraTarget = serde_json::from_str(stored).expect("a door");
        assert_eq!(read, direct("https://jira.example.com"));
    }
}
