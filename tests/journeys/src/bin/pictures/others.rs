//! The screens beside connections: keys, workspaces, members, the audit log, webhooks, help.

use api::KeyScope;
use atlassian::Person;
use atlassian::sites::HARBOUR;

use crate::Studio;

pub(crate) async fn pictures(studio: &Studio) {
    studio.browser.signs_in_as(Person::Ada).await;
    of_keys(studio).await;
    of_workspaces(studio).await;
    of_records(studio).await;
    of_help(studio).await;
}

async fn of_keys(studio: &Studio) {
    let browser = &studio.browser;
    studio.pictures("/api-keys", "No API keys yet", "60-no-api-keys").await;
    studio.ada.connects("Production", Person::Ada, HARBOUR).await;
    browser.presses("Create API key").await;
    browser.fills_in("Name", "Build server").await;
    studio.takes("61-new-key").await;
    browser.presses("Create").await;
    browser.sees("API key created").await;
    studio.takes("62-key-shown-once").await;
    studio.ada.makes_a_key(&[KeyScope::ConnectionsRead, KeyScope::Proxy]).await;
    studio.pictures("/api-keys", "Build server", "63-api-keys").await;
    studio.pictures("/api-keys/call-jira", "Production", "64-call-jira").await;
    browser.presses("Production").await;
    browser.sees("curl").await;
    studio.takes("65-call-jira-through-one").await;
}

async fn of_workspaces(studio: &Studio) {
    let browser = &studio.browser;
    studio.pictures("/workspaces", "No workspaces yet", "66-no-workspaces").await;
    browser.presses("Create workspace").await;
    browser.fills_in("Name", "Payments").await;
    studio.takes("67-first-workspace").await;
    browser.presses("Create").await;
    browser.sees("No projects yet").await;
    studio.takes("68-workspace").await;
    browser.presses("Add project").await;
    browser.fills_in("Name", "Checkout").await;
    studio.takes("69-project").await;
    browser.presses("Cancel").await;
    studio.pictures("/members", "Ada Admin", "70-members").await;
}

async fn of_records(studio: &Studio) {
    studio.pictures("/audit-log", "Created", "71-audit-log").await;
    studio.pictures("/webhooks", "webhook", "72-webhooks").await;
    studio.browser.presses("Keyboard shortcuts").await;
    studio.browser.sees("Use keyboard shortcuts").await;
    studio.takes("73-shortcuts").await;
}

async fn of_help(studio: &Studio) {
    for page in ["", "troubleshooting/", "reference/"] {
        let name = page.trim_end_matches('/');
        studio.pictures(&format!("/help/{page}"), "Causeway", &format!("80-help-{name}")).await;
    }
}
