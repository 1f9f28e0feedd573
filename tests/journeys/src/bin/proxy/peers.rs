//! The Workers that are compared.

use std::path::{Path, PathBuf};

use journeys::{checkout, configuration::Configuration, free_port};

use crate::{
    load::Call,
    workerd::{Running, Settings},
};

/// Their names, in the order of every table.
pub(crate) const NAMES: [&str; 3] = ["pass-through", "hono", "Causeway"];

/// A Worker that can be started.
pub(crate) struct Peer {
    place: PathBuf,
    port: u16,
}

impl Peer {
    fn new(place: PathBuf, port: u16, settings: &Settings) -> Self {
        settings.write(&place, port);
        Self { place, port }
    }

    pub(crate) fn start(&self) -> Running {
        Running::start(&self.place, self.port)
    }
}

/// The Worker that was built, with its objects and KV on disk.
pub(crate) fn causeway(place: &Path, port: u16, model: &str, upstream: &str) -> Peer {
    const BUILT: [(&str, &str); 2] = [("index.js", "esModule"), ("index_bg.wasm", "wasm")];
    let place = folder(place, "causeway");
    for (file, _) in BUILT {
        let copied = std::fs::copy(checkout::root().join("edge/build").join(file), place.join(file));
        copied.unwrap_or_else(|error| panic!("{file} cannot be copied: {error}; was it built (make build)?"));
    }
    let configuration = Configuration::example()
        .with("PUBLIC_URL", format!("http://localhost:{port}"))
        .with("ATLASSIAN_AUTH_URL", model)
        .with("ATLASSIAN_API_URL", upstream)
        .with("OIDC_ISSUER", model);
    let settings = Settings {
        modules: BUILT.map(|(file, kind)| (file.to_owned(), kind)).to_vec(),
        variables: configuration.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        objects: vec![
            ("ORGANIZATION", "Organization"),
            ("GRANT_KEEPER", "GrantKeeper"),
            ("PROJECT_KEEPER", "ProjectKeeper"),
        ],
        kv: Some("TOKENS"),
    };
    Peer::new(place, port, &settings)
}

/// A Worker in JavaScript that passes everything through.
pub(crate) fn pass_through(place: &Path, upstream: &str) -> Peer {
    let script = checkout::root().join("tests/bench/proxy/pass-through.mjs");
    in_javascript(place, "pass-through", &script, vec![("UPSTREAM".to_owned(), upstream.to_owned())])
}

/// A Worker in JavaScript that does the same job. The Makefile joins it with hono.
pub(crate) fn hono(place: &Path, upstream: &str, call: &Call) -> Peer {
    let access = serde_json::json!({ call.known_as(): { "token": "t".repeat(600), "expires": 4_000_000_000_000_u64 } });
    let variables = vec![("UPSTREAM".to_owned(), upstream.to_owned()), ("ACCESS".to_owned(), access.to_string())];
    in_javascript(place, "hono", &checkout::root().join("target/bench/hono.mjs"), variables)
}

fn in_javascript(place: &Path, name: &str, script: &Path, variables: Vec<(String, String)>) -> Peer {
    let place = folder(place, name);
    let copied = std::fs::copy(script, place.join("worker.mjs"));
    copied.unwrap_or_else(|error| panic!("{} cannot be copied: {error}", script.display()));
    let modules = vec![("worker.mjs".to_owned(), "esModule")];
    Peer::new(place, free_port(), &Settings { modules, variables, ..Settings::default() })
}

fn folder(place: &Path, name: &str) -> PathBuf {
    let folder = place.join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
