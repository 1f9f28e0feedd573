//! One command, one transaction: what is refused or breaks off halfway changes nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::organization::dispatch::PanicHalfway;

#[test]
fn a_refused_edit_changes_nothing_of_what_it_named() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    fixture.invite("max@example.com");
    let max = fixture.sign_in("max@example.com", "Max").expect("Max is invited");
    let members = fixture.ask(&ada, &Call::<ListMembers>::new((), Nothing {})).expect("listed").items;
    let max_id = members.iter().find(|member| member.email == "max@example.com").expect("Max").id.clone();
    let unknown = MemberId::parse("mem_typo").expect("an id");
    let hand_over = |admins, authorization_id| Call::<EditConnection> {
        params: connection.id.clone(),
        request: ConnectionEdit { admins: Some(admins), authorization_id, ..ConnectionEdit::default() },
        if_match: Some(show(&fixture, &connection).version.into()),
    };
    let refused = fixture.ask(&ada, &hand_over(vec![max_id.clone(), unknown], None));
    assert!(matches!(refused, Err(Refusal::Invalid(_))), "{refused:?}");
    let unready = AuthorizationId::parse("aut_unready").expect("an id");
    let refused = fixture.ask(&ada, &hand_over(vec![max_id], Some(unready)));
    assert_eq!(refused.err(), Some(Refusal::AuthorizationNotReady));
    let opened = fixture.ask(&max, &Call::<GetConnection>::new(connection.id.clone(), Nothing {}));
    assert_eq!(opened.err(), Some(Refusal::NotFound), "Max was never made an admin");
    assert_eq!(show(&fixture, &connection), connection);
}

#[test]
fn a_command_that_panics_halfway_changes_nothing() {
    let fixture = Fixture::new();
    fixture.ada();
    let before = fixture.tables.dump();
    let panicked = catch_unwind(AssertUnwindSafe(|| fixture.as_edge(&PanicHalfway {})));
    assert!(panicked.is_err());
    assert_eq!(fixture.tables.dump(), before);
    fixture.connect(&fixture.ada(), "The organization goes on");
}

#[test]
fn rights_end_with_the_last_membership_and_do_not_come_back_with_a_later_one() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let connection = fixture.connect(&ada, "Staging");
    let workspace = |name: &str| {
        let new = NewWorkspace::named(Name::parse(name).expect("a name"));
        fixture.ask(&ada, &Call::<CreateWorkspace>::new((), new)).expect("made").id
    };
    let (web, mobile) = (workspace("Web"), workspace("Mobile"));
    let opens = |who: &Caller| fixture.ask(who, &Call::<GetConnection>::new(connection.id.clone(), Nothing {})).is_ok();
    let archive = |archived| WorkspaceEdit { archived: Some(archived), ..WorkspaceEdit::default() };
    for leaving in ["removed", "archived"] {
        fixture.let_in(&web, "cora@example.com", false);
        let members = fixture.ask(&ada, &Call::<ListMembers>::new((), Nothing {})).expect("listed").items;
        let cora = members.iter().find(|member| member.email == "cora@example.com").expect("Cora").id.clone();
        let edit = ConnectionEdit { admins: Some(vec![cora.clone()]), ..ConnectionEdit::default() };
        let version = show(&fixture, &connection).version;
        let edit =
            Call::<EditConnection> { params: connection.id.clone(), request: edit, if_match: Some(version.into()) };
        fixture.ask(&ada, &edit).expect("handed over");
        assert!(opens(&fixture.sign_in("cora@example.com", "Cora").expect("a member")));
        if leaving == "removed" {
            let of = MemberOfWorkspace { id: web.clone(), member: cora };
            fixture.ask(&ada, &Call::<RemoveWorkspaceMember>::new(of, Nothing {})).expect("removed");
        } else {
            fixture.ask(&ada, &Call::<EditWorkspace>::new(web.clone(), archive(true))).expect("archived");
        }
        assert_eq!(show(&fixture, &connection).admins, [], "{leaving}: the screen says so");
        fixture.let_in(&mobile, "cora@example.com", false);
        let later = fixture.sign_in("cora@example.com", "Cora").expect("a member again");
        assert!(!opens(&later), "{leaving}: a later membership gives what it says and no more");
        let members = fixture.ask(&ada, &Call::<ListMembers>::new((), Nothing {})).expect("listed").items;
        let cora = members.iter().find(|member| member.email == "cora@example.com").expect("Cora").id.clone();
        let of = MemberOfWorkspace { id: mobile.clone(), member: cora };
        fixture.ask(&ada, &Call::<RemoveWorkspaceMember>::new(of, Nothing {})).expect("removed");
    }
}
