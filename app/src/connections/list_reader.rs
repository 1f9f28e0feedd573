//! Reads a page of the list of connections into the rows of the grid, field by field.

use api::{BasicForm, Cause, ConnectionCounts, ConnectionId, Deleted, Kind, Name, Status};

use super::connection_row::{ConnectionRow, RowFailing, RowSite};
use crate::json_reader::JsonReader;

/// A page of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowPage {
    pub(super) rows: Vec<ConnectionRow>,
    /// Whether the list goes on after this page.
    pub(super) has_more: bool,
    /// Whether the organization has workspaces.
    pub(super) has_workspaces: bool,
    pub(super) counts: ConnectionCounts,
}

/// Reads the answer of [`api::ListConnections`]; `None` if it is not what the contract says.
pub(super) fn page(json: &JsonReader) -> Option<RowPage> {
    json.field("items").present()?;
    Some(RowPage {
        rows: json.list("items", row)?,
        has_more: json.text("next_cursor").is_some(),
        has_workspaces: json.is_true("has_workspaces"),
        counts: counts(&json.field("counts").present()?),
    })
}

fn counts(json: &JsonReader) -> ConnectionCounts {
    ConnectionCounts {
        authorized: json.count("authorized"),
        interrupted: json.count("interrupted"),
        unauthorized: json.count("unauthorized"),
        deactivated: json.count("deactivated"),
        deleted: json.count("deleted"),
        ends_soon: json.count("ends_soon"),
    }
}

fn row(json: &JsonReader) -> Option<ConnectionRow> {
    let kind = json.text("kind")?;
    Some(ConnectionRow {
        id: ConnectionId::parse(json.text("id")?).ok()?,
        name: Name::parse(&json.text("name")?).ok()?,
        kind: Kind::ALL.iter().find(|known| known.as_str() == kind).copied()?,
        form: json.field("credential").present().as_ref().and_then(form),
        site: json.optional("site", site)?,
        drafted: json.field("draft").present().and_then(|draft| draft.text("address")),
        status: status(&json.field("status"))?,
        account: json.optional("account", |account| account.text("name"))?,
        last_activity_at: json.timestamp("last_activity_at")?,
        authorized_at: json.optional("authorized_at", JsonReader::as_timestamp)?,
        checked_at: json.optional("checked_at", JsonReader::as_timestamp)?,
        reauthorize_before: json.optional("reauthorize_before", JsonReader::as_timestamp)?,
        lacks_scopes: !json.list("missing_scopes", JsonReader::as_text)?.is_empty(),
        headline: json.field("diagnosis").present().and_then(|diagnosis| diagnosis.text("headline")),
        remedy: json.field("diagnosis").present().and_then(|diagnosis| diagnosis.text("remedy")),
        failing: json.field("calls").present().as_ref().and_then(failing),
        calls: json.field("calls").present().as_ref().and_then(calls),
        deleted: json.optional("deleted", deleted)?,
        moved: json.text("moved_to").is_some(),
        owner_at_risk: json.optional("owner_at_risk", JsonReader::as_timestamp)?.is_some(),
        workspaces: json.list("workspaces", |workspace| workspace.text("name"))?,
        projects: json.count("projects"),
        may_manage: json.is_true("may_manage"),
        may_reauthorize: json.is_true("may_reauthorize"),
    })
}

/// The form of a secret, of the credentials that have one.
fn form(credential: &JsonReader) -> Option<BasicForm> {
    let form = credential.text("form").filter(|_| credential.text("kind").is_some_and(|kind| kind == "basic"))?;
    BasicForm::ALL.iter().find(|known| known.as_str() == form).copied()
}

fn failing(calls: &JsonReader) -> Option<RowFailing> {
    let failing = calls.field("failing").present()?;
    Some(RowFailing { since: failing.timestamp("since")?, failed: failing.count("failed"), of: failing.count("of") })
}

fn calls(calls: &JsonReader) -> Option<(Vec<u32>, Vec<u32>)> {
    Some((calls.list("succeeded", JsonReader::as_count)?, calls.list("failed", JsonReader::as_count)?))
}

fn site(json: &JsonReader) -> Option<RowSite> {
    Some(RowSite { name: json.text("name")?, url: json.text("url")?, avatar_url: json.text("avatar_url") })
}

fn deleted(json: &JsonReader) -> Option<Deleted> {
    Some(Deleted { at: json.timestamp("at")?, by: json.text("by")?, purge_at: json.timestamp("purge_at")? })
}

fn status(json: &JsonReader) -> Option<Status> {
    Some(match json.text("state")?.as_str() {
        "authorized" => Status::Authorized,
        "interrupted" => Status::Interrupted { cause: cause(&json.field("cause"))?, since: json.timestamp("since")? },
        "unauthorized" => Status::Unauthorized {
            cause: json.optional("cause", cause)?,
            since: json.optional("since", JsonReader::as_timestamp)?,
            by: json.text("by"),
        },
        "deactivated" => Status::Deactivated { since: json.timestamp("since")?, by: json.text("by")? },
        _ => return None,
    })
}

/// A cause. One that only a newer version knows is [`Cause::Unknown`].
fn cause(json: &JsonReader) -> Option<Cause> {
    Some(Cause::read(&json.as_text()?))
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    const FULL: &str = r#"{"id":"con_1","name":"Staging","kind":"data_center_oauth2",
        "site":{"cloud_id":"c","name":"Acme","url":"https://jira.example","avatar_url":"https://a.example/1","version":"10.3"},
        "status":{"state":"authorized"},"account":{"account_id":"a","name":"Mia","email":"mia@example.com"},
        "scopes":["read:me"],"created_at":"2026-01-01T00:00:00Z","authorized_at":"2026-02-01T00:00:00.123Z",
        "last_activity_at":"2026-03-01T01:00:00+01:00","reauthorize_before":"2027-01-01T00:00:00Z",
        "checked_at":"2026-03-02T00:00:00Z","missing_scopes":["write:jira-work"],
        "deleted":{"at":"2026-04-01T00:00:00Z","by":"Ada","purge_at":"2026-05-01T00:00:00Z"},
        "revert_until":"2026-02-01T00:10:00Z","revert_to":{"account_id":"b","name":"Bob","email":null},
        "moved_to":"https://new.example","owner_at_risk":"2026-04-02T00:00:00Z","admins":["mem_1"],
        "draft":{"address":"https://draft.example"},
        "credential":{"kind":"basic","form":"password","username":"ada","expires_at":null},
        "calls":{"succeeded":[0,2],"failed":[1,0],"last_succeeded_at":null,
        "failing":{"since":"2026-03-02T00:00:00Z","failed":14,"of":14,"outcome":"jira_fault","http_status":503}},
        "diagnosis":{"headline":"Jira answers 503","why":"It does.","remedy":"Wait.","who":"nobody"},
        "workspaces":[{"id":"wsp_1","name":"Web"}],"projects":2,"may_manage":true,"may_reauthorize":true,"version":3}"#;
    const BARE: &str = r#"{"id":"con_2","name":"New","kind":"basic","site":null,"status":{"state":"authorized"},
        "account":null,"scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":null,
        "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"version":1}"#;

    fn of(connections: &[String]) -> String {
        let counts = r#"{"authorized":1,"interrupted":2,"unauthorized":3,"deactivated":4,"deleted":5,"ends_soon":6}"#;
        format!(r#"{{"items":[{}],"next_cursor":"next","counts":{counts}}}"#, connections.join(","))
    }

    fn read(json: &str) -> Option<RowPage> {
        page(&JsonReader::new(js_sys::JSON::parse(json).expect("JSON")))
    }

    /// The page as serde reads it from the contract's types.
    fn by_the_contract(json: &str) -> RowPage {
        let page: api::ConnectionPage = serde_json::from_str(json).expect("a page");
        RowPage {
            rows: page.items.iter().map(ConnectionRow::from).collect(),
            has_more: page.next_cursor.is_some(),
            has_workspaces: page.has_workspaces,
            counts: page.counts,
        }
    }

    #[wasm_bindgen_test]
    fn a_connection_is_read_as_the_contract_reads_it_whatever_its_status() {
        let (at, by) = (r#""since":"2026-01-01T00:00:00Z""#, r#""by":"Ada""#);
        let mut states = vec![
            r#""state":"authorized""#.to_owned(),
            r#""state":"unauthorized","cause":null,"since":null"#.to_owned(),
            format!(r#""state":"unauthorized","cause":null,{at},{by}"#),
            format!(r#""state":"deactivated",{at},{by}"#),
        ];
        let causes = Cause::ALL.iter().map(Cause::as_str);
        for cause in causes.chain(["withheld", "from_a_newer_version"]) {
            states.push(format!(r#""state":"interrupted","cause":"{cause}",{at}"#));
            states.push(format!(r#""state":"unauthorized","cause":"{cause}",{at},"by":null"#));
        }
        for state in states {
            let rows = [FULL, BARE].map(|row| row.replace(r#""state":"authorized""#, &state));
            assert_eq!(read(&of(&rows)), Some(by_the_contract(&of(&rows))), "{state}");
        }
    }

    #[wasm_bindgen_test]
    fn every_kind_is_read() {
        for kind in Kind::ALL {
            let row = BARE.replace("basic", kind.as_str());
            assert_eq!(read(&of(&[row])).and_then(|page| page.rows.first().map(|one| one.kind)), Some(*kind));
        }
    }

    #[wasm_bindgen_test]
    fn what_is_not_the_contracts_is_no_page() {
        const LATE: (&str, &str) = (r#""last_activity_at":"2026"#, r#""last_activity_at":"long ago"#);
        let spoiled = [(r#""con_2""#, "7"), (r#""basic""#, r#""other""#), ("authorized", "fine"), LATE];
        for (good, bad) in spoiled {
            assert_eq!(read(&of(&[BARE.replacen(good, bad, 1)])), None, "{bad}");
        }
        for none in ["{}", "[]", "null", r#"{"items":[],"next_cursor":null}"#, r#"{"counts":{}}"#] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
