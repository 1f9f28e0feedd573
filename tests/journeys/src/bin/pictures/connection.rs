//! One connection: its Overview with calls that succeed and fail, its tabs, its trouble, and what asks before harm.

use api::KeyScope;
use atlassian::sites::{HARBOUR, MEADOW};
use atlassian::{Endpoint, Fault, Kind, Person};

use crate::Studio;

pub(crate) async fn pictures(studio: &Studio) {
    studio.browser.signs_in_as(Person::Ada).await;
    of_what_works(studio).await;
    of_trouble(studio).await;
    of_harm(studio).await;
}

async fn of_what_works(studio: &Studio) {
    let (browser, ada) = (&studio.browser, &studio.ada);
    let connection = ada.connects("Production", Person::Ada, HARBOUR).await;
    let key = ada.makes_a_key(&[KeyScope::Proxy]).await.key;
    studio.calls(&key, &connection.id, 20).await;
    let refused = Fault::before(Endpoint::Jira, Kind::status(503, "{}")).times(2);
    studio.causeway.model.inject_fault(refused);
    studio.calls(&key, &connection.id, 6).await;
    let address = format!("/connections/{}", connection.id);
    studio.pictures(&address, "Checkup", "50-overview").await;
    browser.presses("Test").await;
    browser.sees("The connection works.").await;
    studio.takes("51-checkup").await;
    for (tab, words) in [("setup", "Call Jira"), ("access", "Additional API families"), ("activity", "Created")] {
        studio.pictures(&format!("{address}/{tab}"), words, &format!("52-{tab}")).await;
    }
}

async fn of_trouble(studio: &Studio) {
    let (browser, ada) = (&studio.browser, &studio.ada);
    let clinic = ada.connects("Clinic", Person::Ada, MEADOW).await;
    let key = ada.makes_a_key(&[KeyScope::Proxy]).await.key;
    studio.causeway.model.set_ip_allow_list(MEADOW, true);
    studio.calls(&key, &clinic.id, 5).await;
    browser.opens(&format!("/connections/{}", clinic.id)).await;
    browser.presses("Test").await;
    browser.sees("Interrupted").await;
    browser.sees("203.0.113.7").await;
    studio.takes("53-interrupted").await;
    studio.causeway.model.set_ip_allow_list(MEADOW, false);
    studio.causeway.model.revoke_consent(Person::Ada);
    studio.calls(&key, &clinic.id, 1).await;
    studio.pictures(&format!("/connections/{}", clinic.id), "Unauthorized", "54-unauthorized").await;
    studio.pictures(&format!("/connections/{}/setup", clinic.id), "Reauthorize", "55-setup-unauthorized").await;
}

async fn of_harm(studio: &Studio) {
    let (browser, ada) = (&studio.browser, &studio.ada);
    let other = studio.causeway.visitor();
    other.signs_in_as(Person::Ada).await;
    other.connects("Archive", Person::Max, HARBOUR).await;
    ada.connects("Staging", Person::Ada, HARBOUR).await;
    browser.opens("/").await;
    browser.presses("Actions for Staging").await;
    browser.presses_in("Actions for Staging", "Unauthorize").await;
    browser.sees("Unauthorize connection").await;
    studio.takes("56-unauthorize").await;
    browser.presses("Cancel").await;
    browser.presses("Actions for Archive").await;
    browser.presses_in("Actions for Archive", "Delete").await;
    browser.sees("Delete connection").await;
    studio.takes("57-delete").await;
    browser.presses("Delete 1 connection").await;
    browser.sees("Restore").await;
    studio.takes("58-deleted").await;
}
