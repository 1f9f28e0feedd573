//! The options of a model.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::listeners::Listener;

/// The registered clients, the addresses to listen on, and the state file.
#[derive(Clone, Debug)]
pub struct Options {
    /// The callbacks registered for the app; the first is the usual one. `{PUBLIC_URL}/oauth/callback/cloud`, and the
    /// `{PUBLIC_URL}/oauth/callback` of apps that were registered before there were several kinds of Jira.
    pub callback_urls: Vec<String>,
    /// `{PUBLIC_URL}/sign-in/callback`: the redirect registered with the issuer.
    pub sign_in_callback_url: String,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: String,
    /// The client id at the OIDC issuer.
    pub oidc_client_id: String,
    /// The client secret at the OIDC issuer.
    pub oidc_client_secret: String,
    /// The id of the Forge app.
    pub forge_app_id: String,
    /// The folder of the built Forge app; without one, its frames are empty.
    pub forge_app: Option<PathBuf>,
    /// The state file; without one, a restart loses everything.
    pub state_file: Option<PathBuf>,
    /// Where to listen. Port 0 takes a free one.
    pub address: SocketAddr,
    /// Where else to listen: the Data Center instances and the Cloud sites' own hosts. A free port for each not named.
    pub listeners: BTreeMap<Listener, SocketAddr>,
}

impl Options {
    /// The clients of a Causeway at `public_url`, with secrets that are for development only.
    pub fn for_public_url(public_url: &str) -> Self {
        let public_url = public_url.trim_end_matches('/');
        Self {
            callback_urls: ["/cloud", ""].map(|kind| format!("{public_url}/oauth/callback{kind}")).into(),
            sign_in_callback_url: format!("{public_url}/sign-in/callback"),
            client_id: "causeway-development".into(),
            client_secret: "development-only-atlassian-secret".into(),
            oidc_client_id: "causeway".into(),
            oidc_client_secret: "development-only-oidc-secret".into(),
            forge_app_id: "ari:cloud:ecosystem::app/3f6f1c1e-0000-4000-8000-000000000000".into(),
            forge_app: None,
            state_file: None,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            listeners: BTreeMap::new(),
        }
    }
}
