//! Units of a product and the factors between them (R5).

use std::collections::BTreeSet;

use emptor_core::{Conversion, Documents, Product, Quantity, Unit};
use num_traits::One;

use crate::numbers::{Number, number};

/// The equations of one product.
pub(crate) struct ProductUnits {
    equations: Vec<Equation>,
    without_weight: Vec<Equation>,
    /// The unit that its weight is stated in.
    pub(crate) weight_unit: Option<Unit>,
}

/// One `left` is `factor` `right`.
#[derive(Clone)]
struct Equation {
    left: Unit,
    right: Unit,
    factor: Number,
}

impl ProductUnits {
    pub(crate) fn new(documents: &Documents, product: &Product) -> Self {
        let of_catalogs = documents.catalogs.iter().flat_map(|catalog| &catalog.conversions);
        let without_weight: Vec<Equation> = product.conversions.iter().chain(of_catalogs).map(equation).collect();
        let mut equations = without_weight.clone();
        equations.extend(product.weight.as_ref().map(|weight| weighs(&product.unit, weight)));
        let weight_unit = product.weight.as_ref().map(|weight| weight.unit.clone());
        Self { equations, without_weight, weight_unit }
    }

    /// The units that its equations name.
    pub(crate) fn known(&self) -> BTreeSet<&Unit> {
        self.equations.iter().flat_map(|equation| [&equation.left, &equation.right]).collect()
    }

    /// How many `to` one `from` is.
    pub(crate) fn factor(&self, from: &Unit, to: &Unit) -> Option<Number> {
        path(&self.equations, from, to)
    }

    /// Whether a unit is connected to the weight's without the equation that the weight makes.
    pub(crate) fn is_weight(&self, unit: &Unit) -> bool {
        self.weight_unit.as_ref().is_some_and(|weight| path(&self.without_weight, weight, unit).is_some())
    }
}

fn equation(conversion: &Conversion) -> Equation {
    let Conversion { left, right } = conversion;
    let factor = number(right.value) / number(left.value);
    Equation { left: left.unit.clone(), right: right.unit.clone(), factor }
}

fn weighs(unit: &Unit, weight: &Quantity) -> Equation {
    Equation { left: unit.clone(), right: weight.unit.clone(), factor: number(weight.value) }
}

/// The product of the equations on a way, the shortest first; all ways give the same.
fn path(equations: &[Equation], from: &Unit, to: &Unit) -> Option<Number> {
    let mut reached = BTreeSet::from([from.clone()]);
    let mut front = vec![(from.clone(), Number::one())];
    while !front.is_empty() {
        if let Some((_, factor)) = front.iter().find(|(unit, _)| unit == to) {
            return Some(factor.clone());
        }
        let mut next = Vec::new();
        for (unit, factor) in &front {
            for equation in equations {
                let step = if equation.left == *unit {
                    (equation.right.clone(), factor * &equation.factor)
                } else if equation.right == *unit {
                    (equation.left.clone(), factor / &equation.factor)
                } else {
                    continue;
                };
                if reached.insert(step.0.clone()) {
                    next.push(step);
                }
            }
        }
        front = next;
    }
    None
}
