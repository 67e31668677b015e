//! Chores, the bench, and the tests that hold the shape of this repository.

fn main() {}
