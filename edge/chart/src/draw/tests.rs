//! Charts are drawn and read as a reader would: as XML, by colour, and by eye (`cargo run -p chart --example gallery`).

mod colours;
mod fixture;
mod golden;
mod pictures;
mod reading;
