//! An OpenID provider and OAuth server that we did not write: npm's `oidc-provider`.

use std::path::Path;

use tempfile::TempDir;

use crate::configuration::Configuration;
use crate::{PATIENCE, ProcessGuard, checkout, eventually, evidence, free_port};

/// Where an OpenID provider puts its claims about the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claims {
    /// In the ID token.
    InTheIdToken,
    /// At its userinfo endpoint only, as OpenID Connect Core 5.4 has it for the code flow.
    AtUserinfo,
}

const LOG: &str = "issuer.log";

/// A running `oidc-provider`. It ends when this is dropped.
#[derive(Debug)]
pub struct OtherIssuer {
    url: String,
    _process: ProcessGuard,
    // Last, so that the log is removed after the process has ended.
    place: TempDir,
}

impl OtherIssuer {
    /// Starts one that knows a Causeway at `public_url` by the ids and secrets of the example configuration.
    ///
    /// # Panics
    /// If it does not answer.
    pub async fn start(public_url: &str, claims: Claims) -> Self {
        let place = tempfile::tempdir().expect("a temporary folder");
        let (port, log) = (free_port(), place.path().join(LOG));
        let process = ProcessGuard::start(Path::new("node"), &log, |command| {
            command.arg(checkout::root().join("tests/journeys/scripts/other-issuer.mjs"));
            command.env("PATH", checkout::path_with_node()).env("CAUSEWAY_NODE_MODULES", checkout::node_modules());
            command.env("PORT", port.to_string()).env("PUBLIC_URL", public_url);
            command.env("CLAIMS", if claims == Claims::AtUserinfo { "userinfo" } else { "id_token" });
            let known = Configuration::example();
            for name in ["ATLASSIAN_CLIENT_ID", "ATLASSIAN_CLIENT_SECRET", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"] {
                command.env(name, known.get(name).expect("the example is complete"));
            }
        });
        let issuer =
            Self { url: format!("http://127.0.0.1:{port}"), _process: process.expect("a shell can be started"), place };
        let answers = eventually(PATIENCE, async || issuer.refreshed().await).await;
        let log = std::fs::read_to_string(log).unwrap_or_default();
        assert!(answers.is_some(), "oidc-provider does not answer:\n{log}");
        issuer
    }

    /// Where it answers, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Refuses every access token that there is, although none has expired.
    ///
    /// # Panics
    /// If it does not answer.
    pub async fn refuses_all_access_tokens(&self) {
        let asked = reqwest::get(format!("{}/refuse-all-access-tokens", self.url)).await;
        assert!(asked.is_ok_and(|answer| answer.status().is_success()), "oidc-provider does not answer");
    }

    /// How many refresh tokens it has rotated; nothing while it does not answer.
    pub async fn refreshed(&self) -> Option<u64> {
        let answer = reqwest::get(format!("{}/refreshed", self.url)).await.ok()?;
        answer.json::<serde_json::Value>().await.ok()?["refreshed"].as_u64()
    }
}

impl Drop for OtherIssuer {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(kept) = evidence::keep(&self.place.path().join(LOG))
        {
            eprintln!("the issuer's log: {}", kept.display());
        }
    }
}
