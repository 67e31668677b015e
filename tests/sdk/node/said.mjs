// What the SDK was asked to send, as OTLP JSON, taken from the SDK's own objects and not from its
// encoders. The rules of the encoding (flags, whole numbers as integers) are written out here again.

import { AggregationTemporality, DataPointType } from '@opentelemetry/sdk-metrics';
import { ValueType } from '@opentelemetry/api';

const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

function value(given) {
  if (given === null || given === undefined) return {};
  switch (typeof given) {
    case 'string':
      return { stringValue: given };
    case 'boolean':
      return { boolValue: given };
    case 'number':
      return Number.isInteger(given) ? { intValue: String(given) } : { doubleValue: given };
  }
  if (given instanceof Uint8Array) return { bytesValue: Buffer.from(given).toString('base64') };
  if (Array.isArray(given)) return { arrayValue: { values: given.map(value) } };
  return { kvlistValue: { values: attributes(given) } };
}

function attributes(given) {
  return Object.entries(given ?? {}).map(([key, it]) => ({ key, value: value(it) }));
}

// The SDK's times are [seconds, nanoseconds].
function nanos([seconds, rest]) {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(rest));
}

function under(resource, scope, scopesKey, recordsKey, records) {
  return {
    resource: { attributes: attributes(resource.attributes) },
    schemaUrl: resource.schemaUrl,
    [scopesKey]: [
      {
        scope: { name: scope.name, version: scope.version, attributes: attributes(scope.attributes) },
        schemaUrl: scope.schemaUrl,
        [recordsKey]: records,
      },
    ],
  };
}

function flags(own, remoteOf) {
  return own.traceFlags | HAS_IS_REMOTE | (remoteOf?.isRemote ? IS_REMOTE : 0);
}

function span(it) {
  const context = it.spanContext();
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    parentSpanId: it.parentSpanContext?.spanId,
    traceState: context.traceState?.serialize(),
    flags: flags(context, it.parentSpanContext),
    name: it.name,
    kind: it.kind + 1,
    startTimeUnixNano: nanos(it.startTime),
    endTimeUnixNano: nanos(it.endTime),
    attributes: attributes(it.attributes),
    droppedAttributesCount: it.droppedAttributesCount,
    droppedEventsCount: it.droppedEventsCount,
    droppedLinksCount: it.droppedLinksCount,
    status: { code: it.status.code, message: it.status.message },
    events: it.events.map((event) => ({
      name: event.name,
      timeUnixNano: nanos(event.time),
      attributes: attributes(event.attributes),
      droppedAttributesCount: event.droppedAttributesCount,
    })),
    links: it.links.map((link) => ({
      traceId: link.context.traceId,
      spanId: link.context.spanId,
      traceState: link.context.traceState?.serialize(),
      flags: flags(link.context, link.context),
      attributes: attributes(link.attributes),
      droppedAttributesCount: link.droppedAttributesCount,
    })),
  };
}

function logRecord(it) {
  return {
    timeUnixNano: nanos(it.hrTime),
    observedTimeUnixNano: nanos(it.hrTimeObserved),
    traceId: it.spanContext?.traceId,
    spanId: it.spanContext?.spanId,
    flags: it.spanContext?.traceFlags,
    severityNumber: it.severityNumber,
    severityText: it.severityText,
    body: value(it.body),
    eventName: it.eventName,
    attributes: attributes(it.attributes),
    droppedAttributesCount: it.droppedAttributesCount,
  };
}

function point(it) {
  return {
    attributes: attributes(it.attributes),
    startTimeUnixNano: nanos(it.startTime),
    timeUnixNano: nanos(it.endTime),
  };
}

function metric(it) {
  const { name, description, unit, valueType } = it.descriptor;
  const described = { name, description, unit };
  const aggregationTemporality = it.aggregationTemporality === AggregationTemporality.DELTA ? 1 : 2;
  const numbers = () =>
    it.dataPoints.map((one) => ({
      ...point(one),
      ...(valueType === ValueType.INT ? { asInt: String(one.value) } : { asDouble: one.value }),
    }));
  const amounts = ({ count, sum, min, max }) => ({ count, sum, min, max });
  switch (it.dataPointType) {
    case DataPointType.SUM:
      return { ...described, sum: { aggregationTemporality, isMonotonic: it.isMonotonic, dataPoints: numbers() } };
    case DataPointType.GAUGE:
      return { ...described, gauge: { dataPoints: numbers() } };
    case DataPointType.HISTOGRAM: {
      const dataPoints = it.dataPoints.map((one) => ({
        ...point(one),
        ...amounts(one.value),
        bucketCounts: one.value.buckets.counts,
        explicitBounds: one.value.buckets.boundaries,
      }));
      return { ...described, histogram: { aggregationTemporality, dataPoints } };
    }
    case DataPointType.EXPONENTIAL_HISTOGRAM: {
      const dataPoints = it.dataPoints.map((one) => ({
        ...point(one),
        ...amounts(one.value),
        scale: one.value.scale,
        zeroCount: one.value.zeroCount,
        positive: one.value.positive,
        negative: one.value.negative,
      }));
      return { ...described, exponentialHistogram: { aggregationTemporality, dataPoints } };
    }
  }
  throw new Error(`no OTLP metric for ${it.dataPointType}`);
}

// Each takes what the SDK's exporter was given: batches of records, for metrics one object a collection.
export const requests = {
  traces: (batches) => ({
    resourceSpans: batches
      .flat()
      .map((it) => under(it.resource, it.instrumentationScope, 'scopeSpans', 'spans', [span(it)])),
  }),
  metrics: (batches) => ({
    resourceMetrics: batches.flatMap((batch) =>
      batch.scopeMetrics.map((it) =>
        under(batch.resource, it.scope, 'scopeMetrics', 'metrics', it.metrics.map(metric)),
      ),
    ),
  }),
  logs: (batches) => ({
    resourceLogs: batches
      .flat()
      .map((it) => under(it.resource, it.instrumentationScope, 'scopeLogs', 'logRecords', [logRecord(it)])),
  }),
};
