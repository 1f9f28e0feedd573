//! What Trunk builds: the library, started.

fn main() {
    app::start();
}
