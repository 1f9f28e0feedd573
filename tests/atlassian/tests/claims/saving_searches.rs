//! Saved searches, and what an editor of JQL asks for.

use atlassian::Person;
use serde_json::{Value, json};

use crate::asking::AtHarbour;

impl AtHarbour {
    async fn saves(&self, filter: Value) -> String {
        let (status, saved) = self.calls("POST", "filter", filter).await;
        assert_eq!(status, 200, "{saved}");
        saved["id"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_filter_is_shared_liked_changed_and_used_in_a_search() {
    let jira = AtHarbour::is(Person::Ada).await;
    let max = jira.also(Person::Max).await;
    let id =
        jira.saves(json!({ "name": "Open at the dock", "jql": "project = DOCK AND statusCategory != Done" })).await;
    let path = format!("filter/{id}");
    assert_eq!(jira.reads("filter/my").await[0]["id"], *id);
    assert_eq!(jira.calls_as(&max, "GET", &path, Value::Null).await.0, 400);
    let shared = json!({ "name": "Open", "sharePermissions": [{ "type": "project", "project": { "id": "10000" } }] });
    let (status, changed) = jira.calls("PUT", &path, shared).await;
    assert_eq!((status, &changed["sharePermissions"][0]["project"]["key"]), (200, &json!("DOCK")));
    assert_eq!(jira.reads(&format!("{path}/permission")).await[0]["type"], "project");
    assert_eq!(jira.calls_as(&max, "GET", &path, Value::Null).await.0, 200, "Max browses the project");
    let (_, liked) = jira.calls_as(&max, "PUT", &format!("{path}/favourite"), Value::Null).await;
    assert_eq!((&liked["favourite"], &liked["favouritedCount"]), (&json!(true), &json!(1)));
    assert_eq!(jira.calls_as(&max, "GET", "filter/favourite", Value::Null).await.1[0]["name"], "Open");
    assert_eq!(jira.calls_as(&max, "GET", "filter/my?includeFavourites=true", Value::Null).await.1[0]["name"], "Open");
    assert_eq!(jira.calls_as(&max, "DELETE", &format!("{path}/favourite"), Value::Null).await.1["favourite"], false);
    assert_eq!(jira.calls_as(&max, "PUT", &path, json!({ "jql": "project = CUST" })).await.0, 400, "it is Ada's");
    let count = async |jql: &str| {
        jira.calls("POST", "search/approximate-count", json!({ "jql": jql })).await.1["count"].clone()
    };
    let open = count("project = DOCK AND statusCategory != Done").await;
    for jql in [format!("filter = {id}"), "filter = Open".into(), "filter in (Open) AND project = DOCK".into()] {
        assert_eq!(count(&jql).await, open, "{jql}");
    }
    let nowhere = json!({ "name": "Nobody's", "jql": "project = DOCK", "sharePermissions": [{ "type": "group", "group": { "name": "no such" } }] });
    assert_eq!(jira.calls("POST", "filter", nowhere).await.0, 400);
}

#[tokio::test]
async fn a_list_of_filters_is_brief_until_details_are_expanded() {
    let jira = AtHarbour::is(Person::Ada).await;
    for name in ["B", "A"] {
        jira.saves(json!({ "name": name, "jql": "project = DOCK", "sharePermissions": [{ "type": "loggedin" }] }))
            .await;
    }
    let brief = jira.reads("filter/search").await;
    assert_eq!((&brief["values"][0]["name"], &brief["values"][0]["jql"]), (&json!("A"), &Value::Null));
    let expanded = jira.reads("filter/search?expand=jql,owner&orderBy=-name&filterName=b").await;
    assert_eq!((&expanded["values"][0]["jql"], &expanded["total"]), (&json!("project = DOCK"), &json!(1)));
    assert_eq!(expanded["values"][0]["owner"]["displayName"], "Ada Admin");
}

#[tokio::test]
async fn two_filters_that_name_each_other_find_nothing_and_do_no_harm() {
    let jira = AtHarbour::is(Person::Ada).await;
    let first = jira.saves(json!({ "name": "First", "jql": "project = DOCK" })).await;
    jira.saves(json!({ "name": "Second", "jql": "filter = First" })).await;
    assert_eq!(jira.calls("PUT", &format!("filter/{first}"), json!({ "jql": "filter = Second" })).await.0, 200);
    let (status, found) = jira.calls("POST", "search/approximate-count", json!({ "jql": "filter = First" })).await;
    assert_eq!((status, &found["count"]), (200, &json!(0)));
}

#[tokio::test]
async fn an_editor_learns_fields_functions_and_values() {
    let jira = AtHarbour::is(Person::Ada).await;
    let data = jira.reads("jql/autocompletedata").await;
    let fields = data["visibleFieldNames"].as_array().unwrap();
    let origin = fields.iter().find(|field| field["cfid"] == "cf[10022]").unwrap();
    assert_eq!((&origin["value"], &origin["operators"][0]), (&json!("\"Origin\""), &json!("=")));
    let status = fields.iter().find(|field| field["value"] == "Status").unwrap();
    assert!(status["operators"].as_array().unwrap().contains(&json!("was")));
    assert!(data["visibleFunctionNames"].as_array().unwrap().iter().any(|one| one["value"] == "membersOf()"));
    assert!(data["jqlReservedWords"].as_array().unwrap().contains(&json!("empty")));
    for (field, begins, first) in [
        ("status", "in", "\"In Progress\""),
        ("priority", "", "Highest"),
        ("component", "rep", "Reports"),
        ("project", "fl", "FLEET"),
        ("labels", "fr", "from-customer"),
        ("Origin", "ch", "Chile"),
    ] {
        let path = format!("jql/autocompletedata/suggestions?fieldName={field}&fieldValue={begins}");
        assert_eq!(jira.reads(&path).await["results"][0]["value"], first, "{field}");
    }
    assert_eq!(jira.calls("GET", "jql/autocompletedata/suggestions?fieldName=colour", Value::Null).await.0, 400);
}

#[tokio::test]
async fn issues_are_matched_with_queries_and_picked_by_what_is_typed() {
    let jira = AtHarbour::is(Person::Ada).await;
    let id: u64 = jira.reads("issue/DOCK-1").await["id"].as_str().unwrap().parse().unwrap();
    let body = json!({ "issueIds": [id, 99], "jqls": ["project = DOCK", "project = CUST", "project ="] });
    let (status, matched) = jira.calls("POST", "jql/match", body).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&matched["matches"][0]["matchedIssues"], &matched["matches"][1]["matchedIssues"]),
        (&json!([id]), &json!([]))
    );
    assert_eq!(matched["matches"][2]["errors"].as_array().unwrap().len(), 1);
    let picked = jira.reads("issue/picker?query=tide%20table").await;
    assert_eq!(picked["sections"][0]["issues"][0]["key"], "DOCK-1");
    let within = jira.reads("issue/picker?query=tide&currentJQL=project%20%3D%20CUST").await;
    assert_eq!(within["sections"][0]["issues"], json!([]));
    let not_understood = jira.reads("issue/picker?query=tide&currentJQL=colour%20%3D%20red").await;
    assert_eq!(not_understood["sections"][0]["issues"], json!([]));
    let twice = json!({ "queries": ["colour = red OR colour = red"] });
    let parsed = jira.calls("POST", "jql/parse?validation=strict", twice).await.1;
    assert_eq!(parsed["queries"][0]["errors"].as_array().unwrap().len(), 1, "the same is said once");
}

#[tokio::test]
async fn refusals_of_jql_say_where_and_what() {
    let jira = AtHarbour::is(Person::Ada).await;
    for (jql, sentence) in [
        (
            "project DOCK",
            "Error in the JQL Query: Expecting operator but got 'DOCK'. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'. (line 1, character 9)",
        ),
        (
            "project = DOCK status = Done",
            "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'status'. (line 1, character 16)",
        ),
        (
            "project = \"DOCK",
            "Error in the JQL Query: The quoted string 'DOCK' has not been completed. (line 1, character 11)",
        ),
        ("project = NOWHERE", "The value 'NOWHERE' does not exist for the field 'project'."),
        ("colour = red", "Field 'colour' does not exist or you do not have permission to view it."),
        ("project ~ DOCK", "The operator '~' is not supported by the 'project' field."),
        ("labels was night", "History searches do not support the 'labels' field."),
        ("assignee in fly()", "Unable to find JQL function 'fly()'."),
        ("created > currentUser()", "The function 'currentUser' is not supported by the 'created' field."),
        (
            "assignee in membersOf(\"no such\")",
            "Function 'membersOf' can not generate a list of usernames for group 'no such'; the group does not exist.",
        ),
    ] {
        let (status, refused) = jira.calls("POST", "search/jql", json!({ "jql": jql })).await;
        assert_eq!((status, &refused["errorMessages"][0]), (400, &json!(sentence)), "{jql}");
    }
}
