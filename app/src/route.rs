//! The addresses of the app's screens. A router of our own: the screens are few and typed, and the library's would
//! take a quarter of what the first load may weigh.

use api::{AuthorizationId, ConnectionId, WebhookId};

/// A part of *Manage connection*, with an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    /// How it stands, and its checkup.
    Overview,
    /// Its name and its authorization.
    Setup,
    /// What happened to it.
    Activity,
}

impl Tab {
    /// Every tab, with its name and the end of its path.
    pub(crate) const ALL: [(Self, &str, &str); 3] =
        [(Self::Overview, "Overview", ""), (Self::Setup, "Setup", "/setup"), (Self::Activity, "Activity", "/activity")];
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
    /// *Audit log*.
    AuditLog,
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
            ["connections", id, "activity"] => connection(id, Tab::Activity),
            ["audit-log"] => Self::AuditLog,
            ["api-keys"] => Self::ApiKeys,
            ["webhooks"] => Self::Webhooks,
            ["webhooks", id] => WebhookId::parse(*id).map_or(Self::NotFound, Self::Webhook),
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
            Self::AuditLog => "Audit log · Causeway",
            Self::AuthorizeWaiting | Self::AuthorizeResult(_) => "Authorize · Causeway",
            Self::NotFound => "Page not found · Causeway",
        }
    }

    /// The screen without its tab: what need not be built anew when only the tab changes.
    pub(crate) fn screen(self) -> Self {
        match self {
            Self::Connection(id, _) => Self::Connection(id, Tab::Overview),
            other => other,
        }
    }

    /// Whether the screen is in the pop-up: no header, no session asked for.
    pub(crate) fn is_popup(&self) -> bool {
        matches!(self, Self::AuthorizeWaiting | Self::AuthorizeResult(_))
    }
}

fn connection(id: &str, tab: Tab) -> Route {
    ConnectionId::parse(id).map_or(Route::NotFound, |id| Route::Connection(id, tab))
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
            "/webhooks",
            "/webhooks/whk_1",
            "/audit-log",
            "/authorize",
            "/authorize/aut_1",
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
