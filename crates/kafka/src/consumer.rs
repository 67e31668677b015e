//! Receiving.

use std::time::Duration;

use bytes::Bytes;
use rdkafka::{
    Message as _,
    consumer::{CommitMode, Consumer as _, StreamConsumer},
    message::Headers as _,
};

use crate::{ClientError, ConnectionConfig, context::Told};

/// How often the topics are looked at, at least and at most.
const REFRESH_MIN: Duration = Duration::from_millis(10);
const REFRESH_MAX: Duration = Duration::from_secs(10);

/// How a consumer works.
#[derive(Clone, Debug)]
pub struct Fetching {
    /// Members of a group share the partitions.
    pub group: String,
    /// A name that stays over restarts; empty for none.
    pub instance: String,
    /// Where a group begins that has no offset yet: `earliest` or `latest`.
    pub initial_offset: String,
    /// How often offsets of what was finished are told to the brokers; none after every message.
    pub commit_interval: Option<Duration>,
    /// A member that is silent for so long is gone.
    pub session_timeout: Duration,
    /// How often it says that it is there.
    pub heartbeat: Duration,
    /// How partitions are shared: `range`, `roundrobin` or `cooperative-sticky`.
    pub strategy: String,
    /// Bytes that a fetch waits for, and has at most, in all and of a partition.
    pub fetch_bytes: (usize, usize, usize),
    /// How long a fetch waits for them.
    pub fetch_wait: Duration,
}

/// One message that came.
#[derive(Clone, Debug)]
pub struct Message {
    /// From which topic.
    pub topic: String,
    /// From which partition.
    pub partition: i32,
    /// Its place there.
    pub offset: i64,
    /// What it says.
    pub payload: Bytes,
    /// Its headers.
    pub headers: Vec<(String, Bytes)>,
}

/// Receives messages as a member of a group.
pub struct Consumer {
    inner: StreamConsumer<Told>,
    commits_each: bool,
}

impl Consumer {
    /// Makes the client and joins the group for these topics; one that begins with `^` is a pattern.
    ///
    /// # Errors
    ///
    /// A setting that librdkafka does not take.
    pub fn new(
        connection: &ConnectionConfig,
        how: &Fetching,
        topics: &[&str],
    ) -> Result<Self, ClientError> {
        let millis = |time: Duration| time.as_millis().to_string();
        let mut client = connection.client();
        // Topics that are made later, or that a pattern finds only then, are seen by this.
        let refresh = connection.metadata.refresh_interval.to_std().min(REFRESH_MAX);
        client.set("topic.metadata.refresh.interval.ms", millis(refresh.max(REFRESH_MIN)));
        client.set("group.id", &how.group);
        if !how.instance.is_empty() {
            client.set("group.instance.id", &how.instance);
        }
        client.set("auto.offset.reset", &how.initial_offset);
        // Nothing is committed but what `finish` was called for.
        client.set("enable.auto.offset.store", "false");
        client.set("enable.auto.commit", how.commit_interval.is_some().to_string());
        if let Some(interval) = how.commit_interval {
            client.set("auto.commit.interval.ms", millis(interval));
        }
        client.set("session.timeout.ms", millis(how.session_timeout));
        client.set("heartbeat.interval.ms", millis(how.heartbeat));
        client.set("partition.assignment.strategy", &how.strategy);
        let (least, most, partition) = how.fetch_bytes;
        client.set("fetch.min.bytes", least.to_string());
        client.set("fetch.max.bytes", most.to_string());
        client.set("max.partition.fetch.bytes", partition.to_string());
        client.set("fetch.wait.max.ms", millis(how.fetch_wait));
        // What is fetched ahead waits here, outside of any budget, so it is little.
        client.set("queued.max.messages.kbytes", "16384");
        client.set("message.max.bytes", most.clamp(1000, 1_000_000_000).to_string());
        client.set(
            "receive.message.max.bytes",
            (most + (1 << 20)).clamp(1 << 20, 2_147_483_647).to_string(),
        );
        // A pipeline may hold a message back for as long as its backend is away; the group knows from
        // heartbeats that the member lives.
        client.set("max.poll.interval.ms", "86400000");
        let inner: StreamConsumer<Told> = client.create_with_context(Told)?;
        inner.subscribe(topics)?;
        Ok(Self { inner, commits_each: how.commit_interval.is_none() })
    }

    /// The next message of any partition.
    ///
    /// # Errors
    ///
    /// What the client could not get over by itself; the next call may succeed.
    pub async fn next(&self) -> Result<Message, ClientError> {
        let message = self.inner.recv().await?;
        let headers = message.headers().map(|headers| {
            let each = headers.iter().map(|header| {
                let value = header.value.unwrap_or_default();
                (header.key.to_owned(), Bytes::copy_from_slice(value))
            });
            each.collect()
        });
        Ok(Message {
            topic: message.topic().to_owned(),
            partition: message.partition(),
            offset: message.offset(),
            payload: Bytes::copy_from_slice(message.payload().unwrap_or_default()),
            headers: headers.unwrap_or_default(),
        })
    }

    /// Everything in this message's partition up to it is done with.
    ///
    /// # Errors
    ///
    /// The partition belongs to another member by now, who gets the message again.
    pub fn finish(&self, message: &Message) -> Result<(), ClientError> {
        self.inner.store_offset(&message.topic, message.partition, message.offset)?;
        if self.commits_each {
            self.inner.commit_consumer_state(CommitMode::Async)?;
        }
        Ok(())
    }

    /// Tells the brokers what was finished, and waits for them. Blocks.
    ///
    /// # Errors
    ///
    /// They did not answer; what was finished since the last time may come again.
    pub fn commit(&self) -> Result<(), ClientError> {
        self.inner.commit_consumer_state(CommitMode::Sync).map_err(ClientError::from)
    }
}

impl std::fmt::Debug for Consumer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Consumer")
    }
}
