use futures::executor::block_on;

use super::*;
use crate::{
    fakes::{NativeAead, SeededRandom},
    organization_id::OrganizationId,
};

fn ring(names: &[&str]) -> KeyRing {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let entry = |name: &&str| format!("{name}:{}", STANDARD.encode([name.as_bytes()[0]; 32]));
    KeyRing::parse(&names.iter().map(entry).collect::<Vec<_>>().join(",")).expect("a key ring")
}

fn place(organization: &OrganizationId) -> SealingContext<'_> {
    SealingContext { organization, owner: "grt_1", generation: 7, field: "refresh_token" }
}

fn sealed_under(names: &[&str], plain: &[u8]) -> Sealed {
    let organization = OrganizationId::default();
    block_on(seal(&NativeAead, &SeededRandom::new(1), &ring(names), &place(&organization), plain)).expect("sealed")
}

fn open_with(names: &[&str], sealed: &Sealed) -> Result<Vec<u8>, OpenError> {
    let organization = OrganizationId::default();
    block_on(open(&NativeAead, &ring(names), &place(&organization), sealed))
}

#[test]
fn what_was_sealed_opens_in_its_place() {
    assert_eq!(open_with(&["k1"], &sealed_under(&["k1"], b"secret")), Ok(b"secret".to_vec()));
}

#[test]
fn d1_a_sealed_record_with_any_bit_flipped_is_refused() {
    let text = sealed_under(&["k1"], b"secret").to_json().into_bytes();
    for (at, bit) in (0..text.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
        let mut changed = text.clone();
        changed[at] ^= 1 << bit;
        let opened =
            Sealed::from_json(&changed).map_err(OpenError::from).and_then(|sealed| open_with(&["k1", "k2"], &sealed));
        assert!(opened.is_err(), "byte {at}, bit {bit}: {}", String::from_utf8_lossy(&changed));
    }
}

#[test]
fn d1_a_sealed_record_cut_anywhere_is_refused() {
    let text = sealed_under(&["k1"], b"secret").to_json();
    for length in 0..text.len() {
        assert_eq!(Sealed::from_json(&text.as_bytes()[..length]), Err(Malformed), "cut at {length}");
    }
    for odd in [
        "null",
        "[]",
        "{}",
        r#"{"v":2,"kid":"k1","nonce":"","ciphertext":""}"#,
        r#"{"v":1,"kid":"k1","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"AA"}"#,
    ] {
        let opened =
            Sealed::from_json(odd.as_bytes()).map_err(OpenError::from).and_then(|sealed| open_with(&["k1"], &sealed));
        assert!(opened.is_err(), "{odd}");
    }
}

#[test]
fn d2_a_record_moved_to_another_place_is_refused() {
    let ours = OrganizationId::default();
    let theirs: OrganizationId = serde_json::from_str(r#""other""#).expect("an organization id");
    let home = place(&ours);
    let elsewhere = [
        SealingContext { organization: &theirs, ..home },
        SealingContext { owner: "grt_2", ..home },
        SealingContext { generation: 8, ..home },
        SealingContext { field: "access_token", ..home },
    ];
    let sealed = sealed_under(&["k1"], b"secret");
    for place in elsewhere {
        let opened = block_on(open(&NativeAead, &ring(&["k1"]), &place, &sealed));
        assert_eq!(opened, Err(OpenError::Tampered), "{place:?}");
    }
}

#[test]
fn d2_texts_that_run_together_are_different_places() {
    let organization = OrganizationId::default();
    let key = KeyId::parse("k").expect("a key id");
    let one = SealingContext { organization: &organization, owner: "ab", generation: 0, field: "c" };
    let other = SealingContext { owner: "a", field: "bc", ..one };
    assert_ne!(one.additional_data(&key), other.additional_data(&key));
}

#[test]
fn d3_a_new_key_seals_and_the_old_one_still_opens() {
    let old = sealed_under(&["old"], b"secret");
    assert_eq!(open_with(&["renewed", "old"], &old), Ok(b"secret".to_vec()));
    assert_eq!(sealed_under(&["renewed", "old"], b"x").key_id().as_str(), "renewed");
}

#[test]
fn d3_a_removed_key_is_named_and_nothing_is_lost() {
    let old = sealed_under(&["old"], b"secret");
    let error = open_with(&["renewed"], &old).expect_err("the key is gone");
    assert_eq!(error.to_string(), "sealed with the key `old`, which is not in SEALING_KEYS");
    assert_eq!(open_with(&["renewed", "old"], &old), Ok(b"secret".to_vec()));
}

#[test]
fn d3_resealing_is_repeatable() {
    let organization = OrganizationId::default();
    let (both, place) = (ring(&["renewed", "old"]), place(&organization));
    let random = SeededRandom::new(2);
    let again = |sealed: &Sealed| block_on(reseal(&NativeAead, &random, &both, &place, sealed));
    let renewed = again(&sealed_under(&["old"], b"secret")).expect("opens").expect("was sealed with the old key");
    assert_eq!(again(&renewed), Ok(None));
    assert_eq!(open_with(&["renewed"], &renewed), Ok(b"secret".to_vec()));
}

#[test]
fn two_seals_of_one_text_differ() {
    let organization = OrganizationId::default();
    let (keys, random) = (ring(&["k1"]), SeededRandom::new(3));
    let one = || block_on(seal(&NativeAead, &random, &keys, &place(&organization), b"secret")).expect("sealed");
    assert_ne!(one(), one());
}

#[test]
fn the_stored_form_is_pinned() {
    // A change here makes every credential already stored unreadable: everybody would have to reauthorize.
    let stored = r#"{"v":1,"kid":"k1","nonce":"wVwCiewtCpFn7I5l","ciphertext":"wjNDQ1zBiD8CfY-sY3O-u-1RcKkoGQ"}"#;
    let sealed = sealed_under(&["k1"], b"secret");
    assert_eq!(sealed.to_json(), stored);
    assert_eq!(serde_json::to_string(&sealed).ok().as_deref(), Some(stored));
    assert_eq!(Sealed::from_json(stored.as_bytes()), Ok(sealed));
}
