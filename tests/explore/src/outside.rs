//! What outlives a keeper, as plain data that can be copied, compared and hashed: storage, KV, Atlassian, time, what the
//! isolates hold, and how many more things may go wrong.

use std::fmt;

use api::Timestamp;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use edge_core::{grant::KeeperAnswer, ports::PortFailure};
use serde_json::Value;

pub(crate) const SECOND: i64 = 1000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// How long Atlassian honours the refresh token that was replaced.
const LEEWAY: i64 = 10 * MINUTE;
/// For how long KV may serve what was there before.
const LAG: i64 = 90 * SECOND;

/// How much may happen on one way through the states. The exploration is exhaustive within it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Requests of the two isolates for a token.
    pub asks: u8,
    /// Tokens that Jira refuses although they are good.
    pub refused: u8,
    /// Leaps to the next alarm, or by an hour.
    pub leaps: u8,
    /// The process ends, between any two steps.
    pub crashes: u8,
    /// A deployment replaces the object; the old one goes on, and its writes are refused.
    pub replaced: u8,
    /// Requests or answers that are lost, and 429.
    pub lost: u8,
    /// KV refuses, or serves what was there before.
    pub kv: u8,
    /// Storage refuses a write, having made it or not.
    pub writes: u8,
    /// Setting the alarm fails.
    pub alarms: u8,
    /// Nothing runs for eleven minutes, not even alarms.
    pub outages: u8,
    /// Our clock is set back by two minutes.
    pub set_back: u8,
    /// The grant is destroyed.
    pub retired: u8,
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [
            (self.asks, "requests"),
            (self.refused, "refused tokens"),
            (self.leaps, "leaps"),
            (self.crashes, "crashes"),
            (self.replaced, "replaced objects"),
            (self.lost, "lost answers"),
            (self.kv, "faults of KV"),
            (self.writes, "refused writes"),
            (self.alarms, "refused alarms"),
            (self.outages, "outages"),
            (self.set_back, "clocks set back"),
            (self.retired, "retirements"),
        ];
        let some: Vec<_> = all.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        f.write_str(&some.join(", "))
    }
}

impl Bounds {
    /// How many faults were used that may cost a caller its token or a further token request.
    pub(crate) const fn serious_since(&self, start: &Self) -> u8 {
        (start.crashes - self.crashes)
            + (start.replaced - self.replaced)
            + (start.lost - self.lost)
            + (start.writes - self.writes)
            + (start.outages - self.outages)
            + (start.set_back - self.set_back)
    }
}

/// What must always be true (design 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Claim {
    OneRequestInFlight,
    NothingOlderAfterNewer,
    GenerationsGrow,
    DefinitiveAnswer,
    OnlyTheNetworkFailsARefresh,
    NothingRises,
    ServedTokensLive,
    IntentsHaveAnAlarm,
    RequestsAreBounded,
    SpentTokensStay,
}

/// The family of tokens at Atlassian, or at a Data Center site.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Family {
    pub(crate) has_leeway: bool,
    /// The number of the newest refresh token.
    pub(crate) newest: u8,
    /// The one that it replaced, and when that one was replaced first.
    previous: Option<(u8, i64)>,
    pub(crate) dead: bool,
    newest_presented: u8,
    /// How often the newest that was presented was presented.
    pub(crate) times_presented: u8,
    /// When the newest access token ends, and the one before it.
    pub(crate) access_ends: i64,
    old_access_ends: i64,
    /// The newest token that Causeway has stored somewhere.
    pub(crate) held: u8,
}

impl Family {
    fn new(has_leeway: bool, now: i64) -> Self {
        Self {
            has_leeway,
            newest: 0,
            previous: None,
            dead: false,
            newest_presented: 0,
            times_presented: 0,
            access_ends: now + HOUR,
            old_access_ends: now,
            held: 0,
        }
    }

    /// Answers a refresh request: the number of the new token, or none, which is `invalid_grant`.
    pub(crate) fn refresh(&mut self, presented: u8, now: i64) -> Option<u8> {
        let is_newest = presented == self.newest;
        let asked_again = self.previous.is_some_and(|(number, since)| number == presented && now - since < LEEWAY);
        let accepted = !self.dead && (is_newest || self.has_leeway && asked_again);
        if !accepted {
            self.dead |= self.has_leeway;
            return None;
        }
        if is_newest {
            self.previous = Some((presented, now));
        }
        self.newest += 1;
        self.old_access_ends = self.access_ends;
        self.access_ends = now + HOUR;
        Some(self.newest)
    }
}

/// KV's one key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Kv {
    pub(crate) value: Option<String>,
    before: Option<String>,
    changed_at: i64,
}

impl Kv {
    pub(crate) fn replace(&mut self, value: Option<String>, now: i64) {
        self.before = std::mem::replace(&mut self.value, value);
        self.changed_at = now;
    }

    /// What a read may be served that comes from somewhere else than the write.
    pub(crate) fn stale(&self, now: i64) -> Option<&Option<String>> {
        (now - self.changed_at < LAG && self.before != self.value).then_some(&self.before)
    }
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Outside {
    /// The true time, in milliseconds.
    pub(crate) now: i64,
    /// How far our clock is behind it.
    pub(crate) behind: i64,
    pub(crate) record: Option<String>,
    /// In true time.
    pub(crate) alarm: Option<i64>,
    pub(crate) kv: Kv,
    pub(crate) family: Family,
    /// The generation of the token that each isolate holds.
    pub(crate) known: [Option<u64>; 2],
    pub(crate) left: Bounds,
    pub(crate) start: Bounds,
    pub(crate) newest_stored: u64,
    pub(crate) is_retired: bool,
    pub(crate) is_dead: bool,
    /// The first claim that did not hold.
    pub(crate) broken: Option<Claim>,
}

impl Outside {
    pub(crate) fn new(has_leeway: bool, bounds: Bounds) -> Self {
        let now = 1_795_323_600_000;
        Self {
            now,
            behind: 0,
            record: None,
            alarm: None,
            kv: Kv::default(),
            family: Family::new(has_leeway, now),
            known: [None; 2],
            left: bounds,
            start: bounds,
            newest_stored: 0,
            is_retired: false,
            is_dead: false,
            broken: None,
        }
    }

    /// What our clock shows.
    pub(crate) const fn ours(&self) -> Timestamp {
        Timestamp::from_millis(self.now - self.behind)
    }

    pub(crate) fn claim(&mut self, claim: Claim, holds: bool) {
        if !holds && self.broken.is_none() {
            self.broken = Some(claim);
        }
    }

    pub(crate) fn faults(&self) -> u8 {
        self.left.serious_since(&self.start)
    }

    /// Something stores `record`.
    pub(crate) fn store(&mut self, record: &str) {
        self.record = Some(record.to_owned());
        let parsed = json(record);
        let was_over = self.is_dead || self.is_retired;
        match parsed["state"].as_str() {
            Some("pending" | "active") => {
                let tokens = &parsed["held"]["tokens"];
                self.hold(tokens);
                let generation = tokens["generation"].as_u64().expect("a generation");
                self.claim(Claim::GenerationsGrow, generation >= self.newest_stored);
                self.newest_stored = self.newest_stored.max(generation);
                self.claim(Claim::NothingRises, !was_over);
            }
            Some("dead") => {
                self.is_dead = true;
                self.claim(Claim::DefinitiveAnswer, self.is_over());
            }
            _ => self.is_retired = true,
        }
    }

    /// KV accepts a copy, or removes it.
    pub(crate) fn copy(&mut self, copy: Option<String>) {
        if let Some(copy) = &copy {
            self.hold(&json(copy));
        }
        self.kv.replace(copy, self.now);
    }

    fn hold(&mut self, tokens: &Value) {
        self.family.held = self.family.held.max(number_of_refresh_token(tokens));
    }

    /// What an isolate was answered.
    pub(crate) fn judge(&mut self, isolate: usize, answer: &Result<KeeperAnswer, PortFailure>) {
        match answer {
            Ok(KeeperAnswer::Token { token }) => {
                self.known[isolate] = Some(token.generation.0);
                self.claim(Claim::ServedTokensLive, token.expires_at > self.ours());
            }
            Ok(KeeperAnswer::Unauthorized { .. }) => self.claim(Claim::DefinitiveAnswer, self.is_over()),
            Ok(KeeperAnswer::Gone) => self.claim(Claim::DefinitiveAnswer, self.is_retired),
            Ok(_) | Err(_) => self.claim(Claim::OnlyTheNetworkFailsARefresh, self.faults() > 0),
        }
    }

    /// Whether the person must consent again, whatever we do: Atlassian ended the family, or a site without leeway
    /// replaced the tokens, and nothing of ours has the new ones.
    pub(crate) const fn is_over(&self) -> bool {
        self.family.dead || !self.family.has_leeway && self.family.newest > self.family.held
    }

    /// A refresh token is presented.
    pub(crate) fn presented(&mut self, number: u8) {
        let family = &mut self.family;
        let backwards = number < family.newest_presented;
        if number > family.newest_presented {
            (family.newest_presented, family.times_presented) = (number, 0);
        }
        family.times_presented += 1;
        let (times, spent) = (family.times_presented, number < family.newest);
        let could_be_asked = !family.has_leeway && self.now - self.behind < family.old_access_ends;
        self.claim(Claim::NothingOlderAfterNewer, !backwards);
        self.claim(Claim::RequestsAreBounded, times <= 1 + self.faults());
        self.claim(Claim::SpentTokensStay, !(spent && could_be_asked));
    }

    pub(crate) fn has_intent(&self) -> bool {
        self.record.as_deref().is_some_and(|record| !json(record)["held"]["intent"].is_null())
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// The exploration's encryption hides nothing.
fn number_of_refresh_token(tokens: &Value) -> u8 {
    let sealed = tokens["refresh"]["ciphertext"].as_str().expect("a text");
    let sealed = URL_SAFE_NO_PAD.decode(sealed).expect("base64");
    let text = String::from_utf8_lossy(&sealed);
    let digits = text.rsplit("refresh-").next().unwrap_or_default();
    digits.chars().take_while(char::is_ascii_digit).collect::<String>().parse().expect("a number")
}
