//! Charts: the first one from its template, every mark, and who lets Causeway read Jira.

use api::{Chart, CreateChart, EditSettings, Embed, List, ListEmbeds, ListEmbedsQuery, NewChart, SettingsEdit};
use atlassian::Person;
use atlassian::sites::HARBOUR;
use serde_json::{Value, json};

use crate::Studio;

pub(crate) async fn pictures(studio: &Studio) {
    studio.browser.signs_in_as(Person::Ada).await;
    studio.pictures("/charts", "No charts yet", "90-no-charts").await;
    studio.ada.connects("Production", Person::Ada, HARBOUR).await;
    of_the_first(studio).await;
    of_an_embed(studio).await;
    of_every_mark(studio).await;
    studio.pictures("/charts", "Open bugs", "96-charts").await;
    studio.pictures("/charts/access", "Harbour Logistics", "97-access-to-jira").await;
}

/// From the card that asks for consent to the page of the chart; leaves behind whose site it is.
async fn of_the_first(studio: &Studio) {
    let browser = &studio.browser;
    studio.pictures("/charts/new", "Load chart", "91-load-chart").await;
    browser.presses("Load chart").await;
    browser.goes_to_the_pop_up().await;
    browser.presses("Ada Admin").await;
    browser.chooses("Use app on", "Harbour Logistics").await;
    browser.presses("Accept").await;
    browser.sees_the_pop_up_go().await;
    browser.presses("Issues by status").await;
    browser.sees("Each time it is computed").await;
    studio.takes("92-editor").await;
    browser.presses("Save").await;
    browser.sees("Saved the chart").await;
    browser.sees("with your access").await;
    studio.takes("93-chart").await;
    browser.presses("Table").await;
    browser.sees("All issues").await;
    studio.takes("94-chart-with-its-table").await;
}

/// An embed of the chart in front: the dialog, the list, and the page for the frames of others.
async fn of_an_embed(studio: &Studio) {
    let allow = SettingsEdit { anonymous_charts: Some(true) };
    studio.ada.calls::<EditSettings>(&(), &allow).await.expect(200);
    let browser = &studio.browser;
    let chart = browser.address().await;
    browser.presses("Embed chart").await;
    browser.sees("Pages that may show it").await;
    studio.takes("98-embedding-a-chart").await;
    browser.presses("Everybody who can open the page").await;
    browser.fills_in("Pages that may show it", "https://wiki.example.com").await;
    browser.presses("Make embed").await;
    browser.sees("Paste it into the page").await;
    studio.takes("98-snippet").await;
    browser.presses("Done").await;
    let query = ListEmbedsQuery::default();
    let list: List<Embed> = studio.ada.calls::<ListEmbeds>(&(), &query).await.expect(200).json();
    let embed = list.items.first().expect("an embed was made");
    studio.pictures(&format!("/embed/{}", embed.id), "is largest", "98-embed").await;
    browser.opens(&chart).await;
    browser.sees("Last shown").await;
    studio.takes("98-chart-with-an-embed").await;
}

fn of_field(id: &str, name: &str) -> Value {
    json!({"field": {"id": id, "name": name}})
}

/// What is drawn with each mark.
fn marks() -> [(&'static str, Value); 8] {
    let jql = "created >= -180d";
    let months = json!({"field": {"id": "created", "name": "Created"}, "buckets": {"every": "month", "last": 6}});
    let created = json!({"name": "Created", "jql": "created >= -180d", "field": {"id": "created", "name": "Created"}});
    let resolved = json!({"name": "Resolved", "jql": "resolution IS NOT EMPTY", "field": {"id": "resolutiondate", "name": "Resolved"}});
    let says = |title: &str| json!({"title": title});
    let by = |mark: &str, title: &str, id: &str, name: &str| json!({"source": {"jql": jql}, "mark": mark, "group": of_field(id, name), "says": says(title)});
    let mut stacked = by("stacked", "Priorities of each assignee", "assignee", "Assignee");
    stacked["split"] = of_field("priority", "Priority");
    [
        ("bar", by("bar", "Issues by assignee", "assignee", "Assignee")),
        ("column", by("column", "Open bugs by priority", "priority", "Priority")),
        ("stacked", stacked),
        (
            "line",
            json!({"source": {"series": [created, resolved]}, "mark": "line", "group": months,
            "says": says("Created against resolved")}),
        ),
        (
            "area",
            json!({"source": {"jql": jql}, "mark": "area", "group": months, "says": says("Issues of six months")}),
        ),
        ("donut", by("donut", "Issues by type", "issuetype", "Type")),
        (
            "tile",
            json!({"source": {"jql": jql}, "mark": "tile", "goal": {"value": 400, "label": "Goal"},
            "says": says("Issues of half a year")}),
        ),
        ("table", by("table", "Issues by project", "project", "Project")),
    ]
}

async fn of_every_mark(studio: &Studio) {
    let browser = &studio.browser;
    let site = browser.runs("return fetch('/api/v1/charts/sites').then(a => a.json()).then(a => a.items[0].key)").await;
    let site = site.as_str().expect("the site has a key");
    for (mark, spec) in marks() {
        let new = NewChart { site: site.to_owned(), spec: serde_json::from_value(spec).expect("a spec") };
        let chart: Chart = studio.ada.calls::<CreateChart>(&(), &new).await.expect(201).json();
        studio.pictures(&format!("/charts/{}", chart.id), "with your access", &format!("95-{mark}")).await;
    }
}
