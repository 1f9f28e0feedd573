// The Worker's handlers, in front of those that worker-build made.
//
// Its entry point is a class behind proxies, so that a Worker whose Rust panicked gets a fresh instance of WebAssembly. For
// every request that is an object, two proxies and a promise: a twentieth of what a proxied call costs. Here the handlers
// are called directly, and the class is only asked to begin afresh.
import Built from "../build/index.js";
export * from "../build/index.js";

const { fetch, scheduled } = Built.prototype;
let hasPanicked = false;

// After worker-build's own listener, which remembers that a fresh instance is needed.
addEventListener("error", ({ error }) => {
  hasPanicked ||= error instanceof WebAssembly.RuntimeError;
});

function run(handler, argument, env, ctx) {
  if (hasPanicked) {
    // Constructing it replaces the instance.
    new Built(ctx, env);
    hasPanicked = false;
  }
  try {
    return handler.call({ env, ctx }, argument);
  } catch (error) {
    reportError(error);
    throw error;
  }
}

export default {
  fetch: (request, env, ctx) => run(fetch, request, env, ctx),
  scheduled: (event, env, ctx) => run(scheduled, event, env, ctx),
};
