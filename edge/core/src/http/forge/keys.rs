//! Remembers the keys that sign invocation tokens.
//!
//! They are fetched again after an hour, and for a key id that is unknown at most once a minute. Where they cannot be
//! fetched, those of the last day are used, so that charts outlast an outage of the place where keys are published.

use std::{cell::RefCell, rc::Rc};

use api::{ProblemCode, Timestamp};
use openidconnect::{JsonWebKeySetUrl, core::CoreJsonWebKeySet};
use url::Url;

use crate::{
    http::{Platform, failure::RequestFailure, key_set},
    proxy::single_flight::SingleFlight,
};

/// How long keys are used, in milliseconds: an hour.
const FRESH: i64 = 3_600_000;
/// How long they are used where there are no newer ones, in milliseconds: a day.
const KEPT: i64 = 86_400_000;

/// What an isolate knows of the keys.
#[derive(Default)]
pub(in crate::http) struct ForgeKeys {
    known: RefCell<Option<Known>>,
    flight: SingleFlight<()>,
}

#[derive(Clone)]
pub(super) struct Known {
    url: Url,
    pub(super) keys: Rc<CoreJsonWebKeySet>,
    fetched_at: Timestamp,
}

impl ForgeKeys {
    /// The keys, as they were published within the last hour.
    pub(super) async fn get<P: Platform>(&self, platform: &P, url: &Url) -> Result<Known, RequestFailure> {
        let look = || self.younger_than(FRESH, url, platform.now());
        let _permit = match self.flight.join_or_begin(platform, &(), look).await {
            Ok(known) => return Ok(known),
            Err(permit) => permit,
        };
        match self.fetch(platform, url).await {
            Ok(known) => Ok(known),
            Err(failure) => self.younger_than(KEPT, url, platform.now()).ok_or(failure),
        }
    }

    /// Keys that are newer than those of `known`; `None` if they were fetched a moment ago.
    pub(super) async fn newer<P: Platform>(
        &self,
        platform: &P,
        known: &Known,
    ) -> Result<Option<Known>, RequestFailure> {
        let newest = self.younger_than(FRESH, &known.url, platform.now()).unwrap_or_else(|| known.clone());
        if newest.fetched_at > known.fetched_at {
            return Ok(Some(newest));
        }
        if (0..key_set::PAUSE).contains(&platform.now().since(newest.fetched_at)) {
            return Ok(None);
        }
        self.fetch(platform, &known.url).await.map(Some)
    }

    fn younger_than(&self, age: i64, url: &Url, now: Timestamp) -> Option<Known> {
        let is_young = |known: &&Known| known.url == *url && (0..age).contains(&now.since(known.fetched_at));
        self.known.borrow().as_ref().filter(is_young).cloned()
    }

    async fn fetch<P: Platform>(&self, platform: &P, url: &Url) -> Result<Known, RequestFailure> {
        let keys = key_set::fetch(platform, &JsonWebKeySetUrl::from_url(url.clone())).await.map_err(|why| {
            let detail = "The keys of Atlassian's invocation tokens cannot be loaded.";
            RequestFailure::new(ProblemCode::Unavailable, detail).with_cause(why)
        })?;
        let known = Known { url: url.clone(), keys: Rc::new(keys), fetched_at: platform.now() };
        *self.known.borrow_mut() = Some(known.clone());
        Ok(known)
    }
}
