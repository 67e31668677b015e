//! Logs.

use super::{
    Attributes, Repeated, ResourceView, ScopeView,
    field::{bytes, fixed64, message, number, repeated, uint32, view},
};
use crate::AnyValue;

view! {
    /// A whole request of logs.
    LogsView of LOGS_REQUEST {
        /// What each resource sent.
        1 resource_logs: Repeated<'a, ResourceLogsView<'a>> = repeated;
    }
}

view! {
    /// What one resource sent.
    ResourceLogsView of RESOURCE_LOGS {
        /// What sent it.
        1 resource: ResourceView<'a> = message;
        /// What each scope sent.
        2 scope_logs: Repeated<'a, ScopeLogsView<'a>> = repeated;
        /// The version of the semantic conventions, as a URL.
        3 schema_url: &'a [u8] = bytes;
    }
}

view! {
    /// What one instrumentation scope sent.
    ScopeLogsView of SCOPE_LOGS {
        /// Which instrumentation sent it.
        1 scope: ScopeView<'a> = message;
        /// Its log records.
        2 log_records: Repeated<'a, LogRecordView<'a>> = repeated;
        /// The version of the semantic conventions, as a URL.
        3 schema_url: &'a [u8] = bytes;
    }
}

view! {
    /// `logs.v1.LogRecord`.
    LogRecordView of LOG_RECORD {
        /// Nanoseconds since 1970; zero when unknown.
        1 time_unix_nano: u64 = fixed64;
        /// A number of [`SEVERITY_NUMBER`](crate::schema::SEVERITY_NUMBER).
        2 severity_number: i32 = number;
        /// The severity in the words of its source.
        3 severity_text: &'a [u8] = bytes;
        /// What was logged.
        5 body: AnyValue<'a> = message;
        /// Attributes in order, duplicates included.
        6 attributes: Attributes<'a> = repeated;
        /// How many attributes the sender left out.
        7 dropped_attributes_count: u32 = uint32;
        /// Bits as OTLP defines them for this message.
        8 flags: u32 = uint32;
        /// Empty or 16 bytes.
        9 trace_id: &'a [u8] = bytes;
        /// Empty or 8 bytes.
        10 span_id: &'a [u8] = bytes;
        /// When a collector first saw it, nanoseconds since 1970.
        11 observed_time_unix_nano: u64 = fixed64;
        /// The name of the event it stands for, empty for a plain log.
        12 event_name: &'a [u8] = bytes;
    }
}
