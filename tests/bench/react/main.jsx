// What Causeway's Connections screen is measured against: the same screen in React, with TanStack Table and Virtual.
import { createColumnHelper, tableFeatures, useTable } from "@tanstack/react-table";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";

import { Account, Actions, Kind, LastActivity, Name, Status } from "./cells.jsx";
import { useList } from "./list.js";

const features = tableFeatures({});
const helper = createColumnHelper();
const column = (id, header, Cell) =>
  helper.display({ id, header, cell: ({ row }) => <Cell connection={row.original} /> });
const columns = helper.columns([
  column("name", "Name", Name),
  column("status", "Status", Status),
  column("kind", "Kind", Kind),
  column("account", "Authorized as", Account),
  column("last_activity", "Last activity", LastActivity),
  column("actions", "", Actions),
]);
const SORTED = { name: "name", last_activity: "last_activity" };
const STATES = [["", "All"], ["authorized", "Authorized"], ["interrupted", "Interrupted"], ["unauthorized", "Unauthorized"]];

function Page() {
  const [query, setQuery] = useState(location.search.slice(1));
  const narrow = (name, value) => {
    const params = new URLSearchParams(query);
    if (value) params.set(name, value);
    else params.delete(name);
    history.replaceState(null, "", `?${params}`);
    setQuery(params.toString());
  };
  const list = useList(query);
  return (
    <>
      <header className="header"><span className="header-product">React</span></header>
      <main className="content">
        <h1>Connections</h1>
        <Narrowing query={query} counts={list.counts} narrow={narrow} />
        {list.counts && <p className="subtle small count" role="status">{list.total} connections</p>}
        {list.counts && <Grid list={list} query={query} narrow={narrow} />}
      </main>
    </>
  );
}

function Narrowing({ query, counts, narrow }) {
  const params = new URLSearchParams(query);
  const [words, setWords] = useState(params.get("q") ?? "");
  const waiting = useRef();
  const write = (text) => {
    setWords(text);
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => narrow("q", text.trim()), 200);
  };
  const count = (state) => counts && (state ? counts[state] : counts.authorized + counts.interrupted + counts.unauthorized);
  return (
    <div className="filter-bar" role="search">
      <label className="search">
        <span className="assistive">Search connections</span>
        <input className="field-input" type="search" placeholder="Search name, site or account" value={words}
          onChange={(event) => write(event.target.value)} />
      </label>
      <div className="chips" role="group" aria-label="Status">
        {STATES.map(([state, name]) => (
          <button key={state} type="button" className="chip" aria-pressed={(params.get("status") ?? "") === state}
            onClick={() => narrow("status", state)}>
            {name} <span className="chip-count">{count(state)}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

function Grid({ list, query, narrow }) {
  const { rows, total, lookAt } = list;
  const table = useTable({ features, columns, data: rows.data, getRowId: (connection) => connection.id });
  const body = useRef(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => setMargin(body.current.getBoundingClientRect().top + scrollY), []);
  const virtual = useWindowVirtualizer({ count: total, estimateSize: () => 57, overscan: 7, scrollMargin: margin });
  const shown = virtual.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => lookAt(first, last), [first, last, total, lookAt]);
  const before = shown.length ? shown[0].start - margin : 0;
  const after = shown.length ? virtual.getTotalSize() - (shown.at(-1).end - margin) : 0;
  const models = table.getRowModel().rows;
  return (
    <table className="cards grid" aria-rowcount={total + 1}>
      <thead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id} aria-rowindex={1}>
            {group.headers.map((header) => <Header key={header.id} header={header} table={table} query={query} narrow={narrow} />)}
          </tr>
        ))}
      </thead>
      <tbody ref={body}>
        {before > 0 && <tr className="gap" aria-hidden="true"><td colSpan={6} style={{ height: before }} /></tr>}
        {shown.map((item) => (
          <Row key={item.index} index={item.index} row={models[rows.at(item.index)]} size={item.size}
            measure={virtual.measureElement} />
        ))}
        {after > 0 && <tr className="gap" aria-hidden="true"><td colSpan={6} style={{ height: after }} /></tr>}
      </tbody>
    </table>
  );
}

function Header({ header, table, query, narrow }) {
  const order = SORTED[header.column.id];
  if (!order) return <th scope="col"><table.FlexRender header={header} /></th>;
  const now = new URLSearchParams(query).get("sort") ?? "name";
  const sorted = { [order]: "ascending", [`-${order}`]: "descending" }[now];
  const press = () => narrow("sort", now === order ? `-${order}` : order);
  return (
    <th scope="col" aria-sort={sorted}>
      <button type="button" className="sort" onClick={press}><table.FlexRender header={header} /></button>
    </th>
  );
}

/** A row is rendered again only if its connection is another one. */
const Row = memo(function Row({ index, row, size, measure }) {
  if (!row) {
    return (
      <tr aria-rowindex={index + 2} aria-busy="true">
        <td colSpan={6} style={{ height: size }}><div className="skeleton" /></td>
      </tr>
    );
  }
  return (
    <tr ref={measure} data-index={index} aria-rowindex={index + 2}>
      {row.getAllCells().map((cell, at) => {
        const content = cell.column.columnDef.cell(cell.getContext());
        return at === 0 ? <th key={cell.id} scope="row">{content}</th> : <td key={cell.id}>{content}</td>;
      })}
    </tr>
  );
}, (before, after) => before.row?.original === after.row?.original && before.index === after.index && (!!before.row || before.size === after.size));

createRoot(document.getElementById("root")).render(<Page />);
