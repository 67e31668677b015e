//! Random profiles.

use opentelemetry_proto::tonic::{
    collector::profiles::v1development::ExportProfilesServiceRequest,
    profiles::v1development::{
        Function, KeyValueAndUnit, Line, Link, Location, Mapping, Profile, ProfilesDictionary,
        ResourceProfiles, Sample, ScopeProfiles, Stack, ValueType,
    },
};

use super::{
    Dice,
    shared::{resource, scope, value},
};

pub(super) fn request(dice: &mut Dice) -> ExportProfilesServiceRequest {
    let scope_profiles = |dice: &mut Dice| ScopeProfiles {
        scope: scope(dice),
        profiles: dice.many(3, profile),
        schema_url: dice.text(),
    };
    let resource_profiles = dice.many(3, |dice| ResourceProfiles {
        resource: resource(dice),
        scope_profiles: dice.many(3, scope_profiles),
        schema_url: dice.text(),
    });
    ExportProfilesServiceRequest { resource_profiles, dictionary: dice.maybe(dictionary) }
}

/// A profile for each of its samples, with that one only.
pub(super) fn samples(profile: &Profile) -> Vec<Profile> {
    let samples = profile.samples.iter();
    samples.map(|sample| Profile { samples: vec![sample.clone()], ..profile.clone() }).collect()
}

fn value_type(dice: &mut Dice) -> ValueType {
    ValueType { type_strindex: dice.int32(), unit_strindex: dice.int32() }
}

fn profile(dice: &mut Dice) -> Profile {
    Profile {
        sample_type: dice.maybe(value_type),
        samples: dice.many(3, |dice| Sample {
            stack_index: dice.int32(),
            attribute_indices: dice.many(3, Dice::int32),
            link_index: dice.int32(),
            values: dice.many(3, Dice::signed),
            timestamps_unix_nano: dice.many(3, Dice::number),
        }),
        time_unix_nano: dice.number(),
        duration_nano: dice.number(),
        period_type: dice.maybe(value_type),
        period: dice.signed(),
        profile_id: dice.id(16),
        dropped_attributes_count: dice.uint32(),
        original_payload_format: dice.text(),
        original_payload: dice.bytes(9),
        attribute_indices: dice.many(3, Dice::int32),
    }
}

fn dictionary(dice: &mut Dice) -> ProfilesDictionary {
    let line = |dice: &mut Dice| Line {
        function_index: dice.int32(),
        line: dice.signed(),
        column: dice.signed(),
    };
    ProfilesDictionary {
        mapping_table: dice.many(2, |dice| Mapping {
            memory_start: dice.number(),
            memory_limit: dice.number(),
            file_offset: dice.number(),
            filename_strindex: dice.int32(),
            attribute_indices: dice.many(3, Dice::int32),
        }),
        location_table: dice.many(2, |dice| Location {
            mapping_index: dice.int32(),
            address: dice.number(),
            lines: dice.many(2, line),
            attribute_indices: dice.many(3, Dice::int32),
        }),
        function_table: dice.many(2, |dice| Function {
            name_strindex: dice.int32(),
            system_name_strindex: dice.int32(),
            filename_strindex: dice.int32(),
            start_line: dice.signed(),
        }),
        link_table: dice.many(2, |dice| Link { trace_id: dice.id(16), span_id: dice.id(8) }),
        string_table: dice.many(3, Dice::text),
        attribute_table: dice.many(2, |dice| KeyValueAndUnit {
            key_strindex: dice.int32(),
            value: dice.maybe(value),
            unit_strindex: dice.int32(),
        }),
        stack_table: dice.many(2, |dice| Stack { location_indices: dice.many(3, Dice::int32) }),
    }
}
