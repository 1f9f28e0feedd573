//! Two administrators at work on one connection.

use atlassian::Person;
use atlassian::sites::HARBOUR;
use journeys::Causeway;
use journeys::browser::Browser;

/// A browser in which `person` is about to change the setup of *Staging*.
async fn about_to_change(causeway: &Causeway, person: Person) -> Browser {
    let browser = causeway.browser().await;
    browser.signs_in_as(person).await;
    browser.presses("Staging").await;
    browser.presses("Setup").await;
    browser.sees("Call Jira through this connection").await;
    browser
}

#[tokio::test]
async fn of_two_administrators_who_change_the_same_the_second_is_told_and_loses_nothing() {
    let both = "ada@example.com,bob@example.com";
    let causeway = Causeway::start_with(|configuration| configuration.with("ADMINS", both)).await;
    let visitor = causeway.visitor();
    visitor.signs_in_as(Person::Ada).await;
    let connection = visitor.connects("Staging", Person::Ada, HARBOUR).await;
    let ada = about_to_change(&causeway, Person::Ada).await;
    let bob = about_to_change(&causeway, Person::Bob).await;
    ada.fills_in("Name", "Acceptance").await;
    ada.presses("Save").await;
    ada.sees("Saved").await;

    bob.fills_in("Name", "Rehearsal").await;
    bob.presses("Save").await;
    bob.sees("Changed meanwhile").await;
    bob.sees("Nothing of theirs was overwritten").await;
    assert_eq!(visitor.connection(&connection.id).await.name.as_str(), "Acceptance");
    bob.presses("Load again").await;
    bob.sees("is now called Acceptance").await;
    bob.sees("Rehearsal").await;
    bob.has_not_lost_the_focus().await;
    assert_eq!(visitor.connection(&connection.id).await.name.as_str(), "Acceptance");
    bob.presses("Save").await;
    bob.sees("Saved").await;
    assert_eq!(visitor.connection(&connection.id).await.name.as_str(), "Rehearsal");
}

#[tokio::test]
async fn who_saves_what_another_deleted_is_told() {
    let both = "ada@example.com,bob@example.com";
    let causeway = Causeway::start_with(|configuration| configuration.with("ADMINS", both)).await;
    let visitor = causeway.visitor();
    visitor.signs_in_as(Person::Ada).await;
    let connection = visitor.connects("Staging", Person::Ada, HARBOUR).await;
    let bob = about_to_change(&causeway, Person::Bob).await;
    visitor.calls::<api::DeleteConnection>(&connection.id, &api::Nothing {}).await.expect(204);
    bob.fills_in("Name", "Rehearsal").await;
    bob.presses("Save").await;
    bob.sees("deleted").await;
    assert_eq!(visitor.connection(&connection.id).await.name.as_str(), "Staging");
}
