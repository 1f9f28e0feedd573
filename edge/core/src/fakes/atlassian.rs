//! Atlassian's token endpoint as a model: refresh tokens rotate, the previous one is honoured for ten more minutes, an
//! older one ends the family. It also watches what no client may do.
//!
//! Only refreshing; the whole of Atlassian is the crate `atlassian`.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, VecDeque},
    rc::Rc,
    time::Duration,
};

use api::Timestamp;
use http::{Request, Response};

use super::{FakeClock, FakeResponse, Faults};
use crate::ports::{Clock, Http, HttpFailure, HttpLimits, Timer};

/// How long the previous refresh token is honoured after a rotation.
const LEEWAY_MILLIS: i64 = 10 * 60 * 1000;
/// A family that nobody used for so long is dead.
const IDLE_MILLIS: i64 = 90 * 24 * 3600 * 1000;

/// When a mishap strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before Atlassian did anything.
    BeforeCommit,
    /// After it rotated the token: the answer is lost.
    AfterCommit,
}

/// Something that goes wrong once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mishap {
    /// When.
    pub moment: Moment,
    /// What the client sees instead of the answer.
    pub reply: FakeResponse,
}

/// The tokens of one authorization.
#[derive(Debug)]
struct Family {
    /// Every refresh token it ever had; the last one is current.
    issued: Vec<String>,
    /// The position of the token replaced last, and when.
    previous: Option<(usize, Timestamp)>,
    last_used: Timestamp,
    dead: bool,
    /// The position of the newest token ever presented.
    newest_presented: usize,
}

/// The model.
#[derive(Debug)]
pub struct TokenEndpoint {
    /// The client secret that it accepts, with the client id `client`.
    pub secret: RefCell<String>,
    /// What goes wrong with the next requests, one each.
    pub mishaps: RefCell<VecDeque<Mishap>>,
    /// What every request is answered while this is set.
    pub outage: RefCell<Option<FakeResponse>>,
    /// How long an answer takes.
    pub delay: Cell<Duration>,
    /// How long an access token lives, in seconds.
    pub expires_in: Cell<u32>,
    /// Behave as a Data Center site does: no leeway, the old access token ends at once, the redirect URI is repeated, and
    /// `myself` says whether an access token is good.
    pub data_center: Cell<bool>,
    /// Leave the refresh token out of the answer and do not rotate it.
    pub keeps_refresh_token: Cell<bool>,
    families: RefCell<HashMap<String, Family>>,
    hits: Cell<usize>,
    hosts: RefCell<Vec<String>>,
    probes: Cell<usize>,
    under_way: Cell<usize>,
    most_under_way: Cell<usize>,
    went_backwards: Cell<bool>,
    clock: Rc<FakeClock>,
    faults: Rc<Faults>,
}

impl TokenEndpoint {
    /// Accepts the client `client` with the secret `client-secret`.
    pub fn new(clock: Rc<FakeClock>, faults: Rc<Faults>) -> Self {
        Self {
            secret: RefCell::new("client-secret".to_owned()),
            mishaps: RefCell::default(),
            outage: RefCell::default(),
            delay: Cell::default(),
            expires_in: Cell::new(3600),
            data_center: Cell::default(),
            keeps_refresh_token: Cell::default(),
            probes: Cell::default(),
            families: RefCell::default(),
            hits: Cell::default(),
            hosts: RefCell::default(),
            under_way: Cell::default(),
            most_under_way: Cell::default(),
            went_backwards: Cell::default(),
            clock,
            faults,
        }
    }

    /// Where it was called, each time.
    pub fn hosts(&self) -> Vec<String> {
        self.hosts.borrow().clone()
    }

    /// A person consented: the first access and refresh token of a new family.
    pub fn consent(&self, family: &str) -> (String, String) {
        let refresh = format!("refresh-{family}-0");
        let tokens = Family {
            issued: vec![refresh.clone()],
            previous: None,
            last_used: self.clock.now(),
            dead: false,
            newest_presented: 0,
        };
        self.families.borrow_mut().insert(family.to_owned(), tokens);
        (format!("access-{family}-0"), refresh)
    }

    /// The person takes the consent back.
    pub fn revoke(&self, family: &str) {
        self.families.borrow_mut().get_mut(family).expect("a family").dead = true;
    }

    /// T: how many requests came.
    pub fn hits(&self) -> usize {
        self.hits.get()
    }

    /// How often `myself` was asked.
    pub fn probes(&self) -> usize {
        self.probes.get()
    }

    /// How many requests were ever under way at once.
    pub fn most_at_once(&self) -> usize {
        self.most_under_way.get()
    }

    /// Whether a refresh token was ever presented after a newer one of its family.
    pub fn went_backwards(&self) -> bool {
        self.went_backwards.get()
    }

    /// How often the family's refresh token was rotated.
    pub fn rotations(&self, family: &str) -> usize {
        self.families.borrow()[family].issued.len() - 1
    }

    /// Whether the family is alive.
    pub fn is_alive(&self, family: &str) -> bool {
        !self.families.borrow()[family].dead
    }

    async fn give(&self, reply: FakeResponse, limits: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
        if reply == FakeResponse::Silence {
            self.clock.sleep(limits.time).await;
            return Err(HttpFailure::Timeout);
        }
        reply.give(limits).await
    }

    /// `myself`, to the access token of the newest generation.
    async fn probe(&self, request: &Request<Vec<u8>>, limits: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
        self.faults.pass("probe: before it leaves").await;
        self.probes.set(self.probes.get() + 1);
        let outage = self.outage.borrow().clone();
        if let Some(reply) = outage {
            return self.give(reply, limits).await;
        }
        let shown = request.headers().get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_newest = |(name, family): (&String, &Family)| {
            !family.dead && shown == format!("Bearer access-{name}-{}", family.issued.len() - 1)
        };
        let good = self.families.borrow().iter().any(is_newest);
        let reply = if good {
            FakeResponse::json(200, r#"{"key":"ada","name":"ada"}"#)
        } else {
            FakeResponse::html(401, "").with("x-seraph-loginreason", "AUTHENTICATED_FAILED")
        };
        let response = self.give(reply, limits).await;
        self.faults.pass("probe: answered").await;
        response
    }

    fn refresh(&self, form: &HashMap<String, String>) -> FakeResponse {
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        if field("client_id") != "client" || field("client_secret") != self.secret.borrow().as_str() {
            return FakeResponse::json(401, r#"{"error":"access_denied","error_description":"Unauthorized"}"#);
        }
        let mut families = self.families.borrow_mut();
        let presented = field("refresh_token");
        let found = families.iter_mut().find_map(|(name, family)| {
            let position = family.issued.iter().position(|token| token == presented)?;
            Some((name, family, position))
        });
        let Some((name, family, position)) = found else { return unknown_token() };
        self.went_backwards.set(self.went_backwards.get() || position < family.newest_presented);
        family.newest_presented = family.newest_presented.max(position);
        if self.data_center.get() {
            let current = position + 1 == family.issued.len() && !family.dead;
            let repeated = field("redirect_uri") == "https://causeway.example/oauth/callback";
            return if current && repeated { self.rotate(name, family) } else { unknown_token() };
        }
        if family.accepts(position, self.clock.now()) { self.rotate(name, family) } else { unknown_token() }
    }

    fn rotate(&self, name: &str, family: &mut Family) -> FakeResponse {
        family.last_used = self.clock.now();
        let number = family.issued.len();
        let (access, seconds) = (format!("access-{name}-{number}"), self.expires_in.get());
        if self.keeps_refresh_token.get() {
            return FakeResponse::json(
                200,
                &format!(r#"{{"access_token":"{access}","expires_in":{seconds},"token_type":"Bearer","scope":"s"}}"#),
            );
        }
        let refresh = format!("refresh-{name}-{number}");
        family.issued.push(refresh.clone());
        FakeResponse::json(
            200,
            &format!(
                r#"{{"access_token":"{access}","refresh_token":"{refresh}","expires_in":{seconds},"token_type":"Bearer","scope":"s"}}"#
            ),
        )
    }
}

impl Family {
    /// Whether the token at `position` is honoured; if not, the family is dead from now on.
    fn accepts(&mut self, position: usize, now: Timestamp) -> bool {
        let current = position + 1 == self.issued.len();
        let asked_again = self.previous.is_some_and(|(at, since)| at == position && now.since(since) < LEEWAY_MILLIS);
        let idle = now.since(self.last_used) >= IDLE_MILLIS;
        self.dead = self.dead || idle || !(current || asked_again);
        if !self.dead && current {
            self.previous = Some((position, now));
        }
        !self.dead
    }
}

fn unknown_token() -> FakeResponse {
    FakeResponse::json(403, r#"{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}"#)
}

/// Counts a request out, also when its sender is dropped.
struct UnderWay<'a>(&'a Cell<usize>);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Http for TokenEndpoint {
    async fn exchange(&self, request: Request<Vec<u8>>, limits: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
        self.hosts.borrow_mut().push(request.uri().host().unwrap_or_default().to_owned());
        if request.method() == http::Method::GET {
            return self.probe(&request, limits).await;
        }
        self.faults.pass("request: before it leaves").await;
        self.hits.set(self.hits.get() + 1);
        self.under_way.set(self.under_way.get() + 1);
        self.most_under_way.set(self.most_under_way.get().max(self.under_way.get()));
        let _counted = UnderWay(&self.under_way);
        let mishap = self.mishaps.borrow_mut().pop_front();
        let outage = self.outage.borrow().clone().map(|reply| Mishap { moment: Moment::BeforeCommit, reply });
        let mishap = mishap.or(outage);
        if let Some(Mishap { moment: Moment::BeforeCommit, reply }) = mishap {
            return self.give(reply, limits).await;
        }
        let form = serde_urlencoded::from_bytes(request.body()).expect("a form");
        let answer = self.refresh(&form);
        self.faults.pass("request: committed, not answered").await;
        if !self.delay.get().is_zero() {
            self.clock.sleep(self.delay.get()).await;
        }
        let reply = mishap.map_or(answer, |mishap| mishap.reply);
        let response = self.give(reply, limits).await;
        self.faults.pass("request: answered").await;
        response
    }
}
