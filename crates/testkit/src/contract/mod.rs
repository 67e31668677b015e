//! What every component obeys. The macros here make the tests; the functions are what those call.
//!
//! Write one line in a component's `tests.rs`, with the component and its README:
//! `testkit::record_processor_contract!(Attributes, include_str!("README.md"));`

mod macros;

use std::{future::Future, sync::Arc};

use bytes::Bytes;
use config::{Kind, Mode, Value};
use pdata::{Batch, Context, Signal, Verdict, rewrite};
use sdk::{
    BatchProcessor, ComponentKind, Config, Connector, Exporter, Extension, Receiver,
    RecordProcessor,
};
use tokio::runtime::Builder;

use crate::{Sink, check::decode, context, data, example, settings};

/// A key that no component has.
const NO_KEY: &str = "no_component_has_this_key";

/// The README's example can be read, has no problems, and is what is built from.
///
/// # Panics
///
/// When it is refused.
pub fn example_settings<C: Config>(readme: &str) -> C {
    let settings = settings::<C>(example(readme));
    let problems = Config::problems(&settings);
    assert!(problems.is_empty(), "the example of the README has problems:\n{problems}");
    settings
}

/// Type, folder and title are one name. `module` is the `module_path!()` of the tests.
///
/// # Panics
///
/// When they are not.
pub fn check_name(kind: &str, readme: &str, module: &str) {
    let folder = module.split("::").take_while(|name| *name != "tests").last();
    assert_eq!(folder, Some(kind), "the folder of {kind}");
    assert_eq!(readme.lines().next(), Some(format!("# {kind}").as_str()), "the title of {kind}");
}

/// A key that does not exist is refused, and named.
///
/// # Panics
///
/// When it is taken.
pub fn check_unknown_key<C: Config>() {
    let refused = decode::<C>(&format!("{NO_KEY}: 1"));
    let text = refused.expect_err("an unknown key has to be refused");
    assert!(text.contains(NO_KEY), "the refusal does not name the key: {text}");
}

/// Settings printed as YAML read back as the same settings: the defaults, and the README's example.
/// A section that is off is printed as null, as the Go collector does; null may turn a section on
/// (C§2.6), so keys with it are left out before reading.
///
/// # Panics
///
/// When they do not.
pub fn check_prints_and_reads_back<C: Config>(readme: &str) {
    for before in [C::default(), example_settings::<C>(readme)] {
        let value = config::to_value(&before, Mode::Unredacted).unwrap();
        let yaml = config::to_yaml(&value);
        let after = settings::<C>(&config::to_yaml(&without_nulls(value.clone())));
        let again = config::to_value(&after, Mode::Unredacted).unwrap();
        assert_eq!(config::to_yaml(&again), yaml);
        assert_eq!(value, again, "{yaml}");
    }
}

fn without_nulls(mut value: Value) -> Value {
    value.kind = match value.kind {
        Kind::Map(map) => {
            let kept = map.into_iter().filter(|(_, value)| !value.is_null());
            Kind::Map(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        Kind::Seq(list) => Kind::Seq(list.into_iter().map(without_nulls).collect()),
        other => other,
    };
    value
}

/// Runs a test that uses sockets.
///
/// # Panics
///
/// When no runtime can be made.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Runs a test whose clock stands still and jumps to the next timer when nothing else is left to do.
///
/// # Panics
///
/// When no runtime can be made.
pub fn block_on_paused<T>(future: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(future)
}

/// A receiver that has seen nothing stops; `start` are settings to start it with before that.
///
/// # Panics
///
/// When it fails.
pub fn check_receiver_stops<R: Receiver>(readme: &str, start: Option<&str>) {
    block_on(async {
        let context = context(ComponentKind::Receiver, R::KIND);
        let mut idle = R::new(example_settings(readme), context.clone()).unwrap();
        Receiver::shutdown(&mut idle).await.unwrap();
        if let Some(yaml) = start {
            let mut receiver = R::new(settings(yaml), context).unwrap();
            Receiver::start(&mut receiver, Sink::default().outputs()).await.unwrap();
            Receiver::shutdown(&mut receiver).await.unwrap();
        }
    });
}

/// An exporter that has seen nothing stops; `start` are settings to start it with before that.
///
/// # Panics
///
/// When it fails.
pub fn check_exporter_stops<E: Exporter>(readme: &str, start: Option<&str>) {
    block_on(async {
        let context = context(ComponentKind::Exporter, E::KIND);
        let settings_of_example: E::Config = example_settings(readme);
        for signal in E::SIGNALS {
            // Must not fail, whatever the signal.
            let _ = E::delivery(&settings_of_example, *signal);
        }
        let idle = E::new(settings_of_example, E::SIGNALS, context.clone()).unwrap();
        Exporter::shutdown(&idle).await.unwrap();
        if let Some(yaml) = start {
            let exporter = E::new(settings(yaml), E::SIGNALS, context).unwrap();
            Exporter::start(&exporter).await.unwrap();
            Exporter::shutdown(&exporter).await.unwrap();
        }
    });
}

/// An extension that was not started stops; `start` are settings to start it with before that.
///
/// # Panics
///
/// When it fails.
pub fn check_extension_stops<E: Extension>(readme: &str, start: Option<&str>) {
    block_on(async {
        let context = context(ComponentKind::Extension, E::KIND);
        let mut idle = E::new(example_settings(readme), context.clone()).unwrap();
        Extension::shutdown(&mut idle).await.unwrap();
        if let Some(yaml) = start {
            let mut extension = E::new(settings(yaml), context.clone()).unwrap();
            Extension::start(&mut extension, context.host).await.unwrap();
            Extension::ready(&extension).await;
            Extension::not_ready(&extension).await;
            Extension::shutdown(&mut extension).await.unwrap();
        }
    });
}

/// A batch processor takes a batch without items, and stops whether or not it has seen one.
///
/// # Panics
///
/// When it fails, or makes items of nothing.
pub fn check_batch_processor<P: BatchProcessor>(readme: &str) {
    block_on_paused(async {
        let context = context(ComponentKind::Processor, P::KIND);
        let idle = P::new(example_settings(readme), context.clone()).unwrap();
        BatchProcessor::shutdown(&idle).await.unwrap();
        let processor = P::new(example_settings(readme), context).unwrap();
        let sink = Sink::default();
        BatchProcessor::start(&processor, sink.next()).await.unwrap();
        for signal in P::SIGNALS {
            let empty = Batch::written(*signal, Bytes::new(), Arc::new(Context::default()));
            BatchProcessor::process(&processor, empty, &sink.next()).await.unwrap();
        }
        BatchProcessor::shutdown(&processor).await.unwrap();
        assert_eq!(sink.items().into_iter().sum::<usize>(), 0);
    });
}

/// A connector takes a batch without items of every signal it reads, and stops whether or not it has
/// seen one.
///
/// # Panics
///
/// When it fails.
pub fn check_connector<C: Connector>(readme: &str) {
    block_on_paused(async {
        let context = context(ComponentKind::Connector, C::KIND);
        let idle = C::new(example_settings(readme), context.clone()).unwrap();
        Connector::shutdown(&idle).await.unwrap();
        let connector = C::new(example_settings(readme), context).unwrap();
        let outputs = Sink::default().outputs();
        Connector::start(&connector, outputs.clone()).await.unwrap();
        for (signal, _) in C::PAIRS {
            let empty = Batch::written(*signal, Bytes::new(), Arc::new(Context::default()));
            Connector::consume(&connector, empty, &outputs).await.unwrap();
        }
        Connector::shutdown(&connector).await.unwrap();
    });
}

/// A record processor leaves a batch without records as it is.
///
/// # Panics
///
/// When it does not.
pub fn check_empty_batch<P: RecordProcessor>(readme: &str) {
    let processor = example_processor::<P>(readme);
    for signal in P::SIGNALS {
        let empty = Batch::written(*signal, Bytes::new(), Arc::new(Context::default()));
        assert!(crate::apply(&processor, &empty).bytes().is_empty(), "{signal}");
    }
}

/// Records that a processor leaves alone come out byte for byte, unknown fields included; a batch of
/// nothing but such records is the same batch.
///
/// # Panics
///
/// When a byte changed.
pub fn check_unmatched_records<P: RecordProcessor>(readme: &str) {
    let processor = example_processor::<P>(readme);
    for batch in P::SIGNALS.iter().flat_map(|signal| samples(*signal)) {
        let mut is_edited = false;
        let mut left = Vec::new();
        let after = rewrite(&batch, processor.records(), &mut |record, around| {
            let verdict = processor.process(record, around);
            match verdict == Verdict::Keep && !record.is_changed() {
                true => left.push(record.raw().to_vec()),
                false => is_edited = true,
            }
            verdict
        });
        if !is_edited {
            assert_eq!(after.batch.bytes(), batch.bytes(), "{}", data::json_of(&after.batch));
        }
        for raw in left.iter().filter(|raw| !raw.is_empty()) {
            let is_there = after.batch.bytes().windows(raw.len()).any(|bytes| bytes == raw);
            assert!(is_there, "a record left alone is gone: {}", data::json_of(&after.batch));
        }
    }
}

fn example_processor<P: RecordProcessor>(readme: &str) -> P {
    P::new(example_settings(readme), context(ComponentKind::Processor, P::KIND)).unwrap()
}

/// Batches with and without attributes, and with a field that this OTLP does not know.
fn samples(signal: Signal) -> Vec<Batch> {
    let lines = "resource service.name=shop host.name=a\nplain\nwith k=v n=1 f=0.5 b=true\n\
                 resource\nother user.email=a@b.example";
    let known = match signal {
        Signal::Traces => crate::spans(lines),
        Signal::Logs => crate::log_records(lines),
        Signal::Metrics => crate::gauges(lines),
        Signal::Profiles => return Vec::new(),
    };
    // Field 100, a varint, beside the resources.
    let mut bytes = known.bytes().to_vec();
    bytes.extend_from_slice(&[0xa0, 0x06, 0x01]);
    let unknown = Batch::checked(signal, bytes.into(), Arc::new(Context::default())).unwrap();
    vec![known, unknown]
}
