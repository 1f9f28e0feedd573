//! Whole checkups over a world that answers as it is told.

use std::cell::{Cell, RefCell};

use api::{Account, Cause, Connection, Kind, Name, Site, Status};
use futures::executor::block_on;
use http::{Request, Response};

use super::*;
use crate::{
    atlassian::RESOURCES_PATH,
    configuration::SCOPES,
    fakes::{FakeClock, NativeRsa, Reply},
    grant::{AccessToken, Generation, KeeperAnswer, KeeperCommand, Token},
    oauth1::{KeyPair, PrivateKey, RsaFailure},
    ports::{HttpFailure, HttpLimits, PortFailure},
    verdict::Credential,
};

pub(super) fn answer(status: u16, body: &str) -> Response<Vec<u8>> {
    answer_with(status, body, &[])
}

pub(super) fn answer_with(status: u16, body: &str, headers: &[(&str, &str)]) -> Response<Vec<u8>> {
    let answer =
        headers.iter().fold(Response::builder().status(status), |built, (name, value)| built.header(*name, *value));
    answer.body(body.as_bytes().to_vec()).expect("an answer")
}

const LIST: &str = "The IP address has been rejected because it is not on the allowedlist. See your admin.";

/// The world, all well at first.
struct World {
    clock: FakeClock,
    gateway: RefCell<Reply>,
    resources: RefCell<Reply>,
    myself: RefCell<Vec<Reply>>,
    permissions: RefCell<Reply>,
    keeper: RefCell<Vec<KeeperAnswer>>,
    /// What the keeper was asked: the generation seen, and whether Jira refused it.
    keeper_asked: RefCell<Vec<(Option<Generation>, bool)>>,
    /// What the keeper was told that Jira refused.
    refused: RefCell<Vec<(Generation, Cause)>>,
    /// What an instance answers, by path; `myself` is answered as everywhere.
    server_info: RefCell<Reply>,
    asked: RefCell<Vec<String>>,
    takes: Cell<u64>,
}

fn token(generation: u64) -> KeeperAnswer {
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

fn resources(name: &str) -> Reply {
    Reply::json(
        200,
        &format!(
            r#"[{{"id":"one","name":"{name}","url":"https://{name}.example","scopes":["read:jira-work","read:jira-user","write:jira-work"]}}]"#
        ),
    )
}

impl World {
    fn new() -> Self {
        let may = |key: &str| format!(r#""{key}":{{"havePermission":true}}"#);
        let permissions = [may("BROWSE_PROJECTS"), may("CREATE_ISSUES"), may("EDIT_ISSUES")].join(",");
        let well = Reply::json(200, r#"{"accountId":"ada","displayName":"Ada","emailAddress":"ada@example.com"}"#)
            .with("x-ratelimit-remaining", "64000")
            .with("x-ratelimit-limit", "65000");
        Self {
            clock: FakeClock::default(),
            gateway: RefCell::new(Reply::json(401, "{}").with("date", "Sun, 22 Nov 2026 05:00:00 GMT")),
            resources: RefCell::new(resources("acme")),
            myself: RefCell::new(vec![well]),
            permissions: RefCell::new(Reply::json(200, &format!(r#"{{"permissions":{{{permissions}}}}}"#))),
            keeper: RefCell::new(vec![token(1)]),
            keeper_asked: RefCell::default(),
            refused: RefCell::default(),
            server_info: RefCell::new(Reply::json(404, "")),
            asked: RefCell::default(),
            takes: Cell::new(20),
        }
    }
}

/// The first of several, until one is left.
fn next<T: Clone>(queue: &RefCell<Vec<T>>) -> T {
    let mut queue = queue.borrow_mut();
    if queue.len() > 1 { queue.remove(0) } else { queue[0].clone() }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Http for World {
    async fn send(&self, request: Request<Vec<u8>>, limits: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
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
    async fn ask(&self, _: &OrganizationId, _: &GrantId, command: KeeperCommand) -> Result<KeeperAnswer, PortFailure> {
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

fn subject() -> Subject {
    let now = FakeClock::default().now();
    let site = Site {
        cloud_id: Some("one".into()),
        name: "acme".into(),
        url: "https://acme.example".into(),
        avatar_url: None,
        version: None,
    };
    let connection = Connection {
        id: api::ConnectionId::parse("con_1").expect("an id"),
        name: Name::parse("Staging").expect("a name"),
        kind: Kind::CloudOauth2,
        site: Some(site),
        status: Status::Authorized,
        account: Some(Account { account_id: "ada".into(), name: "Ada".into(), email: None }),
        scopes: SCOPES.iter().map(ToString::to_string).collect(),
        created_at: now,
        authorized_at: Some(now),
        last_activity_at: now,
        reauthorize_before: None,
        checked_at: None,
        missing_scopes: Vec::new(),
        deleted: None,
        revert_until: None,
        revert_to: None,
        credential: None,
        moved_to: None,
        owner_at_risk: None,
        admins: Vec::new(),
        workspaces: Vec::new(),
        projects: 0,
        may_manage: true,
        version: 1,
    };
    Subject { connection, grant: GrantId::parse("grt_1").ok() }
}

fn configured(name: &'static str) -> Option<String> {
    let value = match name {
        "ATLASSIAN_AUTH_URL" | "ATLASSIAN_API_URL" => "https://atlassian.example",
        "ATLASSIAN_CLIENT_ID" | "ATLASSIAN_CLIENT_SECRET" => "client",
        "SEALING_KEYS" => "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        _ => return None,
    };
    Some(value.to_owned())
}

fn run_for(subject: Subject, world: &World, configuration: &Configuration) -> (Vec<CheckupStep>, Findings) {
    let organization = OrganizationId::default();
    let around = Surroundings { world, configuration, organization: &organization };
    let mut checkup = Checkup::of(subject);
    let mut steps = Vec::new();
    while let Some(step) = block_on(checkup.next(&around)) {
        steps.push(step);
    }
    (steps, checkup.findings())
}

fn run(world: &World) -> (Vec<CheckupStep>, Findings) {
    run_for(subject(), world, &Configuration::read(configured))
}

fn outcomes(steps: &[CheckupStep]) -> String {
    let mark = |step: &CheckupStep| match step.outcome {
        StepOutcome::Passed => 'p',
        StepOutcome::Failed => 'F',
        StepOutcome::Skipped => '-',
    };
    steps.iter().map(mark).collect()
}

#[test]
fn a_connection_that_works_passes_every_step_in_order_without_a_refresh() {
    let world = World::new();
    let (steps, findings) = run(&world);
    assert_eq!(steps.iter().map(|step| step.name).collect::<Vec<_>>(), STEPS);
    assert_eq!(outcomes(&steps), "pppppppppp");
    assert_eq!(steps.iter().map(|step| step.millis).collect::<Vec<_>>(), [0, 20, 0, 20, 20, 0, 20, 0, 0, 0]);
    assert_eq!((findings.passed, findings.cause(), findings.credential), (true, None, Some(Credential::Works)));
    assert_eq!(
        *world.keeper_asked.borrow(),
        [(None, false)],
        "an ordinary question, which refreshes what expired only"
    );
}

#[test]
fn a_report_carries_neither_tokens_nor_addresses_of_people() {
    let world = World::new();
    *world.resources.borrow_mut() = resources("ada@example.com");
    let (steps, _) = run(&world);
    let report = format!("{steps:?}");
    assert!(!report.contains("SECRET") && !report.contains("ada@example.com"), "{report}");
}

#[test]
fn what_an_earlier_failure_makes_meaningless_is_skipped_with_the_reason() {
    let nothing = Configuration::read(|_| None);
    let world = World::new();
    let (steps, findings) = run_for(subject(), &world, &nothing);
    assert_eq!(outcomes(&steps), "F---------");
    assert!(world.asked.borrow().is_empty());
    assert_eq!((findings.credential, findings.trouble), (None, None), "nothing was learnt about the connection");
    assert!(steps[1].detail.contains("configuration"));

    let world = World::new();
    *world.gateway.borrow_mut() = Reply::Failure(HttpFailure::Timeout);
    let (steps, findings) = run(&world);
    assert_eq!(outcomes(&steps), "pF--------");
    assert_eq!((findings.cause(), findings.credential), (Some(Cause::AtlassianUnreachable), None));

    let world = World::new();
    *world.keeper.borrow_mut() = vec![KeeperAnswer::Unauthorized { cause: Cause::GrantRefused }];
    let (steps, findings) = run(&world);
    assert_eq!(outcomes(&steps), "ppF------p", "the clock can still be judged");
    assert_eq!(findings.cause(), Some(Cause::GrantRefused));
}

#[test]
fn a_connection_without_a_credential_is_told_to_be_authorized() {
    let world = World::new();
    let mut subject = subject();
    subject.grant = None;
    subject.connection.status = Status::Unauthorized { cause: None, since: None, by: None };
    let (steps, findings) = run_for(subject, &world, &Configuration::read(configured));
    assert_eq!(outcomes(&steps), "ppF------p");
    assert_eq!(findings.credential, Some(Credential::Dead { cause: None }));
    assert_eq!(steps[2].remedy.as_deref(), Some("Authorize the connection."));
    assert!(world.keeper_asked.borrow().is_empty());
}

#[test]
fn a_removed_consent_is_told_from_a_site_that_refuses() {
    let refused = || Reply::json(401, r#"{"code":401,"message":"Unauthorized"}"#);
    let world = World::new();
    *world.myself.borrow_mut() = vec![refused()];
    *world.keeper.borrow_mut() = vec![token(1), KeeperAnswer::Unauthorized { cause: Cause::GrantRefused }];
    let (steps, findings) = run(&world);
    assert_eq!(outcomes(&steps), "pppF-----p");
    assert_eq!(findings.credential, Some(Credential::Dead { cause: Some(Cause::GrantRefused) }));
    assert_eq!(
        *world.keeper_asked.borrow(),
        [(None, false), (Some(Generation(1)), true)],
        "as the proxy asks after a 401"
    );

    let world = World::new();
    *world.myself.borrow_mut() = vec![refused()];
    *world.keeper.borrow_mut() = vec![token(1), token(2)];
    let (_, findings) = run(&world);
    assert_eq!((findings.credential, findings.trouble), (Some(Credential::Works), Some(Cause::SiteRefused)));

    let world = World::new();
    let well = next(&world.myself);
    *world.myself.borrow_mut() = vec![refused(), well];
    *world.keeper.borrow_mut() = vec![token(1), token(2)];
    assert!(run(&world).1.passed, "a token that was out of date is no failure");
}

#[test]
fn an_allow_list_is_found_and_the_site_is_still_looked_up() {
    let world = World::new();
    *world.myself.borrow_mut() = vec![Reply::json(403, LIST)];
    *world.permissions.borrow_mut() = Reply::json(403, LIST);
    *world.resources.borrow_mut() = resources("apex");
    let (steps, findings) = run(&world);
    assert_eq!(outcomes(&steps), "ppp-pp-F-p");
    assert_eq!(findings.trouble, Some(Cause::IpAllowList));
    assert_eq!(findings.site.map(|site| site.name), Some("apex".to_owned()));
}

#[test]
fn a_site_that_is_gone_explains_the_refusal_before_it() {
    let world = World::new();
    *world.myself.borrow_mut() = vec![Reply::json(403, r#"{"message":"The app is not installed on this instance"}"#)];
    *world.resources.borrow_mut() = Reply::json(200, "[]");
    let (steps, findings) = run(&world);
    assert_eq!(outcomes(&steps), "pppFFp-p-p");
    assert_eq!(findings.trouble, Some(Cause::SiteGone));
    assert_eq!(findings.scopes, None);
}

#[test]
fn a_used_up_quota_is_no_fault_of_the_site() {
    let world = World::new();
    let limited = Reply::json(429, "{}").with("ratelimit-reason", "jira-quota-global-based");
    *world.myself.borrow_mut() = vec![limited.clone()];
    *world.permissions.borrow_mut() = limited;
    let (steps, findings) = run(&world);
    assert_eq!(outcomes(&steps), "ppp-pp-pFp");
    assert_eq!(findings.trouble, Some(Cause::RateLimited));
}

#[test]
fn a_clock_that_is_wrong_fails_and_marks_no_connection() {
    let world = World::new();
    *world.gateway.borrow_mut() = Reply::json(401, "{}").with("date", "Sun, 22 Nov 2026 06:00:00 GMT");
    let (steps, findings) = run(&world);
    assert_eq!(outcomes(&steps), "pppppppppF");
    assert_eq!((findings.passed, findings.cause()), (false, None));
}

/// A connection of a Data Center site, with a name and its password.
fn at_data_center() -> Subject {
    let mut subject = subject();
    subject.connection.kind = Kind::Basic;
    subject.connection.scopes = Vec::new();
    subject.connection.site = Some(Site {
        cloud_id: None,
        name: "Quarry".into(),
        url: "https://jira.example.com/jira".into(),
        avatar_url: None,
        version: Some("9.4.0".into()),
    });
    subject
}

fn data_center_world() -> World {
    let world = World::new();
    let login = crate::grant::Login::parse("ada", "secret").expect("a login");
    let token = AccessToken {
        credential: crate::grant::Credential::Basic(login),
        generation: Generation(1),
        expires_at: crate::grant::NEVER,
        refresh_after: crate::grant::NEVER,
    };
    world.keeper.replace(vec![KeeperAnswer::Token { token }]);
    world.server_info.replace(Reply::json(
        200,
        r#"{"baseUrl":"https://jira.example.com/jira","version":"10.3.2","deploymentType":"Server","serverTitle":"Quarry"}"#,
    ));
    let myself = r#"{"key":"ada","name":"ada","displayName":"Ada","active":true}"#;
    world.myself.replace(vec![Reply::json(200, myself).with("date", "Sun, 22 Nov 2026 05:00:00 GMT")]);
    world
}

#[test]
fn a_data_center_site_is_asked_itself_and_nobody_at_atlassian() {
    let world = data_center_world();
    let (steps, findings) = run_for(at_data_center(), &world, &Configuration::read(configured));
    let failed: Vec<_> = steps.iter().filter(|step| step.outcome == StepOutcome::Failed).collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!((steps.len(), findings.passed, findings.cause()), (STEPS.len(), true, None));
    assert_eq!(findings.owner_active, Some(true));
    assert_eq!(findings.site.and_then(|site| site.version).as_deref(), Some("10.3.2"));
    assert_eq!(
        *world.asked.borrow(),
        ["/jira/rest/api/2/serverInfo (in nobody's name)", "/jira/rest/api/2/myself", "/jira/rest/api/2/mypermissions"]
    );
}

#[test]
fn a_password_that_jira_refuses_is_shown_once_and_told_to_its_keeper() {
    let captcha = ("x-authentication-denied-reason", "CAPTCHA_CHALLENGE; login-url=https://jira.example.com/login.jsp");
    for (reply, cause) in [
        (Reply::html(401, "no"), Cause::PasswordRefused),
        (Reply::html(403, "no").with(captcha.0, captcha.1), Cause::CaptchaRequired),
        (Reply::json(200, "{}").with("x-seraph-loginreason", "AUTHENTICATED_FAILED"), Cause::PasswordRefused),
    ] {
        let world = data_center_world();
        world.myself.replace(vec![reply]);
        let (_, findings) = run_for(at_data_center(), &world, &Configuration::read(configured));
        assert_eq!(findings.credential, Some(Credential::Dead { cause: Some(cause) }));
        assert_eq!(*world.refused.borrow(), [(Generation(1), cause)]);
        let named = world.asked.borrow().iter().filter(|asked| !asked.ends_with("name)")).count();
        assert_eq!(named, 1, "a refused password was shown again");
    }
}

#[test]
fn basic_that_is_switched_off_interrupts_and_ends_nothing() {
    let world = data_center_world();
    let message = r#"{"message":"Basic Authentication has been disabled on this instance."}"#;
    world.myself.replace(vec![Reply::json(403, message)]);
    let (_, findings) = run_for(at_data_center(), &world, &Configuration::read(configured));
    assert_eq!((findings.credential, findings.cause()), (Some(Credential::Works), Some(Cause::BasicDisabled)));
    assert!(world.refused.borrow().is_empty());
}

#[test]
fn a_site_that_moved_and_an_owner_who_left_are_found() {
    let world = data_center_world();
    let elsewhere = "https://new.example.com/jira/rest/api/2/serverInfo";
    world.server_info.replace(Reply::html(301, "").with("location", elsewhere));
    world.myself.replace(vec![Reply::html(301, "").with("location", "https://new.example.com/jira")]);
    let (_, findings) = run_for(at_data_center(), &world, &Configuration::read(configured));
    assert_eq!(findings.cause(), Some(Cause::SiteMoved));
    assert_eq!(findings.moved_to.as_deref(), Some("https://new.example.com/jira"));

    let world = data_center_world();
    world.myself.replace(vec![Reply::json(200, r#"{"key":"ada","name":"ada","active":false}"#)]);
    let (_, findings) = run_for(at_data_center(), &world, &Configuration::read(configured));
    assert_eq!((findings.owner_active, findings.cause()), (Some(false), None));
}
