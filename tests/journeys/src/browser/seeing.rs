//! What a person sees, and the files that are kept when they do not see it.

use std::fs;

use serde_json::json;
use thirtyfour::WebElement;

use super::Browser;
use crate::{PATIENCE, eventually, evidence};

const FIND: &str = concat!(include_str!("name.js"), include_str!("find.js"));
const READ: &str = include_str!("read.js");

/// What a page offers to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Something to press: a button, a link, a tab, an item of a menu.
    Press,
    /// Something to fill in or to choose from, by its label.
    Field,
}

impl Offer {
    const fn name(self) -> &'static str {
        match self {
            Self::Press => "press",
            Self::Field => "field",
        }
    }
}

impl Browser {
    /// Waits until the window in front shows `words`.
    ///
    /// # Panics
    /// If it does not.
    pub async fn sees(&self, words: &str) {
        let found = eventually(PATIENCE, async || self.text().await?.contains(words).then_some(())).await;
        if found.is_none() {
            self.fails(&format!("does not see {words:?}")).await;
        }
    }

    /// Waits until the window in front no longer shows `words`.
    ///
    /// # Panics
    /// If it still does.
    pub async fn no_longer_sees(&self, words: &str) {
        let gone = eventually(PATIENCE, async || (!self.text().await?.contains(words)).then_some(())).await;
        if gone.is_none() {
            self.fails(&format!("still sees {words:?}")).await;
        }
    }

    /// What stands in the field of that label.
    ///
    /// # Panics
    /// If there is no such field.
    pub async fn reads(&self, label: &str) -> String {
        let read = eventually(PATIENCE, async || {
            self.offered(Offer::Field, label, None).await.prop("value").await.ok().flatten()
        });
        match read.await {
            Some(value) => value,
            None => self.fails(&format!("cannot read {label:?}")).await,
        }
    }

    /// Waits until the address of the window in front holds `part`.
    ///
    /// # Panics
    /// If it does not.
    pub async fn is_at(&self, part: &str) {
        let there = eventually(PATIENCE, async || {
            let address = self.driver.current_url().await.ok()?;
            address.as_str().contains(part).then_some(())
        });
        if there.await.is_none() {
            self.fails(&format!("is not at {part:?}")).await;
        }
    }

    /// Waits until the page in front has sent `more` further requests whose address contains `part`, and has their
    /// answers. That a text is absent means something only after an event that would have made it appear.
    ///
    /// # Panics
    /// If it does not send them.
    pub async fn sends_requests(&self, part: &str, more: u64) {
        let count = format!(
            "return performance.getEntriesByType('resource').filter((one) => one.name.includes({})).length",
            json!(part)
        );
        let sent = async || self.runs(&count).await.as_u64().unwrap_or_default();
        let enough = sent().await + more;
        if eventually(PATIENCE, async || (sent().await >= enough).then_some(())).await.is_none() {
            self.fails(&format!("does not see {more} more requests to {part:?}")).await;
        }
    }

    /// The text of the window in front, as it is shown; nothing while the page changes.
    pub async fn text(&self) -> Option<String> {
        let read = self.driver.execute(READ, Vec::new()).await.ok()?;
        read.json().as_str().map(str::to_owned)
    }

    /// Waits for what the page, or the part of it that is called `part`, offers under these words, enabled and in sight.
    ///
    /// # Panics
    /// If it is not offered.
    pub(super) async fn offered(&self, offer: Offer, words: &str, part: Option<&str>) -> WebElement {
        let arguments = || vec![json!(offer.name()), json!(words), json!(part)];
        let found = eventually(PATIENCE, async || self.element(FIND, arguments()).await).await;
        match found {
            Some(element) => element,
            None => self.fails(&format!("is not offered {words:?} ({}, in {part:?})", offer.name())).await,
        }
    }

    /// Whether the page offers this now.
    pub async fn is_offered(&self, offer: Offer, words: &str) -> bool {
        self.element(FIND, vec![json!(offer.name()), json!(words), json!(null)]).await.is_some()
    }

    /// Keeps a screenshot, the page and the logs, and fails the test.
    ///
    /// # Panics
    /// Always.
    pub async fn fails(&self, what: &str) -> ! {
        let folder = evidence::folder();
        let (picture, page) = (folder.join("screen.png"), folder.join("page.html"));
        let shot = self.driver.screenshot(&picture).await;
        let source = self.driver.source().await.unwrap_or_else(|error| format!("no page: {error}"));
        let console = self.driver.browser_log().await.map(|entries| format!("{entries:#?}")).unwrap_or_default();
        let kept = fs::write(&page, source).and_then(|()| fs::write(folder.join("console.txt"), console));
        let log = evidence::keep(&self.worker_log);
        let (text, address) = (self.text().await.unwrap_or_default(), self.driver.current_url().await);
        panic!(
            "the person {what}\nat {address:?}, which shows:\n{text}\n\npicture {} ({shot:?}), page {} ({kept:?}), Worker's log {log:?}",
            picture.display(),
            page.display(),
        );
    }
}
