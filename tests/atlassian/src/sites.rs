//! The Jira sites of this Atlassian and who reaches them.

use serde::{Deserialize, Serialize};

use crate::people::Person;

/// The cloudId of *Harbour Logistics*; Ada, Bob and Max reach it.
pub const HARBOUR: &str = "1f0c6a52-6f3e-4b0a-8c4e-5d1a7e9b0001";
/// The cloudId of *Meadow Health*; Ada and Bob reach it.
pub const MEADOW: &str = "2a9d7b14-0c5f-4e8b-9f27-8b3c6d2e0002";
/// The cloudId of *Tinker Labs*; Ada reaches it.
pub const TINKER: &str = "3e5b8c76-7d21-4a9c-b6d8-1c4f0a7b0003";

/// One Jira Cloud site. The id stays for ever; name and address may change.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Site {
    /// The cloudId.
    pub id: String,
    /// The name as people read it.
    pub name: String,
    /// The address people open, such as `https://harbour.atlassian.net`.
    pub url: String,
    /// Who has access.
    pub people: Vec<Person>,
    /// Whether the site refuses every API call that does not come from an allowed address.
    pub ip_allow_list: bool,
}

impl Site {
    fn new(id: &str, name: &str, host: &str, people: &[Person]) -> Self {
        let url = format!("https://{host}.atlassian.net");
        Self { id: id.into(), name: name.into(), url, people: people.into(), ip_allow_list: false }
    }

    /// The sites a new model starts with.
    pub(crate) fn all() -> Vec<Self> {
        vec![
            Self::new(HARBOUR, "Harbour Logistics", "harbour", &[Person::Ada, Person::Bob, Person::Max]),
            Self::new(MEADOW, "Meadow Health", "meadow", &[Person::Ada, Person::Bob]),
            Self::new(TINKER, "Tinker Labs", "tinker", &[Person::Ada]),
        ]
    }
}
