//! Random logs.

use opentelemetry_proto::tonic::{
    collector::logs::v1::ExportLogsServiceRequest,
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
};

use super::{
    Dice,
    shared::{attributes, resource, scope, value},
};

pub(super) fn request(dice: &mut Dice) -> ExportLogsServiceRequest {
    let scope_logs = |dice: &mut Dice| ScopeLogs {
        scope: scope(dice),
        log_records: dice.many(4, log_record),
        schema_url: dice.text(),
    };
    let resource_logs = dice.many(3, |dice| ResourceLogs {
        resource: resource(dice),
        scope_logs: dice.many(3, scope_logs),
        schema_url: dice.text(),
    });
    ExportLogsServiceRequest { resource_logs }
}

fn log_record(dice: &mut Dice) -> LogRecord {
    LogRecord {
        time_unix_nano: dice.number(),
        observed_time_unix_nano: dice.number(),
        severity_number: dice.int32(),
        severity_text: dice.text(),
        body: dice.maybe(value),
        attributes: attributes(dice),
        dropped_attributes_count: dice.uint32(),
        flags: dice.uint32(),
        trace_id: dice.id(16),
        span_id: dice.id(8),
        event_name: dice.text(),
    }
}
