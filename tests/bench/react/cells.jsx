// What stands in a row: the same words and elements as in Causeway's grid.
import { memo, useEffect, useRef, useState } from "react";

const NOW = Date.now();
const UNITS = [[31_536_000_000, "year"], [2_592_000_000, "month"], [86_400_000, "day"], [3_600_000, "hour"], [60_000, "minute"]];
const CAUSES = {
  ip_allow_list: "The site's IP allowlist refuses calls from Causeway. An Atlassian administrator must add Causeway's addresses to the site's IP allowlist.",
  site_unreachable: "The Jira site is not answering. No action needed: Causeway keeps trying and recovers by itself.",
  rate_limited: "Atlassian is limiting the number of calls. No action needed: Causeway keeps trying and recovers by itself.",
  rotation_lost: "The authorization was lost while it was renewed. Reauthorize the connection.",
};
const LOOKS = {
  authorized: ["tone-success", "Authorized", "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1m3 5-4 5-2-2"],
  interrupted: ["tone-warning", "Interrupted", "M8 1 1 14h14zM8 6v4m0 2v1"],
  unauthorized: ["tone-danger", "Unauthorized", "M8 0 0 8l8 8 8-8zm0 4v5m0 2v1"],
};

function relative(at) {
  const passed = NOW - at;
  const unit = UNITS.find(([millis]) => passed >= millis);
  if (!unit) return "just now";
  const count = Math.floor(passed / unit[0]);
  return `${count} ${unit[1]}${count === 1 ? "" : "s"} ago`;
}

function Moment({ at }) {
  const date = new Date(at);
  return <time dateTime={at} title={date.toLocaleString()}>{relative(date.getTime())}</time>;
}

function Icon({ path }) {
  return (
    <span className="icon" aria-hidden="true">
      <svg width="16" height="16" fill="none" viewBox="0 0 16 16"><path fill="currentcolor" d={path} /></svg>
    </span>
  );
}

const initials = (name) => name.split(/\s+/).slice(0, 2).map((word) => word[0]?.toUpperCase()).join("");

const open = (event, id) => {
  event.preventDefault();
  history.pushState(null, "", `/connections/${id}`);
};

export function Name({ connection }) {
  const { id, name, site } = connection;
  const [failed, setFailed] = useState(false);
  const picture = site?.avatar_url && !failed;
  return (
    <span className="who">
      <span className="avatar" aria-hidden="true">
        {picture ? <img src={site.avatar_url} alt="" onError={() => setFailed(true)} /> : initials(site?.name ?? name)}
      </span>
      <span className="site-words">
        <a href={`/connections/${id}`} className="row-link" onClick={(event) => open(event, id)}><bdi>{name}</bdi></a>
        <bdi className="subtle">{site?.url}</bdi>
      </span>
    </span>
  );
}

export function Status({ connection: { status, checked_at } }) {
  const [tone, word, path] = LOOKS[status.state];
  const cause = status.cause && `. ${CAUSES[status.cause]}`;
  const [words, at] = status.state === "authorized" ? ["checked ", checked_at] : ["noticed ", status.since];
  return (
    <>
      <span className={`lozenge ${tone}`}><Icon path={path} /> {word}</span>
      <span className="status-more">{words} <Moment at={at} /> {cause}</span>
    </>
  );
}

export const Kind = () => "Jira Cloud, OAuth 2.0";
export const Account = ({ connection }) => <bdi>{connection.account?.name ?? "Nobody"}</bdi>;
export const LastActivity = ({ connection }) => <Moment at={connection.last_activity_at} />;

export function Actions({ connection: { id, name, status } }) {
  return (
    <span className="row-buttons">
      {status.state === "unauthorized" && (
        <a className="button" href={`/connections/${id}/setup`} onClick={(event) => open(event, id)}>
          Reauthorize <span className="assistive"> {name}</span>
        </a>
      )}
      <Menu id={`menu-${id}`} label={`Actions for ${name}`} />
    </span>
  );
}

const ENTRIES = ["Test", "Reauthorize", "Unauthorize", "Delete"];

const Menu = memo(function Menu({ id, label }) {
  const [shown, setShown] = useState(false);
  const place = useRef(null);
  useEffect(() => {
    if (shown) place.current.querySelector("[role=menuitem]").focus();
  }, [shown]);
  const left = (event) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setShown(false);
  };
  const keys = (event) => {
    if (event.key === "Escape") setShown(false);
  };
  return (
    <span className="menu-place" ref={place} onKeyDown={keys} onBlur={left}>
      <button type="button" className="button button-subtle" id={id} aria-haspopup="menu" aria-expanded={shown}
        aria-label={label} onClick={() => setShown(!shown)}>
        <Icon path="M2 7h2v2H2zm5 0h2v2H7zm5 0h2v2h-2z" />
      </button>
      {shown && (
        <div className="menu" role="menu" aria-label={label}>
          {ENTRIES.map((words) => (
            <button key={words} type="button" className="menu-item" role="menuitem" tabIndex={-1}>{words}</button>
          ))}
        </div>
      )}
    </span>
  );
});
