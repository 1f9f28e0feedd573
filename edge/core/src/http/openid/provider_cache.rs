//! Remembers the provider's description and keys for ten minutes, so that beginning a sign-in, which anybody may, costs
//! the provider nothing.
//!
//! A failed fetch is not remembered. Of several requests that need the same, one asks: see [`SingleFlight`].

use std::{cell::RefCell, rc::Rc};

use api::Timestamp;
use openidconnect::core::CoreJsonWebKeySet;

use super::discovery::{Description, fetch_description, fetch_keys};
use crate::{
    configuration::Oidc,
    http::{Platform, failure::RequestFailure, key_set},
    proxy::single_flight::SingleFlight,
};

/// How long a description is used, in milliseconds.
const FRESH: i64 = 600_000;

/// What an isolate knows of the provider.
#[derive(Default)]
pub(crate) struct ProviderCache {
    known: RefCell<Option<Known>>,
    flight: SingleFlight<()>,
}

#[derive(Clone)]
pub(super) struct Known {
    /// The issuer as it was configured.
    issuer: String,
    pub(super) description: Rc<Description>,
    pub(super) keys: Rc<CoreJsonWebKeySet>,
    fetched_at: Timestamp,
    keys_fetched_at: Timestamp,
}

impl ProviderCache {
    /// The provider, as it was described within the last ten minutes.
    pub(super) async fn get<P: Platform>(&self, platform: &P, oidc: &Oidc<'_>) -> Result<Known, RequestFailure> {
        let look = || self.fresh(oidc, platform.now());
        let _permit = match self.flight.join_or_begin(platform, &(), look).await {
            Ok(known) => return Ok(known),
            Err(permit) => permit,
        };
        let description = Rc::new(fetch_description(platform, oidc).await?);
        let keys = Rc::new(fetch_keys(platform, &description).await?);
        let (issuer, now) = (oidc.issuer.to_owned(), platform.now());
        Ok(self.remember(Known { issuer, description, keys, fetched_at: now, keys_fetched_at: now }))
    }

    /// The provider with keys that are newer than those of `known`; `None` if they were fetched a moment ago. Another
    /// request may have fetched them meanwhile.
    pub(super) async fn with_newer_keys<P: Platform>(
        &self,
        platform: &P,
        oidc: &Oidc<'_>,
        known: &Known,
    ) -> Result<Option<Known>, RequestFailure> {
        let newest = self.fresh(oidc, platform.now()).unwrap_or_else(|| known.clone());
        if newest.keys_fetched_at > known.keys_fetched_at {
            return Ok(Some(newest));
        }
        if (0..key_set::PAUSE).contains(&platform.now().since(newest.keys_fetched_at)) {
            return Ok(None);
        }
        let keys = Rc::new(fetch_keys(platform, &newest.description).await?);
        Ok(Some(self.remember(Known { keys, keys_fetched_at: platform.now(), ..newest })))
    }

    fn fresh(&self, oidc: &Oidc<'_>, now: Timestamp) -> Option<Known> {
        let is_fresh =
            |known: &&Known| known.issuer == oidc.issuer && (0..FRESH).contains(&now.since(known.fetched_at));
        self.known.borrow().as_ref().filter(is_fresh).cloned()
    }

    fn remember(&self, known: Known) -> Known {
        *self.known.borrow_mut() = Some(known.clone());
        known
    }
}
