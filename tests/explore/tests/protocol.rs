//! What is always true of the protocol of a grant, in every state that can be reached within the bounds.

use std::time::Duration;

use explore::{Bounds, Exploration, Mutation, Setting};

const A_MINUTE: Duration = Duration::from_mins(1);

/// No fault, and one refresh.
const CALM: Bounds = Bounds {
    asks: 2,
    refused: 0,
    leaps: 1,
    crashes: 0,
    replaced: 0,
    lost: 0,
    kv: 0,
    writes: 0,
    alarms: 0,
    outages: 0,
    set_back: 0,
    retired: 0,
};

fn exploration(has_leeway: bool, mutation: Mutation, bounds: Bounds) -> Exploration {
    Exploration { setting: Setting { has_leeway, mutation }, bounds }
}

/// At Cloud and at Data Center, in every state.
fn holds(bounds: Bounds, limit: Duration) {
    for (name, has_leeway) in [("Cloud", true), ("Data Center", false)] {
        assert_eq!(exploration(has_leeway, Mutation::None, bounds).explore(name, limit), None);
    }
}

#[test]
fn whatever_goes_wrong_once_the_protocol_of_a_grant_holds() {
    holds(Bounds { asks: 1, crashes: 1, lost: 1, ..CALM }, A_MINUTE);
    holds(Bounds { asks: 1, kv: 1, writes: 1, ..CALM }, A_MINUTE);
}

#[test]
fn a_wrong_decision_is_found() {
    let bounds = Bounds { crashes: 1, lost: 1, ..CALM };
    for mutation in [Mutation::IntentIsForgotten, Mutation::LostIsRefused, Mutation::NothingIsJoined] {
        let found = exploration(true, mutation, bounds).explore(&format!("{mutation:?}"), A_MINUTE);
        println!("  {found:?}");
        assert!(found.is_some(), "{mutation:?} is not found");
    }
}

#[test]
#[ignore = "minutes: make prove"]
fn whatever_goes_wrong_several_times_the_protocol_of_a_grant_holds() {
    let limit = A_MINUTE;
    holds(Bounds { crashes: 1, lost: 1, ..CALM }, limit);
    let once = Bounds { asks: 1, crashes: 1, ..CALM };
    holds(Bounds { crashes: 2, lost: 1, ..once }, limit);
    holds(Bounds { lost: 2, ..once }, limit);
    holds(Bounds { kv: 1, writes: 1, ..once }, limit);
    holds(Bounds { crashes: 0, replaced: 1, kv: 1, lost: 1, ..once }, limit);
    holds(Bounds { crashes: 0, refused: 1, lost: 1, retired: 1, ..once }, limit);
    holds(Bounds { leaps: 2, lost: 1, outages: 1, ..once }, limit);
    holds(Bounds { lost: 1, set_back: 1, alarms: 1, ..once }, limit);
}
