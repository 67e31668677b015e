//! A plan becomes running tasks; knows no component.
