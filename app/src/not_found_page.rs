//! The screen for an address that names nothing.

use api::ProblemCode;
use leptos::prelude::*;

use crate::{
    client::CallError,
    navigation::Link,
    route::Route,
    ui::{
        button::Look,
        page_title::{PageTitle, Subject},
    },
};

/// *Page not found*.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    view! {
        <PageTitle>"Page not found"</PageTitle>
        <p>"There is nothing at this address. It may have been mistyped, or removed."</p>
        <div class="buttons">
            <Link to="/" class=Look::Primary.class()>"Go to connections"</Link>
        </div>
    }
}

/// What the address of a screen names, where the edge knows no such thing, or not for this person.
#[derive(Clone, Copy)]
pub(crate) enum Missing {
    /// A connection.
    Connection,
    /// A workspace.
    Workspace,
    /// A project of a workspace.
    Project,
    /// A task of a project.
    Task,
    /// A resync of a project.
    Resync,
}

impl Missing {
    /// Whether the edge answered that there is no such thing.
    pub(crate) fn is_told<T>(answer: Option<&Result<T, CallError>>) -> bool {
        matches!(answer, Some(Err(error)) if error.code() == Some(ProblemCode::NotFound))
    }

    /// The screen in place of what is missing: what is so, why that may be, and where to go on.
    pub(crate) fn screen(self) -> AnyView {
        let (title, heading, why, to, act) = match self {
            Self::Connection => (
                "No such connection · Causeway",
                "There is no such connection",
                "It was deleted more than 30 days ago, the address was mistyped, or you have no access to its workspace: ask an administrator.",
                Route::Connections,
                "Go to connections",
            ),
            Self::Workspace => (
                "No such workspace · Causeway",
                "There is no such workspace",
                "You do not belong to it any more, it was archived, or the address was mistyped.",
                Route::Workspaces,
                "Go to workspaces",
            ),
            Self::Project => (
                "No such project · Causeway",
                "There is no such project",
                "It was removed, you do not belong to its workspace, or the address was mistyped.",
                Route::Workspaces,
                "Go to workspaces",
            ),
            Self::Task => (
                "No such task · Causeway",
                "There is no such task",
                "Its product has removed it, you do not belong to its workspace, or the address was mistyped.",
                Route::Workspaces,
                "Go to workspaces",
            ),
            Self::Resync => (
                "No such resync · Causeway",
                "There is no such resync",
                "The newest ten of a project are kept, you do not belong to its workspace, or the address was mistyped.",
                Route::Workspaces,
                "Go to workspaces",
            ),
        };
        Subject::replaces_screen(title);
        view! {
            <PageTitle>{heading}</PageTitle>
            <p>{why}</p>
            <div class="buttons">
                <Link to=to.path() class=Look::Primary.class()>{act}</Link>
            </div>
        }
        .into_any()
    }
}
