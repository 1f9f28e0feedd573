//! Create and edit metadata: which fields there are for a type in a project, which are required, what they take.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::configuration::{Field, IssueType, Transition};
use super::issue::Issue;
use super::site::{JiraSite, Project};
use super::values::{self, Place};
use super::{issues, references};

/// `GET issue/createmeta/{projectIdOrKey}/issuetypes`.
pub(super) fn issue_types(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let project = creatable(call, jira)?;
    let types = jira.configuration.types_of(&project.template);
    let types: Vec<Value> = types.into_iter().map(|one| references::issue_type(call, one)).collect();
    Ok(page(call, "issueTypes", &types))
}

/// `GET issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}`.
pub(super) fn fields(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let project = creatable(call, jira)?;
    let wanted = call.captured("issueTypeId");
    let types = jira.configuration.types_of(&project.template);
    let issue_type = types.into_iter().find(|one| one.id.to_string() == wanted);
    let issue_type = issue_type.ok_or_else(|| Answer::refusal(400, "Issue type is not available in this project."))?;
    let fields: Vec<Value> = of_creation(call, jira, project, issue_type).into_values().collect();
    Ok(page(call, "fields", &fields))
}

/// `GET issue/createmeta`, which tells everything at once, where it is still there.
pub(super) fn everything(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    if call.major_version.is_some_and(|version| version >= 9) {
        return Err(Answer::refusal(404, "Issue Does Not Exist"));
    }
    let keys = call.parameters("projectKeys");
    let ids = call.parameters("projectIds");
    let wanted = |project: &&Project| {
        let nothing_said = keys.is_empty() && ids.is_empty();
        (nothing_said || keys.contains(&project.key) || ids.contains(&project.id.to_string()))
            && jira.permits(call.person, project, "CREATE_ISSUES", None)
    };
    let with_fields = call.expands("projects.issuetypes.fields");
    let projects = jira.projects_of(call.person).filter(wanted).map(|project| {
        let types = jira.configuration.types_of(&project.template).into_iter().map(|one| {
            let mut described = references::issue_type(call, one);
            if with_fields {
                described["fields"] = Value::Object(of_creation(call, jira, project, one));
            }
            described
        });
        let types: Vec<Value> = types.collect();
        json!({ "self": format!("{}/project/{}", call.api, project.id), "id": project.id.to_string(), "key": project.key,
            "name": project.name, "issuetypes": types })
    });
    let projects: Vec<Value> = projects.collect();
    Ok(Answer::ok(json!({ "expand": "projects", "projects": projects })))
}

/// `GET issue/{issueIdOrKey}/editmeta`.
pub(super) fn of_issue(call: &Call<'_>, jira: &JiraSite) -> Outcome {
    let issue = issues::visible(call, jira)?;
    Ok(Answer::ok(edit(call, jira, issue)))
}

/// The fields of the edit screen; none for who may not edit.
pub(super) fn edit(call: &Call<'_>, jira: &JiraSite, issue: &Issue) -> Value {
    let project = jira.project_of(issue);
    if !jira.permits(call.person, project, "EDIT_ISSUES", Some(issue)) {
        return json!({ "fields": {} });
    }
    let screen = jira.configuration.screen_of(&project.template, issue.type_id, false);
    let mut fields = of_screen(call, jira, project, &screen.fields, |_| false);
    fields.insert("comment".into(), comment());
    json!({ "fields": fields })
}

/// The fields of a transition's screen.
pub(super) fn of_transition(call: &Call<'_>, jira: &JiraSite, issue: &Issue, transition: &Transition) -> Value {
    let screen = transition.screen.as_deref().and_then(|name| jira.configuration.screen(name));
    let fields = screen.map(|screen| screen.fields.as_slice()).unwrap_or_default();
    of_screen(call, jira, jira.project_of(issue), fields, |field| transition.wants(field)).into()
}

fn creatable<'j>(call: &Call<'_>, jira: &'j JiraSite) -> Result<&'j Project, Answer> {
    let project = jira.project(call.captured("projectIdOrKey"));
    let project = project.filter(|project| jira.permits(call.person, project, "CREATE_ISSUES", None));
    project.ok_or_else(|| {
        Answer::refusal(400, "Project does not exist or you do not have permission to create issues in it.")
    })
}

fn of_creation(call: &Call<'_>, jira: &JiraSite, project: &Project, issue_type: &IssueType) -> Map<String, Value> {
    let screen = jira.configuration.screen_of(&project.template, issue_type.id, true);
    let mut names = screen.fields.clone();
    names.push("project".into());
    let mut fields = of_screen(call, jira, project, &names, |name| name == "parent" && issue_type.is_subtask());
    let this_type = references::issue_type(call, issue_type);
    if let Some(field) = fields.get_mut("issuetype") {
        field["allowedValues"] = json!([this_type]);
    }
    fields
}

fn of_screen(
    call: &Call<'_>,
    jira: &JiraSite,
    project: &Project,
    names: &[String],
    is_required: impl Fn(&str) -> bool,
) -> Map<String, Value> {
    let configuration = jira.configuration.field_configuration_of(&project.template);
    let shown = names.iter().filter(|name| !configuration.hidden.contains(name));
    let fields = shown.filter_map(|name| jira.configuration.field(name)).map(|field| {
        let required = configuration.required.contains(&field.id) || is_required(&field.id);
        (field.id.clone(), describe(Place { call, jira, project }, field, required))
    });
    fields.collect()
}

fn describe(place: Place<'_>, field: &Field, required: bool) -> Value {
    let mut described = json!({
        "required": required,
        "schema": values::schema(field),
        "name": field.name,
        "key": field.id,
        "fieldId": field.id,
        "hasDefaultValue": field.id == "priority",
        "operations": values::operations(field.kind),
    });
    if let Some(allowed) = place.allowed(field) {
        described["allowedValues"] = allowed.into();
    }
    if field.id == "priority" {
        let configuration = &place.jira.configuration;
        described["defaultValue"] =
            json!(configuration.priority_named("Medium").map(|one| references::priority(place.call, one)));
    }
    described
}

fn comment() -> Value {
    json!({ "required": false, "schema": { "type": "comments-page", "system": "comment" }, "name": "Comment", "key": "comment",
        "hasDefaultValue": false, "operations": ["add", "edit", "remove"] })
}

/// A page as create metadata has them, without `isLast` and with a name of its own for the list. Data Center calls the
/// list `values`.
fn page(call: &Call<'_>, name: &str, all: &[Value]) -> Answer {
    let mut page = call.page("issue/createmeta", 50, all);
    if call.is_cloud() {
        page[name] = page["values"].take();
        let unwanted = ["self", "isLast", "values", "nextPage"];
        page.as_object_mut().into_iter().for_each(|page| unwanted.iter().for_each(|name| drop(page.remove(*name))));
    }
    Answer::ok(page)
}
