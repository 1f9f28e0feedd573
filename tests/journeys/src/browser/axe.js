// What axe finds wrong with this page. A finding is told by its rule, what would help, and the elements.
const [tags, done] = [arguments[0], arguments[arguments.length - 1]];
const asked = {
  runOnly: { type: "tag", values: tags },
  // Left out by default, and part of WCAG 2.2 AA.
  rules: { "target-size": { enabled: true } },
  resultTypes: ["violations"],
};
const told = ({ id, help, nodes }) => {
  const places = nodes.map((node) => `    ${node.html.slice(0, 300)}\n      ${(node.failureSummary ?? "").replace(/\n\s*/g, " ")}`);
  return [`${id}: ${help}`, ...places].join("\n");
};
axe.run(document, asked).then(
  ({ violations, passes }) => done({ violations: violations.map(told), looked: passes.length }),
  (error) => done({ violations: [], looked: 0, error: String(error) }),
);
