use super::*;

fn configured(name: &'static str, value: &str) -> Configuration {
    let value = value.to_owned();
    Configuration::read(move |requested| (requested == name).then(|| value.clone()))
}

#[test]
fn every_missing_value_is_named() {
    let names: Vec<String> = Configuration::read(|_| None).findings().into_iter().map(|f| f.name).collect();
    assert_eq!(names.len(), 10);
    assert!(names.contains(&"SEALING_KEYS".to_owned()));
}

#[test]
fn the_public_url_is_an_origin() {
    let at = |value| configured("PUBLIC_URL", value).public_url().ok().map(|o| o.as_str().to_owned());
    assert_eq!(at("https://Causeway.example/"), Some("https://causeway.example".to_owned()));
    assert_eq!(at("http://127.0.0.1:8787"), Some("http://127.0.0.1:8787".to_owned()));
    for bad in [
        "http://causeway.example",
        "https://causeway.example/app",
        "causeway.example",
        "https://a@b.example",
        "javascript:1",
    ] {
        assert_eq!(at(bad), None, "{bad} was taken");
    }
}

#[test]
fn loopback_is_allowed_only_on_a_laptop_that_asks_for_it() {
    let with = |public_url: &'static str, value: &'static str| {
        let configuration = Configuration::read(move |name| match name {
            "PUBLIC_URL" => Some(public_url.to_owned()),
            "ALLOW_LOOPBACK" => Some(value.to_owned()),
            _ => None,
        });
        let named = configuration.findings().iter().any(|finding| finding.name == "ALLOW_LOOPBACK");
        (configuration.address_policy().allow_loopback, named)
    };
    assert_eq!(with("http://localhost:8787", "true"), (true, false));
    assert_eq!(with("http://localhost:8787", "false"), (false, false));
    assert_eq!(with("http://localhost:8787", ""), (false, false));
    assert_eq!(with("http://localhost:8787", "yes"), (false, true));
    assert_eq!(with("https://causeway.example", "true"), (false, true));
    assert_eq!(with("", "true"), (false, false));
}

#[test]
fn api_tokens_for_jira_cloud_are_allowed_until_the_operator_says_no() {
    let allowed = |value| configured("ALLOW_CLOUD_BASIC", value).allows_cloud_basic();
    assert_eq!([allowed(""), allowed("true"), allowed("false"), allowed("no")], [true, true, false, true]);
    let named = configured("ALLOW_CLOUD_BASIC", "no").findings();
    assert!(named.iter().any(|finding| finding.name == "ALLOW_CLOUD_BASIC"));
}

#[test]
fn an_app_goes_on_with_the_callback_it_was_registered_with_until_the_operator_changes_both() {
    let at = |value| configured("ATLASSIAN_CALLBACK_PATH", value);
    for (value, path, advised) in [
        ("", "/oauth/callback", true),
        ("/oauth/callback", "/oauth/callback", true),
        ("/oauth/callback/cloud", "/oauth/callback/cloud", false),
    ] {
        let configuration = at(value);
        assert_eq!(configuration.atlassian_callback().map(CallbackPath::as_str), Ok(path));
        assert_eq!(configuration.advice().len(), usize::from(advised), "{value}");
    }
    let wrong = at("/elsewhere");
    assert!(wrong.findings().iter().any(|finding| finding.name == "ATLASSIAN_CALLBACK_PATH"));
    assert!(wrong.atlassian_callback().is_err() && wrong.advice().is_empty());
}

#[test]
fn viewers_have_a_client_of_their_own_or_the_first_one_and_the_operator_is_told_what_is_better() {
    let with = |id: &'static str, secret: &'static str| {
        Configuration::read(move |name| match name {
            "ATLASSIAN_AUTH_URL" | "ATLASSIAN_API_URL" => Some("https://atlassian.example".to_owned()),
            "ATLASSIAN_CLIENT_ID" => Some("first".to_owned()),
            "ATLASSIAN_CLIENT_SECRET" => Some("secret".to_owned()),
            "ATLASSIAN_VIEWER_CLIENT_ID" => Some(id.to_owned()),
            "ATLASSIAN_VIEWER_CLIENT_SECRET" => Some(secret.to_owned()),
            _ => None,
        })
    };
    let used =
        |of: &Configuration| of.atlassian_of(of.viewers_use()).map(|one| (one.client_id.to_owned(), one.scopes)).ok();
    let advised = |of: &Configuration| of.advice().iter().any(|one| one.name == "ATLASSIAN_VIEWER_CLIENT_ID");
    let own = with("second", "other");
    assert_eq!((used(&own), advised(&own)), (Some(("second".into(), VIEWER_SCOPES)), false));
    let shared = with("", "");
    assert_eq!((used(&shared), advised(&shared)), (Some(("first".into(), SCOPES)), true));
    for (half, missing) in
        [(with("second", ""), "ATLASSIAN_VIEWER_CLIENT_SECRET"), (with("", "other"), "ATLASSIAN_VIEWER_CLIENT_ID")]
    {
        assert_eq!((used(&half), advised(&half)), (None, false), "a typing error does not ask people for more");
        assert!(half.findings().iter().any(|one| one.name == missing));
    }
    assert!(VIEWER_SCOPES.iter().all(|scope| !scope.starts_with("write:")));
}

#[test]
fn administrators_are_addresses_in_lower_case() {
    let of = |value| configured("ADMINS", value).administrators().map(<[String]>::to_vec).ok();
    assert_eq!(of("Ada@Example.com, max@example.com"), Some(vec!["ada@example.com".into(), "max@example.com".into()]));
    for bad in ["ada", ",", "mar\u{212a}@example.com", "ada@example.com, jürgen@example.com"] {
        assert_eq!(of(bad), None, "{bad}");
    }
}

#[test]
fn a_setting_for_signing_in_that_is_malformed_is_named_and_stops_signing_in() {
    for name in ["OIDC_CLIENT_AUTH", "OIDC_REQUIRED_CLAIMS", "OIDC_TRUST_EMAIL"] {
        let configuration = Configuration::read(|requested| match requested {
            requested if requested == name => Some("nonsense".to_owned()),
            "OIDC_ISSUER" => Some("https://id.example".to_owned()),
            "OIDC_CLIENT_ID" | "OIDC_CLIENT_SECRET" => Some("text".to_owned()),
            _ => None,
        });
        assert_eq!(configuration.oidc().err().map(|finding| finding.name.as_str()), Some(name));
        assert!(configuration.findings().iter().any(|finding| finding.name == name));
    }
}

#[test]
fn a_public_client_needs_no_secret() {
    let configuration = |auth: &'static str| {
        Configuration::read(move |name| match name {
            "OIDC_ISSUER" => Some("https://id.example".to_owned()),
            "OIDC_CLIENT_ID" => Some("causeway".to_owned()),
            "OIDC_CLIENT_AUTH" => Some(auth.to_owned()),
            _ => None,
        })
    };
    let public = configuration("none");
    assert!(public.oidc().is_ok_and(|oidc| oidc.client_secret.is_none()));
    assert!(public.findings().iter().all(|finding| finding.name != "OIDC_CLIENT_SECRET"));
    assert!(configuration("client_secret_post").oidc().is_err());
}

#[test]
fn a_finding_never_shows_the_value() {
    let findings = configured("SEALING_KEYS", "dev:not-a-key-but-secret").findings();
    assert!(findings.iter().all(|f| !f.message.contains("secret-but") && !f.message.contains("not-a-key")));
}
