//! A board of each project of a Cloud site: issues can be dragged and deleted, as a colleague would in Jira.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use maud::{Markup, html};
use serde_json::json;

use crate::commands::Command;
use crate::deliveries::{DeliveryOrder, WebhookDelivery};
use crate::jira::board::{self, Column};
use crate::jira::{Issue, JiraSite, Project};
use crate::pages;
use crate::people::Person;
use crate::recorder::Outcome;
use crate::sites::Site;
use crate::world::{Shared, World};

/// How many issues of a column are shown.
const SHOWN: usize = 12;

/// Links to the boards of a site.
pub(super) fn links(world: &World, site: &Site) -> Markup {
    let projects =
        world.read(|state| state.jira_sites.get(&site.id).map(|jira| jira.projects.clone())).unwrap_or_default();
    html! {
        p {
            "Boards: "
            @for project in projects { a href={ "/model/boards/" (site.id) "/" (project.key) } { (project.name) } " " }
        }
    }
}

pub(super) async fn show(State(world): State<Shared>, Path((site, project)): Path<(String, String)>) -> Response {
    let content = world.read(|state| {
        let (found, jira) = (state.site(&site)?, state.jira_sites.get(&site)?);
        let board = Board { site: found, jira, project: jira.project(&project)? };
        Some((format!("{} at {}", board.project.name, found.name), board.columns()))
    });
    let Some((title, board)) = content else { return (StatusCode::NOT_FOUND, "Not found").into_response() };
    let content = html! {
        p { a href="/model" { "All controls" } ". What you do here, Bob Admin does." }
        (board)
    };
    pages::page(&world, StatusCode::OK, &title, true, &content)
}

/// The board of one project.
#[derive(Clone, Copy)]
struct Board<'a> {
    site: &'a Site,
    jira: &'a JiraSite,
    project: &'a Project,
}

impl Board<'_> {
    fn columns(self) -> Markup {
        let columns = board::columns(self.jira, &self.project.key);
        let names: Vec<&str> = columns.iter().map(|column| column.status).collect();
        html! { div.board { @for column in &columns { (self.column(column, &names)) } } }
    }

    fn column(self, column: &Column<'_>, names: &[&str]) -> Markup {
        let place = names.iter().position(|name| *name == column.status).unwrap_or(0);
        let next = names.get(place + 1).or(names.first()).copied().unwrap_or(column.status);
        html! {
            section {
                h2 { (column.status) " " span.subtle { (column.issues.len()) } }
                @for issue in column.issues.iter().take(SHOWN) {
                    article {
                        p { strong { (issue.key()) } " " (issue.summary()) br; span.subtle { (self.about(issue)) } }
                        div.play {
                            (button(&format!("Next: {next}"), &self.drag(issue, next), &self.address()))
                            (button("Delete", &self.delete(issue), &self.address()))
                        }
                        (self.elsewhere(issue, column.status, names))
                    }
                }
                @if column.issues.len() > SHOWN { p.subtle { "and " (column.issues.len() - SHOWN) " more" } }
            }
        }
    }

    /// Any other status, and any other project.
    fn elsewhere(self, issue: &Issue, status: &str, names: &[&str]) -> Markup {
        html! {
            form.elsewhere method="post" action="/model/play" {
                input type="hidden" name="back" value=(self.address());
                select name="command" aria-label={ "Where to move " (issue.key()) } {
                    optgroup label="Status" {
                        @for name in names.iter().filter(|name| **name != status) {
                            option value=(json!(self.drag(issue, name))) { (name) }
                        }
                    }
                    optgroup label="Project" {
                        @for project in self.jira.projects.iter().filter(|other| other.key != self.project.key) {
                            option value=(json!(self.move_to(issue, project))) { (project.name) }
                        }
                    }
                }
                button type="submit" { "Move" }
            }
        }
    }

    /// Type and assignee.
    fn about(self, issue: &Issue) -> String {
        let kind = self.jira.configuration.issue_type(issue.type_id).map_or("", |found| found.name.as_str());
        let archived = if issue.archived { ", archived" } else { "" };
        format!("{kind}, {}{archived}", issue.assignee().map_or("not assigned", Person::name))
    }

    /// Where this board is.
    fn address(self) -> String {
        format!("/model/boards/{}/{}", self.site.id, self.project.key)
    }

    fn drag(self, issue: &Issue, status: &str) -> Command {
        let (site, issue, status) = (self.site.id.clone(), issue.key(), status.to_owned());
        Command::DragIssue { site, issue, status, person: Person::Bob }
    }

    fn move_to(self, issue: &Issue, project: &Project) -> Command {
        let (site, issue, project) = (self.site.id.clone(), issue.key(), project.key.clone());
        Command::MoveIssue { site, issue, project, person: Person::Bob }
    }

    fn delete(self, issue: &Issue) -> Command {
        Command::DeleteIssue { site: self.site.id.clone(), issue: issue.key(), person: Person::Bob }
    }
}

/// What concerns the search index and the webhooks.
pub(super) fn index_and_webhooks(world: &World) -> Markup {
    let settings = world.read(|state| state.settings.clone());
    let (held, sent) = (world.deliveries.held(), world.deliveries.sent());
    html! {
        h2 { "Search index" }
        div.play {
            @for (label, lag) in [("Keeps up", 0_u64), ("Ten minutes behind", 600), ("Twelve hours behind", 43_200)] {
                (super::page::choice(&json!(settings), label, "index_lag", &json!(lag)))
            }
        }
        h2 { "Webhooks" }
        div.play {
            @for (label, delivery) in [
                ("At once", WebhookDelivery::AtOnce), ("Twice", WebhookDelivery::Twice),
                ("Held", WebhookDelivery::Held), ("Lost", WebhookDelivery::Never),
            ] {
                (super::page::choice(&json!(settings), label, "webhook_delivery", &json!(delivery)))
            }
            (button("Let them go", &Command::DeliverWebhooks { order: DeliveryOrder::AsHappened, times: 1 }, "/model"))
            (button("Let them go twice, the last first", &Command::DeliverWebhooks { order: DeliveryOrder::Reversed, times: 2 }, "/model"))
        }
        p.subtle { (held.len()) " are held, " (sent.len()) " were sent." }
        @for delivery in sent.iter().rev().take(5) {
            p { code { (delivery.event) } " to " (delivery.url) ": " (told(delivery.outcome.as_ref())) }
        }
    }
}

fn told(outcome: Option<&Result<u16, String>>) -> String {
    match outcome {
        None => "on its way".into(),
        Some(Ok(status)) => format!("answered {status}"),
        Some(Err(sentence)) => sentence.clone(),
    }
}

/// What became of a request.
fn became(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Unanswered => "not answered yet".into(),
        Outcome::Answered(status) => status.to_string(),
        Outcome::Faulted(Some(status)) => format!("{status}, as ordered"),
        Outcome::Faulted(None) => "reset, as ordered".into(),
    }
}

/// The last requests, newest first.
pub(super) fn last_requests(world: &World) -> Markup {
    let requests = world.recorder.requests();
    html! {
        h2 { "Last requests" }
        @if requests.is_empty() { p { "None yet." } }
        @else {
            table {
                thead { tr { th { "Request" } th { "Outcome" } } }
                tbody {
                    @for request in requests.iter().rev().take(15) {
                        tr { td { code { (request.method) " " (request.path) } } td { (became(&request.outcome)) } }
                    }
                }
            }
        }
    }
}

fn button(label: &str, command: &Command, back: &str) -> Markup {
    html! {
        form method="post" action="/model/play" {
            input type="hidden" name="back" value=(back);
            button type="submit" name="command" value=(json!(command)) { (label) }
        }
    }
}
