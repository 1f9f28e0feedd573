//! The first two steps over an application link: the request token and its approval.

use url::Url;

use super::{
    answer::Oauth1Answer,
    callback::Callback,
    consumer::Consumer,
    form,
    refusal::Oauth1Refusal,
    rsa::Rsa,
    signing::authorization,
    tokens::{RequestToken, TokenKey},
};
use crate::ports::{Clock, Http, HttpLimits, Random};

/// An application link of a Jira Data Center.
#[derive(Clone, Copy, Debug)]
pub struct ApplicationLink<'a> {
    /// Jira's base URL, which was checked before.
    pub base: &'a Url,
    /// Our side.
    pub consumer: &'a Consumer,
}

impl ApplicationLink<'_> {
    /// Step 1 (RFC 5849, section 2.1): requests a request token and names the callback.
    pub async fn request_token(
        &self,
        world: &(impl Http + Rsa + Random + Clock),
        callback: &Callback,
    ) -> Result<RequestToken, Oauth1Refusal> {
        let told = self.ask(world, "request-token", None, ("oauth_callback", callback.as_str())).await?;
        let token = form::only(&told, "oauth_token").and_then(RequestToken::new);
        let token = token.ok_or(Oauth1Refusal::AnswerNotUnderstood { what: "there is no request token in it" })?;
        match form::only(&told, "oauth_callback_confirmed") {
            Some("true") => Ok(token),
            _ => Err(Oauth1Refusal::AnswerNotUnderstood {
                what: "the callback is not confirmed in it, as OAuth 1.0a asks for",
            }),
        }
    }

    /// Step 2 (section 2.2): the URL at which a person approves.
    pub fn authorize_url(&self, token: &RequestToken) -> Url {
        let mut url = self.servlet("authorize");
        url.query_pairs_mut().append_pair("oauth_token", token.expose());
        url
    }

    /// Calls an endpoint of the protocol: signed, without a body. The response is a form.
    pub(super) async fn ask(
        &self,
        world: &(impl Http + Rsa + Random + Clock),
        servlet: &str,
        token: Option<&TokenKey>,
        step: (&'static str, &str),
    ) -> Result<form::Pairs, Oauth1Refusal> {
        let url = self.servlet(servlet);
        let signed = authorization(world, "POST", &url, self.consumer, token, Some(step)).await?;
        let request = http::Request::post(url.as_str()).header("authorization", signed).body(Vec::new());
        let request = request.map_err(|_| Oauth1Refusal::AddressUnusable)?;
        let answer = world.send(request, HttpLimits::TOKEN_ENDPOINT).await.map_err(Oauth1Refusal::Unreachable)?;
        Oauth1Answer::of(&answer).form(&url, world.now())
    }

    fn servlet(&self, name: &str) -> Url {
        let mut url = self.base.clone();
        let context = self.base.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{context}/plugins/servlet/oauth/{name}"));
        url.set_query(None);
        url.set_fragment(None);
        url
    }
}
