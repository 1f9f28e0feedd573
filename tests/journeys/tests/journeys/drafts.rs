//! Nothing is lost: a connection that is saved before it is authorized is continued later, by somebody else.

use atlassian::{ApplicationLink, Instance, Person};
use journeys::{Causeway, PATIENCE, eventually};

use crate::by_http::CONSUMER_KEY;

#[tokio::test]
async fn a_key_that_was_generated_is_there_for_whoever_continues() {
    let both = "ada@example.com,bob@example.com";
    let causeway = Causeway::start_with(|configuration| configuration.with("ADMINS", both)).await;
    let quarry = causeway.model.data_center(Instance::Quarry);
    let adas = causeway.browser().await;
    adas.signs_in_as(Person::Ada).await;
    adas.presses("New connection").await;
    adas.fills_in("Name", "Quarry").await;
    adas.presses("Jira Data Center").await;
    adas.fills_in("Address of Jira", &quarry.base_url()).await;
    adas.presses("Check address").await;
    adas.sees("How to connect").await;
    adas.presses("OAuth 1.0a").await;
    adas.fills_in("Consumer key", CONSUMER_KEY).await;
    adas.presses("Generate new key").await;
    adas.sees("BEGIN PUBLIC KEY").await;
    let public_key = adas.reads("Public key").await;
    // Who leaves without saving is offered to.
    adas.presses("API keys").await;
    adas.presses("Save for later").await;
    adas.no_longer_sees("Discard changes?").await;
    adas.opens("/").await;
    adas.sees_in_the_row("Quarry", &["Not authorized yet"]).await;

    let link = |public_key: String| {
        let (consumer_key, consumer_name) = (CONSUMER_KEY.to_owned(), "Causeway".to_owned());
        ApplicationLink { consumer_key, consumer_name, public_key }
    };
    quarry.register_application_link(link(public_key.clone())).expect("Jira takes the key");
    let bobs = causeway.browser().await;
    bobs.signs_in_as(Person::Bob).await;
    bobs.presses("Quarry").await;
    bobs.presses("Setup").await;
    bobs.sees("BEGIN PUBLIC KEY").await;
    assert_eq!(bobs.reads("Public key").await.trim(), public_key.trim());
    assert_eq!(bobs.reads("Consumer key").await, CONSUMER_KEY);
    bobs.presses("Authorize").await;
    bobs.goes_to_the_pop_up().await;
    bobs.sees("Log in to Quarry Works").await;
    bobs.fills_in("Username", "bob").await;
    bobs.fills_in("Password", &quarry.password_of(Person::Bob).expect("Bob has an account")).await;
    bobs.presses("Log in").await;
    bobs.presses("Allow").await;
    bobs.sees_the_pop_up_go().await;
    bobs.sees("Not saved yet").await;
    bobs.presses("Save").await;
    let bob = causeway.visitor();
    bob.signs_in_as(Person::Bob).await;
    let works = eventually(PATIENCE, async || {
        let list: api::ConnectionPage = bob.gets("/api/v1/connections").await.expect(200).json();
        let one = list.items.into_iter().find(|one| one.status == api::Status::Authorized)?;
        Some(one.account?.name)
    });
    assert_eq!(works.await.as_deref(), Some("Bob Admin"));
}
