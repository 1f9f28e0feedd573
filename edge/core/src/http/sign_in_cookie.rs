//! The cookie of a browser that is at the OpenID provider.
//!
//! Anybody may begin to sign in, so nothing about it is stored here: what belongs to a state travels with the browser,
//! sealed. Each state has a cookie of its own, so several tabs can sign in at once.

use api::Timestamp;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::{Deserialize, Serialize};

use crate::{
    http::{Edge, Platform, cookies, failure::RequestFailure},
    organization::{Refusal, SIGN_IN_LIFE},
    sealing::{self, Sealed, SealingContext},
    secrets::{Digest, Secret},
};

/// How long a browser keeps the cookie, in seconds. It opens for ten minutes only; a browser that returns later still
/// shows that it keeps cookies, and is told that it is too late.
const KEPT_SECONDS: u32 = 3_600;
/// The most such cookies of a browser: proxies refuse requests with too many bytes of cookies.
const MOST: usize = 8;
/// The characters of the state's digest in the cookie's name.
const NAMED_BY: usize = 16;

/// A sign-in that a browser has begun.
pub(super) struct PendingSignIn {
    /// From which the nonce and the PKCE verifier are derived.
    pub(super) secret: Secret,
    /// The path of ours to return to.
    pub(super) return_to: String,
    /// Whether the provider was asked to let the person select an account.
    pub(super) selects_account: bool,
}

/// What a browser brings back for a state.
pub(super) enum SignInCookie {
    /// The sign-in that it began.
    Opened(PendingSignIn),
    /// No cookie for this state, or one that opens no more: it is too old, or of another browser.
    Ended,
    /// No cookie of ours at all.
    NoCookies,
}

/// The sealed content.
#[derive(Serialize, Deserialize)]
struct Content {
    v: u8,
    secret: String,
    return_to: String,
    #[serde(default)]
    selects_account: bool,
    expires_at: Timestamp,
}

fn name(state: &Digest) -> String {
    let named_by: String = state.as_str().chars().take(NAMED_BY).collect();
    format!("{}{named_by}", cookies::SIGN_IN)
}

impl<P: Platform> Edge<P> {
    /// The cookies to set for a sign-in that begins (503 without a sealing key): its own, and the oldest of too many
    /// removed. The time before the dot orders them; the one that counts is sealed.
    pub(super) async fn begin_sign_in(
        &self,
        headers: &HeaderMap,
        state: &Secret,
        pending: &PendingSignIn,
    ) -> Result<Vec<(HeaderName, HeaderValue)>, RequestFailure> {
        let ring = self.configuration.key_ring()?;
        let expires_at = self.platform.now().plus_millis(SIGN_IN_LIFE);
        let content = Content {
            v: 1,
            secret: pending.secret.expose().to_owned(),
            return_to: pending.return_to.clone(),
            selects_account: pending.selects_account,
            expires_at,
        };
        let content = serde_json::to_vec(&content).map_err(Refusal::from)?;
        let digest = state.digest();
        let platform = &*self.platform;
        let sealed = sealing::seal(platform, platform, ring, &self.sign_in_context(&digest), &content).await;
        let sealed = sealed.map_err(|failure| Refusal::Internal(format!("sealing failed: {failure:?}")))?;
        let value = format!("{}.{}", expires_at.as_millis(), URL_SAFE_NO_PAD.encode(sealed.to_json()));
        let mut set: Vec<_> = too_many(headers).into_iter().map(|name| cookies::clear(&name)).collect();
        set.push(cookies::set_value(&name(&digest), &value, KEPT_SECONDS));
        Ok(set.into_iter().map(|cookie| (header::SET_COOKIE, cookie)).collect())
    }

    /// What the browser brings back for a state of ours.
    pub(super) async fn returned_sign_in(&self, headers: &HeaderMap, state: &Secret) -> SignInCookie {
        if !cookies::is_any_ours(headers) {
            return SignInCookie::NoCookies;
        }
        self.open_sign_in(headers, &state.digest()).await.map_or(SignInCookie::Ended, SignInCookie::Opened)
    }

    /// The sign-in in the cookie of this state, unless it has ended or the cookie does not open.
    async fn open_sign_in(&self, headers: &HeaderMap, state: &Digest) -> Option<PendingSignIn> {
        let ring = self.configuration.key_ring().ok()?;
        let (_, sealed) = cookies::value(headers, &name(state))?.split_once('.')?;
        let sealed = Sealed::from_json(&URL_SAFE_NO_PAD.decode(sealed).ok()?).ok()?;
        let content = sealing::open(&*self.platform, ring, &self.sign_in_context(state), &sealed).await.ok()?;
        let content: Content = serde_json::from_slice(&content).ok()?;
        let Content { return_to, selects_account, expires_at, .. } = content;
        let secret = Secret::parse(&content.secret)?;
        (self.platform.now() < expires_at).then_some(PendingSignIn { secret, return_to, selects_account })
    }

    fn sign_in_context<'a>(&'a self, state: &'a Digest) -> SealingContext<'a> {
        SealingContext { organization: &self.organization, owner: state.as_str(), generation: 0, field: "sign-in" }
    }
}

/// The names of the oldest cookies, so that there is room for one more.
fn too_many(headers: &HeaderMap) -> Vec<String> {
    let mut all: Vec<(&str, &str)> = cookies::beginning_with(headers, cookies::SIGN_IN);
    all.sort_by_key(|(_, value)| value.split_once('.').and_then(|(time, _)| time.parse::<i64>().ok()));
    let excess = (all.len() + 1).saturating_sub(MOST);
    all.into_iter().take(excess).map(|(name, _)| name.to_owned()).collect()
}
