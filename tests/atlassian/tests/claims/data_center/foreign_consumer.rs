//! A consumer of OAuth 1.0a that we did not write: `oauth1-request` builds and signs everything it sends.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::time::UNIX_EPOCH;

use atlassian::{ApplicationLink, Person};
use oauth1_request::signature_method::Rsa09Sha1;
use oauth1_request::{Builder, Credentials, ParameterList};
use reqwest::{Method, Response};
use rsa::RsaPrivateKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey, LineEnding};
use url::Url;

use super::asking::{Company, header};
use crate::asking::parameter;

pub(crate) const OLDER: &str = include_str!("development_only_older_key.pem");
pub(crate) const NEWER: &str = include_str!("development_only_newer_key.pem");
pub(crate) const CALLBACK: &str = "https://consumer.example/back?keep=this";

/// A consumer with its private key.
pub(crate) struct Consumer<'a> {
    company: &'a Company,
    pub(crate) key: String,
    private: RsaPrivateKey,
    /// Seconds its clock is ahead of the model's.
    pub(crate) ahead: i64,
}

/// A token that was handed out.
pub(crate) type Token = Credentials<String>;

impl<'a> Consumer<'a> {
    pub(crate) fn new(company: &'a Company, private_key: &str) -> Self {
        let pem = &private_key[private_key.find("-----BEGIN").unwrap()..];
        Self { company, key: "causeway".into(), private: RsaPrivateKey::from_pkcs8_pem(pem).unwrap(), ahead: 0 }
    }

    /// The same, with its public key registered.
    pub(crate) fn registered(company: &'a Company, private_key: &str) -> Self {
        let consumer = Self::new(company, private_key);
        company.jira.register_application_link(consumer.link()).unwrap();
        consumer
    }

    /// What an administrator types in.
    pub(crate) fn link(&self) -> ApplicationLink {
        let public_key = self.private.to_public_key().to_public_key_pem(LineEnding::LF).unwrap();
        ApplicationLink { consumer_key: self.key.clone(), consumer_name: "Causeway".into(), public_key }
    }

    pub(crate) fn signing(&self) -> Builder<'static, Rsa09Sha1> {
        let mut builder = Builder::new(Credentials::new(self.key.clone(), String::new()), self.private.clone().into());
        let now = self.company.asking.model.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        builder.timestamp(NonZeroU64::new(now.saturating_add_signed(self.ahead)).unwrap());
        builder
    }

    /// Sends the request that `header` signs.
    pub(crate) async fn send(&self, method: Method, url: &str, header: &str) -> Response {
        self.company.asking.http.request(method, url).header("authorization", header).send().await.unwrap()
    }

    pub(crate) async fn request_token(&self, callback: &str) -> Response {
        let url = self.company.url("/plugins/servlet/oauth/request-token");
        let header = self.signing().callback(callback.to_owned().leak() as &str).post(url.as_str(), &());
        self.send(Method::POST, &url, &header).await
    }

    pub(crate) async fn access_token(&self, token: &Token, verifier: Option<&str>) -> Response {
        let url = self.company.url("/plugins/servlet/oauth/access-token");
        let verifier = verifier.map(|verifier| &*verifier.to_owned().leak());
        let header = self.signing().token(token.clone()).verifier(verifier).post(url.as_str(), &());
        self.send(Method::POST, &url, &header).await
    }

    /// `GET rest/api/2/{path}?{query}` for a token.
    pub(crate) async fn call(&self, token: &Token, path: &str, query: &[(&str, &str)]) -> Response {
        let parameters = ParameterList::new(query.to_vec());
        let url = self.company.url(&format!("/rest/api/2/{path}"));
        let header = self.signing().token(token.clone()).get(url.as_str(), &parameters);
        self.send(Method::GET, &oauth1_request::to_query(url, &parameters), &header).await
    }

    /// A request token that may be approved.
    pub(crate) async fn asked(&self, callback: &str) -> Token {
        token(&form(self.request_token(callback).await).await)
    }

    /// All three steps, to the access token.
    pub(crate) async fn authorized(&self, person: Person) -> Token {
        let asked = self.asked("oob").await;
        let verifier = self.company.jira.approve_request_token(&asked.identifier, person).unwrap();
        token(&form(self.access_token(&asked, Some(&verifier)).await).await)
    }
}

/// The approval page, with somebody logged in, and what they press.
pub(crate) async fn press(company: &Company, person: Person, token: &Token, decision: &str) -> Response {
    let cookie = company.browser(person).await;
    let form = [("oauth_token", token.identifier.as_str()), ("decision", decision)];
    company.post("/plugins/servlet/oauth/authorize").header("cookie", cookie).form(&form).send().await.unwrap()
}

/// The verifier that the callback gets.
pub(crate) fn called_back(response: &Response, token: &Token) -> String {
    assert_eq!(response.status(), 302);
    let back = Url::parse(header(response, "location")).unwrap();
    assert!(back.as_str().starts_with("https://consumer.example/back?keep=this&"));
    assert_eq!(parameter(&back, "oauth_token").as_ref(), Some(&token.identifier));
    parameter(&back, "oauth_verifier").unwrap()
}

pub(crate) async fn form(response: Response) -> HashMap<String, String> {
    assert_eq!(response.status(), 200);
    url::form_urlencoded::parse(response.text().await.unwrap().as_bytes()).into_owned().collect()
}

pub(crate) fn token(form: &HashMap<String, String>) -> Token {
    Credentials::new(form["oauth_token"].clone(), form["oauth_token_secret"].clone())
}

/// The problem that the body names, which the challenge must name as well.
pub(crate) async fn problem(response: Response) -> HashMap<String, String> {
    assert_eq!(response.status(), 401);
    let challenge = header(&response, "www-authenticate").to_owned();
    let body = response.text().await.unwrap();
    let named: HashMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    assert!(challenge.contains(&format!("oauth_problem=\"{}\"", named["oauth_problem"])), "{challenge}");
    named
}

pub(crate) async fn problem_name(response: Response) -> String {
    problem(response).await["oauth_problem"].clone()
}
