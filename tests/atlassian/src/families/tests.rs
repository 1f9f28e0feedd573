use super::*;

const START: Moment = Moment(1_000_000);
const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

fn fresh(number: u32) -> FreshTokens {
    FreshTokens {
        access_token: format!("access {number}"),
        refresh_token: format!("refresh {number}"),
        life: Duration::from_hours(1),
    }
}

fn a_family() -> Families {
    let mut families = Families::default();
    let scopes = vec!["read:jira-work".into(), "offline_access".into()];
    families.begin(Birth { person: Person::Ada, sites: vec!["a".into()], scopes }, fresh(1), START);
    families
}

fn ended(families: &Families) -> Option<Death> {
    families.all()[0].ended.map(|(_, cause)| cause)
}

#[test]
fn every_refresh_hands_out_a_new_pair() {
    let mut families = a_family();
    let family = families.refresh("refresh 1", fresh(2), START).unwrap();
    assert_eq!(family.newest().refresh_token.as_deref(), Some("refresh 2"));
    assert!(families.refresh("refresh 2", fresh(3), START).is_ok());
}

#[test]
fn a_lost_answer_can_be_asked_for_again_for_ten_minutes() {
    let mut families = a_family();
    families.refresh("refresh 1", fresh(2), START).unwrap();
    families.refresh("refresh 1", fresh(3), START.plus(4 * MINUTE)).unwrap();
    families.refresh("refresh 1", fresh(4), START.plus(9 * MINUTE)).unwrap();
    assert!(families.refresh("refresh 4", fresh(5), START.plus(30 * MINUTE)).is_ok());
}

#[test]
fn asking_again_after_ten_minutes_ends_the_family() {
    let mut families = a_family();
    families.refresh("refresh 1", fresh(2), START).unwrap();
    families.refresh("refresh 1", fresh(3), START.plus(5 * MINUTE)).unwrap();
    assert!(families.refresh("refresh 1", fresh(4), START.plus(LEEWAY)).is_err());
    assert_eq!(ended(&families), Some(Death::RotatedAway));
    assert!(families.refresh("refresh 3", fresh(5), START.plus(LEEWAY)).is_err());
}

#[test]
fn a_token_older_than_the_previous_one_ends_the_family() {
    let mut families = a_family();
    families.refresh("refresh 1", fresh(2), START).unwrap();
    families.refresh("refresh 2", fresh(3), START).unwrap();
    assert!(families.refresh("refresh 1", fresh(4), START).is_err());
    assert!(families.refresh("refresh 3", fresh(5), START).is_err());
}

#[test]
fn a_lost_pair_that_was_asked_for_again_is_superseded() {
    let mut families = a_family();
    families.refresh("refresh 1", fresh(2), START).unwrap();
    families.refresh("refresh 1", fresh(3), START).unwrap();
    assert!(families.refresh("refresh 2", fresh(4), START).is_err());
    assert_eq!(ended(&families), Some(Death::RotatedAway));
}

#[test]
fn the_replaced_access_token_works_for_ten_more_minutes() {
    let mut families = a_family();
    families.refresh("refresh 1", fresh(2), START).unwrap();
    assert!(families.opened_by("access 1", START.plus(9 * MINUTE)).is_some());
    assert!(families.opened_by("access 1", START.plus(LEEWAY)).is_none());
    assert!(families.opened_by("access 2", START.plus(LEEWAY)).is_some());
}

#[test]
fn an_access_token_expires_after_its_life() {
    let families = a_family();
    assert!(families.opened_by("access 1", START.plus(59 * MINUTE)).is_some());
    assert!(families.opened_by("access 1", START.plus(60 * MINUTE)).is_none());
}

#[test]
fn a_refresh_token_opens_nothing_and_an_access_token_buys_nothing() {
    let mut families = a_family();
    assert!(families.opened_by("refresh 1", START).is_none());
    assert!(families.refresh("access 1", fresh(2), START).is_err());
    assert_eq!(ended(&families), None);
}

#[test]
fn ninety_days_without_a_refresh_end_the_family() {
    let mut families = a_family();
    families.refresh("refresh 1", fresh(2), START.plus(89 * DAY)).unwrap();
    assert!(families.refresh("refresh 2", fresh(3), START.plus(179 * DAY)).is_err());
    assert_eq!(ended(&families), Some(Death::Idle));
}

#[test]
fn a_year_ends_the_family_however_often_it_was_refreshed() {
    let mut families = a_family();
    for month in 1..13 {
        let (presented, next) = (format!("refresh {month}"), fresh(month + 1));
        families.refresh(&presented, next, START.plus(DAY * 30 * month)).unwrap();
    }
    assert!(families.refresh("refresh 13", fresh(14), START.plus(ABSOLUTE_LIFE)).is_err());
    assert_eq!(ended(&families), Some(Death::TooOld));
}

#[test]
fn without_offline_access_there_is_no_refresh_token() {
    let mut families = Families::default();
    let birth = Birth { person: Person::Ada, sites: vec![], scopes: vec!["read:me".into()] };
    assert_eq!(families.begin(birth, fresh(1), START).newest().refresh_token, None);
}

#[test]
fn a_revoked_consent_ends_all_families_of_that_person_only() {
    let mut families = a_family();
    let birth = Birth { person: Person::Max, sites: vec![], scopes: vec![] };
    families.begin(birth, fresh(10), START);
    families.end_all_of(Person::Ada, Death::ConsentRevoked, START);
    assert!(families.opened_by("access 1", START).is_none());
    assert!(families.opened_by("access 10", START).is_some());
}

#[test]
fn an_answer_without_a_refresh_token_leaves_the_old_one_in_force() {
    let mut families = a_family();
    for number in 2..5 {
        let later = START.plus(20 * MINUTE * number);
        families.refresh_without_rotation("refresh 1", fresh(number), later).unwrap();
        assert!(families.opened_by(&format!("access {number}"), later).is_some());
    }
}

#[test]
fn families_are_found_again_after_being_written_down() {
    let mut families = a_family();
    families.refresh("refresh 1", fresh(2), START).unwrap();
    let written = serde_json::to_string(&families).unwrap();
    let mut read: Families = serde_json::from_str(&written).unwrap();
    assert!(read.opened_by("access 2", START).is_some());
    assert!(read.refresh("refresh 2", fresh(3), START).is_ok());
}
