//! A real browser, used as a person uses it: pages are read as text, and controls are found by their labels. It is
//! Chromium where nothing else is said; only there can a test block addresses, move the clock and read the console.

mod by_ear;
mod chromium;
mod firefox;
mod for_everyone;
mod keyboard;
mod pictures;
mod reading;
mod seeing;
mod steadiness;
mod webkit;
mod words;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use thirtyfour::common::types::WindowHandle;
use thirtyfour::{Capabilities, WebDriver, WebElement};

use crate::{PATIENCE, ProcessGuard, eventually};
pub use by_ear::Stop;
pub use for_everyone::Colors;
pub use keyboard::Focused;
pub use pictures::Look;
pub use reading::Reading;
pub use seeing::Offer;
pub use steadiness::Shifts;

/// Windows are not shown, unless this variable is set.
const SHOW_BROWSER: &str = "SHOW_BROWSER";

/// Which browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium.
    Chromium,
    /// Firefox.
    Firefox,
    /// WebKitGTK's MiniBrowser, which has the engine of Safari.
    WebKit,
}

/// What was started, and the driver to use it by.
type Started = (Vec<ProcessGuard>, WebDriver);

/// A browser that nobody has used before. It ends when this is dropped.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    first_window: WindowHandle,
    public_url: String,
    worker_log: PathBuf,
    _processes: Vec<ProcessGuard>,
    // Last, so that the profile is removed after the browser has ended.
    _profile: TempDir,
}

impl Browser {
    /// Opens a browser for the Causeway at `public_url`.
    ///
    /// # Panics
    /// If the browser or its driver is missing.
    pub async fn open(engine: Engine, public_url: &str, worker_log: &Path) -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let (processes, driver) = match engine {
            Engine::Chromium => chromium::start(profile.path()).await,
            Engine::Firefox => firefox::start(profile.path()).await,
            Engine::WebKit => webkit::start(profile.path()).await,
        };
        let first_window = driver.window().await.expect("a new browser has a window");
        let (public_url, worker_log) = (public_url.to_owned(), worker_log.to_owned());
        Self { driver, first_window, public_url, worker_log, _processes: processes, _profile: profile }
    }

    /// Opens an address: a path of Causeway, or a whole one.
    ///
    /// # Panics
    /// If the browser does not get there.
    pub async fn opens(&self, address: &str) {
        let whole = if address.starts_with('/') { format!("{}{address}", self.public_url) } else { address.to_owned() };
        self.driver.goto(whole).await.expect("the address opens");
    }

    /// Opens an address in a window of its own, and goes there.
    ///
    /// # Panics
    /// If the browser does not get there.
    pub async fn opens_in_a_new_window(&self, address: &str) {
        let window = self.driver.new_window().await.expect("a window opens");
        self.driver.switch_to_window(window).await.expect("a window that is there comes to front");
        self.opens(address).await;
    }

    /// The address of the window in front.
    ///
    /// # Panics
    /// If the window is gone.
    pub async fn address(&self) -> String {
        self.driver.current_url().await.expect("the window has an address").to_string()
    }

    /// The driver, for what has no function here.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Runs a script in the page in front, and answers what it returns.
    ///
    /// # Panics
    /// If the script fails.
    pub async fn runs(&self, script: &str) -> serde_json::Value {
        let answer = self.driver.execute(script, Vec::new()).await.expect("the script runs");
        answer.json().clone()
    }

    /// Refuses to load what matches `pattern`, from now on and in this window.
    ///
    /// # Panics
    /// If the browser does not accept it.
    pub async fn cannot_load(&self, pattern: &str) {
        let cdp = self.driver.cdp();
        cdp.send_raw("Network.enable", json!({})).await.expect("the network can be watched");
        let blocked = json!({ "urls": [pattern] });
        cdp.send_raw("Network.setBlockedURLs", blocked).await.expect("addresses can be blocked");
    }

    /// Runs a script before every page's own, from now on and in this window.
    ///
    /// # Panics
    /// If the browser does not accept it.
    pub async fn runs_before_every_page(&self, script: &str) {
        let parameters = json!({ "source": script });
        let accepted = self.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", parameters).await;
        accepted.expect("scripts can be put before a page");
    }

    /// Gives the pages of this window, from the next one on, a clock for [`moves_the_clock`](Self::moves_the_clock).
    ///
    /// # Panics
    /// If the browser does not accept the script.
    pub async fn has_a_clock_that_moves(&self) {
        self.runs_before_every_page(include_str!("browser/clock.js")).await;
    }

    /// Sets the clock of the page in front forward: timeouts that are due by then have run when this returns.
    ///
    /// # Panics
    /// If the page has no clock that moves.
    pub async fn moves_the_clock(&self, forward: Duration) {
        self.runs(&format!("moveClock({})", forward.as_millis())).await;
    }

    /// What the browser has said on its console since this was last asked.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn console(&self) -> String {
        let entries = self.driver.browser_log().await.expect("the browser is there");
        entries.into_iter().map(|entry| entry.message).collect::<Vec<_>>().join("\n")
    }

    async fn element(&self, script: &str, arguments: Vec<serde_json::Value>) -> Option<WebElement> {
        let found = self.driver.execute(script, arguments).await.ok()?;
        found.element().ok()
    }
}

fn shows_windows() -> bool {
    std::env::var_os(SHOW_BROWSER).is_some()
}

/// Waits for the driver that listens on `port`, and for the browser that it starts.
async fn driver_at(port: u16, log: &Path, capabilities: impl Fn() -> Capabilities) -> WebDriver {
    let address = format!("http://127.0.0.1:{port}");
    let driver = eventually(PATIENCE, async || WebDriver::new(&address, capabilities()).await.ok()).await;
    let written = || std::fs::read_to_string(log).unwrap_or_default();
    driver.unwrap_or_else(|| panic!("no browser starts; make browser installs them\n{}", written()))
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The process guard ends the browser; quitting through the driver would block here.
        let _quit_before = self.driver.clone().leak();
    }
}
