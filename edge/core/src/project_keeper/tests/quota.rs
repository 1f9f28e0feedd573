//! The points of the app's hour, which all keepers share.

use std::rc::Rc;

use api::TaskState;
use futures::executor::block_on;

use super::{jira::Mishap, limits::copied, world::Kept};
use crate::{
    fakes::{FakeLedger, FakeResponse},
    grant::{Credential, Login},
    ports::Clock as _,
    quota_ledger::{LedgerCommand, Spender},
};

/// What tasks may spend in an hour, and what is left of it to projects that have just begun.
const TASKS: u32 = 48_750;
const BEGINNERS: u32 = 4_875;

/// Somebody else takes points, one whole lot at most at a time. Answers whether there were enough.
fn takes(kept: &Kept, points: u32) -> bool {
    let platform = &kept.outside.platform;
    let command = LedgerCommand::Lease { spender: Spender::Tasks, points, lot: None };
    let before = platform.ledger.handed_out();
    let command = serde_json::to_string(&command).expect("JSON");
    block_on(platform.ledger.answer(&command, platform.clock.now())).expect("a lease");
    platform.ledger.handed_out() > before
}

/// What is left of the lots that a keeper has stored between two runs.
fn left(kept: &Kept) -> i64 {
    let tables = &kept.outside.tables.tables;
    let rows: Vec<serde_json::Value> = tables
        .rows("SELECT json_extract(record, '$.left') AS n FROM facts WHERE name = 'points'", vec![])
        .expect("rows");
    rows.first().map_or(0, |row| row["n"].as_i64().expect("a number"))
}

/// Why nothing moves.
fn sentence(kept: &Kept) -> String {
    kept.page().paused.map(|paused| paused.sentence).unwrap_or_default()
}

#[test]
fn a_keeper_spends_what_atlassian_charges_and_asks_once_in_a_lot() {
    let kept = Kept::new();
    for number in 0..100 {
        kept.push(&format!("F-{number}"), "fixed");
    }
    kept.run_for(1_000);
    assert_eq!(kept.page().counts.in_sync, 100);
    let (ledger, points) = (&kept.outside.platform.ledger, kept.jira().points.get());
    assert!(points > 1_500, "{points}");
    assert_eq!(i64::from(ledger.handed_out()) - left(&kept), i64::from(points), "to the point");
    // The first lots are small, and six tasks at a time may find that nothing is left.
    assert!(ledger.asked() < points / 50, "{} times for {points} points", ledger.asked());
}

#[test]
fn several_keepers_share_one_ledger_none_exceeds_and_all_go_on_at_the_hour() {
    let ledger = Rc::new(FakeLedger::default());
    let keepers: Vec<Kept> = (0..4).map(|_| Kept::sharing(&ledger)).collect();
    // Others have left a thousand points to them, and to those that have just begun.
    assert!(takes(&keepers[0], TASKS - BEGINNERS - 1_000));
    for kept in &keepers {
        for number in 0..400 {
            kept.push(&format!("F-{number}"), "open");
        }
    }
    for _ in 0..60 {
        for kept in &keepers {
            kept.run_for(10);
        }
    }
    let spent: u32 = keepers.iter().map(|kept| kept.jira().points.get()).sum();
    assert!(ledger.handed_out() <= TASKS, "{}", ledger.handed_out());
    let leased = ledger.handed_out() - (TASKS - BEGINNERS - 1_000);
    // What an answer held is known only after the call: six at a time may owe a point each, which the next lot pays.
    assert!((900..=leased + 6 * 4).contains(&spent), "{spent} points of {leased}");
    let calls: Vec<usize> = keepers.iter().map(|kept| kept.jira().calls.borrow().len()).collect();
    for kept in &keepers {
        assert_eq!(
            sentence(kept),
            "Jira's hourly allowance for this app is used up until 06:00 UTC. Everything is kept and goes on by itself."
        );
        let counts = kept.page().counts;
        assert_eq!((counts.retrying, counts.blocked, counts.total), (0, 0, 400), "it is no fault of a task");
        assert!(counts.waiting > 100, "{counts:?}");
        assert_eq!(kept.outside.platform.limits.borrow().len(), 1, "the connection is told once");
    }
    let asked = ledger.asked();
    for kept in &keepers {
        kept.run_for(2_900);
    }
    let later: Vec<usize> = keepers.iter().map(|kept| kept.jira().calls.borrow().len()).collect();
    assert_eq!((later, ledger.asked()), (calls, asked), "neither Jira nor the ledger is asked before the hour");
    for kept in &keepers {
        kept.run_for(1_200);
    }
    for kept in &keepers {
        assert_eq!((kept.page().counts.in_sync, kept.page().paused), (400, None));
        assert_eq!(kept.timeline("F-399"), ["pushed", "linked"]);
    }
}

#[test]
fn one_project_with_twenty_thousand_waiting_does_not_hold_up_forty_nine_others() {
    let ledger = Rc::new(FakeLedger::default());
    let many = Kept::sharing(&ledger);
    copied(&many, 20_000);
    // It has worked on them for a while, until the hour was used up.
    while takes(&many, 1) {}
    many.run_for(60);
    assert!(sentence(&many).contains("used up until"), "{}", sentence(&many));
    assert!(many.page().counts.waiting > 19_700);
    for number in 0..49 {
        let other = Kept::sharing(&ledger);
        other.push("F-1", "open");
        assert!(other.run() && other.run());
        assert_eq!(other.task("F-1").state, TaskState::InSync, "project {number}: {}", sentence(&other));
    }
}

#[test]
fn a_ledger_that_is_silent_stops_no_work_and_is_asked_again() {
    let kept = Kept::new();
    let ledger = &kept.outside.platform.ledger;
    ledger.falls_silent(true);
    for number in 0..100 {
        kept.push(&format!("F-{number}"), "open");
    }
    kept.run_for(600);
    assert_eq!((kept.page().counts.in_sync, kept.page().paused), (100, None));
    let told = kept.outside.platform.log.of("quota.ledger_not_asked");
    assert!((4..60).contains(&told.len()), "once for each lot: {}", told.len());
    assert_eq!(ledger.handed_out(), 0);
    ledger.falls_silent(false);
    for number in 100..160 {
        kept.push(&format!("F-{number}"), "open");
    }
    kept.run_for(600);
    assert!(ledger.handed_out() > 0 && kept.page().counts.in_sync == 160);
}

#[test]
fn what_a_run_leaves_of_a_lot_is_there_for_the_next_one_and_ends_with_its_hour() {
    let kept = Kept::new();
    kept.push("F-1", "open");
    kept.run_for(5);
    let (ledger, rest) = (&kept.outside.platform.ledger, left(&kept));
    let asked = ledger.asked();
    assert!(rest > 3, "{rest}");
    kept.restart();
    kept.push("F-2", "open");
    kept.run_for(5);
    assert_eq!((kept.task("F-2").state, ledger.asked(), left(&kept)), (TaskState::InSync, asked, rest - 4));
    // A keeper that is killed loses its lot, and spends none of it twice.
    kept.restart();
    kept.push("F-3", "open");
    let faults = Rc::clone(&kept.outside.platform.faults);
    kept.jira().on_call.replace(Some(Box::new(move |_| faults.kill_at(0))));
    assert!(!kept.run(), "it was killed");
    assert_eq!(left(&kept), 0);
    kept.outside.platform.faults.revive();
    kept.jira().on_call.replace(None);
    kept.restart();
    kept.run_for(3_700);
    let (handed_out, points) = (i64::from(ledger.handed_out()), i64::from(kept.jira().points.get()));
    assert!(handed_out - left(&kept) > points, "{handed_out} handed out, {points} spent");
}

#[test]
fn a_data_center_and_an_api_token_have_no_part_in_the_hour() {
    let at_data_center = Kept::at_data_center();
    let with_a_token = Kept::new();
    let login = Login::parse("ada@example.com", "API-TOKEN").expect("a login");
    with_a_token.outside.platform.credential.replace(Credential::Basic(login));
    for kept in [at_data_center, with_a_token] {
        kept.push("F-1", "fixed");
        kept.run_for(60);
        assert_eq!((kept.task("F-1").state, kept.outside.platform.ledger.asked()), (TaskState::InSync, 0));
    }
}

#[test]
fn what_atlassian_refuses_for_the_whole_app_ends_the_hour_of_all_keepers() {
    for (reason, is_for_all) in [("jira-quota-global-based", true), ("jira-quota-tenant-based", false)] {
        let ledger = Rc::new(FakeLedger::default());
        let [one, other] = [Kept::sharing(&ledger), Kept::sharing(&ledger)];
        let refused = FakeResponse::json(429, "{}").with("ratelimit-reason", reason).with("retry-after", "3600");
        one.jira().then("POST issue", Mishap::Answered(refused));
        one.push("F-1", "open");
        one.run_for(5);
        assert!(sentence(&one).contains("used up until 06:00 UTC"), "{}", sentence(&one));
        other.push("F-1", "open");
        other.run_for(5);
        let calls = other.jira().calls.borrow().len();
        assert_eq!(calls == 0, is_for_all, "{reason}: {calls} calls");
        for kept in [&one, &other] {
            kept.run_for(3_700);
            assert_eq!(kept.task("F-1").state, TaskState::InSync, "{reason}");
        }
    }
}
