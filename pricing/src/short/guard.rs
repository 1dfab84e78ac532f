//! Guards on the short way: a product's floor (R9).

use emptor_core::StepKind;

use super::{Asking, State};
use crate::guard::{BreachPlan, GuardPlan};
use crate::line::Sought;
use crate::plain::PlainPrice;
use crate::table::NONE;

impl Asking<'_> {
    /// Whether a guard may set a line that nothing changed.
    #[inline]
    pub(super) fn may_set_base(&self, plain: &PlainPrice<'_>) -> bool {
        self.book.short.clamps_base || plain.shape.guards != NONE
    }

    /// Sets the line to its floor. `None`: there is another bound that would set it.
    #[inline]
    pub(super) fn guard(&self, sought: Sought, plain: &PlainPrice<'_>, state: &mut State) -> Option<()> {
        let book = self.book;
        if plain.shape.guards != NONE {
            let of_entry = book.guards.of_entries.get(plain.shape.guards as usize)?;
            (!of_entry.breach.clamps()).then_some(())?;
        }
        let Some(plan) = book.facts(sought.sku).map(|facts| &facts.guards) else { return Some(()) };
        if !plan.breach.clamps() || plan.states_nothing() {
            return Some(());
        }
        let GuardPlan { floor: Some(floor), map: None, ceiling: None, margin_min: None, discount_max: None, .. } = plan
        else {
            return None;
        };
        // A floor of a product is in the tenant's currency.
        if self.currency != book.tenant.currency {
            return Some(());
        }
        let mut limit = i64::try_from(*floor).ok()?.checked_mul(sought.whole?)?;
        if plan.breach == BreachPlan::ClampToBase {
            limit = limit.min(state.base);
        }
        if state.running < limit {
            state.change(StepKind::Guard, limit.checked_sub(state.running)?)?;
        }
        Some(())
    }
}
