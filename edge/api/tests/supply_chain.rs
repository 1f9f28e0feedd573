//! Where dependencies come from: the registries only, each with its checksum.

use std::{fs, path::Path};

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn every_crate_comes_from_crates_io_with_its_checksum() {
    let lock = read("Cargo.lock");
    let packages: Vec<&str> = lock.split("[[package]]").skip(1).collect();
    assert!(packages.len() > 100, "the lock file is read");
    for package in packages {
        let Some(source) = package.lines().find_map(|line| line.strip_prefix("source = ")) else { continue };
        assert_eq!(source, "\"registry+https://github.com/rust-lang/crates.io-index\"", "{package}");
        assert!(package.contains("\nchecksum = \""), "{package}");
    }
}

#[test]
fn every_javascript_tool_has_its_checksum() {
    for name in ["package-lock.json", "tests/bench/package-lock.json"] {
        let lock: serde_json::Value = serde_json::from_str(&read(name)).expect("JSON");
        let packages = lock["packages"].as_object().expect("packages");
        for (path, package) in packages.iter().filter(|(path, _)| !path.is_empty()) {
            assert!(package["integrity"].is_string(), "{name}: {path}");
        }
    }
}
