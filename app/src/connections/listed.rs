//! Reads a page of the list, field by field.
//!
//! Left empty is what the grid and what is begun from it have no use for: the scopes granted, the way back, the
//! credential, the administrators. Who needs them asks for the connection.

use api::{
    Account, Cause, Connection, ConnectionCounts, ConnectionId, ConnectionPage, Deleted, Kind, Name, Site, Status,
    WorkspaceId, WorkspaceName,
};

use crate::given::Given;

/// A page.
pub(super) fn page(given: &Given) -> Option<ConnectionPage> {
    given.field("items").present()?;
    Some(ConnectionPage {
        items: given.list("items", connection)?,
        next_cursor: given.text("next_cursor"),
        counts: counts(&given.field("counts").present()?),
    })
}

fn counts(given: &Given) -> ConnectionCounts {
    ConnectionCounts {
        authorized: given.count("authorized"),
        interrupted: given.count("interrupted"),
        unauthorized: given.count("unauthorized"),
        deactivated: given.count("deactivated"),
        deleted: given.count("deleted"),
    }
}

fn connection(given: &Given) -> Option<Connection> {
    let kind = given.text("kind")?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it counts edits")]
    let version = given.number("version")? as u64;
    Some(Connection {
        id: ConnectionId::parse(given.text("id")?).ok()?,
        name: name(given)?,
        kind: Kind::ALL.iter().find(|known| known.as_str() == kind).copied()?,
        site: given.optional("site", site)?,
        status: status(&given.field("status"))?,
        account: given.optional("account", account)?,
        scopes: Vec::new(),
        created_at: given.moment("created_at")?,
        authorized_at: given.optional("authorized_at", Given::as_moment)?,
        last_activity_at: given.moment("last_activity_at")?,
        reauthorize_before: given.optional("reauthorize_before", Given::as_moment)?,
        checked_at: given.optional("checked_at", Given::as_moment)?,
        missing_scopes: given.list("missing_scopes", Given::as_text)?,
        deleted: given.optional("deleted", deleted)?,
        revert_until: None,
        revert_to: None,
        credential: None,
        moved_to: given.text("moved_to"),
        owner_at_risk: given.optional("owner_at_risk", Given::as_moment)?,
        admins: Vec::new(),
        admin_names: Vec::new(),
        workspaces: given.list("workspaces", workspace)?,
        projects: given.count("projects"),
        may_manage: given.is_true("may_manage"),
        may_reauthorize: given.is_true("may_reauthorize"),
        version,
    })
}

fn name(given: &Given) -> Option<Name> {
    Name::parse(&given.text("name")?).ok()
}

fn site(given: &Given) -> Option<Site> {
    Some(Site {
        cloud_id: given.text("cloud_id"),
        name: given.text("name")?,
        url: given.text("url")?,
        avatar_url: given.text("avatar_url"),
        version: given.text("version"),
    })
}

fn account(given: &Given) -> Option<Account> {
    Some(Account { account_id: given.text("account_id")?, name: given.text("name")?, email: given.text("email") })
}

fn deleted(given: &Given) -> Option<Deleted> {
    Some(Deleted { at: given.moment("at")?, by: given.text("by")?, purge_at: given.moment("purge_at")? })
}

fn workspace(given: &Given) -> Option<WorkspaceName> {
    Some(WorkspaceName { id: WorkspaceId::parse(given.text("id")?).ok()?, name: name(given)? })
}

fn status(given: &Given) -> Option<Status> {
    Some(match given.text("state")?.as_str() {
        "authorized" => Status::Authorized,
        "interrupted" => Status::Interrupted { cause: cause(&given.field("cause"))?, since: given.moment("since")? },
        "unauthorized" => Status::Unauthorized {
            cause: given.optional("cause", cause)?,
            since: given.optional("since", Given::as_moment)?,
            by: given.text("by"),
        },
        "deactivated" => Status::Deactivated { since: given.moment("since")?, by: given.text("by")? },
        _ => return None,
    })
}

/// A cause; one that this version does not know is unknown.
fn cause(given: &Given) -> Option<Cause> {
    Some(Cause::read(&given.as_text()?))
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
        "workspaces":[{"id":"wsp_1","name":"Web"}],"projects":2,"may_manage":true,"may_reauthorize":true,"version":3}"#;
    const BARE: &str = r#"{"id":"con_2","name":"New","kind":"basic","site":null,"status":{"state":"authorized"},
        "account":null,"scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":null,
        "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"version":1}"#;

    fn of(connections: &[String]) -> String {
        let counts = r#"{"authorized":1,"interrupted":2,"unauthorized":3,"deactivated":4,"deleted":5}"#;
        format!(r#"{{"items":[{}],"next_cursor":"next","counts":{counts}}}"#, connections.join(","))
    }

    fn read(json: &str) -> Option<ConnectionPage> {
        page(&Given::of(js_sys::JSON::parse(json).expect("JSON")))
    }

    /// What serde reads, without what is left empty here.
    fn by_the_contract(json: &str) -> ConnectionPage {
        let mut page: ConnectionPage = serde_json::from_str(json).expect("a page");
        for one in &mut page.items {
            (one.scopes, one.admins) = (Vec::new(), Vec::new());
            (one.revert_until, one.revert_to, one.credential) = (None, None, None);
        }
        page
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
            assert_eq!(read(&of(&[row])).and_then(|page| page.items.first().map(|one| one.kind)), Some(*kind));
        }
    }

    #[wasm_bindgen_test]
    fn what_is_not_the_contracts_is_no_page() {
        let spoiled = [(r#""con_2""#, "7"), (r#""basic""#, r#""other""#), ("authorized", "fine"), ("2026", "long ago")];
        for (good, bad) in spoiled {
            assert_eq!(read(&of(&[BARE.replacen(good, bad, 1)])), None, "{bad}");
        }
        for none in ["{}", "[]", "null", r#"{"items":[],"next_cursor":null}"#, r#"{"counts":{}}"#] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
