//! Values for development. They are public or can be guessed, so they are refused wherever people reach Causeway at
//! another machine than this one.

use api::Finding;
use url::Url;

use super::{finding, is_on_this_machine};
use crate::sealing::{KeyId, KeyRing};

/// `make run` reads this file as well, so the values that are refused here are those that everybody can read there.
const EXAMPLE: &str = include_str!("../../../../.dev.vars.example");

/// What is said of each value that the example publishes.
const PUBLISHED: &str = "is the published value of .dev.vars.example, which protects nothing away from this machine.";
/// The longest sequence of bytes that counts as a pattern when a key repeats it.
const LONGEST_PATTERN: usize = 16;

/// Whether development values are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deployed {
    /// `PUBLIC_URL` is on this machine.
    Here,
    /// It is elsewhere, missing or malformed.
    Elsewhere,
}

impl Deployed {
    pub(super) fn at(public_url: Option<&Url>) -> Self {
        if public_url.is_some_and(is_on_this_machine) { Self::Here } else { Self::Elsewhere }
    }

    /// Refuses a value that the example publishes.
    pub(super) fn unpublished(self, name: &'static str, value: String) -> Result<String, Finding> {
        if self == Self::Elsewhere && example(name) == Some(value.as_str()) {
            return Err(finding(name, PUBLISHED));
        }
        Ok(value)
    }

    /// Refuses an address on this machine: nothing but the model of Atlassian is there.
    pub(super) fn reachable(self, name: &'static str, url: Url) -> Result<Url, Finding> {
        if self == Self::Elsewhere && is_on_this_machine(&url) {
            return Err(finding(name, "leads to this machine, where only the model of Atlassian for development is."));
        }
        Ok(url)
    }

    /// Refuses a ring whose first key is no secret, because that key seals.
    pub(super) fn secret_ring(self, ring: KeyRing) -> Result<KeyRing, Finding> {
        let known = self.known_keys(&ring).next();
        match known {
            Some((id, why)) if ring.ids().first() == Some(&id) => {
                Err(finding("SEALING_KEYS", &format!("seals with the key `{id}`, which {why}")))
            }
            _ => Ok(ring),
        }
    }

    /// Names another key of the ring that is no secret. It may stay until everything that it sealed is sealed anew.
    pub(super) fn other_known_key(self, ring: &KeyRing) -> Option<Finding> {
        let (id, why) = self.known_keys(ring).next()?;
        let message = format!("contains the key `{id}`, which {why} Remove it once sealing.finished_at is set.");
        Some(finding("SEALING_KEYS", &message))
    }

    /// The keys that are published or patterned, in the ring's order, with what is wrong with each.
    fn known_keys(self, ring: &KeyRing) -> impl Iterator<Item = (KeyId, &'static str)> {
        let published = example("SEALING_KEYS").and_then(|keys| KeyRing::parse(keys).ok());
        ring.keys().filter(move |_| self == Self::Elsewhere).filter_map(move |(id, key)| {
            let is_published = published.iter().flat_map(KeyRing::keys).any(|(_, other)| other == key);
            let why = match (is_published, is_patterned(key)) {
                (true, _) => PUBLISHED,
                (false, true) => "is not random: make one with `openssl rand -base64 32`.",
                (false, false) => return None,
            };
            Some((id.clone(), why))
        })
    }
}

/// The value of a variable in the example.
fn example(name: &str) -> Option<&'static str> {
    let values = EXAMPLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    values.map(|(key, value)| (key.trim(), value.trim())).find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Whether the bytes of a key count up or down by equal steps, or repeat a shorter sequence. Random bytes do not.
fn is_patterned(key: &[u8; 32]) -> bool {
    let steps: Vec<u8> = key.iter().zip(key.iter().skip(1)).map(|(one, next)| next.wrapping_sub(*one)).collect();
    let counts = steps.iter().all(|step| steps.first() == Some(step));
    let repeats = |period| key.iter().zip(key.iter().skip(period)).all(|(one, later)| one == later);
    counts || (1..=LONGEST_PATTERN).any(repeats)
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    use super::*;
    use crate::configuration::Configuration;

    const RANDOM: &str = "dGVzdHMgb2YgdGhlIGVkZ2UsIHNlYWxpbmcga2V5IDE=";

    fn byte(number: usize) -> u8 {
        u8::try_from(number).expect("a byte")
    }

    /// The names that are found wrong in the example's values, with `changed` ones in their place, at an address.
    fn found(public_url: &'static str, changed: &[(&str, String)]) -> Vec<String> {
        let changed = changed.to_vec();
        let configuration = Configuration::read(move |name| {
            let own = changed.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
            if name == "PUBLIC_URL" { Some(public_url.to_owned()) } else { own.or(example(name).map(str::to_owned)) }
        });
        configuration.findings().into_iter().map(|finding| finding.name).collect()
    }

    fn with_keys(keys: &str) -> Vec<String> {
        let real = [
            ("ATLASSIAN_AUTH_URL", "https://auth.atlassian.com"),
            ("ATLASSIAN_API_URL", "https://api.atlassian.com"),
            ("ATLASSIAN_CLIENT_ID", "id"),
            ("ATLASSIAN_CLIENT_SECRET", "secret"),
            ("OIDC_ISSUER", "https://id.example"),
            ("OIDC_CLIENT_SECRET", "secret"),
            ("ALLOW_LOOPBACK", "false"),
            ("SEALING_KEYS", keys),
        ];
        found("https://causeway.example", &real.map(|(name, value)| (name, value.to_owned())))
    }

    #[test]
    fn development_values_are_named_and_stop_their_routes_wherever_people_are_elsewhere() {
        for elsewhere in ["https://causeway.example", "https://localhost.causeway.example", ""] {
            let found = found(elsewhere, &[]);
            for name in [
                "ATLASSIAN_AUTH_URL",
                "ATLASSIAN_API_URL",
                "ATLASSIAN_CLIENT_ID",
                "ATLASSIAN_CLIENT_SECRET",
                "OIDC_ISSUER",
                "OIDC_CLIENT_SECRET",
                "SEALING_KEYS",
            ] {
                assert!(found.iter().any(|one| one == name), "{name} was accepted at {elsewhere:?}");
            }
        }
    }

    #[test]
    fn on_this_machine_the_example_is_a_whole_configuration() {
        for here in ["http://localhost:8787", "http://127.0.0.1:1", "http://[::1]:8787", "https://localhost"] {
            assert_eq!(found(here, &[]), Vec::<String>::new());
        }
    }

    #[test]
    fn a_sealing_key_that_is_published_or_has_a_pattern_does_not_seal() {
        let published = example("SEALING_KEYS").and_then(|keys| keys.split(':').nth(1)).expect("a key");
        let up: [u8; 32] = std::array::from_fn(byte);
        let down: [u8; 32] = std::array::from_fn(|at| 0_u8.wrapping_sub(3 * byte(at)));
        let repeated: [u8; 32] = std::array::from_fn(|at| *b"0123456789abcdee".get(at % 16).expect("a byte"));
        let patterned = [[0; 32], [7; 32], up, down, repeated].map(|key| STANDARD.encode(key));
        for key in patterned.iter().map(String::as_str).chain([published]) {
            assert_eq!(with_keys(&format!("other-name:{key}")), ["SEALING_KEYS"], "{key} was accepted");
        }
        assert_eq!(with_keys(&format!("k1:{RANDOM}")), Vec::<String>::new());
    }

    #[test]
    fn a_published_key_that_only_opens_is_named_until_it_is_removed() {
        let published = example("SEALING_KEYS").expect("a key");
        let ring = format!("k1:{RANDOM},{published}");
        assert_eq!(with_keys(&ring), ["SEALING_KEYS"]);
        let configuration = Configuration::read(move |name| (name == "SEALING_KEYS").then(|| ring.clone()));
        assert!(configuration.key_ring().is_ok(), "what it sealed has to be sealed anew with the first one");
    }
}
