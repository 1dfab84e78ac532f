//! The procedure: its steps, and the sums they may be computed on (R7).

use std::collections::BTreeMap;

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::{
    ActsAt, CountsAs, DocumentKind, Place, ProcedureStep, ShareBy, Shown, StepBasis, StepId, StepRounding,
    StepRoundingStage, Subtotal,
};

use super::Builder;
use crate::code::Code;
use crate::procedure::{BasisPlan, BasisSum, ProcedureEntry, ShareWeight, StepPlan, StepRule};

/// How many steps a procedure may have: one bit each for those that are excluded.
const STEPS_MAX: usize = 64;

impl Builder<'_> {
    /// Reads the steps, so that rules can name them.
    pub(super) fn read_procedure(&mut self) -> Vec<ProcedureEntry> {
        let documents = self.documents;
        let place = Place::of(DocumentKind::Tenant, &documents.tenant.tenant).key("procedure");
        self.check_step_names(&place);
        let mut entries = Vec::new();
        let mut sums: BTreeMap<StepId, BasisSum> = BTreeMap::new();
        for (index, entry) in documents.tenant.procedure.iter().enumerate() {
            let place = place.index(index);
            match entry {
                emptor_core::ProcedureEntry::Step(step) => {
                    entries.push(ProcedureEntry::Step(self.steps.len()));
                    self.read_step(step, &sums, &place.key("step"));
                }
                emptor_core::ProcedureEntry::Subtotal(subtotal) => {
                    let sum = self.sum(subtotal, &sums, &place.key("subtotal"));
                    sums.insert(subtotal.name.clone(), sum);
                }
                emptor_core::ProcedureEntry::Guards if entries.contains(&ProcedureEntry::Guards) => {
                    let help = "keep one of them";
                    self.report.error(Code::ProcedureForm, &place, "the guards have two places", help);
                }
                emptor_core::ProcedureEntry::Guards => entries.push(ProcedureEntry::Guards),
            }
        }
        if self.steps.len() > STEPS_MAX {
            let message = format!("a procedure has more than {STEPS_MAX} steps");
            self.report.error(Code::Limit, &place, message, "make rules of some of them");
        }
        if !entries.contains(&ProcedureEntry::Guards) {
            entries.push(ProcedureEntry::Guards);
        }
        self.read_exclusions(&place);
        entries
    }

    fn check_step_names(&mut self, place: &Place) {
        let mut seen = vec!["list", "base"];
        let entries = &self.documents.tenant.procedure;
        for (index, entry) in entries.iter().enumerate() {
            let (name, key) = match entry {
                emptor_core::ProcedureEntry::Step(step) => (&step.name, "step"),
                emptor_core::ProcedureEntry::Subtotal(subtotal) => (&subtotal.name, "subtotal"),
                emptor_core::ProcedureEntry::Guards => continue,
            };
            if seen.contains(&name.as_str()) {
                let message = format!("two entries of the procedure are named `{name}`, or it is `list` or `base`");
                let place = place.index(index).key(key).key("name");
                self.report.error(Code::Duplicate, &place, message, "rename one of them");
            }
            seen.push(name.as_str());
        }
    }

    fn read_step(&mut self, step: &ProcedureStep, sums: &BTreeMap<StepId, BasisSum>, place: &Place) {
        let on = match &step.on {
            StepBasis::Running => BasisPlan::Running,
            StepBasis::Base => BasisPlan::Base,
            StepBasis::List => BasisPlan::List,
            StepBasis::Subtotal(name) => BasisPlan::Sum(sums.get(name).cloned().unwrap_or_else(|| {
                self.not_earlier(name, &place.key("on"));
                BasisSum::default()
            })),
        };
        let on_document = step.shown == Shown::Document;
        if on_document && (step.at == ActsAt::Line || step.counts_as != CountsAs::Price) {
            let help = "let it act `at: order` and count as price, or show it on the lines";
            let message = "a step stands on the document that acts on lines, or is not part of the price";
            self.report.error(Code::ProcedureForm, &place.key("shown"), message, help);
        }
        if step.manual && self.steps.iter().any(|other| other.manual && other.at == step.at) {
            let help = "keep one for lines and one for the order";
            let message = "a second step takes what is adjusted by hand in the same place";
            self.report.error(Code::ProcedureForm, &place.key("manual"), message, help);
        }
        let rounding = step.rounding.and_then(|rule| self.step_rounding(rule, step.at, &place.key("rounding")));
        let share_by = match &step.share_by {
            ShareBy::Value => ShareWeight::Value,
            ShareBy::BaseValue => ShareWeight::BaseValue,
            ShareBy::Quantity => ShareWeight::Quantity,
            ShareBy::Weight(unit) => {
                self.known_unit(unit, &place.key("share_by")).map_or(ShareWeight::Equal, ShareWeight::Weight)
            }
            ShareBy::Equal => ShareWeight::Equal,
        };
        self.steps.push(StepPlan {
            id: step.name.clone(),
            at: step.at,
            on,
            choose: step.choose,
            counts_as: step.counts_as,
            rounding,
            below_zero: step.below_zero,
            share_by,
            share_rest: step.share_rest,
            on_document,
            manual: step.manual,
            excludes: 0,
            rules: 0..0,
        });
    }

    fn step_rounding(&mut self, rule: StepRounding, at: ActsAt, place: &Place) -> Option<StepRule> {
        if rule.at == StepRoundingStage::Unit && at == ActsAt::Order {
            let help = "round the `line` or the `result`";
            let message = "a step on the order rounds a price per unit";
            self.report.error(Code::ProcedureForm, &place.key("at"), message, help);
        }
        let increment = self.increment(rule.increment, &place.key("increment"))?;
        self.check_price(rule.offset, &|| place.key("offset"));
        let offset = rule.offset.scaled(AMOUNT_DECIMALS)?;
        Some(StepRule { at: rule.at, mode: rule.mode, increment, offset })
    }

    fn sum(&mut self, subtotal: &Subtotal, sums: &BTreeMap<StepId, BasisSum>, place: &Place) -> BasisSum {
        let mut sum = BasisSum::default();
        let once = |count: &mut i128, times: i128| *count = count.saturating_add(times);
        for (index, name) in subtotal.of.iter().enumerate() {
            let place = place.key("of").index(index);
            if subtotal.of.iter().take(index).any(|other| other == name) {
                let message = format!("`{name}` is in the sum twice");
                self.report.error(Code::Duplicate, &place, message, "name it once");
            }
            match name.as_str() {
                "list" => once(&mut sum.list, 1),
                "base" => once(&mut sum.base, 1),
                _ => {
                    if let Some(step) = self.steps.iter().position(|step| step.id == *name) {
                        once(sum.steps.entry(step).or_default(), 1);
                    } else if let Some(other) = sums.get(name) {
                        once(&mut sum.list, other.list);
                        once(&mut sum.base, other.base);
                        for (step, times) in &other.steps {
                            once(sum.steps.entry(*step).or_default(), *times);
                        }
                    } else {
                        self.not_earlier(name, &place);
                    }
                }
            }
        }
        sum
    }

    /// Reports a name that is no earlier step or subtotal: of a later one, that it leads in a circle.
    fn not_earlier(&mut self, name: &StepId, place: &Place) {
        let entries = &self.documents.tenant.procedure;
        let exists = entries.iter().any(|entry| match entry {
            emptor_core::ProcedureEntry::Step(step) => step.name == *name,
            emptor_core::ProcedureEntry::Subtotal(subtotal) => subtotal.name == *name,
            emptor_core::ProcedureEntry::Guards => false,
        });
        if exists {
            let message = format!("`{name}` does not come before this entry");
            self.report.error(Code::Circular, place, message, "name an entry that comes before");
        } else {
            self.unknown(place, "earlier step or subtotal", name.as_str());
        }
    }

    /// The steps that steps exclude, once all are known.
    fn read_exclusions(&mut self, place: &Place) {
        let documents = self.documents;
        let steps = documents.tenant.procedure.iter().enumerate().filter_map(|(index, entry)| match entry {
            emptor_core::ProcedureEntry::Step(step) => Some((index, step)),
            _ => None,
        });
        for (number, (index, step)) in steps.enumerate() {
            let spot = place.index(index).key("step").key("excludes");
            let mask = self.excluded_steps(&step.excludes, Some(number), &spot);
            if let Some(plan) = self.steps.get_mut(number) {
                plan.excludes = mask;
            }
        }
    }

    /// The steps that an entry excludes.
    pub(super) fn excluded_steps_of_entry(&mut self, entry: &emptor_core::Entry, place: &dyn Fn() -> Place) -> u64 {
        if entry.excludes.is_empty() { 0 } else { self.excluded_steps(&entry.excludes, None, &place().key("excludes")) }
    }

    /// One bit for each named step; all must come after `number`.
    pub(super) fn excluded_steps(&mut self, names: &[StepId], number: Option<usize>, place: &Place) -> u64 {
        let mut mask = 0;
        for (index, name) in names.iter().enumerate() {
            match self.steps.iter().position(|step| step.id == *name) {
                Some(step) if number.is_none_or(|number| number < step) => mask |= step_bit(step),
                Some(_) => {
                    let message = format!("the step `{name}` does not come after this one");
                    self.report.error(Code::Circular, &place.index(index), message, "name a later step");
                }
                None => self.unknown(&place.index(index), "step of the procedure", name.as_str()),
            }
        }
        mask
    }
}

/// The bit of a step in a mask of steps.
pub(crate) fn step_bit(step: usize) -> u64 {
    u32::try_from(step).ok().and_then(|step| 1_u64.checked_shl(step)).unwrap_or(0)
}
