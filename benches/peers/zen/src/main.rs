//! `emptor-peers-zen`: ZEN as a decision table and as one expression, a row each.
//!
//! Both get their numbers as the decimals that ZEN computes with, not by way of JSON and its floats.

use emptor_benches::workload::{Request, Workload};
use emptor_peers::bench::Bench;
use emptor_peers::host::{Answer, Case, Host};
use emptor_peers::row::{Peer, locked_version};
use rust_decimal::Decimal;
use tokio::runtime::{Builder, Runtime};
use zen_engine::model::DecisionContent;
use zen_engine::{Decision, DecisionEngine, Variable};
use zen_expression::expression::Standard;
use zen_expression::variable::VariableMap;
use zen_expression::vm::VM;
use zen_expression::{Expression, compile_expression};

const TABLE: &str = include_str!("../promotions.json");

const EXPRESSION: &str = r#"
    category == "CAT1" and quantity >= 50 and region in ["DE", "FR"] ? max([unit * 0.925, min([unit, cost * 1.08])]) :
    category == "CAT3" and quantity >= 25 and region == "US" ? max([unit * 0.875, min([unit, cost * 1.08])]) :
    category == "CAT5" and quantity >= 10 and region in ["GB", "JP", "BR"] ? max([unit * 0.95, min([unit, cost * 1.08])]) :
    category == "CAT7" and quantity >= 100 and region in ["DE", "US", "JP"] ? max([unit * 0.8, min([unit, cost * 1.08])]) :
    null
"#;

fn main() -> Result<(), String> {
    let bench = Bench::new()?;
    let itself = "condition, discount, floor";

    let table = ZenTable::new(&bench.workload);
    let peer = Peer { peer: "ZEN decision table", version: locked_version("zen-engine"), itself };
    bench.print_row(peer, &mut |request| table.line(request))?;

    let mut expression = ZenExpression::new(&bench.workload);
    let peer = Peer { peer: "ZEN expression", version: locked_version("zen-expression"), itself };
    bench.print_row(peer, &mut |request| expression.line(request))
}

/// The promotions as a table of a decision graph, compiled ahead; its evaluation is async, on a runtime of this thread.
struct ZenTable {
    host: Host,
    decision: Decision,
    runtime: Runtime,
}

impl ZenTable {
    fn new(workload: &Workload) -> Self {
        let content: DecisionContent = serde_json::from_str(TABLE).expect("the table is well-formed");
        let mut decision = DecisionEngine::default().create_decision(content.into()).expect("the table is a graph");
        decision.compile();
        let runtime = Builder::new_current_thread().build().expect("a runtime without timers needs nothing");
        Self { host: Host::new(workload), decision, runtime }
    }

    fn line(&self, request: Request) -> Answer {
        self.host.line(request, |case| {
            let evaluated = self.runtime.block_on(self.decision.evaluate(variables(case)));
            let result = evaluated.expect("the table gives an answer").result;
            result.dot("net").as_ref().and_then(Variable::as_number)
        })
    }
}

/// The promotions as one expression, compiled ahead and run on one machine.
struct ZenExpression {
    host: Host,
    expression: Expression<Standard>,
    machine: VM,
}

impl ZenExpression {
    fn new(workload: &Workload) -> Self {
        let expression = compile_expression(EXPRESSION).expect("the expression is well-formed");
        Self { host: Host::new(workload), expression, machine: VM::new() }
    }

    fn line(&mut self, request: Request) -> Answer {
        let Self { host, expression, machine } = self;
        host.line(request, |case| {
            expression.evaluate_with(variables(case), machine).expect("the expression gives an answer").as_number()
        })
    }
}

fn variables(case: &Case) -> Variable {
    let mut map = VariableMap::with_capacity(5);
    map.insert(Variable::key("category"), Variable::String(case.category.into()));
    map.insert(Variable::key("region"), Variable::String(case.region.into()));
    map.insert(Variable::key("quantity"), Variable::Number(Decimal::from(case.quantity)));
    map.insert(Variable::key("unit"), Variable::Number(case.unit));
    map.insert(Variable::key("cost"), Variable::Number(case.cost));
    Variable::from_object(map)
}
