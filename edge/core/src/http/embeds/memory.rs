//! What an isolate remembers of embeds, for so short that whatever ends is not shown any more within ten seconds: frames ask
//! every six seconds, and nothing here is older than three.
//!
//! Everything is kept under the embed that it is of, so that nothing of one is given for another.

use std::{
    cell::RefCell,
    collections::{HashMap, VecDeque},
};

use api::{EmbedId, Timestamp};

use super::Shown;
use crate::organization::EmbedFrame;

/// How old what is given may be, in milliseconds: three seconds.
const FRESH: i64 = 3_000;
/// How long an embed that exists is not counted as a guess, in milliseconds: an hour.
const KNOWN: i64 = 3_600_000;
/// The most embeds whose ids are known.
const MOST_KNOWN: usize = 4_096;
/// The most answers that are kept.
const MOST: usize = 64;

/// What is known of embeds.
#[derive(Default)]
pub(in crate::http) struct EmbedMemory {
    frames: RefCell<VecDeque<Kept<EmbedId, EmbedFrame>>>,
    shown: RefCell<VecDeque<Kept<ShownKey, Shown>>>,
    known: RefCell<HashMap<EmbedId, Timestamp>>,
}

/// What an answer is kept under: the embed, and what the host signed for the reader, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ShownKey {
    pub(super) embed: EmbedId,
    pub(super) pass: Option<String>,
}

struct Kept<K, T> {
    key: K,
    at: Timestamp,
    value: T,
}

fn fresh<K: PartialEq, T: Clone>(kept: &RefCell<VecDeque<Kept<K, T>>>, key: &K, now: Timestamp) -> Option<T> {
    let kept = kept.borrow();
    let found = kept.iter().find(|one| one.key == *key && (0..FRESH).contains(&now.since(one.at)));
    found.map(|one| one.value.clone())
}

fn keep<K: PartialEq, T>(kept: &RefCell<VecDeque<Kept<K, T>>>, key: K, value: T, at: Timestamp) {
    let mut kept = kept.borrow_mut();
    kept.retain(|one| one.key != key && (0..FRESH).contains(&at.since(one.at)));
    kept.push_back(Kept { key, at, value });
    while kept.len() > MOST {
        kept.pop_front();
    }
}

impl EmbedMemory {
    /// What serves the page of an embed, if that was asked a moment ago.
    pub(super) fn frame(&self, id: &EmbedId, now: Timestamp) -> Option<EmbedFrame> {
        fresh(&self.frames, id, now)
    }

    pub(super) fn keep_frame(&self, id: &EmbedId, frame: &EmbedFrame, at: Timestamp) {
        keep(&self.frames, id.clone(), frame.clone(), at);
    }

    /// What an embed showed a moment ago.
    pub(super) fn shown(&self, key: &ShownKey, now: Timestamp) -> Option<Shown> {
        fresh(&self.shown, key, now)
    }

    pub(super) fn keep_shown(&self, key: ShownKey, shown: &Shown, at: Timestamp) {
        keep(&self.shown, key, shown.clone(), at);
    }

    /// Whether an embed existed within the last hour.
    pub(super) fn is_known(&self, id: &EmbedId, now: Timestamp) -> bool {
        self.known.borrow().get(id).is_some_and(|at| (0..KNOWN).contains(&now.since(*at)))
    }

    pub(super) fn learn(&self, id: &EmbedId, at: Timestamp) {
        let mut known = self.known.borrow_mut();
        if known.len() >= MOST_KNOWN {
            known.retain(|_, since| (0..KNOWN).contains(&at.since(*since)));
        }
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(id.clone(), at);
    }

    /// Forgets that an embed existed: whoever asks for it again is counted.
    pub(super) fn forget(&self, id: &EmbedId) {
        self.known.borrow_mut().remove(id);
    }
}

#[cfg(test)]
mod tests {
    use api::EmbedKind;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn id(number: usize) -> EmbedId {
        EmbedId::parse(format!("emb_{number}")).expect("an id")
    }

    fn frame(title: &str) -> EmbedFrame {
        EmbedFrame {
            kind: EmbedKind::Published,
            origins: Vec::new(),
            title: Some(title.to_owned()),
            locked_params: Vec::new(),
            keys: Vec::new(),
        }
    }

    #[test]
    fn nothing_is_given_after_three_seconds_or_for_another_embed() {
        let memory = EmbedMemory::default();
        memory.keep_frame(&id(1), &frame("One"), NOW);
        let titled = |embed, millis| memory.frame(&id(embed), NOW.plus_millis(millis)).and_then(|frame| frame.title);
        assert_eq!(titled(1, 2_999).as_deref(), Some("One"));
        assert_eq!((titled(1, 3_000), titled(1, -1), titled(2, 0)), (None, None, None));
        for number in 0..2 * MOST {
            memory.keep_frame(&id(number), &frame("Another"), NOW);
        }
        assert_eq!(memory.frames.borrow().len(), MOST);
    }

    #[test]
    fn what_is_known_is_bounded_and_ends() {
        let memory = EmbedMemory::default();
        for number in 0..=MOST_KNOWN {
            memory.learn(&id(number), NOW);
        }
        assert!(memory.known.borrow().len() <= MOST_KNOWN);
        assert!(memory.is_known(&id(MOST_KNOWN), NOW) && !memory.is_known(&id(MOST_KNOWN), NOW.plus_millis(KNOWN)));
        memory.forget(&id(MOST_KNOWN));
        assert!(!memory.is_known(&id(MOST_KNOWN), NOW));
    }
}
