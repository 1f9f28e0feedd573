//! The one table of operations: how each is called, by which scope, and what answers it. Names and scopes are those of
//! Atlassian's document.
//!
//! `serverInfo` and the bytes of attachments are answered in front of the table, because they are no JSON of a site.

use std::collections::BTreeMap;

use http::Method;
use percent_encoding::percent_decode_str;

use super::answer::Outcome;
use super::call::Call;
use super::edition::Edition;
use super::site::JiraSite;
use super::{
    attachments, changelogs, comments, creation, fields, filters, issue_links, issues, lists, metadata, moving, people,
    permissions, projects, properties, remote_links, roles, schemes, search, transitions, votes, watchers, webhooks,
    workflows, worklogs,
};

use Handler::{Reads, Writes};
use Scope::{ManageConfiguration, ManageProject, ManageWebhook, ReadUser, ReadWork, WriteWork};

/// One operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// What follows `rest/api/3/`, with names in braces.
    pub(super) template: &'static str,
    /// The `operationId` of the document.
    pub(super) id: &'static str,
    pub(super) scope: Scope,
    pub(super) handler: Handler,
    at_cloud: bool,
    at_data_center: bool,
}

/// What answers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Handler {
    Reads(fn(&Call<'_>, &JiraSite) -> Outcome),
    Writes(fn(&Call<'_>, &mut JiraSite) -> Outcome),
}

/// A scope of Cloud's OAuth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    ReadWork,
    WriteWork,
    ReadUser,
    ManageConfiguration,
    ManageProject,
    ManageWebhook,
}

impl Operation {
    /// The points that an answer with so many objects costs beyond the call: writes nothing, people twice as much.
    pub(super) fn points(&self, objects: usize) -> u64 {
        let objects = u64::try_from(objects).unwrap_or(u64::MAX);
        match (self.handler, self.scope) {
            (Writes(_), _) => 0,
            (Reads(_), ReadUser) => objects * 2,
            (Reads(_), _) => objects,
        }
    }
}

impl Scope {
    pub(super) fn name(self) -> &'static str {
        match self {
            ReadWork => "read:jira-work",
            WriteWork => "write:jira-work",
            ReadUser => "read:jira-user",
            ManageConfiguration => "manage:jira-configuration",
            ManageProject => "manage:jira-project",
            ManageWebhook => "manage:jira-webhook",
        }
    }
}

const fn both(
    method: &'static str,
    template: &'static str,
    id: &'static str,
    scope: Scope,
    handler: Handler,
) -> Operation {
    Operation { method, template, id, scope, handler, at_cloud: true, at_data_center: true }
}

const fn cloud(
    method: &'static str,
    template: &'static str,
    id: &'static str,
    scope: Scope,
    handler: Handler,
) -> Operation {
    Operation { at_data_center: false, ..both(method, template, id, scope, handler) }
}

const fn data_center(
    method: &'static str,
    template: &'static str,
    id: &'static str,
    scope: Scope,
    handler: Handler,
) -> Operation {
    Operation { at_cloud: false, ..both(method, template, id, scope, handler) }
}

/// All of them. Where two templates fit a path, the first one counts.
pub(super) const OPERATIONS: &[Operation] = &[
    both("GET", "myself", "getCurrentUser", ReadUser, Reads(people::myself)),
    both("GET", "mypermissions", "getMyPermissions", ReadWork, Reads(permissions::mine)),
    both("GET", "permissions", "getAllPermissions", ManageConfiguration, Reads(permissions::all)),
    both("GET", "user", "getUser", ReadUser, Reads(people::get)),
    both("GET", "user/search", "findUsers", ReadUser, Reads(people::search)),
    both("GET", "user/assignable/search", "findAssignableUsers", ReadUser, Reads(people::assignable)),
    both("GET", "user/groups", "getUserGroups", ReadUser, Reads(people::groups)),
    cloud("GET", "user/bulk", "bulkGetUsers", ReadUser, Reads(people::bulk)),
    cloud("GET", "users", "getAllUsersDefault", ReadUser, Reads(people::all)),
    cloud("GET", "users/search", "getAllUsers", ReadUser, Reads(people::all)),
    cloud("GET", "group/bulk", "bulkGetGroups", ReadUser, Reads(people::all_groups)),
    both("GET", "group/member", "getUsersFromGroup", ManageConfiguration, Reads(people::members)),
    both("GET", "groups/picker", "findGroups", ReadUser, Reads(people::pick_group)),
    both("GET", "project", "getAllProjects", ReadWork, Reads(projects::list)),
    cloud("GET", "project/search", "searchProjects", ReadWork, Reads(projects::search)),
    both("GET", "project/{projectIdOrKey}", "getProject", ReadWork, Reads(projects::get)),
    both("GET", "project/{projectIdOrKey}/statuses", "getAllStatuses", ReadWork, Reads(projects::statuses)),
    both("GET", "project/{projectIdOrKey}/components", "getProjectComponents", ReadWork, Reads(projects::components)),
    both("GET", "project/{projectIdOrKey}/versions", "getProjectVersions", ReadWork, Reads(projects::versions)),
    both("GET", "project/{projectIdOrKey}/role", "getProjectRoles", ReadWork, Reads(roles::of_project)),
    both("GET", "project/{projectIdOrKey}/role/{id}", "getProjectRole", ReadWork, Reads(roles::in_project)),
    both(
        "GET",
        "project/{projectKeyOrId}/permissionscheme",
        "getAssignedPermissionScheme",
        ReadWork,
        Reads(schemes::permission_scheme_of_project),
    ),
    cloud("GET", "project/{projectId}/hierarchy", "getHierarchy", ReadWork, Reads(schemes::hierarchy)),
    both("GET", "component/{id}", "getComponent", ReadWork, Reads(projects::component)),
    both("GET", "version/{id}", "getVersion", ReadWork, Reads(projects::version)),
    both("GET", "role", "getAllProjectRoles", ManageConfiguration, Reads(roles::all)),
    both("GET", "role/{id}", "getProjectRoleById", ManageConfiguration, Reads(roles::get)),
    both("GET", "status", "getStatuses", ReadWork, Reads(lists::statuses)),
    both("GET", "status/{idOrName}", "getStatus", ReadWork, Reads(lists::status)),
    both("GET", "statuscategory", "getStatusCategories", ReadWork, Reads(lists::categories)),
    cloud("GET", "statuses", "getStatusesById", ManageConfiguration, Reads(lists::statuses_by_id)),
    cloud("GET", "statuses/search", "search", ManageConfiguration, Reads(lists::search_statuses)),
    both("GET", "issuetype", "getIssueAllTypes", ReadWork, Reads(lists::issue_types)),
    cloud("GET", "issuetype/project", "getIssueTypesForProject", ReadWork, Reads(lists::issue_types_of_project)),
    both("GET", "issuetype/{id}", "getIssueType", ReadWork, Reads(lists::issue_type)),
    both("GET", "priority", "getPriorities", ReadWork, Reads(lists::priorities)),
    cloud("GET", "priority/search", "searchPriorities", ManageConfiguration, Reads(lists::search_priorities)),
    both("GET", "priority/{id}", "getPriority", ReadWork, Reads(lists::priority)),
    both("GET", "resolution", "getResolutions", ReadWork, Reads(lists::resolutions)),
    cloud("GET", "resolution/search", "searchResolutions", ReadWork, Reads(lists::search_resolutions)),
    both("GET", "resolution/{id}", "getResolution", ReadWork, Reads(lists::resolution)),
    both("GET", "configuration", "getConfiguration", ReadUser, Reads(lists::features)),
    both("GET", "dashboard", "getAllDashboards", ReadWork, Reads(lists::dashboards)),
    cloud("GET", "label", "getAllLabels", ReadWork, Reads(lists::labels)),
    both("GET", "field", "getFields", ReadWork, Reads(fields::list)),
    cloud("GET", "field/search", "getFieldsPaginated", ReadWork, Reads(fields::search)),
    cloud("GET", "field/{fieldId}/context", "getContextsForField", ManageConfiguration, Reads(fields::contexts)),
    cloud(
        "GET",
        "field/{fieldId}/context/{contextId}/option",
        "getOptionsForContext",
        ManageConfiguration,
        Reads(fields::options),
    ),
    both("GET", "issueLinkType", "getIssueLinkTypes", ReadWork, Reads(issue_links::types)),
    both("GET", "issueLinkType/{issueLinkTypeId}", "getIssueLinkType", ReadWork, Reads(issue_links::type_by_id)),
    both("GET", "issue/createmeta", "getCreateIssueMeta", ReadWork, Reads(metadata::everything)),
    both(
        "GET",
        "issue/createmeta/{projectIdOrKey}/issuetypes",
        "getCreateIssueMetaIssueTypes",
        ReadWork,
        Reads(metadata::issue_types),
    ),
    both(
        "GET",
        "issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}",
        "getCreateIssueMetaIssueTypeId",
        ReadWork,
        Reads(metadata::fields),
    ),
    both("POST", "issue", "createIssue", WriteWork, Writes(creation::create)),
    both("POST", "issue/bulk", "createIssues", WriteWork, Writes(creation::create_many)),
    cloud("POST", "issue/bulkfetch", "bulkFetchIssues", ReadWork, Reads(issues::bulk_fetch)),
    both("PUT", "issue/archive", "archiveIssues", WriteWork, Writes(issues::archive)),
    cloud("PUT", "issue/unarchive", "unarchiveIssues", WriteWork, Writes(issues::unarchive)),
    both("GET", "issue/{issueIdOrKey}", "getIssue", ReadWork, Reads(issues::get)),
    both("PUT", "issue/{issueIdOrKey}", "editIssue", WriteWork, Writes(issues::edit)),
    both("DELETE", "issue/{issueIdOrKey}", "deleteIssue", WriteWork, Writes(issues::delete)),
    both("PUT", "issue/{issueIdOrKey}/assignee", "assignIssue", WriteWork, Writes(issues::assign)),
    cloud("GET", "issue/{issueIdOrKey}/changelog", "getChangeLogs", ReadWork, Reads(changelogs::list)),
    cloud("POST", "issue/{issueIdOrKey}/changelog/list", "getChangeLogsByIds", ReadWork, Reads(changelogs::by_ids)),
    cloud("POST", "changelog/bulkfetch", "getBulkChangelogs", ReadWork, Reads(changelogs::bulk_fetch)),
    both("GET", "issue/{issueIdOrKey}/editmeta", "getEditIssueMeta", ReadWork, Reads(metadata::of_issue)),
    both("GET", "issue/{issueIdOrKey}/transitions", "getTransitions", ReadWork, Reads(transitions::list)),
    both("POST", "issue/{issueIdOrKey}/transitions", "doTransition", WriteWork, Writes(transitions::perform)),
    both("GET", "issue/{issueIdOrKey}/comment", "getComments", ReadWork, Reads(comments::list)),
    both("POST", "issue/{issueIdOrKey}/comment", "addComment", WriteWork, Writes(comments::add)),
    both("GET", "issue/{issueIdOrKey}/comment/{id}", "getComment", ReadWork, Reads(comments::get)),
    both("PUT", "issue/{issueIdOrKey}/comment/{id}", "updateComment", WriteWork, Writes(comments::edit)),
    both("DELETE", "issue/{issueIdOrKey}/comment/{id}", "deleteComment", WriteWork, Writes(comments::delete)),
    cloud("POST", "comment/list", "getCommentsByIds", ReadWork, Reads(comments::by_ids)),
    both("GET", "issue/{issueIdOrKey}/worklog", "getIssueWorklog", ReadWork, Reads(worklogs::list)),
    both("POST", "issue/{issueIdOrKey}/worklog", "addWorklog", WriteWork, Writes(worklogs::add)),
    both("GET", "issue/{issueIdOrKey}/worklog/{id}", "getWorklog", ReadWork, Reads(worklogs::get)),
    both("PUT", "issue/{issueIdOrKey}/worklog/{id}", "updateWorklog", WriteWork, Writes(worklogs::edit)),
    both("DELETE", "issue/{issueIdOrKey}/worklog/{id}", "deleteWorklog", WriteWork, Writes(worklogs::delete)),
    both("POST", "issue/{issueIdOrKey}/attachments", "addAttachment", WriteWork, Writes(attachments::add)),
    both("GET", "attachment/meta", "getAttachmentMeta", ReadWork, Reads(attachments::meta)),
    both("GET", "attachment/{id}", "getAttachment", ReadWork, Reads(attachments::get)),
    both("DELETE", "attachment/{id}", "removeAttachment", WriteWork, Writes(attachments::delete)),
    both("GET", "issue/{issueIdOrKey}/watchers", "getIssueWatchers", ReadWork, Reads(watchers::list)),
    both("POST", "issue/{issueIdOrKey}/watchers", "addWatcher", WriteWork, Writes(watchers::add)),
    both("DELETE", "issue/{issueIdOrKey}/watchers", "removeWatcher", WriteWork, Writes(watchers::remove)),
    both("GET", "issue/{issueIdOrKey}/votes", "getVotes", ReadWork, Reads(votes::get)),
    both("POST", "issue/{issueIdOrKey}/votes", "addVote", WriteWork, Writes(votes::add)),
    both("DELETE", "issue/{issueIdOrKey}/votes", "removeVote", WriteWork, Writes(votes::remove)),
    both("GET", "issue/{issueIdOrKey}/properties", "getIssuePropertyKeys", ReadWork, Reads(properties::list)),
    both("GET", "issue/{issueIdOrKey}/properties/{propertyKey}", "getIssueProperty", ReadWork, Reads(properties::get)),
    both(
        "PUT",
        "issue/{issueIdOrKey}/properties/{propertyKey}",
        "setIssueProperty",
        WriteWork,
        Writes(properties::set),
    ),
    both(
        "DELETE",
        "issue/{issueIdOrKey}/properties/{propertyKey}",
        "deleteIssueProperty",
        WriteWork,
        Writes(properties::delete),
    ),
    both("GET", "issue/{issueIdOrKey}/remotelink", "getRemoteIssueLinks", ReadWork, Reads(remote_links::list)),
    both(
        "POST",
        "issue/{issueIdOrKey}/remotelink",
        "createOrUpdateRemoteIssueLink",
        WriteWork,
        Writes(remote_links::set),
    ),
    both(
        "DELETE",
        "issue/{issueIdOrKey}/remotelink",
        "deleteRemoteIssueLinkByGlobalId",
        WriteWork,
        Writes(remote_links::delete),
    ),
    both(
        "GET",
        "issue/{issueIdOrKey}/remotelink/{linkId}",
        "getRemoteIssueLinkById",
        ReadWork,
        Reads(remote_links::get),
    ),
    both(
        "DELETE",
        "issue/{issueIdOrKey}/remotelink/{linkId}",
        "deleteRemoteIssueLinkById",
        WriteWork,
        Writes(remote_links::delete),
    ),
    both("POST", "issueLink", "linkIssues", WriteWork, Writes(issue_links::link)),
    both("GET", "issueLink/{linkId}", "getIssueLink", ReadWork, Reads(issue_links::get)),
    both("DELETE", "issueLink/{linkId}", "deleteIssueLink", WriteWork, Writes(issue_links::delete)),
    cloud("POST", "bulk/issues/move", "submitBulkMove", WriteWork, Writes(moving::submit)),
    cloud("GET", "bulk/queue/{taskId}", "getBulkOperationProgress", ReadWork, Reads(moving::progress)),
    cloud("GET", "search", "searchForIssuesUsingJql", ReadWork, Reads(search::removed)),
    cloud("POST", "search", "searchForIssuesUsingJqlPost", ReadWork, Reads(search::removed)),
    data_center("GET", "search", "searchForIssuesUsingJql", ReadWork, Reads(search::by_start)),
    data_center("POST", "search", "searchForIssuesUsingJqlPost", ReadWork, Reads(search::by_start)),
    cloud("GET", "search/jql", "searchAndReconsileIssuesUsingJql", ReadWork, Reads(search::by_jql)),
    cloud("POST", "search/jql", "searchAndReconsileIssuesUsingJqlPost", ReadWork, Reads(search::by_jql)),
    cloud("POST", "search/approximate-count", "countIssues", ReadWork, Reads(search::approximate_count)),
    cloud("POST", "jql/parse", "parseJqlQueries", ReadWork, Reads(search::parse)),
    cloud("GET", "filter/search", "getFiltersPaginated", ReadWork, Reads(filters::search)),
    cloud("GET", "filter/my", "getMyFilters", ReadWork, Reads(filters::mine)),
    both("GET", "filter/favourite", "getFavouriteFilters", ReadWork, Reads(filters::favourites)),
    both("POST", "filter", "createFilter", WriteWork, Writes(filters::create)),
    both("GET", "filter/{id}", "getFilter", ReadWork, Reads(filters::get)),
    both("PUT", "filter/{id}", "updateFilter", WriteWork, Writes(filters::edit)),
    both("DELETE", "filter/{id}", "deleteFilter", WriteWork, Writes(filters::delete)),
    cloud("GET", "webhook", "getDynamicWebhooksForApp", ManageWebhook, Reads(webhooks::list)),
    cloud("POST", "webhook", "registerDynamicWebhooks", ManageWebhook, Writes(webhooks::register)),
    cloud("DELETE", "webhook", "deleteWebhookById", ManageWebhook, Writes(webhooks::delete)),
    cloud("PUT", "webhook/refresh", "refreshWebhooks", ManageWebhook, Writes(webhooks::refresh)),
    cloud("GET", "workflows/search", "searchWorkflows", ManageConfiguration, Reads(workflows::search)),
    cloud("POST", "workflows", "readWorkflows", ManageConfiguration, Reads(workflows::read)),
    cloud("GET", "workflows/capabilities", "workflowCapabilities", ManageConfiguration, Reads(workflows::capabilities)),
    cloud("GET", "workflowscheme", "getAllWorkflowSchemes", ManageConfiguration, Reads(schemes::workflow_schemes)),
    cloud(
        "GET",
        "workflowscheme/project",
        "getWorkflowSchemeProjectAssociations",
        ManageConfiguration,
        Reads(schemes::workflow_schemes_of_projects),
    ),
    cloud("GET", "workflowscheme/{id}", "getWorkflowScheme", ManageConfiguration, Reads(schemes::workflow_scheme)),
    cloud("GET", "issuetypescheme", "getAllIssueTypeSchemes", ManageConfiguration, Reads(schemes::issue_type_schemes)),
    cloud(
        "GET",
        "issuetypescheme/mapping",
        "getIssueTypeSchemesMapping",
        ManageConfiguration,
        Reads(schemes::issue_type_mappings),
    ),
    cloud(
        "GET",
        "issuetypescheme/project",
        "getIssueTypeSchemeForProjects",
        ManageConfiguration,
        Reads(schemes::issue_type_schemes_of_projects),
    ),
    cloud("GET", "screens", "getScreens", ManageProject, Reads(schemes::screens)),
    cloud("GET", "screens/{screenId}/tabs", "getAllScreenTabs", ManageProject, Reads(schemes::tabs)),
    cloud(
        "GET",
        "screens/{screenId}/tabs/{tabId}/fields",
        "getAllScreenTabFields",
        ManageProject,
        Reads(schemes::tab_fields),
    ),
    cloud("GET", "screenscheme", "getScreenSchemes", ManageProject, Reads(schemes::screen_schemes)),
    cloud(
        "GET",
        "issuetypescreenscheme",
        "getIssueTypeScreenSchemes",
        ManageConfiguration,
        Reads(schemes::issue_type_screen_schemes),
    ),
    cloud(
        "GET",
        "issuetypescreenscheme/mapping",
        "getIssueTypeScreenSchemeMappings",
        ManageConfiguration,
        Reads(schemes::issue_type_screen_mappings),
    ),
    cloud(
        "GET",
        "fieldconfiguration",
        "getAllFieldConfigurations",
        ManageConfiguration,
        Reads(schemes::field_configurations),
    ),
    cloud(
        "GET",
        "fieldconfiguration/{id}/fields",
        "getFieldConfigurationItems",
        ManageConfiguration,
        Reads(schemes::configured_fields),
    ),
    both("GET", "permissionscheme", "getAllPermissionSchemes", ReadWork, Reads(schemes::permission_schemes)),
    both("GET", "permissionscheme/{schemeId}", "getPermissionScheme", ReadWork, Reads(schemes::permission_scheme)),
];

/// The operation of a path that follows `rest/api/{version}/`, and what stands in it for the names in braces.
pub(super) fn find(
    edition: Edition,
    method: &Method,
    path: &[&str],
) -> Option<(&'static Operation, BTreeMap<&'static str, String>)> {
    let served = |operation: &&Operation| match edition {
        Edition::Cloud | Edition::CloudVersion2 => operation.at_cloud,
        Edition::DataCenter => operation.at_data_center,
    };
    let of_method = OPERATIONS.iter().filter(served).filter(|operation| operation.method == method.as_str());
    of_method.into_iter().find_map(|operation| Some((operation, captures(operation.template, path)?)))
}

/// The scope that a call of Cloud needs, as far as Jira has a say: what it does not know is told by its method.
pub(super) fn scope_of(method: &Method, path: &[&str]) -> Scope {
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    match path {
        ["attachment", "content" | "thumbnail", _] => ReadWork,
        _ => find(Edition::Cloud, method, path)
            .map_or(if reads { ReadWork } else { WriteWork }, |(operation, _)| operation.scope),
    }
}

fn captures(template: &'static str, path: &[&str]) -> Option<BTreeMap<&'static str, String>> {
    let parts: Vec<&'static str> = template.split('/').collect();
    if parts.len() != path.len() {
        return None;
    }
    let mut captured = BTreeMap::new();
    for (part, found) in parts.into_iter().zip(path) {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => drop(captured.insert(name, percent_decode_str(found).decode_utf8_lossy().into_owned())),
            None if part == *found => {}
            None => return None,
        }
    }
    Some(captured)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_operation_hides_behind_another() {
        for operation in OPERATIONS {
            let path: Vec<&str> = operation.template.split('/').collect();
            let edition = if operation.at_cloud { Edition::Cloud } else { Edition::DataCenter };
            let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
            let (found, _) = find(edition, &method, &path).unwrap();
            assert_eq!(found.template, operation.template);
        }
        let names: BTreeSet<_> = OPERATIONS.iter().map(|one| (one.id, one.at_cloud)).collect();
        assert_eq!(names.len(), OPERATIONS.len(), "two operations have one name");
    }

    #[test]
    fn what_stands_for_a_name_is_decoded() {
        let path = ["issue", "DOCK-1", "properties", "com.example%3Akey%2Fpart"];
        let (operation, captured) = find(Edition::Cloud, &Method::GET, &path).unwrap();
        assert_eq!((operation.id, captured["propertyKey"].as_str()), ("getIssueProperty", "com.example:key/part"));
    }
}
