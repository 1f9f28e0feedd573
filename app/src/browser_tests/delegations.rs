//! Charts that others see with somebody's access: on the chart's page, on that of whoever is asked, and in the list of what
//! one has given.

use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use super::{
    charts::{CHART, DELEGATIONS, RENDERS, SITE, chart, consent_needed, drawn, one_chart, sites, state},
    edge::Edge,
    stage::open,
};

/// A delegation of Becky's access.
fn delegation(state: &str, may_grant: bool) -> String {
    format!(
        r#"{{"id":"dlg_1","chart_id":"cht_1","chart_title":"Open issues","site":{SITE},
        "access":{{"kind":"delegation","account":"Becky Stone","connection":null,"until":"2100-03-01T12:00:00Z"}},
        "connection_id":null,"delegator":{{"id":"mem_2","email":"becky@example.com","name":"Becky Stone"}},"asked_by":"Max",
        "asked_at":"2026-01-01T00:00:00Z","state":"{state}","cause":null,"since":"2026-01-01T00:00:00Z","meaning":"m1",
        "is_current":true,"audience":"members","placements":[{{"kind":"organization"}}],
        "shows":{{"names":false,"keys":false,"drill_down":false}},"expires_at":"2100-03-01T12:00:00Z",
        "uses":[{{"placement":{{"kind":"organization"}},"count":12,"readers":3,"last_used_at":"2026-01-01T00:00:00Z"}}],
        "may_grant":{may_grant},"may_end":{may_grant}}}"#
    )
}

fn list(items: &str) -> String {
    format!(r#"{{"items":[{items}],"next_cursor":null}}"#)
}

#[wasm_bindgen_test]
async fn who_has_no_access_sees_the_chart_with_that_of_whoever_gave_it_and_whose_it_is() {
    let edge = Edge::start();
    edge.says(&format!("GET {CHART}"), 200, &chart());
    edge.says("GET /api/v1/charts/sites", 200, &sites(""));
    edge.says(DELEGATIONS, 200, &list(&delegation("active", false)));
    let access = r#""kind":"delegation","account":"Becky Stone","connection":null,"until":"2100-03-01T12:00:00Z""#;
    let render = drawn().replace(r#""kind":"own","account":"Ada Example","connection":null"#, access);
    edge.says(RENDERS, 200, &render);
    let stage = open("/charts/cht_1");
    stage.shows("Done is largest").await;
    assert!(stage.text().contains("with \u{2068}Becky Stone\u{2069}’s access until"), "{}", stage.text());
    let body = edge.asked(RENDERS)[0].body.clone();
    assert_eq!(body, r#"{"delegation_id":"dlg_1","refresh":false}"#);
}

#[wasm_bindgen_test]
async fn an_access_that_is_not_given_any_more_is_said_and_nobodys_is_taken_instead() {
    let edge = Edge::start();
    let cause = r#""Whoever gave the access has paused it.""#;
    let ended =
        state("delegation_ended", "The access that this chart was shown with is not given any more.", cause, "ask");
    let stage = one_chart(&edge, &ended);
    edge.says(DELEGATIONS, 200, &list(&delegation("active", false)));
    drop(stage);
    let stage = open("/charts/cht_1");
    stage.shows("Whoever gave the access has paused it.").await;
    edge.says(RENDERS, 200, &consent_needed());
    stage.press("Load with my access");
    stage.shows("Load chart").await;
    let last = edge.asked(RENDERS).last().map(|asked| asked.body.clone());
    assert_eq!(last.as_deref(), Some(r#"{"refresh":false}"#));
}

#[wasm_bindgen_test]
async fn somebody_is_asked_for_their_access_by_address() {
    let edge = Edge::start();
    let stage = one_chart(&edge, &consent_needed());
    stage.shows("Nobody sees it with somebody else’s access.").await;
    edge.says("POST /api/v1/charts/cht_1/delegations", 201, &delegation("asked", false));
    stage.press_element("#let-others");
    stage.until("the dialog", || stage.find("#delegation-ask").is_some()).await;
    let send = || {
        stage
            .find("dialog button.button-primary, dialog button[type=submit]")
            .expect("a button")
            .unchecked_into::<HtmlElement>()
    };
    send().click();
    stage.shows("Enter an e-mail address.").await;
    stage.write("#delegation-ask", "becky@example.com");
    send().click();
    stage.shows("Asked for").await;
    let body = edge.asked("POST /api/v1/charts/cht_1/delegations")[0].body.clone();
    assert!(body.contains(r#""ask":"becky@example.com""#) && body.contains(r#""names":false"#), "{body}");
}

#[wasm_bindgen_test]
async fn whoever_is_asked_sees_the_chart_the_place_and_the_end_and_allows_what_they_saw() {
    let edge = Edge::start();
    edge.says("GET /api/v1/delegations/dlg_1", 200, &delegation("asked", true));
    edge.says(&format!("GET {CHART}"), 200, &chart());
    edge.says(RENDERS, 200, &drawn());
    edge.says("POST /api/v1/delegations/dlg_1/grant", 200, &delegation("active", true));
    let stage = open("/charts/delegations/dlg_1");
    stage.shows("asks you to let others see this chart with your access to Jira").await;
    stage.shows("Done is largest").await;
    for words in ["Members of this organization, in Causeway", "Numbers alone", "Until"] {
        assert!(stage.text().contains(words), "{words}");
    }
    stage.press("Allow");
    stage.shows("Others see it with").await;
    assert_eq!(edge.asked("POST /api/v1/delegations/dlg_1/grant")[0].body, r#"{"meaning":"m1"}"#);
}

#[wasm_bindgen_test]
async fn what_one_has_given_is_listed_with_how_often_it_was_used_and_ended_in_a_click() {
    let edge = Edge::start();
    edge.says("GET /api/v1/viewers/me", 200, r#"{"viewer":null,"grants":[]}"#);
    edge.says("GET /api/v1/viewers", 200, &list(""));
    edge.says("GET /api/v1/delegations", 200, &list(&delegation("active", true)));
    edge.says("POST /api/v1/delegations/dlg_1/end", 200, &delegation("ended", true));
    let stage = open("/charts/access");
    stage.shows("12 times by 3 people").await;
    edge.says("GET /api/v1/delegations", 200, &list(""));
    stage.press("End");
    stage.shows("Nobody sees anything with your access.").await;
    assert_eq!(edge.asked("POST /api/v1/delegations/dlg_1/end").len(), 1);
}

#[wasm_bindgen_test]
async fn whoever_comes_from_a_page_gives_access_for_that_page() {
    let edge = Edge::start();
    drop(one_chart(&edge, &consent_needed()));
    edge.says("POST /api/v1/charts/cht_1/delegations", 201, &delegation("asked", false));
    let stage = open("/charts/cht_1?page=c1/98765");
    stage.until("the dialog", || stage.find("#delegation-page").is_some()).await;
    let field = stage.find("#delegation-page").expect("a field").unchecked_into::<web_sys::HtmlInputElement>();
    assert_eq!(field.value(), "https://acme.atlassian.net/wiki/pages/viewpage.action?pageId=98765");
    stage.write("#delegation-ask", "becky@example.com");
    let send = || stage.find("dialog button[type=submit]").expect("a button").unchecked_into::<HtmlElement>().click();
    stage.write("#delegation-page", "https://elsewhere.example/page");
    send();
    stage.shows("Causeway knows no site of Atlassian at this address.").await;
    stage.write("#delegation-page", "https://acme.atlassian.net/wiki/spaces/WEB/pages/98765/Release+notes");
    stage.choose("#delegation-audience", "licensed");
    send();
    stage.shows("Asked for").await;
    let body = edge.asked("POST /api/v1/charts/cht_1/delegations")[0].body.clone();
    let place = r#""placements":[{"kind":"page","id":"c1/98765","title":"Release notes"}]"#;
    assert!(body.contains(place) && body.contains(r#""audience":"licensed""#), "{body}");
}

#[wasm_bindgen_test]
async fn what_was_given_for_a_page_alone_is_not_offered_in_causeway() {
    let edge = Edge::start();
    drop(one_chart(&edge, &consent_needed()));
    let of_page = r#""placements":[{"kind":"page","id":"c1/98765","title":"Release notes"}]"#;
    let here = r#""placements":[{"kind":"organization"}]"#;
    edge.says(DELEGATIONS, 200, &list(&delegation("active", false).replacen(here, of_page, 1)));
    let stage = open("/charts/cht_1");
    stage.shows("on the page \u{2068}Release notes\u{2069} in Confluence").await;
    stage.shows("Causeway has to look at Jira as you").await;
    assert!(stage.find("#chart-access").is_none(), "there is nothing to choose");
}

#[wasm_bindgen_test]
async fn whoever_is_asked_for_everybody_is_told_that_nobody_signs_in_and_in_which_page() {
    let edge = Edge::start();
    let place = r#"{"kind":"embed","id":"emb_1","title":"https://wiki.example.com"}"#;
    let asked = delegation("asked", true).replace(r#""audience":"members""#, r#""audience":"anonymous""#);
    let asked = asked.replace(r#""placements":[{"kind":"organization"}]"#, &format!(r#""placements":[{place}]"#));
    edge.says("GET /api/v1/delegations/dlg_1", 200, &asked);
    edge.says(&format!("GET {CHART}"), 200, &chart());
    edge.says(RENDERS, 200, &drawn());
    let stage = open("/charts/delegations/dlg_1");
    stage.shows("Everybody, without signing in").await;
    stage.shows("https://wiki.example.com").await;
}
