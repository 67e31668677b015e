//! One text after the other: scanned, told, replaced.

use std::io::{self, BufWriter, Write};

use agent_processors::pii_redaction::PiiRedaction;
use bytes::Bytes;
use pii::{Context, Engine, Entity, Finding, Group, Kind, Operator, Policy, Proof, View};

use super::{policy::Processor, report::Report};
use crate::cli::Redact;
use sdk::Batch;

/// A masked value, a key or a word is shown up to this many bytes.
const SHOWN_MAX: usize = 64;

/// What runs through all inputs.
pub(super) struct Job<'e> {
    engine: &'e Engine,
    /// What does it to OTLP, where a config says so.
    processor: Option<&'e PiiRedaction>,
    /// Writes what is shown of a value.
    keep: Engine,
    explain: bool,
    is_dry: bool,
    is_quiet: bool,
    /// Whether findings are counted elsewhere.
    pub(super) is_told_only: bool,
    /// Whether findings make texts shorter than their line: such texts are whole lines.
    pub(super) cuts: bool,
    name: String,
    report: Report,
    out: BufWriter<io::Stdout>,
    /// Whether nobody reads stdout any more.
    is_closed: bool,
}

impl<'e> Job<'e> {
    /// A job with the flags given.
    pub(super) fn new(engine: &'e Engine, options: &Redact) -> Result<Self, String> {
        let keep = Policy { operator: Operator::Keep { first: 1, last: 2 }, ..Policy::default() };
        let cuts = options.operator.as_deref();
        Ok(Self {
            engine,
            processor: None,
            keep: Engine::new(&keep).map_err(|error| error.to_string())?,
            explain: options.explain,
            is_dry: options.dry_run,
            is_quiet: options.quiet,
            is_told_only: false,
            cuts: matches!(cuts, Some("drop" | "truncate")),
            name: String::new(),
            report: Report::default(),
            out: BufWriter::new(io::stdout()),
            is_closed: false,
        })
    }

    /// A job that does what a processor of a config does.
    pub(super) fn of_processor(processor: &'e Processor, options: &Redact) -> Result<Self, String> {
        let job = Self::new(processor.it.engine(), options)?;
        Ok(Self { processor: Some(&processor.it), cuts: processor.cuts, ..job })
    }

    /// What the processor makes of a request, if there is one: nothing if that is the request itself.
    pub(super) fn process(&mut self, batch: &Batch) -> Option<Option<Bytes>> {
        let (left, found) = self.processor?.redact_and_count(batch);
        for (name, count) in found {
            (0..count).for_each(|_| self.report.count(name));
        }
        Some((left.bytes() != batch.bytes()).then(|| left.bytes().clone()))
    }

    /// Another input begins.
    pub(super) fn begin(&mut self, name: &str) {
        self.name = if name == "-" { "stdin".to_owned() } else { name.to_owned() };
        self.report.inputs += 1;
    }

    /// Notes bytes that were read.
    pub(super) fn read(&mut self, bytes: usize) {
        self.report.bytes += bytes as u64;
    }

    /// What the engine finds.
    pub(super) fn scan(&self, text: &[u8], context: &Context<'_>) -> Vec<Finding> {
        self.engine.scan(text, context)
    }

    /// Counts findings and tells them; `place` says where a byte of the text is, in rising order.
    pub(super) fn tell(
        &mut self,
        text: &[u8],
        findings: &[Finding],
        mut place: impl FnMut(&Self, usize) -> String,
    ) {
        for finding in findings {
            if !self.is_told_only {
                self.report.count(self.engine.name(finding.kind));
            }
            if self.explain {
                let place = place(self, finding.start);
                let line = format!("{}{place}: {}\n", self.name, self.explanation(text, finding));
                note(&line);
            }
        }
    }

    /// The text with its findings replaced; `None` if nothing changed. Findings come from a scan.
    pub(super) fn replace(
        &self,
        text: &[u8],
        context: &Context<'_>,
        findings: &[Finding],
    ) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        self.engine.replace(text, context, findings, &mut out).map(|_| out)
    }

    /// Writes to stdout.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        if self.is_dry || self.is_closed {
            return Ok(());
        }
        let done = self.out.write_all(bytes);
        self.written(done)
    }

    /// Lets a reader see what was written so far.
    pub(super) fn flush(&mut self) -> Result<(), String> {
        let done = self.out.flush();
        self.written(done)
    }

    /// A reader that went away, as `head` does, is no error.
    fn written(&mut self, done: io::Result<()>) -> Result<(), String> {
        match done {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(())
            }
            other => other.map_err(|error| format!("cannot write to stdout: {error}")),
        }
    }

    /// Ends; prints the report and answers how much was found.
    pub(super) fn finish(mut self) -> Result<u64, String> {
        self.flush()?;
        if !self.is_quiet {
            note(&self.report.text());
        }
        Ok(self.report.found())
    }

    /// A name from the input, fit to be shown: without private data, short, on one line.
    pub(super) fn shown(&self, name: &[u8]) -> String {
        let mut out = Vec::new();
        let name = match self.keep_nothing(name, &mut out) {
            true => out.as_slice(),
            false => name,
        };
        let text = String::from_utf8_lossy(name);
        let mut shown: String = text
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .take(SHOWN_MAX)
            .collect();
        if text.chars().nth(SHOWN_MAX).is_some() {
            shown.push('…');
        }
        shown
    }

    fn keep_nothing(&self, text: &[u8], out: &mut Vec<u8>) -> bool {
        let findings = self.keep.scan(text, &Context::default());
        let whole = |finding: &Finding| text.get(finding.start..finding.end).is_some();
        if findings.is_empty() || !findings.iter().all(whole) {
            return false;
        }
        let mut written = 0;
        for finding in &findings {
            out.extend_from_slice(text.get(written..finding.start).unwrap_or_default());
            out.extend_from_slice(format!("[{}]", self.keep.name(finding.kind)).as_bytes());
            written = finding.end;
        }
        out.extend_from_slice(text.get(written..).unwrap_or_default());
        true
    }

    /// Why something is a finding; what it is only masked.
    fn explanation(&self, text: &[u8], finding: &Finding) -> String {
        let why = self.engine.explain(text, finding);
        let proof = match why.proof {
            Proof::Checksum => "its check digits hold",
            Proof::Prefix => "it begins as only these do",
            Proof::Shape => "it has the shape",
            Proof::Key => "its key tells",
            Proof::Words => "words around it tell",
            Proof::List => "it is on the list of names",
            Proof::Pattern => "it matches the pattern",
        };
        let view = match why.view {
            View::Plain => "",
            View::Folded => ", once escapes and look-alikes are undone",
            View::Decoded => ", once base64 is decoded",
        };
        let mut line = format!(
            "{} ({}), tier {}: {proof}{view}",
            why.name,
            self.masked(text, finding),
            why.tier.name()
        );
        if let Some(word) = why.context {
            line.push_str(&format!("; beside \"{}\"", self.shown(word)));
        }
        if why.by_key && why.proof != Proof::Key {
            line.push_str("; its key counted");
        }
        line
    }

    /// `j***@e***.com`; of secrets only the length.
    fn masked(&self, text: &[u8], finding: &Finding) -> String {
        let value = text.get(finding.start..finding.end).unwrap_or_default();
        let is_shown = match finding.kind {
            Kind::Known(entity) => is_shown(entity) && finding.view == View::Plain,
            Kind::Custom(_) => false,
        };
        let mut out = Vec::new();
        let alone = Finding { start: 0, end: value.len(), context: None, ..*finding };
        let kept = is_shown && value.len() <= SHOWN_MAX;
        if kept && self.keep.replace(value, &Context::default(), &[alone], &mut out).is_some() {
            return format!("masked {}", String::from_utf8_lossy(&out));
        }
        format!("{} bytes", value.len())
    }
}

/// Whether a few letters of a value may be shown: not of what lets somebody in, nor of names.
fn is_shown(entity: Entity) -> bool {
    matches!(entity.group(), Group::Contact | Group::Financial | Group::National | Group::Device)
}

/// Writes to stderr; nothing is left to do when that is closed.
pub(super) fn note(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
