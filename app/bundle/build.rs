//! Makes the linker keep relocations: `wasm-split-cli` needs them to find out which functions call which.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-bins=--emit-relocs");
}
