//! Profiles (`profiles.v1development`, alpha upstream).

use super::{ANY_VALUE, INSTRUMENTATION_SCOPE, Kind::*, Message, RESOURCE, Rule::*, row};

/// The root message of a profiles batch; the same bytes as `ProfilesData`.
pub static PROFILES_REQUEST: Message = Message {
    name: "ExportProfilesServiceRequest",
    fields: &[
        row(1, "resource_profiles", "resourceProfiles", Message(&RESOURCE_PROFILES), Repeated),
        row(2, "dictionary", "dictionary", Message(&PROFILES_DICTIONARY), Single),
    ],
};

/// What one resource sent.
pub static RESOURCE_PROFILES: Message = Message {
    name: "ResourceProfiles",
    fields: &[
        row(1, "resource", "resource", Message(&RESOURCE), Always),
        row(2, "scope_profiles", "scopeProfiles", Message(&SCOPE_PROFILES), Repeated),
        row(3, "schema_url", "schemaUrl", String, Single),
    ],
};

/// What one instrumentation scope sent.
pub static SCOPE_PROFILES: Message = Message {
    name: "ScopeProfiles",
    fields: &[
        row(1, "scope", "scope", Message(&INSTRUMENTATION_SCOPE), Always),
        row(2, "profiles", "profiles", Message(&PROFILE), Repeated),
        row(3, "schema_url", "schemaUrl", String, Single),
    ],
};

/// Tables that all profiles of a request point into.
pub static PROFILES_DICTIONARY: Message = Message {
    name: "ProfilesDictionary",
    fields: &[
        row(1, "mapping_table", "mappingTable", Message(&MAPPING), Repeated),
        row(2, "location_table", "locationTable", Message(&LOCATION), Repeated),
        row(3, "function_table", "functionTable", Message(&FUNCTION), Repeated),
        row(4, "link_table", "linkTable", Message(&PROFILE_LINK), Repeated),
        row(5, "string_table", "stringTable", String, Repeated),
        row(6, "attribute_table", "attributeTable", Message(&KEY_VALUE_AND_UNIT), Repeated),
        row(7, "stack_table", "stackTable", Message(&STACK), Repeated),
    ],
};

/// `Profile`.
pub static PROFILE: Message = Message {
    name: "Profile",
    fields: &[
        row(1, "sample_type", "sampleType", Message(&VALUE_TYPE), Single),
        row(2, "samples", "samples", Message(&SAMPLE), Repeated),
        row(3, "time_unix_nano", "timeUnixNano", Fixed64, Single),
        row(4, "duration_nano", "durationNano", Uint64, Single),
        row(5, "period_type", "periodType", Message(&VALUE_TYPE), Single),
        row(6, "period", "period", Int64, Single),
        row(7, "profile_id", "profileId", Id(16), Single),
        row(8, "dropped_attributes_count", "droppedAttributesCount", Uint32, Single),
        row(9, "original_payload_format", "originalPayloadFormat", String, Single),
        row(10, "original_payload", "originalPayload", Bytes, Single),
        row(11, "attribute_indices", "attributeIndices", Int32, Repeated),
    ],
};

/// `Link`.
pub static PROFILE_LINK: Message = Message {
    name: "Link",
    fields: &[
        row(1, "trace_id", "traceId", Id(16), Single),
        row(2, "span_id", "spanId", Id(8), Single),
    ],
};

/// `ValueType`.
pub static VALUE_TYPE: Message = Message {
    name: "ValueType",
    fields: &[
        row(1, "type_strindex", "typeStrindex", Int32, Single),
        row(2, "unit_strindex", "unitStrindex", Int32, Single),
    ],
};

/// `Sample`.
pub static SAMPLE: Message = Message {
    name: "Sample",
    fields: &[
        row(1, "stack_index", "stackIndex", Int32, Single),
        row(2, "attribute_indices", "attributeIndices", Int32, Repeated),
        row(3, "link_index", "linkIndex", Int32, Single),
        row(4, "values", "values", Int64, Repeated),
        row(5, "timestamps_unix_nano", "timestampsUnixNano", Fixed64, Repeated),
    ],
};

/// `Mapping`.
pub static MAPPING: Message = Message {
    name: "Mapping",
    fields: &[
        row(1, "memory_start", "memoryStart", Uint64, Single),
        row(2, "memory_limit", "memoryLimit", Uint64, Single),
        row(3, "file_offset", "fileOffset", Uint64, Single),
        row(4, "filename_strindex", "filenameStrindex", Int32, Single),
        row(5, "attribute_indices", "attributeIndices", Int32, Repeated),
    ],
};

/// `Stack`.
pub static STACK: Message = Message {
    name: "Stack",
    fields: &[row(1, "location_indices", "locationIndices", Int32, Repeated)],
};

/// `Location`.
pub static LOCATION: Message = Message {
    name: "Location",
    fields: &[
        row(1, "mapping_index", "mappingIndex", Int32, Single),
        row(2, "address", "address", Uint64, Single),
        row(3, "lines", "lines", Message(&LINE), Repeated),
        row(4, "attribute_indices", "attributeIndices", Int32, Repeated),
    ],
};

/// `Line`.
pub static LINE: Message = Message {
    name: "Line",
    fields: &[
        row(1, "function_index", "functionIndex", Int32, Single),
        row(2, "line", "line", Int64, Single),
        row(3, "column", "column", Int64, Single),
    ],
};

/// `Function`.
pub static FUNCTION: Message = Message {
    name: "Function",
    fields: &[
        row(1, "name_strindex", "nameStrindex", Int32, Single),
        row(2, "system_name_strindex", "systemNameStrindex", Int32, Single),
        row(3, "filename_strindex", "filenameStrindex", Int32, Single),
        row(4, "start_line", "startLine", Int64, Single),
    ],
};

/// `KeyValueAndUnit`.
pub static KEY_VALUE_AND_UNIT: Message = Message {
    name: "KeyValueAndUnit",
    fields: &[
        row(1, "key_strindex", "keyStrindex", Int32, Single),
        row(2, "value", "value", Message(&ANY_VALUE), Single),
        row(3, "unit_strindex", "unitStrindex", Int32, Single),
    ],
};
