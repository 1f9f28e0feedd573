//! What the ports answer: time, randomness, seals and signatures, Atlassian, Jira instances, and the organizations.

use api::Timestamp;
use http::{Request, Response};
use serde_json::json;

use super::World;
use crate::{
    fakes::{FakeResponse, NativeAead, NativeMac},
    http::RenderCopies,
    oauth1::{KeyPair, PrivateKey, Rsa, RsaFailure},
    organization::{Caller, Envelope, FailAuthorization, Organizations, Turn, fixture::Tables, send},
    organization_id::OrganizationId,
    ports::*,
    quota_ledger::QuotaLedgers,
};

/// What Atlassian answers to the refresh token of a consent that was removed.
fn refresh_refused() -> FakeResponse {
    let words = json!({"error": "unauthorized_client", "error_description": "refresh_token is invalid"});
    FakeResponse::json(403, &words.to_string())
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Timer for World {
    /// Time passes at once.
    async fn sleep(&self, pause: std::time::Duration) {
        self.clock.advance(pause);
        tokio::task::yield_now().await;
    }
}

impl Random for World {
    fn fill(&self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }
}

impl Log for World {
    fn log(&self, level: Level, event: &'static str, details: &[(&'static str, &str)]) {
        self.log.log(level, event, details);
    }
}

impl Aead for World {
    async fn seal(&self, key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, AeadFailure> {
        self.sealed.set(self.sealed.get() + 1);
        NativeAead.seal(key, nonce, aad, plain).await
    }

    async fn open(&self, key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, AeadFailure> {
        if self.opens_nothing.get() {
            return Err(AeadFailure);
        }
        NativeAead.open(key, nonce, aad, sealed).await
    }
}

impl Http for World {
    async fn exchange(&self, request: Request<Vec<u8>>, limits: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
        assert_eq!(request.headers()["user-agent"], crate::USER_AGENT, "{}", request.uri());
        let host = request.uri().host().unwrap_or_default().to_owned();
        let receiver = self.receivers.borrow().get(&host).cloned();
        if let Some(reply) = receiver {
            self.received.borrow_mut().push(request);
            return reply.give(limits).await;
        }
        let at_instance = self.instances.borrow().get(&format!("{host}{}", request.uri().path())).cloned();
        if let Some(reply) = at_instance {
            self.asked.borrow_mut().push(request);
            return reply.give(limits).await;
        }
        let reply = match request.uri().path() {
            "/oauth/token" => {
                self.token_requests.set(self.token_requests.get() + 1);
                let is_refresh = String::from_utf8_lossy(request.body()).contains("grant_type=refresh_token");
                if is_refresh && self.consent_removed.get() {
                    refresh_refused()
                } else {
                    self.token_answer.borrow().clone()
                }
            }
            _ if self.consent_removed.get() => FakeResponse::json(401, r#"{"code":401,"message":"Unauthorized"}"#),
            "/oauth/token/accessible-resources" => self.resources.borrow().clone(),
            "/me" => self.me.borrow().clone(),
            path if path.ends_with("/rest/api/3/myself") => {
                if let Some(id) = self.on_probe.take() {
                    let cancel = FailAuthorization { id, failure: crate::authorization::cancelled() };
                    send(self, &OrganizationId::default(), Caller::Edge, &cancel).await.expect("cancelled");
                }
                let bearer = request.headers()["authorization"].to_str().expect("text").to_owned();
                self.probed_with.borrow_mut().push(bearer);
                self.probe.borrow().clone()
            }
            path if path.ends_with("/rest/api/3/mypermissions") => {
                FakeResponse::json(200, r#"{"permissions":{"BROWSE_PROJECTS":{"havePermission":true}}}"#)
            }
            path if path.ends_with("/rest/api/3/project/search") => {
                FakeResponse::json(200, r#"{"values":[{"key":"SHOP","name":"Web shop"}],"isLast":true}"#)
            }
            path if path.contains("/rest/api/3/project/") => {
                FakeResponse::json(200, r#"{"key":"SHOP","name":"Web shop"}"#)
            }
            path => panic!("the edge asked for {path}"),
        };
        reply.give(limits).await
    }
}

impl RenderCopies for World {
    async fn read_render(&self, name: &str) -> Result<Option<String>, PortFailure> {
        Ok(self.renders.borrow().get(name).cloned())
    }

    async fn write_render(&self, name: &str, copy: &str) -> Result<(), PortFailure> {
        self.renders.borrow_mut().insert(name.to_owned(), copy.to_owned());
        Ok(())
    }
}

impl QuotaLedgers for World {
    async fn call_ledger(&self, command: String) -> Result<String, PortFailure> {
        self.ledger.answer(&command, self.now()).await
    }
}

impl Mac for World {
    async fn hmac_sha256(&self, key: &[u8], message: &[u8]) -> Result<Vec<u8>, MacFailure> {
        NativeMac.hmac_sha256(key, message).await
    }
}

impl RateLimiter for World {
    async fn count(&self, limit: RateLimit, key: &str) -> Result<bool, PortFailure> {
        self.limiter.count(limit, key).await
    }
}

impl Rsa for World {
    async fn generate(&self) -> Result<KeyPair, RsaFailure> {
        self.rsa_generated.set(self.rsa_generated.get() + 1);
        self.rsa.generate().await
    }

    async fn sign_sha1(&self, private_key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, RsaFailure> {
        self.signed.set(self.signed.get() + 1);
        let message = if self.signs_wrongly.get() { b"something else" } else { message };
        self.rsa.sign_sha1(private_key, message).await
    }
}

impl Organizations for World {
    async fn call_organization(
        &self,
        organization: &OrganizationId,
        envelope: String,
        _: bool,
    ) -> Result<String, PortFailure> {
        self.hops.borrow_mut().push(organization.clone());
        let failed = |error: serde_json::Error| PortFailure(error.to_string());
        let envelope: Envelope = serde_json::from_str(&envelope).map_err(failed)?;
        let mut others = self.others.borrow_mut();
        let turn = if *organization == self.organization {
            self.turn()
        } else {
            let tables = others.entry(organization.to_string()).or_insert_with(Tables::new);
            Turn { organization, sql: tables, ..self.turn() }
        };
        serde_json::to_string(&turn.answer(&envelope)).map_err(failed)
    }
}
