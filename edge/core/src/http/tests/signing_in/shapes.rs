//! The documented shapes of the providers that companies use, and what becomes of a sign-in at each.

use serde_json::json;

use super::provider::{Provider, Signer, ec_key};
use crate::fakes::FakeResponse;

const ENTRA: &str = "https://login.microsoftonline.com/9a8b-tenant/v2.0";
const ENTRA_TEMPLATE: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";
/// Microsoft Entra ID: no `email_verified`, `email` only as an optional claim, userinfo at Graph.
/// Source: Microsoft, *ID token claims reference* and *Optional claims reference*.
fn entra(issuer: &str) -> Provider {
    let about = json!({"sub": "pairwise", "email": "ada@example.com", "name": "Ada Admin"});
    Provider::at(issuer)
        .document(&json!({
            "userinfo_endpoint": "https://graph.microsoft.example/oidc/userinfo",
            "jwks_uri": "https://login.microsoftonline.com/keys",
            "token_endpoint": "https://login.microsoftonline.com/token",
            "authorization_endpoint": "https://login.microsoftonline.com/authorize",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "request_uri_parameter_supported": false, "tenant_region_scope": "EU", "kerberos_endpoint": "https://x",
        }))
        .claims(&json!({"sub": "pairwise", "email_verified": null, "tid": "9a8b-tenant", "ver": "2.0", "rh": "0.A",
            "preferred_username": "ada@example.com", "oid": "1-2-3"}))
        .user_info(&about)
}

/// The endpoint of several tenants, signed in to from one of them.
fn entra_for_many(claimed_tenant: &str) -> Provider {
    let issuer = ENTRA_TEMPLATE.replace("{tenantid}", claimed_tenant);
    entra("https://login.microsoftonline.com/organizations/v2.0")
        .document(&json!({"issuer": ENTRA_TEMPLATE}))
        .claims(&json!({"iss": issuer, "tid": "9a8b-tenant", "xms_edov": true}))
        .set("OIDC_REQUIRED_CLAIMS", "tid=9a8b-tenant,tid=7c6d-tenant")
}

/// Google: `hd` names the company. Source: Google, *OpenID Connect*.
fn google() -> Provider {
    Provider::at("https://accounts.google.com")
        .document(&json!({"token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "scopes_supported": ["openid", "email", "profile"], "revocation_endpoint": "https://oauth2.googleapis.com/revoke"}))
        .claims(&json!({"azp": "causeway", "at_hash": "HK6E_P6Dh8Y93mRNtsDB1Q", "sub": "10769150350006150715113082367",
            "picture": "https://lh3.googleusercontent.com/a", "given_name": "Ada", "hd": "example.com"}))
        .set("OIDC_REQUIRED_CLAIMS", "hd=example.com")
}

/// Okta's ID tokens leave the claims of `email` to userinfo. Source: Okta, *OpenID Connect & OAuth 2.0*, on thin tokens.
fn okta(issuer: &str) -> Provider {
    Provider::at(issuer)
        .document(&json!({"token_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"]}))
        .claims(&json!({"sub": "00uid4", "email": null, "email_verified": null, "name": null, "ver": 1,
            "amr": ["pwd"], "idp": "00o", "preferred_username": "ada@example.com"}))
        .user_info(&json!({"sub": "00uid4", "name": "Ada Admin", "email": "ada@example.com", "email_verified": true,
            "updated_at": 1_700_000_000, "zoneinfo": "America/Los_Angeles", "address": {"country": "US"}}))
}

/// Auth0: a slash at the issuer's end, dates as text. Source: Auth0, *ID Token Structure* and *User Profile Structure*.
fn auth0() -> Provider {
    Provider::at("https://acme.eu.auth0.com/")
        .document(&json!({"id_token_signing_alg_values_supported": ["HS256", "RS256", "PS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"]}))
        .claims(&json!({"sub": "auth0|65", "nickname": "ada", "updated_at": "2026-11-22T05:00:00.123Z", "sid": "x"}))
}

/// Zitadel: the project and its other clients are audiences too. Source: Zitadel, *Claims in ZITADEL*.
fn zitadel() -> Provider {
    Provider::at("https://acme.zitadel.cloud")
        .claims(&json!({"aud": ["causeway", "other@project", "69234237810729019"], "azp": "causeway", "amr": ["pwd"],
            "client_id": "causeway", "auth_time": 1_700_000_000, "locale": "de"}))
}

/// Amazon Cognito: booleans as text at userinfo. Source: AWS, *The userInfo endpoint*.
fn cognito() -> Provider {
    Provider::at("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_pool")
        .claims(&json!({"email": null, "email_verified": null, "name": null, "cognito:username": "ada",
            "token_use": "id", "cognito:groups": ["jira"]}))
        .user_info(&json!({"sub": "ada", "email_verified": "true", "phone_number_verified": "false",
            "email": "Ada@Example.com", "username": "ada"}))
}

/// Apple: text for booleans, a posted answer, no scope `profile`. Source: Apple, *Authenticating users with Sign in with
/// Apple*, and its discovery document.
pub(super) fn apple() -> Provider {
    Provider::at("https://appleid.apple.com")
        .document(&json!({"userinfo_endpoint": null, "scopes_supported": ["openid", "email", "name"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"]}))
        .claims(&json!({"email_verified": "true", "is_private_email": "false", "nonce_supported": true, "name": null,
            "real_user_status": 2}))
        .set("OIDC_CLIENT_SECRET", "eyJhbGciOiJFUzI1NiJ9.e30.c2ln")
}

/// A provider, and what becomes of a sign-in there.
pub(super) type Row = (&'static str, Provider, Result<(), &'static str>);

/// Every row.
pub(super) fn table() -> Vec<Row> {
    [of_microsoft(), of_google(), of_okta_to_cognito(), of_apple_to_ping(), of_nobody()].concat()
}

/// Microsoft Entra ID.
fn of_microsoft() -> Vec<Row> {
    vec![
        ("Entra ID, with xms_edov", entra(ENTRA).claims(&json!({"xms_edov": true})), Ok(())),
        ("Entra ID, xms_edov as a number", entra(ENTRA).claims(&json!({"xms_edov": 1})), Ok(())),
        ("Entra ID, xms_edov as text", entra(ENTRA).claims(&json!({"xms_edov": "1"})), Ok(())),
        ("Entra ID, trusted", entra(ENTRA).set("OIDC_TRUST_EMAIL", "true"), Ok(())),
        (
            "Entra ID, trusted, but userinfo says otherwise",
            entra(ENTRA)
                .user_info(&json!({"sub": "pairwise", "email": "ada@example.com", "email_verified": false}))
                .set("OIDC_TRUST_EMAIL", "true"),
            Err("says that the e-mail address ada@example.com is not verified"),
        ),
        (
            "Entra ID, unvouched",
            entra(ENTRA),
            Err("does not say whether the e-mail address ada@example.com is verified"),
        ),
        (
            "Entra ID, domain not verified",
            entra(ENTRA).claims(&json!({"xms_edov": false})).set("OIDC_TRUST_EMAIL", "true"),
            Err("says that the e-mail address ada@example.com is not verified"),
        ),
        (
            "Entra ID, no mailbox",
            entra(ENTRA).claims(&json!({"email": null})).user_info(&json!({"sub": "pairwise"})),
            Err("sent no e-mail address for the account ada@example.com"),
        ),
        ("Entra ID, organizations", entra_for_many("9a8b-tenant"), Ok(())),
        (
            "Entra ID, another tenant",
            entra_for_many("5e-tenant").claims(&json!({"tid": "5e-tenant"})),
            Err(
                "Only accounts whose claim `tid` is `9a8b-tenant` or `7c6d-tenant` may sign in here; that of this one is `5e-tenant`",
            ),
        ),
        (
            "Entra ID, one tenant in the name of another",
            entra_for_many("5e-tenant"),
            Err(
                "expected `https://login.microsoftonline.com/9a8b-tenant/v2.0` (found `https://login.microsoftonline.com/5e-tenant/v2.0`)",
            ),
        ),
        (
            "Entra ID, organizations, unvouched",
            entra_for_many("9a8b-tenant").claims(&json!({"xms_edov": null})).set("OIDC_TRUST_EMAIL", "true"),
            Err("does not say whether"),
        ),
    ]
}

/// Google.
fn of_google() -> Vec<Row> {
    vec![
        ("Google", google(), Ok(())),
        (
            "Google, another company",
            google().claims(&json!({"hd": "other.example"})),
            Err("that of this one is `other.example`"),
        ),
        ("Google, a private account", google().claims(&json!({"hd": null})), Err("this one has no `hd`")),
        ("Google, unverified", google().claims(&json!({"email_verified": false})), Err("is not verified")),
        // Google's documentation allows this form too; its discovery document and its tokens for the code flow do not have it.
        (
            "Google, an issuer without a scheme",
            google().claims(&json!({"iss": "accounts.google.com"})),
            Err("token response cannot be read: Failed to parse payload JSON"),
        ),
    ]
}

/// Okta, Auth0, Keycloak, Zitadel, Amazon Cognito.
fn of_okta_to_cognito() -> Vec<Row> {
    vec![
        ("Okta, org", okta("https://acme.okta.com"), Ok(())),
        ("Okta, custom", okta("https://acme.okta.com/oauth2/default"), Ok(())),
        (
            "Okta, userinfo of somebody else",
            okta("https://acme.okta.com")
                .user_info(&json!({"sub": "eve", "email": "ada@example.com", "email_verified": true})),
            Err("expected `00uid4` (found `eve`)"),
        ),
        ("Auth0", auth0(), Ok(())),
        (
            "Keycloak",
            Provider::at("https://sso.example/realms/acme").claims(&json!({"azp": "causeway", "typ": "ID", "acr": "1",
                "sid": "s", "resource_access": {"x": {"roles": []}}})),
            Ok(()),
        ),
        ("Zitadel", zitadel(), Ok(())),
        (
            "Zitadel, for another client",
            zitadel().claims(&json!({"azp": "other@project"})),
            Err("expected `causeway` (found `other@project`)"),
        ),
        ("several audiences, unnamed party", zitadel().claims(&json!({"azp": null})), Err("no authorized party")),
        (
            "another audience",
            Provider::new().claims(&json!({"aud": "other"})),
            Err("must contain `causeway` (found audiences: `other`)"),
        ),
        ("Cognito", cognito(), Ok(())),
        ("Cognito, group", cognito().set("OIDC_REQUIRED_CLAIMS", "cognito:groups=jira"), Ok(())),
        (
            "Cognito, no userinfo",
            cognito().document(&json!({"userinfo_endpoint": null})),
            Err("sent no e-mail address"),
        ),
    ]
}

/// Apple, GitLab, Authentik, Ping.
fn of_apple_to_ping() -> Vec<Row> {
    let ping_user_info = json!({"sub": "ada", "email": "ada@example.com", "email_verified": true});
    vec![
        ("Apple", apple(), Ok(())),
        ("Apple, unverified", apple().claims(&json!({"email_verified": "false"})), Err("is not verified")),
        (
            "GitLab",
            Provider::at("https://gitlab.com").claims(&json!({"sub": "123456", "sub_legacy": "ab", "nickname": "ada",
                "groups_direct": ["acme"], "profile": "https://gitlab.com/ada"})),
            Ok(()),
        ),
        ("Authentik", Provider::at("https://auth.example/application/o/causeway/"), Ok(())),
        (
            "Authentik without a signing key",
            Provider {
                signer: Signer::Hs256,
                key_id: None,
                keys: json!([]),
                ..Provider::at("https://auth.example/application/o/causeway/")
            }
            .document(&json!({"id_token_signing_alg_values_supported": ["HS256"]})),
            Ok(()),
        ),
        (
            "PingOne, elliptic keys",
            Provider {
                signer: Signer::Es256,
                keys: json!([ec_key(&json!({"kid": "one"}))]),
                ..Provider::at("https://auth.pingone.eu/4a/as")
            },
            Ok(()),
        ),
        ("Ping, email at userinfo", Provider::new().claims(&json!({"email": null})).user_info(&ping_user_info), Ok(())),
    ]
}

/// What no provider should send.
fn of_nobody() -> Vec<Row> {
    vec![
        (
            "userinfo that vouches for another address",
            Provider::new()
                .claims(&json!({"email_verified": null}))
                .user_info(&json!({"sub": "ada", "email": "eve@example.com", "email_verified": true})),
            Err("does not say whether the e-mail address ada@example.com is verified"),
        ),
        (
            "userinfo that fails",
            Provider {
                user_info: Some(FakeResponse::json(500, "{}")),
                ..Provider::new().claims(&json!({"email": null}))
            },
            Err("userinfo was refused. Status 500"),
        ),
        (
            "an issuer that the token does not have",
            Provider::new().claims(&json!({"iss": "https://id.example/"})),
            Err("expected `https://id.example` (found `https://id.example/`)"),
        ),
        ("an expired token", Provider::new().claims(&json!({"exp": 1_000})), Err("Expired: ID token expired at")),
        ("an unsigned token", Provider { signer: Signer::Unsigned, ..Provider::new() }, Err("No signature found")),
        (
            "an address beyond ASCII",
            Provider::new().claims(&json!({"email": "mar\u{212a}@example.com"})),
            Err("must be ASCII"),
        ),
    ]
}
