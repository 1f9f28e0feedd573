//! The grid over thousands of connections, of which only some dozens are in the document.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, UrlSearchParams};

use super::{
    edge::Edge,
    stage::{Stage, open},
};

const LIST: &str = "GET /api/v1/connections";
const AUTHORIZED: &str = r#"{"state":"authorized"}"#;
const ENDED: &str = r#"{"state":"unauthorized","cause":"rotation_lost","since":"2026-01-01T00:00:00Z"}"#;

fn connection(row: u32, status: &str) -> String {
    format!(
        r#"{{"id":"con_{row}","name":"Row {row:05}","kind":"cloud_oauth2","site":null,"status":{status},
        "account":null,"scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":"2026-01-01T00:00:00Z",
        "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"version":7}}"#
    )
}

/// The page that the query asks for, from a list of `total`.
fn page(query: &UrlSearchParams, total: u32, status: &str) -> String {
    let number = |name| query.get(name).and_then(|value| value.parse::<u32>().ok());
    let from = number("skip").unwrap_or_default().min(total);
    let to = (from + number("limit").unwrap_or(100)).min(total);
    let items: Vec<String> = (from..to).map(|row| connection(row, status)).collect();
    let next = if to < total { r#""next""# } else { "null" };
    let counts = format!(r#"{{"authorized":{total},"interrupted":0,"unauthorized":0,"deleted":0}}"#);
    format!(r#"{{"items":[{}],"next_cursor":{next},"counts":{counts}}}"#, items.join(","))
}

fn thousands() -> Edge {
    let edge = Edge::start();
    edge.answers(LIST, |query| page(query, 10_000, AUTHORIZED));
    edge
}

/// Opens the list and scrolls to it: the output of the tests stands above it.
async fn opened() -> Stage {
    let stage = open("/");
    stage.shows("Row 00000").await;
    let table = stage.find("table").expect("a table");
    table.scroll_into_view();
    stage.until("a screen of rows", || rows(&stage) > 5).await;
    stage
}

fn rows(stage: &Stage) -> u32 {
    stage.all("tbody tr[aria-rowindex]").length()
}

/// Scrolls the page to this share of its height.
fn scroll_to(share: f64) {
    let height = document().document_element().expect("a page").scroll_height();
    window().scroll_to_with_x_and_y(0.0, f64::from(height) * share);
}

/// Scrolls there until `text` is shown. The height of the page is a guess until rows are measured, so the same share of
/// it can move.
async fn scrolls_to(stage: &Stage, share: f64, text: &str) {
    let seen = || stage.text().contains(text);
    stage
        .until(text, || {
            if !seen() {
                scroll_to(share);
            }
            seen()
        })
        .await;
}

fn row(stage: &Stage, row: usize) -> Option<HtmlElement> {
    stage.find(&format!("tr[aria-rowindex=\"{}\"]", row + 2)).map(JsCast::unchecked_into)
}

/// The first row that is seen, and where its top is in the window.
fn first_in_view(stage: &Stage) -> (usize, f64) {
    let rows = stage.all("tbody tr[aria-rowindex]");
    let rows = (0..rows.length()).filter_map(|at| rows.get(at)?.dyn_into::<HtmlElement>().ok());
    let seen = rows.map(|row| (row.clone(), row.get_bounding_client_rect())).find(|(_, place)| place.bottom() > 0.0);
    let (row, place) = seen.expect("a row is in view");
    let index = row.get_attribute("aria-rowindex").and_then(|index| index.parse::<usize>().ok()).expect("an index");
    (index - 2, place.top())
}

fn focused() -> Option<String> {
    document().active_element().map(|element| element.id())
}

#[wasm_bindgen_test]
async fn of_ten_thousand_rows_those_in_view_are_in_the_document_and_all_are_counted() {
    let _edge = thousands();
    let stage = opened().await;
    assert!(stage.text().contains("10000 connections"));
    assert!((5..80).contains(&rows(&stage)), "{}", rows(&stage));
    let table = stage.find("table").expect("a table");
    assert_eq!(table.get_attribute("aria-rowcount").as_deref(), Some("10001"));
    assert!(table.scroll_height() > 200_000, "the page is as high as all rows: {}", table.scroll_height());
    assert_eq!(row(&stage, 0).map(|row| row.inner_text().contains("Row 00000")), Some(true));
}

#[wasm_bindgen_test]
async fn what_is_scrolled_to_is_asked_for_and_what_is_passed_over_is_not() {
    let edge = thousands();
    let stage = opened().await;
    scrolls_to(&stage, 0.55, "Row 05").await;
    assert!(rows(&stage) < 80);
    assert!(row(&stage, 0).is_none());
    scrolls_to(&stage, 1.0, "Row 09999").await;
    assert!(edge.asked(LIST).len() < 10, "{:?}", edge.asked(LIST));
    assert!(edge.asked(LIST).iter().any(|asked| asked.query.contains("skip=9950")));
    scrolls_to(&stage, 0.0, "Row 00000").await;
}

#[wasm_bindgen_test]
async fn the_row_with_the_focus_stays_in_the_document_wherever_one_scrolls() {
    let _edge = thousands();
    let stage = opened().await;
    crate::ui::focus("menu-con_3");
    scrolls_to(&stage, 0.55, "Row 05").await;
    assert_eq!(focused().as_deref(), Some("menu-con_3"));
    assert!(row(&stage, 3).is_some() && row(&stage, 2).is_none());
    scrolls_to(&stage, 0.0, "Row 00002").await;
    assert_eq!(focused().as_deref(), Some("menu-con_3"));
}

/// Whether a row offers to reauthorize. The orders above the list have the word, too.
fn needs_reauthorization(stage: &Stage) -> bool {
    stage.find("tbody").is_some_and(|rows| rows.text_content().unwrap_or_default().contains("Reauthorize"))
}

#[wasm_bindgen_test]
async fn loading_again_asks_for_what_is_in_view_and_keeps_focus_and_place() {
    let edge = thousands();
    let stage = opened().await;
    scrolls_to(&stage, 0.55, "Row 05").await;
    let before = edge.asked(LIST).len();
    stage.until("no row to be waiting", || stage.find("tr[aria-busy]").is_none()).await;
    stage.settles().await;
    let seen = row(&stage, first_in_view(&stage).0 + 1).expect("a row in view");
    let id = seen.query_selector(".menu-place button").ok().flatten().expect("its menu").id();
    crate::ui::focus(&id);
    stage.settles().await;
    let (first, place) = first_in_view(&stage);
    let mia = r#""account":{"account_id":"a1","name":"Mia","email":null}"#;
    edge.answers(LIST, move |query| page(query, 10_000, AUTHORIZED).replace(r#""account":null"#, mia));
    window().dispatch_event(&web_sys::Event::new("focus").expect("an event")).expect("it is heard");
    stage.shows("Mia").await;
    assert!(edge.asked(LIST).len() - before <= 3, "{:?}", edge.asked(LIST));
    stage.until("the focus to be where it was", || focused().as_ref() == Some(&id)).await;
    stage.settles().await;
    let now = row(&stage, first).expect("the row is still there").get_bounding_client_rect().top();
    assert!((now - place).abs() < 1.0, "row {first} moved from {place} to {now}");
    let skips: Vec<String> = edge.asked(LIST).into_iter().skip(before).map(|asked| asked.query).collect();
    assert!(skips.iter().all(|query| query.contains("skip=")), "{skips:?}");
}

#[wasm_bindgen_test]
async fn what_comes_and_goes_above_the_list_does_not_move_the_rows_that_are_read() {
    let _edge = thousands();
    let stage = opened().await;
    scrolls_to(&stage, 0.55, "Row 05").await;
    stage.until("no row to be waiting", || stage.find("tr[aria-busy]").is_none()).await;
    stage.settles().await;
    let (first, place) = first_in_view(&stage);
    let notice = document().create_element("div").expect("a notice");
    notice.set_attribute("style", "height: 190px").expect("a style");
    let keeps = async |what: &str| {
        let is_there = || {
            let now = row(&stage, first).map(|row| row.get_bounding_client_rect().top());
            now.is_some_and(|now| (now - place).abs() < 1.0)
        };
        stage.settles().await;
        stage.until(what, is_there).await;
    };
    let table = stage.find("table").expect("a table");
    table
        .parent_element()
        .and_then(|around| around.parent_element())
        .expect("a page")
        .prepend_with_node_1(&notice)
        .expect("shown");
    keeps("the row to stay when a notice came").await;
    notice.remove();
    keeps("the row to stay when the notice went").await;
}

#[wasm_bindgen_test]
async fn a_row_that_did_not_change_keeps_its_elements_when_the_list_is_loaded_again() {
    let edge = thousands();
    let stage = opened().await;
    let link = |at| row(&stage, at).and_then(|row| row.query_selector("a").ok().flatten()).expect("a row's link");
    let (changes, stays) = (link(0), link(1));
    edge.answers(LIST, |query| page(query, 10_000, AUTHORIZED).replacen(AUTHORIZED, ENDED, 1));
    window().dispatch_event(&web_sys::Event::new("focus").expect("an event")).expect("it is heard");
    stage.until("rows that need a reauthorization", || needs_reauthorization(&stage)).await;
    assert!(!changes.is_connected() && stays.is_connected());
    assert!(row(&stage, 0).is_some_and(|row| row.inner_text().contains("Reauthorize")));
}

#[wasm_bindgen_test]
async fn a_page_that_fails_says_so_and_the_rows_stay() {
    let edge = thousands();
    let stage = opened().await;
    edge.refuses(LIST, api::ProblemCode::Unavailable, "The organization did not answer.");
    window().dispatch_event(&web_sys::Event::new("focus").expect("an event")).expect("it is heard");
    stage.shows("The organization did not answer.").await;
    assert!(stage.text().contains("Row 00000"));
    edge.answers(LIST, |query| page(query, 10_000, AUTHORIZED));
    stage.press("Try again");
    stage.until("the failure to be gone", || !stage.text().contains("did not answer")).await;
}

#[wasm_bindgen_test]
async fn another_order_is_asked_of_the_edge_and_begins_at_its_beginning() {
    let edge = thousands();
    let stage = opened().await;
    scrolls_to(&stage, 0.55, "Row 05").await;
    stage.press("Name");
    stage.shows("Row 00000").await;
    assert_eq!(window().location().search().ok().as_deref(), Some("?sort=name"));
    // The rows in view before may also be requested in the new order, if their scroll event is still to come.
    let first = edge.asked(LIST).into_iter().find(|asked| asked.query.contains("sort=name")).expect("asked");
    assert!(!first.query.contains("skip"), "{first:?}");
    let sorted = || stage.find("th[aria-sort]").and_then(|header| header.get_attribute("aria-sort"));
    assert_eq!(sorted().as_deref(), Some("ascending"));
    stage.press("Name");
    stage.until("the other direction", || sorted().as_deref() == Some("descending")).await;
    for column in ["Status", "Kind", "Authorized as", "Last activity"] {
        stage.press_element(&format!("th button.sort[data-sort=\"{column}\"]"));
        stage.until(column, || sorted().as_deref() == Some("ascending")).await;
    }
}

#[wasm_bindgen_test]
async fn a_click_beside_the_controls_of_a_row_opens_it_and_selecting_text_does_not() {
    let edge = thousands();
    edge.says("GET /api/v1/connections/con_1", 200, &connection(1, AUTHORIZED));
    let stage = opened().await;
    let cell: HtmlElement = row(&stage, 1)
        .and_then(|row| row.query_selector("td[data-label=Kind]").ok().flatten())
        .expect("a cell")
        .unchecked_into();
    let path = || window().location().pathname().unwrap_or_default();
    let selection = window().get_selection().expect("selecting works").expect("a selection");
    selection.select_all_children(&cell).expect("selected");
    cell.click();
    assert_eq!(path(), "/");
    selection.remove_all_ranges().expect("nothing is selected");
    stage.press_element("tr[aria-rowindex=\"3\"] .menu-place button");
    assert_eq!(path(), "/");
    cell.click();
    stage.shows("Checkup").await;
    assert_eq!(path(), "/connections/con_1");
}

#[wasm_bindgen_test]
async fn workspaces_are_told_of_only_where_there_are_any() {
    let edge = Edge::start();
    let connection = |more: &str| {
        format!(
            r#"{{"items":[{{"id":"con_1","name":"Staging","kind":"basic","site":null,"status":{{"state":"authorized"}},
            "account":null,"scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":null,
            "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null{more},"version":3}}],
            "next_cursor":null,"counts":{{"authorized":1,"interrupted":0,"unauthorized":0,"deleted":0}}}}"#
        )
    };
    edge.says("GET /api/v1/connections", 200, &connection(""));
    let stage = open("/");
    stage.shows("Staging").await;
    stage.settles().await;
    assert!(stage.find(".with-workspaces").is_none());
    drop(stage);
    let granted = r#","workspaces":[{"id":"wsp_1","name":"<b>Web</b>"}],"projects":2"#;
    edge.says("GET /api/v1/connections", 200, &connection(granted));
    let stage = open("/");
    stage.shows("Staging").await;
    assert!(stage.find(".with-workspaces").is_some());
    let told = stage.find(".with-workspaces td.of-workspaces").and_then(|cell| cell.text_content());
    assert_eq!(told.as_deref(), Some("<b>Web</b>"));
    assert!(stage.find("tbody").and_then(|body| body.text_content()).is_some_and(|text| text.contains("2 projects")));
}

#[wasm_bindgen_test]
async fn columns_keep_their_widths_when_rows_are_missing() {
    let edge = Edge::start();
    edge.answers(LIST, |query| page(query, 3, AUTHORIZED));
    let widths = |stage: &Stage| -> Vec<i32> {
        let heads = stage.all("thead th");
        let heads = (0..heads.length()).filter_map(|at| heads.get(at)?.dyn_into::<HtmlElement>().ok());
        heads.map(|head| head.offset_width()).collect()
    };
    // As the style sheet says, which tests do without.
    let fixed = |stage: &Stage| {
        let table = stage.find("table").expect("a table");
        table.set_attribute("style", "table-layout: fixed; width: 1000px").expect("a style");
        // Rows may still come.
        let hidden = "<style>.of-workspaces { display: none }</style>";
        table.insert_adjacent_html("beforebegin", hidden).expect("a style sheet");
    };
    let stage = open("/");
    stage.shows("Row 00002").await;
    fixed(&stage);
    let few = widths(&stage);
    drop(stage);
    edge.answers(LIST, |query| page(query, 10_000, AUTHORIZED));
    let stage = open("/");
    stage.shows("Row 00000").await;
    fixed(&stage);
    stage.settles().await;
    assert!(stage.find("tr.gap").is_some(), "rows are missing");
    assert_eq!(widths(&stage), few);
}

#[wasm_bindgen_test]
async fn what_is_selected_is_reviewed_before_it_is_done_and_each_result_is_told() {
    const OFF: &str = r#"{"state":"deactivated","since":"2026-01-01T00:00:00Z","by":"Ada"}"#;
    let edge = Edge::start();
    edge.answers(LIST, |query| page(query, 3, AUTHORIZED).replacen(AUTHORIZED, OFF, 1));
    edge.says("POST /api/v1/connections/con_1/deactivate", 200, &connection(1, OFF));
    edge.refuses("POST /api/v1/connections/con_2/deactivate", api::ProblemCode::Unavailable, "It did not answer.");
    let stage = open("/");
    stage.shows("Row 00002").await;
    for row in 0..3 {
        stage.press_element(&format!("#select-con_{row}"));
    }
    stage.shows("3 selected").await;
    stage.press_element("#bulk-deactivate");
    stage.shows("Left out: 1 connection").await;
    stage.shows("It is deactivated already.").await;
    edge.was_never_asked("POST /api/v1/connections/con_1/deactivate").await;
    stage.press("Deactivate 2 connections");
    stage.shows("Done: 1 of 2.").await;
    assert!(stage.text().contains("It did not answer."));
    assert_eq!(edge.asked("POST /api/v1/connections/con_0/deactivate"), []);
    stage.press("Close");
    stage.until("nothing to be selected", || !stage.text().contains("selected")).await;
}

#[wasm_bindgen_test]
async fn all_that_match_are_selected_at_once() {
    let edge = Edge::start();
    edge.answers(LIST, |query| page(query, 450, AUTHORIZED));
    let stage = open("/?q=row");
    stage.shows("Row 00000").await;
    stage.press_element("#select-all");
    stage.shows("450 selected").await;
    let pages = edge.asked(LIST).into_iter().filter(|asked| asked.query.contains("limit=200"));
    assert!(pages.into_iter().all(|asked| asked.query.contains("q=row")));
    stage.press("Clear selection");
    stage.until("nothing to be selected", || !stage.text().contains("selected")).await;
}

#[wasm_bindgen_test]
async fn back_finds_the_place_and_the_focus() {
    let edge = thousands();
    edge.answers("GET /api/v1/connections/con_5000", |_| connection(5_000, AUTHORIZED));
    let stage = opened().await;
    scrolls_to(&stage, 0.5, "Row 04").await;
    stage.settles().await;
    stage.until("no row to be waiting", || stage.find("tr[aria-busy]").is_none()).await;
    let (first, _) = first_in_view(&stage);
    let link: HtmlElement = row(&stage, first)
        .and_then(|row| row.query_selector(".row-link").ok().flatten())
        .expect("a link")
        .unchecked_into();
    let id = link.id();
    edge.says(&format!("GET /api/v1/connections/{}", id.trim_start_matches("name-")), 200, &connection(1, AUTHORIZED));
    crate::ui::focus(&id);
    link.click();
    stage.shows("Checkup").await;
    window().history().expect("a history").back().expect("it goes back");
    stage.until("the focus to be back", || focused().as_deref() == Some(&id)).await;
    assert!(row(&stage, first).is_some());
}

#[wasm_bindgen_test]
async fn nothing_says_that_all_is_well_while_the_list_cannot_be_loaded() {
    const SILENT: &str = "The organization did not answer.";
    let edge = Edge::start();
    edge.refuses(LIST, api::ProblemCode::Unavailable, SILENT);
    edge.refuses("GET /api/v1/attention", api::ProblemCode::Unavailable, SILENT);
    let stage = open("/");
    stage.shows(SILENT).await;
    stage.shows("It is not known whether all parts work").await;
    stage.settles().await;
    assert!(!stage.text().contains("All parts of Causeway work"));
    assert!(!stage.text().contains("Look again"), "one notice is enough");
    edge.answers(LIST, |query| page(query, 3, AUTHORIZED));
    stage.press("Try again");
    stage.shows("All parts of Causeway work").await;
}

#[wasm_bindgen_test]
async fn back_undoes_a_filter() {
    let edge = thousands();
    let stage = opened().await;
    stage.press("Interrupted");
    let search = || window().location().search().unwrap_or_default();
    stage.until("the filter in the address", || search() == "?status=interrupted").await;
    window().history().expect("a history").back().expect("it goes back");
    stage.until("no filter", || search().is_empty()).await;
    stage
        .until("the whole list", || edge.asked(LIST).last().is_some_and(|asked| !asked.query.contains("status")))
        .await;
}
