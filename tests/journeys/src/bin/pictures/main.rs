//! Pictures of every screen, in light and dark colours and in few, at 1280, 768 and 320 pixels, to be looked at and
//! judged: `make pictures FOLDER=… PARTS='lists connecting'`. Not a test: nobody but a person can say whether a screen is
//! right.

mod charts;
mod connecting;
mod connection;
mod lists;
mod others;
mod readme;
mod signing_in;
mod tasks;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use api::ConnectionId;
use atlassian::Person;
use journeys::browser::{Browser, Look};
use journeys::{Causeway, Visitor};

/// What can be pictured by itself.
const PARTS: [&str; 8] = ["signing-in", "lists", "connecting", "connection", "others", "tasks", "charts", "readme"];

/// Where pictures go, and where their screens come from: each part has its own Causeway.
struct Studio {
    causeway: Causeway,
    browser: Browser,
    ada: Visitor,
    folder: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        eprintln!("The folder for the pictures comes first, then the parts: {}", PARTS.join(", "));
        return ExitCode::FAILURE;
    };
    let mut parts: Vec<String> = arguments.collect();
    if parts.is_empty() {
        parts = PARTS.map(str::to_owned).to_vec();
    }
    if let Some(unknown) = parts.iter().find(|part| !PARTS.contains(&part.as_str())) {
        eprintln!("There is no part {unknown}. There are: {}", PARTS.join(", "));
        return ExitCode::FAILURE;
    }
    fs::create_dir_all(&folder).expect("the folder can be made");
    for part in parts {
        let studio = Studio::open(folder.clone()).await;
        match part.as_str() {
            "signing-in" => signing_in::pictures(&studio).await,
            "lists" => lists::pictures(&studio).await,
            "connecting" => connecting::pictures(&studio).await,
            "connection" => connection::pictures(&studio).await,
            "tasks" => tasks::pictures(&studio).await,
            "charts" => charts::pictures(&studio).await,
            "readme" => readme::pictures(&studio).await,
            _ => others::pictures(&studio).await,
        }
    }
    println!("The pictures are in {}", folder.display());
    ExitCode::SUCCESS
}

impl Studio {
    /// A new Causeway, a browser that nobody has signed in with, and Ada without one.
    async fn open(folder: PathBuf) -> Self {
        let causeway = Causeway::start_with(|all| {
            all.with("EGRESS_ADDRESSES", "203.0.113.7,198.51.100.0/28").with("SUPPORT_URL", "mailto:help@example.com")
        })
        .await;
        let browser = causeway.browser().await;
        browser.has_a_clock_that_moves().await;
        let ada = causeway.visitor();
        ada.signs_in_as(Person::Ada).await;
        Self { causeway, browser, ada, folder }
    }

    /// Takes a picture of what is in front, in every way to look at it.
    async fn takes(&self, screen: &str) {
        self.takes_of(&self.browser, screen).await;
    }

    /// The same with another browser.
    async fn takes_of(&self, browser: &Browser, screen: &str) {
        for look in Look::ALL {
            browser.takes_a_picture(look, &self.folder.join(format!("{screen}-{}.png", look.name()))).await;
        }
        println!("{screen}");
    }

    /// Opens an address, waits for words on it, and takes its picture.
    async fn pictures(&self, address: &str, words: &str, screen: &str) {
        self.browser.opens(address).await;
        self.browser.sees(words).await;
        self.takes(screen).await;
    }

    /// Several calls through a connection, whatever comes of them.
    async fn calls(&self, key: &str, connection: &ConnectionId, times: usize) {
        for _ in 0..times {
            self.ada.calls_jira(key, connection, "/rest/api/2/myself").await;
        }
    }
}
