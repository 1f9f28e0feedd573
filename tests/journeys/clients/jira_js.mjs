// The daily work of an integration with npm's `jira.js`, at the address in JIRA_URL with the key in API_KEY. EDITION is
// `cloud` or `data-center`.
//
// Every step asserts what a user of the library relies on. It prints the key of the issue that it made and deleted.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const { JIRA_URL: host, API_KEY: accessToken, PROJECT: project, WATCHER: watcher, EDITION } = process.env;
const { Version2Client } = createRequire(`${process.env.CAUSEWAY_JIRA_JS}/`)("jira.js");
const jira = new Version2Client({ host, authentication: { oauth2: { accessToken } } });
const found = async (jql) => {
  const data = { jql, maxResults: 2, fields: ["project"] };
  const answer =
    EDITION === "cloud"
      ? await jira.issueSearch.searchForIssuesUsingJqlEnhancedSearchPost(data)
      : await jira.sendRequest({ url: "/rest/api/2/search", method: "POST", data });
  return answer.issues.map((issue) => issue.fields.project.key);
};

// The library knows Cloud's operations only; what Data Center has instead is called by its path.
const projects =
  EDITION === "cloud"
    ? (await jira.projects.searchProjects()).values
    : await jira.sendRequest({ url: "/rest/api/2/project" });
assert(projects.some(({ key }) => key === project), "the project is listed");
assert.deepEqual(await found(`project = ${project} ORDER BY created`), [project, project], "issues are found");

const fields = { project: { key: project }, summary: "Crane 7 is stuck", issuetype: { name: "Bug" }, description: "Since noon." };
const { key: issueIdOrKey } = await jira.issues.createIssue({ fields });
const read = async () => (await jira.issues.getIssue({ issueIdOrKey })).fields;
assert.equal((await read()).summary, "Crane 7 is stuck", "what was created is read");

await jira.issues.editIssue({ issueIdOrKey, fields: { summary: "Crane 7 is stuck again" } });
assert.equal((await read()).summary, "Crane 7 is stuck again", "an update is read again");

await jira.issueComments.addComment({ issueIdOrKey, comment: "The motor is hot." });
const { comments } = await jira.issueComments.getComments({ issueIdOrKey });
assert.deepEqual(comments.map(({ body }) => body), ["The motor is hot."], "a comment is there");

const { transitions } = await jira.issues.getTransitions({ issueIdOrKey });
const { id } = transitions.find(({ name }) => name === "In Progress");
await jira.issues.doTransition({ issueIdOrKey, transition: { id } });
assert.equal((await read()).status.name, "In Progress", "it was moved");

const attachment = { filename: "motor.txt", file: Buffer.from("hot\n"), mimeType: "text/plain" };
const [attached] = await jira.issueAttachments.addAttachment({ issueIdOrKey, attachment });
assert.deepEqual([attached.filename, attached.size], ["motor.txt", 4], "a file is attached");

await jira.issueWatchers.addWatcher({ issueIdOrKey, accountId: watcher });
assert.equal((await jira.issueWatchers.getIssueWatchers({ issueIdOrKey })).watchCount, 2, "somebody else watches it");

await jira.issues.deleteIssue({ issueIdOrKey });
assert.deepEqual(await found(`project = ${project} AND summary ~ stuck`), [], "it is gone");
console.log(issueIdOrKey);
