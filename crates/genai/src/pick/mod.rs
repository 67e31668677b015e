//! Picks numbers and short texts out of JSON and what looks like it.
