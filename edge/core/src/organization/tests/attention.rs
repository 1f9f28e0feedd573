//! What needs a person.

use super::*;
use crate::configuration::SCOPES;
use api::{About, Attention, Deleted, NeedAction, Responsible, Timestamp};

const DAY: i64 = 86_400;

/// A connection that works and lasts.
struct Template(StoredConnection);

impl Template {
    fn of(fixture: &Fixture) -> Self {
        let mut connection = fixture.turn().connection(&fixture.connect(&fixture.ada(), "Template").id);
        let record = connection.as_mut().expect("there");
        record.details.scopes = SCOPES.iter().map(ToString::to_string).collect();
        fixture.turn().store_connection(record).expect("kept");
        Self(record.clone())
    }

    /// Keeps another one like it, changed.
    fn keep(&self, fixture: &Fixture, called: &str, change: impl FnOnce(&mut ConnectionDetails)) {
        let mut connection = self.0.clone();
        connection.details.id = ConnectionId::parse(format!("con_{called}")).expect("an id");
        connection.details.name = name(called);
        connection.grant = Some(GrantId::parse(format!("grt_{called}")).expect("an id"));
        change(&mut connection.details);
        connection.known = None;
        fixture.turn().store_connection(&connection).expect("kept");
    }
}

fn attention(fixture: &Fixture) -> Attention {
    fixture.ask(&fixture.ada(), &Call::<GetAttention>::new((), Nothing {})).expect("found")
}

/// The stories, each as its cause and how many it has.
fn stories(fixture: &Fixture) -> Vec<(Cause, u32)> {
    attention(fixture).stories.into_iter().map(|story| (story.cause, story.total)).collect()
}

fn needs(fixture: &Fixture) -> Vec<(String, NeedAction)> {
    attention(fixture).needs.into_iter().map(|need| (need.connection.name.to_string(), need.action)).collect()
}

fn failing(cause: Cause, since: Timestamp) -> impl FnOnce(&mut ConnectionDetails) {
    move |connection| connection.status = Status::Interrupted { cause, since }
}

fn ended(account: &str, since: Timestamp) -> impl FnOnce(&mut ConnectionDetails) {
    let account = api::Account { account_id: account.into(), name: account.into(), email: None };
    move |connection| {
        connection.account = Some(account);
        connection.status = Status::Unauthorized { cause: Some(Cause::GrantRefused), since: Some(since), by: None };
    }
}

fn at_site(site: &str, cause: Cause, since: Timestamp) -> impl FnOnce(&mut ConnectionDetails) {
    let site = crate::organization::fixture::site(site);
    move |connection| {
        connection.site = Some(site);
        connection.status = Status::Interrupted { cause, since };
    }
}

#[test]
fn what_works_never_worked_or_was_ended_on_purpose_needs_nobody() {
    let fixture = Fixture::new();
    let template = Template::of(&fixture);
    let on_purpose = Status::Unauthorized { cause: None, since: Some(fixture.now), by: Some("Ada".into()) };
    template.keep(&fixture, "purpose", |connection| connection.status = on_purpose);
    let never = Status::Unauthorized { cause: None, since: None, by: None };
    template.keep(&fixture, "never", |connection| connection.status = never);
    let deleted = Deleted { at: fixture.now, by: "Ada".into(), purge_at: fixture.now.plus_seconds(30 * DAY) };
    template.keep(&fixture, "deleted", |connection| {
        ended("ada", fixture.now)(connection);
        connection.deleted = Some(deleted);
    });
    assert_eq!(attention(&fixture), Attention::default());
}

#[test]
fn what_recovers_by_itself_is_told_and_asks_nothing_of_anybody() {
    let fixture = Fixture::new();
    let template = Template::of(&fixture);
    template.keep(&fixture, "waits", failing(Cause::SiteUnreachable, fixture.now));
    template.keep(&fixture, "listed", failing(Cause::IpAllowList, fixture.now));
    let found = attention(&fixture);
    assert_eq!((found.total, found.waiting, found.more), (1, 1, 0));
    assert_eq!(needs(&fixture), [("listed".into(), NeedAction::AskAdministrator), ("waits".into(), NeedAction::Wait)]);
    assert_eq!((found.needs[0].who, found.needs[1].who), (Responsible::AtlassianAdministrator, Responsible::Nobody));
}

#[test]
fn an_outage_of_several_sites_is_one_story_and_its_number_is_that_of_the_chips() {
    let fixture = Fixture::new();
    let template = Template::of(&fixture);
    let later = |minutes: i64| fixture.now.plus_seconds(minutes * 60);
    for (called, site, minutes) in [("a", "one", 0), ("b", "one", 3), ("c", "two", 9)] {
        template.keep(&fixture, called, at_site(site, Cause::SiteUnreachable, later(minutes)));
    }
    let found = attention(&fixture);
    assert_eq!((found.stories.len(), found.needs.len(), found.total, found.waiting), (1, 0, 0, 3));
    let story = &found.stories[0];
    assert_eq!((story.total, story.since, story.who), (3, fixture.now, Responsible::Nobody));
    assert_eq!(
        story.about,
        About::Sites(api::SeveralSites { names: vec!["Site one".into(), "Site two".into()], total: 2 })
    );
    assert!(story.sentence().starts_with("2 sites (Site one, Site two): "), "{}", story.sentence());
    let page = fixture.ask(&fixture.ada(), &Call::<ListConnections>::new((), ListConnectionsQuery::default()));
    assert_eq!(page.expect("a page").counts.interrupted, found.waiting);
}

#[test]
fn what_begins_much_later_or_at_one_site_is_no_outage_of_several() {
    let fixture = Fixture::new();
    let template = Template::of(&fixture);
    let later = |minutes: i64| fixture.now.plus_seconds(minutes * 60);
    template.keep(&fixture, "a", at_site("one", Cause::SiteUnreachable, later(0)));
    template.keep(&fixture, "b", at_site("two", Cause::SiteUnreachable, later(1)));
    template.keep(&fixture, "c", at_site("two", Cause::SiteUnreachable, later(30)));
    assert_eq!(stories(&fixture), [], "two connections may be chance, and half an hour is another time");
    for called in ["d", "e"] {
        template.keep(&fixture, called, at_site("two", Cause::SiteUnreachable, later(30)));
    }
    let found = attention(&fixture);
    assert!(
        matches!(&found.stories[..], [story] if matches!(&story.about, About::Site(site) if site.name == "Site two"))
    );
}

#[test]
fn each_need_says_why_and_what_to_do_the_most_urgent_first() {
    let fixture = Fixture::new();
    let template = Template::of(&fixture);
    let in_days = |days: i64| Some(fixture.now.plus_seconds(days * DAY));
    let consented = fixture.now.plus_seconds(-362 * DAY);
    template.keep(&fixture, "month", |connection| connection.reauthorize_before = in_days(29));
    template.keep(&fixture, "later", |connection| connection.reauthorize_before = in_days(31));
    template.keep(&fixture, "scopes", |connection| connection.scopes.retain(|scope| scope != "write:jira-work"));
    template.keep(&fixture, "week", |connection| connection.reauthorize_before = in_days(6));
    template.keep(&fixture, "year", |connection| {
        connection.authorized_at = Some(consented);
        connection.reauthorize_before = in_days(3);
    });
    template.keep(&fixture, "listed", failing(Cause::IpAllowList, fixture.now));
    template.keep(&fixture, "key", failing(Cause::Unsealable, fixture.now));
    template.keep(&fixture, "down", |connection| {
        failing(Cause::SiteUnreachable, fixture.now)(connection);
        connection.reauthorize_before = in_days(1);
    });
    let lost = Status::Unauthorized { cause: Some(Cause::RotationLost), since: Some(fixture.now), by: None };
    template.keep(&fixture, "lost", |connection| connection.status = lost);
    let expected = [
        ("lost", NeedAction::Reauthorize),
        ("key", NeedAction::AskOperator),
        ("listed", NeedAction::AskAdministrator),
        ("down", NeedAction::Renew),
        ("year", NeedAction::Reauthorize),
        ("week", NeedAction::Renew),
        ("scopes", NeedAction::Review),
        ("month", NeedAction::Renew),
    ];
    assert_eq!(needs(&fixture), expected.map(|(name, action)| (name.to_owned(), action)));
    let found = attention(&fixture);
    assert_eq!(found.total, 8);
    assert!(found.needs[0].why.starts_with("Atlassian issued the next token"), "{}", found.needs[0].why);
    assert_eq!(found.needs[2].who, Responsible::AtlassianAdministrator);
    assert_eq!(found.needs[5].why, "The authorization ends within 7 days.");
    assert!(found.needs[4].remedy.starts_with("Reauthorize"), "renewing does not move the end of the year");
}

#[test]
fn four_connections_of_a_removed_consent_are_one_story_and_no_needs() {
    let fixture = Fixture::new();
    let template = Template::of(&fixture);
    for at in 0..4 {
        template.keep(&fixture, &format!("c{at}"), ended("ada", fixture.now.plus_seconds(at * 60)));
    }
    let found = attention(&fixture);
    assert_eq!((found.stories.len(), found.needs.len(), found.total), (1, 0, 4));
    let story = &found.stories[0];
    assert_eq!((story.cause, story.total, story.since), (Cause::GrantRefused, 4, fixture.now));
    assert!(matches!(&story.about, About::Account(account) if account.account_id == "ada"));
    let names: Vec<_> = story.connections.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["c0", "c1", "c2", "c3"]);
}

#[test]
fn what_ended_at_other_times_or_for_other_accounts_is_another_story() {
    let fixture = Fixture::new();
    let template = Template::of(&fixture);
    for (called, account, minutes) in
        [("a", "ada", 0), ("b", "ada", 60), ("c", "ada", 600), ("d", "max", 0), ("e", "ada", 1200), ("f", "ada", 1200)]
    {
        template.keep(&fixture, called, ended(account, fixture.now.plus_seconds(minutes * 60)));
    }
    assert_eq!(stories(&fixture), [(Cause::GrantRefused, 2), (Cause::GrantRefused, 2)]);
    let alone: Vec<_> = needs(&fixture).into_iter().map(|(name, _)| name).collect();
    assert_eq!(alone, ["c", "d"]);
    assert_eq!(attention(&fixture).total, 6);
}

#[test]
fn atlassian_looks_down_when_three_say_so_and_nobody_needs_to_do_anything() {
    let fixture = Fixture::new();
    let template = Template::of(&fixture);
    let down = || failing(Cause::AtlassianUnreachable, fixture.now);
    template.keep(&fixture, "one", down());
    template.keep(&fixture, "two", down());
    assert_eq!(stories(&fixture), [], "two may be chance");
    template.keep(&fixture, "three", down());
    assert_eq!(stories(&fixture), [(Cause::AtlassianUnreachable, 3)]);
    assert_eq!(attention(&fixture).stories[0].sentence(), "Atlassian looks down.");
    assert_eq!(attention(&fixture).total, 0);
}

#[test]
fn an_allow_list_is_one_sites_story_and_what_a_person_must_end_comes_first() {
    let fixture = Fixture::new();
    let template = Template::of(&fixture);
    for (called, site, hours) in [("a", "one", 0), ("b", "one", 0), ("c", "one", 0), ("d", "two", 1)] {
        template.keep(&fixture, called, at_site(site, Cause::IpAllowList, fixture.now.plus_seconds(hours * 3600)));
    }
    for called in ["e", "f", "g", "h"] {
        template.keep(&fixture, called, at_site("two", Cause::SiteUnreachable, fixture.now));
    }
    assert_eq!(stories(&fixture), [(Cause::IpAllowList, 3), (Cause::SiteUnreachable, 4)]);
    assert_eq!(needs(&fixture), [("d".to_owned(), NeedAction::AskAdministrator)]);
    let found = attention(&fixture);
    assert_eq!(
        (found.stories[0].sentence(), found.total),
        (
            "Site one: The IP allowlist of the site does not include the addresses that Causeway calls from."
                .to_owned(),
            4
        )
    );
}

#[test]
fn a_client_that_atlassian_refuses_is_a_story_of_no_connection() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    report(&fixture, &grant_of(&fixture, &connection), interrupted(&fixture, Cause::ClientRefused));
    assert_eq!(stories(&fixture), [(Cause::ClientRefused, 0)]);
    assert_eq!(needs(&fixture).len(), 1, "the fixture's consent lacks scopes");
    assert_eq!(attention(&fixture).total, 2);
}

#[test]
fn what_recovers_is_out_of_it_at_once() {
    let fixture = Fixture::new();
    let connection = fixture.connect(&fixture.ada(), "Staging");
    let grant = grant_of(&fixture, &connection);
    report(&fixture, &grant, interrupted(&fixture, Cause::Unsealable));
    assert_eq!(needs(&fixture)[0].1, NeedAction::AskOperator);
    report(&fixture, &grant, refreshed(&fixture, 2));
    assert_eq!(needs(&fixture)[0].1, NeedAction::Review);
}

#[test]
fn among_thousands_it_stays_bounded_and_counts_all() {
    let fixture = Fixture::new();
    let template = Template::of(&fixture);
    for at in 0..1_000_i64 {
        template.keep(&fixture, &format!("w{at:05}"), |_| ());
    }
    for at in 0..1_000_i64 {
        let since = fixture.now.plus_seconds(at % 10);
        template.keep(&fixture, &format!("d{at:05}"), ended(&format!("account-{}", at % 100), since));
    }
    for at in 0..30_i64 {
        let before = fixture.now.plus_seconds(at * 600);
        template.keep(&fixture, &format!("h{at:05}"), |connection| connection.reauthorize_before = Some(before));
    }
    let found = attention(&fixture);
    assert_eq!((found.stories.len(), found.needs.len(), found.total), (5, 20, 1_030));
    assert_eq!(found.more, 960);
    assert!(found.stories.iter().all(|story| (story.connections.len(), story.total) == (10, 10)));
    assert_eq!(found.needs[0].connection.name.as_str(), "h00000");
}

#[test]
fn only_administrators_see_it() {
    let fixture = Fixture::new();
    fixture.invite("max@example.com");
    let max = fixture.sign_in("max@example.com", "Max").expect("Max is invited");
    assert_eq!(fixture.ask(&max, &Call::<GetAttention>::new((), Nothing {})).err(), Some(Refusal::Forbidden));
    let reader = key(&fixture, &[KeyScope::ConnectionsRead], None);
    assert_eq!(fixture.ask(&reader, &Call::<GetAttention>::new((), Nothing {})).err(), Some(Refusal::Forbidden));
}

#[test]
fn what_is_never_refreshed_is_reauthorized_before_it_ends_and_not_renewed() {
    let fixture = Fixture::new();
    let template = Template::of(&fixture);
    let soon = Some(fixture.now.plus_seconds(5 * DAY));
    for (name, kind) in [("password", api::Kind::Basic), ("signed", api::Kind::Oauth1)] {
        template.keep(&fixture, name, |connection| {
            connection.kind = kind;
            connection.reauthorize_before = soon;
        });
    }
    let told =
        attention(&fixture).needs.into_iter().map(|need| (need.connection.name.to_string(), need.action, need.remedy));
    let mut told: Vec<_> = told.collect();
    told.sort_by(|one, other| one.0.cmp(&other.0));
    let remedies = [
        ("password", "Create a new token in Jira, and reauthorize the connection with it."),
        ("signed", "Reauthorize the connection: Jira's access token ends then."),
    ];
    assert_eq!(told, remedies.map(|(name, remedy)| (name.to_owned(), NeedAction::Reauthorize, remedy.to_owned())));
}
