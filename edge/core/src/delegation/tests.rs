//! Delegations, explored exhaustively: every sequence of what can happen, and every combination of what can be true.

use api::UnknownWord;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const CAUSES: &[DelegationPause] = DelegationPause::ALL;
const EVENTS: usize = 6;

fn id<T>(parsed: Result<T, api::NotAnId>) -> T {
    parsed.expect("an id")
}

fn member(text: &str) -> AccessOwner {
    AccessOwner::Member(id(MemberId::parse(text)))
}

fn events() -> Vec<DelegationEvent> {
    let pauses = CAUSES.iter().map(|cause| DelegationEvent::Pause(*cause));
    [DelegationEvent::Grant, DelegationEvent::End].into_iter().chain(pauses).collect()
}

/// Whether the last word of the owner is yes, told without the states: a yes holds until anything else happens, and nothing
/// comes after an end.
#[derive(Clone, Copy, Debug, Default)]
struct LastWord {
    is_yes: bool,
    is_over: bool,
}

impl LastWord {
    fn hear(self, event: DelegationEvent) -> Self {
        match event {
            _ if self.is_over => self,
            DelegationEvent::Grant => Self { is_yes: true, is_over: false },
            DelegationEvent::Pause(_) => Self { is_yes: false, is_over: false },
            DelegationEvent::End => Self { is_yes: false, is_over: true },
        }
    }
}

#[test]
fn whatever_happens_in_whichever_order_a_delegation_is_given_exactly_while_the_last_word_is_yes() {
    fn explore(state: DelegationState, word: LastWord, left: usize, seen: &mut usize) {
        *seen += 1;
        assert_eq!(state == DelegationState::Active, word.is_yes, "{state:?} {word:?}");
        assert_eq!(state == DelegationState::Ended, word.is_over, "{state:?} {word:?}");
        if left > 0 {
            for event in events() {
                explore(after(state, event).unwrap_or(state), word.hear(event), left - 1, seen);
            }
        }
    }
    let mut seen = 0;
    explore(DelegationState::Asked, LastWord::default(), EVENTS, &mut seen);
    assert_eq!(seen, (0..=EVENTS).map(|length| events().len().pow(u32::try_from(length).expect("few"))).sum::<usize>());
}

#[test]
fn a_state_of_a_newer_version_is_left_alone() {
    let unknown = DelegationState::Unknown(UnknownWord::new("of_tomorrow"));
    for event in events() {
        assert_eq!(after(unknown, event), None);
    }
}

/// What is true of the access, each with whether it is the one that was agreed to.
fn standings() -> Vec<(Standing, bool)> {
    let grant = || id(GrantId::parse("grt_1"));
    let living = |owner: AccessOwner, account: Option<&str>| Standing::Living {
        owner,
        account: account.map(str::to_owned),
        grant: grant(),
    };
    let connection = AccessOwner::Connection(id(ConnectionId::parse("con_1")));
    let mut all = vec![
        (living(member("mem_becky"), Some("becky")), true),
        (living(member("mem_becky"), Some("eve")), false),
        (living(member("mem_becky"), None), false),
        (living(member("mem_eve"), Some("becky")), false),
        (living(connection, Some("becky")), false),
        (Standing::Suspended, false),
    ];
    all.extend(CAUSES.iter().map(|cause| (Standing::Fallen(*cause), false)));
    all
}

#[test]
fn no_chart_is_shown_with_an_access_that_is_over_or_foreign_or_elsewhere_or_to_others() {
    let states: Vec<DelegationState> = DelegationState::ALL
        .iter()
        .copied()
        .chain([DelegationState::Unknown(UnknownWord::new("of_tomorrow"))])
        .collect();
    let [chart, other] = ["cht_1", "cht_2"].map(|text| id(ChartId::parse(text)));
    let place = |kind, id: Option<&str>| Placement { kind, id: id.map(str::to_owned), title: None };
    let (here, page) = (PlacementKind::Organization, PlacementKind::Page);
    let placements =
        [vec![], vec![Placement::organization()], vec![place(page, Some("one/1"))], vec![place(page, None)]];
    let places =
        [(here, None), (page, Some("one/1")), (page, Some("one/2")), (page, None), (PlacementKind::Embed, None)];
    let readers = [Reader::Member, Reader::Licensed, Reader::OfPage, Reader::Anybody];
    let owner = member("mem_becky");
    let (mut shown, mut refused) = (0, 0);
    for state in &states {
        for expires_at in [NOW.plus_millis(-1), NOW, NOW.plus_millis(1)] {
            for (standing, is_agreed_to) in standings() {
                for placements in &placements {
                    for (kind, place_id) in places {
                        for (nth_audience, audience) in DelegationAudience::ALL.iter().enumerate() {
                            for (nth_reader, reader) in readers.iter().enumerate() {
                                for wanted in [&chart, &other] {
                                    let agreement = Agreement {
                                        state: *state,
                                        cause: None,
                                        chart: &chart,
                                        owner: &owner,
                                        account: Some("becky"),
                                        audience: *audience,
                                        placements,
                                        expires_at,
                                    };
                                    let asked = WantedRender {
                                        chart: wanted,
                                        place: kind,
                                        place_id,
                                        reader: *reader,
                                        now: NOW,
                                    };
                                    let may = may_render(&agreement, &standing, &asked);
                                    let is_there = placements.iter().any(|one| {
                                        one.kind == kind
                                            && (kind == here || (place_id.is_some() && one.id.as_deref() == place_id))
                                    });
                                    let expected = *state == DelegationState::Active
                                        && expires_at > NOW
                                        && is_agreed_to
                                        && is_there
                                        && nth_reader <= nth_audience
                                        && wanted == &chart;
                                    assert_eq!(may.is_ok(), expected, "{agreement:?} {standing:?} {asked:?}");
                                    if expected { shown += 1 } else { refused += 1 }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    assert_eq!(shown, 20, "two places, and ten pairs of an audience and a reader in it");
    assert_eq!(shown + refused, 5 * 3 * 12 * 4 * 5 * 4 * 4 * 2);
}

#[test]
fn who_may_not_look_is_told_why() {
    let (chart, owner) = (id(ChartId::parse("cht_1")), member("mem_becky"));
    let here = [Placement::organization()];
    let agreement = |state, cause, placements| Agreement {
        state,
        cause,
        chart: &chart,
        owner: &owner,
        account: Some("becky"),
        audience: DelegationAudience::Members,
        placements,
        expires_at: NOW.plus_millis(1),
    };
    let wanted = |now| WantedRender {
        chart: &chart,
        place: PlacementKind::Organization,
        place_id: None,
        reader: Reader::Member,
        now,
    };
    let why = |agreement, standing, now| may_render(&agreement, &standing, &wanted(now)).expect_err("a refusal");
    let living = || standings().remove(0).0;
    let paused = agreement(DelegationState::Paused, Some(DelegationPause::ByOwner), &here);
    assert_eq!(why(paused, living(), NOW), RenderRefused::Over(Some(DelegationPause::ByOwner)));
    assert_eq!(why(agreement(DelegationState::Ended, None, &here), living(), NOW), RenderRefused::Over(None));
    assert_eq!(why(agreement(DelegationState::Asked, None, &here), living(), NOW), RenderRefused::NotHere);
    assert_eq!(why(agreement(DelegationState::Active, None, &[]), living(), NOW), RenderRefused::NotHere);
    let active = || agreement(DelegationState::Active, None, &here);
    assert_eq!(why(active(), living(), NOW.plus_millis(1)), RenderRefused::Over(Some(DelegationPause::Expired)));
    let other = standings().remove(1).0;
    assert_eq!(why(active(), other, NOW), RenderRefused::Over(Some(DelegationPause::AccountChanged)));
    assert_eq!(why(active(), Standing::Suspended, NOW), RenderRefused::Over(None), "and it does not pause for that");
}
