// The entry of a Worker whose messages to Durable Objects are counted. It stands beside what worker-build wrote, and runs
// exactly that; only the bindings of its Durable Objects are watched. GET /api/counted-messages tells the counts since it
// was last asked: by binding, a number.
import Original, * as built from "./index.js";

const COUNTS = "/api/counted-messages";
const counts = {};

/** A method that belongs to its object, whoever is asked for it. */
const bound = (object, name) => (typeof object[name] === "function" ? object[name].bind(object) : object[name]);

/** A stub that counts what is sent by it. */
function counted(binding, stub) {
  return new Proxy(stub, {
    get(target, name) {
      if (name !== "fetch") return bound(target, name);
      return (...request) => {
        counts[binding] = (counts[binding] ?? 0) + 1;
        return target.fetch(...request);
      };
    },
  });
}

/** The bindings, of which those to Durable Objects are watched. */
function watched(env) {
  return new Proxy(env, {
    get(target, binding) {
      const value = target[binding];
      if (value?.constructor?.name !== "DurableObjectNamespace") return value;
      return new Proxy(value, {
        get(namespace, name) {
          if (name === "constructor") return namespace.constructor;
          if (name === "get" || name === "getByName") {
            return (...which) => counted(binding, namespace[name](...which));
          }
          return bound(namespace, name);
        },
      });
    },
  });
}

export class Organization extends built.Organization {
  constructor(state, env) {
    super(state, watched(env));
  }
}

export class GrantKeeper extends built.GrantKeeper {
  constructor(state, env) {
    super(state, watched(env));
  }
}

export class ProjectKeeper extends built.ProjectKeeper {
  constructor(state, env) {
    super(state, watched(env));
  }
}

export class DelegationKeeper extends built.DelegationKeeper {
  constructor(state, env) {
    super(state, watched(env));
  }
}

export class QuotaLedger extends built.QuotaLedger {}

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === COUNTS) {
      const told = Response.json(counts);
      for (const binding of Object.keys(counts)) delete counts[binding];
      return told;
    }
    return Original.fetch(request, watched(env), ctx);
  },
};
