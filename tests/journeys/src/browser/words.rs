//! What a person does, in a person's words.

use atlassian::Person;
use thirtyfour::Key;
use thirtyfour::components::SelectElement;

use super::{Browser, Offer};
use crate::{PATIENCE, eventually};

impl Browser {
    /// Presses what is offered under these words.
    ///
    /// # Panics
    /// If it is not offered.
    pub async fn presses(&self, words: &str) {
        self.presses_there(words, None).await;
    }

    /// Presses what is offered under these words in the part of the page that is called `part`: a region, a bar of
    /// links, a row, a menu. For words that the page has more than once.
    ///
    /// # Panics
    /// If it is not offered there.
    pub async fn presses_in(&self, part: &str, words: &str) {
        self.presses_there(words, Some(part)).await;
    }

    async fn presses_there(&self, words: &str, part: Option<&str>) {
        // The element may be rendered again before it is clicked, or be covered by something that is about to go.
        let press = async || self.offered(Offer::Press, words, part).await.click().await.ok();
        if eventually(PATIENCE, press).await.is_none() {
            self.fails(&format!("cannot press {words:?}")).await;
        }
    }

    /// Fills in the field of that label, in place of what it holds.
    ///
    /// # Panics
    /// If there is no such field.
    pub async fn fills_in(&self, label: &str, value: &str) {
        let filled = eventually(PATIENCE, async || {
            let field = self.offered(Offer::Field, label, None).await;
            field.send_keys(Key::Control + "a").await.ok()?;
            field.send_keys(value).await.ok()
        });
        if filled.await.is_none() {
            self.fails(&format!("cannot fill in {label:?}")).await;
        }
    }

    /// Chooses the entry that begins with `entry` from the list of that label.
    ///
    /// # Panics
    /// If there is no such list or entry.
    pub async fn chooses(&self, label: &str, entry: &str) {
        let chosen = eventually(PATIENCE, async || {
            let list = SelectElement::new(&self.offered(Offer::Field, label, None).await).await.ok()?;
            list.select_by_partial_text(entry).await.ok()
        });
        if chosen.await.is_none() {
            self.fails(&format!("cannot choose {entry:?} from {label:?}")).await;
        }
    }

    /// Goes back to what was shown before, as by the browser's button.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn goes_one_step_back(&self) {
        self.driver.back().await.expect("the browser goes back");
    }

    /// Goes forward again.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn goes_one_step_forward(&self) {
        self.driver.forward().await.expect("the browser goes forward");
    }

    /// Signs in and is back in Causeway, whatever it then shows.
    ///
    /// # Panics
    /// If the issuer does not come up.
    pub async fn signs_in_as(&self, person: Person) {
        self.opens("/").await;
        self.presses("Sign in").await;
        self.presses(person.name()).await;
        self.is_at(&self.public_url).await;
    }

    /// Goes on in the window that has just come up.
    ///
    /// # Panics
    /// If none comes up.
    pub async fn goes_to_the_pop_up(&self) {
        let found = eventually(PATIENCE, async || {
            let windows = self.driver.windows().await.ok()?;
            windows.into_iter().find(|window| *window != self.first_window)
        });
        match found.await {
            Some(window) => self.driver.switch_to_window(window).await.expect("a window that is there comes to front"),
            None => self.fails("sees no pop-up").await,
        }
    }

    /// Goes back to the first window.
    ///
    /// # Panics
    /// If it is gone.
    pub async fn goes_back(&self) {
        self.driver.switch_to_window(self.first_window.clone()).await.expect("the first window stays open");
    }

    /// Waits until the pop-up has gone, and goes back.
    ///
    /// # Panics
    /// If it stays.
    pub async fn sees_the_pop_up_go(&self) {
        let gone = eventually(PATIENCE, async || (self.windows().await == 1).then_some(())).await;
        if gone.is_none() {
            self.goes_to_the_pop_up().await;
            self.fails("still sees the pop-up").await;
        }
        self.goes_back().await;
    }

    /// How many windows are open.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn windows(&self) -> usize {
        self.driver.windows().await.expect("the browser is there").len()
    }

    /// Closes the window in front.
    ///
    /// # Panics
    /// If it is gone already.
    pub async fn closes_the_window(&self) {
        self.driver.close_window().await.expect("the window is there");
    }
}
