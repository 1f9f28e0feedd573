// What a proxy costs at the least: every request goes on to the upstream as it came, and its answer back.
export default {
  fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    return fetch(env.UPSTREAM + pathname + search, request);
  },
};
