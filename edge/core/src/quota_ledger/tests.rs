use futures::executor::block_on;

use super::*;
use crate::{
    fakes::{FakeClock, FakeLedger, LogRecorder},
    ports::{Level, Log, Timer},
};

/// A minute past some hour.
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000 / HOUR * HOUR + 60_000);
/// When that hour ends.
const NEXT: Timestamp = Timestamp::from_millis(1_800_000_000_000 / HOUR * HOUR + HOUR);

fn viewer(grant: &str) -> Spender {
    Spender::Viewer(grant.to_owned())
}

/// Takes lots until there are none, and answers how many points those were.
fn all_of(ledger: &mut Ledger, spender: &Spender) -> u32 {
    std::iter::from_fn(|| Some(ledger.lease(spender, 1, None, NOW).points).filter(|points| *points > 0)).sum()
}

#[test]
fn each_leaves_room_for_the_others_whoever_comes_first() {
    let mut ledger = Ledger::default();
    assert_eq!(all_of(&mut ledger, &viewer("grt_1")), 1_000);
    assert_eq!(all_of(&mut ledger, &viewer("grt_2")), 1_000);
    assert_eq!(all_of(&mut ledger, &Spender::Charts), 32_500 - 2_000, "half of the hour");
    assert_eq!(ledger.lease(&viewer("grt_3"), 1, None, NOW).points, 0);
    assert_eq!(all_of(&mut ledger, &Spender::Tasks) + BEGINNERS, 58_500 - 32_500, "a tenth is not handed out");
    let mut ledger = Ledger::default();
    assert_eq!(all_of(&mut ledger, &Spender::Tasks) + BEGINNERS, 48_750, "three quarters of the hour");
    assert_eq!(all_of(&mut ledger, &Spender::Charts), 58_500 - 48_750 + BEGINNERS);
}

#[test]
fn what_many_tasks_leave_goes_to_projects_that_have_just_begun() {
    let mut ledger = Ledger::default();
    let many = all_of(&mut ledger, &Spender::Tasks);
    let beginners = (0..).map(|_| ledger.lease(&Spender::Tasks, 1, Some(FIRST_LOT), NOW).points);
    let few: u32 = beginners.take_while(|points| *points > 0).sum();
    assert_eq!((few, many + few), (4_875, 48_750));
}

#[test]
fn an_hour_begins_anew_and_ends_at_a_full_hour() {
    let mut ledger = Ledger::default();
    all_of(&mut ledger, &viewer("grt_1"));
    let refused = ledger.lease(&viewer("grt_1"), 1, None, NOW);
    assert_eq!((refused.points, refused.until), (0, NEXT));
    assert_eq!(ledger.lease(&viewer("grt_1"), 1, None, refused.until).points, LOT);
    assert_eq!(ledger.exhaust(NOW).points, 0);
    assert_eq!(ledger.lease(&Spender::Tasks, 1, None, NOW).points, 0, "what Atlassian says counts");
}

#[test]
fn what_is_needed_at_once_is_handed_out_whole_or_not_at_all() {
    let mut ledger = Ledger::default();
    assert_eq!(ledger.lease(&viewer("grt_1"), 950, None, NOW).points, 950);
    assert_eq!(ledger.lease(&viewer("grt_1"), 51, None, NOW).points, 0);
    assert_eq!(ledger.lease(&viewer("grt_1"), 50, None, NOW).points, 50);
}

#[test]
fn what_an_older_version_stored_and_asks_is_understood() {
    let stored = r#"{"hour":500000,"all":200,"charts":100,"viewers":{},"is_exhausted":false}"#;
    let ledger: Ledger = serde_json::from_str(stored).expect("a record");
    assert_eq!((ledger.all, ledger.charts, ledger.tasks), (200, 100, 0));
    let command: LedgerCommand =
        serde_json::from_str(r#"{"lease":{"spender":"charts","points":1}}"#).expect("a command");
    assert!(matches!(command, LedgerCommand::Lease { spender: Spender::Charts, points: 1, lot: None }));
}

/// An isolate.
#[derive(Default)]
struct Platform {
    ledger: FakeLedger,
    clock: FakeClock,
    log: LogRecorder,
    /// Whether the ledger takes requests and never answers.
    hangs: std::cell::Cell<bool>,
}

impl QuotaLedgers for Platform {
    async fn call_ledger(&self, command: String) -> Result<String, PortFailure> {
        if self.hangs.get() {
            std::future::pending::<()>().await;
        }
        self.ledger.answer(&command, NOW).await
    }
}

impl Timer for Platform {
    async fn sleep(&self, pause: std::time::Duration) {
        self.clock.advance(pause);
    }
}

impl Log for Platform {
    fn log(&self, level: Level, event: &'static str, details: &[(&'static str, &str)]) {
        self.log.log(level, event, details);
    }
}

#[test]
fn in_steady_state_a_call_costs_no_request_to_the_ledger() {
    let (platform, leases) = (Platform::default(), Leases::default());
    let spend = |points| block_on(leases.spend(&platform, NOW, &Spender::Charts, points));
    assert!((0..1_000).all(|_| spend(1).is_ok()));
    assert_eq!(platform.ledger.asked(), 10, "once in a hundred points");
}

#[test]
fn the_lots_of_tasks_begin_small_and_grow() {
    let (platform, leases) = (Platform::default(), Leases::default());
    let spend = || block_on(leases.spend(&platform, NOW, &Spender::Tasks, 1)).expect("there are points");
    let mut sizes = Vec::new();
    for _ in 0..450 {
        let before = platform.ledger.handed_out();
        spend();
        sizes.extend(Some(platform.ledger.handed_out() - before).filter(|lot| *lot > 0));
    }
    assert_eq!(sizes, [10, 20, 40, 80, 100, 100, 100]);
}

#[test]
fn what_an_answer_costs_is_paid_with_the_next_call() {
    let (platform, leases) = (Platform::default(), Leases::default());
    let spend = || block_on(leases.spend(&platform, NOW, &Spender::Tasks, 1)).expect("there are points");
    spend();
    leases.charge(&Spender::Tasks, 50);
    spend();
    assert_eq!(platform.ledger.handed_out(), 10 + 42, "the rest of the answer, and the call");
}

#[test]
fn who_has_spent_the_hour_is_told_when_the_next_begins_and_the_ledger_is_not_asked_again() {
    let (platform, leases) = (Platform::default(), Leases::default());
    let spend = |now| block_on(leases.spend(&platform, now, &viewer("grt_1"), 40));
    let allowed = (0..100).filter(|_| spend(NOW).is_ok()).count();
    assert_eq!(allowed, 25, "a thousand points");
    let asked = platform.ledger.asked();
    assert_eq!((spend(NOW), platform.ledger.asked()), (Err(NEXT), asked));
    assert!(block_on(leases.spend(&platform, NOW, &viewer("grt_2"), 40)).is_ok(), "others are not held up");
}

#[test]
fn a_ledger_that_fails_or_hangs_stops_nothing_and_is_asked_once_for_each_lot() {
    for hangs in [false, true] {
        let (platform, leases) = (Platform::default(), Leases::default());
        platform.ledger.falls_silent(true);
        platform.hangs.set(hangs);
        assert!((0..300).all(|_| block_on(leases.spend(&platform, NOW, &Spender::Charts, 1)).is_ok()));
        assert_eq!(platform.log.of("quota.ledger_not_asked").len(), 3);
        platform.ledger.falls_silent(false);
        platform.hangs.set(false);
        block_on(leases.spend(&platform, NOW, &Spender::Charts, 1)).expect("there are points");
        assert_eq!(platform.ledger.handed_out(), LOT, "it is asked again");
    }
}

#[test]
fn what_atlassian_refuses_ends_the_hour_for_all() {
    let (platform, one, other) = (Platform::default(), Leases::default(), Leases::default());
    block_on(one.exhaust(&platform, NOW, &Spender::Charts));
    for leases in [&one, &other] {
        assert!(block_on(leases.spend(&platform, NOW, &Spender::Charts, 1)).is_err());
    }
}

#[test]
fn what_is_kept_for_the_next_start_is_spent_once_and_ends_with_its_hour() {
    let (platform, leases) = (Platform::default(), Leases::default());
    block_on(leases.spend(&platform, NOW, &Spender::Tasks, 1)).expect("there are points");
    let kept = leases.take(&Spender::Tasks).expect("nine points");
    assert_eq!(
        serde_json::to_string(&kept).expect("JSON"),
        r#"{"left":9,"until":"2027-01-15T09:00:00Z","lot":10,"is_last":false}"#
    );
    assert!(!leases.holds(&Spender::Tasks), "it is in one place only");
    let again = Leases::default();
    again.put(Spender::Tasks, kept);
    assert!((0..9).all(|_| block_on(again.spend(&platform, NOW, &Spender::Tasks, 1)).is_ok()));
    assert_eq!(platform.ledger.asked(), 1);
    let late = Leases::default();
    late.put(Spender::Tasks, kept);
    block_on(late.spend(&platform, NEXT, &Spender::Tasks, 1)).expect("there are points");
    assert_eq!(platform.ledger.asked(), 2, "it has ended");
}
