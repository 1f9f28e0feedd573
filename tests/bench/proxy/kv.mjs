// Workers KV for the bench: the few requests that the binding of `workerd` makes, answered from memory.
const kept = new Map();

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (request.method === "PUT") kept.set(pathname, await request.text());
    if (request.method === "DELETE") kept.delete(pathname);
    if (request.method !== "GET") return new Response(null);
    return kept.has(pathname) ? new Response(kept.get(pathname)) : new Response(null, { status: 404 });
  },
};
