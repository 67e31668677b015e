//! What every signal shares.

use super::{
    Attributes, Repeated,
    field::{bytes, repeated, uint32, view},
};

view! {
    /// `resource.v1.Resource`.
    ResourceView of RESOURCE {
        /// Attributes in order, duplicates included.
        1 attributes: Attributes<'a> = repeated;
        /// How many attributes the sender left out.
        2 dropped_attributes_count: u32 = uint32;
        /// Entities its attributes identify.
        3 entity_refs: Repeated<'a, EntityRefView<'a>> = repeated;
    }
}

view! {
    /// `common.v1.InstrumentationScope`.
    ScopeView of INSTRUMENTATION_SCOPE {
        /// Its name.
        1 name: &'a [u8] = bytes;
        /// Its version.
        2 version: &'a [u8] = bytes;
        /// Attributes in order, duplicates included.
        3 attributes: Attributes<'a> = repeated;
        /// How many attributes the sender left out.
        4 dropped_attributes_count: u32 = uint32;
    }
}

view! {
    /// `common.v1.EntityRef`.
    EntityRefView of ENTITY_REF {
        /// The version of the semantic conventions, as a URL.
        1 schema_url: &'a [u8] = bytes;
        /// The type of the entity.
        2 r#type: &'a [u8] = bytes;
        /// Keys of the attributes that identify it.
        3 id_keys: Repeated<'a, &'a [u8]> = repeated;
        /// Keys of the attributes that describe it.
        4 description_keys: Repeated<'a, &'a [u8]> = repeated;
    }
}
