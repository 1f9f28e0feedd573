//! The addresses of the app's screens. A router of our own: the screens are few and typed, and the library's would
//! take a quarter of what the first load may weigh.

use api::{AuthorizationId, ConnectionId, WebhookId, WorkspaceId};

/// A part of *Manage connection*, with an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    /// How it stands, and its checkup.
    Overview,
    /// Its name and its authorization.
    Setup,
    /// Which workspaces may use it, and who may manage it.
    Access,
    /// What happened to it.
    Activity,
}

/// A part of a workspace, with an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorkspaceTab {
    /// Its projects, and how the connection of each does.
    Projects,
    /// Who belongs to it.
    Members,
}

impl Tab {
    /// Every tab, with its name and the end of its path.
    pub(crate) const ALL: [(Self, &str, &str); 4] = [
        (Self::Overview, "Overview", ""),
        (Self::Setup, "Setup", "/setup"),
        (Self::Access, "Access", "/access"),
        (Self::Activity, "Activity", "/activity"),
    ];
}

/// A screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// All connections.
    Connections,
    /// *New connection*.
    NewConnection,
    /// *Manage connection*.
    Connection(ConnectionId, Tab),
    /// *API keys*.
    ApiKeys,
    /// *Webhooks*.
    Webhooks,
    /// One webhook and its deliveries.
    Webhook(WebhookId),
    /// *Workspaces*.
    Workspaces,
    /// One workspace.
    Workspace(WorkspaceId, WorkspaceTab),
    /// *Members*.
    Members,
    /// *Audit log*.
    AuditLog,
    /// A guide for whoever administers a Jira, behind its link.
    Guide(String),
    /// The pop-up, before it goes to Atlassian.
    AuthorizeWaiting,
    /// The pop-up, back from Atlassian.
    AuthorizeResult(AuthorizationId),
    /// No screen of ours.
    NotFound,
}

impl Route {
    /// The screen at a path.
    pub(crate) fn parse(path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match segments.as_slice() {
            [] | ["connections"] => Self::Connections,
            ["connections", "new"] => Self::NewConnection,
            ["connections", id] => connection(id, Tab::Overview),
            ["connections", id, "setup"] => connection(id, Tab::Setup),
            ["connections", id, "access"] => connection(id, Tab::Access),
            ["connections", id, "activity"] => connection(id, Tab::Activity),
            ["audit-log"] => Self::AuditLog,
            ["api-keys"] => Self::ApiKeys,
            ["webhooks"] => Self::Webhooks,
            ["webhooks", id] => WebhookId::parse(*id).map_or(Self::NotFound, Self::Webhook),
            ["workspaces"] => Self::Workspaces,
            ["workspaces", id] => workspace(id, WorkspaceTab::Projects),
            ["workspaces", id, "members"] => workspace(id, WorkspaceTab::Members),
            ["members"] => Self::Members,
            ["guide", token] => Self::Guide((*token).to_owned()),
            ["authorize"] => Self::AuthorizeWaiting,
            ["authorize", id] => AuthorizationId::parse(*id).map_or(Self::NotFound, Self::AuthorizeResult),
            _ => Self::NotFound,
        }
    }

    /// The screen's path.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Connections | Self::NotFound => "/".to_owned(),
            Self::NewConnection => "/connections/new".to_owned(),
            Self::Connection(id, tab) => {
                let end = Tab::ALL.iter().find(|(one, ..)| one == tab).map_or("", |(.., end)| end);
                format!("/connections/{id}{end}")
            }
            Self::AuditLog => "/audit-log".to_owned(),
            Self::ApiKeys => "/api-keys".to_owned(),
            Self::Webhooks => "/webhooks".to_owned(),
            Self::Webhook(id) => format!("/webhooks/{id}"),
            Self::Workspaces => "/workspaces".to_owned(),
            Self::Workspace(id, WorkspaceTab::Projects) => format!("/workspaces/{id}"),
            Self::Workspace(id, WorkspaceTab::Members) => format!("/workspaces/{id}/members"),
            Self::Members => "/members".to_owned(),
            Self::Guide(token) => format!("/guide/{token}"),
            Self::AuthorizeWaiting => "/authorize".to_owned(),
            Self::AuthorizeResult(id) => format!("/authorize/{id}"),
        }
    }

    /// What the window's title says.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::Connections => "Connections · Causeway",
            Self::NewConnection => "New connection · Causeway",
            Self::Connection(..) => "Manage connection · Causeway",
            Self::ApiKeys => "API keys · Causeway",
            Self::Webhooks => "Webhooks · Causeway",
            Self::Webhook(_) => "Webhook · Causeway",
            Self::Workspaces => "Workspaces · Causeway",
            Self::Workspace(..) => "Workspace · Causeway",
            Self::Members => "Members · Causeway",
            Self::AuditLog => "Audit log · Causeway",
            Self::AuthorizeWaiting | Self::AuthorizeResult(_) => "Authorize · Causeway",
            Self::Guide(_) => "Guide · Causeway",
            Self::NotFound => "Page not found · Causeway",
        }
    }

    /// The screen without its tab: what need not be built anew when only the tab changes.
    pub(crate) fn screen(self) -> Self {
        match self {
            Self::Connection(id, _) => Self::Connection(id, Tab::Overview),
            Self::Workspace(id, _) => Self::Workspace(id, WorkspaceTab::Projects),
            other => other,
        }
    }

    /// The screen of the header's navigation that this one is a part of.
    pub(crate) fn part(self) -> Self {
        match self {
            Self::NewConnection | Self::Connection(..) => Self::Connections,
            Self::Webhook(_) => Self::Webhooks,
            Self::Workspace(..) => Self::Workspaces,
            other => other,
        }
    }

    /// Whether the screen stands alone: the pop-up's, and the guide. No header, no session asked for.
    pub(crate) fn stands_alone(&self) -> bool {
        matches!(self, Self::AuthorizeWaiting | Self::AuthorizeResult(_) | Self::Guide(_))
    }
}

fn connection(id: &str, tab: Tab) -> Route {
    ConnectionId::parse(id).map_or(Route::NotFound, |id| Route::Connection(id, tab))
}

fn workspace(id: &str, tab: WorkspaceTab) -> Route {
    WorkspaceId::parse(id).map_or(Route::NotFound, |id| Route::Workspace(id, tab))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_is_found_at_its_own_path() {
        let screens = [
            "/",
            "/connections/new",
            "/connections/con_1",
            "/connections/con_1/setup",
            "/connections/con_1/activity",
            "/api-keys",
            "/connections/con_1/access",
            "/workspaces",
            "/workspaces/wsp_1",
            "/workspaces/wsp_1/members",
            "/members",
            "/webhooks",
            "/webhooks/whk_1",
            "/audit-log",
            "/authorize",
            "/authorize/aut_1",
            "/guide/t0ken",
        ];
        for path in screens {
            assert_eq!(Route::parse(path).path(), path);
            assert_ne!(Route::parse(path), Route::NotFound);
        }
        assert_eq!(Route::parse("/connections"), Route::Connections);
        assert_eq!(Route::parse("/api-keys/"), Route::ApiKeys);
    }

    #[test]
    fn an_address_that_names_nothing_is_not_found() {
        for path in ["/connections/nonsense", "/authorize/con_1", "/connections/con_1/more", "/%2e%2e", "/x"] {
            assert_eq!(Route::parse(path), Route::NotFound, "{path}");
        }
    }
}
