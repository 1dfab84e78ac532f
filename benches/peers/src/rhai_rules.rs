//! Rhai alone: one script with all promotions, compiled once, its variables set for each call.

use emptor_benches::workload::{Request, Workload};
use rhai::{AST, Dynamic, Engine, ImmutableString, Scope};

use crate::host::{Answer, Case, Host};

/// A `switch` rather than a ladder of `if`s, and no list in a condition: as fast as a script of Rhai's says this.
const SCRIPT: &str = r#"
    switch category {
        "CAT1" => if quantity >= 50 && (region == "DE" || region == "FR") {
            max(unit * 0.925, min(unit, cost * 1.08))
        },
        "CAT3" => if quantity >= 25 && region == "US" {
            max(unit * 0.875, min(unit, cost * 1.08))
        },
        "CAT5" => if quantity >= 10 && (region == "GB" || region == "JP" || region == "BR") {
            max(unit * 0.95, min(unit, cost * 1.08))
        },
        "CAT7" => if quantity >= 100 && (region == "DE" || region == "US" || region == "JP") {
            max(unit * 0.8, min(unit, cost * 1.08))
        },
        _ => ()
    }
"#;

/// The engine, the script and the names that it is asked about.
pub struct RhaiRules {
    host: Host,
    engine: Engine,
    script: AST,
    scope: Scope<'static>,
    names: Vec<(&'static str, ImmutableString)>,
}

impl RhaiRules {
    /// The workload's rows, and the script compiled.
    pub fn new(workload: &Workload) -> Self {
        let engine = Engine::new();
        let script = engine.compile(SCRIPT).expect("the script is well-formed");
        let regions = workload.organizations.iter().map(|buyer| buyer.region);
        let mut names: Vec<&str> = crate::promotion::CATEGORIES.into_iter().chain(regions).collect();
        names.sort_unstable();
        names.dedup();
        let names = names.into_iter().map(|name| (name, name.into())).collect();
        Self { host: Host::new(workload), engine, script, scope: Scope::new(), names }
    }

    /// What a line comes to.
    pub fn line(&mut self, request: Request) -> Answer {
        let Self { host, engine, script, scope, names } = self;
        host.line(request, |case| {
            fill(scope, names, case);
            let net = engine.eval_ast_with_scope::<Dynamic>(scope, script).expect("the script gives an answer");
            net.as_decimal().ok()
        })
    }
}

/// Names are shared strings of Rhai's: to make them for each call would be the host's time, not the engine's.
fn fill(scope: &mut Scope<'_>, names: &[(&'static str, ImmutableString)], case: &Case) {
    let shared = |name: &str| names.iter().find(|(known, _)| *known == name).expect("a known name").1.clone();
    scope.clear();
    scope.push("category", shared(case.category));
    scope.push("region", shared(case.region));
    scope.push("quantity", i64::from(case.quantity));
    scope.push("unit", case.unit);
    scope.push("cost", case.cost);
}
