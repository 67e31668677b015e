use sdk::{
    ComponentKind, Extension as _, GateOverview, Overview, Overviews, PipelineOverview, Status,
};
use testkit::{HttpAnswer, check_refused, contract::block_on, exchange, settings};

use super::{Config, Zpages};

testkit::extension_contract!(Zpages, include_str!("README.md"), "endpoint: 127.0.0.1:0");

fn overview() -> Overview {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect();
    let pipeline = PipelineOverview {
        id: "traces/a&b".parse().unwrap(),
        receivers: words("otlp"),
        processors: words("[attributes+redaction] batch"),
        exporters: words("otlp_grpc nop"),
    };
    let gate = GateOverview {
        id: "service.profilesSupport",
        stage: "Alpha",
        is_enabled: true,
        description: "pipelines may carry profiles",
    };
    let extensions = vec!["zpages".parse().unwrap()];
    Overview { pipelines: vec![pipeline], extensions, gates: vec![gate] }
}

async fn page(path: &str) -> HttpAnswer {
    let context = testkit::context(ComponentKind::Extension, "zpages");
    context.shared.get_or_insert_global(Overviews::default).set(overview());
    context.report(Status::RecoverableError("no <answer>".to_owned()));
    let yaml = "endpoint: 127.0.0.1:0";
    let mut extension = Zpages::new(settings(yaml), context.clone()).unwrap();
    extension.start(context.host).await.unwrap();
    let answer = exchange(&extension.address().unwrap(), &format!("GET {path}"), &[], b"").await;
    extension.shutdown().await.unwrap();
    answer
}

#[test]
fn each_page_shows_what_it_is_about() {
    block_on(async {
        for (path, shown) in [
            ("/debug/servicez", "<td>Start time</td><td>2026-01-02T03:04:05Z</td>"),
            ("/debug/servicez", "<a href=\"/debug/pipelinez\">Pipelines</a>"),
            (
                "/debug/pipelinez",
                "<td>traces/a&amp;b</td><td>otlp</td><td>[attributes+redaction] → batch</td>\
                 <td>otlp_grpc, nop</td>",
            ),
            ("/debug/extensionz", "<td>zpages</td><td>recoverable error: no &lt;answer&gt;</td>"),
            ("/debug/featurez", "<td>service.profilesSupport</td><td>on</td><td>Alpha</td>"),
            ("/debug/tracez", "no spans of its own work"),
        ] {
            let answer = page(path).await;
            let body = String::from_utf8(answer.body.to_vec()).unwrap();
            assert_eq!(answer.status, 200, "{path}");
            assert!(body.contains(shown), "{path}: {body}");
            assert!(!body.contains("<b>") && !body.contains("<answer>"));
        }
        assert_eq!(page("/debug/expvarz").await.status, 404);
    });
}

#[test]
fn an_endpoint_is_needed() {
    check_refused::<Config>(
        "endpoint: ''",
        "\"endpoint\" is required when using the \"zpages\" extension",
    );
}
