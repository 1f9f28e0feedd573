"""The daily work of an integration with PyPI's `atlassian-python-api`, at the address in JIRA_URL with the key in
API_KEY. EDITION is `cloud` or `data-center`.

Every step asserts what a user of the library relies on. It prints the key of the issue that it made and deleted.
"""

import os
import tempfile

from atlassian import Jira

is_cloud = os.environ["EDITION"] == "cloud"
jira = Jira(url=os.environ["JIRA_URL"], token=os.environ["API_KEY"], cloud=is_cloud, api_version="2")
project = os.environ["PROJECT"]

assert project in [found["key"] for found in jira.projects()], "the project is listed"
search = jira.enhanced_jql if is_cloud else jira.jql
found = search(f"project = {project} ORDER BY created", limit=2, fields="project")
assert [issue["fields"]["project"]["key"] for issue in found["issues"]] == [project, project], "issues are found"

fields = {"project": {"key": project}, "summary": "Crane 7 is stuck", "issuetype": {"name": "Bug"}, "description": "Since noon."}
key = jira.create_issue(fields=fields)["key"]
assert jira.issue(key)["fields"]["summary"] == "Crane 7 is stuck", "what was created is read"

jira.update_issue_field(key, {"summary": "Crane 7 is stuck again"})
assert jira.issue_field_value(key, "summary") == "Crane 7 is stuck again", "an update is read again"

jira.issue_add_comment(key, "The motor is hot.")
assert [each["body"] for each in jira.issue_get_comments(key)["comments"]] == ["The motor is hot."], "a comment is there"

jira.set_issue_status(key, "In Progress")
assert jira.get_issue_status(key) == "In Progress", "it was moved"

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "motor.txt")
    with open(path, "wb") as file:
        file.write(b"hot\n")
    assert jira.add_attachment(key, path)[0]["filename"] == "motor.txt", "a file is attached"

watcher = os.environ["WATCHER"]
jira.issue_add_watcher(key, watcher)
assert jira.issue_get_watchers(key)["watchCount"] == 2, "somebody else watches it"

jira.delete_issue(key)
assert search(f"project = {project} AND summary ~ stuck")["issues"] == [], "it is gone"
print(key)
