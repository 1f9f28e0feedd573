//! The token with which the server behind a page lets a reader see a signed embed, and the session that it is exchanged for.
//!
//! The token is a JWT (HS256) that the host signs with the embed's key. It travels in the fragment of the frame's address,
//! which reaches no server and no log. The session is our own word about it: it is kept in the memory of the frame, and says
//! no more than the token did.

use std::collections::BTreeMap;

use api::{EMBED_TOKEN_SECONDS, EmbedId, Timestamp};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{
    hs256::{NotReadable, SignedToken, is_same},
    organization::EmbedPass,
    ports::{Mac, MacFailure},
    sealing::KeyRing,
    secrets::Digest,
};

/// The most bytes of a token.
const LONGEST: usize = 4_096;
/// How far the clock of a host may be ahead, in seconds.
const SKEW: i64 = 30;
/// The most bytes of what a host calls a reader.
const SUBJECT_BYTES: usize = 256;
/// What the key of sessions is derived for.
const PURPOSE: &[u8] = b"causeway: sessions of embeds, version 1";

/// Why a token is refused, in words for whoever runs the host. They tell nothing of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It is no token of this kind.
    Malformed(&'static str),
    /// None of the embed's keys has signed it.
    Signature,
    /// It is not valid now.
    Time(&'static str),
    /// It is for something else, or does not say what it must.
    Claim(&'static str),
}

impl Refused {
    /// The reason, in words.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Malformed(why) | Self::Time(why) | Self::Claim(why) => why,
            Self::Signature => "it is not signed with a key of this embed",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    embed: String,
    iat: i64,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    sub: Option<String>,
    #[serde(default)]
    params: BTreeMap<String, String>,
    #[serde(default)]
    aud: Option<Audience>,
    /// Hosts' libraries add these by themselves.
    #[serde(default, rename = "iss")]
    _issuer: Option<IgnoredAny>,
    #[serde(default, rename = "jti")]
    _id: Option<IgnoredAny>,
}

/// One audience, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// What a token must be for.
pub(super) struct Expected<'a> {
    /// The embed.
    pub(super) embed: &'a EmbedId,
    /// The parameters that it must have values for.
    pub(super) locked: &'a [String],
    /// Our own origin, if it names an audience.
    pub(super) origin: &'a str,
    /// Now.
    pub(super) now: Timestamp,
}

/// Refuses what is no token, before anything is asked about it.
pub(super) fn readable(token: &str) -> Result<(), Refused> {
    SignedToken::read(token, LONGEST).map(drop).map_err(|why| Refused::Malformed(in_words(why)))
}

/// Verifies a token. `keys` are the numbers and texts of the keys that work.
///
/// 1. It has the form of a token, and is signed with HS256 and nothing else. 2. A key of this embed has signed it. 3. It is
///    valid now, and for ten minutes at most. 4. It is for this embed and has exactly the parameters that it must have.
pub(super) async fn verify(
    mac: &impl Mac,
    keys: &[(u32, Vec<u8>)],
    token: &str,
    expected: &Expected<'_>,
) -> Result<Result<EmbedPass, Refused>, MacFailure> {
    let read = match SignedToken::read(token, LONGEST) {
        Ok(read) => read,
        Err(why) => return Ok(Err(Refused::Malformed(in_words(why)))),
    };
    for (number, key) in keys {
        if read.is_signed_with(mac, key).await? {
            let claims = read.claims().ok_or(Refused::Claim("its claims are not the expected ones"));
            return Ok(claims.and_then(|claims| check(claims, *number, expected)));
        }
    }
    Ok(Err(Refused::Signature))
}

const fn in_words(why: NotReadable) -> &'static str {
    match why {
        NotReadable::Malformed => "it is no token",
        NotReadable::TooLong => "it is too long",
        NotReadable::Algorithm => "it is not signed with HS256",
        NotReadable::Kind => "it is of another kind",
    }
}

fn check(claims: Claims, key: u32, expected: &Expected<'_>) -> Result<EmbedPass, Refused> {
    let now = expected.now.as_millis().div_euclid(1000);
    if now >= claims.exp {
        return Err(Refused::Time("it has expired"));
    }
    if claims.nbf.unwrap_or(claims.iat).max(claims.iat).saturating_sub(SKEW) > now {
        return Err(Refused::Time("it is not valid yet"));
    }
    if !(1..=EMBED_TOKEN_SECONDS).contains(&claims.exp.saturating_sub(claims.iat)) {
        return Err(Refused::Time("it lives longer than ten minutes"));
    }
    if claims.embed != expected.embed.as_str() {
        return Err(Refused::Claim("it is for another embed"));
    }
    let is_ours = match &claims.aud {
        None => true,
        Some(Audience::One(one)) => one == expected.origin,
        Some(Audience::Several(several)) => several.iter().any(|one| one == expected.origin),
    };
    if !is_ours {
        return Err(Refused::Claim("it is for another service"));
    }
    if claims.params.keys().any(|name| !expected.locked.contains(name)) {
        return Err(Refused::Claim("it has a parameter that is not locked"));
    }
    if claims.params.len() != expected.locked.len() {
        return Err(Refused::Claim("it lacks a parameter that is locked"));
    }
    if claims.sub.as_ref().is_some_and(|subject| !(1..=SUBJECT_BYTES).contains(&subject.len())) {
        return Err(Refused::Claim("its subject is empty or too long"));
    }
    let subject = claims.sub.map(|subject| Digest::of(&format!("{} {subject}", claims.embed)));
    Ok(EmbedPass { key, params: claims.params, subject })
}

/// A session, as it is written.
#[derive(Serialize, Deserialize)]
struct Session {
    embed: EmbedId,
    pass: EmbedPass,
    until: Timestamp,
}

async fn mac_of(mac: &impl Mac, key: &[u8], content: &str) -> Result<Vec<u8>, MacFailure> {
    let derived = mac.hmac_sha256(key, PURPOSE).await?;
    mac.hmac_sha256(&derived, content.as_bytes()).await
}

/// Writes a session for what a token allows, until a moment.
pub(super) async fn session(
    mac: &impl Mac,
    ring: &KeyRing,
    (embed, until): (&EmbedId, Timestamp),
    pass: EmbedPass,
) -> Result<String, MacFailure> {
    let session = Session { embed: embed.clone(), pass, until };
    let content = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&session).map_err(|_| MacFailure)?);
    let signature = mac_of(mac, ring.first().1, &content).await?;
    Ok(format!("{content}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// What a session allows now for an embed; `None` if it is none of ours, another embed's, or over.
pub(super) async fn opened(
    mac: &impl Mac,
    ring: &KeyRing,
    embed: &EmbedId,
    text: &str,
    now: Timestamp,
) -> Result<Option<EmbedPass>, MacFailure> {
    let parts = text.split_once('.').filter(|_| text.len() <= 2 * LONGEST);
    let Some((content, signature)) = parts else { return Ok(None) };
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return Ok(None) };
    let mut is_ours = false;
    for id in ring.ids() {
        let key = ring.key(&id).ok_or(MacFailure)?;
        is_ours |= is_same(&mac_of(mac, key, content).await?, &signature);
    }
    let decoded = URL_SAFE_NO_PAD.decode(content).ok().filter(|_| is_ours);
    let session: Option<Session> = decoded.and_then(|json| serde_json::from_slice(&json).ok());
    Ok(session.filter(|session| session.embed == *embed && now < session.until).map(|session| session.pass))
}
