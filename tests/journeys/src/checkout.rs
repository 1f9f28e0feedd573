//! Where things are in this checkout.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The configuration of the Worker.
const SETTINGS: &str = "wrangler.toml";

/// The folder of the Forge app that `make forge-tested` builds for tests. It need not be there.
pub fn forge_app() -> PathBuf {
    root().join("target/forge-tested")
}

/// The top of the checkout.
///
/// # Panics
/// Never: this crate is two folders below it.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("this crate is two folders below the top")
}

/// Copies the built app and Worker to `place`, with the settings, and answers the path of the settings. Whoever runs them
/// is then independent of builds that happen meanwhile, and leaves nothing in the checkout.
///
/// What was built is for deployments. In the copy, pictures may come from the model of Atlassian, too.
///
/// # Panics
/// If nothing was built.
pub fn copy_what_was_built(place: &Path) -> PathBuf {
    if place.exists() {
        std::fs::remove_dir_all(place).expect("an earlier copy can be removed");
    }
    for folder in ["dist", "edge/build"] {
        let copied = copy_folder(&root().join(folder), &place.join(folder));
        copied.unwrap_or_else(|error| panic!("{folder} cannot be copied: {error}; was it built (make build)?"));
    }
    allow_pictures_of_the_model(&place.join("dist/_headers"));
    let settings = place.join(SETTINGS);
    std::fs::copy(root().join(SETTINGS), &settings).expect("the settings are part of the checkout");
    settings
}

/// Changes a copy of what was built, whose settings are at `settings`: its Worker then counts the messages that it sends to
/// Durable Objects.
///
/// # Panics
/// If it is no such copy.
pub fn count_messages(settings: &Path) {
    const ENTRY: &str = "main = \"edge/build/index.js\"";
    let entry = settings.with_file_name("edge/build/counting.js");
    std::fs::copy(root().join("tests/journeys/scripts/counting.mjs"), entry).expect("the entry can be copied");
    let text = std::fs::read_to_string(settings).expect("the settings can be read");
    assert!(text.contains(ENTRY), "the settings name the entry");
    let counting = text.replace(ENTRY, "main = \"edge/build/counting.js\"");
    std::fs::write(settings, counting).expect("the settings can be changed");
}

fn allow_pictures_of_the_model(headers: &Path) {
    const PICTURES: &str = "img-src 'self' ";
    let policy = std::fs::read_to_string(headers).expect("the headers are part of the app");
    assert!(policy.contains(PICTURES), "the policy says where pictures come from");
    let here = format!("{PICTURES}http://127.0.0.1:* http://localhost:* ");
    std::fs::write(headers, policy.replace(PICTURES, &here)).expect("the copy can be changed");
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Where journeys write what helps to understand a failure.
pub fn evidence() -> PathBuf {
    root().join("target/journeys")
}

/// The folder of the JavaScript tools: `CAUSEWAY_NODE_MODULES` if `make` has set it, otherwise `make node-modules`.
///
/// # Panics
/// If they are not there and `make` cannot install them.
pub fn node_modules() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        std::env::var_os("CAUSEWAY_NODE_MODULES").map_or_else(|| ask_make("node-modules"), PathBuf::from)
    })
}

/// The folder of the clients of Jira that journeys run: `CAUSEWAY_CLIENTS` if `make` has set it, otherwise
/// `make clients`. `python` in it is for `PYTHONPATH`.
///
/// # Panics
/// If they are not there and `make` cannot install them.
pub fn clients() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| std::env::var_os("CAUSEWAY_CLIENTS").map_or_else(|| ask_make("clients"), PathBuf::from))
}

/// The driver of Firefox: `CAUSEWAY_GECKODRIVER` if `make` has set it, otherwise `make geckodriver`.
///
/// # Panics
/// If it is not there and `make` cannot install it.
pub fn geckodriver() -> &'static Path {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| std::env::var_os("CAUSEWAY_GECKODRIVER").map_or_else(|| ask_make("geckodriver"), PathBuf::from))
}

/// What a target of the Makefile installs, and prints.
fn ask_make(target: &str) -> PathBuf {
    let output = Command::new("make").arg("--silent").arg(target).current_dir(root()).output();
    let output = output.expect("make can be started");
    assert!(output.status.success(), "make {target}: {}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout);
    PathBuf::from(said.lines().last().expect("make says where it has installed them"))
}

/// `PATH` with the Node that the tools need in front.
///
/// # Panics
/// If the path cannot be written down.
pub fn path_with_node() -> std::ffi::OsString {
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    let node = node_modules().join(format!("node-linux-{architecture}/bin"));
    let rest = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(node).chain(std::env::split_paths(&rest)))
        .expect("no colon in a folder's name")
}
