//! The input of the credential form, and its validation. Pure rules.

use api::{
    BasicForm, ConnectionDraft, ConsumerKey, CredentialShown, DataCenterScope, DraftShown, Kind, NewCredential, RsaKey,
    Timestamp, WriteOnly,
};

/// A method to connect: the kind and, for `basic`, the form of the secret.
pub(super) type AuthMethod = (Kind, Option<BasicForm>);

/// The input. There is one field for a name and one for a secret, whatever the method calls them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CredentialInput {
    pub(super) method: Option<AuthMethod>,
    /// The address of Jira, as the edge normalized it.
    pub(super) address: String,
    /// The client id, consumer key, e-mail address or user name.
    pub(super) identity: String,
    /// The client secret, password or token.
    pub(super) secret: String,
    pub(super) scope: DataCenterScope,
    pub(super) key: Option<RsaKey>,
    pub(super) by_code: bool,
    /// A day, as the browser's date field writes it; empty for none.
    pub(super) expires: String,
}

impl Default for CredentialInput {
    /// Of a new connection: to Jira Cloud with OAuth 2.0.
    fn default() -> Self {
        Self {
            method: Some((Kind::CloudOauth2, None)),
            address: String::new(),
            identity: String::new(),
            secret: String::new(),
            scope: DataCenterScope::Write,
            key: None,
            by_code: false,
            expires: String::new(),
        }
    }
}

/// A field. Its id is that of the element on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CredentialField {
    Address,
    Identity,
    Key,
    Secret,
    Expires,
}

impl CredentialField {
    /// In the order on the screen.
    const ALL: [Self; 5] = [Self::Address, Self::Identity, Self::Key, Self::Secret, Self::Expires];

    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Address => "credential-address",
            Self::Identity => "credential-identity",
            Self::Key => "generate-key",
            Self::Secret => "credential-secret",
            Self::Expires => "credential-expires",
        }
    }
}

/// What a method calls its name field; `None` if it has none.
pub(super) const fn identity_name(method: AuthMethod) -> Option<&'static str> {
    match method {
        (Kind::CloudOauth2 | Kind::Unknown(_), _) | (Kind::Basic, Some(BasicForm::PersonalAccessToken)) => None,
        (Kind::DataCenterOauth2, _) => Some("Client ID"),
        (Kind::Oauth1, _) => Some("Consumer key"),
        (Kind::Basic, Some(BasicForm::Password)) => Some("User name"),
        (Kind::Basic, _) => Some("E-mail address"),
    }
}

/// What a method calls its secret; `None` if it has none.
pub(super) const fn secret_name(method: AuthMethod) -> Option<&'static str> {
    match method {
        (Kind::CloudOauth2 | Kind::Oauth1 | Kind::Unknown(_), _) => None,
        (Kind::DataCenterOauth2, _) => Some("Client secret"),
        (Kind::Basic, Some(BasicForm::Password)) => Some("Password"),
        (Kind::Basic, Some(BasicForm::PersonalAccessToken)) => Some("Personal access token"),
        (Kind::Basic, _) => Some("API token"),
    }
}

/// Whether a method's secret can have an expiry date.
pub(super) const fn may_expire((kind, form): AuthMethod) -> bool {
    matches!(kind, Kind::Basic) && !matches!(form, Some(BasicForm::Password))
}

impl CredentialInput {
    /// The error of a field; `None` if it is valid or the method does not use it.
    pub(super) fn error_in(&self, field: CredentialField, now: Timestamp) -> Option<String> {
        let method = self.method?;
        let missing = |name: Option<&str>, value: &str| {
            name.filter(|_| value.trim().is_empty()).map(|name| format!("Enter the {}.", uncapitalized(name)))
        };
        match field {
            CredentialField::Address => {
                missing((method.0 != Kind::CloudOauth2).then_some("address of Jira"), &self.address)
            }
            CredentialField::Identity if method.0 == Kind::Oauth1 => {
                ConsumerKey::parse(&self.identity).err().map(|refused| refused.to_string())
            }
            CredentialField::Identity => missing(identity_name(method), &self.identity),
            CredentialField::Secret => missing(secret_name(method), &self.secret),
            CredentialField::Key => {
                (method.0 == Kind::Oauth1 && self.key.is_none()).then(|| "Generate a key first.".to_owned())
            }
            CredentialField::Expires if !may_expire(method) || self.expires.is_empty() => None,
            CredentialField::Expires => match self.expires_at() {
                None => Some("Enter a date.".to_owned()),
                Some(at) if at <= now => Some("The token has expired already. Create a new one in Jira.".to_owned()),
                Some(_) => None,
            },
        }
    }

    /// The first field with an error.
    pub(super) fn first_error(&self, now: Timestamp) -> Option<CredentialField> {
        CredentialField::ALL.into_iter().find(|field| self.error_in(*field, now).is_some())
    }

    /// The credential, if there is no error; `None` for Cloud OAuth 2.0, which needs none.
    pub(super) fn credential(&self) -> Option<NewCredential> {
        let address = self.address.clone();
        let identity = self.identity.trim().to_owned();
        let (kind, form) = self.method?;
        match kind {
            Kind::CloudOauth2 | Kind::Unknown(_) => None,
            Kind::DataCenterOauth2 => Some(NewCredential::DataCenterOauth2 {
                address,
                client_id: identity,
                client_secret: WriteOnly(self.secret.trim().to_owned()),
                scopes: vec![self.scope],
            }),
            Kind::Oauth1 => Some(NewCredential::Oauth1 {
                address,
                consumer_key: identity,
                key_id: self.key.as_ref()?.id.clone(),
                verification_code: self.by_code,
            }),
            Kind::Basic => {
                let form = form?;
                // A password may begin or end with a space; a copied token does not.
                let secret = if form == BasicForm::Password { &self.secret } else { self.secret.trim() };
                Some(NewCredential::Basic {
                    address,
                    form,
                    username: identity_name((kind, Some(form))).map(|_| identity),
                    secret: WriteOnly(secret.to_owned()),
                    expires_at: self.expires_at(),
                })
            }
        }
    }

    /// What can be kept for later: everything but the secret. `None` without a method, or if a text is not one that its
    /// field can have.
    pub(super) fn kept(&self) -> Option<ConnectionDraft> {
        let (kind, form) = self.method?;
        let address = self.address.clone();
        let identity = Some(self.identity.trim().to_owned()).filter(|identity| !identity.is_empty());
        match kind {
            Kind::CloudOauth2 => Some(ConnectionDraft::CloudOauth2 {}),
            Kind::Unknown(_) => None,
            Kind::DataCenterOauth2 => {
                Some(ConnectionDraft::DataCenterOauth2 { address, client_id: identity, scopes: vec![self.scope] })
            }
            Kind::Oauth1 => {
                let is_a_key = identity.as_deref().is_none_or(|key| ConsumerKey::parse(key).is_ok());
                is_a_key.then(|| ConnectionDraft::Oauth1 {
                    address,
                    consumer_key: identity,
                    key_id: self.key.as_ref().map(|key| key.id.clone()),
                    verification_code: self.by_code,
                })
            }
            Kind::Basic => Some(ConnectionDraft::Basic {
                address,
                form: form?,
                username: identity.filter(|_| identity_name((kind, form)).is_some()),
                expires_at: self.expires_at(),
            }),
        }
    }

    /// The start of the day on which the token expires.
    fn expires_at(&self) -> Option<Timestamp> {
        Timestamp::parse(&format!("{}T00:00:00Z", self.expires)).filter(|_| self.method.is_some_and(may_expire))
    }
}

/// The address with its scheme: `https://`, unless another one was typed.
pub(super) fn completed(typed: &str) -> String {
    let typed = typed.trim();
    if typed.is_empty() || typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") }
}

/// The input that was kept for later.
pub(super) fn drafted(kind: Kind, draft: &DraftShown) -> CredentialInput {
    let identity = [&draft.client_id, &draft.consumer_key, &draft.username].into_iter().find_map(Option::clone);
    CredentialInput {
        method: Some((kind, draft.form)),
        address: draft.address.clone().unwrap_or_default(),
        identity: identity.unwrap_or_default(),
        secret: String::new(),
        scope: draft.scopes.iter().max().copied().unwrap_or(DataCenterScope::Write),
        key: draft.key.clone(),
        by_code: draft.verification_code,
        expires: draft
            .expires_at
            .map(|at| at.to_string().chars().take_while(|c| *c != 'T').collect())
            .unwrap_or_default(),
    }
}

/// The method of an existing credential.
pub(super) const fn method_of(shown: &CredentialShown) -> AuthMethod {
    match shown {
        CredentialShown::DataCenterOauth2 { .. } => (Kind::DataCenterOauth2, None),
        CredentialShown::Oauth1 { .. } => (Kind::Oauth1, None),
        CredentialShown::Basic { form, .. } => (Kind::Basic, Some(*form)),
        CredentialShown::Unknown(_) => (Kind::UNKNOWN, None),
    }
}

/// The words within a sentence. Abbreviations keep their capitals.
fn uncapitalized(words: &str) -> String {
    match words.split_once(' ') {
        Some(("API", _)) => words.to_owned(),
        _ => words.chars().take(1).flat_map(char::to_lowercase).chain(words.chars().skip(1)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_600_000);

    fn written(method: AuthMethod) -> CredentialInput {
        CredentialInput {
            method: Some(method),
            address: "https://jira.example.com/jira".to_owned(),
            identity: " causeway ".to_owned(),
            secret: " s3cret ".to_owned(),
            scope: DataCenterScope::Write,
            key: serde_json::from_str(r#"{"id":"rsa_1","public_key":"PEM","created_at":"2026-01-01T00:00:00Z"}"#).ok(),
            by_code: false,
            expires: String::new(),
        }
    }

    fn json(written: &CredentialInput) -> serde_json::Value {
        serde_json::to_value(written.credential()).expect("JSON")
    }

    #[test]
    fn each_method_sends_what_the_contract_asks_for_and_nothing_else() {
        let at = "https://jira.example.com/jira";
        let expected = serde_json::json!({"kind": "data_center_oauth2", "address": at, "client_id": "causeway",
            "client_secret": "s3cret", "scopes": ["WRITE"]});
        assert_eq!(json(&written((Kind::DataCenterOauth2, None))), expected);
        let expected = serde_json::json!({"kind": "oauth1", "address": at, "consumer_key": "causeway",
            "key_id": "rsa_1", "verification_code": false});
        assert_eq!(json(&written((Kind::Oauth1, None))), expected);
        let token = written((Kind::Basic, Some(BasicForm::PersonalAccessToken)));
        let expected = serde_json::json!({"kind": "basic", "address": at, "form": "personal_access_token",
            "username": null, "secret": "s3cret", "expires_at": null});
        assert_eq!(json(&token), expected);
        assert_eq!(written((Kind::CloudOauth2, None)).credential(), None);
    }

    #[test]
    fn what_is_kept_for_later_comes_back_without_its_secret() {
        let methods = [
            (Kind::CloudOauth2, None),
            (Kind::DataCenterOauth2, None),
            (Kind::Oauth1, None),
            (Kind::Basic, Some(BasicForm::Password)),
            (Kind::Basic, Some(BasicForm::ApiToken)),
        ];
        for method in methods {
            let kept = written(method).kept().expect("a draft");
            assert!(!format!("{kept:?}").contains("s3cret"), "{kept:?}");
        }
        let shown = DraftShown {
            address: Some("https://jira.example.com/jira".to_owned()),
            consumer_key: Some("causeway".to_owned()),
            key: written((Kind::Oauth1, None)).key,
            verification_code: true,
            ..DraftShown::default()
        };
        let back = drafted(Kind::Oauth1, &shown);
        let sent = CredentialInput { by_code: true, secret: String::new(), ..written((Kind::Oauth1, None)) };
        assert_eq!(back.kept(), sent.kept());
        let expiring = DraftShown {
            form: Some(BasicForm::ApiToken),
            expires_at: Timestamp::parse("2100-01-01T00:00:00Z"),
            ..DraftShown::default()
        };
        assert_eq!(drafted(Kind::Basic, &expiring).expires, "2100-01-01");
    }

    #[test]
    fn a_consumer_key_that_cannot_be_one_is_not_kept() {
        assert_eq!(CredentialInput { identity: "my key".to_owned(), ..written((Kind::Oauth1, None)) }.kept(), None);
    }

    #[test]
    fn an_address_without_a_scheme_gets_https() {
        for (typed, address) in [
            (" jira.example.com/jira ", "https://jira.example.com/jira"),
            ("http://jira.example.com", "http://jira.example.com"),
            ("", ""),
        ] {
            assert_eq!(completed(typed), address);
        }
    }

    #[test]
    fn a_password_keeps_its_blanks() {
        assert_eq!(json(&written((Kind::Basic, Some(BasicForm::Password))))["secret"], " s3cret ");
    }

    #[test]
    fn what_is_missing_is_named_as_the_method_calls_it() {
        let error_in = |method, field| {
            let empty =
                CredentialInput { identity: String::new(), secret: " ".to_owned(), key: None, ..written(method) };
            empty.error_in(field, NOW)
        };
        let token = (Kind::Basic, Some(BasicForm::ApiToken));
        assert_eq!(error_in(token, CredentialField::Secret).as_deref(), Some("Enter the API token."));
        assert_eq!(error_in(token, CredentialField::Identity).as_deref(), Some("Enter the e-mail address."));
        assert_eq!(error_in((Kind::Oauth1, None), CredentialField::Key).as_deref(), Some("Generate a key first."));
        assert_eq!(error_in((Kind::Basic, Some(BasicForm::PersonalAccessToken)), CredentialField::Identity), None);
        assert_eq!(error_in((Kind::CloudOauth2, None), CredentialField::Identity), None);
    }

    #[test]
    fn a_consumer_key_is_checked_as_it_is_typed() {
        let typed = CredentialInput { identity: "my key".to_owned(), ..written((Kind::Oauth1, None)) };
        assert_eq!(typed.error_in(CredentialField::Identity, NOW).as_deref(), Some("Use one word, without spaces."));
        assert_eq!(typed.first_error(NOW), Some(CredentialField::Identity));
    }

    #[test]
    fn a_token_that_has_ended_is_faulted_and_one_that_will_is_sent_with_its_day() {
        let ends = |day: &str| CredentialInput {
            expires: day.to_owned(),
            ..written((Kind::Basic, Some(BasicForm::ApiToken)))
        };
        assert!(ends("2020-01-01").error_in(CredentialField::Expires, NOW).is_some());
        assert_eq!(ends("2100-01-01").first_error(NOW), None);
        assert_eq!(json(&ends("2100-01-01"))["expires_at"], "2100-01-01T00:00:00Z");
        let password = CredentialInput { method: Some((Kind::Basic, Some(BasicForm::Password))), ..ends("2020-01-01") };
        assert_eq!((password.first_error(NOW), json(&password)["expires_at"].clone()), (None, serde_json::Value::Null));
    }
}
