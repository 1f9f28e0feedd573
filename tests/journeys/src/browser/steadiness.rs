//! Whether a page stays where it is: how far things move by themselves, how wide columns are, what is in sight.

use serde::Deserialize;
use serde_json::json;

use super::Browser;

/// Answered with the widths of the headers of the table in front, rounded to whole pixels.
const WIDTHS: &str = "return [...document.querySelectorAll('thead th')].filter((cell) => cell.checkVisibility())
    .map((cell) => Math.round(cell.getBoundingClientRect().width))";

/// Lets two frames and all that is due in between pass, so that the browser has told of every shift.
const SETTLED: &str = "const done = arguments[0];
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(window.shiftNotes ?? null))))";

/// Whether all of the element lies in the window.
const IN_SIGHT: &str = "const [selector] = arguments;
    const box = document.querySelector(selector)?.getBoundingClientRect();
    return !!box && box.height > 0 && box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth";

/// How far a page has moved by itself.
#[derive(Clone, Debug, Deserialize)]
pub struct Shifts {
    /// The sum of all layout shifts, as browsers score them.
    pub score: f64,
    /// What moved, with its share.
    pub moved: Vec<String>,
}

impl Browser {
    /// Watches, from the next page on, what moves by itself: for [`shifts`](Self::shifts).
    ///
    /// # Panics
    /// If the browser does not accept the script.
    pub async fn watches_for_shifts(&self) {
        self.runs_before_every_page(include_str!("shifts.js")).await;
    }

    /// What has moved by itself since the page was opened.
    ///
    /// # Panics
    /// If nobody watches.
    pub async fn shifts(&self) -> Shifts {
        let notes = self.driver.execute_async(SETTLED, Vec::new()).await.expect("frames are drawn");
        serde_json::from_value(notes.json().clone()).expect("somebody watches for shifts")
    }

    /// The widths of the columns of the table in front, in pixels.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn column_widths(&self) -> Vec<u64> {
        serde_json::from_value(self.runs(WIDTHS).await).expect("widths are whole numbers")
    }

    /// Whether the whole element of that CSS selector is within the window.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn has_in_sight(&self, selector: &str) -> bool {
        let answer = self.driver.execute(IN_SIGHT, vec![json!(selector)]).await.expect("the script runs");
        answer.json().as_bool().unwrap_or_default()
    }

    /// How far the page is scrolled down, in pixels.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn scrolled(&self) -> f64 {
        self.runs("return scrollY").await.as_f64().expect("a number")
    }
}
