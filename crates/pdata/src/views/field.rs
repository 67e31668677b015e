//! How a view is declared: its fields, each with a number, a type and a way to take it in.

use super::{Read, Repeated, Scalar, Scalars};
use crate::wire::{Field, unzigzag};

/// Declares a view: the struct, how it is read, and an accessor for each field.
///
/// A row reads `number name: Type = how;` where `how` is a function of this module (or of the
/// caller) that puts the field into its slot. Several numbers may share a row (a oneof).
macro_rules! view {
    (
        $(#[$doc:meta])*
        $name:ident of $schema:ident {
            $($(#[$field_doc:meta])* $($number:literal)|+ $field:ident: $kind:ty = $how:path;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $name<'a> {
            raw: &'a [u8],
            $($field: $kind,)*
        }

        impl<'a> $name<'a> {
            /// Scans the content of the message.
            #[inline]
            pub fn read(message: &'a [u8]) -> Self {
                let mut view = Self { raw: message, ..Self::default() };
                for field in crate::wire::Fields::new(message) {
                    match field.number {
                        $($($number)|+ => $how(&mut view.$field, message, &field),)*
                        _ => {}
                    }
                }
                view
            }

            /// The content of the message as it stands on the wire, unknown fields included.
            #[inline]
            pub fn raw(&self) -> &'a [u8] {
                self.raw
            }

            $(
                $(#[$field_doc])*
                #[inline]
                pub fn $field(&self) -> $kind {
                    self.$field
                }
            )*

            /// What the view knows of its message: numbers and the name of each row.
            #[cfg(test)]
            pub(super) const ROWS: (&'static crate::schema::Message, &'static [(&'static [u32], &'static str)]) =
                (&crate::schema::$schema, &[$((&[$($number),+], stringify!($field)),)*]);
        }

        impl<'a> $crate::views::Read<'a> for $name<'a> {
            #[inline]
            fn read(content: &'a [u8]) -> Self {
                $name::read(content)
            }
        }
    };
}

pub(super) use view;

/// `string` or `bytes`.
pub(super) fn bytes<'a>(slot: &mut &'a [u8], _: &'a [u8], field: &Field<'a>) {
    *slot = field.value.bytes();
}

/// `uint32` and `fixed32`.
pub(super) fn uint32<'a>(slot: &mut u32, _: &'a [u8], field: &Field<'a>) {
    *slot = field.value.number() as u32;
}

/// Enumerations.
pub(super) fn number<'a>(slot: &mut i32, _: &'a [u8], field: &Field<'a>) {
    *slot = (field.value.number() as u32).cast_signed();
}

/// `sint32`.
pub(super) fn sint32<'a>(slot: &mut i32, _: &'a [u8], field: &Field<'a>) {
    *slot = unzigzag(field.value.number() & u64::from(u32::MAX)) as i32;
}

/// `fixed64`.
pub(super) fn fixed64<'a>(slot: &mut u64, _: &'a [u8], field: &Field<'a>) {
    *slot = field.value.number();
}

/// `bool`.
pub(super) fn boolean<'a>(slot: &mut bool, _: &'a [u8], field: &Field<'a>) {
    *slot = field.value.number() != 0;
}

/// `double`.
pub(super) fn double<'a>(slot: &mut f64, _: &'a [u8], field: &Field<'a>) {
    *slot = f64::from_bits(field.value.number());
}

/// `optional double`.
pub(super) fn optional<'a>(slot: &mut Option<f64>, _: &'a [u8], field: &Field<'a>) {
    *slot = Some(f64::from_bits(field.value.number()));
}

/// Repeated messages, strings or bytes.
pub(super) fn repeated<'a, T: Read<'a>>(
    slot: &mut Repeated<'a, T>,
    message: &'a [u8],
    field: &Field<'a>,
) {
    slot.found(message, field);
}

/// Repeated numbers.
pub(super) fn scalars<'a, S: Scalar>(
    slot: &mut Scalars<'a, S>,
    message: &'a [u8],
    field: &Field<'a>,
) {
    slot.found(message, field);
}

/// A singular message.
pub(super) fn message<'a, T: Read<'a>>(slot: &mut T, _: &'a [u8], field: &Field<'a>) {
    *slot = T::read(field.value.bytes());
}
