//! What component tests are written with.
