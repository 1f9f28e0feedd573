// An OpenID provider and OAuth 2.0 server that is not ours: npm's oidc-provider, certified by the OpenID Foundation. It
// stands where the model of Atlassian otherwise does, so that the edge and the model cannot be wrong together.
//
// Out of the environment: PORT, PUBLIC_URL, CLAIMS (id_token or userinfo), CAUSEWAY_NODE_MODULES, and the client ids and
// secrets of .dev.vars.example. Everybody may sign in, as the person whose name is typed; all is kept in memory.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const { PORT, PUBLIC_URL, CLAIMS, CAUSEWAY_NODE_MODULES, ...secrets } = process.env;
const from = createRequire(`${CAUSEWAY_NODE_MODULES}/`);
const { default: Provider } = await import(pathToFileURL(from.resolve("oidc-provider")));

const SITE = { id: "9d3c1f52-0000-4000-8000-000000000009", name: "Elsewhere", url: "https://elsewhere.atlassian.net" };
const ATLASSIAN_SCOPES = ["read:jira-work", "read:jira-user", "write:jira-work", "read:me"];

const client = (client_id, client_secret, path, token_endpoint_auth_method) => ({
  client_id, client_secret, token_endpoint_auth_method,
  grant_types: ["authorization_code", "refresh_token"],
  redirect_uris: [`${PUBLIC_URL}${path}`],
});

const provider = new Provider(`http://127.0.0.1:${PORT}`, {
  clients: [
    client(secrets.OIDC_CLIENT_ID, secrets.OIDC_CLIENT_SECRET, "/sign-in/callback", "client_secret_basic"),
    client(secrets.ATLASSIAN_CLIENT_ID, secrets.ATLASSIAN_CLIENT_SECRET, "/oauth/callback/cloud", "client_secret_post"),
  ],
  routes: { authorization: "/authorize", token: "/oauth/token", userinfo: "/userinfo" },
  scopes: ["openid", "email", "profile", "offline_access", ...ATLASSIAN_SCOPES],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  conformIdTokenClaims: CLAIMS === "userinfo",
  pkce: { required: () => true },
  cookies: { keys: ["development-only-cookie-key"] },
  issueRefreshToken: async (_, client) => client.grantTypeAllowed("refresh_token"),
  // Strict: a refresh token that was used ends everything, at once.
  rotateRefreshToken: true,
  ttl: { AccessToken: 30, AuthorizationCode: 60, IdToken: 600, RefreshToken: 3600, Grant: 3600, Session: 3600, Interaction: 600 },
  findAccount: (_, name) => ({
    accountId: name,
    claims: () => ({ sub: name, name, email: `${name}@example.com`, email_verified: true }),
  }),
});

let refreshed = 0;
const issued = new Set();
let refused = new Set();
provider.on("access_token.saved", (token) => issued.add(token.jti));
provider.on("grant.success", ({ oidc }) => {
  if (oidc.params.grant_type === "refresh_token") refreshed += 1;
});

provider.on("grant.error", ({ oidc }, error) => {
  console.error("refused", oidc.params?.grant_type, error.error, error.error_description, error.error_detail);
});

// The few calls of Atlassian's API that an authorization makes, for bearers of a token of this server.
const RESOURCES = {
  "/oauth/token/accessible-resources": () => [{ ...SITE, scopes: ATLASSIAN_SCOPES, avatarUrl: `${SITE.url}/avatar.png` }],
  "/me": (name) => ({ account_id: name, name, email: `${name}@example.com`, account_status: "active" }),
  [`/ex/jira/${SITE.id}/rest/api/3/myself`]: (name) => ({ accountId: name, displayName: name, active: true }),
};

provider.use(async (context, next) => {
  if (context.path === "/refreshed") return void (context.body = { refreshed });
  if (context.path === "/refuse-all-access-tokens") return void (context.body = { refused: (refused = new Set(issued)).size });
  const resource = RESOURCES[context.path];
  if (!resource) return next();
  const token = await provider.AccessToken.find(context.get("authorization").replace(/^Bearer /, ""));
  if (!token || token.isExpired || refused.has(token.jti)) return context.throw(401, "Unauthorized");
  context.body = resource(token.accountId);
});

provider.listen(Number(PORT), "127.0.0.1");
