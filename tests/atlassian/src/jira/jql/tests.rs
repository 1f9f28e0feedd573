//! Searches over what a site begins with.

use super::*;
use crate::jira::issue::ChangeItem;
use crate::sites::HARBOUR;

const NOW: Moment = Moment(1_790_000_000);

fn found_at(now: Moment, jql: &str) -> Vec<String> {
    let site = JiraSite::of(HARBOUR, NOW);
    let reader = Reader::new(&site, Person::Ada, now);
    let query = Query::parse(jql).unwrap();
    assert_eq!(query.complaints(reader), Vec::<String>::new(), "{jql}");
    query.run(reader, site.issues.iter().collect()).iter().map(|issue| issue.key()).collect()
}

fn found(jql: &str) -> Vec<String> {
    found_at(NOW, jql)
}

fn complaints(jql: &str) -> Vec<String> {
    let site = JiraSite::of(HARBOUR, NOW);
    let reader = Reader::new(&site, Person::Ada, NOW);
    Query::parse(jql).map_or_else(|sentence| vec![sentence], |query| query.complaints(reader))
}

#[test]
fn conditions_are_joined_by_and() {
    let in_progress = found("project = DOCK AND status = \"In Progress\" ORDER BY key");
    assert_eq!(in_progress, ["DOCK-2", "DOCK-5", "DOCK-7", "DOCK-10", "DOCK-12"]);
    assert!(found("project = DOCK and status in (Done) and assignee = currentUser()").len() < in_progress.len());
}

#[test]
fn brackets_decide_what_and_and_or_join() {
    let without = found("project = DOCK AND status = Done OR project = CUST");
    let with = found("project = DOCK AND (status = Done OR project = CUST)");
    assert!(with.len() < without.len());
    assert_eq!(found("NOT (project = DOCK OR project = FLEET OR project = OPS)"), found("project = CUST"));
    assert_eq!(found("project = DOCK && !(status = Done)"), found("project = DOCK and not status = Done"));
}

#[test]
fn a_negated_condition_finds_the_rest() {
    let (done, open) = (found("statusCategory = Done"), found("statusCategory != Done"));
    assert_eq!(done.len() + open.len(), found("project in (DOCK, CUST, OPS, FLEET)").len());
    assert_eq!(found("assignee is EMPTY").len() + found("assignee is not EMPTY").len(), done.len() + open.len());
}

#[test]
fn what_is_empty_is_neither_a_value_nor_another_one() {
    let unlabelled = found("project = DOCK AND labels is EMPTY");
    let others = found("project = DOCK AND labels != from-customer");
    assert!(!unlabelled.is_empty());
    assert!(unlabelled.iter().all(|key| !others.contains(key)));
}

#[test]
fn keys_are_sorted_by_number() {
    let keys = found("project = DOCK ORDER BY key DESC");
    assert_eq!((keys[0].as_str(), keys[11].as_str()), ("DOCK-12", "DOCK-1"));
}

#[test]
fn dates_are_absolute_or_relative_and_days_begin_in_the_accounts_time_zone() {
    let all = found("project = FLEET").len();
    let recent = found("project = FLEET AND created >= -90d").len();
    assert!(recent > 0 && recent < all);
    assert_eq!(recent + found("project = FLEET AND created < -90d").len(), all);
    // The first issue of DOCK was created at 09:00 UTC on 6 January 2026, which is 10:00 in Berlin.
    let first = |jql: &str| found(&format!("key = DOCK-1 AND {jql}")).len();
    assert_eq!(first("created >= \"2026-01-06 09:59\""), 1);
    assert_eq!(first("created >= '2026/01/06 10:01'"), 0);
    assert_eq!(first("created < 2026-01-07"), 1);
    assert_eq!(first("created < startOfDay(-1d)"), 1);
}

#[test]
fn custom_fields_are_found_by_name_and_by_number() {
    assert!(found("cf[10022] is EMPTY").contains(&"CUST-1".to_owned()));
    assert_eq!(found("Origin = Norway"), Vec::<String>::new());
}

#[test]
fn texts_are_searched_by_words() {
    assert!(found("text ~ \"tide table\"").contains(&"DOCK-1".to_owned()));
    assert!(found("summary ~ tide AND summary !~ table").iter().all(|key| key != "DOCK-1"));
}

#[test]
fn what_was_is_found_after_it_changed() {
    let was = found("project = FLEET AND status was \"In Progress\"").len();
    assert!(was > found("project = FLEET AND status = \"In Progress\"").len());
    assert_eq!(was, found("project = FLEET AND status changed").len());
}

#[test]
fn a_search_without_restriction_is_not_bounded() {
    assert!(!Query::parse("ORDER BY created").unwrap().is_bounded());
    assert!(!Query::parse("").unwrap().is_bounded());
    assert!(Query::parse("project = DOCK").unwrap().is_bounded());
}

#[test]
fn what_is_not_understood_is_refused_in_words() {
    let refused = [
        "project",
        "project =",
        "colour = red",
        "project = \"A",
        "ORDER key",
        "(project = DOCK",
        "project = DOCK)",
        "project = NOWHERE",
        "status = Dreaming",
        "created > yesterday",
        "summary = tide",
        "assignee = fly()",
        "project = DOCK ORDER BY colour",
        "project = DOCK OR",
        "project in DOCK",
        "status in ()",
        "created in (1",
    ];
    for jql in refused {
        assert!(!complaints(jql).is_empty(), "{jql} was understood");
    }
}

/// DOCK-1, which Bob gave to Max on the second day and Max finished on the fifth.
fn a_site_with_history() -> JiraSite {
    let mut site = JiraSite::of(HARBOUR, NOW);
    let done = site.configuration.status_named("Done").unwrap().id.to_string();
    let begun = site.issue("DOCK-1").unwrap().status_id.to_string();
    let issue = site.issues.iter_mut().find(|issue| issue.key() == "DOCK-1").unwrap();
    let day = |number: u64| Moment(issue.created.0 + number * 86_400);
    let (second, fifth) = (day(2), day(5));
    let person = |person: Person| (Some(person.account_id().to_owned()), Some(person.name().to_owned()));
    let item = ChangeItem::new("assignee", "assignee", person(Person::Ada), person(Person::Max));
    issue.record(Person::Bob, second, vec![item]);
    let status = |id: &str, name: &str| (Some(id.to_owned()), Some(name.to_owned()));
    let item = ChangeItem::new("status", "status", status(&begun, "To Do"), status(&done, "Done"));
    issue.record(Person::Max, fifth, vec![item]);
    issue.status_id = done.parse().unwrap();
    issue.set("assignee", serde_json::json!(Person::Max));
    site
}

fn is_found(site: &JiraSite, condition: &str) -> bool {
    let reader = Reader::new(site, Person::Ada, NOW);
    let query = Query::parse(&format!("key = DOCK-1 AND {condition}")).unwrap();
    assert_eq!(query.complaints(reader), Vec::<String>::new(), "{condition}");
    !query.run(reader, site.issues.iter().collect()).is_empty()
}

#[test]
fn history_is_searched_by_value_time_and_person() {
    let site = a_site_with_history();
    // The issue was created on 6 January 2026 at 10:00 in Berlin.
    for condition in [
        "status was \"To Do\"",
        "status was \"To Do\" BEFORE 2026-01-07",
        "status was \"To Do\" ON 2026-01-09",
        "status was \"To Do\" DURING (2026-01-07, 2026-01-08)",
        "status was Done BY \"Max Member\"",
        "status was not \"In Review\"",
        "status was in (\"To Do\", \"In Review\")",
        "status changed",
        "status changed FROM \"To Do\" TO Done AFTER 2026-01-10",
        "status changed ON 2026-01-11",
        "status changed BY max DURING (2026-01-10, 2026-01-12)",
        "assignee was currentUser()",
        "assignee was currentUser() BEFORE 2026-01-08",
        "assignee was Max AFTER 2026-01-09",
        "assignee changed FROM ada TO max BY bob",
        "priority was High",
        "resolution was EMPTY",
        "fixVersion was EMPTY",
        "reporter was in membersOf(jira-administrators)",
    ] {
        assert!(is_found(&site, condition), "{condition} finds it");
    }
    for condition in [
        "status was \"To Do\" AFTER 2026-01-12",
        "status was Done ON 2026-01-09",
        "status was Done BY bob",
        "status was not \"To Do\"",
        "status changed BEFORE 2026-01-10",
        "status changed FROM Done",
        "assignee was bob",
        "assignee was currentUser() ON 2026-01-10",
        "assignee changed BY max",
        "priority changed",
        "resolution was not EMPTY",
    ] {
        assert!(!is_found(&site, condition), "{condition} does not find it");
    }
}

#[test]
fn functions_stand_for_people_issues_versions_types_and_projects() {
    let mut site = a_site_with_history();
    let id = |site: &JiraSite, key: &str| site.issue(key).unwrap().id;
    let (one, two) = (id(&site, "DOCK-1"), id(&site, "DOCK-2"));
    let type_id = site.configuration.link_types[0].id;
    site.links.push(super::super::site::IssueLink { id: 1, type_id, inward: one, outward: two });
    let released = site.project("DOCK").unwrap().versions[0].id;
    let issue = site.issue_mut(one).unwrap();
    issue.set("fixVersions", serde_json::json!([released]));
    issue.watchers.push(Person::Ada);
    issue.votes.push(Person::Ada);
    issue.estimate("timeestimate", Some(7_200));
    for condition in [
        "key in linkedIssues(DOCK-2)",
        "key in linkedIssues(DOCK-2, \"is blocked by\")",
        "issueLinkType = blocks",
        "key in watchedIssues() AND key in votedIssues()",
        "key in issueHistory() OR key in updatedBy(max)",
        "key in updatedBy(max, 2026-01-10, 2026-01-12)",
        "fixVersion in releasedVersions(DOCK)",
        "fixVersion = earliestUnreleasedVersion(DOCK) OR fixVersion in releasedVersions()",
        "type in standardIssueTypes()",
        "project in projectsLeadByUser()",
        "project in projectsWhereUserHasPermission(\"Edit Issues\")",
        "project in projectsWhereUserHasRole(Administrators)",
        "assignee not in membersOf(jira-administrators)",
        "watcher = currentUser() AND voter = currentUser()",
        "watchers >= 1 AND votes > 0",
        "remainingEstimate = 2h AND timeSpent is EMPTY",
        "hierarchyLevel = 0 AND projectType = software",
        "statusCategoryChangedDate < -1d",
    ] {
        assert!(is_found(&site, condition), "{condition} finds it");
    }
    for condition in [
        "key in linkedIssues(DOCK-2, blocks)",
        "key in updatedBy(max, 2026-01-12)",
        "fixVersion in unreleasedVersions(DOCK)",
        "type in subtaskIssueTypes()",
        "key in childIssuesOf(DOCK-2)",
        "worklogAuthor = ada",
        "worklogDate >= -3650d",
        "remainingEstimate > 1d",
    ] {
        assert!(!is_found(&site, condition), "{condition} does not find it");
    }
}

#[test]
fn cascading_options_are_found_by_parent_and_by_both() {
    let mut site = JiraSite::of(HARBOUR, NOW);
    let options = site.configuration.field("customfield_10030").unwrap().options();
    let place = serde_json::json!({ "parent": options[0].id, "child": options[0].below[1].id });
    let key = site.issue("OPS-1").unwrap().id;
    site.issue_mut(key).unwrap().set("customfield_10030", place);
    let reader = Reader::new(&site, Person::Ada, NOW);
    let finds = |jql: &str| {
        let query = Query::parse(jql).unwrap();
        assert_eq!(query.complaints(reader), Vec::<String>::new(), "{jql}");
        query.run(reader, site.issues.iter().collect()).len()
    };
    assert_eq!(finds("Place = Quay"), 1);
    assert_eq!(finds("Place in cascadeOption(Quay, South)"), 1);
    assert_eq!(finds("Place in cascadeOption(Quay, North)"), 0);
}

#[test]
fn sprints_are_found_by_name_number_and_state() {
    let (open, closed, future) =
        (found("sprint in openSprints()"), found("sprint in closedSprints()"), found("sprint in futureSprints()"));
    assert!(!open.is_empty() && closed.len() > open.len() && !future.is_empty());
    let of_the_last = found("Sprint = \"FLEET Sprint 26\"");
    assert_eq!(of_the_last, open, "one project works in sprints here");
    assert_eq!(found("sprint = 326"), open);
    assert!(complaints("sprint = 4").len() + complaints("sprint = openSprint()").len() == 2);
}
