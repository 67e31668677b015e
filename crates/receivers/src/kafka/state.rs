//! The reader: takes messages, and finishes each when the pipeline has it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use ::kafka::{Consumer, Message};
use regex::Regex;
use sdk::{
    BuildContext, Outputs, Signal, Status,
    telemetry::{Counter, Level},
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{Instant, sleep},
};

use super::{
    config::{Config, Encoding, OwnConfig},
    decode,
};

/// Messages of one partition that wait for its task.
const WAITING_MAX: usize = 16;
/// The wait after an error of the client, which tries again by itself.
const PAUSE: Duration = Duration::from_secs(1);
/// So many partitions have a task of their own; the rest share.
const TASKS_MAX: usize = 1024;

/// Which signal a topic holds.
pub(super) struct Topics(Vec<Rule>);

struct Rule {
    signal: Signal,
    encoding: Encoding,
    names: Vec<String>,
    patterns: Vec<Regex>,
    excluded: Vec<Regex>,
}

impl Topics {
    /// For the signals somebody listens to.
    pub(super) fn new(
        config: &OwnConfig,
        signals: impl Iterator<Item = Signal>,
    ) -> Result<Self, regex::Error> {
        let rule = |signal| {
            let settings = config.of(signal);
            let is_pattern = |topic: &&String| topic.starts_with('^');
            let regexes = |topic: &String| Regex::new(topic);
            Ok(Rule {
                signal,
                encoding: settings.encoding,
                names: settings.topics.iter().filter(|topic| !is_pattern(topic)).cloned().collect(),
                patterns: settings
                    .topics
                    .iter()
                    .filter(is_pattern)
                    .map(regexes)
                    .collect::<Result<_, _>>()?,
                excluded: settings.exclude_topics.iter().map(regexes).collect::<Result<_, _>>()?,
            })
        };
        signals.map(rule).collect::<Result<_, _>>().map(Self)
    }

    /// Names before patterns; none for a topic that is excluded.
    pub(super) fn signal_of(&self, topic: &str) -> Option<(Signal, Encoding)> {
        let named = self.0.iter().find(|rule| rule.names.iter().any(|name| name == topic));
        let matches = |all: &[Regex]| all.iter().any(|pattern| pattern.is_match(topic));
        let rule = named.or_else(|| {
            self.0.iter().find(|rule| matches(&rule.patterns) && !matches(&rule.excluded))
        })?;
        Some((rule.signal, rule.encoding))
    }
}

/// What all partitions share.
pub(super) struct Reader {
    pub(super) config: Config,
    pub(super) consumer: Arc<Consumer>,
    pub(super) topics: Topics,
    pub(super) outputs: Outputs,
    pub(super) context: BuildContext,
    /// True once the receiver stops.
    pub(super) stopping: watch::Receiver<bool>,
    undecodable: Counter,
    lost: Counter,
}

impl Reader {
    pub(super) fn new(
        config: Config,
        (consumer, topics): (Arc<Consumer>, Topics),
        outputs: Outputs,
        context: BuildContext,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let id = context.id.to_string();
        let counter = |name: &str, help: &str| {
            context.telemetry.counter(Level::Basic, name, help, &[("receiver", &id)])
        };
        let undecodable = counter(
            "tollgate_kafka_receiver_undecodable_messages",
            "Messages that are not what their encoding says.",
        );
        let lost = counter(
            "tollgate_kafka_receiver_given_up_messages",
            "Messages that the pipeline refused and that were not tried again.",
        );
        Self { config, consumer, topics, outputs, context, stopping, undecodable, lost }
    }

    /// Reads until told to stop. Each partition is worked off in its order, beside the others.
    pub(super) async fn run(self: Arc<Self>) {
        let mut stopping = self.stopping.clone();
        let mut partitions: HashMap<(String, i32), mpsc::Sender<Message>> = HashMap::new();
        let mut tasks = JoinSet::new();
        let mut is_failing = false;
        loop {
            let next = tokio::select! {
                biased;
                _ = stopping.wait_for(|stopping| *stopping) => break,
                next = self.consumer.next() => next,
            };
            let message = match next {
                Ok(message) => message,
                Err(error) => {
                    if !is_failing {
                        tracing::warn!(receiver = %self.context.id, %error, "Kafka cannot be read now. It is tried again.");
                        self.context.report(Status::RecoverableError(error.to_string()));
                    }
                    is_failing = true;
                    tokio::select! {
                        _ = stopping.wait_for(|stopping| *stopping) => break,
                        () = sleep(PAUSE) => continue,
                    }
                }
            };
            if is_failing {
                self.context.report(Status::Ok);
                is_failing = false;
            }
            let mut key = (message.topic.clone(), message.partition);
            if partitions.len() >= TASKS_MAX && !partitions.contains_key(&key) {
                key = (String::new(), -1);
            }
            let sender = partitions.entry(key).or_insert_with(|| {
                let (sender, receiver) = mpsc::channel(WAITING_MAX);
                tasks.spawn(self.clone().work(receiver));
                sender
            });
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => break,
                // A task ends only when told to.
                _ = sender.send(message) => {}
            }
        }
        drop(partitions);
        while tasks.join_next().await.is_some() {}
    }

    async fn work(self: Arc<Self>, mut messages: mpsc::Receiver<Message>) {
        while let Some(message) = messages.recv().await {
            if *self.stopping.borrow() {
                // It comes again, to whoever has the partition then.
                return;
            }
            if !self.config.own.message_marking.after {
                self.finish(&message);
            }
            let is_done = self.deliver(&message).await;
            if !is_done {
                return;
            }
            if self.config.own.message_marking.after {
                self.finish(&message);
            }
        }
    }

    fn finish(&self, message: &Message) {
        if let Err(error) = self.consumer.finish(message) {
            tracing::debug!(%error, topic = message.topic, partition = message.partition, "The partition is another's by now.");
        }
    }

    /// Brings one message to the pipeline, however long that takes. False when it has to stay unfinished,
    /// and so has all that follows in its partition.
    async fn deliver(&self, message: &Message) -> bool {
        let Some((signal, encoding)) = self.topics.signal_of(&message.topic) else { return true };
        let Some(next) = self.outputs.get(signal) else { return true };
        let headers = &self.config.own.header_extraction;
        let batch = match decode::batch(message, signal, encoding, headers) {
            Ok(batch) => batch,
            Err(error) => {
                self.undecodable.add(1);
                let (topic, partition, offset) =
                    (&message.topic, message.partition, message.offset);
                tracing::warn!(receiver = %self.context.id, topic, partition, offset, %error, "A message cannot be read and is left out.");
                return true;
            }
        };
        let backoff = &self.config.own.error_backoff;
        let marking = &self.config.own.message_marking;
        let limit = backoff.max_elapsed_time.to_std();
        let (began, mut wait) = (Instant::now(), backoff.initial_interval.to_std());
        let mut stopping = self.stopping.clone();
        loop {
            let Err(error) = next.send(batch.clone()).await else { return true };
            let is_late = !limit.is_zero() && began.elapsed() >= limit && marking.on_error;
            if (error.is_permanent() && marking.on_permanent_error)
                || (!error.is_permanent() && is_late)
            {
                self.lost.add(1);
                return true;
            }
            let asked = error.wait().unwrap_or_default();
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return false,
                () = sleep(wait.max(asked)) => {}
            }
            wait = wait.mul_f64(backoff.multiplier).min(backoff.max_interval.to_std());
        }
    }
}
