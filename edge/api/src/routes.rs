//! Every endpoint, in one list: what the router mounts, the `OpenAPI` document describes and the tests try.

use crate::{
    CancelAuthorization, ChooseAuthorizationSite, CreateApiKey, CreateAuthorization, CreateConnection, EditConnection,
    Endpoint, GetAuthorization, GetConnection, GetHealth, GetSession, ListApiKeys, ListConnections, Method,
    RevokeApiKey, SignOut,
};

macro_rules! endpoints {
    ($($endpoint:ident: $summary:literal,)*) => {
        /// The method and path of every endpoint.
        pub const ENDPOINTS: &[(Method, &str)] = &[$(($endpoint::METHOD, $endpoint::PATH)),*];

        /// Describes every endpoint in `document`.
        #[cfg(feature = "openapi")]
        pub(crate) fn describe(document: &mut crate::openapi::Document) {
            $(document.add::<$endpoint>(stringify!($endpoint), $summary);)*
        }
    };
}

endpoints! {
    GetHealth: "Whether this deployment can work",
    GetSession: "Who is signed in",
    SignOut: "End the session",
    CreateAuthorization: "Begin an attempt to authorize",
    GetAuthorization: "How far an attempt has come",
    ChooseAuthorizationSite: "Choose one of several sites",
    CancelAuthorization: "End an attempt and destroy what it got",
    ListConnections: "List connections",
    CreateConnection: "Save a new connection",
    GetConnection: "Show a connection",
    EditConnection: "Save changes to a connection",
    ListApiKeys: "List API keys",
    CreateApiKey: "Make an API key",
    RevokeApiKey: "Revoke an API key",
}
