//! The picture of README.md: four connections, one of them unauthorized. It replaces
//! `tests/journeys/pictures/connections.png`.

use api::KeyScope;
use atlassian::Person;
use atlassian::sites::{HARBOUR, MEADOW, TINKER};
use journeys::browser::Look;

use crate::Studio;

pub(crate) async fn pictures(studio: &Studio) {
    let (browser, ada) = (&studio.browser, &studio.ada);
    let bobs = studio.causeway.visitor();
    bobs.signs_in_as(Person::Ada).await;
    let clinic = bobs.connects("Clinic", Person::Bob, MEADOW).await;
    let maxs = studio.causeway.visitor();
    maxs.signs_in_as(Person::Ada).await;
    maxs.connects("Archive", Person::Max, HARBOUR).await;
    let production = ada.connects("Production", Person::Ada, HARBOUR).await;
    let staging = ada.connects("Staging", Person::Ada, TINKER).await;
    let key = ada.makes_a_key(&[KeyScope::Proxy]).await.key;
    studio.calls(&key, &production.id, 9).await;
    studio.calls(&key, &staging.id, 4).await;
    studio.causeway.model.revoke_consent(Person::Bob);
    studio.calls(&key, &clinic.id, 1).await;
    browser.signs_in_as(Person::Ada).await;
    browser.sees("Atlassian ended the authorization").await;
    browser.sees("All parts of Causeway work").await;
    browser.takes_a_picture(Look::Light, &studio.folder.join("connections.png")).await;
    println!("connections");
}
