//! Credentials that cannot be refreshed: names with passwords, personal access tokens, OAuth 1.0a.

use api::{Cause, ConsumerKey, Timestamp};

use super::world::{Edge, Grant, World, refused};
use crate::grant::{
    Credential, Generation, GrantReport, KeeperAnswer, KeeperCommand, Login, NEVER, NewGrant, SignedWith, Token,
    open_copy,
};
use crate::{fakes::NativeAead, organization_id::OrganizationId, sealing::KeyRing};

const DAY: i64 = 86_400;

fn password() -> Credential {
    Credential::Basic(Login::parse("ada", "correct horse").expect("a login"))
}

fn signed() -> Credential {
    let token = |text: &str| Token::parse(text).expect("a token");
    let consumer_key = ConsumerKey::parse("causeway").expect("a key");
    Credential::Oauth1(SignedWith { consumer_key, token: token("abc"), private_key: token("QUJD") })
}

fn personal() -> Credential {
    Credential::Bearer(Token::parse("pat").expect("a token"))
}

fn stored<'w>(world: &'w World, grant: &'w Grant, credential: Credential, expires_at: Timestamp) -> Edge<'w> {
    let edge = world.start(grant);
    let pending_until = world.now().plus_seconds(600);
    let grant = NewGrant { credential, renewal: None, expires_at, scopes: Vec::new(), pending_until };
    assert_eq!(edge.ask(KeeperCommand::Install { grant: Box::new(grant) }), KeeperAnswer::Done);
    assert_eq!(edge.ask(KeeperCommand::Activate), KeeperAnswer::Done);
    edge.settle();
    edge
}

fn dead(cause: Cause) -> KeeperAnswer {
    KeeperAnswer::Unauthorized { cause }
}

#[test]
fn what_cannot_be_refreshed_is_given_as_it_is_and_the_token_endpoint_is_never_asked() {
    for credential in [password(), signed(), personal()] {
        let world = World::new();
        let grant = world.grant("f");
        let edge = stored(&world, &grant, credential.clone(), NEVER);
        edge.live(400 * DAY);
        assert_eq!(edge.token().credential, credential);
        assert!(matches!(edge.ask(refused(1)), KeeperAnswer::Token { token } if token.generation == Generation(1)));
        assert!(matches!(
            edge.ask(KeeperCommand::Renew),
            KeeperAnswer::Renewed { report: GrantReport::Refreshed { reauthorize_before: None, .. } }
        ));
        drop(edge);
        let again = world.start(&grant);
        assert_eq!(again.token().credential, credential, "the next object opens it");
        assert_eq!(world.atlassian.hits(), 0);
    }
}

#[test]
fn it_is_stored_and_copied_sealed_in_a_form_that_older_code_leaves_alone() {
    for credential in [password(), signed(), personal()] {
        let world = World::new();
        let grant = world.grant("f");
        let _edge = stored(&world, &grant, credential.clone(), NEVER);
        let record = grant.store.record().expect("a record");
        let copy = world.copy_of(&grant).expect("a copy");
        for stored in [&record, &copy] {
            assert!(!stored.contains("correct horse") && !stored.contains("QUJD") && !stored.contains("causeway"));
            let json: serde_json::Value = serde_json::from_str(stored).expect("JSON");
            assert_eq!(json["v"], 2);
        }
        let ring = KeyRing::parse(&world.keys.borrow()).expect("a ring");
        let organization = OrganizationId::default();
        let opened = futures::executor::block_on(open_copy(&NativeAead, &ring, &organization, &grant.id, &copy));
        let opened = opened.expect("a copy that opens");
        assert!(opened.is_static());
        assert_eq!(opened.credential, credential);
    }
}

#[test]
fn an_end_that_is_known_is_the_horizon_and_then_the_death() {
    let world = World::new();
    let grant = world.grant("f");
    let end = world.now().plus_seconds(30 * DAY);
    let edge = stored(&world, &grant, personal(), end);
    assert!(matches!(
        edge.ask(KeeperCommand::Renew),
        KeeperAnswer::Renewed { report: GrantReport::Refreshed { reauthorize_before: Some(before), .. } } if before == end
    ));
    edge.live(30 * DAY - 60);
    assert_eq!(edge.token().credential, personal());
    edge.live(120);
    assert_eq!(edge.ask_token(), dead(Cause::TokenExpired));
    assert_eq!(world.reports(), [GrantReport::Unauthorized { since: end, cause: Cause::TokenExpired }]);
    assert_eq!(world.copy_of(&grant), None);
}

#[test]
fn what_jira_refused_is_dead_and_destroyed_whichever_word_it_used() {
    for cause in [Cause::PasswordRefused, Cause::CaptchaRequired, Cause::GrantRefused] {
        let world = World::new();
        let grant = world.grant("f");
        let edge = stored(&world, &grant, password(), NEVER);
        assert_eq!(edge.ask(KeeperCommand::Refuse { generation: Generation(1), cause }), KeeperAnswer::Done);
        assert_eq!(edge.ask_token(), dead(cause));
        assert!(!grant.store.record().unwrap_or_default().contains("ciphertext"));
        assert_eq!(world.copy_of(&grant), None);
        assert_eq!(world.reports(), [GrantReport::Unauthorized { since: world.now(), cause }]);
    }
}

#[test]
fn a_refusal_of_another_generation_or_of_what_can_be_refreshed_ends_nothing() {
    let world = World::new();
    let grant = world.grant("f");
    let edge = stored(&world, &grant, password(), NEVER);
    let refuse =
        |generation| KeeperCommand::Refuse { generation: Generation(generation), cause: Cause::PasswordRefused };
    assert_eq!(edge.ask(refuse(2)), KeeperAnswer::Done);
    assert_eq!(edge.token().credential, password());
    let cloud = world.active_grant("g");
    let edge = world.start(&cloud);
    assert_eq!(edge.ask(refuse(1)), KeeperAnswer::Done);
    assert_eq!(edge.token().generation, Generation(1));
}
