//! Writes docs/dialects.md: `cargo run -p genai --example dialects > docs/dialects.md`.
#![expect(clippy::print_stdout, reason = "that is what it does")]

fn main() {
    print!("{}", genai::table::markdown());
}
