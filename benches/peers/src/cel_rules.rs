//! CEL: one expression with all promotions, compiled once, over a prepared context.
//!
//! CEL has no decimals, so money goes in as whole ten-thousandths and comes out as ten-millionths, which is exact.

use cel::{Context, Program, Value};
use emptor_benches::workload::{Request, Workload};
use rust_decimal::Decimal;

use crate::cel_condition::CelLine;
use crate::host::{Answer, Case, Host};

const EXPRESSION: &str = r#"
    category == "CAT1" && quantity >= 50 && region in ["DE", "FR"] ? unit * 925 :
    category == "CAT3" && quantity >= 25 && region == "US" ? unit * 875 :
    category == "CAT5" && quantity >= 10 && region in ["GB", "JP", "BR"] ? unit * 950 :
    category == "CAT7" && quantity >= 100 && region in ["DE", "US", "JP"] ? unit * 800 : null
"#;

/// The rows, the expression and its context.
pub struct CelRules {
    host: Host,
    program: Program,
    root: Context<'static, 'static>,
}

impl CelRules {
    /// The workload's rows, and the expression compiled.
    pub fn new(workload: &Workload) -> Self {
        let program = Program::compile(EXPRESSION).expect("the expression is well-formed");
        Self { host: Host::new(workload), program, root: Context::default() }
    }

    /// What a line comes to.
    pub fn line(&self, request: Request) -> Answer {
        self.host.line(request, |case| self.discounted(case).map(|net| net.max(self.host.floor(case))))
    }

    fn discounted(&self, case: &Case) -> Option<Decimal> {
        let unit = i64::try_from(case.unit.mantissa()).expect("a price of the workload is small");
        let line = CelLine::new(case.category, case.quantity, case.region, unit);
        let mut scope = self.root.new_inner_scope();
        scope.set_variable_resolver(&line);
        match self.program.execute(&scope) {
            Ok(Value::Int(net)) => Some(Decimal::new(net, 7)),
            Ok(Value::Null) => None,
            other => panic!("the expression gives a number or null, not {other:?}"),
        }
    }
}
