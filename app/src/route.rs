//! The addresses of the app's screens. A router of our own: the screens are few and typed, and the library's would
//! take a quarter of what the first load may weigh.

use api::{AuthorizationId, ConnectionId};

/// A screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// All connections.
    Connections,
    /// *New connection*.
    NewConnection,
    /// *Manage connection*.
    Connection(ConnectionId),
    /// *API keys*.
    ApiKeys,
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
            ["connections", id] => ConnectionId::parse(*id).map_or(Self::NotFound, Self::Connection),
            ["api-keys"] => Self::ApiKeys,
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
            Self::Connection(id) => format!("/connections/{id}"),
            Self::ApiKeys => "/api-keys".to_owned(),
            Self::AuthorizeWaiting => "/authorize".to_owned(),
            Self::AuthorizeResult(id) => format!("/authorize/{id}"),
        }
    }

    /// What the window's title says.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::Connections => "Connections · Causeway",
            Self::NewConnection => "New connection · Causeway",
            Self::Connection(_) => "Manage connection · Causeway",
            Self::ApiKeys => "API keys · Causeway",
            Self::AuthorizeWaiting | Self::AuthorizeResult(_) => "Authorize · Causeway",
            Self::NotFound => "Page not found · Causeway",
        }
    }

    /// Whether the screen is in the pop-up: no header, no session asked for.
    pub(crate) fn is_popup(&self) -> bool {
        matches!(self, Self::AuthorizeWaiting | Self::AuthorizeResult(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_is_found_at_its_own_path() {
        let screens = ["/", "/connections/new", "/connections/con_1", "/api-keys", "/authorize", "/authorize/aut_1"];
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
