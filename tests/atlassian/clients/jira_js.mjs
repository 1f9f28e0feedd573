// An integration's work with npm's `jira.js`, right at the model: JIRA_URL, TOKEN, PROJECT, WATCHER, and API_VERSION.
//
// Every step asserts what a user of the library relies on.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const { JIRA_URL: host, TOKEN: accessToken, PROJECT: project, WATCHER: watcher, API_VERSION, EDITION } = process.env;
const { Version2Client, Version3Client } = createRequire(`${process.env.CAUSEWAY_JIRA_JS}/`)("jira.js");
const Client = API_VERSION === "3" ? Version3Client : Version2Client;
const jira = new Client({ host, authentication: { oauth2: { accessToken } } });
const isCloud = EDITION === "cloud";
const listed = isCloud ? (await jira.projects.searchProjects()).values : await jira.sendRequest({ url: "/rest/api/2/project", method: "GET" });
assert.ok(listed.some(({ key }) => key === project), "the project is listed");
const found = async (jql) => {
  const data = { jql, maxResults: 2, fields: ["project"] };
  const answer = isCloud
    ? await jira.issueSearch.searchForIssuesUsingJqlEnhancedSearchPost(data)
    : await jira.sendRequest({ url: "/rest/api/2/search", method: "POST", data });
  return answer.issues.map((issue) => issue.fields.project.key);
};
assert.deepEqual(await found(`project = ${project} AND (labels is EMPTY OR labels is not EMPTY)`), [project, project]);

const fields = { project: { key: project }, summary: "Crane 7 is stuck", issuetype: { name: "Bug" } };
const { key: issueIdOrKey } = await jira.issues.createIssue({ fields });
const read = async () => (await jira.issues.getIssue({ issueIdOrKey })).fields;
await jira.issues.editIssue({ issueIdOrKey, fields: { summary: "Crane 7 is stuck again" } });
assert.equal((await read()).summary, "Crane 7 is stuck again", "an update is read again");

const text = "The motor is hot.";
const paragraph = { type: "paragraph", content: [{ type: "text", text }] };
await jira.issueComments.addComment({ issueIdOrKey, comment: API_VERSION === "3" ? { type: "doc", version: 1, content: [paragraph] } : text });
assert.equal((await jira.issueComments.getComments({ issueIdOrKey })).comments.length, 1, "a comment is there");

const { transitions } = await jira.issues.getTransitions({ issueIdOrKey });
const { id } = transitions.find(({ name }) => name === "In Progress");
await jira.issues.doTransition({ issueIdOrKey, transition: { id } });
assert.equal((await read()).status.name, "In Progress", "it was moved");

const attachment = { filename: "motor.txt", file: Buffer.from("hot\n"), mimeType: "text/plain" };
const [attached] = await jira.issueAttachments.addAttachment({ issueIdOrKey, attachment });
assert.equal(attached.size, 4, "a file is attached");
await jira.issueWorklogs.addWorklog({ issueIdOrKey, timeSpentSeconds: 7200 });
assert.equal((await jira.issueWorklogs.getIssueWorklog({ issueIdOrKey })).worklogs[0].timeSpentSeconds, 7200, "work is logged");
await jira.issueWatchers.addWatcher({ issueIdOrKey, accountId: watcher });
assert.equal((await jira.issueWatchers.getIssueWatchers({ issueIdOrKey })).watchCount, 2, "somebody else watches it");
await jira.issues.assignIssue({ issueIdOrKey, accountId: isCloud ? watcher : undefined, name: isCloud ? undefined : watcher });
assert.ok(Object.values((await read()).assignee).includes(watcher), "it is assigned");
await jira.issues.deleteIssue({ issueIdOrKey });
assert.deepEqual(await found(`project = ${project} AND summary ~ stuck`), [], "it is gone");
console.log(issueIdOrKey);
