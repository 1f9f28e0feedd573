//! Which hosts are Jira Cloud. What a host says of itself is no proof: anybody may answer as a Cloud site does, with the
//! cloudId of somebody else's, which is public.

use url::Url;

use super::{Address, Policy, is_loopback};

/// The domains whose names Atlassian alone gives away, each to one site of Jira Cloud.
const ATLASSIANS: &[&str] = &["atlassian.net", "jira.com"];

impl Address {
    /// Whether the host is a name of Atlassian's, at which nothing but Jira Cloud answers.
    pub fn is_atlassians(&self) -> bool {
        let is_beneath = |domain: &&str| self.host().strip_suffix(*domain).is_some_and(|rest| rest.ends_with('.'));
        ATLASSIANS.iter().any(is_beneath)
    }

    /// Whether the host is believed when it says that it is Jira Cloud: a name of Atlassian's or, where the policy allows
    /// loopback, a model of one on this machine.
    pub fn may_be_cloud(&self, policy: &Policy) -> bool {
        let here = || Url::parse(&self.0).is_ok_and(|url| url.host().is_some_and(|host| is_loopback(&host)));
        self.is_atlassians() || (policy.allow_loopback && here())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC_ONLY: &Policy = &Policy { allow_loopback: false, own_host: None };
    const LAPTOP: &Policy = &Policy { allow_loopback: true, own_host: None };

    #[test]
    fn only_atlassians_names_and_models_on_a_laptop_may_be_cloud() {
        let may = |text: &str, policy| Address::check(text, policy).expect(text).may_be_cloud(policy);
        for text in ["https://acme.atlassian.net", "https://ACME.Atlassian.net/", "https://acme.jira.com"] {
            assert!(may(text, PUBLIC_ONLY), "{text}");
        }
        for text in [
            "https://jira.example.com",
            "https://atlassian.net.example.com",
            "https://evilatlassian.net",
            "https://atlassian.net",
            "https://example.com/acme.atlassian.net",
            "https://acme.atlassian.network",
            "https://8.8.8.8",
        ] {
            assert!(!may(text, PUBLIC_ONLY) && !may(text, LAPTOP), "{text}");
        }
        for text in ["http://127.0.0.1:4001", "http://localhost:4001"] {
            assert!(may(text, LAPTOP), "{text}");
            let address = Address::check(text, LAPTOP).expect(text);
            assert!(!address.may_be_cloud(PUBLIC_ONLY), "{text}");
        }
    }
}
