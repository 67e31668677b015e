use super::*;

#[test]
fn impossible_queue_settings_are_named_as_in_the_go_collector() {
    let rows: Vec<(&str, QueueConfig)> = vec![
        ("`queue_size` must be positive", QueueConfig { queue_size: 0, ..QueueConfig::default() }),
        (
            "`num_consumers` must be positive",
            QueueConfig { num_consumers: 0, ..QueueConfig::default() },
        ),
        (
            "`batch` supports only `items` or `bytes` sizer, found \"requests\"",
            QueueConfig {
                batch: Optional::Some(BatchConfig {
                    sizer: Some(BatchSizer::Requests),
                    ..BatchConfig::default()
                }),
                ..QueueConfig::default()
            },
        ),
        (
            "`max_size` must be greater or equal to `min_size`",
            QueueConfig {
                batch: Optional::Some(BatchConfig { max_size: 1, ..BatchConfig::default() }),
                ..QueueConfig::default()
            },
        ),
        (
            "`min_size` must be less than or equal to `queue_size`",
            QueueConfig {
                sizer: Sizer::Items,
                batch: Optional::Some(BatchConfig::default()),
                ..QueueConfig::default()
            },
        ),
    ];
    for (expected, config) in rows {
        let text = config.problems().to_string();
        assert!(text.contains(expected), "{expected} in {text}");
    }
    assert!(QueueConfig::default().problems().is_empty());
}

#[test]
fn a_retry_that_ends_before_it_begins_is_refused() {
    let retry = RetryConfig { max_elapsed_time: Duration::from_secs(1), ..RetryConfig::default() };
    let text = retry.problems().to_string();
    assert!(text.contains("'max_elapsed_time' must not be less than 'initial_interval'"), "{text}");
    assert!(RetryConfig::default().problems().is_empty());
}
