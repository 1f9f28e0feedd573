// The list as far as it was read, a page of fifty rows at a time, as Causeway reads it.
import { useEffect, useMemo, useRef, useState } from "react";

const PAGE = 50;
const KEPT = 20;
const AHEAD = 20;
const NOTHING = { query: null, pages: new Map(), counts: null, total: 0 };

/** The pages that the rows from `first` to `last` are on, with a little ahead. */
function pagesOf(first, last, total) {
  const end = Math.min(last + 1 + AHEAD, total);
  const from = Math.floor(Math.max(0, Math.min(first - AHEAD, end)) / PAGE);
  const pages = [];
  for (let page = from; page < Math.max(1, Math.ceil(end / PAGE)); page++) pages.push(page);
  return pages;
}

function taken(loaded, query, page, answer) {
  const pages = new Map(loaded.query === query ? loaded.pages : []);
  for (const kept of pages.keys()) if (Math.abs(kept - page) > KEPT) pages.delete(kept);
  pages.set(page, answer.items);
  const { authorized, interrupted, unauthorized } = answer.counts;
  const state = new URLSearchParams(query).get("status");
  const total = state ? answer.counts[state] : authorized + interrupted + unauthorized;
  return { query, pages, counts: answer.counts, total };
}

/** The list that `query` narrows. `lookAt(first, last)` has what is in view read. */
export function useList(query) {
  const [loaded, setLoaded] = useState(NOTHING);
  const asked = useRef({ query: null, pages: new Set() });
  const waiting = useRef(null);
  const inView = useRef([0, 0]);
  const total = useRef(0);
  total.current = loaded.total;

  const ask = useMemo(() => async (page) => {
    const about = asked.current;
    about.pages.add(page);
    const skip = page > 0 ? `&skip=${page * PAGE}` : "";
    const answer = await (await fetch(`/api/v1/connections?${query}${skip}&limit=${PAGE}`)).json();
    if (asked.current === about) setLoaded((before) => taken(before, query, page, answer));
  }, [query]);

  useEffect(() => {
    asked.current = { query, pages: new Set() };
    inView.current = [0, 0];
    ask(0);
  }, [query, ask]);

  const lookAt = useMemo(() => (first, last) => {
    inView.current = [first, last];
    waiting.current ??= setTimeout(() => {
      waiting.current = null;
      const { pages } = asked.current;
      for (const page of pagesOf(...inView.current, total.current)) {
        for (const kept of pages) if (Math.abs(kept - page) > KEPT) pages.delete(kept);
        if (!pages.has(page)) ask(page);
      }
    }, 60);
  }, [ask]);

  /** What was read, one after the other, and where in it the connection of a row is. */
  const rows = useMemo(() => {
    const data = [];
    const starts = new Map();
    for (const [page, items] of loaded.pages) {
      starts.set(page, data.length);
      data.push(...items);
    }
    const at = (row) => {
      const start = starts.get(Math.floor(row / PAGE));
      return start === undefined ? undefined : start + (row % PAGE);
    };
    return { data, at };
  }, [loaded.pages]);

  return { ...loaded, rows, lookAt };
}
