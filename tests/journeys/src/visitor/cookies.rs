//! A cookie jar, as far as these journeys need one: like Chromium, and unlike the cookie libraries, it keeps secure
//! cookies on loopback without TLS.

use std::collections::BTreeMap;

use url::Url;

use super::Answer;

/// Name and value by origin.
#[derive(Clone, Debug, Default)]
pub(super) struct Cookies(BTreeMap<String, BTreeMap<String, String>>);

impl Cookies {
    /// Keeps what an answer sets, and drops what it ends.
    pub(super) fn keep(&mut self, answer: &Answer) {
        let jar = self.0.entry(answer.url.origin().ascii_serialization()).or_default();
        for line in answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()) {
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            if parts.any(|attribute| attribute.eq_ignore_ascii_case("max-age=0")) {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// What is sent to `url`.
    pub(super) fn header(&self, url: &Url) -> String {
        let jar = self.0.get(&url.origin().ascii_serialization());
        let pairs = jar.into_iter().flatten().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// The names kept for the origin of `url`.
    pub(super) fn names(&self, url: &Url) -> Vec<String> {
        self.0.get(&url.origin().ascii_serialization()).into_iter().flat_map(|jar| jar.keys().cloned()).collect()
    }
}
