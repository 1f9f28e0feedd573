//! The Worker's configuration: names and values, as `.dev.vars` files write them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::{fmt, io};

use crate::checkout;

/// The example that a checkout comes with; everything in it is for development only.
pub const EXAMPLE: &str = ".dev.vars.example";
/// What a person adds or changes on their machine.
pub const OWN: &str = ".dev.vars";

/// Names and values. Values are never printed: some are secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Configuration(BTreeMap<String, String>);

impl Configuration {
    /// The example of this checkout.
    ///
    /// # Panics
    /// If it is not there.
    pub fn example() -> Self {
        Self::read(&checkout::root().join(EXAMPLE)).expect(".dev.vars.example is part of the checkout")
    }

    /// Reads a file of lines `NAME=value`; the value may stand in quotes.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(Self::parse(&fs::read_to_string(path)?))
    }

    fn parse(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        let pairs = lines.filter_map(|line| line.split_once('='));
        Self(pairs.map(|(name, value)| (name.trim().to_owned(), unquoted(value.trim()).to_owned())).collect())
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The same with another value of `name`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// The same without `name`.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    /// The same with everything `other` has, which wins.
    #[must_use]
    pub fn overlaid_by(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The names and values.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The names and values as a JSON object.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::json!(self.0)
    }

    /// Writes the file that `wrangler dev --env-file` reads.
    ///
    /// # Errors
    /// If the file cannot be written.
    ///
    /// # Panics
    /// If a value holds a single quote or a line break, which that format cannot say.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let line = |(name, value): (&String, &String)| {
            assert!(!value.contains(['\'', '\n', '\r']), "{name} cannot be written to an env file");
            format!("{name}='{value}'\n")
        };
        let text: String = self.0.iter().map(line).collect();
        // Only its owner may read it: a person's own values are real secrets.
        let options = fs::File::options().create(true).write(true).truncate(true).mode(0o600).open(path);
        options?.write_all(text.as_bytes())
    }
}

impl fmt::Debug for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

fn unquoted(value: &str) -> &str {
    let within = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    within('"').or_else(|| within('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("vars");
        let written = Configuration::default().with("A", "x=y==").with("B", "");
        written.write(&path).expect("it can be written");
        assert_eq!(Configuration::read(&path).expect("it can be read"), written);
    }

    #[test]
    fn a_persons_own_values_win_over_the_example() {
        let example = Configuration::parse("# A=0\nA=1\nB = \"2\"\n");
        let own = Configuration::parse("A=3");
        let both = example.overlaid_by(own);
        assert_eq!((both.get("A"), both.get("B")), (Some("3"), Some("2")));
    }

    #[test]
    fn values_are_not_printed() {
        assert!(!format!("{:?}", Configuration::default().with("A", "secret")).contains("secret"));
    }
}
