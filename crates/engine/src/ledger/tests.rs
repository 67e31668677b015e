use sdk::{
    Id,
    telemetry::{Level, Telemetry},
};

use super::{Ledger, PipelineAccount};
use crate::plan::{PipelinePlan, Step, Target};

fn id(text: &str) -> Id {
    text.parse().unwrap()
}

fn pipeline(telemetry: &Telemetry) -> std::sync::Arc<PipelineAccount> {
    let plan = PipelinePlan {
        id: "traces/agents".parse().unwrap(),
        signal: sdk::Signal::Traces,
        sources: Vec::new(),
        steps: vec![Step::Pass(vec![id("redaction")]), Step::Batch(id("batch"))],
        targets: vec![Target::Exporter(id("otlp_grpc")), Target::Connector(id("forward"))],
    };
    PipelineAccount::new(&plan, &Ledger::new(telemetry))
}

#[test]
fn what_is_not_taken_is_refused() {
    let account = pipeline(&Telemetry::new(Level::None));
    let entered = account.enter(5);
    assert_eq!(account.account().held(), 5);
    drop(entered);
    assert_eq!(account.account().held(), 0);
    let statement = account.account().statement().unwrap();
    assert_eq!(statement, "5 entered = 5 refused");
}

#[test]
fn every_line_has_its_words_and_its_place_in_the_sum() {
    let account = pipeline(&Telemetry::new(Level::None));
    assert_eq!(account.account().statement(), None);
    account.enter(100).taken();
    account.copy(90);
    account.processor(&id("redaction")).unwrap().drop_items(4);
    let batch = account.processor(&id("batch")).unwrap();
    batch.lose(6);
    batch.make(1);
    account.passage(&id("otlp_grpc")).unwrap().pass(90);
    account.passage(&id("forward")).unwrap().pass(90);
    let statement = "100 entered + 90 copied + 1 made by batch = 90 passed to otlp_grpc + 90 passed to \
                     forward + 4 dropped by redaction + 6 lost by batch + 1 held";
    assert_eq!(account.account().statement().unwrap(), statement);
}

#[test]
fn every_scrape_adds_up() {
    let telemetry = Telemetry::new(Level::Basic);
    let account = pipeline(&telemetry);
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            for items in 0..20_000 {
                let entered = account.enter(items % 7);
                if items % 3 == 0 {
                    account.passage(&id("otlp_grpc")).unwrap().pass(items % 7);
                    entered.taken();
                }
            }
        });
        while !worker.is_finished() {
            let page = String::from_utf8(telemetry.render()).unwrap();
            let value = |name: &str| {
                let lines = page.lines().filter(|line| line.starts_with(name));
                lines
                    .map(|line| line.rsplit_once(' ').unwrap().1.parse::<i64>().unwrap())
                    .sum::<i64>()
            };
            let left = value("tollgate_pipeline_passed_items{")
                + value("tollgate_pipeline_refused_items{");
            let held = value("tollgate_pipeline_held_items{");
            assert_eq!(value("tollgate_pipeline_entered_items{"), left + held, "{page}");
        }
    });
    assert_eq!(account.account().held(), 0);
}

#[test]
fn what_takes_an_owners_place_goes_on_with_its_account() {
    let ledger = Ledger::new(&Telemetry::new(Level::None));
    let plan = |targets: &[&str]| PipelinePlan {
        id: "logs".parse().unwrap(),
        signal: sdk::Signal::Logs,
        sources: Vec::new(),
        steps: Vec::new(),
        targets: targets.iter().map(|target| Target::Exporter(id(target))).collect(),
    };
    let old = PipelineAccount::new(&plan(&["otlp_http"]), &ledger);
    let new = PipelineAccount::new(&plan(&["debug", "otlp_http"]), &ledger);
    let entered = old.enter(3);
    new.enter(4).taken();
    new.passage(&id("debug")).unwrap().pass(4);
    old.passage(&id("otlp_http")).unwrap().pass(3);
    entered.taken();
    let all: Vec<_> = ledger.accounts().iter().filter_map(|account| account.statement()).collect();
    assert_eq!(all, ["7 entered = 3 passed to otlp_http + 4 passed to debug"]);
}
