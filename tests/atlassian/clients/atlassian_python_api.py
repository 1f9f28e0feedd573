"""An integration's work with PyPI's `atlassian-python-api`, right at the model: JIRA_URL, TOKEN, PROJECT, WATCHER,
API_VERSION, and EDITION, which is `cloud` or `data-center`.

Every step asserts what a user of the library relies on.
"""

import os
import tempfile

from atlassian import Jira

is_cloud = os.environ["EDITION"] == "cloud"
jira = Jira(url=os.environ["JIRA_URL"], token=os.environ["TOKEN"], cloud=is_cloud, api_version=os.environ["API_VERSION"])
project, watcher = os.environ["PROJECT"], os.environ["WATCHER"]

assert project in [found["key"] for found in jira.projects()], "the project is listed"
search = jira.enhanced_jql if is_cloud else jira.jql
found = search(f"project = {project} AND created > -3650d ORDER BY created", limit=2, fields="project")
assert [issue["fields"]["project"]["key"] for issue in found["issues"]] == [project, project], "issues are found"

fields = {"project": {"key": project}, "summary": "Crane 7 is stuck", "issuetype": {"name": "Bug"}}
key = jira.create_issue(fields=fields)["key"]
jira.update_issue_field(key, {"summary": "Crane 7 is stuck again"})
assert jira.issue_field_value(key, "summary") == "Crane 7 is stuck again", "an update is read again"
body = "The motor is hot."
if os.environ["API_VERSION"] == "3":
    body = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": body}]}]}
jira.issue_add_comment(key, body)
assert [each["body"] for each in jira.issue_get_comments(key)["comments"]] == [body], "a comment is there"
jira.set_issue_status(key, "In Progress")
assert jira.get_issue_status(key) == "In Progress", "it was moved"
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "motor.txt")
    with open(path, "wb") as file:
        file.write(b"hot\n")
    assert jira.add_attachment(key, path)[0]["filename"] == "motor.txt", "a file is attached"
jira.issue_worklog(key, "2026-01-02T03:04:05.000+0000", 7200)
assert jira.issue_get_worklog(key)["worklogs"][0]["timeSpentSeconds"] == 7200, "work is logged"
jira.issue_add_watcher(key, watcher)
assert jira.issue_get_watchers(key)["watchCount"] == 2, "somebody else watches it"
jira.assign_issue(key, watcher)
assert watcher in jira.issue_field_value(key, "assignee").values(), "it is assigned"
jira.delete_issue(key)
assert search(f"project = {project} AND summary ~ stuck")["issues"] == [], "it is gone"
print(key)
