//! Where an instance is, which version it runs, what time it has, and what goes wrong on the way.

use atlassian::{Endpoint, Fault, Instance, Kind};
use serde_json::json;

use super::asking::{company, header, quarry};
use crate::asking::json_of;

#[tokio::test]
async fn server_info_tells_anybody_the_base_url_with_its_context_path() {
    let company = quarry().await;
    let info = json_of(company.get("/rest/api/2/serverInfo").send().await.unwrap()).await;
    assert_eq!(info["baseUrl"], company.jira.base_url());
    assert!(company.jira.base_url().ends_with("/jira"));
    assert_eq!((&info["deploymentType"], &info["serverTitle"]), (&json!("Server"), &json!("Quarry Works")));
    assert_eq!((&info["version"], &info["versionNumbers"]), (&json!("10.3.2"), &json!([10, 3, 2])));
}

#[tokio::test]
async fn the_older_instance_has_no_context_path_and_nothing_is_outside_the_context_path_of_the_newer() {
    let older = company(Instance::Orchard).await;
    let info = json_of(older.get("/rest/api/latest/serverInfo").send().await.unwrap()).await;
    assert_eq!((&info["baseUrl"], &info["version"]), (&json!(older.jira.base_url()), &json!("9.12.15")));
    let newer = older.asking.model.data_center(Instance::Quarry);
    let outside = newer.base_url().replace("/jira", "/rest/api/2/serverInfo");
    let response = older.asking.http.get(outside).send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "content-type")), (404, "text/html;charset=utf-8"));
}

#[tokio::test]
async fn one_that_moved_redirects_from_its_first_address_and_tells_the_new_one() {
    let company = quarry().await;
    let (first, new) = (company.jira.first_base_url(), company.jira.new_base_url());
    let ask = |base: &str| company.asking.http.get(format!("{base}/rest/api/2/serverInfo?x=1")).send();
    assert_eq!(ask(&new).await.unwrap().status(), 404);
    company.jira.move_to_new_address();
    let old = ask(&first).await.unwrap();
    let there = format!("{new}/rest/api/2/serverInfo?x=1");
    assert_eq!((old.status().as_u16(), header(&old, "location")), (302, there.as_str()));
    assert_eq!(json_of(ask(&new).await.unwrap()).await["baseUrl"], new);
    assert_eq!(company.jira.base_url(), new);
}

#[tokio::test]
async fn an_upgrade_shows_in_server_info() {
    let company = quarry().await;
    company.jira.upgrade("11.0.1");
    let info = json_of(company.get("/rest/api/2/serverInfo").send().await.unwrap()).await;
    assert_eq!(info["versionNumbers"], json!([11, 0, 1]));
}

#[tokio::test]
async fn a_clock_that_is_wrong_shows_in_the_date_and_in_server_info() {
    let company = quarry().await;
    company.jira.change_settings(|settings| settings.clock_skew_seconds = -86_400 * 400);
    let response = company.get("/rest/api/2/serverInfo").send().await.unwrap();
    let date = header(&response, "date").to_owned();
    let time = json_of(response).await["serverTime"].as_str().unwrap().to_owned();
    assert!(date.contains(&format!(" {} ", &time[..4])), "{date} and {time} are of one year");
    let behind = company.asking.model.now() - std::time::Duration::from_hours(24 * 390);
    let year = behind.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() / 31_556_952 + 1970;
    assert!(time[..4].parse::<u64>().unwrap() <= year, "{time} is more than a year ago");
}

#[tokio::test]
async fn faults_strike_here_too_and_every_request_is_recorded_with_where_it_came_in() {
    let company = quarry().await;
    company.asking.model.inject_fault(Fault::before(Endpoint::DataCenterJira, Kind::Html));
    company.asking.model.inject_fault(Fault::before(Endpoint::DataCenterJira, Kind::Reset));
    let ask = || company.get("/rest/api/2/status").send();
    assert!(ask().await.unwrap().text().await.unwrap().starts_with("<!doctype html>"));
    assert!(ask().await.is_err());
    assert_eq!(ask().await.unwrap().status(), 200);
    let requests = company.jira.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.path == "/jira/rest/api/2/status"));
    assert!(requests.iter().all(|request| company.jira.base_url().starts_with(&request.at)));
}
