//! Checks the Forge invocation token, by which Atlassian says who looks at the app, and where.
//!
//! It is a JWT (RFC 7519) and no ID token of `OpenID`: its issuer is no URL, and the account is in `principal`. So its
//! claims are read here, and its signature is checked by the crate that checks those of ID tokens.
//! Source: Atlassian, *Forge invocation token (FIT)*, and what tokens are seen to contain.

use api::Timestamp;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKey as _,
    core::{CoreJsonWebKeySet, CoreJwsSigningAlgorithm},
};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use crate::{
    configuration::Forge,
    forge::{Installation, Invocation, View, VouchedPlace},
    secrets::Digest,
};

/// The issuer of these tokens.
const ISSUER: &str = "forge/invocation-token";
/// How far apart the clocks may be, in seconds.
const LEEWAY: i64 = 5;
/// The longest life of a token, in seconds. Atlassian's live 25.
const LONGEST_LIFE: i64 = 300;
/// The most bytes of a token.
const LONGEST: usize = 16 * 1024;
/// The most bytes of an id in it.
const LONGEST_ID: usize = 256;

/// Why a token is refused. It tells nothing of the token's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// There is none, or it is no token of this kind.
    Malformed(&'static str),
    /// It names a key that is not known. There may be newer keys.
    UnknownKey,
    /// Nobody of those who may has signed it.
    Signature,
    /// It is not valid now.
    Time(&'static str),
    /// It is another app's, or says of itself what does not fit together.
    Claim(&'static str),
}

impl Refused {
    /// The reason, in words.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Malformed(why) | Self::Time(why) | Self::Claim(why) => why,
            Self::UnknownKey => "it names a key that Atlassian does not publish",
            Self::Signature => "its signature is not Atlassian's",
        }
    }
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: String,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    iss: String,
    aud: Value,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
    #[serde(default)]
    principal: Option<String>,
    app: App,
    #[serde(default)]
    context: Option<Context>,
    #[serde(default)]
    ic_label: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct App {
    id: String,
    installation_id: String,
    environment: Environment,
    module: Module,
    installation: InstallationClaim,
    #[serde(default)]
    ic_label: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Environment {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Module {
    key: String,
}

#[derive(Deserialize)]
struct InstallationClaim {
    id: String,
    contexts: Vec<InstallationContext>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InstallationContext {
    #[serde(default)]
    cloud_id: Option<String>,
    #[serde(default)]
    name: String,
}

impl InstallationContext {
    /// The cloudId: by itself, or at the end of the context's name, `ari:cloud:confluence::site/{cloudId}`.
    fn site(&self) -> Option<&str> {
        let named = || self.name.rsplit_once("site/").map(|(_, id)| id);
        self.cloud_id.as_deref().or_else(named).filter(|id| !id.is_empty())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    cloud_id: String,
    #[serde(default)]
    site_url: Option<String>,
    #[serde(default)]
    module_key: Option<String>,
    #[serde(default)]
    account_id: Option<String>,
    #[serde(default)]
    account_type: Option<String>,
    #[serde(default)]
    extension: Extension,
    #[serde(default)]
    ic_label: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
struct Extension {
    #[serde(default)]
    content: Option<Content>,
    #[serde(default)]
    dashboard: Option<Content>,
    #[serde(default)]
    project: Option<Content>,
}

#[derive(Deserialize)]
struct Content {
    id: Value,
    #[serde(default, rename = "type")]
    kind: Option<String>,
}

impl Extension {
    /// The page, dashboard or project.
    fn content(self) -> Option<(String, String)> {
        let kinds = [(self.content, "page"), (self.dashboard, "dashboard"), (self.project, "project")];
        let (content, usual) = kinds.into_iter().find_map(|(content, kind)| Some((content?, kind)))?;
        let id = match content.id {
            Value::String(id) => id,
            Value::Number(id) => id.to_string(),
            _ => return None,
        };
        Some((content.kind.unwrap_or_else(|| usual.to_owned()), id))
    }
}

/// What a token vouches for, if it is genuine, the app's own, and valid now.
///
/// 1. It has the form of a token, and is signed with RS256 and nothing else. 2. Its key is known. 3. The signature is that
///    key's. 4. Issuer, audience and app are the expected ones. 5. It is valid now. 6. The environment is the configured
///    one, and it is no isolated cloud. 7. Everything that it says of the installation and the site fits together.
pub(super) fn verify(
    token: &str,
    keys: &CoreJsonWebKeySet,
    forge: &Forge,
    now: Timestamp,
) -> Result<Invocation, Refused> {
    let claims = signed_claims(token, keys)?;
    check_app(&claims, forge)?;
    check_time(&claims, now.as_millis().div_euclid(1000))?;
    invocation(claims)
}

fn signed_claims(token: &str, keys: &CoreJsonWebKeySet) -> Result<Claims, Refused> {
    let no_token = Refused::Malformed("it is no token");
    if token.len() > LONGEST {
        return Err(Refused::Malformed("it is too long"));
    }
    let mut parts = token.split('.');
    let (Some(head), Some(body), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(no_token);
    };
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| no_token);
    let read: Head = serde_json::from_slice(&decoded(head)?).map_err(|_| no_token)?;
    if read.alg != "RS256" {
        return Err(Refused::Malformed("it is not signed with RS256"));
    }
    if read.typ.is_some_and(|kind| !kind.eq_ignore_ascii_case("jwt")) || read.crit.is_some() {
        return Err(Refused::Malformed("it is of another kind"));
    }
    let is_named =
        |key: &&_| openidconnect::core::CoreJsonWebKey::key_id(key).is_some_and(|id| id.as_str() == read.kid);
    let key = keys.keys().iter().find(is_named).ok_or(Refused::UnknownKey)?;
    let message = token.get(..head.len() + 1 + body.len()).ok_or(no_token)?;
    let algorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
    key.verify_signature(&algorithm, message.as_bytes(), &decoded(signature)?).map_err(|_| Refused::Signature)?;
    serde_json::from_slice(&decoded(body)?).map_err(|_| Refused::Malformed("its claims cannot be read"))
}

fn check_app(claims: &Claims, forge: &Forge) -> Result<(), Refused> {
    let is_ours = match &claims.aud {
        Value::String(audience) => *audience == forge.app_id,
        Value::Array(audiences) => matches!(audiences.as_slice(), [Value::String(only)] if *only == forge.app_id),
        _ => false,
    };
    if claims.iss != ISSUER {
        return Err(Refused::Claim("it has another issuer"));
    }
    if !is_ours || claims.app.id != forge.app_id {
        return Err(Refused::Claim("it is for another app"));
    }
    if !claims.app.environment.kind.eq_ignore_ascii_case(&forge.environment) {
        return Err(Refused::Claim("it is for another environment of the app"));
    }
    Ok(())
}

fn check_time(claims: &Claims, now: i64) -> Result<(), Refused> {
    if now >= claims.exp.saturating_add(LEEWAY) {
        return Err(Refused::Time("it has expired"));
    }
    if claims.nbf.max(claims.iat).saturating_sub(LEEWAY) > now {
        return Err(Refused::Time("it is not valid yet"));
    }
    if !(1..=LONGEST_LIFE).contains(&claims.exp.saturating_sub(claims.iat)) {
        return Err(Refused::Time("it lives too long"));
    }
    Ok(())
}

fn invocation(claims: Claims) -> Result<Invocation, Refused> {
    let Claims { app, context, principal, .. } = claims;
    let is_isolated = claims.ic_label.is_some() || app.ic_label.is_some();
    if is_isolated || context.as_ref().is_some_and(|context| context.ic_label.is_some()) {
        return Err(Refused::Claim("it is from an isolated cloud"));
    }
    let is_id = |text: &str| (1..=LONGEST_ID).contains(&text.len());
    if !is_id(&claims.jti) || !is_id(&app.installation_id) || !is_id(&app.module.key) {
        return Err(Refused::Claim("an id of it is empty or too long"));
    }
    if app.installation.id != app.installation_id {
        return Err(Refused::Claim("it names two installations"));
    }
    let sites: Vec<String> = app.installation.contexts.iter().filter_map(|one| one.site()).map(str::to_owned).collect();
    if sites.is_empty() {
        return Err(Refused::Claim("it names no site"));
    }
    let module = app.module.key;
    let view = context.map(|context| view(context, principal, &module, &sites)).transpose()?;
    Ok(Invocation {
        id: Digest::of(&claims.jti),
        ends_at: claims.exp.saturating_add(LEEWAY).saturating_mul(1000),
        installation: Installation { id: app.installation_id, sites },
        module: view.as_ref().map_or(module, |view| view.place.module.clone()),
        view,
    })
}

fn view(context: Context, principal: Option<String>, module: &str, sites: &[String]) -> Result<View, Refused> {
    if !sites.contains(&context.cloud_id) {
        return Err(Refused::Claim("its site is not one of the installation"));
    }
    let account = principal.filter(|account| !account.is_empty());
    let is_contradicted = context.account_id.as_ref().is_some_and(|other| Some(other) != account.as_ref());
    if is_contradicted || account.as_ref().is_some_and(|account| account.len() > LONGEST_ID) {
        return Err(Refused::Claim("it names two accounts"));
    }
    let module = context.module_key.unwrap_or_else(|| module.to_owned());
    Ok(View {
        is_licensed: account.is_some() && context.account_type.as_deref() == Some("licensed"),
        account,
        site_url: context.site_url,
        place: VouchedPlace { cloud_id: context.cloud_id, module, content: context.extension.content() },
    })
}
