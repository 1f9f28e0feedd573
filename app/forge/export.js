// What a page has in the place of a chart when it is exported as PDF or Word. An export has no reader whose access could be
// used, so it names the chart and shows no number.
const text = (words) => ({ type: "text", text: words });

export const handler = ({ extensionPayload }) => ({
  type: "doc",
  version: 1,
  content: [
    {
      type: "paragraph",
      content: [text(`Jira chart: ${extensionPayload?.config?.title || "untitled"}. Its numbers are shown on the page in Confluence.`)],
    },
  ],
});
