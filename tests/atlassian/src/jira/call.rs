//! One call that was let through: who asks what, and what the answer may need of the rest of the model.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::Answer;
use super::edition::Edition;
use super::upload::Upload;
use crate::clock::Moment;
use crate::people::{Person, Profile};
use crate::sites::Site;
use crate::world::World;

/// What was asked; `path` is what follows the cloudId or the context path, without its slash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) body: &'a Bytes,
    pub(crate) upload: &'a Upload,
}

/// Who asks, and where.
#[derive(Debug)]
pub(crate) struct Visitor {
    pub(crate) edition: Edition,
    /// What `/rest/…` follows, as the answers write it.
    pub(crate) base: String,
    pub(crate) person: Person,
    /// Those who have an account there.
    pub(crate) people: Vec<Profile>,
    /// The first number of a Data Center's version; nothing at Cloud.
    pub(crate) major_version: Option<u32>,
}

impl Visitor {
    /// A person at a Cloud site, whose answers name `base` as its address.
    pub(crate) fn at_site(world: &World, base: String, person: Person, site: &Site) -> Self {
        let mut people = world.read(|state| state.people.clone());
        people.retain(|profile| site.people.contains(&profile.person));
        Self { edition: Edition::Cloud, base, person, people, major_version: None }
    }
}

/// A call, with what its answer may need of the rest of the model.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) edition: Edition,
    pub(super) person: Person,
    pub(super) people: Vec<Profile>,
    pub(super) now: Moment,
    pub(super) major_version: Option<u32>,
    /// How long the search index is behind, in seconds.
    pub(super) index_lag: u64,
    /// How long a transition takes, in seconds: another one of the same issue is refused meanwhile.
    pub(super) transition_seconds: u64,
    /// How long a task takes, in seconds.
    pub(super) task_seconds: u64,
    /// What `/rest/…` follows, as the answers write it.
    pub(super) base: String,
    /// The address of the REST API, such as `{model}/ex/jira/{cloudId}/rest/api/3`.
    pub(super) api: String,
    /// Where the model serves pictures and media.
    pub(super) pictures: String,
    /// What the path has where its template has a name in braces, decoded.
    captured: BTreeMap<&'static str, String>,
    query: Vec<(String, String)>,
    body: &'a [u8],
    pub(super) upload: &'a Upload,
}

impl<'a> Call<'a> {
    pub(super) fn of(
        world: &World,
        visitor: Visitor,
        asked: &Asked<'a>,
        captured: BTreeMap<&'static str, String>,
    ) -> Self {
        let Visitor { edition, base, person, people, major_version } = visitor;
        Self {
            edition,
            person,
            people,
            now: world.now(),
            major_version,
            index_lag: world.read(|state| state.settings.index_lag),
            transition_seconds: world.read(|state| state.settings.transition_seconds),
            task_seconds: world.read(|state| state.settings.task_seconds),
            api: format!("{base}/rest/api/{}", edition.version()),
            base,
            pictures: world.url(),
            captured,
            query: url::form_urlencoded::parse(asked.query.as_bytes()).into_owned().collect(),
            body: asked.body,
            upload: asked.upload,
        }
    }

    /// What stands in the path for a name of the template.
    pub(super) fn captured(&self, name: &str) -> &str {
        self.captured.get(name).map(String::as_str).unwrap_or_default()
    }

    /// A parameter of the query, decoded.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a parameter that may be repeated or have commas.
    pub(super) fn parameters(&self, name: &str) -> Vec<String> {
        let values = self.query.iter().filter(|(key, _)| key == name).flat_map(|(_, value)| value.split(','));
        values.map(str::trim).filter(|value| !value.is_empty()).map(String::from).collect()
    }

    /// A parameter that is a number.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.parameter(name)?.parse().ok()
    }

    /// Whether something is named in the `expand` of the query.
    pub(super) fn expands(&self, what: &str) -> bool {
        self.parameters("expand").iter().any(|expanded| expanded == what)
    }

    /// The body as JSON, or Jira's answer to what is none.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Answer> {
        let refused = "There was an error parsing JSON. Check that your request body is valid.";
        serde_json::from_slice(self.body).map_err(|_| Answer::refusal(400, refused))
    }

    pub(super) fn has_body(&self) -> bool {
        !self.body.is_empty()
    }

    /// Where the bytes of an attachment are, as its description names it.
    pub(super) fn content_address(&self, id: u64, file_name: &str) -> String {
        self.file_address("content", "attachment", id, file_name)
    }

    /// Where a small picture of it is.
    pub(super) fn thumbnail_address(&self, id: u64, file_name: &str) -> String {
        self.file_address("thumbnail", "thumbnail", id, file_name)
    }

    fn file_address(&self, at_cloud: &str, at_data_center: &str, id: u64, file_name: &str) -> String {
        if self.is_cloud() {
            return format!("{}/attachment/{at_cloud}/{id}", self.api);
        }
        let name = percent_encoding::utf8_percent_encode(file_name, percent_encoding::NON_ALPHANUMERIC);
        format!("{}/secure/{at_data_center}/{id}/{name}", self.base)
    }

    /// A moment as this Jira writes it: Cloud by the clocks of the caller's account, Data Center by its server's.
    pub(super) fn date(&self, at: Moment) -> String {
        at.as_jira_date_in(if self.is_cloud() { self.person.time_zone().offset(at) } else { 0 })
    }

    pub(super) fn is_cloud(&self) -> bool {
        self.edition != Edition::DataCenter
    }

    pub(super) fn profile(&self, person: Person) -> Option<&Profile> {
        self.people.iter().find(|profile| profile.person == person)
    }

    /// A page of `all`, as `startAt` and `maxResults` ask for it, in the shape of Jira's page beans.
    pub(super) fn page(&self, path: &str, usual: usize, all: &[Value]) -> Value {
        let start = self.number("startAt").unwrap_or(0);
        let size = self.number("maxResults").unwrap_or(usual).clamp(1, 1_000);
        let values: Vec<&Value> = all.iter().skip(start).take(size).collect();
        let is_last = start + values.len() >= all.len();
        let address = |start: usize| format!("{}/{path}?startAt={start}&maxResults={size}", self.api);
        let mut page = serde_json::json!({
            "self": address(start),
            "maxResults": size,
            "startAt": start,
            "total": all.len(),
            "isLast": is_last,
            "values": values,
        });
        if !is_last {
            page["nextPage"] = address(start + size).into();
        }
        page
    }
}
