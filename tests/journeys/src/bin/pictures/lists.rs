//! The list of connections: with none, three, fifteen and two hundred of them.

use api::{
    Connection, CreateWorkspace, DeactivateConnection, DeleteConnection, EditAccess, KeyScope, Name, NewAccess,
    NewWorkspace, Nothing, Workspace,
};
use atlassian::Person;
use atlassian::sites::{HARBOUR, MEADOW, TINKER};
use journeys::Visitor;

use crate::Studio;

pub(crate) async fn pictures(studio: &Studio) {
    studio.browser.signs_in_as(Person::Ada).await;
    studio.browser.sees("No connections yet").await;
    studio.takes("10-list-of-0").await;
    of_three(studio).await;
    of_fifteen(studio).await;
    of_two_hundred(studio).await;
    of_nothing_to_see(studio).await;
}

async fn of_three(studio: &Studio) {
    let ada = &studio.ada;
    ada.connects("Production", Person::Ada, HARBOUR).await;
    let staging = ada.connects("Staging", Person::Ada, TINKER).await;
    ada.connects("Clinic", Person::Ada, MEADOW).await;
    let key = ada.makes_a_key(&[KeyScope::Proxy]).await.key;
    studio.calls(&key, &staging.id, 12).await;
    studio.pictures("/", "3 connections", "11-list-of-3").await;
    studio.browser.presses("Actions for Staging").await;
    studio.browser.sees("Deactivate").await;
    studio.takes("12-menu").await;
}

/// Every state, in a list with workspaces.
async fn of_fifteen(studio: &Studio) {
    let ada = &studio.ada;
    let bobs = another(studio).await;
    let mut dying = Vec::new();
    for name in ["Ward", "Pharmacy", "Laboratory of tropical medicine and parasitology, building 4", "Kitchen"] {
        dying.push(bobs.connects(name, Person::Bob, MEADOW).await);
    }
    let maxs = another(studio).await;
    studio.causeway.model.change_settings(|settings| settings.withheld_scopes = vec!["write:jira-work".into()]);
    let archive = maxs.connects("Archive", Person::Max, HARBOUR).await;
    studio.causeway.model.change_settings(|settings| settings.withheld_scopes.clear());
    let old = ada.connects("Old", Person::Ada, TINKER).await;
    ada.calls::<DeleteConnection>(&old.id, &Nothing {}).await.expect(204);
    let paused = ada.connects("Paused", Person::Ada, TINKER).await;
    ada.calls::<DeactivateConnection>(&paused.id, &Nothing {}).await.expect(200);
    let key = ada.makes_a_key(&[KeyScope::Proxy]).await.key;
    for number in 1..=5 {
        let region = ada.connects(&format!("Region {number}"), Person::Ada, [HARBOUR, TINKER][number % 2]).await;
        studio.calls(&key, &region.id, number).await;
    }
    studio.causeway.model.set_ip_allow_list(TINKER, true);
    let allowed = ada.connects("Tinkering", Person::Ada, HARBOUR).await;
    studio.calls(&key, &allowed.id, 2).await;
    let tinker =
        list(studio).await.into_iter().filter(|one| one.site.as_ref().is_some_and(|site| site.name == "Tinker Labs"));
    for connection in tinker {
        studio.calls(&key, &connection.id, 4).await;
    }
    studio.causeway.model.revoke_consent(Person::Bob);
    studio.calls(&key, &dying[0].id, 1).await;
    studio.pictures("/", "15 connections", "13-list-of-15").await;
    grant(studio, "Payments", &[&archive, &dying[1], &allowed]).await;
    studio.pictures("/", "15 connections", "14-list-of-15-with-workspaces").await;
    studio.pictures("/?deleted=true", "purged in", "15-deleted").await;
    // By name, so that both rows are on the first screen.
    studio.browser.opens("/?sort=name").await;
    studio.browser.presses("Select Archive").await;
    studio.browser.presses("Select Clinic").await;
    studio.browser.sees("2 selected").await;
    studio.takes("16-selected").await;
    studio.browser.presses_in("Bulk actions", "Delete").await;
    studio.browser.sees("Delete connections").await;
    studio.takes("17-bulk-review").await;
}

async fn of_two_hundred(studio: &Studio) {
    for number in 0..185 {
        let name = format!("Store {number:03}");
        if number < 40 {
            studio.ada.connects(&name, Person::Ada, [HARBOUR, MEADOW][number % 2]).await;
        } else {
            studio.ada.drafts(&name).await;
        }
    }
    studio.pictures("/", "200 connections", "18-list-of-200").await;
}

async fn of_nothing_to_see(studio: &Studio) {
    studio.pictures("/?q=nowhere", "No connection matches", "19-no-match").await;
    studio.browser.cannot_load("*/api/v1/connections*").await;
    studio.pictures("/", "Try again", "20-failing").await;
}

async fn another(studio: &Studio) -> Visitor {
    let visitor = studio.causeway.visitor();
    visitor.signs_in_as(Person::Ada).await;
    visitor
}

async fn list(studio: &Studio) -> Vec<Connection> {
    studio.ada.gets("/api/v1/connections?limit=100").await.expect(200).json::<api::ConnectionPage>().items
}

async fn grant(studio: &Studio, name: &str, connections: &[&Connection]) {
    let new = NewWorkspace::named(Name::parse(name).expect("a name"));
    let workspace: Workspace = studio.ada.calls::<CreateWorkspace>(&(), &new).await.expect(201).json();
    for connection in connections {
        let access = NewAccess { workspaces: vec![workspace.id.clone()], confirmed: false };
        studio.ada.calls::<EditAccess>(&connection.id, &access).await.expect(200);
    }
}
