//! What is stored, byte for byte.
//!
//! For some minutes of a deployment two versions of Causeway read and write the same records, and no migration ever
//! rewrites them. A changed name is therefore read as a missing field: it loses what people saved, or the record cannot
//! be read at all. Whoever changes one of these texts needs a migration and two deployments: the first reads both names,
//! the second writes the new one.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};

use super::*;
use crate::{
    authorization::Authorization,
    organization::{
        charts, guides::StoredGuide, identity::StoredMember, outbox::StoredDelivery, projects::StoredProject,
        resealing::Round, sign_in::StoredSession, timeline::StoredEntry, viewers, workspaces::StoredWorkspace,
    },
};

/// The fields of a stored connection that older versions wrote, although they depend on the viewer or on the time.
const COMPUTED: &[&str] = &[
    r#""missing_scopes":["read:me"],"#,
    r#""revert_until":null,"revert_to":null,"#,
    r#""admin_names":["Eve"],"workspaces":[],"projects":7,"may_manage":true,"may_reauthorize":true,"#,
];

/// A connection as version 2 wrote it before the computed fields were left out. It can be reverted.
const REVERTIBLE: &str = r#"{"v":2,"shown":{"id":"con_1","name":"Staging","kind":"cloud_oauth2","site":{"cloud_id":"cloud-1","name":"Site cloud-1","url":"https://cloud-1.atlassian.net","avatar_url":null,"version":null},"status":{"state":"interrupted","cause":"rate_limited","since":"2026-11-22T05:00:00Z"},"account":{"account_id":"eve","name":"eve at Atlassian","email":null},"scopes":["read:jira-work"],"created_at":"2026-11-22T05:00:00Z","authorized_at":"2026-11-22T05:00:00Z","last_activity_at":"2026-11-22T05:00:00Z","reauthorize_before":"2027-02-20T05:00:00Z","checked_at":"2026-11-22T05:00:00Z","missing_scopes":["read:me"],"deleted":null,"revert_until":null,"revert_to":null,"credential":null,"moved_to":null,"owner_at_risk":"2026-11-22T05:00:00Z","admins":["mem_1"],"admin_names":["Eve"],"workspaces":[],"projects":7,"may_manage":true,"may_reauthorize":true,"version":2},"grant":"grt_2","known":{"credential":"works","trouble":"rate_limited"},"generation":3,"replaced":{"until":"2026-11-22T05:10:00Z","grant":"grt_1","account":{"account_id":"ada","name":"ada at Atlassian","email":null},"scopes":["read:jira-work"],"authorized_at":"2026-11-22T05:00:00Z","reauthorize_before":"2027-02-20T05:00:00Z","known":{"credential":"works","trouble":null},"generation":2,"means":null},"means":null,"dismissed_address":null}"#;

/// A deleted connection with an application link, as it was written then.
const DELETED: &str = r#"{"v":2,"shown":{"id":"con_2","name":"Quarry","kind":"oauth1","site":{"cloud_id":null,"name":"Quarry Works","url":"https://jira.example.com/jira","avatar_url":null,"version":"10.3.2"},"status":{"state":"unauthorized","cause":null,"since":"2026-11-22T05:00:00Z","by":"Ada"},"account":{"account_id":"JIRAUSER1","name":"Ada Admin","email":"ada@example.com"},"scopes":[],"created_at":"2026-11-22T05:00:00Z","authorized_at":"2026-11-22T05:00:00Z","last_activity_at":"2026-11-22T05:00:00Z","reauthorize_before":null,"checked_at":null,"missing_scopes":["read:me"],"deleted":{"at":"2026-11-22T05:00:00Z","by":"Ada","purge_at":"2026-12-22T05:00:00Z"},"revert_until":null,"revert_to":null,"credential":{"kind":"oauth1","consumer_key":"causeway","key":{"id":"rsa_1","public_key":"PEM","created_at":"2026-11-22T05:00:00Z"},"next_key":null},"moved_to":"https://new.example.com","owner_at_risk":null,"admins":[],"admin_names":["Eve"],"workspaces":[],"projects":7,"may_manage":true,"may_reauthorize":true,"version":1},"grant":null,"known":{"credential":"dead","cause":null,"trouble":null},"generation":0,"replaced":null,"means":{"address":"https://jira.example.com/jira","way":"application_link","consumer_key":"causeway","key":{"id":"rsa_1","public_key":"PEM","created_at":"2026-11-22T05:00:00Z"},"next_key":null,"verification_code":false},"dismissed_address":"https://other.example.com"}"#;

const API_KEY: &str = r#"{"v":1,"shown":{"id":"key_1","name":"CI","scopes":["proxy","connections:read"],"connections":["con_1"],"workspace":{"id":"wsp_1","name":"Shop"},"created_at":"2026-11-22T05:00:00Z","expires_at":"2026-11-23T05:00:00Z","last_used_at":"2026-11-22T05:00:00Z"}}"#;

const WEBHOOK: &str = r#"{"v":1,"shown":{"id":"whk_1","url":"https://hooks.example/secret-path","events":["authorized","interrupted"],"created_at":"2026-11-22T05:00:00Z","created_by":"Ada","failing_since":"2026-11-22T05:00:00Z","last_delivered_at":"2026-11-22T05:00:00Z","stopped_at":"2026-11-22T05:00:00Z","version":1},"secret":"{\"v\":1,\"kid\":\"k1\",\"nonce\":\"AAAAAAAAAAAAAAAA\",\"ciphertext\":\"AAAA\"}","tried_at":"2026-11-22T05:00:00Z"}"#;

const DELIVERY: &str = r#"{"v":1,"shown":{"id":"dlv_1","event":"interrupted","connection_id":"con_1","connection_name":"Staging","at":"2026-11-22T05:00:00Z","attempts":1,"outcome":{"outcome":"waiting","next_at":"2026-11-22T05:00:10Z"},"last_status":500,"last_failure":"The receiver answered 500."},"webhook":"whk_1","body":"{}","tries":1}"#;

const RSA_KEY: &str = r#"{"v":1,"shown":{"id":"rsa_1","public_key":"PEM","created_at":"2026-11-22T05:00:00Z"},"private_key":{"v":1,"kid":"k1","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"AAAA"}}"#;

/// Reads a record and writes it again.
fn rewritten<T: Serialize + DeserializeOwned>(stored: &str) -> String {
    let read: T = serde_json::from_str(stored).expect("records of today are read by every later version");
    serde_json::to_string(&read).expect("JSON")
}

#[track_caller]
fn assert_kept<T: Serialize + DeserializeOwned>(stored: &str) {
    assert_eq!(rewritten::<T>(stored), stored, "records of today are read, and older code reads what is written");
}

fn without_computed(stored: &str) -> String {
    COMPUTED.iter().fold(stored.to_owned(), |stored, part| {
        assert!(stored.contains(part), "{part}");
        stored.replace(part, "")
    })
}

#[test]
fn a_stored_connection_keeps_its_names_and_loses_what_is_computed() {
    for stored in [REVERTIBLE, DELETED] {
        assert_eq!(rewritten::<StoredConnection>(stored), without_computed(stored));
        assert_kept::<StoredConnection>(&without_computed(stored));
    }
}

#[test]
fn a_stored_connection_keeps_its_added_api_families_even_those_that_this_version_refuses() {
    let stored = without_computed(REVERTIBLE)
        .replace(r#""admins":["mem_1"],"#, r#""admins":["mem_1"],"api_families":["rest/raven/2.0","rest/pat"],"#);
    assert!(stored.contains("rest/pat"));
    assert_kept::<StoredConnection>(&stored);
}

#[test]
fn a_replaced_credential_that_was_stored_without_its_site_is_for_the_address_that_it_was_authorized_at() {
    let stored: StoredConnection = serde_json::from_str(REVERTIBLE).expect("a connection");
    let replaced = stored.replaced.clone().expect("it can be reverted").credential;
    assert_eq!(replaced.site_of(&stored.details), stored.details.site);
    let auth = r#"{"address":"https://acme.atlassian.net","way":"basic","form":"api_token","username":"ada"}"#;
    let replaced = ConnectionCredential { auth: serde_json::from_str(auth).ok(), ..replaced };
    let site = replaced.site_of(&stored.details).expect("a site");
    assert_eq!((site.url.as_str(), site.cloud_id.as_deref()), ("https://acme.atlassian.net", Some("cloud-1")));
}

#[test]
fn a_replaced_credential_is_stored_with_its_own_site() {
    let site =
        r#""site":{"cloud_id":null,"name":"Old","url":"https://old.example.com","avatar_url":null,"version":null}"#;
    let stored = without_computed(REVERTIBLE)
        .replace(r#""generation":2,"means":null"#, &format!(r#""generation":2,"means":null,{site}"#));
    assert_kept::<StoredConnection>(&stored);
    let stored: StoredConnection = serde_json::from_str(&stored).expect("a connection");
    let replaced = stored.replaced.clone().expect("it can be reverted").credential;
    assert_eq!(replaced.site_of(&stored.details).map(|site| site.url).as_deref(), Some("https://old.example.com"));
}

#[test]
fn a_refused_credential_is_stored_beside_its_connection() {
    let refusal = r#","refusal":{"since":"2026-11-22T05:00:00Z","last_at":"2026-11-22T06:00:00Z","times":2},"dismissed_address":"#;
    let stored = without_computed(REVERTIBLE).replace(r#","dismissed_address":"#, refusal);
    assert!(stored.contains("refusal"));
    assert_kept::<StoredConnection>(&stored);
}

#[test]
fn what_older_versions_stored_for_one_viewer_is_shown_to_nobody() {
    let stored: StoredConnection = serde_json::from_str(REVERTIBLE).expect("a connection");
    let view = stored.view(Fixture::new().now);
    assert!(view.admin_names.is_empty() && view.projects == 0 && !view.may_manage && !view.may_reauthorize);
    assert_eq!(view.missing_scopes.len(), 4, "computed from the scopes granted");
    assert_eq!(view.revert_to.map(|account| account.account_id).as_deref(), Some("ada"));
}

#[test]
fn older_versions_find_every_field_that_they_require() {
    // The fields without a default in the types that older versions stored. A missing one makes the record unreadable
    // there: the connection disappears, or the key is refused.
    let required: [(&str, String, &[&str]); 5] = [
        (
            "connection",
            rewritten::<StoredConnection>(REVERTIBLE),
            &["id", "name", "kind", "status", "scopes", "created_at", "last_activity_at", "version"],
        ),
        ("API key", rewritten::<StoredApiKey>(API_KEY), &["id", "name", "scopes", "created_at"]),
        (
            "webhook",
            rewritten::<StoredWebhook>(WEBHOOK),
            &["id", "url", "events", "created_at", "created_by", "version"],
        ),
        ("delivery", rewritten::<StoredDelivery>(DELIVERY), &["id", "event", "at", "attempts", "outcome"]),
        ("RSA key", rewritten::<StoredRsaKey>(RSA_KEY), &["id", "public_key", "created_at"]),
    ];
    for (what, written, fields) in required {
        let written: Json = serde_json::from_str(&written).expect("JSON");
        for field in fields {
            assert!(!written["shown"][field].is_null(), "{what}: {field}");
        }
    }
}

#[test]
fn a_stored_api_key_keeps_its_names() {
    assert_kept::<StoredApiKey>(API_KEY);
    let more = r#""last_used_at":"2026-11-22T05:00:00Z","prefix":"cw_default_AbCd","created_by":"Ada","rotated_at":"2026-11-22T05:00:00Z","previous":{"prefix":"cw_default_XyZ1","until":"2026-11-22T06:00:00Z","last_used_at":null}}"#;
    assert_kept::<StoredApiKey>(&API_KEY.replace(r#""last_used_at":"2026-11-22T05:00:00Z"}"#, more));
}

#[test]
fn a_stored_webhook_keeps_its_names() {
    assert_kept::<StoredWebhook>(WEBHOOK);
    assert_kept::<StoredWebhook>(&WEBHOOK.replace(r#""id":"whk_1","#, r#""id":"whk_1","name":"Operations","#));
}

#[test]
fn a_stored_delivery_keeps_its_names() {
    assert_kept::<StoredDelivery>(DELIVERY);
    let more = r#""tries":1,"sent":{"at":"2026-11-22T05:00:00Z","url":"https://hooks.example/"},"answer":{"at":"2026-11-22T05:00:00Z","status":500,"body":"no"}}"#;
    assert_kept::<StoredDelivery>(&DELIVERY.replace(r#""tries":1}"#, more));
    for outcome in [
        r#"{"outcome":"delivered","at":"2026-11-22T05:00:10Z","status":200}"#,
        r#"{"outcome":"given_up","at":"2026-11-22T05:00:10Z"}"#,
    ] {
        let waiting = r#"{"outcome":"waiting","next_at":"2026-11-22T05:00:10Z"}"#;
        assert_kept::<StoredDelivery>(&DELIVERY.replace(waiting, outcome));
    }
}

#[test]
fn a_stored_rsa_key_keeps_its_names() {
    assert_kept::<StoredRsaKey>(RSA_KEY);
}

#[test]
fn a_stored_member_and_session_keep_their_names() {
    assert_kept::<StoredMember>(r#"{"v":1,"id":"mem_1","email":"max@example.com","name":"Max"}"#);
    assert_kept::<StoredMember>(
        r#"{"v":1,"id":"mem_1","email":"max@example.com","name":"Max","account":{"issuer":"https://id.example","subject":"1"}}"#,
    );
    assert_kept::<StoredMember>(
        r#"{"v":1,"id":"mem_1","email":"max@example.com","name":"Max","account":{"issuer":"https://id.example","subject":"1"},"last_signed_in_at":"2026-11-22T05:00:00Z"}"#,
    );
    assert_kept::<StoredSession>(
        r#"{"v":1,"member":"mem_1","created_at":"2026-11-22T05:00:00Z","last_used_at":"2026-11-22T05:00:00Z","expires_at":"2026-11-22T17:00:00Z"}"#,
    );
}

#[test]
fn a_stored_workspace_and_project_keep_their_names() {
    assert_kept::<StoredWorkspace>(
        r#"{"v":1,"id":"wsp_1","name":"Shop","created_at":"2026-11-22T05:00:00Z","archived_at":"2026-11-22T05:00:00Z"}"#,
    );
    assert_kept::<StoredProject>(
        r#"{"v":1,"id":"prj_1","name":"Shop","workspace":"wsp_1","created_at":"2026-11-22T05:00:00Z","connection":"con_1","jira_project":"ABC","disconnected":{"connection_name":"Staging","at":"2026-11-22T05:00:00Z"}}"#,
    );
    assert_kept::<StoredProject>(
        r#"{"v":1,"id":"prj_1","name":"Shop","workspace":"wsp_1","created_at":"2026-11-22T05:00:00Z","connection":"con_1","jira_project":"ABC","disconnected":null,"jira_check":{"grant":"grt_1","state":"found","name":"Web shop","why":null,"at":"2026-11-22T05:00:00Z"}}"#,
    );
}

#[test]
fn a_stored_guide_keeps_its_names() {
    assert_kept::<StoredGuide>(
        r#"{"v":1,"kind":"oauth1","address":"https://jira.example.com/jira","consumer_key":"causeway","public_key":"PEM","expires_at":"2026-11-29T05:00:00Z"}"#,
    );
}

#[test]
fn a_stored_timeline_entry_keeps_its_names() {
    assert_kept::<StoredEntry>(
        r#"{"v":1,"at":"2026-11-22T05:00:00Z","count":1,"connection":"con_1","name":"Staging","actor":{"email":"carl@example.com","kind":"member","name":"carl"},"event":{"event":"deactivated"}}"#,
    );
}

#[test]
fn a_stored_authorization_keeps_its_names() {
    assert_kept::<Authorization>(
        r#"{"v":1,"id":"aut_1","session":"DiVNAQKSiojz6No5_LO58RdFNCGD_vkEv-BMHeibkew","connection":null,"created_at":"2026-11-22T05:00:00Z","slot":0,"stage":{"stage":"failed","failure":{"code":"provider_error","message":"Jira reported an error instead of granting access.","remedy":"Authorize again. If it stays, give the details to the operator of Causeway.","details":"x"}},"means":{"address":"https://jira.example.com/jira","way":"incoming_link","client_id":"client-1","client_secret":{"v":1,"kid":"k1","nonce":"YK_xCa5O8CkdDL3q","ciphertext":"N-ZAPE12c-j1LMQMbPtgsko"},"sealed_for":"aut_1","scopes":["READ","WRITE"]},"asked":null,"ends_at":null,"failed_step":"access_token"}"#,
    );
}

#[test]
fn a_stored_round_of_resealing_keeps_its_names() {
    assert_kept::<Round>(
        r#"{"v":1,"keys":["k2","k1"],"cursor":"","so_far":{"again":0,"unopened":0},"unopened":0,"finished_at":"2026-11-22T06:00:00Z"}"#,
    );
    assert_kept::<Round>(
        r#"{"v":1,"keys":["k2"],"earlier":["k1"],"cursor":"","so_far":{"again":0,"unopened":0},"unopened":0,"finished_at":null}"#,
    );
}

/// Changes a stored connection as a newer version would, renames it with this one, and gives what is stored then.
fn renamed_after(change: impl FnOnce(&mut Json)) -> Json {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let stored = || -> Json {
        let rows: Vec<Json> = fixture.tables.rows("SELECT record FROM connections", vec![]).expect("a row");
        serde_json::from_str(rows[0]["record"].as_str().expect("text")).expect("JSON")
    };
    let mut record = stored();
    change(&mut record);
    fixture.tables.run("UPDATE connections SET record = ?", vec![record.to_string().into()]).expect("changed");
    rename(&fixture, &connection, "Production").expect("saved");
    let stored = stored();
    assert_eq!(stored["shown"]["name"], "Production");
    stored
}

#[test]
fn a_cause_of_tomorrow_survives_an_edit_by_this_version() {
    let status = json!({"state": "interrupted", "cause": "cause_of_tomorrow", "since": "2026-11-22T05:00:00Z"});
    let known = json!({"credential": "works", "trouble": "cause_of_tomorrow"});
    let stored = renamed_after(|record| {
        record["shown"]["status"] = status.clone();
        record["known"] = known.clone();
    });
    assert_eq!((&stored["shown"]["status"], &stored["known"]), (&status, &known));
}

#[test]
fn a_state_and_a_kind_of_tomorrow_survive_an_edit_by_this_version() {
    let status = json!({"state": "state_of_tomorrow", "until": "2026-11-22T05:00:00Z"});
    let credential = json!({"kind": "kind_of_tomorrow", "certificate": "PEM"});
    let stored = renamed_after(|record| {
        record["shown"]["status"] = status.clone();
        record["shown"]["kind"] = json!("kind_of_tomorrow");
        record["shown"]["credential"] = credential.clone();
    });
    assert_eq!((&stored["shown"]["status"], &stored["shown"]["credential"]), (&status, &credential));
    assert_eq!(stored["shown"]["kind"], "kind_of_tomorrow");
}

const CHART: &str = r#"{"v":1,"id":"cht_1","site":{"cloud_id":"cloud-1","name":"Site cloud-1","url":"https://cloud-1.atlassian.net","avatar_url":null,"version":null},"spec":{"source":{"jql":"project = A"},"mark":"bar","measure":{"compute":"count"},"group":{"field":{"id":"status"},"limit":10,"order":"largest","other":true,"none":true},"look":{"palette":"categorical","labels":true,"percent":false,"legend":true},"says":{"title":"Open"}},"meaning":"2830af2a032f2a9f430eb49a4ec0802c11c4e386273582588da9ff877c160e21","created_at":"2026-11-22T05:00:00Z","creator":"mem_1","created_by":"Ada","saved_at":"2026-11-22T05:00:00Z","saved_by":"Ada","deleted":{"at":"2026-11-22T05:00:00Z","by":"Ada","purge_at":"2026-12-22T05:00:00Z"},"version":2}"#;

const VIEWER: &str = r#"{"v":1,"id":"vwr_1","member":"mem_1"}"#;

const VIEWER_GRANT: &str = r#"{"v":1,"grant":"grt_1","viewer":"vwr_1","site":{"cloud_id":"cloud-1","name":"Site cloud-1","url":"https://cloud-1.atlassian.net","avatar_url":null,"version":null},"account":{"account_id":"ada","name":"Ada","email":null},"scopes":["read:jira-work"],"authorized_at":"2026-11-22T05:00:00Z","last_used_at":"2026-11-22T05:00:00Z","ended":null}"#;

const DELEGATION: &str = r#"{"v":1,"id":"dlg_1","chart":"cht_1","owner":{"member":"mem_1"},"delegator":"mem_1","account":"becky","meaning":"2830af2a032f2a9f430eb49a4ec0802c11c4e386273582588da9ff877c160e21","spec":{"source":{"jql":"project = A"},"mark":"bar","measure":{"compute":"count"},"look":{"palette":"categorical","labels":true,"percent":false,"legend":true},"says":{"title":"Open"}},"audience":"members","placements":[{"kind":"organization"},{"kind":"page","id":"cloud-1/42","title":"Home"}],"shows":{"names":false,"keys":false,"drill_down":false},"expires_at":"2027-03-01T05:00:00Z","state":"paused","cause":"expired","since":"2026-11-22T05:00:00Z","asker":"mem_2","asked_by":"Ada","asked_at":"2026-11-22T05:00:00Z"}"#;

#[test]
fn delegations_keep_their_names() {
    assert_kept::<delegations::StoredDelegation>(DELEGATION);
    let with_filter = r#""asked_at":"2026-11-22T05:00:00Z","filter":{"at":"2026-11-23T05:00:00Z","changed":true}}"#;
    assert_kept::<delegations::StoredDelegation>(
        &DELEGATION.replace(r#""asked_at":"2026-11-22T05:00:00Z"}"#, with_filter),
    );
    let of_connection = DELEGATION.replace(r#"{"member":"mem_1"}"#, r#"{"connection":"con_1"}"#);
    assert_kept::<delegations::StoredDelegation>(&of_connection);
    let consented = VIEWER_GRANT.replace(r#""ended":null"#, r#""ended":null,"client":"first""#);
    assert_kept::<viewers::StoredViewerGrant>(&consented);
}

const EMBED: &str = r#"{"v":1,"id":"emb_1","chart":"cht_1","kind":"signed","origins":["https://intranet.example.com"],"locked_params":["team"],"state":"active","created_at":"2026-11-22T05:00:00Z","created_by":"Ada","last_used_at":"2026-11-22T05:00:00Z","keys":[{"number":2,"created_at":"2026-11-22T05:00:00Z","until":null,"secret":{"v":1,"kid":"k1","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"AAAA"}},{"number":1,"created_at":"2026-11-22T05:00:00Z","until":"2026-11-23T05:00:00Z","secret":{"v":1,"kid":"k1","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"AAAA"}}]}"#;

#[test]
fn embeds_and_settings_keep_their_names() {
    assert_kept::<StoredEmbed>(EMBED);
    let of_tomorrow = EMBED.replace("signed", "of_tomorrow").replace("active", "of_tomorrow");
    assert_kept::<StoredEmbed>(&of_tomorrow);
    assert_kept::<settings::StoredSettings>(r#"{"v":1,"anonymous_charts":true}"#);
    let of_before: settings::StoredSettings = serde_json::from_str(r#"{"v":1}"#).expect("settings");
    assert!(!of_before.settings.anonymous_charts, "what nobody allowed is not allowed");
}

#[test]
fn subscriptions_keep_their_names() {
    assert_kept::<subscriptions::StoredSubscription>(
        r#"{"v":1,"ends_at":"2026-12-22T05:00:00Z","refused":"Five at most."}"#,
    );
}

#[test]
fn charts_and_viewers_keep_their_names() {
    assert_kept::<charts::StoredChart>(CHART);
    assert_kept::<viewers::StoredViewer>(VIEWER);
    assert_kept::<viewers::StoredViewerGrant>(VIEWER_GRANT);
    let stored = DELETED.replace(r#""admins":[],"#, r#""admins":[],"charts":true,"#);
    assert_kept::<StoredConnection>(&without_computed(&stored));
}
