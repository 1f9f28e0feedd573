"""An integration's work with PyPI's `jira`, right at the model: JIRA_URL, TOKEN, PROJECT, WATCHER, and API_VERSION.

Every step asserts what a user of the library relies on.
"""

import io
import os

from jira import JIRA

version = os.environ["API_VERSION"]
jira = JIRA(os.environ["JIRA_URL"], token_auth=os.environ["TOKEN"], options={"rest_api_version": version})
project, watcher = os.environ["PROJECT"], os.environ["WATCHER"]

assert project in [found.key for found in jira.projects()], "the project is listed"
found = jira.search_issues(f"project = {project} AND NOT (statusCategory = Done OR labels = nothing) ORDER BY created", maxResults=2)
assert [issue.fields.project.key for issue in found] == [project, project], "issues are found"

issue = jira.create_issue(project=project, summary="Crane 7 is stuck", issuetype={"name": "Bug"})
issue.update(summary="Crane 7 is stuck again")
assert jira.issue(issue.key).fields.summary == "Crane 7 is stuck again", "an update is read again"
text = "The motor is hot."
paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
jira.add_comment(issue, {"type": "doc", "version": 1, "content": [paragraph]} if version == "3" else text)
body = jira.comments(issue)[0].body
assert (body.content[0].content[0].text if version == "3" else body) == text, "a comment is there"
jira.transition_issue(issue, "In Progress")
assert jira.issue(issue.key).fields.status.name == "In Progress", "it was moved"
assert jira.add_attachment(issue, io.BytesIO(b"hot\n"), filename="motor.txt").size == 4, "a file is attached"
jira.add_worklog(issue, timeSpent="2h")
assert jira.worklogs(issue)[0].timeSpentSeconds == 7200, "work is logged"
jira.add_watcher(issue, watcher)
assert jira.watchers(issue).watchCount == 2, "somebody else watches it"
jira.assign_issue(issue, watcher)
assignee = jira.issue(issue.key).fields.assignee
assert watcher in (getattr(assignee, "accountId", None), getattr(assignee, "name", None)), "it is assigned"
assert jira.priorities() and jira.statuses() and jira.fields() and jira.issue_types(), "lists are read"
issue.delete()
assert jira.search_issues(f"project = {project} AND summary ~ stuck") == [], "it is gone"
print(issue.key)
