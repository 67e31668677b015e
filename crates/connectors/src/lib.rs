//! Where one pipeline feeds another: one folder each.
