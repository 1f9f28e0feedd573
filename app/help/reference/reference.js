// Shows the OpenAPI document with Swagger UI. It is a file because the content security policy forbids inline scripts.
(function () {
  "use strict";
  var root = document.documentElement;
  var system = matchMedia("(prefers-color-scheme: dark)");

  // The colours that start.js found, or the system's. Swagger UI knows them by a class of its own.
  function colour() {
    var mode = root.dataset.colorMode;
    root.classList.toggle("dark-mode", mode ? mode === "dark" : system.matches);
  }
  colour();
  system.addEventListener("change", colour);
  new MutationObserver(colour).observe(root, { attributeFilter: ["data-color-mode"] });

  // Nothing is called from here: a session would have to send its proof, and a key belongs into no page.
  SwaggerUIBundle({
    url: "/api/v1/openapi.json",
    dom_id: "#reference",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    supportedSubmitMethods: [],
    syntaxHighlight: { activated: false }, // its colours are too faint to read
    validatorUrl: null,
  });
})();
