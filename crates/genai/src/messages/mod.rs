//! Prompt and completion messages, rebuilt.
