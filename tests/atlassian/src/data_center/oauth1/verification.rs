//! Whether a request is signed by a registered consumer, now, and for the first time.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::signature::Verifier;
use sha1::Sha1;

use super::super::At;
use super::links::ApplicationLink;
use super::message::Message;
use super::nonces::WINDOW;
use super::problem::Problem;

const DEMANDED: [&str; 5] =
    ["oauth_consumer_key", "oauth_signature_method", "oauth_signature", "oauth_timestamp", "oauth_nonce"];

/// Checks a signed request, and answers the consumer key.
///
/// 1. Something is missing: `parameter_absent`.
/// 2. An unregistered consumer: `consumer_key_unknown`.
/// 3. Another version or method: `version_rejected`, `signature_method_rejected`.
/// 4. A timestamp five minutes or more from this clock: `timestamp_refused`, with the accepted range.
/// 5. A nonce that was used before: `nonce_used`.
/// 6. Another key, or another address than the instance is configured with: `signature_invalid`.
pub(super) fn verify(at: &At, message: &Message) -> Result<String, Problem> {
    let absent: Vec<_> = DEMANDED.into_iter().filter(|name| message.get(name).is_none()).collect();
    if !absent.is_empty() {
        return Err(Problem::ParameterAbsent(absent));
    }
    let consumer_key = message.demand("oauth_consumer_key")?;
    let link = at.read(|installation| installation.oauth1.links.of(consumer_key).cloned());
    let link = link.ok_or(Problem::ConsumerKeyUnknown)?;
    if message.get("oauth_version").is_some_and(|version| version != "1.0") {
        return Err(Problem::VersionRejected);
    }
    if message.demand("oauth_signature_method")? != "RSA-SHA1" {
        return Err(Problem::SignatureMethodRejected);
    }
    is_timely(at, message)?;
    is_signed(&link, message)?;
    Ok(link.consumer_key)
}

fn is_timely(at: &At, message: &Message) -> Result<(), Problem> {
    let clock = at.clock().0;
    let timestamp = message.demand("oauth_timestamp")?.parse::<u64>();
    let timestamp = timestamp.map_err(|_| Problem::ParameterRejected("oauth_timestamp"))?;
    let (from, to) = (clock.saturating_sub(WINDOW), clock.saturating_add(WINDOW));
    if timestamp < from || timestamp > to {
        return Err(Problem::TimestampRefused { from, to });
    }
    let is_new = at.world.nonces.is_new(at.instance, timestamp, message.demand("oauth_nonce")?, clock);
    if is_new { Ok(()) } else { Err(Problem::NonceUsed) }
}

fn is_signed(link: &ApplicationLink, message: &Message) -> Result<(), Problem> {
    let (base_string, signature) = (message.base_string(), message.demand("oauth_signature")?);
    let verified = link.verifying_key().ok().zip(decoded(signature)).is_some_and(|(key, signature)| {
        VerifyingKey::<Sha1>::new(key).verify(base_string.as_bytes(), &signature).is_ok()
    });
    if verified { Ok(()) } else { Err(Problem::SignatureInvalid { base_string, signature: signature.to_owned() }) }
}

fn decoded(signature: &str) -> Option<Signature> {
    Signature::try_from(STANDARD.decode(signature).ok()?.as_slice()).ok()
}
