//! Starting Firefox through geckodriver.

use std::path::Path;

use serde_json::json;
use thirtyfour::{Capabilities, DesiredCapabilities};

use super::{Started, driver_at};
use crate::{ProcessGuard, checkout, free_port};

/// geckodriver switches the pop-up blocker off; people have it on.
const POP_UP_BLOCKER: &str = "dom.disable_open_during_load";

pub(super) async fn start(profile: &Path) -> Started {
    let (port, log) = (free_port(), profile.join("geckodriver.log"));
    let ports = [format!("--port={port}"), format!("--websocket-port={}", free_port())];
    let process = ProcessGuard::start(checkout::geckodriver(), &log, |command| {
        command.args(ports).arg("--profile-root").arg(profile).env("TMPDIR", profile).env("HOME", profile);
    });
    let driver = driver_at(port, &log, capabilities).await;
    (vec![process.expect("a shell can be started")], driver)
}

fn capabilities() -> Capabilities {
    let mut arguments = vec!["--width=1280", "--height=900"];
    if !super::shows_windows() {
        arguments.push("-headless");
    }
    let preferences = json!({ POP_UP_BLOCKER: true, "intl.accept_languages": "en-GB" });
    let mut capabilities: Capabilities = DesiredCapabilities::firefox().into();
    let options = json!({ "args": arguments, "prefs": preferences });
    capabilities.set("moz:firefoxOptions", options).expect("JSON is a capability");
    capabilities.set("unhandledPromptBehavior", json!("ignore")).expect("JSON is a capability");
    capabilities
}
