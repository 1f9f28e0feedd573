//! Random requests, with all that an address may hold and both ends must read alike.

use edge_core::fakes::SeededRandom;

const METHODS: [&str; 8] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "get", "Post"];
const SCHEMES: [&str; 3] = ["http", "https", "HTTPS"];
const HOSTS: [&str; 6] =
    ["jira.example.com", "JIRA.Example.COM", "a-b.test", "192.0.2.7", "[2001:DB8::1]", "xn--mnchen-3ya.test"];
const PORTS: [&str; 6] = ["", "", ":80", ":443", ":8080", ":8443"];
const IN_PATHS: [&str; 20] = [
    "rest", "api", "Issue", "2", "A-1", "~ada", "%C3%A4", "%c3%a4", "%2F", "%20", "%25", "a.b", "_", "(x)", "!", "*",
    "'", ",", "@", "a=b",
];
const IN_QUERIES: [&str; 30] = [
    "a",
    "B",
    "9",
    "jql",
    "z~",
    "-._",
    "+",
    "%20",
    "%2B",
    "%26",
    "%3D",
    "%25",
    "%C3%A4",
    "%e2%98%83",
    "%F0%9F%98%80",
    "%7E",
    "%7e",
    "%0A",
    "%00",
    "*",
    "!",
    "(",
    ")",
    "'",
    ",",
    ":",
    "@",
    "/",
    "?",
    "$",
];
const IN_VALUES: [&str; 14] =
    ["a", "Z", "0", "-", "_", ".", "~", "+", "/", "=", "https://causeway.example.com/x?y=1&z", "ä", "☃", " "];

pub(crate) struct RandomRequests(SeededRandom);

impl RandomRequests {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    fn one_of<T: Copy>(&self, choices: &[T]) -> T {
        choices[usize::try_from(self.0.below(choices.len() as u64)).expect("an index")]
    }

    fn joined(&self, choices: &[&str], from: u64, below: u64, between: &str) -> String {
        let count = from + self.0.below(below - from);
        (0..count).map(|_| self.one_of(choices)).collect::<Vec<_>>().join(between)
    }

    pub(crate) fn method(&self) -> String {
        self.one_of(&METHODS).to_owned()
    }

    /// An address as somebody might write it.
    pub(crate) fn url(&self) -> String {
        let (scheme, host, port) = (self.one_of(&SCHEMES), self.one_of(&HOSTS), self.one_of(&PORTS));
        let path = if self.0.below(10) == 0 { String::new() } else { format!("/{}", self.path()) };
        let query = if self.0.below(5) == 0 { String::new() } else { format!("?{}", self.fields(7)) };
        format!("{scheme}://{host}{port}{path}{query}")
    }

    /// The address of a call to Jira.
    pub(crate) fn call(&self) -> String {
        format!("https://jira.example.com/jira/rest/{}?{}", self.path(), self.fields(5))
    }

    fn path(&self) -> String {
        self.joined(&IN_PATHS, 1, 6, self.one_of(&["/", "/", ""]))
    }

    /// Several fields of a query or a form, some twice, some without a value.
    fn fields(&self, most: u64) -> String {
        let mut fields: Vec<String> = (0..self.0.below(most)).map(|_| self.field()).collect();
        if let Some(first) = fields.first().filter(|_| self.0.below(4) == 0).cloned() {
            fields.push(first);
        }
        fields.join(self.one_of(&["&", "&", "&&"]))
    }

    fn field(&self) -> String {
        let name = self.joined(&IN_QUERIES, 1, 5, "");
        match self.0.below(6) {
            0 => name,
            1 => format!("{name}="),
            _ => format!("{name}={}", self.joined(&IN_QUERIES, 1, 9, self.one_of(&["", "="]))),
        }
    }

    pub(crate) fn form(&self) -> Option<String> {
        (self.0.below(3) == 0).then(|| self.fields(5))
    }

    pub(crate) fn protocol(&self) -> Vec<(&'static str, String)> {
        let names =
            ["oauth_consumer_key", "oauth_nonce", "oauth_timestamp", "oauth_token", "oauth_callback", "oauth_verifier"];
        names.into_iter().map(|name| (name, self.joined(&IN_VALUES, 1, 9, ""))).collect()
    }
}
