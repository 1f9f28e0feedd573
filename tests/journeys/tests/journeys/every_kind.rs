//! Every authentication method in the browser, from *New connection* to a call through the proxy, with accessibility
//! checks. OAuth 1.0a is in `application_links`.

use api::ProblemCode;
use atlassian::sites::HARBOUR;
use atlassian::{Instance, Listener, Person};
use journeys::{Causeway, PATIENCE, eventually};

use crate::data_center_fixture::{MYSELF, data_center_fixture};

#[tokio::test]
async fn an_address_is_looked_at_and_its_ways_to_connect_are_shown_to_everyone() {
    let causeway = Causeway::start().await;
    let quarry = causeway.model.data_center(Instance::Quarry);
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.presses("New connection").await;
    browser.presses("Jira Data Center, or Cloud with an API token").await;
    browser.is_for_everyone("New connection at an address").await;
    browser.fills_in("Address of Jira", "https://10.0.0.1").await;
    browser.presses("Check address").await;
    browser.sees("inside a private network").await;
    browser.is_for_everyone("An address that is refused").await;
    browser.fills_in("Address of Jira", quarry.base_url().as_str()).await;
    browser.presses("Check address").await;
    browser.sees("Jira Data Center 10.3.2").await;
    browser.is_for_everyone("Ways to connect to Data Center: OAuth 2.0").await;
    browser.presses("OAuth 1.0a").await;
    browser.sees("Generate new key").await;
    browser.is_for_everyone("Ways to connect to Data Center: OAuth 1.0a").await;
}

#[tokio::test]
async fn an_incoming_link_connects_data_center_and_is_replaced_by_another() {
    let fixture = data_center_fixture().await;
    let browser = &fixture.browser;
    fixture.begins_at_quarry("Quarry", "OAuth 2.0").await;
    browser.presses("Authorize").await;
    browser.sees("Enter the client ID.").await;
    let link = fixture.incoming_link();
    browser.fills_in("Client ID", &link.client_id).await;
    browser.fills_in("Client secret", &link.client_secret).await;
    browser.presses("Authorize").await;
    browser.goes_to_the_pop_up().await;
    fixture.logs_in_to_jira().await;
    browser.presses("Allow").await;
    browser.sees_the_pop_up_go().await;
    let connection = fixture.saves("Quarry").await;
    fixture.calls(&connection, MYSELF).await;

    let next = fixture.incoming_link();
    browser.presses("Reauthorize").await;
    browser.sees("Reauthorize with existing credentials").await;
    browser.is_for_everyone("Setup of a connection that brings its credentials").await;
    browser.presses("Reauthorize with new credentials").await;
    browser.sees("New credentials").await;
    browser.is_for_everyone("New credentials").await;
    browser.fills_in("Client ID", &next.client_id).await;
    browser.fills_in("Client secret", &next.client_secret).await;
    browser.presses("Authorize").await;
    browser.goes_to_the_pop_up().await;
    browser.presses("Allow").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("What saving changes").await;
    browser.presses("Save").await;
    browser.sees("Saved").await;
    fixture.quarry.remove_incoming_link(&link.client_id);
    fixture.calls_again(&connection).await;
}

#[tokio::test]
async fn a_personal_access_token_connects_and_what_is_deactivated_refuses_calls_until_it_is_activated() {
    let fixture = data_center_fixture().await;
    let browser = &fixture.browser;
    fixture.begins_at_quarry("Quarry", "Personal access token").await;
    browser.fills_in("Personal access token", "n0ne").await;
    browser.is_for_everyone("The form of a personal access token").await;
    browser.presses("Authorize").await;
    browser.sees("Unauthorized").await;
    browser.is_for_everyone("A personal access token that Jira refuses").await;
    let token = fixture.quarry.create_personal_access_token(Person::Ada, None);
    browser.fills_in("Personal access token", &token).await;
    browser.presses("Authorize").await;
    let connection = fixture.saves("Quarry").await;
    fixture.calls(&connection, MYSELF).await;

    browser.presses("Connections").await;
    browser.presses("Actions for Quarry").await;
    browser.presses_in("Actions for Quarry", "Deactivate").await;
    browser.sees("Calls are refused within ten seconds").await;
    browser.sees("By Ada Admin").await;
    let refused =
        eventually(PATIENCE, async || fixture.machine.calls_jira(&fixture.key, &connection, MYSELF).await.problem());
    assert_eq!(refused.await, Some(ProblemCode::ConnectionDeactivated));
    browser.presses("Actions for Quarry").await;
    browser.sees("Activate it first.").await;
    browser.is_for_everyone("The menu of a row that is deactivated").await;
    browser.presses("Actions for Quarry").await;
    browser.presses("Quarry").await;
    browser.sees("Manage connection").await;
    browser.sees("by Ada Admin").await;
    browser.is_for_everyone("Overview of a connection that is deactivated").await;
    browser.presses("Activate").await;
    browser.sees("Activated Quarry").await;
    browser.presses("Test").await;
    browser.sees("The connection works.").await;
    fixture.calls_again(&connection).await;
}

#[tokio::test]
async fn a_password_and_an_api_token_connect() {
    let fixture = data_center_fixture().await;
    let browser = &fixture.browser;
    fixture.begins_at_quarry("Quarry", "User name and password").await;
    browser.fills_in("User name", "ada").await;
    browser.fills_in("Password", &fixture.adas_password()).await;
    browser.is_for_everyone("The form of user name and password").await;
    browser.presses("Authorize").await;
    let by_password = fixture.saves("Quarry").await;
    fixture.calls(&by_password, MYSELF).await;

    browser.presses("Connections").await;
    fixture.begins("Harbour", &fixture.causeway.model.address_of(Listener::Site(HARBOUR)), "API token").await;
    browser.fills_in("E-mail address", "ada@example.com").await;
    browser.fills_in("API token", &fixture.causeway.model.create_api_token(Person::Ada, None)).await;
    browser.is_for_everyone("The form of e-mail address and API token").await;
    browser.presses("Authorize").await;
    let by_token = fixture.saves("Harbour").await;
    fixture.calls(&by_token, "/rest/api/3/myself").await;
}

#[tokio::test]
async fn a_site_that_moved_is_followed_once_an_administrator_confirms_it() {
    let fixture = data_center_fixture().await;
    let browser = &fixture.browser;
    let token = fixture.quarry.create_personal_access_token(Person::Ada, None);
    fixture.begins_at_quarry("Quarry", "Personal access token").await;
    browser.fills_in("Personal access token", &token).await;
    browser.presses("Authorize").await;
    let connection = fixture.saves("Quarry").await;
    fixture.quarry.move_to_new_address();
    browser.presses("Test").await;
    browser.sees("The site seems to have moved").await;
    browser.sees(&fixture.quarry.new_base_url()).await;
    browser.is_for_everyone("Overview of a connection whose site moved").await;
    let before = fixture.machine.connection(&connection).await.site.expect("a site");
    assert_eq!(before.url, fixture.quarry.first_base_url(), "nothing changes before it is confirmed");
    browser.presses("Confirm new address").await;
    browser.sees("from now on").await;
    browser.no_longer_sees("Calls go to the old address").await;
    browser.presses("Test").await;
    browser.sees("The connection works.").await;
    browser.no_longer_sees("The site seems to have moved").await;
    fixture.calls_again(&connection).await;
}
