//! Starting WebKitGTK's MiniBrowser through WebKitWebDriver, on a screen that only it sees. It stands in for Safari: the
//! engine is the same, but not the network layer and the form controls.

use std::path::Path;

use serde_json::json;
use thirtyfour::Capabilities;

use super::{Started, driver_at};
use crate::{ProcessGuard, free_port};

/// Where distributions keep the browser that the driver starts.
const MINI_BROWSERS: [&str; 3] = [
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
];

pub(super) async fn start(profile: &Path) -> Started {
    let (port, log) = (free_port(), profile.join("webkit.log"));
    let program = if super::shows_windows() { "WebKitWebDriver" } else { "xvfb-run" };
    let process = ProcessGuard::start(Path::new(program), &log, |command| {
        if program == "xvfb-run" {
            command.args(["--auto-servernum", "--server-args=-screen 0 1280x900x24", "WebKitWebDriver"]);
        }
        command.arg(format!("--port={port}"));
        // Everything that it keeps is in the profile.
        for variable in ["TMPDIR", "HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
            command.env(variable, profile);
        }
    });
    let driver = driver_at(port, &log, capabilities).await;
    (vec![process.expect("a shell can be started")], driver)
}

/// The certificate of the journeys is its own issuer.
fn capabilities() -> Capabilities {
    let binary = MINI_BROWSERS.into_iter().find(|path| Path::new(path).exists());
    let options = json!({ "binary": binary.unwrap_or("MiniBrowser"), "args": ["--automation"] });
    let mut capabilities = Capabilities::new();
    let all = [
        ("acceptInsecureCerts", json!(true)),
        ("webkitgtk:browserOptions", options),
        ("unhandledPromptBehavior", json!("ignore")),
    ];
    for (name, value) in all {
        capabilities.set(name, value).expect("JSON is a capability");
    }
    capabilities
}
