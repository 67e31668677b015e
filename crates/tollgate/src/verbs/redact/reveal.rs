//! `reveal`: opens encrypted tokens, and leaves a line about it.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    process::ExitCode,
};

use pii::Key;

use super::{input, job::note, names, open, policy};
use crate::cli::Reveal;

/// The longest line, in bytes.
const LINE_MAX: usize = 64 << 20;

/// Reads lines, opens their tokens and writes them.
pub(in crate::verbs) fn reveal(options: &Reveal) -> Result<ExitCode, String> {
    let keys = policy::keys(&options.keys)?;
    for name in names(&options.files) {
        let mut opened = BTreeMap::new();
        let done = lines(&name, &keys, &mut opened);
        // What was opened is told also when something then went wrong.
        note(&audit(&name, &opened));
        done.map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn lines(name: &str, keys: &[Key], opened: &mut BTreeMap<String, u64>) -> Result<(), String> {
    let mut input = open(name)?;
    let mut out = io::stdout().lock();
    let (mut held, mut number) = (Vec::new(), 0);
    let mut is_end = false;
    while !is_end {
        is_end = input::read(&mut *input, &mut held)? == 0;
        let end = match is_end {
            true => held.len(),
            false => memchr::memrchr(b'\n', &held).map_or(0, |at| at + 1),
        };
        let ready: Vec<u8> = held.drain(..end).collect();
        for line in ready.split_inclusive(|byte| *byte == b'\n') {
            number += 1;
            let new = pii::reveal(line, keys).map_err(|error| format!("line {number}: {error}"))?;
            count(line, keys, opened);
            match out.write_all(&new) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                other => other.map_err(|error| error.to_string())?,
            }
        }
        if held.len() > LINE_MAX {
            return Err(format!("line {}: more than {} MiB", number + 1, LINE_MAX >> 20));
        }
    }
    out.flush().map_err(|error| error.to_string())
}

/// Counts the tokens of a line by the id of their key.
fn count(line: &[u8], keys: &[Key], opened: &mut BTreeMap<String, u64>) {
    for key in keys {
        let mark = format!(":enc:{}:", key.id());
        let found = memchr::memmem::find_iter(line, mark.as_bytes()).count();
        if found > 0 {
            *opened.entry(key.id().to_owned()).or_default() += found as u64;
        }
    }
}

/// Who opened what and when.
fn audit(name: &str, opened: &BTreeMap<String, u64>) -> String {
    let user = std::env::var("SUDO_USER").or_else(|_| std::env::var("USER"));
    let user = user.unwrap_or_else(|_| "unknown".to_owned());
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    let name = if name == "-" { "stdin" } else { name };
    let tokens: Vec<String> =
        opened.iter().map(|(id, count)| format!("{count} with key {id}")).collect();
    let tokens = if tokens.is_empty() { "none".to_owned() } else { tokens.join(", ") };
    format!("audit: time={now} user={user} input={name} opened={tokens}\n")
}
