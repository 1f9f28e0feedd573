//! Starting the Worker with `wrangler dev`, as `make run` does.

use std::path::Path;

use super::VARIABLES;
use crate::{ProcessGuard, checkout};

/// Starts `wrangler dev`. It may not answer yet.
///
/// # Panics
/// If there is no shell.
pub(super) fn start(settings: &Path, place: &Path, port: u16) -> ProcessGuard {
    let process = ProcessGuard::start(Path::new("node"), &place.join("worker.log"), |command| {
        command.arg(checkout::node_modules().join("wrangler/bin/wrangler.js")).args(["dev", "--ip", "127.0.0.1"]);
        command.args(["--port", &port.to_string(), "--inspector-port", "0", "--show-interactive-dev-session=false"]);
        command.arg("--config").arg(settings).arg("--env-file").arg(place.join(VARIABLES));
        command.arg("--persist-to").arg(place.join("state")).current_dir(place);
        command.env("PATH", checkout::path_with_node()).env("XDG_CONFIG_HOME", place.join("config"));
        // A workerd that is killed leaves files in there, too.
        command
            .env("TMPDIR", place)
            .env("CI", "1")
            .env("WRANGLER_SEND_METRICS", "false")
            .env("CLOUDFLARE_CF_FETCH_ENABLED", "false");
    });
    process.expect("a shell can be started")
}
