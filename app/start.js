// Starts the app, and shows a message if that fails. It is a file because the content security policy forbids inline
// scripts. It is not a module, so that it also runs in a browser without modules.
(function () {
  "use strict";
  var script = document.currentScript;
  var root = document.documentElement;

  // Before the first paint: the chosen colours, and no header in the pop-up.
  try {
    var mode = localStorage.getItem("causeway-color-mode");
    if (mode === "light" || mode === "dark") root.dataset.colorMode = mode;
    if (localStorage.getItem("causeway-density") === "compact") root.dataset.density = "compact";
  } catch (_) {
    // Storage is blocked: the system's colours apply.
  }
  var alone = /^\/(authorize|guide)(\/|$)/.test(location.pathname);
  if (alone) root.dataset.popup = "";
  // A help page has no app to start.
  if (!script.dataset.module) return;

  // Sends the app's first requests while the app itself is still loading. `src/client.rs` takes these answers if it
  // requests the same addresses; a test in src/connections/listing.rs compares them.
  var prefetched = (window.causewayPrefetched = {});
  function ask(path, signal) {
    prefetched[path] = fetch(path, { headers: { accept: "application/json" }, signal: signal });
    prefetched[path].catch(function () {}); // The app reports the failure when it takes the answer.
    return prefetched[path];
  }
  if (window.fetch && !alone) {
    var session = ask("/api/v1/session");
    // All screens but the list need the later part. The app asks for the same files, and then gets them from the cache.
    if (location.pathname !== "/" && script.dataset.later)
      script.dataset.later.split(" ").forEach(function (file) { fetch(file).catch(function () {}); });
    if (location.pathname === "/" && !location.search && window.AbortController) {
      var list = new AbortController();
      ask("/api/v1/connections?sort=attention&limit=50", list.signal);
      // Nobody reads the list while nobody is signed in, and an answer that is not read never ends.
      var answered = prefetched["/api/v1/connections?sort=attention&limit=50"];
      var drop = function () {
        list.abort();
        answered.then(function (answer) { if (answer.body && !answer.bodyUsed) answer.body.cancel().catch(function () {}); }, function () {});
      };
      session.then(function (answer) { if (answer.status === 401) drop(); }, function () {});
    }
  }

  function element(name, text, className) {
    var made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function say(heading, sentence, remedy, words) {
    function show() {
      if (document.getElementById("start-failure")) return;
      var notice = element("section", "", "notice notice-danger");
      notice.id = "start-failure";
      notice.setAttribute("role", "alert");
      notice.append(element("h1", heading), element("p", sentence), element("p", remedy));
      var again = element("button", "Try again", "button button-primary");
      again.addEventListener("click", function () { location.reload(); });
      var details = element("details", "", "details");
      details.append(element("summary", "Details"), element("pre", words));
      var help = element("p");
      help.append(element("a", "Learn more"));
      help.firstChild.href = "/help/troubleshooting/#cannot_start";
      notice.append(help, again, details);
      var page = element("main", "", "content");
      page.append(notice);
      document.body.replaceChildren(page);
      document.title = heading + " · Causeway";
    }
    if (document.body) show();
    else addEventListener("DOMContentLoaded", show);
  }

  function cannotStart(reason) {
    if (typeof WebAssembly !== "object")
      say("Causeway cannot start",
        "It needs WebAssembly, which this browser does not have or does not allow.",
        "Use a current version of Chrome, Edge, Firefox or Safari. If your organization blocks WebAssembly, ask for this site to be allowed.",
        String(reason));
    else
      say("Causeway cannot start",
        "A part of it could not be loaded or run.",
        "Check the network and try again. If it persists, your browser or network may block WebAssembly for this site: ask for it to be allowed.",
        String(reason));
  }

  // After a panic the app does nothing any more; the screen must say so.
  addEventListener("error", function (event) {
    if (typeof WebAssembly === "object" && event.error instanceof WebAssembly.RuntimeError)
      say("Causeway has stopped", "It met a fault of its own. What was saved is safe.", "Load the page again.", String(event.error));
  });

  // After a deployment, a page that was loaded before it names files that are gone. One reload gets the new page. It is
  // remembered by the files' name, so that no page reloads itself twice.
  function recover(reason) {
    var name = "causeway-reloaded";
    var files = script.dataset.module;
    try {
      if (sessionStorage.getItem(name) === files) return cannotStart(reason);
      sessionStorage.setItem(name, files);
    } catch (_) {
      return cannotStart(reason);
    }
    fetch(files, { method: "HEAD", cache: "no-store" }).then(
      function (answer) { if (answer.status === 404) location.reload(); else cannotStart(reason); },
      function () { cannotStart(reason); }
    );
  }

  function start() {
    if (typeof WebAssembly !== "object") return cannotStart("WebAssembly is not defined");
    import(script.dataset.module)
      .then(function (app) { return app.default({ module_or_path: script.dataset.wasm }); })
      .catch(recover);
  }
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
