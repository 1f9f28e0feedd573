//! Somebody lets others see a chart with their own access, is asked for it, and ends it.

use std::time::Duration;

use api::{AddWorkspaceMember, CreateWorkspace, Name, NewWorkspace, Workspace, WorkspaceMembership};
use atlassian::Person;
use atlassian::sites::HARBOUR;
use journeys::Causeway;

use crate::charts::makes_a_chart;

/// Ada has a connection to Harbour Logistics, which Sam sees. He has no access to any Jira.
async fn shared_with_sam(causeway: &Causeway) {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let connection = ada.connects("Harbour", Person::Ada, HARBOUR).await;
    let workspace = NewWorkspace { name: Name::parse("Port").expect("a name"), connections: vec![connection.id] };
    let workspace: Workspace = ada.calls::<CreateWorkspace>(&(), &workspace).await.expect(201).json();
    let sam = WorkspaceMembership { email: "sam@example.com".to_owned(), issue_tracking: false };
    ada.calls::<AddWorkspaceMember>(&workspace.id, &sam).await.expect(200);
}

#[tokio::test]
async fn who_has_no_jira_sees_a_chart_that_somebody_lets_others_see_until_she_ends_it() {
    let causeway = Causeway::start().await;
    shared_with_sam(&causeway).await;
    let ada = causeway.browser().await;
    ada.signs_in_as(Person::Ada).await;
    makes_a_chart(&ada).await;
    ada.sees("Nobody sees it with somebody else").await;
    ada.presses("Let others see it").await;
    ada.sees("Readers also see").await;
    ada.is_for_everyone("The dialog that lets others see a chart").await;
    ada.presses("Let others see it").await;
    ada.sees("Others see it with").await;
    ada.is_for_everyone("A chart that others see").await;

    let sam = causeway.browser().await;
    sam.has_a_clock_that_moves().await;
    sam.signs_in_as(Person::Sam).await;
    sam.presses("Charts").await;
    sam.presses("Issues by status").await;
    sam.sees("access until").await;
    sam.sees("is largest").await;
    sam.is_for_everyone("A chart with somebody's access").await;

    ada.opens("/charts/access").await;
    ada.sees("Once by 1 person").await;
    ada.is_for_everyone("What others see with one's access").await;
    ada.presses("End").await;
    ada.sees("Nobody sees anything with your access").await;
    sam.moves_the_clock(Duration::from_secs(10)).await;
    sam.sees("is not given any more").await;
    sam.no_longer_sees("is largest").await;
    sam.is_for_everyone("A chart whose access has ended").await;
    sam.presses("Load with my access").await;
    sam.sees("Load chart").await;
}

#[tokio::test]
async fn whoever_is_asked_decides_on_a_page_of_their_own() {
    let causeway = Causeway::start().await;
    shared_with_sam(&causeway).await;
    let ada = causeway.browser().await;
    ada.signs_in_as(Person::Ada).await;
    makes_a_chart(&ada).await;
    let chart = ada.address().await;
    let sam = causeway.browser().await;
    sam.signs_in_as(Person::Sam).await;
    sam.opens(&chart).await;
    sam.presses("Let others see it").await;
    sam.fills_in("Their e-mail address", "ada@example.com").await;
    sam.presses("Ask").await;
    sam.sees("Asked for").await;
    ada.opens("/charts").await;
    ada.sees("You are asked to let others see a chart").await;
    ada.is_for_everyone("Charts, when somebody asks").await;
    ada.presses_in("You are asked to let others see a chart with your access", "Issues by status").await;
    ada.sees("asks you to let others see this chart").await;
    ada.sees("is largest").await;
    ada.is_for_everyone("The page of who is asked").await;
    ada.presses("Allow").await;
    ada.sees("Others see it with").await;
    sam.opens(&chart).await;
    sam.sees("access until").await;
}
