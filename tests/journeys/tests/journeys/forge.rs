//! Somebody reads a page of Confluence with charts, in the frames and under the policy of Forge.

use api::{
    Chart, ChartId, CreateChart, CreateDelegation, Delegation, DelegationAudience, EndDelegation, ListViewers,
    NewChart, NewDelegation, Nothing, Placement, PlacementKind,
};
use atlassian::sites::HARBOUR;
use atlassian::{Endpoint, Person};
use journeys::browser::Browser;
use journeys::{Causeway, PATIENCE, eventually};
use serde_json::json;

use crate::charts::makes_a_chart;

/// The page for which access is given, and a copy of it.
const PAGE: &str = "98765";
const COPY: &str = "98766";

/// Charts of Harbour Logistics, to which Causeway is connected.
async fn charts_of(causeway: &Causeway, titles: &[&str]) -> Vec<ChartId> {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    ada.connects("Harbour", Person::Ada, HARBOUR).await;
    let mut charts = Vec::new();
    for title in titles {
        let spec = json!({
            "source": {"jql": "created >= -900d"}, "mark": "bar", "group": {"field": {"id": "status", "name": "Status"}},
            "look": {"palette": "status"}, "says": {"title": title},
        });
        let new = NewChart { site: HARBOUR.to_owned(), spec: serde_json::from_value(spec).expect("a spec") };
        let chart: Chart = ada.calls::<CreateChart>(&(), &new).await.expect(201).json();
        charts.push(chart.id);
    }
    charts
}

/// Opens the page with these charts for somebody; `more` is what else its address says.
async fn reads_the_page(causeway: &Causeway, browser: &Browser, person: Person, charts: &[ChartId], more: &str) {
    let ids: Vec<&str> = charts.iter().map(ChartId::as_str).collect();
    browser.opens(&format!("{}{more}", causeway.model.forge_page(Some(person), &ids))).await;
}

/// Goes into the frame of a chart.
async fn looks_at_chart(browser: &Browser, number: u16) {
    browser.driver().enter_default_frame().await.expect("the page is there");
    browser.driver().enter_frame(number).await.expect("the frame is there");
}

/// Goes out of the frames: the page of Confluence itself.
async fn looks_at_the_page(browser: &Browser) {
    browser.driver().enter_default_frame().await.expect("the page is there");
}

/// In the window of Atlassian: logs in, chooses the site, accepts. Ends at the page about `result`, and goes back.
async fn accepts_as(browser: &Browser, person: Person, result: &str) {
    browser.goes_to_the_pop_up().await;
    browser.sees("Log in to Atlassian").await;
    browser.presses(person.name()).await;
    browser.sees("is requesting access").await;
    browser.chooses("Use app on", "Harbour Logistics").await;
    browser.presses("Accept").await;
    let over = eventually(PATIENCE, async || {
        let is_gone = browser.windows().await == 1;
        (is_gone || browser.text().await.is_some_and(|text| text.contains(result))).then_some(())
    });
    assert!(over.await.is_some(), "the window says {result:?}");
    browser.goes_back().await;
}

/// How often charts were asked for.
fn renders(causeway: &Causeway) -> usize {
    let asked = causeway.model.requests();
    let is_render = |query: &str| query.ends_with("path=%2Fforge%2Fv1%2Frenders");
    asked.iter().filter(|one| one.endpoint == Endpoint::ForgeInvoke && is_render(&one.query)).count()
}

#[tokio::test]
async fn one_consent_draws_every_chart_of_a_page_without_a_reload_and_in_one_request() {
    let causeway = Causeway::start().await;
    let charts = charts_of(&causeway, &["Shipments", "Returns", "Claims"]).await;
    let browser = causeway.browser().await;
    reads_the_page(&causeway, &browser, Person::Max, &charts, "").await;
    for number in 0..3 {
        looks_at_chart(&browser, number).await;
        browser.sees("Causeway has to look at Jira as you").await;
    }
    let before = renders(&causeway);
    looks_at_chart(&browser, 0).await;
    browser.presses("Load chart").await;
    accepts_as(&browser, Person::Max, "Charts are loading").await;
    for (number, title) in ["Shipments", "Returns", "Claims"].into_iter().enumerate() {
        looks_at_chart(&browser, u16::try_from(number).expect("a small number")).await;
        browser.sees("with your access").await;
        browser.sees(title).await;
        browser.sees("is largest").await;
    }
    assert_eq!(renders(&causeway), before + 1, "three charts, one request");
    looks_at_the_page(&browser).await;
    browser.sees("0 violations").await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let viewers = ada.calls::<ListViewers>(&(), &Nothing {}).await.expect(200);
    assert!(viewers.body.contains("Max Member"), "{}", viewers.body);
    assert_eq!(causeway.model.uninstalls_the_forge_app().await, Ok(200));
    let viewers = ada.calls::<ListViewers>(&(), &Nothing {}).await.expect(200);
    assert!(!viewers.body.contains("Max Member"), "{}", viewers.body);
}

#[tokio::test]
async fn another_account_than_the_readers_gets_nothing_drawn() {
    let causeway = Causeway::start().await;
    let charts = charts_of(&causeway, &["Shipments"]).await;
    let browser = causeway.browser().await;
    reads_the_page(&causeway, &browser, Person::Max, &charts, "").await;
    looks_at_chart(&browser, 0).await;
    browser.presses("Load chart").await;
    accepts_as(&browser, Person::Bob, "Another account").await;
    looks_at_chart(&browser, 0).await;
    browser.sees("came from another Atlassian account").await;
    browser.sees("Load chart").await;
}

#[tokio::test]
async fn a_pop_up_that_is_blocked_is_opened_by_a_link() {
    let causeway = Causeway::start().await;
    let charts = charts_of(&causeway, &["Shipments"]).await;
    let browser = causeway.browser().await;
    reads_the_page(&causeway, &browser, Person::Max, &charts, "&popups=blocked&theme=dark").await;
    looks_at_chart(&browser, 0).await;
    browser.presses("Load chart").await;
    browser.sees("The browser blocked the window").await;
    browser.presses("Open the window").await;
    accepts_as(&browser, Person::Max, "Charts are loading").await;
    looks_at_chart(&browser, 0).await;
    browser.sees("with your access").await;
}

#[tokio::test]
async fn an_editor_chooses_a_chart_and_makes_one_of_a_query() {
    let causeway = Causeway::start().await;
    let charts = charts_of(&causeway, &["Shipments"]).await;
    let browser = causeway.browser().await;
    reads_the_page(&causeway, &browser, Person::Max, &[], "&resource=edit").await;
    looks_at_chart(&browser, 0).await;
    browser.presses("Shipments").await;
    looks_at_the_page(&browser).await;
    browser.sees(&format!(r#"{{"config":{{"chart":"{}","title":"Shipments"}}}}"#, charts[0])).await;
    looks_at_chart(&browser, 0).await;
    browser.fills_in("Title", "Mine").await;
    browser.presses("Create and use").await;
    accepts_as(&browser, Person::Max, "Charts are loading").await;
    looks_at_the_page(&browser).await;
    browser.sees(r#""title":"Mine""#).await;
    browser.sees("0 violations").await;
    reads_the_page(&causeway, &browser, Person::Ada, &[], "&resource=settings&module=confluence-settings").await;
    looks_at_chart(&browser, 0).await;
    browser.sees("Max Member").await;
}

/// Ada makes a chart, and shows it with her access to whoever may read the page.
async fn given_on_the_page(causeway: &Causeway) -> (ChartId, Delegation) {
    let visitor = causeway.visitor();
    visitor.signs_in_as(Person::Ada).await;
    visitor.connects("Harbour", Person::Ada, HARBOUR).await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    makes_a_chart(&browser).await;
    let address = browser.address().await;
    let id = address.rsplit('/').next().and_then(|id| id.split('?').next()).expect("an id");
    let chart = ChartId::parse(id).expect("the address of a chart");
    let page = Placement { kind: PlacementKind::Page, id: Some(format!("{HARBOUR}/{PAGE}")), title: None };
    let new = NewDelegation { audience: DelegationAudience::Page, placements: vec![page], ..NewDelegation::default() };
    let given = visitor.calls::<CreateDelegation>(&chart, &new).await.expect(201).json();
    (chart, given)
}

/// Opens a page on which the chart is shown with the access that somebody gave.
async fn reads_what_was_given(causeway: &Causeway, browser: &Browser, person: Person, chart: &ChartId, page: &str) {
    let charts = [chart.clone()];
    reads_the_page(causeway, browser, person, &charts, &format!("&access=given&page={page}")).await;
    looks_at_chart(browser, 0).await;
}

#[tokio::test]
async fn a_reader_without_jira_sees_a_chart_on_the_page_it_was_given_for_until_that_ends() {
    let causeway = Causeway::start().await;
    let (chart, given) = given_on_the_page(&causeway).await;
    let sam = causeway.browser().await;
    reads_what_was_given(&causeway, &sam, Person::Sam, &chart, PAGE).await;
    sam.sees("is largest").await;
    sam.sees("the access of Ada Admin until").await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    ada.calls::<EndDelegation>(&given.id, &Nothing {}).await.expect(200);
    sam.sees("is not given any more").await;
    sam.no_longer_sees("is largest").await;
    looks_at_the_page(&sam).await;
    sam.sees("0 violations").await;
}

#[tokio::test]
async fn a_copied_page_says_that_nobody_gave_access_there_and_the_reader_chooses() {
    let causeway = Causeway::start().await;
    let (chart, _) = given_on_the_page(&causeway).await;
    let max = causeway.browser().await;
    reads_what_was_given(&causeway, &max, Person::Max, &chart, COPY).await;
    max.sees("Nobody has given access for this chart to be shown here").await;
    max.presses("Ask the author").await;
    max.sees("Ada Admin made this chart").await;
    max.presses("Load with my access").await;
    max.sees("Causeway has to look at Jira as you").await;
    max.presses("Load chart").await;
    accepts_as(&max, Person::Max, "Charts are loading").await;
    looks_at_chart(&max, 0).await;
    max.sees("with your access").await;
}

#[tokio::test]
async fn who_may_not_read_the_page_sees_nothing_of_what_was_given_for_it() {
    let causeway = Causeway::start().await;
    let (chart, _) = given_on_the_page(&causeway).await;
    causeway.model.restricts_page(PAGE, &[Person::Ada]);
    let sam = causeway.browser().await;
    reads_what_was_given(&causeway, &sam, Person::Sam, &chart, PAGE).await;
    sam.sees("Nobody has given access for this chart to be shown here").await;
    sam.no_longer_sees("is largest").await;
}

#[tokio::test]
async fn where_the_browser_is_logged_in_to_the_same_jira_charts_need_no_consent() {
    let causeway = Causeway::start().await;
    let charts = charts_of(&causeway, &["Shipments"]).await;
    let max = causeway.browser().await;
    reads_the_page(&causeway, &max, Person::Max, &charts, "&jira=connected").await;
    looks_at_chart(&max, 0).await;
    max.sees("is largest").await;
    max.sees("counted by Jira for your browser").await;
    looks_at_the_page(&max).await;
    max.sees("0 violations").await;
    let sam = causeway.browser().await;
    reads_the_page(&causeway, &sam, Person::Sam, &charts, "&jira=connected").await;
    looks_at_chart(&sam, 0).await;
    sam.sees("Causeway has to look at Jira as you").await;
}
