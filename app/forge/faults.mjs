// What Atlassian's validator lets pass in a manifest, and what does not work or is not meant. Each has a test.

const PRODUCTS = ["jira", "confluence"];

/** The products that modules of a manifest belong to. */
function products(modules) {
  const ofModule = (name) => (name === "macro" ? "confluence" : name.split(":")[0]);
  return new Set(Object.keys(modules).map(ofModule).filter((product) => PRODUCTS.includes(product)));
}

/** What is wrong with a manifest, in sentences. */
export function faults({ app = {}, modules = {}, remotes = [], providers = {} }) {
  const found = [];
  const compatibility = app.compatibility ?? {};
  const invoked = new Set((modules.endpoint ?? []).map((endpoint) => endpoint.remote));
  for (const remote of remotes.filter((one) => invoked.has(one.key))) {
    if (!(remote.operations ?? []).includes("compute")) {
      found.push(`The remote ${remote.key} lacks the operation compute, without which it cannot be invoked.`);
    }
  }
  if (modules.macro && compatibility.confluence?.required === false) {
    found.push("There is a macro, but Confluence is optional.");
  }
  const of = [...products(modules)];
  if (of.length > 1 && !of.every((product) => compatibility[product])) {
    found.push("There are modules of two products, but app.compatibility does not name both.");
  }
  if ((modules.macro ?? []).some((macro) => macro.unlicensedAccess)) {
    found.push("A macro has unlicensedAccess, which macros do not know.");
  }
  if ((providers.auth ?? []).some((provider) => provider.type === "oauth2" && !provider.actions?.refreshToken)) {
    found.push("An OAuth provider has no action refreshToken, so its tokens end within the hour.");
  }
  return found;
}
