//! The list of connections.

use super::*;
use crate::organization::fixture::site;

#[test]
fn a_list_is_paged_without_gaps_or_doubles_in_every_order() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    for at in 0..7 {
        fixture.connect(&ada, &format!("Connection {at}"));
    }
    for sort in [
        ConnectionSort::Name,
        ConnectionSort::NameDescending,
        ConnectionSort::LastActivity,
        ConnectionSort::LastActivityDescending,
    ] {
        let mut query = ListConnectionsQuery { sort: Some(sort), limit: Some(3), ..Default::default() };
        let mut names = Vec::new();
        loop {
            let page = fixture.ask(&ada, &Call::<ListConnections>::new((), query.clone())).expect("a page");
            names.extend(page.items.into_iter().map(|c| c.name.to_string()));
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => break,
            }
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 7, "{sort:?}");
    }
}

#[test]
fn a_list_is_searched_in_name_site_and_account() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    fixture.connect(&ada, "Staging 100%");
    let count = |q: &str| {
        let query = ListConnectionsQuery { q: Some(q.into()), ..Default::default() };
        fixture.ask(&ada, &Call::<ListConnections>::new((), query)).expect("a page").items.len()
    };
    assert_eq!(
        [count("stag"), count("100%"), count("cloud-1"), count("ada"), count("nothing"), count("%")],
        [1, 1, 1, 1, 0, 1]
    );
}

#[test]
fn a_cursor_or_limit_that_is_none_is_refused_by_name() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    for query in [
        ListConnectionsQuery { cursor: Some("x".into()), ..Default::default() },
        ListConnectionsQuery { limit: Some(0), ..Default::default() },
        ListConnectionsQuery { limit: Some(201), ..Default::default() },
    ] {
        assert!(matches!(fixture.ask(&ada, &Call::<ListConnections>::new((), query)), Err(Refusal::Invalid(_))));
    }
}

#[test]
fn the_counts_beside_a_page_go_by_the_search_and_not_by_the_status() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let all: Vec<Connection> = (0..4).map(|at| fixture.connect(&ada, &format!("Blue {at}"))).collect();
    fixture.connect(&ada, "Red");
    report(&fixture, &grant_of(&fixture, &all[0]), interrupted(&fixture, Cause::AtlassianUnreachable));
    report(&fixture, &grant_of(&fixture, &all[1]), refused(&fixture));
    fixture.ask(&ada, &Call::<DeleteConnection>::new(all[2].id.clone(), Nothing {})).expect("deleted");
    let find = |status, q: &str, deleted| {
        let query = ListConnectionsQuery { status, deleted, q: Some(q.into()), limit: Some(1), ..Default::default() };
        fixture.ask(&ada, &Call::<ListConnections>::new((), query)).expect("a page")
    };
    let counts = api::ConnectionCounts {
        authorized: 1,
        interrupted: 1,
        unauthorized: 1,
        deactivated: 0,
        deleted: 1,
        ends_soon: 0,
    };
    for page in [find(None, "blue", None), find(Some(State::Interrupted), "blue", None), find(None, "blue", Some(true))]
    {
        assert_eq!(page.counts, counts);
    }
    assert_eq!(find(Some(State::Interrupted), "blue", None).items[0].id, all[0].id);
    assert_eq!(find(None, "", None).counts.authorized, 2);
    let limited = key(&fixture, &[KeyScope::ConnectionsRead], Some(vec![all[0].id.clone()]));
    let seen =
        fixture.ask(&limited, &Call::<ListConnections>::new((), ListConnectionsQuery::default())).expect("a page");
    assert_eq!(seen.counts, api::ConnectionCounts { interrupted: 1, ..Default::default() });
}

#[test]
fn a_key_that_names_a_hundred_connections_can_list_them() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let ids: Vec<_> = (0..SLOTS).map(|at| fixture.connect(&ada, &format!("Connection {at}")).id).collect();
    let hundred: Vec<_> = ids.iter().cycle().take(100).cloned().collect();
    let reader = key(&fixture, &[KeyScope::ConnectionsRead], Some(hundred));
    let page =
        fixture.ask(&reader, &Call::<ListConnections>::new((), ListConnectionsQuery::default())).expect("a page");
    assert_eq!(page.items.len(), ids.len());
}

#[test]
fn among_ten_thousand_every_page_is_the_right_one() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let template = fixture.turn().connection(&fixture.connect(&ada, "Template").id).expect("there");
    for at in 0..9_999_u32 {
        let mut connection = template.clone();
        connection.details.id = ConnectionId::parse(format!("con_{:05}", (at * 7919) % 9_999)).expect("an id");
        connection.details.name = name(&format!("Row {:05}", (at * 7919) % 9_999));
        connection.grant = Some(GrantId::parse(format!("grt_{at}")).expect("an id"));
        if at % 10 == 0 {
            connection.details.status = Status::Unauthorized { cause: None, since: None, by: None };
        }
        fixture.turn().store_connection(&connection).expect("kept");
    }
    let find =
        |query: ListConnectionsQuery| fixture.ask(&ada, &Call::<ListConnections>::new((), query)).expect("a page");
    let mut query = ListConnectionsQuery { limit: Some(200), ..Default::default() };
    let mut names = Vec::new();
    for _ in 0..3 {
        let page = find(query.clone());
        assert_eq!((page.counts.authorized, page.counts.unauthorized), (9_000, 1_000));
        names.extend(page.items.into_iter().map(|connection| connection.name.to_string()));
        query.cursor = page.next_cursor;
    }
    assert_eq!(names, (0..600).map(|at| format!("Row {at:05}")).collect::<Vec<_>>());
    let middle = ListConnectionsQuery { skip: Some(400), ..query };
    assert_eq!(find(middle).items[0].name.as_str(), "Row 01000", "from the cursor");
    let middle = find(ListConnectionsQuery { skip: Some(5_000), limit: Some(1), ..Default::default() });
    assert_eq!((middle.items[0].name.as_str(), middle.next_cursor.is_some()), ("Row 05000", true));
    assert!(find(ListConnectionsQuery { skip: Some(10_000), ..Default::default() }).items.is_empty());
    let found = find(ListConnectionsQuery { q: Some("row 0999".into()), limit: Some(5), ..Default::default() });
    assert_eq!(found.items.first().map(|connection| connection.name.to_string()), Some("Row 09990".to_owned()));
    assert_eq!(found.counts.authorized + found.counts.unauthorized, 9);
    let last =
        find(ListConnectionsQuery { sort: Some(ConnectionSort::NameDescending), limit: Some(1), ..Default::default() });
    assert_eq!(last.items[0].name.as_str(), "Template");
}

#[test]
fn names_are_found_and_sorted_with_or_without_their_accents() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    for called in ["Zebra", "E\u{301}cho", "Delta", "Foxtrot"] {
        fixture.connect(&ada, called);
    }
    let listed = |q: &str| {
        let query = ListConnectionsQuery { q: Some(q.to_owned()), ..ListConnectionsQuery::default() };
        let page = fixture.ask(&ada, &Call::<ListConnections>::new((), query)).expect("a page");
        page.items.into_iter().map(|connection| connection.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(listed(""), ["Delta", "E\u{301}cho", "Foxtrot", "Zebra"]);
    for q in ["echo", "\u{c9}CHO", "e\u{301}cho", "\u{e9}ch"] {
        assert_eq!(listed(q), ["E\u{301}cho"], "{q}");
    }
    assert_eq!(rename(&fixture, &fixture.connect(&ada, "Other"), "\u{c9}cho").err(), Some(Refusal::NameTaken));
}

/// Every page of a list, one or two at a time, as names.
fn all_pages(fixture: &Fixture, caller: &Caller, sort: ConnectionSort, limit: u16) -> Vec<String> {
    let mut query = ListConnectionsQuery { sort: Some(sort), limit: Some(limit), ..Default::default() };
    let mut names = Vec::new();
    loop {
        let page = fixture.ask(caller, &Call::<ListConnections>::new((), query.clone())).expect("a page");
        assert!(page.items.len() <= usize::from(limit), "{sort:?}");
        names.extend(page.items.into_iter().map(|connection| connection.name.to_string()));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return names,
        }
    }
}

const DAY: i64 = 86_400_000;

/// Stores a connection like `template`, changed by `change`.
fn vary(fixture: &Fixture, template: &Connection, called: &str, change: impl FnOnce(&mut StoredConnection)) {
    let mut connection = fixture.turn().connection(&template.id).expect("there");
    connection.details.id = ConnectionId::parse(format!("con_{}", called.to_lowercase())).expect("an id");
    connection.details.name = name(called);
    let scopes = ["read:jira-work", "read:jira-user", "write:jira-work", "offline_access", "read:me"];
    connection.details.scopes = scopes.map(str::to_owned).to_vec();
    connection.details.reauthorize_before = None;
    connection.grant = Some(GrantId::parse(format!("grt_{}", called.to_lowercase())).expect("an id"));
    change(&mut connection);
    fixture.turn().store_connection(&connection).expect("kept");
}

fn account(called: &str) -> api::Account {
    api::Account { account_id: called.to_owned(), name: called.to_owned(), email: None }
}

/// Six connections: two accounts that are alike but for accents and case, one missing; two sites; dates and ties.
fn varied(fixture: &Fixture) {
    let ada = fixture.ada();
    let template = fixture.connect(&ada, "Template");
    let end = |days: i64| Some(fixture.now.plus_millis(days * DAY));
    let dead = Status::Unauthorized { cause: Some(Cause::GrantRefused), since: Some(fixture.now), by: None };
    let failing = |cause| Status::Interrupted { cause, since: fixture.now };
    vary(fixture, &template, "Fine", |one| one.details.account = Some(account("\u{c9}va")));
    vary(fixture, &template, "Ends", |one| {
        (one.details.account, one.details.reauthorize_before) = (Some(account("eva")), end(20));
    });
    vary(fixture, &template, "Presses", |one| {
        (one.details.account, one.details.reauthorize_before) = (Some(account("Zoe")), end(3));
    });
    vary(fixture, &template, "Dead", |one| (one.details.account, one.details.status) = (None, dead));
    vary(fixture, &template, "Busy", |one| {
        (one.details.status, one.details.site) = (failing(Cause::RateLimited), Some(site("a-first")));
    });
    vary(fixture, &template, "Locked", |one| {
        one.details.status = failing(Cause::IpAllowList);
        one.details.reauthorize_before = end(400);
    });
    fixture.ask(&ada, &Call::<DeleteConnection>::new(template.id, Nothing {})).expect("deleted");
}

#[test]
fn every_order_is_the_same_however_it_is_paged() {
    let fixture = Fixture::new();
    varied(&fixture);
    let ada = fixture.ada();
    for sort in ConnectionSort::ALL {
        let whole = all_pages(&fixture, &ada, *sort, 200);
        assert_eq!(whole.len(), 6, "{sort:?}");
        for limit in [1, 2, 4] {
            assert_eq!(all_pages(&fixture, &ada, *sort, limit), whole, "{sort:?} by {limit}");
        }
    }
}

#[test]
fn what_is_alike_is_sorted_by_name_and_what_is_missing_comes_last() {
    let fixture = Fixture::new();
    varied(&fixture);
    let ada = fixture.ada();
    let listed = |sort| all_pages(&fixture, &ada, sort, 200).join(" ");
    assert_eq!(listed(ConnectionSort::Account), "Busy Locked Ends Fine Presses Dead");
    assert_eq!(listed(ConnectionSort::AccountDescending), "Presses Ends Fine Busy Locked Dead");
    assert_eq!(listed(ConnectionSort::Site), "Busy Dead Ends Fine Locked Presses");
    assert_eq!(listed(ConnectionSort::ReauthorizeBefore), "Presses Ends Locked Busy Dead Fine");
    assert_eq!(listed(ConnectionSort::ReauthorizeBeforeDescending), "Locked Ends Presses Busy Dead Fine");
    assert_eq!(listed(ConnectionSort::Status), "Ends Fine Presses Busy Locked Dead");
    assert_eq!(listed(ConnectionSort::StatusDescending), "Dead Busy Locked Ends Fine Presses");
    assert_eq!(listed(ConnectionSort::Kind), listed(ConnectionSort::Name));
}

#[test]
fn the_most_urgent_comes_first() {
    let fixture = Fixture::new();
    varied(&fixture);
    let listed = all_pages(&fixture, &fixture.ada(), ConnectionSort::Attention, 200);
    assert_eq!(listed, ["Dead", "Locked", "Presses", "Busy", "Ends", "Fine"]);
}

#[test]
fn what_ends_within_thirty_days_is_counted_and_found() {
    let fixture = Fixture::new();
    varied(&fixture);
    let query = ListConnectionsQuery { ends_soon: Some(true), ..Default::default() };
    let page = fixture.ask(&fixture.ada(), &Call::<ListConnections>::new((), query)).expect("a page");
    assert_eq!(page.items.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Ends", "Presses"]);
    assert_eq!((page.counts.ends_soon, page.counts.authorized), (2, 3));
}

#[test]
fn a_list_says_whether_there_are_workspaces() {
    let fixture = Fixture::new();
    let listed = || {
        let page = fixture.ask(&fixture.ada(), &Call::<ListConnections>::new((), ListConnectionsQuery::default()));
        page.expect("a page").has_workspaces
    };
    assert!(!listed());
    fixture.invite("max@example.com");
    assert!(listed());
}

#[test]
fn a_cursor_of_another_order_is_refused() {
    let fixture = Fixture::new();
    varied(&fixture);
    let ada = fixture.ada();
    let query = ListConnectionsQuery { limit: Some(1), ..Default::default() };
    let first = fixture.ask(&ada, &Call::<ListConnections>::new((), query.clone())).expect("a page");
    let other = ListConnectionsQuery { cursor: first.next_cursor, sort: Some(ConnectionSort::Account), ..query };
    assert!(matches!(fixture.ask(&ada, &Call::<ListConnections>::new((), other)), Err(Refusal::Invalid(_))));
}

#[test]
fn an_order_tells_nobody_what_they_do_not_see() {
    let fixture = Fixture::new();
    varied(&fixture);
    let ada = fixture.ada();
    let new = NewWorkspace::named(name("Web"));
    let workspace = fixture.ask(&ada, &Call::<CreateWorkspace>::new((), new)).expect("made").id;
    fixture.let_in(&workspace, "max@example.com", false);
    fixture.let_in(&workspace, "tia@example.com", true);
    let all = fixture.ask(&ada, &Call::<ListConnections>::new((), ListConnectionsQuery::default())).expect("a page");
    for connection in all.items {
        let access = NewAccess { workspaces: vec![workspace.clone()], confirmed: false };
        fixture.ask(&ada, &Call::<EditAccess>::new(connection.id, access)).expect("granted");
    }
    let max = fixture.sign_in("max@example.com", "Max").expect("let in");
    let tia = fixture.sign_in("tia@example.com", "Tia").expect("let in");
    let by_name = all_pages(&fixture, &max, ConnectionSort::Name, 200);
    for sort in [ConnectionSort::Account, ConnectionSort::AccountDescending, ConnectionSort::ReauthorizeBefore] {
        assert_eq!(all_pages(&fixture, &max, sort, 2), by_name, "{sort:?}");
        assert_eq!(all_pages(&fixture, &tia, sort, 2), all_pages(&fixture, &ada, sort, 200), "{sort:?}");
    }
    let urgent = all_pages(&fixture, &max, ConnectionSort::Attention, 2);
    assert_eq!(urgent, ["Dead", "Busy", "Locked", "Ends", "Fine", "Presses"], "by what the lozenge says");
    let soon = |who| {
        let query = ListConnectionsQuery { ends_soon: Some(true), ..Default::default() };
        let page = fixture.ask(who, &Call::<ListConnections>::new((), query)).expect("a page");
        (page.items.len(), page.counts.ends_soon)
    };
    assert_eq!((soon(&max), soon(&tia)), ((0, 0), (2, 2)));
}
