//! One line in a component's `tests.rs` makes these tests.

/// The tests of all kinds: the README's example, the name, unknown keys, printing.
#[doc(hidden)]
#[macro_export]
macro_rules! __settings_contract {
    ($component:ty, $trait:path, $readme:expr) => {
        #[test]
        fn the_readme_example_is_sound() {
            let _ = $crate::contract::example_settings::<<$component as $trait>::Config>($readme);
        }

        #[test]
        fn kind_and_folder_and_title_are_one_name() {
            let kind = <$component as $trait>::KIND;
            $crate::contract::check_name(kind, $readme, module_path!());
        }

        #[test]
        fn an_unknown_key_is_refused_by_name() {
            $crate::contract::check_unknown_key::<<$component as $trait>::Config>();
        }

        #[test]
        fn settings_print_and_read_back() {
            type Settings = <$component as $trait>::Config;
            $crate::contract::check_prints_and_reads_back::<Settings>($readme);
        }
    };
}

/// The contract of a receiver: `(component, readme)`, and settings to start it with in a test, which
/// listen on port 0 if anywhere.
#[macro_export]
macro_rules! receiver_contract {
    ($component:ty, $readme:expr $(, $start:expr)?) => {
        $crate::__settings_contract!($component, ::sdk::Receiver, $readme);

        #[test]
        fn stopping_before_any_batch_is_safe() {
            let start: &[&str] = &[$($start)?];
            let start = start.first().copied();
            $crate::contract::check_receiver_stops::<$component>($readme, start);
        }
    };
}

/// The contract of an exporter: `(component, readme)`, and settings to start it with in a test.
#[macro_export]
macro_rules! exporter_contract {
    ($component:ty, $readme:expr $(, $start:expr)?) => {
        $crate::__settings_contract!($component, ::sdk::Exporter, $readme);

        #[test]
        fn stopping_before_any_batch_is_safe() {
            let start: &[&str] = &[$($start)?];
            let start = start.first().copied();
            $crate::contract::check_exporter_stops::<$component>($readme, start);
        }
    };
}

/// The contract of an extension: `(component, readme)`, and settings to start it with in a test,
/// which listen on port 0 if anywhere.
#[macro_export]
macro_rules! extension_contract {
    ($component:ty, $readme:expr $(, $start:expr)?) => {
        $crate::__settings_contract!($component, ::sdk::Extension, $readme);

        #[test]
        fn stopping_before_any_batch_is_safe() {
            let start: &[&str] = &[$($start)?];
            let start = start.first().copied();
            $crate::contract::check_extension_stops::<$component>($readme, start);
        }
    };
}

/// The contract of a record processor: `(component, readme)`.
#[macro_export]
macro_rules! record_processor_contract {
    ($component:ty, $readme:expr) => {
        $crate::__settings_contract!($component, ::sdk::RecordProcessor, $readme);

        #[test]
        fn an_empty_batch_stays_empty() {
            $crate::contract::check_empty_batch::<$component>($readme);
        }

        #[test]
        fn records_left_alone_stay_byte_for_byte() {
            $crate::contract::check_unmatched_records::<$component>($readme);
        }
    };
}

/// The contract of a batch processor: `(component, readme)`.
#[macro_export]
macro_rules! batch_processor_contract {
    ($component:ty, $readme:expr) => {
        $crate::__settings_contract!($component, ::sdk::BatchProcessor, $readme);

        #[test]
        fn an_empty_batch_and_an_early_stop_are_safe() {
            $crate::contract::check_batch_processor::<$component>($readme);
        }
    };
}

/// The contract of a connector: `(component, readme)`.
#[macro_export]
macro_rules! connector_contract {
    ($component:ty, $readme:expr) => {
        $crate::__settings_contract!($component, ::sdk::Connector, $readme);

        #[test]
        fn an_empty_batch_and_an_early_stop_are_safe() {
            $crate::contract::check_connector::<$component>($readme);
        }
    };
}
