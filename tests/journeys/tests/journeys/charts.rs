//! Somebody makes a chart, and a second person looks at it with an access of their own.

use api::{AddWorkspaceMember, CreateWorkspace, Name, NewWorkspace, Workspace, WorkspaceMembership};
use atlassian::Person;
use atlassian::sites::HARBOUR;
use journeys::browser::Browser;
use journeys::{Causeway, PATIENCE, Visitor, eventually};
use thirtyfour::Key;

use crate::connecting::consents;

/// Ada has a connection to Harbour Logistics.
async fn connected(causeway: &Causeway) -> Visitor {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    ada.connects("Harbour", Person::Ada, HARBOUR).await;
    ada
}

/// Makes *Issues by status* from its template, with the consent that its preview asks for, and ends on its page.
pub(crate) async fn makes_a_chart(browser: &Browser) {
    browser.presses("Charts").await;
    browser.sees("No charts yet").await;
    browser.presses("New chart").await;
    browser.sees("Load chart").await;
    browser.presses("Load chart").await;
    browser.goes_to_the_pop_up().await;
    consents(browser, "Harbour Logistics").await;
    browser.sees_the_pop_up_go().await;
    browser.presses("Issues by status").await;
    browser.sees("Each time it is computed").await;
    browser.presses("Save").await;
    browser.sees("Saved the chart").await;
    browser.sees("with your access").await;
}

#[tokio::test]
async fn a_chart_is_made_from_a_template_and_drawn() {
    let causeway = Causeway::start().await;
    connected(&causeway).await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    makes_a_chart(&browser).await;
    browser.sees("is largest").await;
    browser.is_for_everyone("A chart").await;
    browser.presses("Table").await;
    browser.sees("All issues").await;
    browser.is_for_everyone("A chart with its table").await;
    browser.presses("Edit").await;
    browser.sees("Each time it is computed").await;
    browser.is_for_everyone("The editor of a chart").await;
}

/// Max is a member of a workspace, and no administrator.
async fn adds_max(ada: &Visitor) {
    let workspace = NewWorkspace::named(Name::parse("Payments").expect("a name"));
    let workspace: Workspace = ada.calls::<CreateWorkspace>(&(), &workspace).await.expect(201).json();
    let member = WorkspaceMembership { email: "max@example.com".to_owned(), issue_tracking: false };
    ada.calls::<AddWorkspaceMember>(&workspace.id, &member).await.expect(200);
}

/// In the pop-up, without a mouse: logs in as Max, picks *Harbour Logistics*, accepts.
async fn max_consents_by_keyboard(browser: &Browser) {
    browser.sees("Log in to Atlassian").await;
    browser.enters("Max Member").await;
    browser.sees("is requesting access").await;
    browser.tabs_to("Use app on").await;
    browser.types("Harbour").await;
    browser.enters("Accept").await;
}

#[tokio::test]
async fn a_second_person_consents_once_and_the_chart_is_drawn_without_loading_the_page_again() {
    let causeway = Causeway::start().await;
    let ada = connected(&causeway).await;
    adds_max(&ada).await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    makes_a_chart(&browser).await;
    let address = browser.address().await;

    let maxs = causeway.browser().await;
    maxs.signs_in_as(Person::Max).await;
    maxs.opens(&address).await;
    maxs.sees("Causeway has to look at Jira as you").await;
    maxs.is_for_everyone("A chart that asks for consent").await;
    maxs.runs("window.wasNotLoadedAgain = true").await;
    maxs.enters("Load chart").await;
    maxs.goes_to_the_pop_up().await;
    max_consents_by_keyboard(&maxs).await;
    maxs.sees_the_pop_up_go().await;
    maxs.sees("is largest").await;
    assert_eq!(maxs.runs("return window.wasNotLoadedAgain").await, true, "the page was loaded again");
    maxs.has_not_lost_the_focus().await;

    maxs.opens(&address).await;
    maxs.sees("is largest").await;
    maxs.enters("Charts").await;
    maxs.enters("Access to Jira").await;
    maxs.sees("Harbour Logistics").await;
    maxs.is_for_everyone("Who lets Causeway read Jira").await;
    maxs.enters("Remove your access to Harbour Logistics").await;
    maxs.sees("Atlassian keeps the consent itself").await;
    maxs.has_the_focus_on("Cancel").await;
    maxs.enters("Remove 1 access").await;
    maxs.sees("Causeway does not read Jira as you").await;
    maxs.opens(&address).await;
    maxs.sees("Load chart").await;
}

#[tokio::test]
async fn marks_and_the_table_are_reached_by_keyboard() {
    let causeway = Causeway::start().await;
    connected(&causeway).await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    makes_a_chart(&browser).await;
    browser.tabs_to("Delete").await;
    browser.types(Key::Tab).await;
    let first = browser.focused().await.expect("a mark has the focus");
    assert!(first.name.contains("issue") && first.tag == "a", "{first:?}");
    browser.types(Key::Right).await;
    let second = browser.focused().await.expect("another mark has the focus");
    assert!(second.name.contains("issue") && second.name != first.name, "{second:?}");
    browser.types("t").await;
    browser.sees("All issues").await;
}

/// Keeps the kind and the beginning of every file that the page saves from now on.
const KEEPS_FILES: &str = "window.saved = [];
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
        blob.slice(0, 4000).text().then((text) => window.saved.push({ kind: blob.type, size: blob.size, text }));
        return make.call(URL, blob);
    };";

/// The last file of this kind that the page saved.
async fn saves(browser: &Browser, kind: &str) -> String {
    let look = format!("return (window.saved.findLast((file) => file.kind === '{kind}') ?? {{}}).text");
    let file = async || browser.runs(&look).await.as_str().map(str::to_owned);
    eventually(PATIENCE, file).await.unwrap_or_else(|| panic!("no file of the kind {kind} was saved"))
}

#[tokio::test]
async fn a_chart_is_saved_as_a_picture_and_its_numbers_as_a_table() {
    let causeway = Causeway::start().await;
    connected(&causeway).await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    makes_a_chart(&browser).await;
    browser.runs(KEEPS_FILES).await;
    browser.presses("Save CSV").await;
    browser.sees("Saved the table").await;
    let csv = saves(&browser, "text/csv").await;
    assert!(csv.lines().count() > 2 && csv.lines().next().is_some_and(|first| first.contains("Status")), "{csv}");
    for (entry, kind, beginning) in [("SVG, dark", "image/svg+xml", "<svg"), ("PNG, light", "image/png", "PNG")] {
        browser.presses("Save picture").await;
        browser.presses(entry).await;
        let file = saves(&browser, kind).await;
        assert!(file.contains(beginning), "{entry} begins with {:?}", file.get(..40));
    }
    browser.sees("Saved the picture").await;
}
