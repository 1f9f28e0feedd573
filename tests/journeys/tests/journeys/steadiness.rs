//! Nothing moves after it can be used, and everything stays where a person left it.

use api::{Attention, KeyScope};
use atlassian::Person;
use atlassian::sites::{HARBOUR, MEADOW, TINKER};
use futures::future::join_all;
use journeys::browser::{Browser, Look};
use journeys::{Causeway, PATIENCE, Visitor, eventually};

/// As far as a page may move by itself: a tenth of what browsers still call good.
const STEADY: f64 = 0.01;

/// Ada without a browser.
async fn ada(causeway: &Causeway) -> Visitor {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    ada
}

/// So many connections. Those after the first thirty were never authorized, because that takes a request instead of a
/// dozen. Of the first `dead` Bob's consent was removed, and a call has found that out: they need attention.
async fn has_connections(causeway: &Causeway, count: usize, dead: usize) {
    // A visitor can do one thing at a time at Atlassian.
    let workers = join_all((0..4).map(|_| ada(causeway))).await;
    join_all(workers.iter().enumerate().map(async |(worker, ada)| {
        for number in (worker..count).step_by(workers.len()).filter(|number| *number >= dead) {
            let (name, site) = (name(number), [HARBOUR, MEADOW, TINKER][number % 3]);
            if number < 30 {
                ada.connects(&name, Person::Ada, site).await;
            } else {
                ada.drafts(&name).await;
            }
        }
    }))
    .await;
    if dead > 0 {
        die(causeway, dead).await;
    }
}

async fn die(causeway: &Causeway, dead: usize) {
    let ada = ada(causeway).await;
    let mut bobs = Vec::new();
    for number in 0..dead {
        bobs.push(ada.connects(&name(number), Person::Bob, MEADOW).await);
    }
    let key = ada.makes_a_key(&[KeyScope::Proxy]).await.key;
    causeway.model.revoke_consent(Person::Bob);
    for connection in bobs {
        ada.calls_jira(&key, &connection.id, "/rest/api/3/myself").await;
    }
    let known = eventually(PATIENCE, async || {
        let attention: Attention = ada.gets("/api/v1/attention").await.expect(200).json();
        usize::try_from(attention.total).is_ok_and(|total| total >= dead).then_some(())
    });
    known.await.expect("it is known that they died");
}

fn name(number: usize) -> String {
    format!("Region {number:03}")
}

/// Ada's browser, which watches for shifts, with her list in front and everything on it there.
async fn at_the_list(causeway: &Causeway, shows: &str) -> Browser {
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.sees(shows).await;
    browser.watches_for_shifts().await;
    browser.opens("/").await;
    browser.sees(shows).await;
    browser.sees("All parts of Causeway work").await;
    browser
}

async fn is_steady(browser: &Browser, screen: &str) {
    let shifts = browser.shifts().await;
    if shifts.score >= STEADY {
        let moved = shifts.moved.join("\n");
        browser.fails(&format!("sees {screen} move by {:.4}:\n{moved}\n", shifts.score)).await;
    }
}

#[tokio::test]
async fn an_empty_list_does_not_move() {
    let causeway = Causeway::start().await;
    let browser = at_the_list(&causeway, "No connections yet").await;
    is_steady(&browser, "an empty list").await;
}

#[tokio::test]
async fn a_list_of_three_does_not_move() {
    let causeway = Causeway::start().await;
    has_connections(&causeway, 3, 0).await;
    let browser = at_the_list(&causeway, "3 connections").await;
    is_steady(&browser, "a list of three").await;
}

#[tokio::test]
async fn a_list_of_fifteen_with_trouble_does_not_move_and_keeps_its_columns() {
    let causeway = Causeway::start().await;
    has_connections(&causeway, 15, 4).await;
    let browser = at_the_list(&causeway, "15 connections").await;
    browser.sees("need attention").await;
    is_steady(&browser, "a list of fifteen with trouble").await;
    for look in [Look::DarkTablet, Look::Narrow] {
        browser.looks(look).await;
        browser.opens("/").await;
        browser.sees("15 connections").await;
        browser.sees("All parts of Causeway work").await;
        browser.sees("need attention").await;
        is_steady(&browser, &format!("a list of fifteen at {}", look.name())).await;
    }
    browser.looks(Look::Light).await;
    browser.opens("/").await;
    browser.sees("15 connections").await;
    let whole = browser.column_widths().await;
    browser.opens("/?q=Region+01").await;
    browser.sees("All 5").await;
    assert_eq!(browser.column_widths().await, whole, "a filter changes no column");
    is_steady(&browser, "a filtered list").await;
    browser.opens("/?q=nowhere").await;
    browser.sees("No connection matches").await;
    is_steady(&browser, "a list without a match").await;
}

#[tokio::test]
async fn a_list_of_two_hundred_does_not_move_and_keeps_its_columns_place_and_focus() {
    let causeway = Causeway::start().await;
    has_connections(&causeway, 200, 4).await;
    let browser = at_the_list(&causeway, "200 connections").await;
    browser.sees("need attention").await;
    is_steady(&browser, "a list of two hundred").await;
    let widths = browser.column_widths().await;
    assert!(widths.iter().all(|width| *width > 0) && widths.len() >= 6, "{widths:?}");
    keeps_place_and_focus(&browser).await;
    assert_eq!(browser.column_widths().await, widths, "what is loaded changes no column");
    shows_the_last_menu(&browser, 200).await;
    browser.opens("/?q=Region+00").await;
    browser.sees("All 10").await;
    assert_eq!(browser.column_widths().await, widths, "a filter changes no column");
}

/// Scrolls down, opens a connection and goes back.
async fn keeps_place_and_focus(browser: &Browser) {
    browser.runs("scrollTo(0, document.documentElement.scrollHeight / 2)").await;
    let middle = "const middle = innerHeight / 2;
        const links = [...document.querySelectorAll('tbody th a')];
        return links.find((link) => link.getBoundingClientRect().top > middle)?.innerText ?? null";
    let name = eventually(PATIENCE, async || browser.runs(middle).await.as_str().map(str::to_owned));
    let name = name.await.expect("a row is in the middle of the window");
    let place = browser.scrolled().await;
    browser.presses(&name).await;
    browser.sees("Connection ID").await;
    browser.goes_one_step_back().await;
    browser.sees_in_the_row(&name, &[]).await;
    browser.has_the_focus_on(&name).await;
    let now = browser.scrolled().await;
    assert!((now - place).abs() < 2.0, "left at {place}, came back to {now}");
    let row = format!(
        "tbody tr:has(a[id='{}'])",
        browser.runs("return document.activeElement.id").await.as_str().unwrap_or_default()
    );
    assert!(browser.has_in_sight(&row).await, "the row that was left is in sight");
}

/// Opens the menu of the last of so many rows, at the bottom of the window.
async fn shows_the_last_menu(browser: &Browser, rows: usize) {
    // The header is row 1.
    let last = format!(
        "scrollTo(0, document.documentElement.scrollHeight);
        return document.querySelector('tr[aria-rowindex=\"{}\"] th a')?.innerText ?? null",
        rows + 1
    );
    let name = eventually(PATIENCE, async || browser.runs(&last).await.as_str().map(str::to_owned)).await;
    let name = name.expect("the last row comes");
    browser.presses(&format!("Actions for {name}")).await;
    let in_sight = eventually(PATIENCE, async || browser.has_in_sight("[role=menu]").await.then_some(())).await;
    if in_sight.is_none() {
        browser.fails("does not see all of the menu of the last row").await;
    }
}

#[tokio::test]
async fn the_menu_of_the_last_row_of_a_full_window_is_in_sight() {
    let causeway = Causeway::start().await;
    has_connections(&causeway, 15, 0).await;
    let browser = at_the_list(&causeway, "15 connections").await;
    shows_the_last_menu(&browser, 15).await;
}

#[tokio::test]
async fn a_jump_is_noticed_where_there_is_one() {
    let causeway = Causeway::start().await;
    has_connections(&causeway, 3, 0).await;
    let browser = at_the_list(&causeway, "3 connections").await;
    is_steady(&browser, "a list of three").await;
    let push = "const late = document.createElement('div');
        late.style.height = '200px';
        document.querySelector('main').prepend(late);";
    browser.runs(push).await;
    let shifts = browser.shifts().await;
    assert!(shifts.score > STEADY && !shifts.moved.is_empty(), "{shifts:?}");
}
