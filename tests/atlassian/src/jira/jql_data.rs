//! What an editor of JQL needs: the names of fields, operators, functions and values; and which issues a query finds.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::{Field, Kind};
use super::jql;
use super::search;
use super::site::JiraSite;

/// Names that stand for no field of an issue alone.
const OWN: [&str; 12] = [
    "created",
    "updated",
    "resolved",
    "due",
    "key",
    "statusCategory",
    "text",
    "watcher",
    "voter",
    "worklogAuthor",
    "worklogDate",
    "filter",
];

/// `GET jql/autocompletedata`.
pub(super) fn reference(call: &Call<'_>, jira: &JiraSite) -> Answer {
    let reader = jql::Reader::new(jira, call.person, call.now);
    let own = OWN.iter().map(|name| ((*name).to_owned(), (*name).to_owned(), None));
    let fields = jira.configuration.fields.iter().map(|field| {
        let number = field.number().map(|number| format!("cf[{number}]"));
        let value = if number.is_some() || field.name.contains(' ') {
            format!("\"{}\"", field.name)
        } else {
            field.name.clone()
        };
        (value, field.name.clone(), number)
    });
    let described = own.chain(fields).filter_map(|(value, name, number)| {
        let operators = reader.operators(name.trim_matches('"'))?;
        let display = number.as_ref().map_or_else(|| name.clone(), |number| format!("{name} - {number}"));
        let mut field = json!({ "value": value, "displayName": display, "orderable": "true", "searchable": "true",
            "auto": "true", "operators": operators, "types": ["java.lang.String"] });
        if let Some(number) = number {
            field["cfid"] = number.into();
        }
        Some(field)
    });
    let functions = jql::FUNCTIONS.iter().map(|(name, stands)| {
        let is_list = !matches!(stands, jql::Stands::Moment) && *name != "currentUser";
        json!({ "value": format!("{name}()"), "displayName": format!("{name}()"), "isList": is_list.to_string(),
            "types": ["java.lang.String"] })
    });
    Answer::ok(json!({ "visibleFieldNames": described.collect::<Vec<_>>(),
        "visibleFunctionNames": functions.collect::<Vec<_>>(), "jqlReservedWords": jql::RESERVED }))
}

/// `GET jql/autocompletedata/suggestions`: values of a field that begin like that.
pub(super) fn suggestions(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let name = call.parameter("fieldName").unwrap_or_default().trim_matches('"').to_owned();
    let begins = call.parameter("fieldValue").unwrap_or_default().to_lowercase();
    let field = jira.configuration.field_named(&name);
    let aliases = [("type", "issuetype"), ("component", "components"), ("fixVersion", "fixVersions")];
    let alias = || aliases.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(&name)).map(|(_, id)| *id);
    let field = field.or_else(|| jira.configuration.field(alias()?));
    let field = field.ok_or_else(|| {
        Answer::refusal(400, &format!("Field '{name}' does not exist or you do not have permission to view it."))
    })?;
    let results = values(call, jira, field).into_iter().filter(|(_, shown)| shown.to_lowercase().starts_with(&begins));
    let results = results.take(15).map(|(value, shown)| json!({ "value": value, "displayName": shown }));
    Ok(Answer::ok(json!({ "results": results.collect::<Vec<_>>() })))
}

/// Values of a field as a query writes them, with what people read.
fn values(call: &Call<'_>, jira: &JiraSite, field: &Field) -> Vec<(String, String)> {
    let configuration = &jira.configuration;
    let quoted = |text: &str| if text.contains(' ') { format!("\"{text}\"") } else { text.to_owned() };
    let plain = |name: &String| (quoted(name), name.clone());
    let parts = |versions: bool| {
        let parts =
            jira.projects_of(call.person).flat_map(|one| if versions { &one.versions } else { &one.components });
        let mut names: Vec<String> = parts.map(|part| part.name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        names.iter().map(plain).collect()
    };
    match field.kind {
        Kind::Status => configuration.statuses.iter().map(|one| plain(&one.name)).collect(),
        Kind::IssueType => configuration.issue_types.iter().map(|one| plain(&one.name)).collect(),
        Kind::Priority => configuration.priorities.iter().map(|one| plain(&one.name)).collect(),
        Kind::Resolution => configuration.resolutions.iter().map(|one| plain(&one.name)).collect(),
        Kind::Project => {
            jira.projects_of(call.person).map(|one| (one.key.clone(), format!("{} ({})", one.name, one.key))).collect()
        }
        Kind::Option | Kind::Options | Kind::Cascade => field.options().iter().map(|one| plain(&one.value)).collect(),
        Kind::Components => parts(false),
        Kind::Versions => parts(true),
        Kind::Person | Kind::People => {
            let people = call.people.iter();
            people.map(|profile| (quoted(profile.person.account_id()), profile.name().to_owned())).collect()
        }
        Kind::Sprint => {
            let all = jira.projects_of(call.person).flat_map(|project| &project.sprints);
            all.map(|sprint| (sprint.id.to_string(), sprint.name.clone())).collect()
        }
        Kind::Labels => super::labels::of(call, jira, &field.id).iter().map(plain).collect(),
        _ => Vec::new(),
    }
}

/// `POST jql/match`: which of some issues each query finds.
pub(super) fn matches(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let body: Value = call.json()?;
    let listed = |name: &str| body[name].as_array().cloned().unwrap_or_default();
    let ids: Vec<u64> = listed("issueIds").iter().filter_map(Value::as_u64).collect();
    let jqls = listed("jqls");
    if ids.is_empty() || jqls.is_empty() {
        return Err(Answer::refusal(400, "At least one issue id and one query must be given."));
    }
    let issues = ids.iter().filter_map(|id| jira.issue_by_id(*id)).filter(|issue| jira.may_browse(call.person, issue));
    let issues: Vec<_> = issues.collect();
    let matches = jqls.iter().map(|jql| match search::read(jql.as_str().unwrap_or_default(), call, jira) {
        Ok(query) => {
            let reader = jql::Reader::new(jira, call.person, call.now);
            let found = issues.iter().filter(|issue| query.matches(reader, issue)).map(|issue| issue.id);
            json!({ "matchedIssues": found.collect::<Vec<_>>(), "errors": [] })
        }
        Err(refused) => json!({ "matchedIssues": [], "errors": refused.into_body()["errorMessages"] }),
    });
    Ok(Answer::ok(json!({ "matches": matches.collect::<Vec<_>>() })))
}
