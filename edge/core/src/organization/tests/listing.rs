//! The list of connections.

use super::*;

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
    let counts = api::ConnectionCounts { authorized: 1, interrupted: 1, unauthorized: 1, deactivated: 0, deleted: 1 };
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
