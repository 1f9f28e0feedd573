// What a query can be drawn as, in the editor. The names of segments and all numbers are Jira's.

const field = (id, name) => ({ id, name });

/** Each makes the part of a spec that says what is counted by what, and how it looks. */
export const TEMPLATES = [
  { name: "Issues by status", make: () => ({ mark: "bar", group: { field: field("status", "Status") }, look: { palette: "status" } }) },
  { name: "Issues by assignee", make: () => ({ mark: "bar", group: { field: field("assignee", "Assignee") }, look: { palette: "single" } }) },
  { name: "Issues by priority", make: () => ({ mark: "column", group: { field: field("priority", "Priority"), order: "natural" }, look: { palette: "single" } }) },
  { name: "Issues by type", make: () => ({ mark: "donut", group: { field: field("issuetype", "Type"), limit: 5 } }) },
  { name: "Created by month", make: () => ({ mark: "column", group: { field: field("created", "Created"), order: "natural", buckets: { every: "month", last: 12 } }, look: { palette: "single" } }) },
  { name: "How many issues", make: () => ({ mark: "tile" }) },
];

/** The spec of a chart. */
export const spec = (template, jql, title) => ({ ...template.make(), source: { jql }, says: { title } });
