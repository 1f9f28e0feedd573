//! A world that answers as it is told.

use std::cell::{Cell, RefCell};

use api::Cause;
use http::{Request, Response};

use crate::{
    atlassian::RESOURCES_PATH,
    checkup::*,
    fakes::{FakeClock, FakeResponse, NativeRsa},
    grant::{AccessToken, Generation, KeeperAnswer, KeeperCommand, Token},
    oauth1::{KeyPair, PrivateKey, RsaFailure},
    ports::{HttpFailure, HttpLimits, PortFailure},
};

/// The world, all well at first.
pub(super) struct World {
    pub(super) clock: FakeClock,
    pub(super) gateway: RefCell<FakeResponse>,
    pub(super) resources: RefCell<FakeResponse>,
    pub(super) myself: RefCell<Vec<FakeResponse>>,
    pub(super) permissions: RefCell<FakeResponse>,
    pub(super) keeper: RefCell<Vec<KeeperAnswer>>,
    /// What the keeper was asked: the generation seen, and whether Jira refused it.
    pub(super) keeper_asked: RefCell<Vec<(Option<Generation>, bool)>>,
    /// What the keeper was told that Jira refused.
    pub(super) refused: RefCell<Vec<(Generation, Cause)>>,
    /// What an instance answers, by path; `myself` is answered as everywhere.
    pub(super) server_info: RefCell<FakeResponse>,
    pub(super) asked: RefCell<Vec<String>>,
    pub(super) takes: Cell<u64>,
}

pub(super) fn token(generation: u64) -> KeeperAnswer {
    let far = Timestamp::from_millis(i64::MAX);
    let token = Token::parse(format!("SECRET-TOKEN-{generation}")).expect("a token");
    let token = AccessToken {
        credential: crate::grant::Credential::Bearer(token),
        generation: Generation(generation),
        expires_at: far,
        refresh_after: far.plus_millis(-1),
    };
    KeeperAnswer::Token { token }
}

pub(super) fn resources(name: &str) -> FakeResponse {
    FakeResponse::json(
        200,
        &format!(
            r#"[{{"id":"one","name":"{name}","url":"https://{name}.example","scopes":["read:jira-work","read:jira-user","write:jira-work"]}}]"#
        ),
    )
}

impl World {
    pub(super) fn new() -> Self {
        let may = |key: &str| format!(r#""{key}":{{"havePermission":true}}"#);
        let permissions = [may("BROWSE_PROJECTS"), may("CREATE_ISSUES"), may("EDIT_ISSUES")].join(",");
        let well =
            FakeResponse::json(200, r#"{"accountId":"ada","displayName":"Ada","emailAddress":"ada@example.com"}"#)
                .with("x-ratelimit-remaining", "64000")
                .with("x-ratelimit-limit", "65000");
        Self {
            clock: FakeClock::default(),
            gateway: RefCell::new(FakeResponse::json(401, "{}").with("date", "Sun, 22 Nov 2026 05:00:00 GMT")),
            resources: RefCell::new(resources("acme")),
            myself: RefCell::new(vec![well]),
            permissions: RefCell::new(FakeResponse::json(200, &format!(r#"{{"permissions":{{{permissions}}}}}"#))),
            keeper: RefCell::new(vec![token(1)]),
            keeper_asked: RefCell::default(),
            refused: RefCell::default(),
            server_info: RefCell::new(FakeResponse::json(404, "")),
            asked: RefCell::default(),
            takes: Cell::new(20),
        }
    }
}

/// The first of several, until one is left.
pub(super) fn next<T: Clone>(queue: &RefCell<Vec<T>>) -> T {
    let mut queue = queue.borrow_mut();
    if queue.len() > 1 { queue.remove(0) } else { queue[0].clone() }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Http for World {
    async fn exchange(&self, request: Request<Vec<u8>>, limits: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
        let path = request.uri().path();
        let bounded = [HttpLimits::RESOURCE, HttpLimits::TOKEN_ENDPOINT].contains(&limits);
        assert!(bounded, "{path} is asked without bounds");
        let named = request.headers().contains_key("authorization");
        self.asked.borrow_mut().push(format!("{path}{}", if named { "" } else { " (in nobody's name)" }));
        self.clock.advance(std::time::Duration::from_millis(self.takes.get()));
        let reply = match path {
            RESOURCES_PATH if !named => self.gateway.borrow().clone(),
            RESOURCES_PATH => self.resources.borrow().clone(),
            "/ex/jira/one/rest/api/3/myself" | "/jira/rest/api/2/myself" => next(&self.myself),
            "/ex/jira/one/rest/api/3/mypermissions" | "/jira/rest/api/2/mypermissions" => {
                self.permissions.borrow().clone()
            }
            "/jira/rest/api/2/serverInfo" if !named => self.server_info.borrow().clone(),
            other => panic!("the checkup asked for {other}"),
        };
        reply.give(limits).await
    }
}

impl Random for World {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

impl Rsa for World {
    async fn generate(&self) -> Result<KeyPair, RsaFailure> {
        NativeRsa::default().generate().await
    }

    async fn sign_sha1(&self, private_key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, RsaFailure> {
        NativeRsa::default().sign_sha1(private_key, message).await
    }
}

impl GrantKeepers for World {
    async fn command(
        &self,
        _: &OrganizationId,
        _: &GrantId,
        command: KeeperCommand,
    ) -> Result<KeeperAnswer, PortFailure> {
        let (seen, refused) = match command {
            KeeperCommand::Token { seen, refused } => (seen, refused),
            KeeperCommand::Refuse { generation, cause } => {
                self.refused.borrow_mut().push((generation, cause));
                return Ok(KeeperAnswer::Done);
            }
            _ => panic!("a checkup only asks for tokens, and tells of refusals"),
        };
        self.keeper_asked.borrow_mut().push((seen, refused));
        Ok(next(&self.keeper))
    }
}
