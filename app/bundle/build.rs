//! Cutting a WebAssembly module in two needs to know what in it refers to what: the linker leaves that in.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-bins=--emit-relocs");
}
