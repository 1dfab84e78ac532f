//! One condition in CEL, over the requests of the workload, by the fastest way that the crate has.
//!
//! The expression and the root context are made once. A call makes an inner scope, which asks a resolver for variables
//! that borrow their text: nothing is copied, and no map is filled.

use cel::common::types::{CelInt, CelString};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::{Context, Program, Value};

/// The condition, as its author writes it.
pub const CONDITION: &str = r#"category == "CAT1" && quantity >= 50 && region in ["DE", "FR"]"#;

/// The condition compiled, and the context with the functions it may use.
pub struct CelCondition {
    program: Program,
    root: Context<'static, 'static>,
}

/// What an expression can ask about a line.
pub struct CelLine<'l> {
    category: CelString<'l>,
    region: CelString<'l>,
    quantity: CelInt,
    /// In ten-thousandths.
    unit: CelInt,
}

impl CelCondition {
    /// Compiled, to be asked often.
    pub fn new() -> Self {
        Self { program: Program::compile(CONDITION).expect("the condition is well-formed"), root: Context::default() }
    }

    /// Whether the condition holds for a line.
    pub fn holds(&self, category: &str, quantity: u32, region: &str) -> bool {
        let line = CelLine::new(category, quantity, region, 0);
        let mut scope = self.root.new_inner_scope();
        scope.set_variable_resolver(&line);
        matches!(self.program.execute(&scope), Ok(Value::Bool(true)))
    }

    /// The same without being asked of CEL.
    pub fn truth(category: &str, quantity: u32, region: &str) -> bool {
        category == "CAT1" && quantity >= 50 && ["DE", "FR"].contains(&region)
    }
}

impl Default for CelCondition {
    fn default() -> Self {
        Self::new()
    }
}

impl<'l> CelLine<'l> {
    /// A line of so many pieces, at so many ten-thousandths each.
    pub fn new(category: &'l str, quantity: u32, region: &'l str, unit: i64) -> Self {
        let (category, region) = (CelString::from(category), CelString::from(region));
        Self { category, region, quantity: CelInt::from(i64::from(quantity)), unit: CelInt::from(unit) }
    }
}

impl VariableResolver for CelLine<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        let value: &'b dyn Val = match name {
            "category" => &self.category,
            "region" => &self.region,
            "quantity" => &self.quantity,
            "unit" => &self.unit,
            _ => return None,
        };
        Some(CowVal::Borrowed(value))
    }
}
