//! Sending.

use std::time::Duration;

use rdkafka::{
    error::{KafkaError, RDKafkaErrorCode as Code},
    message::{Header, OwnedHeaders},
    producer::{FutureProducer, FutureRecord, Producer as _},
    util::Timeout,
};

use crate::{ClientError, ConnectionConfig, context::Told};

/// How a producer works.
#[derive(Clone, Debug)]
pub struct Producing {
    /// The longest that one message may take, retries of the client included.
    pub timeout: Duration,
    /// Bytes of a message at most.
    pub message_bytes_max: usize,
    /// Replicas that must have a message: 0, 1 or -1 for all in sync.
    pub acks: i32,
    /// `none`, `gzip`, `snappy`, `lz4` or `zstd`.
    pub compression: String,
    /// Its level; none is the codec's own.
    pub compression_level: Option<i32>,
    /// How long messages wait for others.
    pub linger: Duration,
    /// Messages of one request at most; 0 is the client's own limit.
    pub batch_messages_max: usize,
    /// Whether a topic that is not there is made.
    pub makes_topics: bool,
}

/// One message to send.
#[derive(Clone, Debug, Default)]
pub struct Record<'a> {
    /// Where to.
    pub topic: &'a str,
    /// Equal keys go to one partition; without a key, any.
    pub key: Option<&'a [u8]>,
    /// The message.
    pub payload: &'a [u8],
    /// Its headers.
    pub headers: Vec<(&'a str, &'a [u8])>,
}

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendError {
    /// In words.
    pub message: String,
    /// Whether the same message will never be taken.
    pub is_permanent: bool,
}

/// Sends messages and waits until brokers have them.
pub struct Producer {
    inner: FutureProducer<Told>,
    timeout: Duration,
}

impl Producer {
    /// Makes the client, which connects by itself.
    ///
    /// # Errors
    ///
    /// A setting that librdkafka does not take.
    pub fn new(connection: &ConnectionConfig, how: &Producing) -> Result<Self, ClientError> {
        let mut client = connection.client();
        client
            .set("message.timeout.ms", how.timeout.as_millis().clamp(1, 2_147_483_647).to_string());
        client.set("message.max.bytes", how.message_bytes_max.to_string());
        client.set("acks", how.acks.to_string());
        client.set("compression.codec", &how.compression);
        if let Some(level) = how.compression_level {
            client.set("compression.level", level.to_string());
        }
        client.set("linger.ms", how.linger.as_millis().to_string());
        if how.batch_messages_max > 0 {
            client.set("batch.num.messages", how.batch_messages_max.to_string());
        }
        client.set("allow.auto.create.topics", how.makes_topics.to_string());
        // As the Java client and the Go collector's: the same key, the same partition, whoever sends.
        client.set("partitioner", "murmur2_random");
        let inner = client.create_with_context(Told)?;
        Ok(Self { inner, timeout: how.timeout })
    }

    /// Sends one message and waits for its end.
    ///
    /// # Errors
    ///
    /// No broker took it within the timeout, or none ever will.
    pub async fn send(&self, record: Record<'_>) -> Result<(), SendError> {
        let mut message = FutureRecord::<[u8], [u8]>::to(record.topic).payload(record.payload);
        message.key = record.key;
        if !record.headers.is_empty() {
            let room = OwnedHeaders::new_with_capacity(record.headers.len());
            let headers = record
                .headers
                .iter()
                .fold(room, |all, (key, value)| all.insert(Header { key, value: Some(*value) }));
            message = message.headers(headers);
        }
        let sent = self.inner.send(message, Timeout::After(self.timeout)).await;
        sent.map(drop).map_err(|(error, _)| SendError {
            is_permanent: is_permanent(&error),
            message: format!("topic {}: {error}", record.topic),
        })
    }

    /// Waits for what is on its way.
    ///
    /// # Errors
    ///
    /// Something still is after that time.
    pub fn flush(&self, limit: Duration) -> Result<(), ClientError> {
        self.inner.flush(Timeout::After(limit)).map_err(ClientError::from)
    }
}

/// What no further attempt with the same bytes changes.
fn is_permanent(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            Code::MessageSizeTooLarge
                | Code::InvalidMessage
                | Code::InvalidTopic
                | Code::InvalidRecord
                | Code::InvalidArgument
        )
    )
}

impl std::fmt::Debug for Producer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Producer").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
