//! From *New connection* to what comes after the first *Save*.

use std::time::Duration;

use atlassian::{ConsentMode, Instance, Obstacle, Person};

use crate::Studio;

pub(crate) async fn pictures(studio: &Studio) {
    of_cloud(studio).await;
    of_being_stranded(studio).await;
    of_data_center(studio).await;
}

async fn of_cloud(studio: &Studio) {
    let (browser, model) = (&studio.browser, &studio.causeway.model);
    browser.signs_in_as(Person::Ada).await;
    browser.presses("New connection").await;
    browser.sees("Not authorized").await;
    studio.takes("30-new-connection").await;
    browser.fills_in("Name", "Production").await;
    browser.presses("Authorize").await;
    browser.goes_to_the_pop_up().await;
    browser.presses("Ada Admin").await;
    browser.sees("is requesting access").await;
    browser.goes_back().await;
    studio.takes("31-waiting").await;
    browser.goes_to_the_pop_up().await;
    browser.presses("Cancel").await;
    browser.sees("Unauthorized").await;
    studio.takes("32-pop-up-unauthorized").await;
    browser.presses("Close window").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Unauthorized").await;
    studio.takes("33-denied").await;
    model.change_settings(|settings| settings.consent_mode = ConsentMode::SeveralSites);
    browser.presses("Authorize").await;
    browser.goes_to_the_pop_up().await;
    browser.presses("Harbour Logistics").await;
    browser.presses("Tinker Labs").await;
    browser.presses("Accept").await;
    browser.is_at("/authorize/aut_").await;
    browser.sees("Tinker Labs").await;
    studio.takes("34-which-site").await;
    browser.presses("Harbour Logistics").await;
    browser.sees_the_pop_up_go().await;
    browser.sees("Not saved yet").await;
    studio.takes("35-authorized").await;
    browser.presses("Save").await;
    browser.sees("What now").await;
    studio.takes("36-after-the-first-save").await;
    model.change_settings(|settings| settings.consent_mode = ConsentMode::OneSite);
}

async fn of_being_stranded(studio: &Studio) {
    let (browser, model) = (&studio.browser, &studio.causeway.model);
    model.change_settings(|settings| settings.obstacle = Obstacle::BlockedByAdmin);
    browser.opens("/").await;
    browser.presses("New connection").await;
    browser.fills_in("Name", "Warehouse").await;
    browser.presses("Authorize").await;
    browser.sees("in the other window").await;
    browser.moves_the_clock(Duration::from_secs(21)).await;
    browser.sees("Still waiting").await;
    studio.takes("37-stranded").await;
    browser.presses("Cancel").await;
    browser.sees("Not authorized").await;
    model.change_settings(|settings| settings.obstacle = Obstacle::None);
}

async fn of_data_center(studio: &Studio) {
    let browser = &studio.browser;
    let quarry = studio.causeway.model.data_center(Instance::Quarry);
    browser.presses("Jira Data Center").await;
    studio.takes("38-data-center").await;
    browser.fills_in("Address of Jira", "https://10.0.0.1").await;
    browser.presses("Check address").await;
    browser.sees("private network").await;
    studio.takes("39-address-refused").await;
    browser.fills_in("Address of Jira", &quarry.base_url()).await;
    browser.presses("Check address").await;
    browser.sees("Jira Data Center 10.3.2").await;
    studio.takes("40-oauth-2").await;
    browser.presses("OAuth 1.0a").await;
    browser.fills_in("Consumer key", "causeway").await;
    browser.presses("Generate new key").await;
    browser.sees("BEGIN PUBLIC KEY").await;
    studio.takes("41-oauth-1").await;
    browser.presses("Personal access token").await;
    studio.takes("42-personal-access-token").await;
    browser.fills_in("Personal access token", "n0ne").await;
    browser.presses("Authorize").await;
    browser.sees("Unauthorized").await;
    studio.takes("43-token-refused").await;
    browser.presses("User name and password").await;
    studio.takes("44-password").await;
    browser.presses("Connections").await;
    browser.sees("Discard changes?").await;
    studio.takes("45-leaving").await;
}
