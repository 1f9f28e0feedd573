"""The daily work of an integration with PyPI's `jira`, at the address in JIRA_URL with the key in API_KEY.

Every step asserts what a user of the library relies on. It prints the key of the issue that it made and deleted.
"""

import io
import os

from jira import JIRA

jira = JIRA(os.environ["JIRA_URL"], token_auth=os.environ["API_KEY"])
project = os.environ["PROJECT"]

assert project in [found.key for found in jira.projects()], "the project is listed"
found = jira.search_issues(f"project = {project} ORDER BY created", maxResults=2)
assert [issue.fields.project.key for issue in found] == [project, project], "issues are found"

issue = jira.create_issue(project=project, summary="Crane 7 is stuck", issuetype={"name": "Bug"}, description="Since noon.")
read = jira.issue(issue.key)
assert (read.fields.summary, read.fields.description) == ("Crane 7 is stuck", "Since noon."), "what was created is read"

# Resources are changed at the address that Jira calls their own, with the host of JIRA_URL.
read.update(summary="Crane 7 is stuck again", description="Zwei Kräne.")
assert read.fields.summary == "Crane 7 is stuck again", "an update is read again"
assert jira.issue(issue.key).fields.description == "Zwei Kräne.", "and is what Jira has"

comment = jira.add_comment(issue, "The motor is hot.")
assert [each.body for each in jira.comments(issue)] == [comment.body] == ["The motor is hot."], "a comment is there"

jira.transition_issue(issue, "In Progress")
assert jira.issue(issue.key).fields.status.name == "In Progress", "it was moved"

attachment = jira.add_attachment(issue, io.BytesIO(b"hot\n"), filename="Kräne.txt")
assert (attachment.filename, attachment.size) == ("Kräne.txt", 4), "a file is attached"

watcher = os.environ["WATCHER"]
jira.add_watcher(issue, watcher)
assert jira.watchers(issue).watchCount == 2, "somebody else watches it"
jira.remove_watcher(issue, watcher)
assert jira.watchers(issue).watchCount == 1, "and no longer"

read.delete()
assert jira.search_issues(f"project = {project} AND summary ~ stuck") == [], "it is gone"
print(issue.key)
