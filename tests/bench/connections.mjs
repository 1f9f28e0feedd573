// Ten thousand connections, the same ones every time: nothing here is left to chance.

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const TEAMS = ["Payments", "Logistics", "Search", "Identity", "Billing", "Clinic", "Harbour", "Archive", "Warehouse", "Reporting", "Mobile"];
const STAGES = ["Production", "Staging", "Test", "Sandbox", "Training"];
const PEOPLE = ["Ada Admin", "Bob Builder", "Mia Member", "Max Mustermann", "Sam Stranger", "Zoë Zimmer", "Lin Lee"];
const CAUSES = ["ip_allow_list", "site_unreachable", "rate_limited"];

/** `count` connections as `GET /api/v1/connections` shows them, their dates counted back from `now`. */
export function connections(count, now) {
  return Array.from({ length: count }, (_, at) => connection(at, now));
}

function connection(at, now) {
  const ago = (millis) => new Date(now - millis).toISOString();
  const place = (at * 7919) % 100_003;
  const team = TEAMS[place % TEAMS.length];
  const stage = STAGES[at % STAGES.length];
  const key = `${team}-${String(place).padStart(5, "0")}`.toLowerCase();
  return {
    id: `con_${String(at).padStart(8, "0")}`,
    name: `${team} ${stage} ${String(place).padStart(5, "0")}`,
    kind: "cloud_oauth2",
    site: { cloud_id: `cloud-${at}`, name: `${team} ${stage}`, url: `https://${key}.atlassian.net`, avatar_url: null },
    status: status(place, ago),
    account: { account_id: `account-${place % PEOPLE.length}`, name: PEOPLE[place % PEOPLE.length], email: null },
    scopes: ["offline_access", "read:jira-user", "read:jira-work", "read:me", "write:jira-work"],
    created_at: ago(300 * DAY),
    authorized_at: ago(200 * DAY),
    last_activity_at: ago(((place * 31) % 40_000) * MINUTE),
    reauthorize_before: null,
    checked_at: ago((place % 1_400) * MINUTE),
    missing_scopes: [],
    deleted: null,
    revert_until: null,
    version: 1 + (at % 9),
    calls: { succeeded: [], failed: [], failing: null, last_succeeded_at: null },
    diagnosis: null,
  };
}

function status(at, ago) {
  if (at % 10 === 3) return { state: "unauthorized", cause: "rotation_lost", since: ago(3 * DAY), by: null };
  if (at % 25 === 4) return { state: "interrupted", cause: CAUSES[at % CAUSES.length], since: ago(2 * DAY) };
  return { state: "authorized" };
}
