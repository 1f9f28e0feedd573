//! What reached the model of Atlassian: with whose token, and how often a refresh token was presented.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use atlassian::{Endpoint, Model, Recorded};

use crate::calls::Target;

/// The most requests with one refresh token.
const PRESENTED: usize = 2;
/// The most of what is wrong that is kept.
const MOST: usize = 50;

#[derive(Default)]
struct Seen {
    /// How often each refresh token was presented.
    presented: HashMap<String, usize>,
    calls: usize,
    wrong: Vec<String>,
}

pub(crate) struct Upstream {
    model: Model,
    /// The token family of each connection, by its number.
    families: Vec<usize>,
    seen: Mutex<Seen>,
}

impl Upstream {
    pub(crate) fn of(model: Model, targets: &[Target]) -> Self {
        model.forget_requests();
        Self { model, families: targets.iter().map(|target| target.family).collect(), seen: Mutex::default() }
    }

    /// Looks at what came since the last time. What comes between reading and forgetting is not looked at.
    pub(crate) fn look(&self) {
        let requests = self.model.requests();
        self.model.forget_requests();
        let families = self.model.families();
        let owners: HashMap<&str, usize> = families
            .iter()
            .enumerate()
            .flat_map(|(number, family)| family.pairs.iter().map(move |pair| (pair.access_token.as_str(), number)))
            .collect();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for request in &requests {
            match request.endpoint {
                Endpoint::Jira => seen.call(request, &owners, &self.families),
                Endpoint::Token => seen.token_request(request),
                _ => {}
            }
        }
    }

    /// How many calls were looked at, how many refresh tokens were presented, and with how many requests.
    pub(crate) fn counted(&self) -> (usize, usize, usize) {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        (seen.calls, seen.presented.len(), seen.presented.values().sum())
    }

    pub(crate) fn wrong(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let often = seen.presented.values().filter(|times| **times > PRESENTED);
        let often = often.map(|times| format!("a refresh token was presented {times} times"));
        let ended = self.model.families().into_iter().filter_map(|family| family.ended);
        let ended = ended.map(|(_, death)| format!("a token family ended: {death:?}"));
        let nothing = (seen.calls == 0 || seen.presented.is_empty())
            .then(|| format!("{} calls and {} refreshes were looked at", seen.calls, seen.presented.len()));
        seen.wrong.iter().cloned().chain(often).chain(ended).chain(nothing).collect()
    }
}

impl Seen {
    /// A call carries the number of its connection, and must carry a token of that connection.
    fn call(&mut self, request: &Recorded, owners: &HashMap<&str, usize>, families: &[usize]) {
        let number = request.query.strip_prefix("load=").and_then(|number| number.parse::<usize>().ok());
        let Some(expected) = number.and_then(|number| families.get(number)) else { return };
        self.calls += 1;
        let authorization = request.headers.get("authorization").and_then(|value| value.to_str().ok());
        let token = authorization.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        if owners.get(token) != Some(expected) && self.wrong.len() < MOST {
            let owner = owners.get(token);
            self.wrong.push(format!("a call of connection {expected} reached Atlassian with the token of {owner:?}"));
        }
    }

    fn token_request(&mut self, request: &Recorded) {
        if let Some(token) = refresh_token(&request.body) {
            *self.presented.entry(token).or_default() += 1;
        }
    }
}

/// The refresh token of a request to the token endpoint, which is JSON or a form.
fn refresh_token(body: &[u8]) -> Option<String> {
    if let Ok(json) = serde_json::from_slice::<serde_json::Value>(body) {
        return json["refresh_token"].as_str().map(str::to_owned);
    }
    let mut fields = url::form_urlencoded::parse(body);
    fields.find(|(name, _)| name == "refresh_token").map(|(_, token)| token.into_owned())
}
